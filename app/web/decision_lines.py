"""Decisions as lines: how one stands, in words, for every page that lists some. Routes do not live here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.deps import SessionDep
from app.domain.decisions import DecisionStatus, find_limit_day
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor, Permission, may
from app.queries.decisions_lists import DecisionLineRow, DecisionsWanted, list_decision_lines

FEW_SHOWN = 8


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as a row. `standing`: how long it is open or took; `beside`: against what."""

    href: str
    code: str
    title: str
    status: str
    type: str | None
    decider: tuple[str, str] | None
    departments: list[str]
    goals: list[str]
    chosen: str | None
    standing: str
    beside: str | None
    tone: str
    notes: list[tuple[str, str]]


def tell_decision(row: DecisionLineRow, today: date) -> DecisionLine:
    """A decision as its line says it."""
    it = row.decision
    beside, tone = _say_open(row, today) if it.status is DecisionStatus.OPEN else _say_ended(row)
    return DecisionLine(
        href=f"/decisions/{it.code}",
        code=it.code,
        title=it.title,
        status=it.status.value,
        type=row.type,
        decider=(row.decider_email, row.decider) if row.decider_email and row.decider else None,
        departments=row.departments,
        goals=row.goals,
        chosen=it.chosen,
        standing=say_standing(it.status, it.opened_on, it.ended_on, today),
        beside=beside,
        tone=tone,
        notes=list(_list_notes(row, today)),
    )


def say_standing(status: DecisionStatus, opened_on: date, ended_on: date | None, today: date) -> str:
    """How long a round is open or took: `12 days open`, `decided in 3 days`, `withdrawn after 1 day`."""
    days = ((ended_on or today) - opened_on).days
    if status is DecisionStatus.OPEN:
        return "opened today" if days == 0 else f"{word_count(days, 'day')} open"
    verb, within = ("decided", "in") if status is DecisionStatus.DECIDED else ("withdrawn", "after")
    return f"{verb} the same day" if days == 0 else f"{verb} {within} {word_count(days, 'day')}"


def _say_open(row: DecisionLineRow, today: date) -> tuple[str | None, str]:
    """What presses most: its time limit, else the day it is needed by."""
    last = find_limit_day(row.decision.opened_on, row.limit_days)
    if last is not None and last < today:
        return f"{word_count((today - last).days, 'day')} over the limit of {row.limit_days}", "red"
    needed = row.decision.needed_by
    if needed is not None and needed < today:
        return f"was needed by {word_day(needed)}", "red"
    days = [day for day in (last, needed) if day is not None]
    if not days:
        return None, ""
    first = min(days)
    left = "today is the last day" if first == today else f"{word_count((first - today).days, 'day')} left"
    return left, "amber" if (first - today).days <= _SOON_DAYS else ""


_SOON_DAYS = 3


def _say_ended(row: DecisionLineRow) -> tuple[str | None, str]:
    """Against its time limit; a withdrawn one and one without a limit have their day only."""
    it = row.decision
    assert it.ended_on is not None  # noqa: S101  (it is not open)
    last = find_limit_day(it.opened_on, row.limit_days)
    if it.status is DecisionStatus.WITHDRAWN or last is None:
        return word_day(it.ended_on), ""
    over = (it.ended_on - last).days
    told = f"{word_count(over, 'day')} late" if over > 0 else "in time"
    return f"{word_day(it.ended_on)}, {told}", "red" if over > 0 else "green"


def _list_notes(row: DecisionLineRow, today: date) -> Sequence[tuple[str, str]]:
    """What else is worth a word: text and tone of a tag."""
    it = row.decision
    notes = []
    if it.archived_at is not None:
        notes.append(("archived", ""))
    if it.reopened:
        times = {1: "once", 2: "twice"}.get(it.reopened, f"{it.reopened} times")
        notes.append((f"re-opened {times}", "red" if it.reopened > 1 else "amber"))
    if row.dissents:
        notes.append((word_count(row.dissents, "concern"), "violet"))
    if it.rating is not None:
        notes.append((f"outcome {it.rating} of 5", "" if it.as_expected else "amber"))
    elif it.status is DecisionStatus.DECIDED and it.review_on is not None and it.review_on <= today:
        notes.append(("outcome to be reviewed", "amber"))
    return notes


async def read_due_decisions(
    session: SessionDep, person: Actor, *, today: date
) -> tuple[list[DecisionLine], list[DecisionLine]]:
    """What a person has to decide, and whose outcome they have to review, in one statement."""
    if not may(person, Permission.DECISIONS_READ):
        return [], []
    wanted = DecisionsWanted(today, waiting=True, decider=person.id, limit=2 * FEW_SHOWN)
    lines = [tell_decision(row, today) for row in await list_decision_lines(session, wanted, actor=person)]
    to_take = [line for line in lines if line.status == DecisionStatus.OPEN]
    return to_take, [line for line in lines if line.status != DecisionStatus.OPEN]


async def read_decisions_about(
    session: SessionDep,
    person: Actor,
    *,
    today: date,
    goal: UUID | None = None,
    departments: Sequence[UUID] | None = None,
    open: bool | None = None,
) -> list[DecisionLine]:
    """The decisions that cite a goal or touch departments, the open ones first; one more than is shown."""
    if not may(person, Permission.DECISIONS_READ):
        return []
    wanted = DecisionsWanted(today, open=open, goal=goal, departments=departments, limit=FEW_SHOWN + 1)
    rows = await list_decision_lines(session, wanted, actor=person)
    return [tell_decision(row, today) for row in rows]
