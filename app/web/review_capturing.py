"""The line that captures what comes up in a review: a commitment, a decision, or something for later."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import ValidationError

from app.actions.commitments_captured import capture_commitment
from app.actions.reviews import park_item
from app.actions.reviews_captured import take_back_commitment, take_back_decision, take_back_parked
from app.deps import SessionDep
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, may
from app.errors import CoxswainError, Forbidden
from app.models.base import Reference
from app.models.reviews import ParkedItemInput, Review
from app.models.typed_lines import TypedLine, refuse_line
from app.queries.commitments_captured import CapturedCommitment, read_commitment_line
from app.web.decisions_capture import CaptureForm, log_line
from app.web.forms import Contract, Form

COMMITMENT, DECISION, PARKING = "commitment", "decision", "parking"
KINDS = ((COMMITMENT, "Commitment"), (DECISION, "Decision"), (PARKING, "Parking lot"))
_TAKE_BACK: Mapping[str, Callable[..., Awaitable[None]]] = {
    COMMITMENT: take_back_commitment,
    DECISION: take_back_decision,
    PARKING: take_back_parked,
}
# Which part of the page shows what was captured.
PART_OF = {COMMITMENT: "commitments", DECISION: "decisions", PARKING: "parked"}
NOT_YOURS = "You promise for yourself and for people of your own departments."
LONGEST_PARKED = 200


def list_capturable(person: Actor) -> frozenset[str]:
    """The kinds of lines that somebody may capture in a review."""
    if not may(person, Permission.REVIEWS_CAPTURE):
        return frozenset()
    needed = {COMMITMENT: Permission.COMMITMENTS_WRITE, DECISION: Permission.DECISIONS_WRITE}
    return frozenset(kind for kind, _ in KINDS if kind not in needed or may(person, needed[kind]))


class BarForm(Contract):
    """A line and what it is. `anyway`: what was not understood stays in the title of a decision."""

    kind: Literal["commitment", "decision", "parking"] = "commitment"
    line: TypedLine = ""
    anyway: bool = False


class UndoForm(Contract):
    """What was captured a moment ago. `line`: what is typed already after it."""

    kind: Literal["commitment", "decision", "parking"]
    undo: Reference
    line: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureBar:
    """The bar as the page shows it: what was typed and why it was refused, or what was understood.

    `made`: the code of what was captured, while it can be taken back; `undone`: of what was taken back.
    """

    kind: str = COMMITMENT
    line: str = ""
    wrong: tuple[str, ...] = ()
    may_insist: bool = False
    done: str = ""
    href: str = ""
    made: str = ""
    undone: str = ""
    kinds: Sequence[tuple[str, str]] = KINDS

    def offer_to(self, kinds: Collection[str]) -> "CaptureBar":
        """The bar with those kinds alone that somebody may capture, the first of them chosen at first."""
        offered = [each for each in KINDS if each[0] in kinds]
        kind = self.kind if self.kind in kinds else offered[0][0]
        return replace(self, kinds=offered, kind=kind)


NOTHING_CAPTURED = CaptureBar()


async def capture_line(
    session: SessionDep, review: Review, form: Form[BarForm], *, person: Actor
) -> CaptureBar:
    """Captures a line: the bar as it is afterwards."""
    if form.data is None:
        line = str(form.values.get("line") or "")
        kind = form.values.get("kind") if form.values.get("kind") in PART_OF else COMMITMENT
        return CaptureBar(str(kind), line, tuple(form.errors.values()))
    if form.data.kind == DECISION:
        return await _capture_decision(session, review, form.data, person)
    if form.data.kind == PARKING:
        return await _park_line(session, review, form.data, person)
    return await _capture_promise(session, review, form.data, person)


async def take_back_line(
    session: SessionDep, review: Review, data: UndoForm, *, person: Actor
) -> tuple[CaptureBar, int]:
    """Takes back what was captured: the bar, in which what is typed by now stays, and a status."""
    bar = CaptureBar(data.kind, data.line or "")
    try:
        async with session.begin_nested():
            await _TAKE_BACK[data.kind](session, review, data.undo, actor=person)
    except CoxswainError as error:
        return replace(bar, wrong=(error.detail,)), error.status
    return replace(bar, undone=data.undo), 200


async def _capture_promise(session: SessionDep, review: Review, data: BarForm, person: Actor) -> CaptureBar:
    if not data.line:
        return CaptureBar(data.kind, data.line, ("Say what will be done, by whom and by when.",))
    try:
        async with session.begin_nested():
            made = await capture_commitment(session, data.line, actor=person, review=review.code)
    except Forbidden:
        return CaptureBar(data.kind, data.line, (NOT_YOURS,))
    except CoxswainError as error:
        wrong = tuple(each.detail for each in error.faults) or (error.detail,)
        return CaptureBar(data.kind, data.line, wrong)
    told = await read_commitment_line(session, data.line, actor=person)
    return CaptureBar(
        data.kind, done=_tell_promise(made.code, told), href=f"/commitments/{made.code}", made=made.code
    )


def _tell_promise(code: str, told: CapturedCommitment) -> str:
    who = told.owner.name if told.owner else ""
    day = word_day(told.due_on) if told.due_on else ""
    about = ", about " + ", ".join(each.name for each in told.about) if told.about else ""
    return f"{code}: {told.what} — {who}, by {day}{about}."


async def _capture_decision(session: SessionDep, review: Review, data: BarForm, person: Actor) -> CaptureBar:
    form = Form(CaptureForm(line=data.line, anyway=data.anyway))
    told, code = await log_line(session, person, form, review=review.code)
    if code is None:
        wrong = tuple(f"{part.words} — {part.reason}." for part in told.unknown) or (told.refusal or "",)
        may_insist = bool(told.unknown and told.title)
        return CaptureBar(data.kind, data.line, wrong, may_insist)
    facts = ", ".join(f"{label.lower()} {text}" for label, text in told.told[:2])
    return CaptureBar(
        data.kind, done=f"{code}: {told.title} — {facts}.", href=f"/decisions/{code}", made=code
    )


async def _park_line(session: SessionDep, review: Review, data: BarForm, person: Actor) -> CaptureBar:
    if not data.line:
        return CaptureBar(data.kind, data.line, ("Say what is put aside.",))
    if len(data.line) > LONGEST_PARKED:
        return CaptureBar(data.kind, data.line, (f"At most {LONGEST_PARKED} characters fit in here.",))
    try:
        async with session.begin_nested():
            item = await park_item(session, review, ParkedItemInput(what=data.line), actor=person)
    except ValidationError as error:
        return CaptureBar(data.kind, data.line, (refuse_line(error).detail,))
    except CoxswainError as error:
        return CaptureBar(data.kind, data.line, (error.detail,))
    return CaptureBar(
        data.kind, done=f"{item.code}: {item.what} — parked.", href="#review-parked", made=item.code
    )
