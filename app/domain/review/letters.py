"""What mails say about a review: that it is open, and what came of it. To whom they go is decided elsewhere.

No figure of engagement and nothing private is in them: what was promised and decided, everybody at the table
heard. An address stands alone on its line.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.domain.digests import Letter
from app.domain.linkage.wording import word_count, word_day, word_period
from app.domain.periods import parse_period
from app.domain.review.facts import DecisionFact, Promise, ReviewFacts

T = TypeVar("T")
MOST_TOLD = 30


@dataclass(frozen=True, slots=True)
class Opening:
    """What there is to say of a review that is open. `chair`: a name."""

    period: str
    organization: str
    meets_on: date | None
    chair: str | None


def compose_review_opened(opening: Opening, *, slots: Sequence[str] = ()) -> Letter:
    """When it meets, and what to prepare. `slots`: codes of the departments that the reader speaks for.

    >>> compose_review_opened(Opening("2026-10", "Larkmoor", date(2026, 11, 10), None)).subject
    'Review of October 2026, on 10 November 2026'
    """
    month = word_period(parse_period(opening.period))
    meets = f" and meets on {word_day(opening.meets_on)}" if opening.meets_on else ""
    chaired = f" {opening.chair} chairs it." if opening.chair else ""
    here = f"/reviews/{opening.period}"
    parts = [f"The review of {month} at {opening.organization} is open{meets}.{chaired}"]
    if slots:
        turn = "Your turn, as it stands:" if len(slots) == 1 else "Your turns, as they stand:"
        parts.append("\n".join([turn, *(f"  {here}#slot-{code}" for code in slots)]))
    parts.append(f"Values that come in until then are part of it:\n  /updates?period={opening.period}")
    parts.append(f"The whole review:\n  {here}")
    on = f", on {word_day(opening.meets_on)}" if opening.meets_on else ""
    return Letter(f"Review of {month}{on}", _join(parts))


def compose_review_summary(facts: ReviewFacts, *, reader: str) -> Letter:
    """What came of a closed review, for the owner with the id `reader`: their own promises first."""
    month, made, taken = word_period(parse_period(facts.period)), facts.promises.made, facts.decisions.taken
    mine = [each for each in made if each.owner.id == reader]
    asked = [each for each in made if each.partner is not None and each.partner.id == reader]
    others = [each for each in made if each not in mine and each not in asked]
    revision = f" (revision {facts.revision})" if facts.revision > 1 else ""
    again = f" again{revision}" if revision else ""
    parked = sum(each.state == "open" for each in facts.parked)
    parts = [
        f"The review of {month} at {facts.organization} is closed{again}.",
        *_list_part("You promised", mine, _tell_own, lambda each: f"/commitments/{each.commitment.code}"),
        *_list_part(
            "You ask after", asked, _tell_promise, lambda each: f"/commitments/{each.commitment.code}"
        ),
        *_list_part("Others promised", others, _tell_promise),
        *_list_part("Decided", taken, _tell_decision, lambda each: f"/decisions/{each.decision.code}"),
        *([f"{word_count(parked, 'thing')} put aside for later."] if parked else []),
        f"All of it, as it was:\n  /reviews/{facts.period}",
    ]
    count = f"{word_count(len(made), 'promise')}, {word_count(len(taken), 'decision')}"
    return Letter(f"Review of {month}{revision}: {count}", _join(parts))


def _list_part(
    heading: str,
    things: Sequence[T],
    tell: Callable[[T], str],
    address: Callable[[T], str] | None = None,
) -> list[str]:
    """A heading and its lines, or nothing where there are none."""
    lines = [heading] if things else []
    for each in things[:MOST_TOLD]:
        lines.append(f"- {tell(each)}")
        lines += [f"  {address(each)}"] if address else []
    if len(things) > MOST_TOLD:
        lines.append(f"- and {len(things) - MOST_TOLD:,} more")
    return ["\n".join(lines)] if lines else []


def _tell_own(promise: Promise) -> str:
    return f"{promise.commitment.code} {promise.commitment.name}, by {word_day(promise.due_on)}"


def _tell_promise(promise: Promise) -> str:
    return f"{promise.owner.name}: {_tell_own(promise)}"


def _tell_decision(fact: DecisionFact) -> str:
    told = f"{fact.decision.code} {fact.decision.name}"
    return f"{told}: {' '.join(fact.chosen.split())}" if fact.chosen else told


def _join(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"
