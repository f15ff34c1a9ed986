"""Closing a review and opening it again, its files, and another review beside it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from app.actions.reviews_closing import CHECKLIST_OPEN, close_review, reopen_review
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.domain.review.canonical import read_canonical
from app.domain.review.comparison import Difference, Section, compare_reviews
from app.domain.review.exports import MEDIA_TYPES, ExportFormat, name_export, write_export
from app.domain.review.readings import SUPPRESSED
from app.errors import Conflict, Fault, Invalid
from app.models.base import Reference
from app.models.reviews import Review, ReviewClosing, ReviewReopening
from app.queries.review_snapshots import read_review_body
from app.queries.reviews import find_review, list_recent_reviews
from app.web.deps import PersonDep
from app.web.event_words import say_period
from app.web.figures import write_figure, write_hidden
from app.web.forms import Form, read_form
from app.web.render import PAGE_HEADERS, go_to, page
from app.web.review_answers import Seat, show_review
from app.web.review_viewer import Refused
from app.web.reviews_show import FrozenRevision
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews/{period}")
WRITE = Permission.REVIEWS_WRITE
_SECTIONS = {
    Section.REVIEW: "The whole",
    Section.KPI: "KPIs",
    Section.COMMITMENT: "Commitments",
    Section.DECISION: "Decisions",
    Section.FINDING: "Findings",
    Section.DEPARTMENT: "Departments",
    Section.DEPENDENCY: "Dependencies",
    Section.PULSE: "People",
    Section.PARKED: "Parking lot",
}
# What stands before the whole and the rest: what turned, what was promised, decided and found.
_FIRST = (Section.KPI, Section.COMMITMENT, Section.DECISION, Section.FINDING)
_ORDER = (*_FIRST, *(each for each in _SECTIONS if each not in _FIRST))


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One thing that is otherwise, in words."""

    name: str
    aspect: str
    before: str
    after: str
    word: str
    tone: str


@router.post("/close")
async def close_review_button(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """Freezes the review; what is not done is named beside the form."""
    form = await read_form(request, ReviewClosing)
    return await _end(Seat(request, session, person, period), "close", form, _close_or_say_all)


@router.post("/reopen")
async def reopen_review_button(
    request: Request, session: SessionDep, person: PersonDep, period: str
) -> Response:
    """Opens it again, as its next revision."""
    form = await read_form(request, ReviewReopening)
    return await _end(Seat(request, session, person, period), "reopen", form, reopen_review)


async def _close_or_say_all(
    session: SessionDep, review: Review, data: ReviewClosing, *, actor: Actor
) -> None:
    """Beside its field a form says one sentence: all that is open, and not the first point."""
    try:
        await close_review(session, review, data, actor=actor)
    except Conflict as error:
        if error.code != CHECKLIST_OPEN:
            raise
        whole = Fault("/despite", error.code, error.detail)
        raise Conflict(error.detail, code=error.code, faults=(whole,)) from error


async def _end(seat: Seat, which: str, form: Form[Any], act: Callable[..., Awaitable[object]]) -> Response:
    review = await find_review(seat.session, seat.period, actor=seat.person, to=WRITE, lock=True)

    async def save(data: BaseModel) -> None:
        await act(seat.session, review, data, actor=seat.person)

    status = await save_form(seat.session, form, save)
    if status == OK:
        return go_to(seat.request, f"/reviews/{review.code}#review-close")
    await seat.session.refresh(review)
    return await show_review(seat, refused=Refused(which, form), status=status)


@router.get("/export.{kind}")
async def export_review_file(
    session: SessionDep,
    person: PersonDep,
    period: str,
    kind: ExportFormat,
    revision: FrozenRevision = None,
) -> Response:
    """A file: of a closed review from the frozen bytes alone."""
    review = await find_review(session, period, actor=person)
    told = await read_review_body(session, review, revision=revision)
    body = write_export(told.body, kind, is_frozen=told.is_frozen)
    name = name_export(review.code, told.revision, kind, is_frozen=told.is_frozen)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body, 200, PAGE_HEADERS | headers, MEDIA_TYPES[kind])


@router.get("/compare")
async def compare_reviews_page(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    period: str,
    other: Annotated[Reference | Literal[""] | None, Query(alias="with")] = None,
) -> Response:
    """What this review says otherwise than another one; without a choice, than the one before."""
    after = await find_review(session, period, actor=person)
    if other == "":
        said = f"The month with which {say_period(after.code)} is compared is missing."
        raise Invalid.at("?with", "required", said)
    others = await _list_others(session, person, after.code)
    chosen = other or next((code for code, _ in others if code < after.code), after.code)
    before = await find_review(session, chosen, actor=person)
    now = earlier = read_canonical((await read_review_body(session, after)).body)
    if before != after:
        earlier = read_canonical((await read_review_body(session, before)).body)
    found = compare_reviews(earlier, now).differences
    moved = [each for each in found if each.aspect == "value"]
    names = [say_period(row.code).capitalize() for row in (before, after)]
    return page(
        request,
        "reviews/compare.html",
        title=f"{names[1]} beside {names[0]}",
        href=f"/reviews/{after.code}",
        month=names[1],
        before=names[0],
        after=names[1],
        groups=_group(each for each in found if each.aspect != "value"),
        moved=[(f"{name}: values", lines) for name, lines in _group(moved)],
        moved_count=len(moved),
        others=others,
        chosen=before.code,
    )


async def _list_others(session: SessionDep, person: Actor, period: str) -> list[tuple[str, str]]:
    codes = [row.review.code for row in await list_recent_reviews(session, actor=person)]
    return [(code, say_period(code).capitalize()) for code in codes if code != period]


def _group(differences: Iterable[Difference]) -> list[tuple[str, list[DifferenceLine]]]:
    """By section, what a meeting talks about first; of a section the statuses that turned."""
    ordered = sorted(differences, key=lambda each: (_ORDER.index(each.section), each.aspect != "status"))
    grouped = groupby(ordered, key=lambda each: each.section)
    return [(_SECTIONS[section], [_word_difference(each) for each in group]) for section, group in grouped]


def _word_difference(difference: Difference) -> DifferenceLine:
    word, tone = {None: ("", ""), True: ("better", "green"), False: ("worse", "red")}[difference.better]
    before, after = (_say_said(each, difference.unit) for each in (difference.before, difference.after))
    return DifferenceLine(difference.about.name, difference.aspect, before, after, word, tone)


def _say_said(said: str | float | None, unit: str | None) -> str:
    if isinstance(said, str):
        return write_hidden(None, withheld=True) if said == SUPPRESSED else said.replace("_", " ")
    return write_figure(None if said is None else Decimal(str(said)), unit or "count")
