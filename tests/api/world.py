"""A small organization with the names of the document's examples, so that what they point at is there."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from tests.factories import (
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_initiative,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_target,
    make_theme,
)

HELENA = "helena.marsh@larkmoor.example"
GARETH = "gareth.lowell@larkmoor.example"
SPARE_PEOPLE = ("a@larkmoor.example", "b@larkmoor.example")


async def make_world(session: AsyncSession) -> None:
    """Departments, people, strategy, KPIs with targets and values. schemathesis.toml has their names, too."""
    group = await make_department(session, code="GROUP", name="Larkmoor Group")
    stores = await make_department(session, code="DEPOT", name="Depot", parent=group)
    helena = await make_owner(
        session, email=HELENA, name="Helena Marsh", department=group, role=Role.EXECUTIVE
    )
    await make_owner(session, email=GARETH, department=stores, manager_id=helena.id)
    for email in SPARE_PEOPLE:
        await make_owner(session, email=email, department=stores)
    theme = await make_theme(session, code="CUSTOMER", name="First choice")
    goal = await make_goal(session, code="G1", theme_id=theme.id, owner_id=helena.id)
    objective = await make_objective(session, code="DEPOT-1", department=stores, owner_id=helena.id)
    await make_objective(session, code="GROUP-1", department=group, owner_id=helena.id)
    await make_initiative(session, code="NEW-DEPOT", department=stores, owner_id=helena.id)
    await make_initiative(session, code="RE-LABEL", department=group, owner_id=helena.id)
    await make_link(session, objective, goal, weight=25)
    for code in ("QUEUE-LENGTH", "STAFF-TURNOVER"):
        kpi = await make_kpi(session, code=code, departments=[group, stores], owner_id=helena.id)
        await make_target(session, kpi, "2026-01", "2026-12")
        for period in ("2026-09", "2026-10"):
            await make_measurement(session, kpi, period, department=stores)
    await make_decision_type(session, code="PRICES", name="Prices")
    kind = await make_decision_type(session, code="SITES", name="Sites")
    about: dict[str, Any] = {"type_id": kind.id, "decider_id": helena.id}
    await make_decision(session, departments=[group, stores], goals=[goal], code="D-1", **about)
    ended: dict[str, Any] = {"ended_on": date(2026, 10, 20), "chosen": "Yes"}
    await make_decision(session, departments=[stores], code="D-2", status="decided", **about, **ended)
