"""A closed review locks its periods for what is typed or imported, not for feeds and recomputation."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import Outcome, reassess, record_values
from app.actions.reviews_closing import close_review
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Actor, ActorKind, Role, permissions_of_role
from app.domain.review.canonical import read_canonical
from app.domain.review.facts import ReviewFacts
from app.domain.reviews import ReviewStatus
from app.domain.scoring import Source
from app.domain.states import NewValue, Result
from app.models import Kpi, Review
from app.models.base import new_id
from app.models.reviews import ReviewClosing
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_owner, make_review, make_target

EXECUTIVE = Actor(new_id(), ActorKind.PERSON, "Ada", permissions_of_role(Role.EXECUTIVE), Role.EXECUTIVE)
HEAD = Actor(new_id(), ActorKind.PERSON, "Ben", permissions_of_role(Role.HEAD), Role.HEAD)


def tell(period: str, value: int, reason: str | None = None) -> NewValue:
    return NewValue(department=None, period=parse_period(period), value=Decimal(value), reason=reason)


async def say(session: AsyncSession, kpi: Kpi, value: NewValue, actor: Actor, source: Source) -> Outcome:
    (outcome,) = await record_values(session, kpi, [value], actor=actor, source=source)
    return outcome


@pytest.mark.parametrize(
    ("actor", "source", "reason", "pointer"),
    [
        (HEAD, Source.MANUAL, "Counted again.", "/period"),
        (EXECUTIVE, Source.MANUAL, None, "/reason"),
        (SYSTEM, Source.IMPORTED, "Counted again.", "/period"),
    ],
)
async def test_what_is_typed_or_imported_into_a_closed_month_is_kept_out(
    session: AsyncSession, actor: Actor, source: Source, reason: str | None, pointer: str
) -> None:
    kpi = await make_kpi(session)
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    outcome = await say(session, kpi, tell("2026-10", 80, reason), actor, source)
    assert (outcome.result, outcome.measurement) == (Result.REJECTED, None)
    assert outcome.fault is not None
    assert (outcome.fault.code, outcome.fault.pointer) == ("period_locked", pointer)
    assert "the review of 2026-10 is closed" in outcome.fault.detail


@pytest.mark.parametrize(
    ("actor", "source", "reason"),
    [
        (EXECUTIVE, Source.MANUAL, "Counted again."),
        (SYSTEM, Source.FED, None),
        (SYSTEM, Source.COMPUTED, None),
    ],
)
async def test_an_executive_with_a_reason_and_what_comes_by_itself_still_revise(
    session: AsyncSession, actor: Actor, source: Source, reason: str | None
) -> None:
    kpi = await make_kpi(session)
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    assert (await say(session, kpi, tell("2026-10", 80, reason), actor, source)).result is Result.CREATED


async def test_other_months_and_what_is_there_already_are_not_refused(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await say(session, kpi, tell("2026-10", 80), HEAD, Source.MANUAL)
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    await make_review(session, code="2026-11", status=ReviewStatus.IN_SESSION)
    assert (await say(session, kpi, tell("2026-10", 80), HEAD, Source.MANUAL)).result is Result.UNCHANGED
    assert (await say(session, kpi, tell("2026-11", 80), HEAD, Source.MANUAL)).result is Result.CREATED


async def test_a_quarter_is_locked_by_the_review_of_its_last_month(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await make_review(session, code="2026-09", status=ReviewStatus.CLOSED)
    for period, expected in (("2026-Q3", Result.REJECTED), ("2026-Q4", Result.CREATED)):
        assert (await say(session, kpi, tell(period, 80), HEAD, Source.MANUAL)).result is expected


async def test_a_new_target_reads_the_values_of_a_closed_month_again(session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    await say(session, kpi, tell("2026-10", 80), HEAD, Source.MANUAL)
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    await make_target(session, kpi, "2026", target=70)
    await reassess(session, kpi, actor=EXECUTIVE)
    again = await say(session, kpi, tell("2026-10", 80), HEAD, Source.MANUAL)
    assert again.measurement is not None
    assert (again.measurement.verdict.status, again.measurement.revision) == ("green", 1)


async def test_closing_waits_for_a_value_that_is_being_typed_and_keeps_out_the_next(
    fresh_cast: Cast,
) -> None:
    database = fresh_cast.database
    assert database is not None
    async with database.unit_of_work() as session:
        place = await make_department(session, head_id=(await make_owner(session)).id)
        kpi_id = (await make_kpi(session, departments=[place])).id
        await make_target(session, await session.get_one(Kpi, kpi_id), "2026")
        review_id, place_id = (await make_review(session, code="2026-10")).id, place.id
    red = replace(tell("2026-10", 80), department=place_id, note="Two vacancies.")

    async def close() -> ReviewFacts:
        async with database.unit_of_work() as session:
            review = await session.get_one(Review, review_id)
            kept = await close_review(session, review, ReviewClosing(despite="It is late."), actor=EXECUTIVE)
            return read_canonical(kept.body)

    async def type_late() -> str | None:
        async with database.unit_of_work() as session:
            kpi = await session.get_one(Kpi, kpi_id)
            outcome = await say(session, kpi, replace(red, value=Decimal(85)), HEAD, Source.MANUAL)
            return outcome.fault.code if outcome.fault else None

    async with database.unit_of_work() as session:
        await say(session, await session.get_one(Kpi, kpi_id), red, HEAD, Source.MANUAL)
        closing = asyncio.create_task(close())
        await asyncio.sleep(0.5)
        assert not closing.done()
        late = asyncio.create_task(type_late())
        await asyncio.sleep(0.2)
    (slot,) = (await closing).slots
    assert [each.reading.value for each in slot.kpis] == [80]
    assert await late == "period_locked"
