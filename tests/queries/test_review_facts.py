"""The facts of a review from a database: header, tiles, promises, cards of departments, what was parked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.actions.reviews_closing import close_review, reopen_review
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM
from app.domain.review.belonging import Span
from app.domain.review.canonical import read_canonical, write_canonical
from app.domain.scoring import KpiSource, Source, Status
from app.domain.states import NewValue
from app.domain.words import CommitmentStatus
from app.models import Kpi, Review
from app.models.reviews import ReviewClosing, ReviewReopening
from app.queries.organization import today_of
from app.queries.review_facts import read_review_facts
from app.queries.review_moment import read_review_frame
from app.queries.review_revisions import list_revisions_since
from app.queries.review_snapshots import FrozenReview
from tests.factories import (
    make_commitment,
    make_decision,
    make_department,
    make_initiative,
    make_kpi,
    make_measurement,
    make_owner,
    make_parked_item,
    make_peer_note,
    make_review,
    make_target,
)

OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = date(2026, 11, 10)


async def test_an_empty_installation_has_a_review_that_says_so(session: AsyncSession) -> None:
    facts = await read_review_facts(session, await make_review(session, code="2026-10"))
    assert (facts.header.updates_expected, facts.header.score, facts.slots) == (0, None, ())
    assert [tile.kpi.code for tile in facts.tiles] == [
        *("ON-TIME", "COMMUNICATION", "DECISION-SPEED", "CULTURE", "COLLABORATION", "ENGAGEMENT")
    ]
    speed = facts.tiles[2]
    assert [each.kpi.code for each in speed.beside] == ["DECISION-QUALITY"]
    assert (speed.period, speed.points, speed.reading.value) == ("2026-10", (), None)
    assert read_canonical(write_canonical(facts)) == facts


async def test_a_department_tells_what_is_red_what_is_missing_and_what_it_asks(session: AsyncSession) -> None:
    head = await make_owner(session, name="Ada")
    shop = await make_department(session, name="Shops", head_id=head.id)
    calm = await make_department(session, name="A calm one", head_id=(await make_owner(session)).id)
    red = await make_kpi(session, departments=[shop], name="Queue")
    await make_kpi(session, departments=[shop], name="Silent")
    green = await make_kpi(session, departments=[calm])
    told: dict[str, Any] = {"department": shop, "status": Status.RED, "note": "Two tills broke."}
    await make_measurement(session, red, "2026-10", value=70, **told)
    await make_measurement(session, red, "2026-09", value=75, department=shop)
    await make_measurement(session, green, "2026-10", department=calm, status=Status.GREEN)
    ended = {"due_on": date(2026, 11, 1), "due_baseline": date(2026, 11, 1)}
    await make_initiative(session, department=shop, starts_on=date(2026, 6, 1), **ended)
    await make_peer_note(session, shop, ask="Lend us two people.")
    action = await make_commitment(session, head, department_id=shop.id, kpi_id=red.id)
    review = await make_review(session, code="2026-10", attendance={str(head.id): "expected"})
    facts = await read_review_facts(session, review, today=DAY)
    first, second = facts.slots
    assert (first.department.name, first.head and first.head.name, first.calm) == ("Shops", "Ada", False)
    assert (second.department.name, second.calm, second.progress.green) == ("A calm one", True, 1)
    (slot_kpi,) = first.kpis
    reading = slot_kpi.reading
    assert (reading.value, reading.change, reading.note) == (70, -5, "Two tills broke.")
    assert [each.commitment.code for each in slot_kpi.actions] == [action.code]
    assert (first.progress.red, first.progress.unknown, first.progress.initiatives_late) == (1, 1, 1)
    assert (first.challenge, first.ask) == ("Parts are late.", "Lend us two people.")
    header = facts.header
    assert (header.updates_received, header.updates_expected) == (2, 3)
    (missing,) = header.missing
    assert (missing.person.name, [each.name for each in missing.kpis]) == ("Ada", ["Silent"])
    assert [(each.person.name, each.state) for each in header.attendance] == [("Ada", "expected")]


async def test_what_enough_people_gave_is_withheld_and_not_few(session: AsyncSession) -> None:
    shops = [await make_department(session, code=code) for code in ("FEW", "MANY", "SHOWN")]
    engagement = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ENGAGEMENT"))).one()
    await make_measurement(session, engagement, "2026-10", source="fed", value=7, n=40)
    for shop, n in zip(shops, (4, 5, 31), strict=True):
        told: dict[str, Any] = {"n": n, "source": "fed", "value": 7, "suppressed": n < 30}
        await make_measurement(session, engagement, "2026-10", department=shop, **told)
    review = await make_review(session, code="2026-10")
    tile = (await read_review_facts(session, review, today=DAY)).tiles[-1]
    hidden = {each.department.code: each.reading for each in tile.departments}
    assert {code: (each.suppressed, each.withheld) for code, each in hidden.items()} == {
        "FEW": (True, False),
        "MANY": (True, True),
        "SHOWN": (False, False),
    }


async def test_a_tile_knows_from_where_its_value_counts_as_green(session: AsyncSession) -> None:
    shop = await make_department(session, head_id=(await make_owner(session)).id)
    other = await make_department(session, head_id=(await make_owner(session)).id)
    on_time = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ON-TIME"))).one()
    await make_target(session, on_time, "2026-01", "2026-09", target=85, amber=70)
    await make_target(session, on_time, "2026-10", target=85, amber=80)
    await make_target(session, on_time, "2026-10", target=85, amber=75, department_id=shop.id)
    told: dict[str, Any] = {"value": 82, "target": 85, "status": Status.GREEN, "source": "computed"}
    for place in (None, shop, other):
        await make_measurement(session, on_time, "2026-10", department=place, **told)
    review = await make_review(session, code="2026-10")
    facts = await read_review_facts(session, review, today=DAY)
    (tile,) = [each for each in facts.tiles if each.kpi.code == "ON-TIME"]
    assert tile.reading.green_from == 80
    by_department = {each.department.id: each.reading.green_from for each in tile.departments}
    assert by_department == {str(shop.id): 75, str(other.id): 80}


async def test_what_is_suppressed_is_not_told_in_any_place(session: AsyncSession) -> None:
    shop = await make_department(session, head_id=(await make_owner(session)).id)
    engagement = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ENGAGEMENT"))).one()
    hidden = {"suppressed": True, "n": 3, "signal": "signal", "status": Status.RED, "source": "fed"}
    for place in (shop, None):
        await make_measurement(session, engagement, "2026-09", department=place, source="fed", value=7)
        await make_measurement(session, engagement, "2026-10", department=place, value=2.125, **hidden)
    review = await make_review(session, code="2026-10")
    facts = await read_review_facts(session, review, today=DAY)
    tile = facts.tiles[-1]
    assert (tile.reading.suppressed, tile.reading.value, tile.reading.n) == (True, None, None)
    assert [point.value for point in tile.points] == [7, None]
    assert tile.departments[0].reading.suppressed
    assert (facts.minimum_group, tile.reading.withheld) == (5, False)
    assert "2.125" not in write_canonical(facts).decode()
    assert facts.slots[0].kpis == ()
    assert tile.reading.coverage is None or tile.reading.coverage == 1


async def test_what_was_told_is_known_as_of_the_day(session: AsyncSession) -> None:
    shop = await make_department(session)
    kpi = await make_kpi(session, departments=[shop])
    early, late = datetime(2026, 11, 3, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
    value = await make_measurement(
        session, kpi, "2026-10", department=shop, value=60, status=Status.RED, known_from=early, known_to=late
    )
    again = {"id": value.id, "revision": 2, "known_from": late}
    await make_measurement(session, kpi, "2026-10", department=shop, value=95, status=Status.GREEN, **again)
    review = await make_review(session, code="2026-10")
    then = await read_review_facts(session, review, today=DAY)
    assert [each.reading.value for each in then.slots[0].kpis] == [60]
    now = await read_review_facts(session, review)
    assert now.slots[0].kpis == ()


async def test_history_that_was_loaded_part_by_part_stands_as_it_was_at_the_end(
    session: AsyncSession,
) -> None:
    engagement = (await session.scalars(select(Kpi).where(col(Kpi.code) == "ENGAGEMENT"))).one()
    for score in (9, 6, 3):
        place = (await make_department(session)).id
        fed = NewValue(department=place, period=parse_period("2026-10"), value=Decimal(score))
        await record_values(session, engagement, [fed], actor=SYSTEM, source=Source.FED)
    review = await make_review(session, code="2026-10")
    closing = ReviewClosing(despite="It is played again.")
    snapshot = await close_review(session, review, closing, actor=SYSTEM, on=DAY)
    frozen = FrozenReview(snapshot, read_canonical(snapshot.body))
    tile = frozen.facts.tiles[-1]
    assert (tile.kpi.code, tile.reading.value, len(tile.departments)) == ("ENGAGEMENT", 6, 3)
    assert await list_revisions_since(session, frozen) == []


async def test_promises_are_told_by_the_review_that_they_were_made_in(session: AsyncSession) -> None:
    ada, bo = await make_owner(session), await make_owner(session)
    september = await make_review(session, code="2026-09", created_at=datetime(2026, 10, 1, tzinfo=UTC))
    september.status, september.closed_at = "closed", datetime(2026, 10, 13, 12, tzinfo=UTC)  # type: ignore[assignment]
    settled = {"status": CommitmentStatus.MISSED, "said": "I ask earlier."}
    await make_commitment(session, ada, code="C-1", made_on=date(2026, 10, 13), due_on=date(2026, 11, 2))
    missed = {"made_on": date(2026, 10, 13), "due_on": date(2026, 11, 1), "settled_on": date(2026, 11, 3)}
    await make_commitment(session, ada, code="C-2", partner_id=bo.id, **missed, **settled)
    long_ago = {"made_on": date(2026, 9, 1), "settled_on": date(2026, 10, 1)}
    await make_commitment(session, ada, code="C-3", **long_ago, status=CommitmentStatus.KEPT)
    await make_commitment(session, ada, code="C-4", made_on=date(2026, 11, 10))
    await make_commitment(session, ada, code="C-5", made_on=date(2026, 11, 12))
    review = await make_review(session, code="2026-10", created_at=OPENED)
    facts = await read_review_facts(session, review, today=DAY)
    last, made = facts.promises.last, facts.promises.made
    assert [(each.commitment.code, each.outcome, each.overdue) for each in last] == [
        ("C-2", "missed", 0),
        ("C-1", "open", 8),
    ]
    assert (last[0].said, last[0].partner and last[0].partner.id) == ("I ask earlier.", str(bo.id))
    assert {each.made_in for each in last} == {"2026-09"}
    assert [each.commitment.code for each in made] == ["C-4"]
    assert facts.header.previous == "2026-09"
    now = await read_review_facts(session, review)
    assert [each.commitment.code for each in now.promises.made] == ["C-4", "C-5"]


async def test_a_meeting_that_goes_on_when_the_next_review_opens_keeps_what_is_captured(
    session: AsyncSession,
) -> None:
    today = await today_of(session)
    opened = datetime.now(UTC) - timedelta(days=20)
    october = await make_review(session, code="2026-10", created_at=opened)
    november = await make_review(session, code="2026-11", created_at=datetime.now(UTC))
    ada = await make_owner(session)
    await make_commitment(session, ada, code="C-1", made_on=today, due_on=today, review_id=october.id)
    await make_commitment(session, ada, code="C-2", made_on=opened.date(), due_on=today)
    await make_commitment(session, ada, code="C-3", made_on=today, due_on=today)
    await make_decision(session, code="D-1", raised_on=today)
    facts = await read_review_facts(session, october)
    assert {each.commitment.code for each in facts.promises.made} == {"C-1", "C-2", "C-3"}
    assert [each.decision.code for each in facts.decisions.taken if each.captured] == ["D-1"]
    await close_review(session, october, ReviewClosing(despite="It is late."), actor=SYSTEM)
    await make_commitment(session, ada, code="C-4", made_on=today, due_on=today, created_at=later())
    await make_decision(session, code="D-2", raised_on=today, created_at=later())
    facts = await read_review_facts(session, november)
    assert [each.commitment.code for each in facts.promises.made] == ["C-4"]
    assert {each.commitment.code for each in facts.promises.last} == {"C-1", "C-2", "C-3"}
    assert [each.decision.code for each in facts.decisions.taken] == ["D-2"]
    await reopen_review(session, october, ReviewReopening(reason="A value was wrong."), actor=SYSTEM)
    facts = await read_review_facts(session, october)
    assert {each.commitment.code for each in facts.promises.made} == {"C-1", "C-2", "C-3"}
    assert [each.decision.code for each in facts.decisions.taken] == ["D-1"]


async def test_one_that_never_closed_ends_when_a_later_one_closes(session: AsyncSession) -> None:
    october = await make_review(session, code="2026-10", created_at=OPENED)
    november = await make_review(session, code="2026-11", created_at=datetime.now(UTC))
    assert [each.ended for each in await read_spans(session, october)] == [None, None]
    snapshot = await close_review(session, november, ReviewClosing(despite="It is late."), actor=SYSTEM)
    ends = [each.ended and each.ended.at for each in await read_spans(session, october)]
    assert ends == [snapshot.closed_at] * 2


async def read_spans(session: AsyncSession, review: Review) -> tuple[Span, ...]:
    """What each review takes that names none."""
    return (await read_review_frame(session, review, today=None))[1].timeline.spans


def later() -> datetime:
    """A moment after everything that was written down."""
    return datetime.now(UTC) + timedelta(minutes=1)


async def test_a_closed_department_has_no_card_and_feeds_have_no_debtor(session: AsyncSession) -> None:
    head = await make_owner(session)
    gone = await make_department(session, head_id=head.id, active=False)
    shop = await make_department(session, head_id=head.id)
    await make_kpi(session, departments=[gone, shop], source=KpiSource.FED)
    review = await make_review(session, code="2026-10")
    item = await make_parked_item(session, review, what="Two price lists?", by_id=head.id)
    facts = await read_review_facts(session, review)
    assert [slot.department.id for slot in facts.slots] == [str(shop.id)]
    assert (facts.header.updates_expected, facts.header.missing) == (0, ())
    assert [(each.item.code, each.by.name) for each in facts.parked] == [(item.code, head.name)]
