"""What a rule of the checker is: a function that finds, and the words that explain it. None lives here."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack

from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Found, Group, Severity
from app.domain.linkage.graph import Graph

Find = Callable[[Plan], Iterable[Found]]
FindInGraph = Callable[[Graph], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it finds (`finds`), why that matters, and what to do.

    `message`, the sentence of a finding, and `fix` name objects and facts in braces. A structural rule
    reads the bare graph, any other the whole plan.
    """

    code: str
    slug: str
    group: Group
    severity: Severity
    finds: str
    message: str
    why: str
    fix: str
    example: str
    find: Callable[[Any], Iterable[Found]]
    structural: bool = False
    # Says why a plan is too large for this rule, where one can be.
    too_large: Callable[[Plan], str | None] | None = None

    def look(self, plan: Plan) -> Iterator[Found]:
        """Everything this rule finds in a plan."""
        yield from self.find(plan.graph if self.structural else plan)


class Words(TypedDict):
    """The sentences of a rule."""

    message: str
    why: str
    fix: str
    example: str


def rule(
    name: str,
    group: Group,
    severity: Severity,
    *,
    too_large: Callable[[Plan], str | None] | None = None,
    **words: Unpack[Words],
) -> Callable[[Find], Rule]:
    """Makes a rule, called `L102 rootless-goal`, of a function whose docstring begins with what it finds."""

    def make(find: Find) -> Rule:
        return replace(_make_rule(name, group, severity, find, words), too_large=too_large)

    return make


def structural_rule(
    name: str, group: Group, severity: Severity, **words: Unpack[Words]
) -> Callable[[FindInGraph], Rule]:
    """The same for a function that reads the bare graph, so that it can look at millions of nodes."""

    def make(find: FindInGraph) -> Rule:
        return replace(_make_rule(name, group, severity, find, words), structural=True)

    return make


def _make_rule(
    name: str, group: Group, severity: Severity, find: Callable[[Any], Iterable[Found]], words: Words
) -> Rule:
    code, _, slug = name.partition(" ")
    first, _, _ = (inspect.getdoc(find) or "").partition("\n\n")
    finds, _, _ = " ".join(first.split()).partition(" Source: ")
    return Rule(code, slug, group, severity, finds=finds, find=find, **words)
