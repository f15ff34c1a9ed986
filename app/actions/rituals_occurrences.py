"""What becomes of one occurrence of a ritual: kept, skipped, moved; and what people think of its use."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._audit import record_event
from app.actions._write import add_record, change_record, take_lock
from app.domain.permissions import Actor, ActorKind, Permission, Place, require
from app.domain.recurrence import expand_days
from app.domain.rituals import OccurrenceState, RitualKind, last_vote_day
from app.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.models.rituals import (
    OccurrenceKeptInput,
    OccurrenceMovedInput,
    OccurrenceSkippedInput,
    Ritual,
    RitualOccurrence,
    RitualVote,
    VoteInput,
)
from app.queries._find import resolve_list
from app.queries.organization import today_of
from app.queries.rituals import find_held_day, find_stored, list_participants, name_commitments, read_schedule

WRITE = Permission.RITUALS_WRITE


async def keep_occurrence(
    session: AsyncSession,
    ritual: Ritual,
    day: date,
    data: OccurrenceKeptInput,
    *,
    actor: Actor,
    today: date | None = None,
) -> RitualOccurrence:
    """Says that an occurrence took place, who was there and what came of it; said again, it replaces that."""
    today = today or await today_of(session)
    subject = await _find_own(session, ritual, day, actor)
    found = subject.found
    held_on = found.moved_to.date() if found and found.moved_to else day
    if held_on > today:
        raise Invalid.at("/day", "in_the_future", f"{held_on} is yet to come.")
    if ritual.kind is RitualKind.INFORMAL:
        _refuse_minutes(data)
    values: dict[str, Any] = {
        "state": OccurrenceState.KEPT,
        "reason": None,
        "attended": await _read_attended(session, data, actor, found),
        "headcount": data.headcount,
        "note": data.note or None,
        "outcomes": await _read_outcomes(session, data),
        "settled_on": found.settled_on if found and found.settled_on else today,
    }
    return await _settle(session, subject, values, "kept", actor)


async def skip_occurrence(
    session: AsyncSession, ritual: Ritual, day: date, data: OccurrenceSkippedInput, *, actor: Actor
) -> RitualOccurrence:
    """Says that an occurrence does not take place, and why. What was written about it before goes."""
    subject = await _find_own(session, ritual, day, actor)
    values: dict[str, Any] = {
        "state": OccurrenceState.SKIPPED,
        "reason": data.reason,
        "attended": [],
        "headcount": None,
        "note": None,
        "outcomes": [],
    }
    return await _settle(session, subject, values, "skipped", actor)


async def move_occurrence(
    session: AsyncSession, ritual: Ritual, day: date, data: OccurrenceMovedInput, *, actor: Actor
) -> RitualOccurrence:
    """This occurrence takes place at another time; one that was skipped is planned again."""
    subject = await _find_own(session, ritual, day, actor)
    found = subject.found
    if found and found.state is OccurrenceState.KEPT:
        raise Conflict("It took place already.", code="already_kept")
    back = data.to == datetime.combine(day, ritual.starts_at.time())
    values = {"state": OccurrenceState.PLANNED, "reason": None, "moved_to": None if back else data.to}
    return await _settle(session, subject, values, "moved", actor)


async def vote_on_occurrence(
    session: AsyncSession,
    ritual: Ritual,
    day: date,
    data: VoteInput,
    *,
    actor: Actor,
    today: date | None = None,
) -> RitualOccurrence:
    """Keeps how useful the person who acts found it, once each; another vote within the week replaces it.

    The event tells neither the vote nor, to most, who gave it.
    """
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden("A vote is a person's.")
    found = await find_stored(session, ritual.id, day, lock=True)
    if found is None or found.state is not OccurrenceState.KEPT or found.settled_on is None:
        raise Conflict("Only what took place can be voted on.", code="not_kept")
    if (today or await today_of(session)) > last_vote_day(find_held_day(found), found.settled_on):
        raise Conflict("Voting ended a week after it took place.", code="voting_over")
    present = {*found.attended, *(str(each.id) for each in await list_participants(session, ritual))}
    if str(actor.id) not in present:
        raise Forbidden("Who was invited or was there votes on its use.")
    values = {"occurrence_id": found.id, "owner_id": actor.id, "score": data.score}
    await session.execute(
        insert(RitualVote)
        .values(values)
        .on_conflict_do_update(index_elements=["occurrence_id", "owner_id"], set_={"score": data.score})
    )
    await record_event(session, actor, "voted", found, after={})
    return found


class _Subject(NamedTuple):
    """One day of a ritual, and what is stored of it so far."""

    ritual: Ritual
    day: date
    found: RitualOccurrence | None


async def _find_own(session: AsyncSession, ritual: Ritual, day: date, actor: Actor) -> _Subject:
    """What is stored of a day that the rule has, or had. Two who say something of it at once wait."""
    require(actor, WRITE, on=Place(people=frozenset({ritual.host_id})))
    await take_lock(session, f"occurrence {ritual.id} {day}")
    found = await find_stored(session, ritual.id, day, lock=True)
    if found is None:
        schedule = read_schedule(ritual)
        if not expand_days(schedule.rule, schedule.starts_at.date(), first=day, last=day):
            raise NotFound(f"{ritual.code} has no occurrence on {day}.")
        if ritual.archived_at is not None:
            raise Conflict(f"{ritual.code} is archived.", code="archived")
    return _Subject(ritual, day, found)


async def _settle(
    session: AsyncSession, subject: _Subject, values: dict[str, Any], action: str, actor: Actor
) -> RitualOccurrence:
    ritual, day, found = subject
    if found is not None:
        await change_record(session, found, values, actor=actor, action=action)
        return found
    new = {"code": f"{ritual.code}:{day}", "ritual_id": ritual.id, "day": day}
    return await add_record(session, RitualOccurrence, values | new, actor=actor)


def _refuse_minutes(data: OccurrenceKeptInput) -> None:
    detail = "An informal meeting is only counted: no names, no minutes."
    faults = tuple(
        Fault(f"/{name}", "only_counted", detail)
        for name in ("attended", "note", "outcomes")
        if getattr(data, name)
    )
    if faults:
        raise Invalid(detail, code="only_counted", faults=faults)


async def _read_attended(
    session: AsyncSession, data: OccurrenceKeptInput, actor: Actor, found: RitualOccurrence | None
) -> list[str]:
    kept = [UUID(each) for each in found.attended] if found else []
    ids = await resolve_list(session, "owners", data.attended, actor=actor, kept=kept)
    faults = tuple(
        Fault(f"/attended/{index}", "unknown_reference", f"{text} does not exist.")
        for index, (text, identity) in enumerate(zip(data.attended, ids, strict=True))
        if identity is None
    )
    if faults:
        raise Invalid(faults[0].detail, code="unknown_reference", faults=faults)
    return sorted({str(identity) for identity in ids})


async def _read_outcomes(session: AsyncSession, data: OccurrenceKeptInput) -> list[dict[str, Any]]:
    """Outcomes as they are kept; a commitment is named by its code, which never changes."""
    known = await name_commitments(session, [each.commitment for each in data.outcomes if each.commitment])
    outcomes = []
    for index, each in enumerate(data.outcomes):
        values = each.model_dump(mode="json")
        if each.commitment:
            if each.commitment not in known:
                detail = f"There is no commitment {each.commitment}."
                raise Invalid.at(f"/outcomes/{index}/commitment", "unknown_reference", detail)
            values["commitment"] = known[each.commitment]
        outcomes.append(values)
    return outcomes
