"""Rituals in words and lines: kinds, moments of the wall clock, occurrences, usefulness. No routes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from markupsafe import Markup

from app.domain.linkage.wording import word_count
from app.domain.recurrence_words import tell_rule
from app.domain.rituals import (
    BEST_VOTE,
    Occurrence,
    OccurrenceState,
    OutcomeTopic,
    RitualKind,
    Usefulness,
    last_vote_day,
    list_occurrences,
    next_occurrence,
    publish_votes,
)
from app.models.rituals import Ritual, RitualOccurrence
from app.queries.rituals import find_held_day, read_kept, read_schedule
from app.web.charts.sparklines import sparkline

KINDS = {
    RitualKind.MONTHLY_REVIEW: "Monthly review",
    RitualKind.QUARTERLY_OFFSITE: "Off-site",
    RitualKind.CROSS_LEVEL_FORUM: "Cross-level forum",
    RitualKind.ALIGNMENT_SESSION: "Alignment session",
    RitualKind.ACCOUNTABILITY_PAIR: "Accountability pair",
    RitualKind.INFORMAL: "Informal",
}
TOPICS = {
    OutcomeTopic.OBJECTIVE: "What came of it",
    OutcomeTopic.KEEP: "What works and stays",
    OutcomeTopic.CHANGE: "What has to change",
    OutcomeTopic.CHALLENGE: "What is coming up",
    OutcomeTopic.MARKET: "What changed in the market",
}
SCORES = ("wasted", "of little use", "of some use", "useful", "very useful")
A_YEAR = timedelta(days=365)
_TONES = {OccurrenceState.KEPT: "green", OccurrenceState.SKIPPED: "amber", OccurrenceState.PLANNED: "blue"}


def say_moment(at: datetime) -> str:
    """A moment of the wall clock: `Tuesday 10 November 2026, 09:00`."""
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M}"


def say_duration(minutes: int) -> str:
    """How long it takes: `45 minutes`, `1 hour`, `2 hours 30 minutes`."""
    hours, rest = divmod(minutes, 60)
    parts = [word_count(hours, "hour") if hours else "", word_count(rest, "minute") if rest else ""]
    return " ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class OccurrenceLine:
    """An occurrence in a list: when, what, where its page is, a word on it and its colour."""

    when: str
    starts_at: datetime
    name: str
    href: str
    state: str
    tone: str
    said: list[str]


def tell_occurrence(
    ritual: Ritual, each: Occurrence, stored: RitualOccurrence | None, today: date
) -> OccurrenceLine:
    """An occurrence as a line. What has passed without a word is asked for."""
    is_open = each.state is OccurrenceState.PLANNED
    silent = is_open and each.starts_at.date() < today
    state = "moved" if is_open and each.moved else each.state.value
    return OccurrenceLine(
        when=say_moment(each.starts_at),
        starts_at=each.starts_at,
        name=ritual.name,
        href=f"/rituals/{ritual.code}/{each.day}",
        state="what became of it?" if silent else state,
        tone="red" if silent else _TONES[each.state],
        said=[ritual.name, *_say_more(stored, each, ritual)],
    )


def _say_more(stored: RitualOccurrence | None, each: Occurrence, ritual: Ritual) -> list[str]:
    if stored is None:
        return [ritual.location] if ritual.location else []
    if stored.state is OccurrenceState.SKIPPED:
        return [stored.reason or ""]
    if stored.state is OccurrenceState.PLANNED:
        was = say_moment(datetime.combine(each.day, ritual.starts_at.time()))
        return [f"instead of {was}"] if each.moved else []
    there = len(stored.attended) if stored.headcount is None else stored.headcount
    outcomes = len(stored.outcomes)
    return [f"{there} there"] * bool(there) + [word_count(outcomes, "outcome")] * bool(outcomes)


@dataclass(frozen=True, slots=True)
class RitualLine:
    """A ritual in a list: when next, how it went in the last year, how useful people found it."""

    code: str
    name: str
    kind: str
    rhythm: str
    host: str
    purpose: str | None
    next_when: str
    next_href: str | None
    went: str
    skipped: list[str]
    trend: Markup | None
    usefulness: str


class Told(NamedTuple):
    """What is known of one ritual: its row, what is stored of the last year and later, and the votes."""

    ritual: Ritual
    stored: Sequence[RitualOccurrence]
    votes: dict[date, Usefulness]


def read_votes(
    stored: Iterable[RitualOccurrence], counts: dict[object, dict[int, int]], today: date
) -> dict[date, Usefulness]:
    """The votes that may be shown, by the day of their occurrence."""
    told = {}
    for row in stored:
        if row.state is not OccurrenceState.KEPT or row.settled_on is None:
            continue
        over = last_vote_day(find_held_day(row), row.settled_on) < today
        if published := publish_votes(counts.get(row.id, {}), closed=over):
            told[row.day] = published
    return told


def tell_ritual(told: Told, host: str, today: date) -> RitualLine:
    """A ritual as a card of the list."""
    row = told.ritual
    schedule = read_schedule(row)
    kept = [read_kept(each) for each in told.stored]
    coming = next_occurrence(schedule, kept, after=today - timedelta(days=1))
    past = list_occurrences(schedule, kept, first=today - A_YEAR, last=today)
    over = [
        each for each in past if each.starts_at.date() < today or each.state is not OccurrenceState.PLANNED
    ]
    held = sum(each.state is OccurrenceState.KEPT for each in over)
    means = [round(each.mean, 2) for _, each in sorted(told.votes.items())]
    return RitualLine(
        code=row.code,
        name=row.name,
        kind=KINDS[row.kind],
        rhythm=tell_rule(schedule.rule, row.starts_at.date()),
        host=host,
        purpose=row.purpose,
        next_when=say_moment(coming.starts_at) if coming else "nothing comes any more",
        next_href=f"/rituals/{row.code}/{coming.day}" if coming else None,
        went=f"{held} of {len(over)} took place in twelve months" if over else "none has been yet",
        skipped=[
            f"{each.day.day} {each.day:%B}: {each.reason}"
            for each in told.stored
            if each.state is OccurrenceState.SKIPPED and today - A_YEAR / 2 <= each.day <= today
        ],
        trend=sparkline(means, label=f"{row.name}: how useful, one to five") if len(means) > 1 else None,
        usefulness=f"{means[-1]:.1f} of {BEST_VOTE}" if means else "",
    )
