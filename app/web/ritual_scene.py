"""What the page of one occurrence shows: the record as a form, its outcomes, who was there, and votes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le

from app.deps import SessionDep
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor
from app.domain.rituals import (
    FEWEST_VOTERS,
    Occurrence,
    OccurrenceState,
    OutcomeTopic,
    RitualKind,
    last_vote_day,
    list_occurrences,
    publish_votes,
)
from app.domain.words import Level
from app.errors import NotFound
from app.models.base import Line, Prose, Reference
from app.models.owners import Owner
from app.models.rituals import MOST_HEADS, Ritual, RitualOccurrence
from app.queries._find import load_named
from app.queries.organization import today_of
from app.queries.rituals import (
    count_votes,
    find_held_day,
    find_own_vote,
    find_stored,
    list_participants,
    may_write_ritual,
    read_kept,
    read_schedule,
)
from app.web.forms import Contract, Form
from app.web.ritual_lines import SCORES, TOPICS, tell_occurrence
from app.web.saving import OK

# What an off-site asks each time.
OFFSITE = (OutcomeTopic.KEEP, OutcomeTopic.CHANGE, OutcomeTopic.CHALLENGE, OutcomeTopic.MARKET)
Names = Mapping[UUID, tuple[str, str]]


class OutcomeRow(Contract):
    """A row of the form; one without a text says nothing."""

    topic: OutcomeTopic
    about: Line | None = None
    text: Line | None = None
    commitment: Reference | None = None
    parked: bool = False


class KeptForm(Contract):
    """What the form asks of an occurrence that took place."""

    attended: list[Reference] = []  # noqa: RUF012  (pydantic copies it)
    headcount: Annotated[int, Ge(0), Le(MOST_HEADS)] | None = None
    note: Prose | None = None
    outcomes: list[OutcomeRow] = []  # noqa: RUF012  (pydantic copies it)


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """What came of something: the question, the answer, and where it goes on."""

    question: str
    text: str
    commitment: str | None
    parked: bool


@dataclass(frozen=True, slots=True)
class AskedOutcome:
    """A row to fill in: its place among the rows, what it is about, and the question."""

    number: int
    topic: str
    about: str
    question: str


@dataclass(frozen=True, slots=True)
class ScoreButton:
    """One vote that can be given."""

    score: int
    word: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class VoteBar:
    """How many gave one score, beside the most that gave any."""

    score: int
    word: str
    count: int
    most: int


@dataclass(frozen=True, slots=True)
class Scene:
    """Which occurrence is shown, and the form that was refused: that of the record, or another one."""

    ritual: Ritual
    day: date
    status: int = OK
    kept: Form[Any] | None = None
    other: Form[Any] | None = None


async def gather_scene(session: SessionDep, person: Actor, scene: Scene) -> dict[str, Any]:
    """Everything that the templates of an occurrence need, whatever is known of it."""
    row, today = scene.ritual, await today_of(session)
    stored = await find_stored(session, row.id, scene.day)
    each = _find_occurrence(scene, stored)
    people = await list_participants(session, row)
    there = [UUID(one) for one in stored.attended] if stored else []
    names = await load_named(session, {"owners": set(there)})
    keeps = may_write_ritual(person, row) and (stored is not None or row.archived_at is None)
    context: dict[str, Any] = {
        "row": row,
        "day": scene.day,
        "action": f"/rituals/{row.code}/{scene.day}",
        "line": tell_occurrence(row, each, stored, today),
        "state": each.state.value,
        "has_come": each.starts_at.date() <= today,
        "keeps": keeps,
        "stored": stored,
        "attended": sorted(names.values(), key=lambda name: name[1].lower()),
        "levels": _count_levels(people, set(there)),
        "only_counted": row.kind is RitualKind.INFORMAL,
        "outcomes": [_tell_outcome(one) for one in stored.outcomes] if stored else [],
        "form": scene.kept or _fill_kept(row, stored, names),
        "choices": _list_choices(people, names),
        "moves": scene.other or Form(values={"to": f"{each.starts_at:%Y-%m-%dT%H:%M}"}),
        "refused": " ".join(scene.other.errors.values()) if scene.other else "",
    }
    context["asked"] = _list_asked(context["form"].values)
    return context | await _gather_votes(
        session, person, stored, {*there, *(one.id for one in people)}, today
    )


async def _gather_votes(
    session: SessionDep, person: Actor, stored: RitualOccurrence | None, present: set[UUID], today: date
) -> dict[str, Any]:
    if stored is None or stored.state is not OccurrenceState.KEPT or stored.settled_on is None:
        return {"scores": [], "voting": "", "usefulness": None, "bars": []}
    until = last_vote_day(find_held_day(stored), stored.settled_on)
    counts = (await count_votes(session, [stored.id]))[stored.id]
    mine = await find_own_vote(session, stored.id, actor=person)
    is_open = today <= until
    usefulness = publish_votes(counts, closed=not is_open)
    most = max(usefulness.counts) if usefulness else 0
    return {
        "scores": _list_scores(mine) if is_open and person.id in present else [],
        "voting": _say_voting(sum(counts.values()), until, is_open=is_open),
        "usefulness": usefulness,
        "bars": [
            VoteBar(score, SCORES[score - 1], count, most) for score, count in enumerate(usefulness.counts, 1)
        ]
        if usefulness
        else [],
    }


def _list_scores(mine: int | None) -> list[ScoreButton]:
    return [ScoreButton(score, word, score == mine) for score, word in enumerate(SCORES, 1)]


def _say_voting(voters: int, until: date, *, is_open: bool) -> str:
    voted = f"{word_count(voters, 'person') if voters == 1 else f'{voters} people'} voted"
    if is_open:
        return (
            f"{voted}. Until {word_day(until)} a vote can change; only then are votes shown, and never whose."
        )
    if voters < FEWEST_VOTERS:
        return f"{voted}: fewer than {FEWEST_VOTERS} are not shown."
    return f"{voted}."


def _find_occurrence(scene: Scene, stored: RitualOccurrence | None) -> Occurrence:
    kept = [read_kept(stored)] if stored else []
    schedule = read_schedule(scene.ritual)
    found = list_occurrences(schedule, kept, first=scene.day, last=scene.day)
    if not found or (scene.ritual.archived_at is not None and stored is None):
        raise NotFound(f"{scene.ritual.code} has no occurrence on {scene.day}.")
    return found[0]


def _count_levels(people: Sequence[Owner], there: set[UUID]) -> list[str]:
    """How many of each level came, of how many that were asked: what a forum across levels is about."""
    told = []
    for level in Level:
        asked = [one for one in people if one.level is level]
        if asked:
            came = sum(one.id in there for one in asked)
            told.append(f"{level.value} {came} of {len(asked)}")
    return told


def _tell_outcome(told: Mapping[str, Any]) -> OutcomeLine:
    question = told["about"] or TOPICS[OutcomeTopic(told["topic"])]
    return OutcomeLine(question, told["text"], told["commitment"], told["parked"])


def _fill_kept(ritual: Ritual, stored: RitualOccurrence | None, names: Names) -> Form[KeptForm]:
    """The record as it is; before there is one, nobody is ticked."""
    rows = list(_list_rows(ritual, stored))
    values: dict[str, Any] = {
        "attended": [email for email, _ in names.values()],
        "headcount": "" if stored is None or stored.headcount is None else str(stored.headcount),
        "note": stored.note if stored else None,
        "outcomes": len(rows),
    }
    for number, each in enumerate(rows):
        values |= {f"outcomes.{number}.{name}": value for name, value in each.items()}
    return Form(values=values)


def _list_rows(ritual: Ritual, stored: RitualOccurrence | None) -> Iterator[dict[str, Any]]:
    """What was said, then an empty row for each question that still has none; an off-site may always add."""
    said = stored.outcomes if stored else []
    yield from said
    if ritual.kind is RitualKind.QUARTERLY_OFFSITE:
        yield from ({"topic": topic.value, "about": None} for topic in OFFSITE)
        return
    answered = {each["about"] for each in said}
    for objective in ritual.objectives:
        if objective not in answered:
            yield {"topic": OutcomeTopic.OBJECTIVE.value, "about": objective}
    yield {"topic": OutcomeTopic.OBJECTIVE.value, "about": None}


def _list_asked(values: Mapping[str, Any]) -> list[AskedOutcome]:
    """The rows of the form, whoever filled them in."""
    asked = []
    for number in range(int(values.get("outcomes") or 0)):
        topic = str(values.get(f"outcomes.{number}.topic") or OutcomeTopic.OBJECTIVE.value)
        about = values.get(f"outcomes.{number}.about")
        known = topic in {each.value for each in OutcomeTopic}
        question = about or TOPICS[OutcomeTopic(topic) if known else OutcomeTopic.OBJECTIVE]
        asked.append(AskedOutcome(number, topic, about or "", str(question)))
    return asked


def _list_choices(people: Sequence[Owner], names: Names) -> list[tuple[str, str, str]]:
    """Whom to tick: who is invited, and who was there all the same."""
    known = {one.email: (one.email, one.name, one.title or "") for one in people}
    return list(known.values()) + [(*name, "") for name in names.values() if name[0] not in known]
