"""The page of a review, laid out from its facts and from who looks. Pure: nothing is read here."""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.linkage.wording import word_period
from app.domain.periods import parse_period
from app.domain.review.facts import ReviewFacts
from app.web.review_agenda import (
    CheckLine,
    DecisionsView,
    FindingsView,
    ParkedLine,
    PromisesView,
    Tension,
    lay_out_checks,
    lay_out_decisions,
    lay_out_findings,
    lay_out_parked,
    lay_out_promises,
    lay_out_tensions,
)
from app.web.review_head import HeadView, lay_out_head
from app.web.review_slots import SlotView, lay_out_slots
from app.web.review_tiles import PulseView, TileView, lay_out_pulse, lay_out_tiles
from app.web.review_viewer import Viewer


class Part(NamedTuple):
    """A part of the page: what the agenda calls it, and the template that prints it."""

    title: str
    template: str


# In the order of the page; the id of each is `review-` and its key.
PARTS = {
    "header": Part("Where we stand", "reviews/_header.html"),
    "tiles": Part("How aligned we are", "reviews/_tiles.html"),
    "commitments": Part("What we promised", "reviews/_commitments.html"),
    "findings": Part("What broke", "reviews/_findings.html"),
    "slots": Part("Departments", "reviews/_slots.html"),
    "tensions": Part("Conflicts and dependencies", "reviews/_tensions.html"),
    "decisions": Part("Decisions", "reviews/_decisions.html"),
    "pulse": Part("People", "reviews/_pulse.html"),
    "parked": Part("Parking lot", "reviews/_parked.html"),
    "close": Part("Closing", "reviews/_checklist.html"),
}
_TEMPLATES = tuple(part.template for part in PARTS.values())


class Stop(NamedTuple):
    """A part as an item of the agenda: how much of it needs talk."""

    href: str
    title: str
    number: str
    tone: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything that the templates of a review print."""

    period: str
    href: str
    month: str
    organization: str
    revision: int
    parts: tuple[str, ...]
    stops: tuple[Stop, ...]
    head: HeadView
    tiles: tuple[TileView, ...]
    promises: PromisesView
    findings: FindingsView
    slots: tuple[SlotView, ...]
    calm: tuple[SlotView, ...]
    tensions: tuple[Tension, ...]
    decisions: DecisionsView
    pulse: PulseView | None
    parked: tuple[ParkedLine, ...]
    checks: tuple[CheckLine, ...]


def lay_out_review(facts: ReviewFacts, viewer: Viewer) -> ReviewPage:
    """The page for whoever looks."""
    promises, findings = lay_out_promises(facts, viewer), lay_out_findings(facts, viewer)
    slots, tensions = lay_out_slots(facts, viewer), lay_out_tensions(facts)
    decisions, tiles = lay_out_decisions(facts, viewer), lay_out_tiles(facts, viewer)
    checks = lay_out_checks(facts)
    counts = {
        "tiles": (sum(each.status == "red" for each in tiles), "red"),
        "commitments": (promises.waiting, "red"),
        "findings": (findings.count, "amber"),
        "slots": (sum(not each.calm for each in slots), ""),
        "tensions": (len(tensions), "amber"),
        "decisions": (len(decisions.overdue), "red"),
        "parked": (len(facts.parked), ""),
        "close": (sum(not each.done for each in checks), "amber"),
    }
    return ReviewPage(
        period=facts.period,
        href=f"/reviews/{facts.period}",
        month=word_period(parse_period(facts.period)),
        organization=facts.organization,
        revision=facts.revision,
        parts=_TEMPLATES,
        stops=tuple(_make_stop(part, *counts.get(part, (0, ""))) for part in PARTS),
        head=lay_out_head(facts, viewer),
        tiles=tiles,
        promises=promises,
        findings=findings,
        slots=tuple(each for each in slots if not each.calm),
        calm=tuple(each for each in slots if each.calm),
        tensions=tensions,
        decisions=decisions,
        pulse=lay_out_pulse(facts, viewer),
        parked=lay_out_parked(facts, viewer),
        checks=checks,
    )


def _make_stop(part: str, count: int, tone: str) -> Stop:
    return Stop(f"#review-{part}", PARTS[part].title, str(count) if count else "", tone)
