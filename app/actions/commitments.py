"""Changing commitments. What is not due yet can be moved or dropped; what is due is answered for."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._live import Part, tell_review
from app.actions._review_times import hold_home, hold_move, read_ending, read_making
from app.actions._write import add_record, archive_record, change_record, take_lock
from app.domain.commitments import (
    CommitmentStep,
    Promise,
    find_edit_problems,
    find_making_problems,
    find_settling_problems,
    why_not_step,
)
from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.problems import Problem
from app.domain.words import CommitmentStatus
from app.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.models.commitments import (
    Commitment,
    CommitmentDate,
    CommitmentDropping,
    CommitmentInput,
    CommitmentRedating,
    CommitmentSettling,
)
from app.queries._find import resolve_reference, resolve_references
from app.queries.commitments import (
    count_commitments,
    find_telling_review,
    may_drop_commitment,
    place_of_commitment,
    read_home_of,
)
from app.queries.linkage import find_finding
from app.queries.organization import today_of
from app.queries.reviews import hold_open_reviews, list_open_reviews

WRITE = Permission.COMMITMENTS_WRITE
# How long after a day its answer may still be given for it.
SETTLED_BACK_DAYS = 31


async def create_commitment(session: AsyncSession, data: CommitmentInput, *, actor: Actor) -> Commitment:
    """Adds a commitment: one's own, or that of somebody in a department one writes."""
    require(actor, WRITE)
    values = await _read_input(session, data, actor, None)
    today = await today_of(session)
    made_on = data.made_on or today
    promise = Promise(CommitmentStatus.OPEN, data.due_on, made_on)
    _refuse(find_making_problems(promise, today=today))
    if made_on < today:
        _require_everywhere(actor, "/made_on")
    await hold_home(session, values["review_id"])
    # Two that are made at once must not count the same.
    await take_lock(session, "commitments")
    code = f"C-{await count_commitments(session) + 1}"
    counted = {"code": code, "made_on": made_on, "due_baseline": data.due_on, **await read_making(session)}
    row = await add_record(session, Commitment, values | counted, actor=actor)
    await _tell_screens(session)
    return row


async def update_commitment(
    session: AsyncSession, commitment: Commitment, data: CommitmentInput, *, actor: Actor
) -> Commitment:
    """Replaces what is written about an open commitment. Its due date is moved by re-dating."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    today = await today_of(session)
    before = _stand(commitment)
    _require_possible(commitment, CommitmentStep.EDIT, today)
    values = await _read_input(session, data, actor, commitment)
    await hold_move(session, commitment.review_id, values["review_id"])
    values["made_on"] = data.made_on or commitment.made_on
    after = Promise(before.status, data.due_on, values["made_on"])
    if values["made_on"] < commitment.made_on:
        _require_everywhere(actor, "/made_on")
    owner_moves = values["owner_id"] != commitment.owner_id
    _refuse(find_edit_problems(before, after, owner_moves=owner_moves, today=today))
    if await change_record(session, commitment, values, actor=actor):
        await _tell_screens(session)
    return commitment


async def tie_commitment(session: AsyncSession, commitment: Commitment, kpi: str, *, actor: Actor) -> None:
    """Says which KPI an open commitment is to move."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    _require_possible(commitment, CommitmentStep.EDIT, await today_of(session))
    kpi_id = await resolve_reference(session, "kpis", kpi, "/kpi", actor=actor, kept=commitment.kpi_id)
    await change_record(session, commitment, {"kpi_id": kpi_id}, actor=actor)


async def redate_commitment(
    session: AsyncSession, commitment: Commitment, data: CommitmentRedating, *, actor: Actor
) -> Commitment:
    """Moves the due date of what is not due yet. The first one stays, and so does every later one."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    await hold_open_reviews(session)
    day = await _read_agreed_day(session, commitment, CommitmentStep.REDATE, data.on, actor)
    if data.due_on == commitment.due_on:
        raise Invalid.at("/due_on", "same_date", f"{commitment.code} is due on {data.due_on} already.")
    if data.due_on < day:
        raise Invalid.at("/due_on", "in_the_past", f"{data.due_on} is over already.")
    before = commitment.due_on
    await change_record(session, commitment, {"due_on": data.due_on}, actor=actor, action="redated")
    moved = {"due_before": before, "due_on": data.due_on, "reason": data.reason, "moved_on": day}
    told = {"commitment_id": commitment.id, "by_id": actor.id, "by_name": actor.name}
    session.add(CommitmentDate.model_validate(moved | told))
    await session.flush()
    await _tell_screens(session)
    return commitment


async def drop_commitment(
    session: AsyncSession, commitment: Commitment, data: CommitmentDropping, *, actor: Actor
) -> Commitment:
    """Releases somebody from what is not due yet. Nobody releases themselves."""
    _require_release(commitment, actor)
    await hold_open_reviews(session)
    day = await _read_agreed_day(session, commitment, CommitmentStep.DROP, data.on, actor)
    values = {"status": CommitmentStatus.DROPPED, "settled_on": day, "said": data.reason}
    await _close(session, commitment, values, "dropped", actor)
    return commitment


async def settle_commitment(
    session: AsyncSession, commitment: Commitment, data: CommitmentSettling, *, actor: Actor
) -> Commitment:
    """Says what became of it: kept, partly, or missed. Said again, it corrects; the event keeps both."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    # A review that closes tells it, or closes before it was said: never neither.
    await hold_open_reviews(session)
    today = await today_of(session)
    day = data.on or today
    _require_possible(commitment, CommitmentStep.SETTLE, today)
    _refuse(find_settling_problems(_stand(commitment), data.outcome, data.said, on=day, today=today))
    recorded_on = await today_of(session, at=commitment.created_at)
    if day < max(recorded_on, today - timedelta(days=SETTLED_BACK_DAYS)):
        _require_everywhere(actor, "/on")
    action = "settled"
    if commitment.status is not CommitmentStatus.OPEN:
        await _require_untold(session, commitment)
        action = "corrected"
    values = {"status": CommitmentStatus(data.outcome), "settled_on": day, "said": data.said or None}
    await _close(session, commitment, values, action, actor)
    return commitment


