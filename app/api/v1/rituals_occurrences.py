"""The occurrences of a ritual in JSON: what comes, what became of what was, and votes as a distribution."""

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.actions.rituals_occurrences import (
    keep_occurrence,
    move_occurrence,
    skip_occurrence,
    vote_on_occurrence,
)
from app.api.answers import Out, PageOut, Ref, make_ref, send_item, send_page
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.rituals import (
    Occurrence,
    OccurrenceState,
    OutcomeTopic,
    last_vote_day,
    list_occurrences,
    publish_votes,
)
from app.errors import Invalid, NotFound
from app.models.base import LAST_DAY, Day
from app.models.rituals import (
    LocalMoment,
    OccurrenceFilter,
    OccurrenceKeptInput,
    OccurrenceMovedInput,
    OccurrenceSkippedInput,
    Ritual,
    RitualOccurrence,
    VoteInput,
)
from app.queries._find import load_named, read_cursor, write_cursor
from app.queries.organization import today_of, zone_of
from app.queries.rituals import (
    count_votes,
    find_held_day,
    find_ritual,
    find_stored,
    list_stored,
    read_kept,
    read_schedule,
)

router = ApiRouter("/rituals/{ritual}/occurrences", tag="rituals")
WRITE = Permission.RITUALS_WRITE
_HALF_YEAR = timedelta(days=183)
_LONGEST = timedelta(days=3 * 366)


class RitualOutcomeOut(Out):
    """What came of an objective, or of one of the questions of an off-site."""

    topic: OutcomeTopic
    about: str | None
    text: str
    commitment: str | None = Field(description="The code of the commitment that was made of it.")
    parked: bool


class UsefulnessOut(Out):
    """Votes as a distribution: shown when voting is over, of three or more."""

    counts: list[int] = Field(description="How many voted 1, 2, 3, 4 and 5.")
    mean: float


class OccurrenceOut(Out):
    """One occurrence. `day` names it: the one on which the rule has it."""

    day: Day
    starts_at: LocalMoment = Field(description="In the time zone of the organization.")
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    state: OccurrenceState
    moved: bool
    reason: str | None
    attended: list[Ref]
    headcount: int | None
    note: str | None
    outcomes: list[RitualOutcomeOut]
    voting_until: Day | None
    usefulness: UsefulnessOut | None
    version: int = Field(description="0 while nobody has said anything of it.")


@router.get("", summary="List occurrences", response_model=PageOut[OccurrenceOut])
async def list_occurrences_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    ritual: str,
    filters: Annotated[OccurrenceFilter, Query()],
) -> Response:
    """What comes and what was, by day; without `from` and `to` half a year back and ahead, at most three."""
    row = await find_ritual(session, ritual, actor=actor)
    first, last = await _read_span(session, filters)
    stored = (await list_stored(session, [row.id], first=first, last=last))[row.id]
    found = list_occurrences(read_schedule(row), [read_kept(each) for each in stored], first=first, last=last)
    if row.archived_at is not None:
        found = [each for each in found if each.said]
    if filters.state:
        found = [each for each in found if each.state in filters.state]
    shown, more = found[: filters.limit], len(found) > filters.limit
    cursor = _write_day(shown[-1].day) if more else None
    return send_page(request, await _show_occurrences(session, row, shown, stored), cursor)


@router.get("/{day}", summary="Show an occurrence", response_model=OccurrenceOut)
async def show_occurrence_route(
    request: Request, session: SessionDep, actor: ActorDep, ritual: str, day: Day
) -> Response:
    """One occurrence by its day."""
    row = await find_ritual(session, ritual, actor=actor)
    return await _send_occurrence(request, session, row, day)


@router.post("/{day}/keep", summary="Keep an occurrence", response_model=OccurrenceOut)
async def keep_occurrence_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    ritual: str,
    day: Day,
    data: OccurrenceKeptInput,
) -> Response:
    """Says that it took place, who was there and what came of it; an informal one is only counted."""
    row = await find_ritual(session, ritual, actor=actor, to=WRITE)
    await keep_occurrence(session, row, day, data, actor=actor)
    return await _send_occurrence(request, session, row, day)


@router.post("/{day}/skip", summary="Skip an occurrence", response_model=OccurrenceOut)
async def skip_occurrence_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    ritual: str,
    day: Day,
    data: OccurrenceSkippedInput,
) -> Response:
    """Says that it does not take place, and why."""
    row = await find_ritual(session, ritual, actor=actor, to=WRITE)
    await skip_occurrence(session, row, day, data, actor=actor)
    return await _send_occurrence(request, session, row, day)


