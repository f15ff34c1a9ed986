"""Rituals: what they are, their occurrences as the rule and what became of them tell, votes, and skipping.

Expanding a rule to days is in `recurrence`. Times here are wall time where the organization is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.domain.periods import Period
from app.domain.recurrence import Rule, expand_days, find_next_day

FEWEST_VOTERS = 3
VOTE_DAYS = 7
BEST_VOTE = 5
# So long a passed occurrence may wait for somebody to say what became of it.
PATIENCE_DAYS = 7
_LOOK_BACK_DAYS = 800


class RitualKind(StrEnum):
    """What kind of recurring meeting it is."""

    MONTHLY_REVIEW = "monthly_review"
    QUARTERLY_OFFSITE = "quarterly_offsite"
    CROSS_LEVEL_FORUM = "cross_level_forum"
    ALIGNMENT_SESSION = "alignment_session"
    ACCOUNTABILITY_PAIR = "accountability_pair"
    INFORMAL = "informal"


class OccurrenceState(StrEnum):
    """What became of one occurrence."""

    PLANNED = "planned"
    KEPT = "kept"
    SKIPPED = "skipped"


class OutcomeTopic(StrEnum):
    """What an outcome is about: an objective of the meeting, or one of the four questions of an off-site."""

    OBJECTIVE = "objective"
    KEEP = "keep"
    CHANGE = "change"
    CHALLENGE = "challenge"
    MARKET = "market"


class Verdict(StrEnum):
    """What was decided about a ritual for a quarter."""

    KEEP = "keep"
    CHANGE = "change"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a ritual takes place. `ruled_from`: since when this rule holds; nobody awaits earlier days."""

    rule: Rule
    starts_at: datetime
    ruled_from: date


class Kept(NamedTuple):
    """What is stored of one occurrence, named by the day on which the rule has it."""

    day: date
    state: OccurrenceState
    moved_to: datetime | None = None


class Occurrence(NamedTuple):
    """One occurrence: `day` by the rule, `starts_at` as it is now. `said`: is anything stored of it?"""

    day: date
    starts_at: datetime
    state: OccurrenceState = OccurrenceState.PLANNED
    said: bool = False

    @property
    def moved(self) -> bool:
        """Is it on another day than the rule has it?"""
        return self.starts_at.date() != self.day


def list_occurrences(
    schedule: Schedule, stored: Iterable[Kept], *, first: date, last: date
) -> list[Occurrence]:
    """The occurrences whose day by the rule lies from `first` to `last`, in the order of these days.

    What is stored is shown whatever the rule says today; what is not, only where the rule of today says so.
    """
    known = {each.day: each for each in stored if first <= each.day <= last}
    since = max(first, schedule.ruled_from)
    start = schedule.starts_at.date()
    ruled = expand_days(schedule.rule, start, first=since, last=last) if since <= last else []
    return [_tell_occurrence(schedule, day, known.get(day)) for day in sorted({*known, *ruled})]


def _tell_occurrence(schedule: Schedule, day: date, kept: Kept | None) -> Occurrence:
    starts_at = datetime.combine(day, schedule.starts_at.time())
    if kept is None:
        return Occurrence(day, starts_at)
    return Occurrence(day, kept.moved_to or starts_at, kept.state, said=True)


def next_occurrence(schedule: Schedule, stored: Iterable[Kept], *, after: date) -> Occurrence | None:
    """The first occurrence that still takes place after a day: skipped ones are passed over, moved ones count
    where they are now. None when the rule has come to its end, or is silent for sixty years.
    """
    kept = list(stored)
    waiting = [
        _tell_occurrence(schedule, each.day, each)
        for each in kept
        if each.state is OccurrenceState.PLANNED and each.moved_to and each.moved_to.date() > after
    ]
    settled = {each.day for each in kept}
    day: date | None = max(after, schedule.ruled_from - timedelta(days=1))
    start = schedule.starts_at.date()
    while day is not None:
        day = find_next_day(schedule.rule, start, after=day)
        if day is not None and day not in settled:
            waiting.append(_tell_occurrence(schedule, day, None))
            break
    return min(waiting, key=lambda each: each.starts_at, default=None)


