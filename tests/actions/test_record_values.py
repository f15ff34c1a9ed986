"""The one path by which values enter: revisions, aggregates, statuses and trends, and what is told."""

import asyncio
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import reassess, record_values
from app.database import Database
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM
from app.domain.scoring import Aggregation, KpiKind, Source, Status, Trend
from app.domain.states import NewValue, Result
from app.models import Department, Event, Kpi, Measurement
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_target


def tell(
    period: str, value: float | None, department: Department | None = None, **fields: object
) -> NewValue:
    number = None if value is None else Decimal(str(value))
    place = department and department.id
    return NewValue(department=place, period=parse_period(period), value=number, **fields)  # type: ignore[arg-type]


async def current(session: AsyncSession, period: str, department: Department | None = None) -> Measurement:
    found = select(Measurement).where(
        col(Measurement.period) == period,
        col(Measurement.known_to).is_(None),
        col(Measurement.department_id).is_not_distinct_from(department and department.id),
    )
    return (await session.scalars(found)).one()


async def test_a_correction_is_a_new_revision_and_the_old_one_stays(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    for value, expected in ((78, Result.CREATED), (79, Result.REVISED), (79, Result.UNCHANGED)):
        (outcome,) = await record_values(
            session, kpi, [tell("2026-10", value)], actor=SYSTEM, source=Source.MANUAL
        )
        assert outcome.result is expected
    rows = (await session.scalars(select(Measurement).order_by(col(Measurement.revision)))).all()
    assert [(row.revision, row.value) for row in rows] == [(1, Decimal(78)), (2, Decimal(79))]
    assert rows[0].known_to == rows[1].known_from
    assert rows[0].id == rows[1].id
    told = (await session.scalars(select(Event).where(col(Event.kind) == "measurement"))).all()
    assert [(event.action, event.version) for event in told] == [("created", 1), ("revised", 2)]


async def test_a_value_decides_its_status_and_the_trend_of_the_next_period(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await make_target(session, kpi, "2026", amber=80, red=70)
    items = [tell("2026-09", 91), tell("2026-10", 75)]
    await record_values(session, kpi, items, actor=SYSTEM, source=Source.IMPORTED)
    october = await current(session, "2026-10")
    assert (october.status, october.trend, october.target) == (Status.AMBER, Trend.DOWN, Decimal(90))
    assert october.status_reason == "75 is below amber 80, but not below red 70."
    await record_values(session, kpi, [tell("2026-09", 60)], actor=SYSTEM, source=Source.IMPORTED)
    october = await current(session, "2026-10")
    assert (october.trend, october.revision) == (Trend.UP, 1)


async def test_a_typed_red_value_needs_a_note(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await make_target(session, kpi, "2026")
    (refused,) = await record_values(session, kpi, [tell("2026-10", 50)], actor=SYSTEM, source=Source.MANUAL)
    assert refused.result is Result.REJECTED
    assert refused.fault is not None
    assert refused.fault.code == "note_required"
    assert (await session.scalars(select(Measurement))).all() == []
    (fed,) = await record_values(session, kpi, [tell("2026-10", 50)], actor=SYSTEM, source=Source.FED)
    assert fed.result is Result.CREATED


async def test_a_typed_value_stands_against_the_feed_until_it_is_withdrawn(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await record_values(session, kpi, [tell("2026-10", 7.4)], actor=SYSTEM, source=Source.FED)
    typed = tell("2026-10", 7.4, reason="Counted by hand.")
    (outcome,) = await record_values(session, kpi, [typed], actor=SYSTEM, source=Source.MANUAL)
    assert outcome.result is Result.REVISED
    (outcome,) = await record_values(session, kpi, [tell("2026-10", 9)], actor=SYSTEM, source=Source.FED)
    assert outcome.result is Result.OVERRIDDEN
    assert (await current(session, "2026-10")).value == Decimal("7.4")
    gone = tell("2026-10", None, withdrawn=True)
    await record_values(session, kpi, [gone], actor=SYSTEM, source=Source.MANUAL)
    (outcome,) = await record_values(session, kpi, [tell("2026-10", 9)], actor=SYSTEM, source=Source.FED)
    assert outcome.result is Result.REVISED


async def test_departments_without_a_value_get_an_aggregate_of_those_below(session: AsyncSession) -> None:
    top = await make_department(session, headcount=45)
    east, west = [await make_department(session, parent=top, headcount=n) for n in (10, 30)]
    kpi = await make_kpi(session, departments=[east, west], aggregation=Aggregation.HEADCOUNT_WEIGHTED_MEAN)
    await record_values(session, kpi, [tell("2026-10", 60, east)], actor=SYSTEM, source=Source.IMPORTED)
    assert (await current(session, "2026-10")).status_reason.endswith(
        "Headcount-weighted mean of 1 of 2 departments."
    )
    await record_values(session, kpi, [tell("2026-10", 80, west)], actor=SYSTEM, source=Source.IMPORTED)
    for place in (top, None):
        made = await current(session, "2026-10", place)
        assert (made.value, made.source, made.revision) == (Decimal(75), Source.AGGREGATED, 2)
        assert made.status_reason == (
            "No target covers this period. Headcount-weighted mean of 2 of 2 departments."
        )
    typed = tell("2026-10", 50, top)
    await record_values(session, kpi, [typed], actor=SYSTEM, source=Source.MANUAL)
    assert (await current(session, "2026-10")).value == 50
    gone = tell("2026-10", None, top, withdrawn=True)
    await record_values(session, kpi, [gone], actor=SYSTEM, source=Source.MANUAL)
    again = await current(session, "2026-10", top)
    assert (again.value, again.source, again.revision) == (Decimal(75), Source.AGGREGATED, 5)
    intervals = await session.execute(
        text("select revision, known_from < coalesce(known_to, 'infinity') from measurements where id = :id"),
        {"id": again.id},
    )
    assert sorted(map(tuple, intervals)) == [(n, True) for n in range(1, 6)]


async def test_aggregates_end_when_nothing_is_left_below(session: AsyncSession) -> None:
    top = await make_department(session)
    east = await make_department(session, parent=top)
    kpi = await make_kpi(session)
    await record_values(session, kpi, [tell("2026-10", 60, east)], actor=SYSTEM, source=Source.IMPORTED)
    gone = tell("2026-10", None, east, withdrawn=True)
    await record_values(session, kpi, [gone], actor=SYSTEM, source=Source.IMPORTED)
    left = (await session.scalars(select(Measurement).where(col(Measurement.known_to).is_(None)))).all()
    assert [(row.department_id, row.withdrawn) for row in left] == [(east.id, True)]
    await record_values(session, kpi, [tell("2026-10", 61, east)], actor=SYSTEM, source=Source.IMPORTED)
    again = await current(session, "2026-10", top)
    assert (again.value, again.revision) == (Decimal(61), 2)


async def test_a_move_waits_for_values_that_are_being_written(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        north, south = await make_department(session), await make_department(session)
        shop = await make_department(session, parent=north)
        kpi = await make_kpi(session)
    ceo = await fresh_cast.ceo()
    async with fresh_database.unit_of_work() as session:
        mine = await session.get_one(Kpi, kpi.id)
        await record_values(session, mine, [tell("2026-10", 4, shop)], actor=SYSTEM, source=Source.IMPORTED)
        url, body = f"/api/v1/departments/{shop.code}", {"parent": south.code}
        moving = asyncio.create_task(ceo.patch(url, json=body, headers={"If-Match": "*"}))
        done, _ = await asyncio.wait([moving], timeout=0.5)
        assert not done
    assert (await moving).status_code == 200
    async with fresh_database.unit_of_work(read_only=True) as session:
        made = await current(session, "2026-10", south)
        assert made.value == 4
        assert made.department_id == south.id
        rows = (await session.scalars(select(Measurement).where(col(Measurement.known_to).is_(None)))).all()
        assert {row.department_id for row in rows} == {shop.id, south.id, None}


async def test_a_changed_target_makes_a_state_of_the_same_revision(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await record_values(session, kpi, [tell("2026-10", 85)], actor=SYSTEM, source=Source.MANUAL)
    await make_target(session, kpi, "2026-Q4", target=80)
    await reassess(session, kpi, actor=SYSTEM)
    now = await current(session, "2026-10")
    assert (now.status, now.revision, now.target) == (Status.GREEN, 1, Decimal(80))
    rows = (await session.scalars(select(Measurement).order_by(col(Measurement.row)))).all()
    assert [row.status for row in rows] == [Status.UNKNOWN, Status.GREEN]
    await reassess(session, kpi, actor=SYSTEM)
    assert len((await session.scalars(select(Measurement))).all()) == 2


async def test_the_first_value_of_a_department_makes_it_awaited_in_every_period(
    session: AsyncSession,
) -> None:
    east, west = [await make_department(session) for _ in range(2)]
    kpi = await make_kpi(session)
    await record_values(session, kpi, [tell("2026-08", 60, east)], actor=SYSTEM, source=Source.IMPORTED)
    assert "1 of 1 department" in (await current(session, "2026-08")).status_reason
    await record_values(session, kpi, [tell("2026-10", 60, west)], actor=SYSTEM, source=Source.IMPORTED)
    assert "1 of 2 departments" in (await current(session, "2026-08")).status_reason


async def say_months(session: AsyncSession, kpi: Kpi, values: list[float], start: str = "2025-01") -> None:
    """One value after the other, as months pass."""
    for index, value in enumerate(values):
        said = [tell(parse_period(start).next(index).text, value)]
        await record_values(session, kpi, said, actor=SYSTEM, source=Source.IMPORTED)


async def list_said(session: AsyncSession) -> list[str | None]:
    found = select(col(Measurement.signal)).where(col(Measurement.known_to).is_(None))
    return list(await session.scalars(found.order_by(col(Measurement.period))))


async def test_a_value_beyond_what_is_usual_is_a_signal(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await say_months(session, kpi, [5, 6, 5, 6, 5, 6, 5])
    assert await list_said(session) == [None] * 5 + ["routine"] * 2
    await say_months(session, kpi, [30], start="2025-08")
    assert await list_said(session) == [None] * 5 + ["routine"] * 2 + ["signal"]
    (told,) = (await session.scalars(select(Event).where(col(Event.code) == f"{kpi.code}/2025-08"))).all()
    assert told.after is not None
    assert told.after["signal"] == "signal"


async def test_a_correction_reads_the_values_of_other_periods_anew_without_a_revision(
    session: AsyncSession,
) -> None:
    kpi = await make_kpi(session)
    await say_months(session, kpi, [50, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5])
    assert (await list_said(session))[0] == "signal"
    # More months as high widen the limits: the first is no signal any more.
    await say_months(session, kpi, [50, 5, 50], start="2025-10")
    assert (await list_said(session))[0] is None
    states = select(Measurement).where(col(Measurement.period) == "2025-01")
    was, *_, now = (await session.scalars(states.order_by(col(Measurement.known_from)))).all()
    assert (was.signal, now.signal) == (None, None)
    assert (was.revision, now.revision) == (1, 1)
    assert now.known_to is None
    told = await session.scalars(select(col(Event.action)).where(col(Event.object_id) == was.id))
    assert set(told) == {"created", "assessed"}


async def test_a_kpi_that_becomes_words_has_no_signals_any_more(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await say_months(session, kpi, [5, 6, 5, 6, 5, 6])
    kpi.kind = KpiKind.ORDINAL
    await session.flush()
    await reassess(session, kpi, actor=SYSTEM)
    assert set(await list_said(session)) == {None}