@router.post("/{day}/move", summary="Move an occurrence", response_model=OccurrenceOut)
async def move_occurrence_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    ritual: str,
    day: Day,
    data: OccurrenceMovedInput,
) -> Response:
    """This one takes place at another time; the others stay where the rule has them."""
    row = await find_ritual(session, ritual, actor=actor, to=WRITE)
    await move_occurrence(session, row, day, data, actor=actor)
    return await _send_occurrence(request, session, row, day)


@router.post("/{day}/vote", summary="Vote on an occurrence", response_model=OccurrenceOut)
async def vote_on_occurrence_route(
    request: Request, session: SessionDep, actor: ActorDep, ritual: str, day: Day, data: VoteInput
) -> Response:
    """How useful it was, 1 to 5: one vote for each person, which may be changed for a week."""
    row = await find_ritual(session, ritual, actor=actor)
    await vote_on_occurrence(session, row, day, data, actor=actor)
    return await _send_occurrence(request, session, row, day)


async def _send_occurrence(request: Request, session: SessionDep, row: Ritual, day: date) -> Response:
    found = await find_stored(session, row.id, day)
    stored = [found] if found else []
    known = list_occurrences(read_schedule(row), [read_kept(each) for each in stored], first=day, last=day)
    if not known or (row.archived_at and not stored):
        raise NotFound(f"{row.code} has no occurrence on {day}.")
    return send_item(request, (await _show_occurrences(session, row, known, stored))[0])


async def _read_span(session: SessionDep, filters: OccurrenceFilter) -> tuple[date, date]:
    today = await today_of(session)
    first = filters.from_ or (filters.to or today + _HALF_YEAR) - 2 * _HALF_YEAR
    last = filters.to or min(first + 2 * _HALF_YEAR, LAST_DAY)
    if last < first:
        raise Invalid.at("?to", "ends_before_start", f"{last} is before {first}.")
    if last - first > _LONGEST:
        raise Invalid.at("?to", "span_too_long", "Ask for three years at most.")
    return max(first, _read_day(filters.cursor)) if filters.cursor else first, last


def _write_day(day: date) -> str:
    return write_cursor(UUID(int=day.toordinal()))


def _read_day(cursor: str) -> date:
    """The day on which a page begins: the one after the last of the page before."""
    try:
        return date.fromordinal(read_cursor(cursor).int) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Invalid.at("?cursor", "bad_cursor", "This cursor is not one of ours.") from error


async def _show_occurrences(
    session: SessionDep, row: Ritual, found: Sequence[Occurrence], stored: Sequence[RitualOccurrence]
) -> list[OccurrenceOut]:
    """Occurrences as answers, with four statements for all of them."""
    zone, today = await zone_of(session), await today_of(session)
    votes = await count_votes(session, [each.id for each in stored])
    there = {UUID(each) for one in stored for each in one.attended}
    references = await load_named(session, {"owners": there})
    said = {each.day: each for each in stored}
    shown = []
    for each in found:
        told = said.get(each.day)
        values = _tell_times(row, each, zone) | {"day": each.day, "state": each.state, "moved": each.moved}
        values |= _tell_stored(told, votes.get(told.id, {}) if told else {}, today)
        values["attended"] = [make_ref(UUID(one), references) for one in told.attended] if told else []
        shown.append(OccurrenceOut.model_construct(**values))
    return shown


def _tell_times(row: Ritual, each: Occurrence, zone: ZoneInfo) -> dict[str, Any]:
    begins_at = each.starts_at.replace(tzinfo=zone).astimezone(UTC)
    ends_at = begins_at + timedelta(minutes=row.duration_minutes)
    return {"starts_at": each.starts_at, "begins_at": begins_at, "ends_at": ends_at}


def _tell_stored(told: RitualOccurrence | None, votes: dict[int, int], today: date) -> dict[str, Any]:
    if told is None:
        empty = dict.fromkeys(("reason", "headcount", "note", "voting_until", "usefulness"))
        return empty | {"outcomes": [], "version": 0}
    until = None
    if told.state is OccurrenceState.KEPT and told.settled_on:
        until = last_vote_day(find_held_day(told), told.settled_on)
    published = publish_votes(votes, closed=bool(until and until < today))
    usefulness = None
    if published:
        usefulness = UsefulnessOut(counts=list(published.counts), mean=round(published.mean, 2))
    outcomes = [RitualOutcomeOut.model_validate(each) for each in told.outcomes]
    return {
        "reason": told.reason,
        "headcount": told.headcount,
        "note": told.note,
        "outcomes": outcomes,
        "voting_until": until,
        "usefulness": usefulness,
        "version": told.version,
    }
