"""Y: the alignment KPIs of a simulated year: 1,000 decisions, 300 initiatives, 12 pulses, 400 people.

The records are written into the tables as they would stand after that year. Only the late one, after which
the KPIs are computed again, goes through its action, because its event tells what to compute.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.actions.initiatives import finish_initiative
from app.database import Database, embedded_url
from app.domain.alignment_kpis.compute import compute_figures
from app.domain.decisions import DecisionStatus
from app.domain.periods import Cadence, period_of
from app.domain.permissions import SYSTEM
from app.domain.surveys import SurveyStatus
from app.domain.words import InitiativeStatus, Level
from app.embedded import running
from app.models import Department, Initiative, Owner
from app.models.decisions import Decision, DecisionDepartment
from app.models.initiatives import InitiativeDepartment, InitiativeFinish
from app.models.surveys import Question, Survey, SurveyAnswer
from app.queries.alignment_kpis import read_alignment_rows
from app.schema import upgrade
from tests.factories import make_decision_type, make_department, make_initiative, make_owner

DECISIONS, INITIATIVES, PULSES, PEOPLE = 1_000, 300, 12, 400
TOP_DEPARTMENTS, TEAMS_EACH = 6, 4
MAX_SECONDS = 30.0
# A late record touches the month it was due in and those in which it ran, of two KPIs, and not all of eight.
MAX_LATE_SHARE = 0.15
LATE_KPIS = {"ON-TIME", "COLLABORATION"}
_REVISED = text("""
select distinct k.code
from measurements m join kpis k on k.id = m.kpi_id
where m.known_to is not null
order by 1
""")
_QUESTIONS = (
    {"code": "Q1", "kind": "choose", "text": "What comes first?", "about": "Priorities", "intended": "G1"},
    {"code": "Q2", "kind": "agree", "text": "We say what is wrong.", "behaviour": "Says what is wrong"},
)
_OPTIONS = [{"code": f"G{number}", "text": f"Goal {number}"} for number in range(1, 4)]


def measure_year() -> dict[str, Any]:
    """All periods at once, the same again after one late record, and the arithmetic alone."""
    with TemporaryDirectory(prefix="coxswain-bench-") as folder, running(Path(folder) / "postgres") as server:
        url = embedded_url(server)
        upgrade(url)
        told = asyncio.run(_compute_year(Database(url, pool_size=1)))
    is_quick = told["seconds"] <= MAX_SECONDS
    is_narrow = told["late_pairs"] <= MAX_LATE_SHARE * told["pairs"] and set(told["late_kpis"]) <= LATE_KPIS
    title = f"a year of {DECISIONS:,} decisions, {INITIATIVES} initiatives, {PULSES} pulses, {PEOPLE} people"
    return {"item": "Y", "title": title, "ok": is_quick and is_narrow, **told}


async def _compute_year(database: Database) -> dict[str, Any]:
    try:
        async with database.unit_of_work() as session:
            late = await fill_year(session, today=datetime.now(UTC).date())
        whole = await _time_computing(database)
        async with database.unit_of_work() as session:
            initiative = await session.get_one(Initiative, late.id)
            assert late.due_baseline is not None
            finish = InitiativeFinish(finished_on=late.due_baseline)
            await finish_initiative(session, initiative, finish, actor=SYSTEM)
        again = await _time_computing(database)
        nothing = await _time_computing(database)
        async with database.unit_of_work() as session:
            arithmetic = await _time_arithmetic(session)
            revised = list(await session.scalars(_REVISED))
    finally:
        await database.close()
    return {
        **whole,
        "arithmetic_s": arithmetic,
        **{f"late_{name}": value for name, value in again.items()},
        "late_kpis": revised,
        "idle_statements": nothing["statements"],
    }


async def _time_computing(database: Database) -> dict[str, Any]:
    """One run as a server does it: seconds, statements, KPIs × periods, values changed."""
    began = time.perf_counter()
    with _count_statements(database) as statements:
        async with database.unit_of_work() as session:
            done = await compute_alignment_kpis(session, actor=COMPUTING)
            told = {"pairs": done.pairs, "written": done.written}
    return {"seconds": round(time.perf_counter() - began, 2), "statements": len(statements), **told}


async def _time_arithmetic(session: AsyncSession) -> float:
    """The pure function over twelve months, without any statement."""
    rows = await read_alignment_rows(session, zone="UTC")
    today = datetime.now(UTC).date()
    period = period_of(today, Cadence.MONTHLY)
    began = time.perf_counter()
    for months in range(12):
        compute_figures(rows, period.previous(months), today)
    return round(time.perf_counter() - began, 2)


@contextmanager
def _count_statements(database: Database) -> Iterator[list[None]]:
    found: list[None] = []

    def note(*_: object) -> None:
        found.append(None)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def fill_year(session: AsyncSession, *, today: date) -> Initiative:
    """Writes the records of a year up to today; answers an initiative that is half a year late."""
    random = Random(2026)
    departments = await _make_departments(session)
    people = [
        await make_owner(
            session, department=departments[number % len(departments)], level=list(Level)[number % 4]
        )
        for number in range(PEOPLE)
    ]
    late = None
    for _ in range(INITIATIVES):
        row = await _make_initiative(session, random, departments, people, today=today)
        is_open = row.finished_on is None and (today - (row.due_baseline or today)).days in range(150, 215)
        late = late or (row if is_open else None)
    await _make_decisions(session, random, departments, people, today=today)
    for pulse in range(PULSES):
        await _make_pulse(session, random, people, number=pulse, today=today)
    assert late is not None
    return late


async def _make_departments(session: AsyncSession) -> list[Department]:
    found = []
    for _ in range(TOP_DEPARTMENTS):
        top = await make_department(session, headcount=20)
        found.append(top)
        found += [await make_department(session, parent=top, headcount=14) for _ in range(TEAMS_EACH)]
    return found


async def _make_initiative(
    session: AsyncSession,
    random: Random,
    departments: list[Department],
    people: list[Owner],
    *,
    today: date,
) -> Initiative:
    due = today - timedelta(days=random.randint(-60, 365))
    lead, other = random.sample(departments, 2)
    finished = due + timedelta(days=random.randint(-20, 20)) if random.random() < 0.8 else None
    is_finished = finished is not None and finished <= today
    row = await make_initiative(
        session,
        department=lead,
        owner_id=random.choice(people).id,
        due_on=due,
        due_baseline=due,
        starts_on=due - timedelta(days=random.randint(40, 200)),
        status=InitiativeStatus.FINISHED if is_finished else InitiativeStatus.ACTIVE,
        finished_on=finished if is_finished else None,
    )
    if random.random() < 0.5:
        session.add(InitiativeDepartment(initiative_id=row.id, department_id=other.id))
    return row


async def _make_decisions(
    session: AsyncSession,
    random: Random,
    departments: list[Department],
    people: list[Owner],
    *,
    today: date,
) -> None:
    kind = await make_decision_type(session)
    rows, touched = [], []
    for number in range(DECISIONS):
        raised = today - timedelta(days=random.randint(0, 365))
        ended = raised + timedelta(days=random.randint(0, 40))
        is_decided = ended <= today and random.random() < 0.9
        review = ended + timedelta(days=60)
        is_reviewed = is_decided and review <= today
        row = Decision(
            code=f"D-{number + 1}",
            title=f"Decide {number + 1}?",
            type_id=kind.id,
            decider_id=random.choice(people).id,
            raised_on=raised,
            opened_on=raised,
            status=DecisionStatus.DECIDED if is_decided else DecisionStatus.OPEN,
            ended_on=ended if is_decided else None,
            reviewed_on=review if is_reviewed else None,
            rating=random.randint(1, 5) if is_reviewed else None,
            as_expected=random.random() < 0.7 if is_reviewed else None,
            forecast=random.randint(50, 100) if is_decided else None,
        )
        rows.append(row)
        touched += [
            DecisionDepartment(decision_id=row.id, department_id=each.id)
            for each in random.sample(departments, random.randint(1, 3))
        ]
    session.add_all(rows)
    await session.flush()
    session.add_all(touched)
    await session.flush()


async def _make_pulse(
    session: AsyncSession, random: Random, people: list[Owner], *, number: int, today: date
) -> None:
    """A closed pulse that everybody answered, in cells as closing leaves them."""
    closed = today - timedelta(days=30 * number + 3)
    options = {"Q1": _OPTIONS, "Q2": []}
    questions = [Question.model_validate({**each, "options": options[each["code"]]}) for each in _QUESTIONS]
    survey = Survey(
        code=f"PULSE-{number + 1}",
        title=f"Pulse {number + 1}",
        status=SurveyStatus.CLOSED,
        minimum_group=5,
        questions=[each.model_dump(mode="json") for each in questions],
        closed_at=datetime.combine(closed, datetime.min.time(), UTC),
        invited=PEOPLE,
    )
    session.add(survey)
    await session.flush()
    session.add_all(
        SurveyAnswer(
            survey_id=survey.id,
            department_id=person.department_id,
            values={"Q1": random.choice(("G1", "G1", "G2", "G3")), "Q2": random.randint(1, 5)},
        )
        for person in people
    )
    await session.flush()
