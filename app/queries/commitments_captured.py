"""What a line says that promises something: whose, by when, about what. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.capture import PERSON, SUBJECT, Choice, Unknown, list_marked, read_capture
from app.domain.permissions import Actor, ActorKind
from app.models.decisions import Decision
from app.models.goals import Goal
from app.models.kpis import Kpi
from app.models.objectives import Objective
from app.models.owners import Owner
from app.queries._reach import shows
from app.queries.organization import today_of
from app.queries.owners import visible_owners

LONGEST_WHAT = 200
# Of what a mark may mean, in the order in which one code is looked for.
_SUBJECTS: tuple[tuple[str, str, Any, str], ...] = (
    ("goal", "goals", Goal, "title"),
    ("goal", "objectives", Objective, "title"),
    ("kpi", "kpis", Kpi, "name"),
    ("decision", "decisions", Decision, "title"),
)
_CALLED = {"goal": "goal or objective", "kpi": "KPI", "decision": "decision"}
MOST_CANDIDATES = 60


class Named(NamedTuple):
    """Something a mark can stand for: the field of a commitment that it fills, code and name."""

    field: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CapturedCommitment:
    """A line as a commitment. `unknown`: parts that say nothing, or are missing, each with the reason."""

    what: str
    owner: Choice | None
    due_on: date | None
    about: tuple[Named, ...]
    unknown: tuple[Unknown, ...]


async def read_commitment_line(session: AsyncSession, line: str, *, actor: Actor) -> CapturedCommitment:
    """Reads `Open a third till @gareth 30 Jun #G2`; without `@` it is the promise of whoever writes it."""
    marked = list_marked(line)
    people = await list_owners_called(session, marked[PERSON], actor=actor)
    subjects = await list_subjects_called(session, marked[SUBJECT], actor=actor)
    first: dict[str, Named] = {}
    for each in subjects:
        first.setdefault(each.code.casefold(), each)
    choices = {PERSON: people, SUBJECT: [Choice(each.code, each.name) for each in first.values()]}
    captured = read_capture(line, choices, today=await today_of(session))
    about, twice = _sort_subjects([first[code.casefold()] for code in captured.subjects])
    owner = next((each for each in people if each.code == captured.person), None)
    if captured.person is None and actor.kind is ActorKind.PERSON and not _doubts(PERSON, captured.unknown):
        owner = Choice(str(actor.id), actor.name)
    missing = _list_missing(captured.title, owner, captured.day, captured.unknown)
    return CapturedCommitment(
        captured.title, owner, captured.day, about, (*captured.unknown, *twice, *missing)
    )


def _doubts(mark: str, unknown: Sequence[Unknown]) -> bool:
    return any(each.words.startswith(mark) for each in unknown)


def _sort_subjects(subjects: Sequence[Named]) -> tuple[tuple[Named, ...], list[Unknown]]:
    """One of each kind; a second one is doubted."""
    about: dict[str, Named] = {}
    twice = []
    for each in subjects:
        if each.field in about:
            twice.append(Unknown(f"#{each.code}", f"a second {_CALLED[each.field]}; only one can be named"))
        about.setdefault(each.field, each)
    return tuple(about.values()), twice


def _list_missing(
    what: str, owner: Choice | None, due_on: date | None, unknown: Sequence[Unknown]
) -> list[Unknown]:
    """What every commitment needs and the line does not say."""
    missing = []
    if not what:
        missing.append(Unknown("what", "say what will be done"))
    elif len(what) > LONGEST_WHAT:
        missing.append(Unknown(what[:20] + "…", f"at most {LONGEST_WHAT} characters fit in"))
    if owner is None and not _doubts(PERSON, unknown):
        missing.append(Unknown("who", "say whose it is: @name"))
    if due_on is None and not any("day" in each.reason for each in unknown):
        missing.append(Unknown("when", "say by when: 30 Jun"))
    return missing


async def list_owners_called(session: AsyncSession, words: Sequence[str], *, actor: Actor) -> list[Choice]:
    """The people whom a word can mean: by address, what stands before its `@`, or the beginning of a name."""
    if not words:
        return []
    email = func.lower(col(Owner.email))
    called = [
        or_(email == word, email.startswith(f"{word}@", autoescape=True), _begins_word(Owner.name, word))
        for word in words
    ]
    statement = (
        visible_owners(actor)
        .with_only_columns(col(Owner.email), col(Owner.name))
        .where(col(Owner.archived_at).is_(None), col(Owner.active), or_(*called))
        .order_by(func.lower(col(Owner.name)), col(Owner.id))
        .limit(MOST_CANDIDATES)
    )
    return [Choice(*row) for row in await session.execute(statement)]


async def list_subjects_called(session: AsyncSession, words: Sequence[str], *, actor: Actor) -> list[Named]:
    """Goals, objectives, KPIs and decisions that a word can mean, in one statement; whole codes first."""
    if not words:
        return []
    parts = [_select_called(place, words, actor) for place in range(len(_SUBJECTS))]
    found = parts[0].union_all(*parts[1:]).subquery()
    columns = found.c
    statement = (
        select(columns.place, columns.code, columns.name)
        .order_by(func.lower(columns.code).in_(words).desc(), columns.place, columns.code)
        .limit(MOST_CANDIDATES)
    )
    return [Named(_SUBJECTS[place][0], code, name) for place, code, name in await session.execute(statement)]


def _select_called(place: int, words: Sequence[str], actor: Actor) -> Select[Any]:
    _, table, model, name = _SUBJECTS[place]
    code, title = col(model.code), getattr(model, name)
    called = [func.lower(code).in_(words), *(_begins_word(title, word) for word in words)]
    columns: Any = (literal(place).label("place"), code.label("code"), col(title).label("name"))
    return select(*columns).where(model.archived_at.is_(None), shows(actor, table), or_(*called))


def _begins_word(column: Any, word: str) -> Any:
    """Does a word of the text begin like this?"""
    return (" " + func.lower(col(column))).contains(f" {word}", autoescape=True)
