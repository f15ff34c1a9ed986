"""How the page of a review is put together for somebody, whole or in parts. No address is answered here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response

from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, Place, may
from app.domain.review.facts import ReviewFacts
from app.domain.reviews import ReviewStatus
from app.models.reviews import Review
from app.queries.owners import find_home
from app.queries.review_facts import read_review_facts
from app.queries.review_snapshots import read_frozen_review
from app.queries.review_viewing import list_answerable_commitments, list_takeable_decisions
from app.queries.reviews import find_review, list_chair_choices
from app.queries.reviews_live import Stage, find_own_note, read_stage
from app.web.forms import Form
from app.web.render import Fragment, fragments, go_to, is_partial, page
from app.web.review_capturing import NOTHING_CAPTURED, CaptureBar, list_capturable
from app.web.review_closing_view import ClosingView, read_closing
from app.web.review_notes import NoteForm, fill_note
from app.web.review_page import PARTS, ReviewPage, lay_out_review
from app.web.review_presenting import PresentingView, lay_out_presenting
from app.web.review_viewer import Refused, Viewer

# What a screen reads again by itself.
TEMPLATES = {key: part.template for key, part in PARTS.items()} | {"presenting": "reviews/_presenting.html"}


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose request is answered, of which review."""

    request: Request
    session: SessionDep
    person: Actor
    period: str
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read of a review for somebody: the row, how far it is while open, its facts, its end."""

    review: Review
    stage: Stage | None
    facts: ReviewFacts
    viewer: Viewer
    closing: ClosingView | None = None

    def lay_out(self, capture: CaptureBar = NOTHING_CAPTURED) -> dict[str, Any]:
        """What every template of the page needs."""
        viewer = self.viewer
        bar = capture.offer_to(viewer.captures) if viewer.captures and viewer.is_live else None
        it = lay_out_review(self.facts, viewer)
        edition = self.stage.edition if self.stage else ""
        ending = viewer.find_refused("close") or viewer.find_refused("reopen") or Form()
        return {
            "it": it,
            "viewer": viewer,
            "capture": bar,
            "edition": edition,
            "presenting": self._lay_out_bar(it),
            "closing": self.closing,
            "closing_form": ending,
        }

    def _lay_out_bar(self, it: ReviewPage) -> PresentingView | None:
        if self.stage is None:
            return None
        return lay_out_presenting(
            it.href,
            self.stage,
            titles={key: part.title for key, part in PARTS.items()},
            departments=[(slot.code, slot.department.text) for slot in it.slots],
            presents=self.viewer.runs and self.viewer.status is ReviewStatus.IN_SESSION,
        )


async def read_shown_review(seat: Seat, *, refused: Refused | None = None) -> Shown:
    """A review as somebody sees it: live until it is closed, then as it was frozen; or a revision of it."""
    review = await find_review(seat.session, seat.period, actor=seat.person)
    stage = frozen = None
    if review.status is ReviewStatus.CLOSED or seat.revision is not None:
        frozen = await read_frozen_review(seat.session, review, seat.revision)
        facts = frozen.facts
    else:
        # Before the facts: what is written between the two is told once more, and not missed.
        stage = await read_stage(seat.session, review)
        facts = await read_review_facts(seat.session, review)
    closing = await read_closing(
        seat.session, review, person=seat.person, frozen=frozen, revision=seat.revision, refused=refused
    )
    viewer = replace(await _meet(seat, review, facts), refused=refused, revised=closing.marks)
    return Shown(review, stage, facts, viewer, closing)


async def _meet(seat: Seat, review: Review, facts: ReviewFacts) -> Viewer:
    """Who looks: two statements for what is theirs to answer, one for their department, one for chairs."""
    session, person = seat.session, seat.person
    opens = may(person, Permission.GOALS_READ)
    if review.status is ReviewStatus.CLOSED or seat.revision is not None:
        return Viewer(ReviewStatus.CLOSED, opens=opens, runs=may(person, Permission.REVIEWS_WRITE))
    promises = [each.commitment.id for each in (*facts.promises.last, *facts.promises.made)]
    overdue = [each.decision.id for each in facts.decisions.overdue]
    home = await find_home(session, person)
    writes = home is not None and may(person, Permission.PEER_NOTES_WRITE, on=Place(home.id))
    return Viewer(
        review.status,
        opens=opens,
        runs=may(person, Permission.REVIEWS_WRITE),
        captures=list_capturable(person),
        promises=await list_answerable_commitments(session, promises, actor=person),
        decisions=await list_takeable_decisions(session, overdue, actor=person),
        chairs=tuple(await list_chair_choices(session, actor=person)),
        department=home.code if home is not None and writes else None,
    )


async def show_review(
    seat: Seat,
    *,
    capture: CaptureBar = NOTHING_CAPTURED,
    refused: Refused | None = None,
    note: Form[NoteForm] | None = None,
    status: int = 200,
) -> Response:
    """The whole page. `note`: one's own, where it was refused."""
    shown = await read_shown_review(seat, refused=refused)
    own = note or fill_note(await find_own_note(seat.session, shown.review, actor=seat.person))
    context = shown.lay_out(capture) | {"note": own, "note_said": ""}
    return page(seat.request, "reviews/show.html", status=status, **context)


async def answer_parts(
    seat: Seat,
    parts: Sequence[str],
    *,
    said: str = "",
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    """After a form: the parts that changed, the first of which the form is in; without a script the page."""
    if not is_partial(seat.request):
        if refused is None:
            return go_to(seat.request, f"/reviews/{seat.period}#review-{parts[0]}")
        return await show_review(seat, refused=refused, status=status)
    shown = await read_shown_review(seat, refused=refused)
    return fragments(
        seat.request, list_part_fragments(parts, shown.lay_out()), status=status, said="" if refused else said
    )


def list_part_fragments(parts: Sequence[str], context: dict[str, Any]) -> list[Fragment]:
    """Parts of the page with the agenda that counts what is in them. What is typed or open there stays."""
    context = context | {"swap": "outerMorph"}
    made = [(TEMPLATES[part], context | {"target": f"review-{part}"}) for part in parts]
    return [*made, ("reviews/_agenda.html", context | {"target": "review-agenda"})]
