"""Computing the alignment KPIs: what records say is stored, again where they change, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.actions.initiatives import create_initiative, finish_initiative, redate_initiative
from app.actions.measurements import record_value, withdraw_value
from app.actions.survey_closing import close_survey
from app.database import Database
from app.domain.periods import Cadence, Period, period_of
from app.domain.permissions import SYSTEM, Actor, ActorKind, Permission
from app.domain.scoring import Source
from app.domain.surveys import QuestionKind, SurveyStatus
from app.domain.words import InitiativeStatus, Level
from app.errors import Conflict, Invalid
from app.models import Department, Initiative, Kpi, LevelFigure, Measurement, Survey, SurveyAnswer
from app.models.initiatives import InitiativeFinish, InitiativeInput, InitiativeRedating
from app.models.measurements import MeasurementInput
from app.models.surveys import Question
from tests.factories import make_decision, make_department, make_owner
from tests.house.test_query_counts import count_statements

TODAY = datetime.now(UTC).date()
THIS = period_of(TODAY, Cadence.MONTHLY)
PERSON = Actor(id=UUID(int=7), kind=ActorKind.PERSON, name="Ada", permissions=frozenset(Permission))


def ago(months: int) -> date:
    """The tenth of a month some months back."""
    return THIS.previous(months).first_day + timedelta(days=9)


def period_ago(months: int) -> Period:
    """The month some months back."""
    return THIS.previous(months)


async def plan(session: AsyncSession, department: Department, due_on: date, **fields: Any) -> Initiative:
    """An initiative that began a month before it is due."""
    number = len((await session.scalars(select(Initiative))).all()) + 1
    data = {
        "code": f"I-{number}",
        "title": f"Project {number}",
        "department": department.code,
        "status": InitiativeStatus.ACTIVE,
        "starts_on": due_on - timedelta(days=31),
        "due_on": due_on,
    }
    return await create_initiative(session, InitiativeInput.model_validate(data | fields), actor=SYSTEM)


async def finish(session: AsyncSession, initiative: Initiative, on: date) -> None:
    """Says when an initiative was done."""
    await finish_initiative(session, initiative, InitiativeFinish(finished_on=on), actor=SYSTEM)


async def read_states(
    session: AsyncSession, code: str = "ON-TIME", *, everything: bool = False
) -> list[Measurement]:
    """The states of a KPI's measurements by period, department (organization first) and revision."""
    statement = (
        select(Measurement)
        .join(Kpi, col(Kpi.id) == col(Measurement.kpi_id))
        .where(col(Kpi.code) == code)
        .order_by(
            col(Measurement.first_day),
            col(Measurement.department_id).nulls_first(),
            col(Measurement.row),
        )
    )
    if not everything:
        statement = statement.where(col(Measurement.known_to).is_(None), ~col(Measurement.withdrawn))
    return list(await session.scalars(statement.execution_options(populate_existing=True)))


async def compute(session: AsyncSession, **options: Any) -> int:
    """Computes, and says how many values changed."""
    await session.flush()
    return (await compute_alignment_kpis(session, actor=COMPUTING, **options)).written


async def test_what_records_say_stands_as_computed_values_with_their_evidence(session: AsyncSession) -> None:
    top = await make_department(session, code="TOP")
    below = await make_department(session, code="BELOW", parent=top)
    done, late = await plan(session, below, ago(2)), await plan(session, top, ago(2))
    await finish(session, done, ago(2))
    await finish(session, late, ago(1))
    await compute(session)
    states = [each for each in await read_states(session) if each.period == period_ago(2).text]
    told = {each.department_id: each for each in states}
    assert {key: each.value for key, each in told.items()} == {
        None: Decimal(50),
        top.id: Decimal(50),
        below.id: Decimal(100),
    }
    whole = told[None]
    assert [whole.source, whole.numerator, whole.denominator, whole.n] == [Source.COMPUTED, 1, 2, 2]
    assert whole.interval_low is not None
    assert whole.interval_high is not None
    assert whole.interval_low < 50 < whole.interval_high
    assert whole.explanation
    assert "1 of 2 due" in whole.explanation
    assert "Project 2" in whole.explanation
    assert whole.seconds
    assert whole.seconds[0]["name"] == "on_current_dates"
    assert (whole.recorded_by_name, whole.revision) == ("Coxswain", 1)


