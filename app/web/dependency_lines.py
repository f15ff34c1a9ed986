"""What became of a dependency, in words, and which answers it takes. Answering is in `dependencies`."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from app.domain.dependencies import Answer, list_answers
from app.domain.linkage.names import write_link_code
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor, Permission, Place, may
from app.domain.words import DependencyState
from app.queries.goals_rows import LinkRow

_TONES = {
    DependencyState.REQUESTED: "blue",
    DependencyState.ACCEPTED: "green",
    DependencyState.DECLINED: "amber",
    DependencyState.DELIVERED: "green",
}
_WORDS = {
    DependencyState.REQUESTED: "not answered yet",
    DependencyState.ACCEPTED: "promised",
    DependencyState.DECLINED: "declined",
    DependencyState.DELIVERED: "delivered",
}
_PENDING = frozenset({DependencyState.REQUESTED, DependencyState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class DependencyLine:
    """A dependency: its state, by when it is needed, what was said, and where one answers."""

    state: str
    tone: str
    needed: str | None
    late: str | None
    said: str | None
    accept: str | None
    decline: str | None
    deliver: str | None


def tell_dependency(row: LinkRow, person: Actor, today: date) -> DependencyLine | None:
    """The dependency that a link is; None for any other link."""
    if row.answer is None:
        return None
    people = frozenset() if row.target_owner is None else frozenset({row.target_owner})
    place = Place(row.target_department, people)
    open_answers = list_answers(row.answer) if may(person, Permission.GOALS_WRITE, on=place) else []
    href = f"/links/{quote(write_link_code(row.source_code, row.target_code, row.type), safe=':')}"
    answers = {answer: f"{href}/{answer.value}" for answer in open_answers}
    return DependencyLine(
        state=_WORDS[row.answer],
        tone=_TONES[row.answer],
        needed=f"needed by {word_day(row.need_by)}" if row.need_by else None,
        late=_say_late(row, today),
        said=_say(row),
        accept=answers.get(Answer.ACCEPT),
        decline=answers.get(Answer.DECLINE),
        deliver=answers.get(Answer.DELIVER),
    )


def _say_late(row: LinkRow, today: date) -> str | None:
    if row.need_by is None or row.answer not in _PENDING or row.need_by >= today:
        return None
    return f"{word_count((today - row.need_by).days, 'day')} late"


def _say(row: LinkRow) -> str | None:
    by = f", {row.answered_by}" if row.answered_by else ""
    if row.answer is DependencyState.DECLINED and row.decline_reason:
        return f"“{row.decline_reason}”{by}"
    if row.answer is DependencyState.DELIVERED and row.delivered_on:
        return f"on {word_day(row.delivered_on)}{by}"
    return f"by {row.answered_by}" if row.answered_by else None
