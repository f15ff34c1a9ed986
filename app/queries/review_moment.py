"""When a review is read, and what stands around it: its frame, in one statement. No facts are read here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.periods import BadPeriod, Period, parse_period
from app.domain.review.rows import Frame, GuardRow, ParkedRow, ReviewDays
from app.models.reviews import Review

_FRAME = text("""
select o.name, o.time_zone, now() as now, (now() at time zone o.time_zone)::date as today,
       (select json_agg(json_build_array(
                   r.code, (r.created_at at time zone o.time_zone)::date, r.status = 'closed',
                   r.closed_at, least(
                       (select min(s.closed_at) from review_snapshots s where s.review_id = r.id),
                       r.closed_at)) order by r.code)
        from reviews r) as reviews,
       (select json_agg(json_build_array(p.id, p.code, p.what, p.by_id, p.state))
        from parked_items p where p.review_id = :review) as parked,
       (select json_agg(json_build_array(g.kpi_id, g.guard_id))
        from kpi_guards g join kpis k on k.id = g.kpi_id join kpis h on h.id = g.guard_id
        where k.active and k.archived_at is null and h.active and h.archived_at is null) as guards,
       (select (convert_from(s.body, 'UTF8')::json #>> '{header,score}')::float8
        from reviews r join review_snapshots s on s.review_id = r.id
        where r.code < :code and r.status = 'closed' and s.schema_version > 0
        order by r.code desc, s.revision desc limit 1) as score_before
from organization o
""")


@dataclass(frozen=True, slots=True)
class ReviewMoment:
    """As of when rows are read: a day and the last instant of it. `is_past`: not today, but played again.

    `since`: when the last review closed; `earlier`: the month that it was about, or the month before.
    """

    period: Period
    earlier: Period
    today: date
    at: datetime
    is_past: bool
    since: datetime
    since_day: date
    opened_on: date


async def read_review_frame(
    session: AsyncSession, review: Review, *, today: date | None
) -> tuple[ReviewMoment, Frame]:
    """The frame of a review, and the moment as of which everything else is read."""
    row = (await session.execute(_FRAME, {"review": review.id, "code": review.code})).one()
    zone = ZoneInfo(row.time_zone)
    period = parse_period(review.code)
    day = row.today if today is None else min(today, row.today)
    reviews = tuple(_read_days(each, zone) for each in row.reviews)
    before = [each for each in reviews if each.code < review.code and each.closed_at is not None]
    since = _begin(period.first_day, zone) if not before else before[-1].closed_at
    assert since is not None  # noqa: S101  (those before are closed)
    opened_on = _find_opened_on(review, reviews, day)
    moment = ReviewMoment(
        period=period,
        earlier=parse_period(before[-1].code) if before else step_back(period),
        today=day,
        at=row.now if day == row.today else _begin(day + timedelta(days=1), zone),
        is_past=day != row.today,
        since=since,
        since_day=since.astimezone(zone).date() if before else period.first_day - timedelta(days=1),
        opened_on=opened_on,
    )
    return moment, _write_frame(review, row, moment, reviews)


def step_back(period: Period) -> Period:
    """The period before, or the same where there is none before 1900."""
    try:
        return period.previous()
    except BadPeriod:
        return period


def _write_frame(review: Review, row: Any, moment: ReviewMoment, reviews: tuple[ReviewDays, ...]) -> Frame:
    earlier = [*takewhile(lambda each: each.code < review.code, reviews)]
    closed = [each.code for each in earlier if each.closed_at is not None]
    begun = [each.ended_at for each in earlier if each.ended_at is not None]
    return Frame(
        period=review.code,
        revision=review.revision,
        organization=row.name,
        today=moment.today,
        since=moment.since,
        since_day=moment.since_day,
        opened_on=moment.opened_on,
        until=_find_until(review.code, reviews, ZoneInfo(row.time_zone)),
        begun_at=max(begun, default=None),
        previous=closed[-1] if closed else None,
        score_before=row.score_before,
        chair=review.chair_id,
        meets_on=review.meets_on,
        attendance={UUID(owner): state for owner, state in review.attendance.items()},
        reviews=reviews,
        guards=tuple(GuardRow(*each) for each in row.guards or ()),
        parked=tuple(_read_parked(each) for each in row.parked or ()),
    )


def _find_until(code: str, reviews: tuple[ReviewDays, ...], zone: ZoneInfo) -> date | None:
    """The day after it closed first, or that on which the next one opened, whichever is later."""
    ended_at = next((each.ended_at for each in reviews if each.code == code), None)
    later = [each for each in reviews if each.code > code]
    if ended_at is None:
        return min((each.opened_on for each in later if each.ended_at is not None), default=None)
    over = ended_at.astimezone(zone).date() + timedelta(days=1)
    return max(over, min(each.opened_on for each in later)) if later else None


def _read_days(told: list[Any], zone: ZoneInfo) -> ReviewDays:
    """A review that was written down later than it was held (it was loaded) opened after its month."""
    code, opened, is_closed, closed, ended = told
    opened_on, closed_at = date.fromisoformat(opened), closed and datetime.fromisoformat(closed)
    closed_on = closed_at.astimezone(zone).date() if closed_at else None
    if closed_on is not None and closed_on < opened_on:
        opened_on = parse_period(code).last_day + timedelta(days=1)
    return ReviewDays(
        code, opened_on, closed_on, closed_at if is_closed else None, ended and datetime.fromisoformat(ended)
    )


def _read_parked(told: list[Any]) -> ParkedRow:
    identity, code, what, by, state = told
    return ParkedRow(identity, code, what, by and UUID(by), state)


def _find_opened_on(review: Review, reviews: tuple[ReviewDays, ...], day: date) -> date:
    """When it is played again as of a day on which nobody had opened it: after its month, as they open."""
    opened_on = next((each.opened_on for each in reviews if each.code == review.code), day)
    if opened_on <= day:
        return opened_on
    return min(day, parse_period(review.code).last_day + timedelta(days=1))


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, where the organization is."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
