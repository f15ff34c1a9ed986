"""Every change knows who makes it."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import app.actions

# Public functions of actions that nobody in particular carries out, and why.
WITHOUT_ACTOR = {
    "traffic": "counts requests and keeps answers: bookkeeping beside the work, not a change of anything",
    "mails": "tells somebody of a change that has its own event, and notes what became of the telling",
    "restoring": "the operator's restore: there is nobody yet in the database that could act",
}


def list_actions() -> list[tuple[str, Callable[..., Any]]]:
    """Every public coroutine function of the actions."""
    found = []
    for path in sorted(Path(app.actions.__path__[0]).glob("[a-z]*.py")):
        module = import_module(f"app.actions.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found.append((f"{path.stem}.{name}", function))
    return found


@pytest.mark.parametrize(("name", "action"), list_actions())
def test_every_action_takes_who_acts_by_name(name: str, action: Callable[..., Any]) -> None:
    actor = inspect.signature(action).parameters.get("actor")
    if name.partition(".")[0] in WITHOUT_ACTOR:
        assert actor is None, "it takes an actor: strike it from the exceptions"
        return
    assert actor is not None, f"{name} does not say who acts"
    assert actor.kind is inspect.Parameter.KEYWORD_ONLY
    assert actor.default is inspect.Parameter.empty