async def archive_commitment(session: AsyncSession, commitment: Commitment, *, actor: Actor) -> None:
    """Takes out of the lists what is closed, or what was made by mistake today."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    _require_possible(commitment, CommitmentStep.ARCHIVE, await today_of(session))
    await archive_record(session, commitment, actor=actor)


def _stand(commitment: Commitment) -> Promise:
    return Promise(commitment.status, commitment.due_on, commitment.made_on)


def _require_possible(commitment: Commitment, step: CommitmentStep, on: date) -> None:
    if commitment.archived_at is not None and step is not CommitmentStep.ARCHIVE:
        raise Conflict(f"{commitment.code} is archived.", code="archived")
    if (why := why_not_step(step, _stand(commitment), code=commitment.code, on=on)) is not None:
        raise Conflict(why, code="wrong_state")


def _require_everywhere(actor: Actor, pointer: str) -> None:
    """Nobody whom a record of what was kept is about tells its past anew."""
    if not may(actor, WRITE, on=Place()):
        raise Invalid.at(pointer, "not_today", "An earlier day is told by an executive.")


async def _read_agreed_day(
    session: AsyncSession, commitment: Commitment, step: CommitmentStep, given: date | None, actor: Actor
) -> date:
    """The day of re-dating or dropping: today. An earlier one is told by those who write everywhere."""
    today = await today_of(session)
    day = given or today
    if day != today:
        _require_everywhere(actor, "/on")
    if not commitment.made_on <= day <= today:
        raise Invalid.at("/on", "impossible_day", f"{day} is not between {commitment.made_on} and today.")
    _require_possible(commitment, step, day)
    return day


def _require_release(commitment: Commitment, actor: Actor) -> None:
    if actor.id == commitment.owner_id:
        raise Forbidden("Nobody drops a commitment of their own: ask your partner or an executive.")
    if not may_drop_commitment(actor, commitment):
        raise Forbidden(
            "A commitment is dropped by its partner, by a head of its department or an executive."
        )


async def _close(
    session: AsyncSession, commitment: Commitment, values: dict[str, Any], action: str, actor: Actor
) -> None:
    if all(getattr(commitment, name) == value for name, value in values.items()):
        return
    now = {"settled_at": await read_ending(session, values["settled_on"], actor=actor)}
    await change_record(session, commitment, values | now, actor=actor, action=action)
    await _tell_screens(session)


async def _require_untold(session: AsyncSession, commitment: Commitment) -> None:
    """An outcome may be corrected until a review is closed that told it."""
    told = await find_telling_review(session, commitment)
    if told is not None:
        detail = f"{commitment.code} was told in the review of {told}, which is closed."
        raise Conflict(detail, code="told_already")


async def _tell_screens(session: AsyncSession) -> None:
    """Whoever has a review open that is not closed sees the change."""
    for period in await list_open_reviews(session):
        await tell_review(session, period, Part.COMMITMENTS)


def _refuse(problems: Iterable[Problem]) -> None:
    faults = tuple(Fault(f"/{each.field}", each.code, each.sentence) for each in problems)
    if faults:
        raise Invalid(faults[0].detail, code=faults[0].code, faults=faults)


async def _read_input(
    session: AsyncSession, data: CommitmentInput, actor: Actor, current: Commitment | None
) -> dict[str, Any]:
    references = await resolve_references(session, Commitment, data, actor=actor, current=current)
    owner_id = references["owner_id"]
    assert owner_id is not None  # noqa: S101  (the input requires it)
    if references["partner_id"] == owner_id:
        raise Invalid.at("/partner", "same_person", "Somebody else asks after it: choose another person.")
    home = await read_home_of(session, owner_id)
    require(actor, WRITE, on=Place(home, frozenset({owner_id})))
    finding = await _name_finding(session, data.finding, current, actor)
    plain = {"what": data.what, "due_on": data.due_on, "finding": finding}
    return plain | references | {"department_id": home}


async def _name_finding(
    session: AsyncSession, reference: str | None, current: Commitment | None, actor: Actor
) -> str | None:
    """The fingerprint of a finding. One that is fixed by now can be kept, not named."""
    if reference is None or (current is not None and reference == current.finding):
        return reference
    try:
        return (await find_finding(session, reference, actor=actor)).fingerprint
    except NotFound as error:
        raise Invalid.at("/finding", "unknown_reference", error.detail) from error
