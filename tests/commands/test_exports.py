"""Export and import: what is written comes back, and nothing of a file with a flaw is kept."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from app.commands.nouns import Kept
from app.database import Database
from app.domain.permissions import SYSTEM, Role
from app.domain.scoring import Direction
from app.domain.words import InitiativeStatus, Level, LinkType, NodeStatus
from app.models import InitiativeDepartment, InitiativeSupport, KpiGuard, KpiMeasure, Link
from app.queries.goals_tree import read_goal_tree
from tests.commands.running import import_lines, run_coxswain
from tests.conftest import copy_template, run_sql
from tests.factories import (
    make_department,
    make_goal,
    make_initiative,
    make_kpi,
    make_measurement,
    make_objective,
    make_occurrence,
    make_owner,
    make_ritual,
    make_target,
    make_theme,
)

ORDER = (
    *(("departments", "departments"), ("owners", "owners"), ("departments", "heads"), ("themes", "themes")),
    *(("goals", "goals"), ("objectives", "objectives"), ("initiatives", "initiatives")),
    *(("links", "links"), ("kpis", "kpis")),
    *(("targets", "targets"),),
)


@pytest.fixture
async def second_url(worker_id: str) -> AsyncIterator[URL]:
    """Another database, migrated and empty."""
    name = f"second_{worker_id}"
    yield await copy_template(name)
    await run_sql(f"drop database {name} with (force)")


async def make_organization(session: AsyncSession) -> None:
    """A small organization with everything that is hard to bring back."""
    top = await make_department(session, code="TOP", name='=Top, "quoted"')
    # The parent sorts after the child, the manager after the managed.
    sales = await make_department(session, code="A-SALES", parent=top, headcount=12, external_id="-7")
    zoe = await make_owner(
        session, email="zoe@x.org", department=top, role=Role.EXECUTIVE, level=Level.EXECUTIVE
    )
    ann = await make_owner(session, email="ann@x.org", department=sales, manager_id=zoe.id, active=False)
    sales.head_id = ann.id
    theme = await make_theme(session, code="T1", rank=2, description="Line one\nline two")
    goal = await make_goal(
        session,
        code="G1",
        theme_id=theme.id,
        owner_id=zoe.id,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        cross_functional=True,
        assumptions=[{"text": "It rains; often", "review_on": "2026-06-01"}],
    )
    first = await make_objective(session, code="S-1", department=sales, owner_id=ann.id, effort=2.5)
    second = await make_objective(session, code="S-2", department=sales, status=NodeStatus.PAUSED)
    for source, target, weight in ((first, goal, 60), (second, first, None)):
        values = {"source_id": source.id, "target_id": target.id, "type": LinkType.CONTRIBUTES}
        session.add(Link.model_validate(values | {"weight": weight, "rationale": "Because"}))
    tills = await make_initiative(session, code="TILLS", department=sales, due_on=date(2027, 1, 31))
    await make_initiative(session, code="SOON", status="draft", department=top, due_baseline=None)
    done = {"status": InitiativeStatus.FINISHED, "finished_on": date(2026, 6, 1), "progress": 100}
    await make_initiative(session, code="DONE", department=sales, owner_id=ann.id, **done)
    session.add(InitiativeDepartment(initiative_id=tills.id, department_id=top.id))
    session.add_all(InitiativeSupport(initiative_id=tills.id, node_id=each.id) for each in (first, goal))
    kpi = await make_kpi(session, code="K1", departments=[top, sales], owner_id=ann.id, baseline=70.25)
    band = await make_kpi(session, code="K2", direction=Direction.BAND, unit="days", department_id=sales.id)
    await session.flush()
    session.add_all(KpiMeasure(kpi_id=kpi.id, node_id=node.id) for node in (first, goal))
    session.add_all([KpiGuard(kpi_id=kpi.id, guard_id=band.id), KpiGuard(kpi_id=band.id, guard_id=kpi.id)])
    await make_target(session, kpi, "2026-01", "2026-12", target=90, amber=85.5, red=75)
    await make_target(session, kpi, "2026", target=80, department_id=sales.id)
    await make_target(session, band, "2026", target=None, low=3, high=5, red_low=1)
    await session.flush()


async def read_tree(database: Database) -> dict[str, Any]:
    """The tree without the times at which its parts were written."""
    async with database.unit_of_work() as session:
        tree: dict[str, Any] = orjson.loads(await read_goal_tree(session, actor=SYSTEM))
    for each in tree["goals"] + tree["objectives"]:
        del each["changed_at"]
    return tree


async def test_an_export_comes_back_into_an_empty_database_as_the_same_tree(
    fresh_database: Database, fresh_url: URL, second_url: URL, tmp_path: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_organization(session)
    folder = tmp_path / "all of it"
    done = run_coxswain("export", str(folder), url=fresh_url)
    assert done.returncode == 0, done.stderr
    second = Database(second_url)
    for noun, file in ORDER:
        _, table = await import_lines(second, noun, folder / f"{file}.csv")
        assert [flaw.tell(file) for flaw in table.flaws] == []
    assert await read_tree(second) == await read_tree(fresh_database)
    again = tmp_path / "again"
    done = run_coxswain("export", str(again), url=second_url)
    assert done.returncode == 0, done.stderr
    for written in sorted(folder.glob("*.csv")):
        assert (again / written.name).read_text() == written.read_text(), written.name
    counts, _ = await import_lines(second, "kpis", folder / "kpis.csv")
    assert counts == {Kept.UNCHANGED: 11}
    await second.close()


async def test_an_export_holds_values_metrics_and_a_guide(
    fresh_database: Database, fresh_url: URL, tmp_path: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        sales = await make_department(session, code="SALES")
        kpi = await make_kpi(session, code="K1", departments=[sales])
        await make_measurement(session, kpi, "2026-09", department=sales, value=7.5, note="=SUM(A1)", n=3)
        await make_measurement(session, kpi, "2026-08", withdrawn=True)
        ritual = await make_ritual(session, await make_owner(session, email="host@x.org"), code="REVIEW")
        came = [str(ritual.host_id)]
        await make_occurrence(session, ritual, date(2026, 10, 13), attended=came, note="On time.")
    folder = tmp_path / "out"
    done = run_coxswain("export", str(folder), url=fresh_url)
    assert done.returncode == 0, done.stderr
    (value,) = csv.DictReader(io.StringIO((folder / "measurements.csv").read_text()))
    filled = {name: cell for name, cell in value.items() if cell}
    assert filled == {
        "kpi": "K1",
        "period": "2026-09",
        "department": "SALES",
        "value": "7.5",
        "not_applicable": "false",
        "n": "3",
        "note": "'=SUM(A1)",
    }
    metrics = list(csv.DictReader(io.StringIO((folder / "metrics.csv").read_text())))
    assert [line["department"] for line in metrics if line["kpi"] == "K1"] == ["SALES"]
    (told,) = csv.DictReader(io.StringIO((folder / "rituals.csv").read_text()))
    assert [told[name] for name in ("ritual", "host", "starts_at", "day", "state", "attended", "note")] == [
        *("REVIEW", "host@x.org", "2026-01-13T09:00:00", "2026-10-13", "kept", "1", "On time."),
    ]
    guide = (folder / "README.txt").read_text()
    for file in folder.glob("*.*"):
        assert file.name in guide or file.suffix == ".txt"
    assert "`coxswain review export` writes one review" in guide
    assert orjson.loads((folder / "organization.json").read_bytes())["name"] == "Organization"
    again = run_coxswain("export", str(folder), url=fresh_url)
    assert (again.returncode, "not an empty folder" in again.stderr) == (1, True)
