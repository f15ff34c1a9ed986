"""Reading the facts of a review, in a fixed number of statements however much there is of anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.review.assemble import assemble_facts
from app.domain.review.facts import ReviewFacts
from app.domain.review.rows import ReviewRows
from app.models.reviews import Review
from app.queries.review_memory import recall_facts
from app.queries.review_moment import read_review_frame
from app.queries.review_rows_findings import list_review_findings, summarize_review_findings
from app.queries.review_rows_people import list_review_people, list_review_places, list_review_promises
from app.queries.review_rows_plan import (
    list_review_decisions,
    list_review_links,
    list_review_moves,
)
from app.queries.review_rows_values import list_review_levels, list_review_tiles, list_review_values


async def read_review_facts(
    session: AsyncSession, review: Review, *, today: date | None = None
) -> ReviewFacts:
    """What a review shows now. The facts are the same for everybody who may read reviews: the caller asks.

    With `today`, a past day: as it was known then, as far as tables keep it. Departments, names, notes,
    targets and figures by level have no history there and are those of today.
    """

    async def read() -> ReviewFacts:
        return assemble_facts(await read_review_rows(session, review, today=today))

    return await (read() if today is not None else recall_facts(session, review, read))


async def read_review_rows(session: AsyncSession, review: Review, *, today: date | None = None) -> ReviewRows:
    """The rows that the facts are made of."""
    moment, frame = await read_review_frame(session, review, today=today)
    summary = await summarize_review_findings(session, moment)
    rows = ReviewRows(
        frame=frame,
        places=tuple(await list_review_places(session, moment)),
        values=tuple(await list_review_values(session, moment)),
        tiles=tuple(await list_review_tiles(session, moment)),
        levels=tuple(await list_review_levels(session, moment)),
        promises=tuple(await list_review_promises(session, moment)),
        findings=tuple(await list_review_findings(session, moment)),
        counts=summary.counts,
        score=summary.score,
        links=tuple(await list_review_links(session, moment)),
        decisions=tuple(await list_review_decisions(session, moment)),
        moves=tuple(await list_review_moves(session, moment)),
    )
    return replace(rows, people=tuple(await list_review_people(session, _list_named(rows))))


def _list_named(rows: ReviewRows) -> Iterator[UUID | None]:
    """Everybody whose name is needed, as often as they are named."""
    yield rows.frame.chair
    yield from rows.frame.attendance
    yield from (each.by for each in rows.frame.parked)
    yield from (each.head for each in rows.places)
    for decision in rows.decisions:
        yield from (decision.decider, decision.writer)
    for value in rows.values:
        yield from (value.owner, value.owes)
    for promise in rows.promises:
        yield from (promise.owner, promise.partner)
    for finding in rows.findings:
        yield from finding.owners
    for link in rows.links:
        yield from (link.source.owner, link.target.owner)
    for move in rows.moves:
        yield from (move.owner_before, move.owner)
