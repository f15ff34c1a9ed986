"""The story of a decision: what happened to it in order, and what lies ahead. No route lives here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.decisions import DecisionStatus, find_limit_day
from app.domain.linkage.wording import word_count, word_day
from app.models.decisions import Decision, DecisionRound
from app.queries.decisions import DecisionParts, Writer

Names = Mapping[UUID, tuple[str, str]]
# What comes first on one day.
_RAISED, _REOPENED, _ESCALATED, _ENDED, _DISSENTED, _REVIEWED = range(6)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """Something that happened: when, what in a few words, what was said, and what stands beside."""

    at: date
    rank: int
    heading: str
    said: str | None = None
    beside: str | None = None
    kind: str = ""

    @property
    def day(self) -> str:
        """When, in words."""
        return word_day(self.at)


def tell_story(
    decision: Decision, parts: DecisionParts, names: Names, writers: Sequence[Writer | None]
) -> list[StoryLine]:
    """Everything that happened, the first thing first. `writers`: of each time it was decided."""
    lines = [StoryLine(decision.raised_on, _RAISED, "Raised", decision.why, kind="raised")]
    rounds: list[Decision | DecisionRound] = [*parts.rounds, decision]
    scribes = _name_scribes(rounds, writers)
    for number, each in enumerate(rounds):
        if number:
            lines.append(
                StoryLine(each.opened_on, _REOPENED, "Re-opened", each.reopen_reason, kind="reopened")
            )
        lines += _tell_end(each, names, scribes[number])
    for dissent in parts.dissents:
        who = names[dissent.owner_id][1]
        heading = f"{who} commits with a concern"
        lines.append(StoryLine(dissent.said_on, _DISSENTED, heading, dissent.concern, kind="dissent"))
    for step in parts.escalations:
        heading = f"Handed to {names[step.to_id][1]} by {step.escalated_by}"
        lines.append(StoryLine(step.escalated_on, _ESCALATED, heading, step.reason, kind="escalated"))
    return sorted(lines, key=lambda line: (line.at, line.rank))


def _name_scribes(
    rounds: Sequence[Decision | DecisionRound], writers: Sequence[Writer | None]
) -> list[str | None]:
    """For each round who wrote down its end, where that was not whoever decided."""
    ends = [each for each in rounds if each.status is DecisionStatus.DECIDED]
    if len(ends) != len(writers):
        return [None] * len(rounds)
    wrote = {id(each): writer for each, writer in zip(ends, writers, strict=True)}
    return [name_scribe(each, wrote.get(id(each))) for each in rounds]


def name_scribe(each: Decision | DecisionRound, writer: Writer | None) -> str | None:
    """Who wrote down what was decided, where that was not whoever decided it."""
    return None if writer is None or writer.id == each.decider_id else writer.name


def _tell_end(each: Decision | DecisionRound, names: Names, scribe: str | None) -> Iterator[StoryLine]:
    if each.ended_on is None:
        return
    if each.status is DecisionStatus.WITHDRAWN:
        yield StoryLine(each.ended_on, _ENDED, "Withdrawn", each.end_reason, kind="withdrawn")
        return
    days = (each.ended_on - each.opened_on).days
    beside = ["on the same day" if days == 0 else f"after {word_count(days, 'day')}"]
    if each.decider_id is not None:
        beside.insert(0, f"by {names[each.decider_id][1]}")
    if scribe is not None:
        beside.append(f"written down by {scribe}")
    if each.forecast is not None:
        beside.append(f"{each.forecast} % sure that it turns out as expected")
    yield StoryLine(
        each.ended_on, _ENDED, f"Decided: {each.chosen}", each.rationale, ", ".join(beside), "decided"
    )
    if each.reviewed_on is not None:
        expected = "as expected" if each.as_expected else "not as expected"
        heading = f"Outcome {each.rating} of 5, {expected}"
        yield StoryLine(each.reviewed_on, _REVIEWED, heading, each.outcome_note, kind="reviewed")


def tell_ahead(decision: Decision, limit_days: int | None, today: date) -> list[StoryLine]:
    """What is still to come, or should have."""
    if decision.archived_at is not None:
        return []
    if decision.status is DecisionStatus.OPEN:
        days = [
            (find_limit_day(decision.opened_on, limit_days), "The time limit ends", "The time limit ended"),
            (decision.needed_by, "It is needed by then", "It was needed by then"),
        ]
    elif decision.status is DecisionStatus.DECIDED and decision.reviewed_on is None:
        days = [(decision.review_on, "The outcome is reviewed", "The outcome was to be reviewed")]
    else:
        days = []
    lines = [
        StoryLine(day, _RAISED, past if day < today else ahead, kind="late" if day < today else "ahead")
        for day, ahead, past in days
        if day is not None
    ]
    return sorted(lines, key=lambda line: line.at)
