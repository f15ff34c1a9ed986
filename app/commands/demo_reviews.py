"""Plays the reviews of the demo organization, month after month, through the actions of everybody else."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.peer_notes import create_peer_note
from app.actions.reviews import (
    note_attendance,
    open_review,
    park_item,
    start_review,
    update_parked_item,
)
from app.actions.reviews_closing import close_review
from app.actions.sign_ins import act_as
from app.commands.demo_commitments import promise, take_commitment_step
from app.domain.permissions import SYSTEM, Actor
from app.domain.reviews import Attendance, ParkedState
from app.models.commitments import Commitment
from app.models.peer_notes import PeerNoteInput
from app.models.reviews import (
    AttendanceInput,
    ParkedItem,
    ParkedItemInput,
    Review,
    ReviewClosing,
    ReviewInput,
)
from app.queries.owners import find_owner

Row = dict[str, Any]
# Something that is said of a commitment on a day: the verb, and the body of that step.
Step = tuple[Commitment, str, Row]


async def play_reviews(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Each review opens, is told what became of the promises before it, meets, and closes."""
    waiting: list[Step] = []
    for row in rows:
        for note in row["notes"]:
            await create_peer_note(session, PeerNoteInput.model_validate(note), actor=SYSTEM)
        data = ReviewInput.model_validate({name: row[name] for name in ("period", "chair", "meets_on")})
        opened_on = date.fromisoformat(row["opened_on"])
        review = await open_review(session, data, actor=SYSTEM, on=opened_on)
        waiting = await _answer(session, waiting, before=row["meets_on"])
        waiting += await _meet(session, review, row)
    await _answer(session, waiting, before=None)


async def _answer(session: AsyncSession, waiting: Sequence[Step], *, before: str | None) -> list[Step]:
    """Takes the steps that were taken before a day; the others are left."""
    left = []
    for commitment, verb, said in waiting:
        if before is None or said["on"] < before:
            await take_commitment_step(session, commitment, verb, said)
        else:
            left.append((commitment, verb, said))
    return left


async def _meet(session: AsyncSession, review: Review, row: Row) -> list[Step]:
    """The meeting, or what is prepared for it where it is still to come; what was promised in it."""
    chair, meets_on = await _find_actor(session, row["chair"]), date.fromisoformat(row["meets_on"])
    if row["is_held"]:
        await start_review(session, review, actor=chair, on=meets_on)
    for owner, state in (await _list_attendance(session, review, row)).items():
        data = AttendanceInput(owner=owner, state=state)
        await note_attendance(session, review, data, actor=chair)
    promised = []
    for each in row["promised"]:
        commitment = await promise(session, each["commitment"] | {"review": review.code})
        promised += [(commitment, *step) for told in each["steps"] for step in told.items()]
    parked = [await _park(session, review, each) for each in row["parked"]]
    if row["is_held"]:
        closing = ReviewClosing(despite=row["despite"])
        await close_review(session, review, closing, actor=chair, on=meets_on)
    for item, became in parked:
        done = ParkedItemInput(what=item.what, state=became)
        await update_parked_item(session, item, done, actor=chair)
    return promised


async def _list_attendance(session: AsyncSession, review: Review, row: Row) -> dict[str, Attendance]:
    """Of a meeting that was held everybody's; of one that is to come only who has said that they cannot."""
    came = dict.fromkeys(review.attendance, Attendance.PRESENT) if row["is_held"] else {}
    away = {
        str((await find_owner(session, email, actor=SYSTEM)).id): Attendance(state)
        for email, state in row["away"].items()
    }
    return came | away


async def _park(session: AsyncSession, review: Review, told: Row) -> tuple[ParkedItem, ParkedState]:
    actor = await _find_actor(session, told["by"])
    item = await park_item(session, review, ParkedItemInput(what=told["what"]), actor=actor)
    return item, ParkedState(told.get("became", ParkedState.OPEN))


async def _find_actor(session: AsyncSession, email: str) -> Actor:
    return act_as(await find_owner(session, email, actor=SYSTEM))
