"""What a page costs: as many statements however much there is to show, and few."""

import re
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.actions.linkage import check_linkage
from app.actions.sign_ins import act_as, start_sign_in
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Permission, Role
from app.domain.words import DependencyState, LinkType
from app.models import (
    Decision,
    DecisionDissent,
    Department,
    Goal,
    Initiative,
    InitiativeSupport,
    Kpi,
    Objective,
    Owner,
    Ritual,
    RitualVote,
)
from app.web import web_routes
from tests.factories import (
    make_client,
    make_commitment,
    make_decision,
    make_decision_type,
    make_department,
    make_initiative,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_occurrence,
    make_owner,
    make_ritual,
    make_target,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import open_browser
from tests.web.test_visibility import Stage, set_stage

MOST_STATEMENTS = 18
# The review of a month puts together what ten other pages show.
MORE_STATEMENTS = {f"/reviews/{{period}}{part}": 22 for part in ("", "/parts/{part}", "/tiles/{kpi}")}
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 11))
# Files, and what never ends: it tells a screen of changes for as long as the screen is there.
NO_PAGES = re.compile("/static/|/live$")
PAGES = sorted(
    route.path
    for route in web_routes
    if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not NO_PAGES.search(route.path)
)


async def grow(session: AsyncSession, stage: Stage, months: tuple[str, ...]) -> None:
    """Adds to the department, the goal and the KPI of the stage as much as there are months."""
    ops = (await session.scalars(select(Department).where(col(Department.code) == "OPS"))).one()
    goal = (await session.scalars(select(Goal).where(col(Goal.code) == "G1"))).one()
    first = (await session.scalars(select(Kpi).where(col(Kpi.code) == "K1"))).one()
    known = (await session.scalars(select(Owner).where(col(Owner.email) == "owner@coxswain.test"))).one()
    shown = (await session.scalars(select(Decision).where(col(Decision.code) == "D-100"))).one().id
    head = stage.people["head"]
    assert head is not None
    await session.execute(update(Department).where(col(Department.id) == ops.id).values(head_id=head.id))
    for month in months:
        below = await make_department(session, parent=ops)
        await make_owner(session, department=ops, manager_id=known.id)
        objective = await make_objective(session, department=ops, owner_id=known.id)
        await make_link(session, await make_objective(session, department=below), objective)
        await make_initiatives(session, known, objective, goal)
        kpi = await make_kpi(session, departments=[ops, below], owner_id=known.id, updater_id=head.id)
        await make_target(session, kpi, "2026-01")
        await make_measurement(session, kpi, month, department=ops)
        await make_measurement(session, first, month, department=ops)
        await make_target(session, first, month, month, department_id=below.id)
        await make_commitment(session, head)
        await make_commitment(session, known, kpi_id=first.id)
        await make_client(session, scopes=[Permission.METRICS_READ])
        day = date(2026, 10, 9)
        ended: dict[str, Any] = {"status": "decided", "chosen": "Yes", "ended_on": day, "review_on": day}
        for more in ({}, ended):
            kind = await make_decision_type(session)
            about: dict[str, Any] = {"decider_id": head.id, "type_id": kind.id, **more}
            await make_decision(session, departments=[ops, below], goals=[goal], **about)
        session.add(DecisionDissent(decision_id=shown, owner_id=known.id, concern="No.", said_on=day))
        await make_rituals(session, head, known, month)
    await check_linkage(session, check_apart, actor=SYSTEM)


async def make_rituals(session: AsyncSession, host: Owner, guest: Owner, month: str) -> None:
    """One more ritual, and one more occurrence of that of the stage, with a vote."""
    invited = [str(guest.id)]
    await make_ritual(session, host, invited=invited)
    first = (await session.scalars(select(Ritual).where(col(Ritual.code) == "R-100"))).one()
    told = await make_occurrence(session, first, date.fromisoformat(f"{month}-20"), attended=invited)
    session.add(RitualVote(occurrence_id=told.id, owner_id=guest.id, score=4))


async def make_initiatives(session: AsyncSession, owner: Owner, objective: Objective, goal: Goal) -> None:
    """Ties the objective to the goal; an initiative for it, on which the one of the stage depends."""
    await make_link(session, objective, goal, rationale="Because.")
    ops = (await session.scalars(select(Department).where(col(Department.code) == "OPS"))).one()
    stage = (await session.scalars(select(Initiative).where(col(Initiative.code) == "I1"))).one()
    initiative = await make_initiative(session, department=ops, owner_id=owner.id)
    for each in (stage, initiative):
        session.add(InitiativeSupport(initiative_id=each.id, node_id=objective.id))
    await make_link(session, stage, initiative, type=LinkType.DEPENDS_ON, state=DependencyState.REQUESTED)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HEAD])
async def test_pages_need_no_more_statements_when_everything_doubles(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection, role: Role
) -> None:
    stage = await set_stage(session)
    person = stage.people[role.value]
    assert person is not None
    token = await start_sign_in(session, person, browser="tests", actor=act_as(person))
    counts: dict[str, list[int]] = {path: [] for path in PAGES}
    for months in (MONTHS[:4], MONTHS[4:]):
        await grow(session, stage, months)
        async with open_browser(app, cookies={"coxswain": token}) as browser:
            for path in PAGES:
                address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: stage.samples[match[1]], path)
                with count_statements(connection) as statements:
                    answer = await browser.get(address)
                # A running initiative says first that it has to be finished or cancelled.
                assert answer.status_code in (200, 303, 403, 404, 409), answer.text
                counts[path].append(len(statements))
    most = {path: MORE_STATEMENTS.get(path, MOST_STATEMENTS) for path in counts}
    too_many = {path: told for path, told in counts.items() if max(told) > most[path]}
    growing = {path: told for path, told in counts.items() if told[0] != told[1]}
    assert (too_many, growing) == ({}, {})