async def test_computing_again_changes_nothing(session: AsyncSession) -> None:
    await finish(session, await plan(session, await make_department(session), ago(2)), ago(2))
    assert await compute(session) > 0
    before = [(each.row, each.revision) for each in await read_states(session)]
    assert await compute(session, always=True) == 0
    assert [(each.row, each.revision) for each in await read_states(session)] == before


async def test_a_moved_date_leaves_the_kpi_on_its_baseline(session: AsyncSession) -> None:
    it = await plan(session, await make_department(session), ago(2))
    await compute(session)
    moved = InitiativeRedating(due_on=TODAY + timedelta(days=90), reason="The supplier is late.")
    await redate_initiative(session, it, moved, actor=SYSTEM)
    await compute(session)
    whole = (await read_states(session))[0]
    assert [whole.period, whole.value, whole.denominator] == [period_ago(2).text, 0, 1]


async def test_a_late_record_makes_a_revision_that_names_it_and_touches_nothing_else(
    fresh_database: Database,
) -> None:
    async with fresh_database.unit_of_work() as session:
        department = await make_department(session)
        for month in range(1, 13):
            await finish(session, await plan(session, department, ago(month)), ago(month))
    async with fresh_database.unit_of_work() as session:
        first = await compute_alignment_kpis(session, actor=COMPUTING)
        everything = first.pairs
    async with fresh_database.unit_of_work() as session:
        before = {place(each): each.row for each in await read_all(session)}
        forgotten = await plan(session, department, ago(5), starts_on=ago(5))
        await finish(session, forgotten, ago(4))
    async with fresh_database.unit_of_work() as session:
        done = await compute_alignment_kpis(session, actor=COMPUTING)
        after = await read_all(session)
        on_time = [each for each in await read_states(session) if each.period == period_ago(5).text]
    # On time in the month in which it was due; together in the two months in which it ran.
    assert done.pairs == 3 < everything
    touched = [each for each in after if before.get(place(each)) != each.row]
    # Each for its department and for the whole organization; the trend of the month after follows.
    assert done.written == len([each for each in touched if each.reason]) == 6
    assert {each.period for each in touched if each.reason} == {period_ago(5).text, period_ago(4).text}
    assert {(each.value, each.revision) for each in on_time} == {(Decimal(50), 2)}
    assert on_time[0].reason == "Computed again: initiative I-13 created, finished."


