"""Alignment over the API: measured in a child from real rows, kept as one row, the same for whoever asks."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.alignment import renew_alignment
from app.domain.permissions import SYSTEM, Permission, Role
from app.domain.surveys import SurveyStatus
from app.domain.words import LinkType, NodeStatus
from app.measuring import measure_apart
from app.models import AlignmentMeasure, Department, Goal, Objective, Survey, SurveyAnswer
from tests.cast import Cast
from tests.factories import (
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_survey,
)

URL = "/api/v1/alignment"
GOALS = ("GROW", "KEEP", "SAVE", "SAFE", "FAST")


async def make_ranking(session: AsyncSession, **fields: Any) -> Survey:
    """A closed survey that asked for the order of five goals."""
    options = [{"code": code, "text": f"Goal {code}"} for code in GOALS]
    question = {"code": "Q1", "kind": "rank", "text": "What comes first?", "options": options}
    closed = {"status": SurveyStatus.CLOSED, "closed_at": datetime.now(UTC), "invited": 40}
    return await make_survey(session, questions=[question], **closed | fields)


async def answer(
    session: AsyncSession,
    survey: Survey,
    department: Department | None,
    level: str | None,
    orders: list[list[str]],
) -> None:
    """Answers as they stand in the table after closing."""
    where = {"survey_id": survey.id, "department_id": department and department.id, "level": level}
    session.add_all(SurveyAnswer.model_validate(where | {"values": {"Q1": order}}) for order in orders)
    await session.flush()


def draw_orders(first: tuple[str, ...], count: int, *, seed: int = 0, noise: float = 0.8) -> list[list[str]]:
    """Orders around one, with some noise."""
    chance = np.random.default_rng(seed)
    return [
        [first[at] for at in np.argsort(np.arange(len(first)) + chance.normal(0, noise, len(first)))]
        for _ in range(count)
    ]


async def make_company(session: AsyncSession) -> tuple[Survey, Department]:
    """Executives and sales want growth first, the middle of operations wants safety first."""
    survey = await make_ranking(session)
    sales, operations = (
        await make_department(session, name="Sales"),
        await make_department(session, name="Operations"),
    )
    await answer(session, survey, None, "executive", draw_orders(GOALS, 6, seed=1))
    await answer(session, survey, sales, "senior", draw_orders(GOALS, 8, seed=2))
    await answer(session, survey, operations, "middle", draw_orders(GOALS[::-1], 9, seed=3))
    for code in GOALS:
        await make_goal(session, code=code, title=f"Goal {code}", status=NodeStatus.ACTIVE)
    return survey, operations


async def test_what_was_measured_is_told_to_whoever_reads_metrics(cast: Cast, session: AsyncSession) -> None:
    survey, operations = await make_company(session)
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    answer_ = await (await cast.person(Role.VIEWER)).get(URL)
    assert answer_.status_code == 200
    told = answer_.json()
    consensus = told["consensus"]
    assert (consensus["survey"], consensus["answered"], consensus["invited"]) == (str(survey.id), 23, 40)
    assert [step["distance"]["verdict"] for step in consensus["ladder"]["steps"]] == ["none_shown", "breaks"]
    assert "senior leaders and middle managers" in consensus["ladder"]["sentence"]
    stands = {stand["name"]: stand for stand in consensus["quadrant"]["stands"]}
    assert stands["Operations"]["department"] == str(operations.id)
    assert (stands["Operations"]["corner"], stands["Sales"]["corner"]) == ("elsewhere", "together")
    assert [pair["stands_out"] for pair in consensus["pairs"]["pairs"]].count(True) == 2
    assert told["measured_at"] is not None


async def test_nothing_is_told_before_the_first_time_and_little_of_an_empty_plan(
    cast: Cast, session: AsyncSession
) -> None:
    client = await cast.person(Role.EXECUTIVE)
    told = (await client.get(URL)).json()
    assert (told["measured_at"], told["stale"], told["consensus"], told["course"]) == (None, True, None, None)
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    told = (await client.get(URL)).json()
    assert told["consensus"] is None
    assert told["course"]["say_do"]["sentence"].startswith("No objective is planned yet")
    assert told["course"]["conflicts"] == told["course"]["signals"] == []


async def test_effort_is_set_against_what_people_want(cast: Cast, session: AsyncSession) -> None:
    await make_company(session)
    department = await make_department(session)
    for code, effort in (("GROW", 1), ("KEEP", 2), ("FAST", 17)):
        objective = await make_objective(session, department=department, effort=effort)
        await contribute(session, objective, code)
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    client = await cast.person(Role.HEAD)
    said = (await client.get(URL)).json()["course"]["say_do"]
    shares = {goal["code"]: goal["share"] for goal in said["goals"]}
    assert shares == {"GROW": 5, "KEEP": 10, "FAST": 85, "SAVE": 0, "SAFE": 0}
    assert said["nowhere"] == 0
    assert "planned effort" in said["sentence"]


async def contribute(session: AsyncSession, objective: Objective, code: str) -> None:
    """A contribution to a goal that is there."""
    goal = (await session.execute(select(Goal).where(col(Goal.code) == code))).scalar_one()
    await make_link(session, objective, goal)


async def test_a_declared_conflict_names_its_owners_to_those_who_may_know_them(
    cast: Cast, session: AsyncSession
) -> None:
    owner = await make_owner(session, name="Ada Lock")
    one = await make_objective(session, title="Cut stock", status=NodeStatus.ACTIVE, owner_id=owner.id)
    other = await make_objective(session, title="Never run out", status=NodeStatus.ACTIVE)
    await make_link(session, one, other, type=LinkType.CONFLICTS_WITH, rationale="One shelf.")
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    for role, owners in ((Role.CONTRIBUTOR, ["Ada Lock"]), (Role.FACILITATOR, [])):
        (conflict,) = (await (await cast.person(role)).get(URL)).json()["course"]["conflicts"]
        assert (conflict["kind"], conflict["owners"]) == ("declared", owners)
        assert conflict["sentence"].endswith("in conflict: One shelf.")


async def test_a_kpi_that_left_its_routine_is_a_signal(cast: Cast, session: AsyncSession) -> None:
    kpi = await make_kpi(session, code="LATE", name="Late orders", direction="lower")
    for month, value in enumerate([5, 6, 5, 6, 5, 6, 5, 30], 1):
        await make_measurement(session, kpi, f"2026-{month:02}", value=value)
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    course = (await (await cast.person(Role.VIEWER)).get(URL)).json()["course"]
    assert [(each["kpi"], each["period"]) for each in course["signals"]] == [("LATE", "2026-08")]
    assert course["signals"][0]["sentence"].endswith("something really changed, for the worse.")
    assert course["signals_sentence"].startswith("1 of 1 KPI changed for real")


async def test_what_a_survey_says_is_never_measured_again(session: AsyncSession) -> None:
    survey, operations = await make_company(session)
    first = await renew_alignment(session, measure_apart, actor=SYSTEM)
    operations.name = "Elsewhere"
    await answer(session, survey, operations, "middle", draw_orders(GOALS, 9))
    again = await renew_alignment(session, measure_apart, actor=SYSTEM, always=True)
    assert again.id != first.id
    assert again.facts["consensus"] == first.facts["consensus"]
    assert (await session.execute(select(func.count()).select_from(AlignmentMeasure))).scalar_one() == 1
    # A later survey begins anew.
    later = await make_ranking(session)
    await answer(session, later, operations, "middle", draw_orders(GOALS, 9))
    fresh = await renew_alignment(session, measure_apart, actor=SYSTEM, always=True)
    assert UUID(fresh.facts["consensus"]["survey"]) == later.id
    assert (await session.execute(select(func.count()).select_from(AlignmentMeasure))).scalar_one() == 2


async def test_few_answers_say_nothing(cast: Cast, session: AsyncSession) -> None:
    survey = await make_ranking(session)
    department = await make_department(session)
    await answer(session, survey, department, "middle", draw_orders(GOALS, 4))
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    consensus = (await (await cast.person(Role.EXECUTIVE)).get(URL)).json()["consensus"]
    assert consensus["sentence"] == "Too few answered to say anything."
    assert (consensus["answered"], consensus["agreement"], consensus["priorities"]) == (0, None, [])
    assert (
        consensus["ladder"]["steps"] == consensus["quadrant"]["stands"] == consensus["pairs"]["groups"] == []
    )


async def test_whoever_sees_only_some_departments_may_not_compare_all(
    cast: Cast, session: AsyncSession
) -> None:
    department = await make_department(session)
    bound = await cast.machine(Permission.METRICS_READ, department_id=department.id)
    assert (await bound.get(URL)).status_code == 403
    assert (await (await cast.machine(Permission.METRICS_READ)).get(URL)).status_code == 200
    assert (await (await cast.machine(Permission.GOALS_READ)).get(URL)).status_code == 403
    assert (await (await cast.browse()).get(URL)).status_code == 401