def review_month(schedule: Schedule, stored: Iterable[Kept], month: Period) -> date | None:
    """The day on which the review of a month takes place: the first occurrence after the month has ended.

    None where none takes place before the following month has ended, too.
    """
    found = next_occurrence(schedule, stored, after=month.last_day)
    return found.starts_at.date() if found and found.starts_at.date() <= month.next_last_day else None


class Missed(NamedTuple):
    """How a ritual failed to take place: how often in a row, the last such day, whether that was said."""

    times: int
    day: date
    said: bool


def count_missed(schedule: Schedule, stored: Sequence[Kept], *, today: date) -> Missed | None:
    """The occurrences in a row that did not take place, back from the last one that is over.

    Skipped ones count, and those that passed more than seven days ago without a word. One that passed since,
    or one that lies ahead, says nothing yet. None when the last one took place, or there was none. Looks back
    800 days.
    """
    first = today - timedelta(days=_LOOK_BACK_DAYS)
    times, latest = 0, None
    for each in reversed(list_occurrences(schedule, stored, first=first, last=today)):
        day = each.starts_at.date()
        waits = each.state is OccurrenceState.PLANNED and day >= today - timedelta(days=PATIENCE_DAYS)
        if waits:
            continue
        if each.state is OccurrenceState.KEPT:
            break
        times += 1
        latest = latest or each
    if latest is None:
        return None
    return Missed(times, latest.starts_at.date(), latest.state is OccurrenceState.SKIPPED)


def last_vote_day(day: date, settled_on: date) -> date:
    """The last day on which a vote is taken or changed: a week after it took place, or that was said."""
    return max(day, settled_on) + timedelta(days=VOTE_DAYS)


class Usefulness(NamedTuple):
    """How useful something was, as a distribution: how many said 1 to 5. Never who."""

    counts: tuple[int, int, int, int, int]

    @property
    def voters(self) -> int:
        """How many voted."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """The mean vote, from 1 to 5."""
        return sum(score * count for score, count in enumerate(self.counts, 1)) / self.voters


def publish_votes(counts: Mapping[int, int], *, closed: bool) -> Usefulness | None:
    """The votes as everybody may see them: after the last day of voting, and of three or more.

    While people vote nothing is shown: the difference of two looks would be somebody's vote.

    >>> publish_votes({5: 2, 3: 1}, closed=True)
    Usefulness(counts=(0, 0, 1, 0, 2))
    """
    told = Usefulness(tuple(counts.get(score, 0) for score in range(1, BEST_VOTE + 1)))  # type: ignore[arg-type]
    return told if closed and told.voters >= FEWEST_VOTERS else None


class Wrong(NamedTuple):
    """What is wrong with a ritual, at which field."""

    field: str
    code: str
    sentence: str


def find_ritual_problems(
    kind: RitualKind, *, objectives: int, others: int, groups: int, start: date, rule: Rule
) -> Iterator[Wrong]:
    """What cannot be: `others` are the invited besides the host, `groups` levels and departments."""
    if kind is RitualKind.ALIGNMENT_SESSION and not objectives:
        detail = "An alignment session has at least one objective: what is to be settled there?"
        yield Wrong("objectives", "no_objective", detail)
    if kind is RitualKind.ACCOUNTABILITY_PAIR and (others, groups) != (1, 0):
        yield Wrong("invited", "not_a_pair", "A pair is the host and exactly one other person.")
    days = expand_days(rule, start, first=start, last=start)
    if not days:
        following = find_next_day(rule, start, after=start)
        hint = f"the first such day is {following}." if following else "no day is named by it."
        yield Wrong("starts_at", "not_in_rule", f"{start} is no day of this rule; {hint}")