async def test_without_news_no_record_is_read(fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        await plan(session, await make_department(session), ago(1))
    async with fresh_database.unit_of_work() as session:
        first = await compute_alignment_kpis(session, actor=COMPUTING)
    async with fresh_database.unit_of_work() as session:
        # Its own values are no news.
        assert (await compute_alignment_kpis(session, actor=COMPUTING)).computed_at == first.computed_at


async def test_a_new_day_computes_the_period_that_goes_on(fresh_database: Database) -> None:
    async with fresh_database.unit_of_work() as session:
        await plan(session, await make_department(session), TODAY, starts_on=ago(2))
    async with fresh_database.unit_of_work() as session:
        await compute_alignment_kpis(session, actor=COMPUTING)
        await session.execute(text("update kpi_computations set today = today - 1"))
    async with fresh_database.unit_of_work() as session:
        done = await compute_alignment_kpis(session, actor=COMPUTING)
    periods = {period_of(TODAY, Cadence.MONTHLY), period_of(TODAY - timedelta(days=1), Cadence.MONTHLY)}
    # Four KPIs follow the calendar; what surveys told does not change by itself.
    assert (done.today, done.pairs) == (TODAY, 4 * len(periods))


def place(row: Measurement) -> tuple[UUID, str, UUID | None]:
    """Which measurement a state is of."""
    return row.kpi_id, row.period, row.department_id


async def read_all(session: AsyncSession) -> list[Measurement]:
    """Every measurement that stands."""
    statement = select(Measurement).where(col(Measurement.known_to).is_(None))
    return list(await session.scalars(statement.execution_options(populate_existing=True)))


async def test_the_number_of_statements_does_not_grow_with_the_records(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    department = await make_department(session)
    counts = []
    for month in (2, 3, 4):
        for _ in range(month):
            await finish(session, await plan(session, department, ago(month)), ago(month))
        await session.flush()
        with count_statements(connection) as statements:
            await compute_alignment_kpis(session, actor=COMPUTING, always=True)
        counts.append(len(statements))
    assert counts[1] == counts[2] < 60


async def test_levels_have_figures_of_their_own(session: AsyncSession) -> None:
    senior = await make_owner(session, level=Level.SENIOR)
    department = await make_department(session)
    await finish(session, await plan(session, department, ago(1), owner=senior.email), ago(1))
    await plan(session, department, ago(1))
    await compute(session)
    rows = await session.scalars(
        select(LevelFigure)
        .join(Kpi, col(Kpi.id) == col(LevelFigure.kpi_id))
        .where(col(Kpi.code) == "ON-TIME", col(LevelFigure.period) == period_ago(1).text)
    )
    assert [[each.level, each.value, each.denominator] for each in rows] == [[Level.SENIOR, 100, 1]]


async def test_what_no_record_speaks_for_any_more_is_withdrawn(session: AsyncSession) -> None:
    two = [await make_department(session), await make_department(session)]
    it = await make_decision(session, departments=two, raised_on=ago(1), opened_on=ago(1))
    await compute(session)
    assert await read_states(session, "DECISION-SPEED")
    it.archived_at = datetime.now(UTC)
    await session.flush()
    await compute(session, always=True)
    assert await read_states(session, "DECISION-SPEED") == []


async def test_a_typed_value_needs_a_reason_and_stands_until_it_is_withdrawn(session: AsyncSession) -> None:
    department = await make_department(session)
    it = await plan(session, department, ago(1))
    await compute(session)
    kpi = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ON-TIME"))).one()
    period = period_ago(1)
    bare = MeasurementInput(value=Decimal(90), note="We know better.")
    with pytest.raises(Invalid, match="needs a reason"):
        await record_value(session, kpi, period, bare, department=department.id, actor=PERSON)
    typed = bare.model_copy(update={"reason": "The finish was never entered."})
    await record_value(session, kpi, period, typed, department=department.id, actor=PERSON)
    await finish(session, it, ago(1))
    await compute(session)
    (own,) = [each for each in await read_states(session) if each.department_id == department.id]
    assert [own.value, own.source] == [90, Source.MANUAL]
    await withdraw_value(
        session, kpi, period, reason="It is entered now.", department=department.id, actor=PERSON
    )
    await compute(session)
    (own,) = [each for each in await read_states(session) if each.department_id == department.id]
    assert [own.value, own.source] == [100, Source.COMPUTED]
    with pytest.raises(Conflict, match="computed from records"):
        await withdraw_value(session, kpi, period, reason="No.", department=department.id, actor=PERSON)


async def test_typed_and_inactive_kpis_are_left_alone(session: AsyncSession) -> None:
    await session.execute(text("update kpis set source = 'manual' where code = 'ON-TIME'"))
    await session.execute(text("update kpis set active = false where code = 'COLLABORATION'"))
    await plan(session, await make_department(session), ago(1))
    await compute(session)
    assert await read_states(session) == await read_states(session, "COLLABORATION") == []


async def test_a_month_in_which_nothing_was_due_says_so_and_is_not_missing(session: AsyncSession) -> None:
    department = await make_department(session)
    await finish(session, await plan(session, department, ago(3)), ago(3))
    await compute(session)
    states = {(each.period, each.department_id): each for each in await read_states(session)}
    # Of the organization every month since the first that has ended, of departments only those with figures.
    assert states.keys() == {
        *((period_ago(month).text, None) for month in (3, 2, 1)),
        (period_ago(3).text, department.id),
    }
    quiet = states[period_ago(1).text, None]
    assert [quiet.value, quiet.not_applicable, quiet.note] == [None, True, "Nothing was due."]
    # An earlier record makes the months between it and the first one known, too.
    await finish(session, await plan(session, department, ago(6)), ago(6))
    await compute(session)
    told = [each.period for each in await read_states(session) if each.department_id is None]
    assert told == [period_ago(month).text for month in (6, 5, 4, 3, 2, 1)]


async def close_ratings(session: AsyncSession, ratings: dict[UUID, list[tuple[int | None, ...]]]) -> None:
    """A survey about two behaviours, and what leaders say of themselves, answered and closed last month."""
    asked = [
        Question(code="B1", kind=QuestionKind.AGREE, text="One", behaviour="Says it in the room."),
        Question(code="B2", kind=QuestionKind.AGREE, text="Two", behaviour="Asks before deciding."),
        Question(code="S1", kind=QuestionKind.AGREE, text="I", behaviour="Says it.", paired_with="B1"),
    ]
    survey = Survey(
        code="VALUES",
        title="Values",
        status=SurveyStatus.OPEN,
        minimum_group=5,
        questions=[each.model_dump(mode="json") for each in asked],
        opened_at=datetime.now(UTC) - timedelta(days=62),
    )
    session.add(survey)
    await session.flush()
    for department, people in ratings.items():
        for pair in people:
            values = {code: each for code, each in zip(("B1", "B2"), pair, strict=True) if each is not None}
            session.add(SurveyAnswer(survey_id=survey.id, department_id=department, values=values))
    await session.flush()
    closed_at = datetime.combine(ago(1), datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)
    await close_survey(session, survey, actor=SYSTEM, at=closed_at)


def read_agreement(state: Measurement) -> dict[str, Any] | None:
    """The second number that tells agreement within teams."""
    return next((each for each in state.seconds or () if each["name"] == "agreement"), None)


async def test_culture_tells_how_far_teams_agree_where_every_rating_is_shown(session: AsyncSession) -> None:
    agreeing, skipping = await make_department(session), await make_department(session)
    here: list[tuple[int | None, ...]] = [(5, 4), (4, 4), (3, 5), (4, 3), (5, 5)]
    left_out: list[tuple[int | None, ...]] = [(each, None) for each in (1, 2, 3, 4, 5)]
    there: list[tuple[int | None, ...]] = [(1, 2), (2, 2), (3, 1), (2, 1), (1, 1), *left_out]
    await close_ratings(session, {agreeing.id: here, skipping.id: there})
    await compute(session)
    states = [each for each in await read_states(session, "CULTURE") if each.period == period_ago(1).text]
    told = {each.department_id: read_agreement(each) for each in states}
    # Mean variances .7 of (5, 4, 3, 4, 5) and (4, 4, 5, 3, 5): q = .7/2 and .7/1.34 over two behaviours.
    assert told[agreeing.id] == {
        "name": "agreement",
        "label": "Agreement within teams, r_wg(j)",
        "value": 0.79,
        "unit": "index",
        "numerator": None,
        "denominator": None,
        "n": None,
        "interval": [0.65, 0.79],
    }
    assert told[skipping.id] is not None
    assert told[None] is not None


async def test_culture_tells_no_agreement_by_which_one_answer_could_be_derived(session: AsyncSession) -> None:
    department = await make_department(session)
    await close_ratings(session, {department.id: [(5, 4), (4, 4), (3, 5), (4, 3), (5, 5), (1, None)]})
    await compute(session)
    states = [each for each in await read_states(session, "CULTURE") if each.period == period_ago(1).text]
    assert {each.department_id for each in states} >= {None, department.id}
    assert [read_agreement(each) for each in states] == [None] * len(states)
