"""When a review is read, and what stands around it: its frame, in one statement. No facts are read here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.periods import BadPeriod, Period, parse_period
from app.domain.review.belonging import ReviewDays, Said, Timeline, draw_timeline
from app.domain.review.rows import Frame, GuardRow, ParkedRow
from app.models.reviews import Review

_FRAME = text("""
select o.name, o.time_zone, o.minimum_group, now() as now, (now() at time zone o.time_zone)::date as today,
       (select json_agg(json_build_array(
                   r.code, r.created_at,
                   (select json_agg(c.at order by c.at)
                    from (select s.closed_at as at from review_snapshots s where s.review_id = r.id
                          union select r.closed_at where r.closed_at is not null) c)) order by r.code)
        from reviews r) as reviews,
       (select json_agg(json_build_array(p.id, p.code, p.what, p.by_id, p.state))
        from parked_items p where p.review_id = :review and p.archived_at is null) as parked,
       (select json_agg(json_build_array(g.kpi_id, g.guard_id))
        from kpi_guards g join kpis k on k.id = g.kpi_id join kpis h on h.id = g.guard_id
        where k.active and k.archived_at is null and h.active and h.archived_at is null) as guards,
       (select (convert_from(s.body, 'UTF8')::json #>> '{header,score}')::float8
        from reviews r join review_snapshots s on s.review_id = r.id
        where r.code < :code and s.schema_version > 0
        order by r.code desc, s.revision desc limit 1) as score_before
from organization o
""")


@dataclass(frozen=True, slots=True)
class ReviewMoment:
    """As of when rows are read: a day and the last instant of it. `is_past`: not today, but played again.

    `since`: when the last review closed, before this one ever did; `earlier`: the month that it was about, or
    the month before.
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
    reviews = [_read_days(each, zone, review=review, day=day) for each in row.reviews]
    last = _find_last(review, reviews)
    since = _begin(period.first_day, zone) if last is None else last.at
    moment = ReviewMoment(
        period=period,
        earlier=parse_period(last.code) if last else step_back(period),
        today=day,
        at=row.now if day == row.today else _begin(day + timedelta(days=1), zone),
        is_past=day != row.today,
        since=since,
        since_day=since.astimezone(zone).date() if last else period.first_day - timedelta(days=1),
        opened_on=next((each.opened.on for each in reviews if each.code == review.code), day),
    )
    return moment, _write_frame(review, row, moment, draw_timeline(reviews), last)


class _LastReview(NamedTuple):
    """The review that closed before this one, and when: the newest month."""

    code: str
    at: datetime


def _find_last(review: Review, reviews: list[ReviewDays]) -> _LastReview | None:
    """What closed before this one did for the first time, also where it is open again now."""
    mine = next((each.closings for each in reviews if each.code == review.code), ())
    ended = mine[0] if mine else None
    before = [
        _LastReview(each.code, closing.at)
        for each in reviews
        for closing in each.closings
        if each.code < review.code and closing.at and (ended is None or closing.is_by(ended))
    ]
    return max(before, default=None)


def step_back(period: Period) -> Period:
    """The period before, or the same where there is none before 1900."""
    try:
        return period.previous()
    except BadPeriod:
        return period


def _write_frame(
    review: Review, row: Any, moment: ReviewMoment, timeline: Timeline, last: _LastReview | None
) -> Frame:
    return Frame(
        period=review.code,
        revision=review.revision,
        organization=row.name,
        today=moment.today,
        since=moment.since,
        since_day=moment.since_day,
        previous=last and last.code,
        score_before=row.score_before,
        chair=review.chair_id,
        meets_on=review.meets_on,
        attendance={UUID(owner): state for owner, state in review.attendance.items()},
        timeline=timeline,
        guards=tuple(GuardRow(*each) for each in row.guards or ()),
        parked=tuple(_read_parked(each) for each in row.parked or ()),
        minimum_group=row.minimum_group,
    )


def _read_days(told: list[Any], zone: ZoneInfo, *, review: Review, day: date) -> ReviewDays:
    """A review that was written down later than it was held (it was loaded) opened after its month.

    So did this one when it is played again as of a day on which nobody had opened it.
    """
    code, created, closed = told
    closings = tuple(_say(datetime.fromisoformat(each), zone) for each in closed or ())
    opened = _say(datetime.fromisoformat(created), zone)
    over = parse_period(code).last_day + timedelta(days=1)
    if closings and closings[0].on < opened.on:
        opened = Said(over, _begin(over, zone))
    elif code == review.code and day < opened.on:
        opened = Said(min(day, over), _begin(min(day, over), zone))
    return ReviewDays(code, opened, closings)


def _say(at: datetime, zone: ZoneInfo) -> Said:
    return Said(at.astimezone(zone).date(), at)


def _read_parked(told: list[Any]) -> ParkedRow:
    identity, code, what, by, state = told
    return ParkedRow(identity, code, what, by and UUID(by), state)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, where the organization is."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
