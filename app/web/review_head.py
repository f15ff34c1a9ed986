"""The head of a review: who is there, whose values are missing, the score, and what changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.domain.linkage.wording import word_count, word_period
from app.domain.periods import parse_period
from app.domain.review.facts import ChangeSince, Header, Missing, ReviewFacts, Turn
from app.domain.reviews import Attendance, ReviewStatus
from app.domain.scoring import Direction
from app.web.forms import Form
from app.web.kpi_figures import Move
from app.web.review_viewer import KPI, PERSON, Name, Viewer, say_change, say_date, write_number

STATES = {
    ReviewStatus.PREPARING: ("Preparing", "amber"),
    ReviewStatus.IN_SESSION: ("In session", "violet"),
    ReviewStatus.CLOSED: ("Closed", "green"),
}
CHANGES_SHOWN = 6
KPIS_NAMED = 3
# While values are still awaited, who owes them is seen at once, unless that is half the house.
MISSING_OPEN = 12
# What to call a number of changes, and in which order they stand: what got worse before what got better.
_TURNS: dict[tuple[Turn, bool | None], tuple[str, str, str]] = {
    (Turn.STATUS, False): ("got worse", "got worse", "red"),
    (Turn.FINDING_NEW, None): ("new finding", "new findings", "red"),
    (Turn.DUE_DATE, None): ("date moved", "dates moved", "amber"),
    (Turn.OWNER, None): ("changed hands", "changed hands", ""),
    (Turn.STATUS, None): ("changed its status", "changed their status", ""),
    (Turn.STATUS, True): ("got better", "got better", "green"),
    (Turn.FINDING_FIXED, None): ("finding fixed", "findings fixed", "green"),
}


class Guest(NamedTuple):
    """Somebody who is expected. `id` says who to the form, `becomes` what a press makes of them."""

    id: str
    name: str
    state: str
    is_there: bool

    @property
    def becomes(self) -> str:
        """What the button says, as it was drawn: pressed twice at once, it says the same twice."""
        return Attendance.ABSENT.value if self.is_there else Attendance.PRESENT.value


class MissingLine(NamedTuple):
    """Whose values are missing: which, and how many more than are named."""

    person: Name
    department: str
    kpis: tuple[Name, ...]
    more: int


class ChangeGroup(NamedTuple):
    """Changes of one kind: how many in words, the first of them, and how many more there are."""

    title: str
    tone: str
    lines: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class HeadView:
    """The head as the page prints it."""

    state: str
    tone: str
    meets: str
    chair: Name | None
    arranging: Form[Any]
    guests: tuple[Guest, ...]
    there: str
    received: int
    expected: int
    missing: tuple[MissingLine, ...]
    missing_words: str
    shows_missing: bool
    score: str
    is_scored: bool
    move: Move | None
    compared: str
    since: str
    changes: tuple[ChangeGroup, ...]


def lay_out_head(facts: ReviewFacts, viewer: Viewer) -> HeadView:
    """The head for whoever looks."""
    head = facts.header
    state, tone = STATES[viewer.status]
    step = None
    if head.score is not None and head.score_before is not None:
        step = round(head.score - head.score_before, 1)
    return HeadView(
        state=state,
        tone=tone,
        meets=f"{head.meets_on:%A, %-d %B %Y}" if head.meets_on else "no day arranged yet",
        chair=viewer.name(head.chair, PERSON) if head.chair else None,
        arranging=viewer.find_refused("arrange") or _fill_arranging(head),
        guests=tuple(
            Guest(each.person.id, each.person.name, each.state.value, each.state is Attendance.PRESENT)
            for each in head.attendance
        ),
        there=_say_attendance(head, viewer),
        received=head.updates_received,
        expected=head.updates_expected,
        missing=tuple(_tell_missing(each, viewer) for each in head.missing),
        missing_words=_count_missing(head.missing),
        shows_missing=viewer.status is ReviewStatus.PREPARING and len(head.missing) <= MISSING_OPEN,
        score=write_number(None if head.score is None else round(head.score, 1)),
        move=say_change(step, Direction.HIGHER),
        is_scored=head.score is not None,
        compared=_say_compared(head, step),
        since=word_period(parse_period(head.previous)) if head.previous else "",
        changes=_group_changes(head.changes, facts.as_of),
    )


def _say_compared(head: Header, step: float | None) -> str:
    """What the score is compared with, or why with nothing."""
    if head.score is None:
        return "not checked then"
    if step is None or head.previous is None:
        return "no score to compare with yet"
    before = word_period(parse_period(head.previous))
    return f"unchanged since {before}" if step == 0 else f"since {before}"


def _say_attendance(head: Header, viewer: Viewer) -> str:
    states = [each.state for each in head.attendance]
    there = states.count(Attendance.PRESENT)
    if viewer.status is ReviewStatus.PREPARING and there == 0:
        return f"{len(states)} expected"
    away = (Attendance.EXCUSED, Attendance.ABSENT)
    told = [f"{number} {state.value}" for state in away if (number := states.count(state))]
    return ", ".join([f"{there} of {len(states)} there", *told])


def _fill_arranging(head: Header) -> Form[Any]:
    chair = head.chair.code if head.chair else None
    return Form(values={"meets_on": str(head.meets_on or ""), "chair": chair})


def _count_missing(missing: Sequence[Missing]) -> str:
    values = word_count(sum(len(each.kpis) for each in missing), "value")
    return f"{values} missing, from {len(missing)} {'person' if len(missing) == 1 else 'people'}"


def _tell_missing(missing: Missing, viewer: Viewer) -> MissingLine:
    return MissingLine(
        person=viewer.name(missing.person, PERSON),
        department=missing.department.name if missing.department else "",
        kpis=tuple(viewer.name(each, KPI) for each in missing.kpis[:KPIS_NAMED]),
        more=max(0, len(missing.kpis) - KPIS_NAMED),
    )


def _group_changes(changes: Sequence[ChangeSince], as_of: date) -> tuple[ChangeGroup, ...]:
    groups: dict[tuple[Turn, bool | None], list[ChangeSince]] = defaultdict(list)
    for each in changes:
        groups[each.turn, each.better if each.turn is Turn.STATUS else None].append(each)
    return tuple(
        ChangeGroup(
            f"{len(found)} {one if len(found) == 1 else many}",
            tone,
            tuple(_say_turn(each, as_of) for each in found[:CHANGES_SHOWN]),
            max(0, len(found) - CHANGES_SHOWN),
        )
        for key, (one, many, tone) in _TURNS.items()
        if (found := groups.get(key))
    )


def _say_turn(change: ChangeSince, as_of: date) -> str:
    if change.before is None or change.after is None:
        return change.about.name
    before, after = change.before, change.after
    if change.turn is Turn.DUE_DATE:
        before, after = (say_date(date.fromisoformat(day), near=as_of) for day in (before, after))
    return f"{change.about.name}: {before} → {after}"
