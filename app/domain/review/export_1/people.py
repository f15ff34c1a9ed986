"""The parts of the HTML export that are about people: who is there, what is missing, changes, commitments."""

from collections.abc import Sequence

from app.domain.review.export_1.markup import Markup, bullets, join, table
from app.domain.review.export_1.words import (
    NOTHING,
    write_day,
    write_name,
    write_names,
    write_words,
)
from app.domain.review.facts import Promise, ReviewFacts


def write_attendance(facts: ReviewFacts) -> Markup:
    """A line for each leader."""
    return bullets(f"{each.person.name}: {each.state.value}" for each in facts.header.attendance)


def write_missing(facts: ReviewFacts) -> Markup:
    """Whose updates are missing, by name."""
    return bullets(f"{each.person.name}: {write_names(each.kpis)}" for each in facts.header.missing)


def write_changes(facts: ReviewFacts) -> Markup:
    """What changed since the last review."""
    rows = [
        (each.about.name, write_words(each.turn.value), each.before or NOTHING, each.after or NOTHING)
        for each in facts.header.changes
    ]
    return table("Since the last review", ("What", "Changed", "From", "To"), rows)


def write_promises(facts: ReviewFacts) -> Markup:
    """Those of the last review, and those of this one."""
    return join(
        [
            _write_list("From the last review", facts.promises.last),
            _write_list("Made now", facts.promises.made),
        ]
    )


def _write_list(caption: str, promises: Sequence[Promise]) -> Markup:
    rows = [
        (
            each.commitment.name,
            each.owner.name,
            write_name(each.partner),
            write_day(each.due_on),
            each.outcome,
            each.said or "",
        )
        for each in promises
    ]
    return table(caption, ("Commitment", "Who", "Asks after it", "By", "Outcome", "What will change"), rows)
