"""What a start may not cost: programs that it does not need, routes made twice, a wrong newest revision."""

import subprocess
import sys

from alembic.script import ScriptDirectory
from fastapi import FastAPI
from sqlalchemy import make_url
from starlette.routing import Route

from app.schema import head_revision, read_config
from app.web import web_routes


def test_the_newest_revision_is_the_one_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(read_config(make_url("postgresql+asyncpg://nowhere/none")))
    assert head_revision() == scripts.get_current_head()


def test_serving_does_not_load_what_only_other_commands_need() -> None:
    program = "import sys, app.main; from app.cli import make_cli; make_cli(['serve']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "fastapi" in loaded
    migrating, checking = {"alembic", "mako", "pygments", "rich"}, {"numpy", "scipy", "rapidfuzz"}
    assert not {name.partition(".")[0] for name in loaded} & (migrating | checking)
    assert not {"app.commands.demo", "app.commands.imports", "app.commands.exports"} & set(loaded)
    # The pages, and what only they need: they follow when the start is over.
    assert not {"app.web", "jinja2"} & set(loaded)


def test_contracts_are_compiled_when_they_are_first_used() -> None:
    program = (
        "import app.__main__, app.main; from app.models.goals import GoalInput;"
        "from fastapi.openapi.models import OpenAPI;"
        "print(OpenAPI.__pydantic_complete__, GoalInput.__pydantic_complete__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


async def test_every_route_is_made_once(app: FastAPI) -> None:
    """To include a router makes its routes a second time, when the first request comes."""
    for_machines = len(app.routes)
    await app.state.pages.load()
    await app.state.pages.load()
    assert len(app.routes) == for_machines + len(web_routes) > for_machines > 20
    assert [route for route in app.routes if not isinstance(route, Route)] == []
