"""What is on in a review, and one's own note about it: the buttons of the bar above its page."""

from typing import Annotated

from annotated_types import MaxLen
from fastapi import APIRouter, Request, Response

from app.actions.reviews_notes import keep_review_note
from app.actions.reviews_stage import present_item, stop_presenting
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.reviews import ReviewNoteInput
from app.queries.reviews import find_review
from app.queries.reviews_live import find_own_note
from app.web.deps import PersonDep
from app.web.forms import Contract, read_form
from app.web.render import fragments, go_to, is_partial
from app.web.review_answers import Seat, read_shown_review, show_review
from app.web.review_notes import NoteForm, fill_note
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}")


class PresentForm(Contract):
    """Which item is on; none: nothing any more."""

    item: Annotated[str, MaxLen(60)] | None = None


@router.post("/present")
async def present_item_button(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """Puts an item on for everybody, or takes off what is on."""
    form = await read_form(request, PresentForm)
    review = await find_review(session, period, actor=person, to=Permission.REVIEWS_WRITE, lock=True)
    if form.data is not None and form.data.item:
        await present_item(session, review, form.data.item, actor=person)
    else:
        await stop_presenting(session, review, actor=person)
    shown = await read_shown_review(Seat(request, session, person, review.code))
    context = shown.lay_out()
    if is_partial(request):
        return fragments(request, [("reviews/_presenting.html", context)])
    return go_to(request, f"/reviews/{review.code}{context['presenting'].target}")


@router.post("/my-note")
async def keep_note_form(request: Request, session: SessionDep, person: PersonDep, period: str) -> Response:
    """Keeps one's own note. What was written in another window meanwhile is shown beside what was typed."""
    form = await read_form(request, NoteForm)
    review = await find_review(session, period, actor=person)
    now = fill_note(await find_own_note(session, review, actor=person))

    async def save(data: NoteForm) -> None:
        given = ReviewNoteInput(body=data.body or "")
        await keep_review_note(session, review, given, seen=form.version or 0, actor=person)

    status = await save_form(session, form, save, now=now)
    if status == OK:
        form = fill_note(await find_own_note(session, review, actor=person))
    if is_partial(request):
        it = {"href": f"/reviews/{review.code}"}
        context = {"it": it, "note": form, "note_said": "Saved." if status == OK else ""}
        return fragments(request, [("reviews/_my_note.html", context)], status=status)
    if status == OK:
        return go_to(request, f"/reviews/{review.code}")
    return await show_review(Seat(request, session, person, review.code), note=form, status=status)
