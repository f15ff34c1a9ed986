"""`/rituals`: what comes next, what waits for a word, and how each ritual went. One of them is elsewhere."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, may
from app.domain.rituals import OccurrenceState, list_occurrences
from app.models.rituals import Ritual, RitualFilter, RitualOccurrence
from app.queries._find import load_references
from app.queries.organization import today_of
from app.queries.rituals import (
    count_votes,
    list_rituals,
    list_stored,
    may_write_ritual,
    read_kept,
    read_schedule,
)
from app.web.deps import PersonDep
from app.web.render import page
from app.web.ritual_lines import A_YEAR, OccurrenceLine, Told, read_votes, tell_occurrence, tell_ritual

router = APIRouter(include_in_schema=False, prefix="/rituals")
COMING_DAYS = 45
MOST_COMING = 12
MOST_RITUALS = 200
Stored = dict[UUID, list[RitualOccurrence]]


@router.get("")
async def list_rituals_page(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """What comes in six weeks, what passed without a word, and every ritual in force."""
    rows, _ = await list_rituals(session, RitualFilter(limit=MOST_RITUALS), actor=person)
    today = await today_of(session)
    stored = await list_stored(session, [row.id for row in rows], first=today - A_YEAR)
    counts: dict[Any, dict[int, int]] = dict(
        await count_votes(session, [each.id for many in stored.values() for each in many])
    )
    names = await load_references(session, rows)
    told = [Told(row, stored[row.id], read_votes(stored[row.id], counts, today)) for row in rows]
    return page(
        request,
        "rituals/list.html",
        coming=_list_coming(rows, stored, today),
        silent=_list_silent(rows, stored, today, person),
        lines=[tell_ritual(each, names[each.ritual.host_id][1], today) for each in told],
        keeps=may(person, Permission.RITUALS_WRITE),
    )


def _list_coming(rows: Sequence[Ritual], stored: Stored, today: date) -> list[OccurrenceLine]:
    """The next ones, wherever they were moved to; what is skipped is told, too."""
    last = today + timedelta(days=COMING_DAYS)
    lines = _tell_all(rows, stored, today, first=today - timedelta(days=31), last=last)
    ahead = [line for line in lines if line.starts_at.date() >= today and line.state != "kept"]
    return sorted(ahead, key=lambda line: line.starts_at)[:MOST_COMING]


def _list_silent(rows: Sequence[Ritual], stored: Stored, today: date, person: Actor) -> list[OccurrenceLine]:
    """What passed in the last weeks without a word, for those who can say it."""
    mine = [row for row in rows if may_write_ritual(person, row)]
    first = today - timedelta(days=COMING_DAYS)
    lines = _tell_all(mine, stored, today, first=first, last=today - timedelta(days=1))
    return sorted((line for line in lines if line.tone == "red"), key=lambda line: line.starts_at)


def _tell_all(
    rows: Sequence[Ritual], stored: Stored, today: date, *, first: date, last: date
) -> list[OccurrenceLine]:
    lines = []
    for row in rows:
        said = {each.day: each for each in stored[row.id]}
        kept = [read_kept(each) for each in stored[row.id]]
        lines += [
            tell_occurrence(row, each, said.get(each.day), today)
            for each in list_occurrences(read_schedule(row), kept, first=first, last=last)
            if each.state is not OccurrenceState.KEPT
        ]
    return lines
