"""The visibility matrix: every route of the pages as every role, walked, so that no route is forgotten."""

import re
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions.linkage import check_linkage
from app.actions.sign_ins import act_as, start_sign_in
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Permission, Role
from app.models import Department, Owner
from app.web import web_routes
from tests.factories import (
    make_change_request,
    make_client,
    make_commitment,
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_initiative,
    make_kpi,
    make_link,
    make_objective,
    make_owner,
    make_parked_item,
    make_partnership,
    make_review,
    make_ritual,
    make_survey,
    make_talk,
    make_target,
    make_theme,
)
from tests.web.browsing import open_browser
from tests.web.visibility import FORMS, ROLES, VISIBLE

# The answer of `/live` goes on, and would be awaited here: it is asked in `test_reviews_live`.
WALKED = re.compile(r"(?!/static/)(?!.*/live\Z)")
ROUTES = sorted(
    f"{method} {route.path}"
    for route in web_routes
    if isinstance(route, APIRoute) and WALKED.match(route.path)
    for method in (route.methods or set()) - {"HEAD"}
)

NOBODY = "00000000-0000-7000-8000-000000000000"
# Parts of addresses that need nothing on the stage.
FIXED = {
    **dict.fromkeys(("mail", "sign_in", "segment", "measurement"), NOBODY),
    **{"token": "none", "code": "L101", "slug": "not_found", "part": "commitments"},
    **{"day": "2026-01-13", "question": "Q1"},
}


@dataclass
class Stage:
    """An organization with one of everything, and who looks at it."""

    people: dict[str, Owner | None]
    samples: dict[str, str]


async def make_people(session: AsyncSession, ops: Department, other: Department) -> dict[str, Owner | None]:
    """Somebody of each role, and nobody."""
    return {
        "admin": await make_owner(session, role=Role.ADMIN),
        "executive": await make_owner(session, role=Role.EXECUTIVE),
        "head": await make_owner(session, role=Role.HEAD, department=ops),
        "other head": await make_owner(session, role=Role.HEAD, department=other),
        "contributor": await make_owner(session, role=Role.CONTRIBUTOR, department=ops),
        "viewer": await make_owner(session, role=Role.VIEWER),
        "facilitator": await make_owner(session, role=Role.FACILITATOR),
        "signed out": None,
    }


async def set_stage(session: AsyncSession) -> Stage:
    """Everything belongs to the department OPS; the other head's is elsewhere."""
    ops, other = await make_department(session, code="OPS"), await make_department(session, code="SIDE")
    people = await make_people(session, ops, other)
    owner = await make_owner(session, department=ops, email="owner@coxswain.test")
    theme = await make_theme(session, code="T1")
    goal = await make_goal(session, code="G1", theme_id=theme.id)
    objective = await make_objective(session, code="O1", department=ops)
    orphan = await make_objective(session, code="O2", department=ops)
    link = await make_link(session, objective, goal)
    initiative = await make_initiative(session, code="I1", department=ops)
    kpi = await make_kpi(session, code="K1", departments=[ops], department_id=ops.id)
    target = await make_target(session, kpi, "2026-01")
    client = await make_client(session, scopes=[Permission.METRICS_READ])
    commitment = await make_commitment(session, owner)
    peer = await make_owner(session, department=other, email="peer@coxswain.test")
    await make_owner(session, department=other, email="side@coxswain.test")
    partnership = await make_partnership(session, owner, peer, code="P-100")
    talk = await make_talk(session, partnership)
    ritual = await make_ritual(session, owner, code="R-100")
    survey = await make_survey(session, code="S1")
    review = await make_review(session, code="2026-10")
    parked = await make_parked_item(session, review)
    change = await make_change_request(session, kpi, review, owner)
    decision = await make_decision(session, departments=[ops], code="D-100")
    kind = await make_decision_type(session, code="SITES")
    await check_linkage(session, check_apart, actor=SYSTEM)
    statement = text("select id from linkage_findings where rule = 'L101' and objects::text like :it")
    finding = (await session.execute(statement, {"it": f"%{orphan.id}%"})).scalar_one()
    samples: dict[str, Any] = {
        "department": ops.code,
        "owner": owner.email,
        "theme": theme.code,
        "goal": goal.code,
        "objective": objective.code,
        "initiative": initiative.code,
        "node": objective.code,
        "link": link.id,
        "kpi": kpi.code,
        "target": target.id,
        "client": client.id,
        "commitment": commitment.id,
        "partnership": partnership.code,
        "talk": talk.code,
        "ritual": ritual.code,
        "survey": survey.code,
        "decision": decision.code,
        "type": kind.code,
        "finding": finding,
        "period": review.code,
        "kind": "html",
        "item": parked.code,
        "change": change.code,
    }
    return Stage(people, FIXED | {name: str(value) for name, value in samples.items()})


def read_letter(status: int, location: str) -> str:
    """What an answer says about who may: see `visibility`."""
    if status in (303, 200) and location.startswith("/sign-in?next="):
        return "s"
    return {403: "f", 404: "h"}.get(status, "y" if status < 500 else "!")


def test_no_route_of_the_table_is_gone() -> None:
    assert sorted(VISIBLE.keys() - set(ROUTES)) == []
    assert {len(letters) for letters in VISIBLE.values()} <= {len(ROLES)}


async def test_every_route_is_for_whom_it_is_meant(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    stage = await set_stage(session)
    tokens = {
        role: await start_sign_in(session, person, browser="tests", actor=act_as(person)) if person else None
        for role, person in stage.people.items()
    }
    found = {}
    for route in ROUTES:
        method, path = route.split()
        address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: stage.samples[match[1]], path)
        letters = ""
        for token in tokens.values():
            # What one of them does is undone before the next one comes.
            savepoint = await connection.begin_nested()
            async with open_browser(app, cookies={"coxswain": token} if token else {}) as browser:
                answer = await browser.request(method, address, data=FORMS.get(route))
            letters += read_letter(answer.status_code, answer.headers.get("location", ""))
            await savepoint.rollback()
        found[route] = letters
    assert {route: letters for route, letters in found.items() if VISIBLE.get(route) != letters} == {}
