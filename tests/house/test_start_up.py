"""What a start may not cost: programs that it does not need, routes made twice, a wrong newest revision."""

import subprocess
import sys
from pathlib import Path

import httpx2
from alembic.script import ScriptDirectory
from fastapi import FastAPI
from sqlalchemy import make_url
from starlette.routing import Route

from app.api import v1
from app.api.v1 import NOUNS, load_noun
from app.schema import head_revision, read_config
from app.web import web_routes

FOLDER = Path(v1.__file__).parent
# Each file of the models in a process of its own, forked where none is loaded. Owners and departments point
# at each other: the file of the departments brings both.
LOAD_ALONE = """
import os, pkgutil
from importlib import import_module
from sqlmodel import SQLModel
import app.models.base

for file in pkgutil.iter_modules(app.models.__path__):
    if file.name in ("every", "owners"):
        continue
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0, file.name
        continue
    import_module(f"app.models.{file.name}")
    tables = SQLModel.metadata.tables.values()
    targets = [key.column for table in tables for key in table.foreign_keys]
    print(file.name, len(tables), flush=True)
    os._exit(0)
"""


def test_the_newest_revision_is_the_one_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(read_config(make_url("postgresql+asyncpg://nowhere/none")))
    assert head_revision() == scripts.get_current_head()


def test_serving_does_not_load_what_only_other_commands_need() -> None:
    program = "import sys, app.main; from app.cli import make_cli; make_cli(['serve']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "fastapi" in loaded
    migrating, checking = {"alembic", "mako", "pygments", "rich"}, {"numpy", "scipy", "rapidfuzz"}
    returning = {"dateutil", "icalendar"}
    assert not {name.partition(".")[0] for name in loaded} & (migrating | checking | returning)
    assert not {"app.commands.demo", "app.commands.imports", "app.commands.exports"} & set(loaded)
    # Nouns, looks and pages, and what only they need: they follow when the start is over.
    nouns = {f"app.api.v1.{file}" for files in NOUNS.values() for file in files}
    assert not {"app.web", "jinja2", "app.looks", *nouns} & set(loaded)


def test_a_push_after_a_start_waits_for_no_table_that_it_does_not_need() -> None:
    """Each of them costs milliseconds twice: when it is loaded, and with the first statement."""
    program = (
        "import sys, app.main; from app.api.v1 import load_noun; load_noun('engagement-scores');"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "app.models.engagement" in loaded
    others = {"alignment", "alignment_kpis", "commitments", "decisions", "every", "initiatives", "linkage"}
    others |= {"mails", "partnerships", "reviews", "rituals", "surveys"}
    assert not {f"app.models.{file}" for file in others} & loaded


def test_every_table_comes_with_those_it_points_at() -> None:
    """Else it could not be written to, until somebody happened to load them."""
    done = subprocess.run([sys.executable, "-c", LOAD_ALONE], stdout=subprocess.PIPE, text=True, check=True)
    loaded = dict(line.split() for line in done.stdout.splitlines())
    assert len(loaded) > 30
    # They are alone: what one of them loads is not there for the next.
    assert loaded["base"] == loaded["typed_lines"] == "0" < loaded["engagement"]


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
    at_once = len(app.routes)
    await app.state.late_routes.load()
    await app.state.late_routes.load()
    for_machines = sum(len(load_noun(noun)) for noun in NOUNS)
    assert len(app.routes) == at_once + for_machines + len(web_routes) > len(web_routes) > 20
    assert [route for route in app.routes if not isinstance(route, Route)] == []


def test_every_file_of_the_api_serves_the_noun_it_stands_under() -> None:
    for noun in NOUNS:
        paths = [route.path for route in load_noun(noun) if isinstance(route, Route)]
        assert paths
        assert {path.split("/")[3] for path in paths} == {noun}
    files = {file.stem for file in FOLDER.glob("*.py") if "ApiRouter(" in file.read_text()}
    assert files == {file for files in NOUNS.values() for file in files}


async def test_the_order_of_routes_is_that_of_the_nouns_whichever_is_asked_first(app: FastAPI) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        for path in ("/api/v1/themes", "/api/v1/me"):
            assert (await client.get(path)).status_code == 401
            assert (await client.get(f"{path}-of-nobody")).status_code == 404
    at_first = [route.path for route in app.routes if isinstance(route, Route)]
    assert at_first.index("/api/v1/me") < at_first.index("/api/v1/themes")
    assert "/api/v1/owners" not in at_first
    assert "/sign-in" not in at_first
    await app.state.late_routes.load()
    assert "/api/v1/owners" in [route.path for route in app.routes if isinstance(route, Route)]
