"""Feeding KPIs from engagement scores: what a department's scores say becomes its measurement.

Used by the intake and by the inbox alike: both say where scores changed, and the measurement there is decided
again from all scores that are left. So a revision, a mapping and its undoing need no rules of their own.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import lock_kpi, record_values
from app.actions._write import change_record
from app.domain.engagement import Feed, FeedKey, feed_mismatch, is_fed_by
from app.domain.periods import Cadence, parse_period
from app.domain.permissions import Actor
from app.domain.scoring import KpiSource, Source
from app.domain.states import NewValue
from app.models.kpis import Kpi
from app.queries.feeds import (
    FedPlace,
    Winner,
    find_fed_places,
    find_first_scale,
    find_winners,
    list_history_places,
    read_feed,
    write_scale,
)


async def feed_kpis(
    session: AsyncSession, kpis: Collection[Kpi], places: Collection[FedPlace], *, actor: Actor
) -> list[Feed]:
    """Decides the fed measurements of these places again, and tells the feeds as they are then.

    A KPI without a scale takes that of the first score, and keeps it.
    """
    grouped: dict[tuple[str, Cadence], list[FedPlace]] = {}
    for place in places:
        grouped.setdefault((place.metric, parse_period(place.period).cadence), []).append(place)
    feeds = []
    for kpi in kpis:
        feed = read_feed(kpi)
        meant = grouped.get((feed.metric, feed.cadence))
        feeds.append(await _feed_kpi(session, kpi, meant, actor=actor) if meant else feed)
    return feeds


async def feed_from_history(session: AsyncSession, kpi: Kpi, *, actor: Actor) -> None:
    """Decides all fed measurements of a KPI whose feed is new or another one: scores do not come twice."""
    if kpi.source is KpiSource.FED and kpi.active and kpi.archived_at is None:
        await feed_kpis(session, [kpi], await list_history_places(session, kpi), actor=actor)


async def _feed_kpi(session: AsyncSession, kpi: Kpi, places: Collection[FedPlace], *, actor: Actor) -> Feed:
    # Under the lock the scores of every push that came before are seen.
    await lock_kpi(session, kpi)
    feed = read_feed(kpi)
    if feed.scale is None and (scale := await find_first_scale(session, feed, places)):
        declared = {**(kpi.feed or {}), "scale": write_scale(scale)}
        await change_record(session, kpi, {"feed": declared}, actor=actor)
        feed = feed._replace(scale=scale)
    if feed.scale is not None:
        await _record_winners(
            session, kpi, await find_winners(session, feed, feed.scale, places), actor=actor
        )
    return feed


async def _record_winners(
    session: AsyncSession, kpi: Kpi, winners: Collection[Winner], *, actor: Actor
) -> None:
    lost = {(winner.department, winner.period) for winner in winners if not winner.found}
    withdrawn = await find_fed_places(session, kpi, lost) if lost else set()
    values = [
        _write_value(winner)
        for winner in winners
        if winner.found or (winner.department, winner.period) in withdrawn
    ]
    if values:
        await record_values(session, kpi, values, actor=actor, source=Source.FED)


def _write_value(winner: Winner) -> NewValue:
    """A score as a measurement in its own scale. Without any score left, the measurement is withdrawn."""
    value = NewValue(department=winner.department, period=parse_period(winner.period), n=winner.respondents)
    if not winner.found:
        return replace(value, withdrawn=True)
    return replace(value, value=winner.value, suppressed=bool(winner.suppressed))


def tell_feeds(feeds: Collection[Feed], score: FeedKey) -> tuple[list[str], str | None]:
    """The codes of the KPIs that a score feeds, or none and a note that says why."""
    meant = [feed for feed in feeds if is_fed_by(feed, score)]
    reasons = {feed.kpi: feed_mismatch(feed, score) for feed in meant}
    codes = [code for code, reason in reasons.items() if reason is None]
    if codes:
        return codes, None
    return [], " ".join(reason for reason in reasons.values() if reason) or "No KPI takes this metric."
