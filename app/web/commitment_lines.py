"""Commitments as lines: how one stands, in words, for every page that lists some. Routes do not live here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from app.deps import SessionDep
from app.domain.commitments import SOON_DAYS, Outcome, list_outcomes
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor, Permission, may
from app.domain.words import CommitmentStatus, NodeKind
from app.models.commitments import Commitment
from app.queries.commitments import may_write_commitment
from app.queries.commitments_lists import CommitmentLineRow, CommitmentsWanted, list_commitment_lines
from app.web.goals_tree import address_of

HOME_SHOWN = 50
FEW_SHOWN = 8
SAID = {
    CommitmentStatus.OPEN: "open",
    CommitmentStatus.KEPT: "kept",
    CommitmentStatus.PARTLY: "partly kept",
    CommitmentStatus.MISSED: "missed",
    CommitmentStatus.DROPPED: "dropped",
}
TONES = {
    CommitmentStatus.OPEN: "",
    CommitmentStatus.KEPT: "green",
    CommitmentStatus.PARTLY: "amber",
    CommitmentStatus.MISSED: "red",
    CommitmentStatus.DROPPED: "",
}


class Offer(NamedTuple):
    """The outcomes that may be said of a commitment today, and from when on the others may."""

    outcomes: tuple[tuple[str, str], ...]
    later: str


@dataclass(frozen=True, slots=True)
class AboutLink:
    """What a commitment is about: its code leads there."""

    href: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """A commitment as a row. `standing`: what presses, or what became of it; `beside`: its day."""

    href: str
    code: str
    what: str
    owner: tuple[str, str]
    partner: tuple[str, str] | None
    about: list[AboutLink]
    status: str
    standing: str
    beside: str
    tone: str
    said: str | None
    is_own: bool
    keep: str | None


def offer_outcomes(due_on: date, *, today: date) -> Offer:
    """What may be said today of what is due on a day.

    >>> offer_outcomes(date(2026, 6, 30), today=date(2026, 6, 29)).later
    'Partly or missed can be said from 30 June 2026 on.'
    """
    outcomes = list_outcomes(due_on, on=today)
    later = [each.value for each in Outcome if each not in outcomes]
    words = f"{' or '.join(later).capitalize()} can be said from {word_day(due_on)} on." if later else ""
    return Offer(tuple((each.value, each.value.capitalize()) for each in outcomes), words)


def tell_commitment(row: CommitmentLineRow, person: Actor, today: date) -> CommitmentLine:
    """A commitment as its line says it."""
    it = row.commitment
    standing, tone = say_commitment(it, today)
    is_open = it.status is CommitmentStatus.OPEN
    may_keep = is_open and it.archived_at is None and may_write_commitment(person, it)
    return CommitmentLine(
        href=f"/commitments/{it.code}",
        code=it.code,
        what=it.what,
        owner=(row.owner_email, row.owner),
        partner=(row.partner_email, row.partner) if row.partner_email and row.partner else None,
        about=list(list_about(row)),
        status=it.status.value,
        standing=standing,
        beside=_say_day(it),
        tone=tone,
        said=it.said,
        is_own=it.owner_id == person.id,
        keep=f"/commitments/{it.code}/keep" if may_keep else None,
    )


def say_commitment(it: Commitment, today: date) -> tuple[str, str]:
    """How it stands, and the tone of that: `3 days left`, `2 days overdue`, `kept`, `kept 2 days late`."""
    if it.status is not CommitmentStatus.OPEN:
        late = (it.settled_on - it.due_on).days if it.settled_on else 0
        if it.status is CommitmentStatus.KEPT and late > 0:
            return f"kept {word_count(late, 'day')} late", "amber"
        return SAID[it.status], TONES[it.status]
    left = (it.due_on - today).days
    if left < 0:
        return f"{word_count(-left, 'day')} overdue", "red"
    if left == 0:
        return "due today", "amber"
    return f"{word_count(left, 'day')} left", "amber" if left <= SOON_DAYS else ""


def _say_day(it: Commitment) -> str:
    if it.status is not CommitmentStatus.OPEN:
        return word_day(it.settled_on) if it.settled_on else ""
    moved = f", first {word_day(it.due_baseline)}" if it.due_baseline != it.due_on else ""
    return f"by {word_day(it.due_on)}{moved}"


def list_about(row: CommitmentLineRow) -> Iterator[AboutLink]:
    """What it is about, with the addresses."""
    if row.goal_code and row.goal:
        kind = NodeKind.GOAL if row.is_goal else NodeKind.OBJECTIVE
        yield AboutLink(address_of(kind, row.goal_code), row.goal_code, row.goal)
    if row.kpi_code and row.kpi:
        yield AboutLink(f"/kpis/{row.kpi_code}", row.kpi_code, row.kpi)
    if row.decision_code and row.decision:
        yield AboutLink(f"/decisions/{row.decision_code}", row.decision_code, row.decision)


async def read_commitments_about(
    session: SessionDep, person: Actor, about: UUID, *, today: date, new: Mapping[str, str] | None
) -> dict[str, Any]:
    """What is promised about something, the next due first; `new`: what a new one would say."""
    if not may(person, Permission.COMMITMENTS_READ):
        return {"commitments": [], "may_commit": None}
    wanted = CommitmentsWanted(today, open=True, about=about, limit=FEW_SHOWN)
    rows = await list_commitment_lines(session, wanted, actor=person)
    commits = new is not None and may(person, Permission.COMMITMENTS_WRITE)
    return {
        "commitments": [tell_commitment(row, person, today) for row in rows],
        "may_commit": f"/commitments/new?{urlencode(new or {})}" if commits else None,
    }


async def read_own_commitments(session: SessionDep, person: Actor, *, today: date) -> dict[str, Any]:
    """What somebody has promised, and what is overdue of that which they ask after, in one statement."""
    if not may(person, Permission.COMMITMENTS_READ):
        return {"commitments": [], "asked_after": []}
    wanted = CommitmentsWanted(today, open=True, around=person.id, limit=HOME_SHOWN)
    rows = await list_commitment_lines(session, wanted, actor=person)
    lines = [tell_commitment(row, person, today) for row in rows]
    return {
        "commitments": [line for line in lines if line.is_own],
        "asked_after": [line for line in lines if not line.is_own and line.tone == "red"],
    }
