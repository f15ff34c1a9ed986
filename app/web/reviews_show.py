"""`/reviews/2026-10`: the review of a month, its parts, running it, and the line that captures."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.actions.reviews import (
    arrange_review,
    note_attendance,
    pause_review,
    refuse_closed,
    start_review,
    update_parked_item,
)
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.domain.reviews import Attendance, ParkedState
from app.errors import Invalid, NotFound
from app.models.base import Reference
from app.models.reviews import AttendanceInput, ParkedItemInput, Review, ReviewChange
from app.queries.reviews import find_parked_item, find_review
from app.web.deps import PersonDep
from app.web.forms import Contract, read_form
from app.web.render import fragments, go_to, is_partial, page
from app.web.review_answers import Seat, answer_parts, list_part_fragments, read_shown_review, show_review
from app.web.review_capturing import PART_OF, BarForm, CaptureBar, UndoForm, capture_line, take_back_line
from app.web.review_page import PARTS
from app.web.review_tiles import lay_out_tile
from app.web.review_viewer import Refused
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}")
WRITE, CAPTURE = Permission.REVIEWS_WRITE, Permission.REVIEWS_CAPTURE
MOST_DEPARTMENTS = 1000
FrozenRevision = Annotated[int | None, Query(ge=1, le=1_000_000)]


class GuestForm(Contract):
    """Who came in or left; `excused`: said to be away."""

    present: Reference | None = None
    absent: Reference | None = None
    excused: bool = False


class ParkedForm(Contract):
    """What becomes of something that was parked."""

    state: ParkedState


@router.get("")
async def show_review_page(
    request: Request, session: SessionDep, person: PersonDep, period: str, revision: FrozenRevision = None
) -> Response:
    """The page, live or as it was frozen; also as an earlier revision was."""
    return await show_review(Seat(request, session, person, period, revision))


@router.get("/parts/{part}")
async def show_review_part(
    request: Request, session: SessionDep, person: PersonDep, period: str, part: str
) -> Response:
    """One part as the whole page has it, for a screen that was told that it changed."""
    shown = await read_shown_review(Seat(request, session, person, period))
    if part not in PARTS and not (part == "presenting" and shown.stage):
        raise NotFound(f"The page has no part {part}.")
    return fragments(request, list_part_fragments([part], shown.lay_out()))


@router.get("/tiles/{kpi}")
async def show_review_tile(
    request: Request, session: SessionDep, person: PersonDep, period: str, kpi: str
) -> Response:
    """A KPI by department, all of them."""
    shown = await read_shown_review(Seat(request, session, person, period))
    found = [each for each in shown.facts.tiles if each.kpi.code == kpi]
    if not found:
        raise NotFound(f"The review of {period} shows no KPI {kpi}.")
    tile = lay_out_tile(found[0], shown.facts, shown.viewer, most=MOST_DEPARTMENTS)
    return page(request, "reviews/tile.html", tile=tile, **shown.lay_out())


@router.post("/start")
async def start_review_button(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """The leadership meets."""
    return await _step(request, session, person, period, start_review, shows="#review-attendance")


@router.post("/pause")
async def pause_review_button(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """The meeting is adjourned."""
    return await _step(request, session, person, period, pause_review, shows="#review-header")


async def _step(
    request: Request,
    session: SessionDep,
    person: Actor,
    period: str,
    step: Callable[..., Awaitable[Review]],
    *,
    shows: str,
) -> Response:
    """Takes a step and goes on with what comes next on the page."""
    review = await find_review(session, period, actor=person, to=WRITE, lock=True)
    await step(session, review, actor=person)
    return go_to(request, f"/reviews/{review.code}{shows}")


@router.post("/arrange")
async def arrange_review_form(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """Says who chairs it, and when it meets."""
    form = await read_form(request, ReviewChange)
    review = await find_review(session, period, actor=person, to=WRITE, lock=True)

    async def save(data: ReviewChange) -> None:
        await arrange_review(session, review, data, actor=person)

    status = await save_form(session, form, save)
    refused = None if status == OK else Refused("arrange", form)
    seat = Seat(request, session, person, review.code)
    return await answer_parts(seat, ["header"], said="Arranged.", refused=refused, status=status)


@router.post("/attendance")
async def note_attendance_button(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """Somebody came in, left, or is excused."""
    form = await read_form(request, GuestForm)
    review = await find_review(session, period, actor=person, to=WRITE, lock=True)
    if form.data is not None and (said := _read_guest(form.data)) is not None:
        await note_attendance(session, review, said, actor=person)
    return await answer_parts(Seat(request, session, person, review.code), ["header"])


def _read_guest(data: GuestForm) -> AttendanceInput | None:
    """Who, and the state that their button said; None: no button was pressed."""
    owner = data.present or data.absent
    if owner is None:
        return None
    state = Attendance.PRESENT if data.present else Attendance.ABSENT
    return AttendanceInput(owner=owner, state=Attendance.EXCUSED if data.excused else state)


@router.post("/capture")
async def capture_button(request: Request, session: SessionDep, person: PersonDep, period: str) -> Response:
    """Captures a line; one that is refused stays in the bar, with why."""
    form = await read_form(request, BarForm)
    review = await find_review(session, period, actor=person, to=CAPTURE)
    refuse_closed(review)
    bar = await capture_line(session, review, form, person=person)
    return await _answer_bar(Seat(request, session, person, review.code), bar, OK if bar.done else 422)


@router.post("/capture/undo")
async def take_back_button(request: Request, session: SessionDep, person: PersonDep, period: str) -> Response:
    """Takes back what one has just captured."""
    form = await read_form(request, UndoForm)
    review = await find_review(session, period, actor=person, to=CAPTURE)
    refuse_closed(review)
    if form.data is None:
        raise Invalid("What is to be taken back was not sent. Load the page again.")
    bar, status = await take_back_line(session, review, form.data, person=person)
    return await _answer_bar(Seat(request, session, person, review.code), bar, status)


async def _answer_bar(seat: Seat, bar: CaptureBar, status: int) -> Response:
    """The bar, with the part that shows what was captured or taken back; without a script the page."""
    part = PART_OF[bar.kind]
    if not is_partial(seat.request):
        if status == OK:
            return go_to(seat.request, f"/reviews/{seat.period}#review-{part}")
        return await show_review(seat, capture=bar, status=status)
    context = (await read_shown_review(seat)).lay_out(bar)
    parts = [("reviews/_capture.html", context)]
    parts += list_part_fragments([part], context) if status == OK else []
    return fragments(seat.request, parts, status=status)


@router.post("/parked/{item}")
async def settle_parked_item(
    request: Request, session: SessionDep, person: PersonDep, period: str, item: str
) -> Response:
    """Something that was parked is taken up, or dropped."""
    form = await read_form(request, ParkedForm)
    review = await find_review(session, period, actor=person, to=CAPTURE)
    row = await find_parked_item(session, item, actor=person, to=CAPTURE, lock=True)
    if form.data is not None:
        data = ParkedItemInput(what=row.what, state=form.data.state)
        await update_parked_item(session, row, data, actor=person)
    return await answer_parts(Seat(request, session, person, review.code), ["parked"])
