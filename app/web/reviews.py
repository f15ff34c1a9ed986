"""`/reviews`: the months that the leadership went through, and opening the next one by hand."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from app.actions.reviews import open_review
from app.deps import SessionDep
from app.domain.linkage.wording import word_day
from app.domain.periods import parse_period
from app.domain.permissions import Actor, Permission, may, require
from app.domain.reviews import Attendance, ReviewStatus, due_review
from app.models.base import PeriodText
from app.models.reviews import ReviewInput, read_attendance
from app.queries.organization import today_of
from app.queries.reviews import ReviewRow, list_recent_reviews
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, read_form
from app.web.render import fragments, go_to, is_partial, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/reviews")
WRITE = Permission.REVIEWS_WRITE
STATES = {
    ReviewStatus.PREPARING: ("Preparing", "amber"),
    ReviewStatus.IN_SESSION: ("In session", "violet"),
    ReviewStatus.CLOSED: ("Closed", "green"),
}


class OpenForm(Contract):
    """Which month is to be opened."""

    period: PeriodText


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review as a line of the list."""

    href: str
    month: str
    state: str
    tone: str
    chair: str
    meets: str
    there: str
    revision: int


@router.get("")
async def list_reviews_page(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """The latest month first."""
    return page(request, "reviews/list.html", **await _lay_out(session, person))


@router.post("")
async def open_review_page(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Opens the review of a month."""
    require(person, WRITE)
    form = await read_form(request, OpenForm)

    async def save(data: OpenForm) -> None:
        await open_review(session, ReviewInput(period=data.period), actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        context = await _lay_out(session, person, form)
        if is_partial(request):
            return fragments(request, [("reviews/_open.html", context)], status=status)
        return page(request, "reviews/list.html", status=status, **context)
    assert form.data is not None  # noqa: S101  (it was saved)
    return go_to(request, f"/reviews/{form.data.period}")


async def _lay_out(session: SessionDep, person: Actor, form: Form[OpenForm] | None = None) -> dict[str, Any]:
    rows = await list_recent_reviews(session, actor=person)
    ended = due_review(await today_of(session))
    known = {row.review.code for row in rows}
    months = [each.text for each in (ended, ended.next()) if each.text not in known]
    return {
        "lines": [make_review_line(row) for row in rows],
        "months": [(each, say_month(each)) for each in months],
        "opens": may(person, WRITE),
        "form": form or Form(OpenForm, {}),
    }


def make_review_line(row: ReviewRow) -> ReviewLine:
    """A review in words."""
    review = row.review
    states = list(read_attendance(review).values())
    state, tone = STATES[review.status]
    there = states.count(Attendance.PRESENT)
    met = review.started_at is not None or there > 0
    return ReviewLine(
        href=f"/reviews/{review.code}",
        month=say_month(review.code),
        state=state,
        tone=tone,
        chair=row.chair or "",
        meets=word_day(review.meets_on) if review.meets_on else "no day arranged",
        there=f"{there} of {len(states)} there" if met else f"{len(states)} expected",
        revision=review.revision,
    )


class ReviewLink(NamedTuple):
    """The way to a review, and its month as people say it."""

    href: str
    month: str


def link_review(person: Actor, period: str | None) -> ReviewLink | None:
    """The review in which something was raised, for whoever may read it; None: in none."""
    if period is None or person.sees is not None or not may(person, Permission.REVIEWS_READ):
        return None
    return ReviewLink(f"/reviews/{period}", say_month(period))


def say_month(period: str) -> str:
    """`2026-10` as people say it."""
    return f"{parse_period(period).first_day:%B %Y}"
