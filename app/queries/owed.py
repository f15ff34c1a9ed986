"""Reading what a person owes, whatever it is: for the mail of the day. Its words are in the domain."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.decisions import DecisionStatus, find_limit_day
from app.domain.digests import Owed, OwedKind
from app.domain.due_periods import due_periods
from app.domain.linkage.wording import word_period
from app.domain.permissions import Actor, Permission, may
from app.queries.decisions_lists import DecisionLineRow, DecisionsWanted, list_decision_lines
from app.queries.updates import DueValue, is_automatic, list_due_values

MOST_DECISIONS = 50


async def list_owed(session: AsyncSession, *, today: date, actor: Actor) -> list[Owed]:
    """Everything that a person has to do by a day, of what they may read: a fixed number of statements."""
    return [
        *await _list_values(session, today, actor),
        *await _list_decisions(session, today, actor),
    ]


async def _list_values(session: AsyncSession, today: date, actor: Actor) -> list[Owed]:
    """The values of the last ended periods that are not there and do not come by themselves."""
    if not may(actor, Permission.METRICS_READ):
        return []
    dues = await list_due_values(session, due_periods(None, today=today), actor=actor)
    return [_tell_value(due) for due in dues if not due.is_there and not is_automatic(due)]


def _tell_value(due: DueValue) -> Owed:
    place = f", {due.department_name}," if due.department_name else ""
    return Owed(
        OwedKind.VALUE,
        f"{due.name}{place} for {word_period(due.period)}",
        due.period.last_day + timedelta(days=due.grace_days),
        f"/updates?period={due.period.text}",
        asked_from=due.period.last_day + timedelta(days=1),
    )


async def _list_decisions(session: AsyncSession, today: date, actor: Actor) -> list[Owed]:
    """What they are to decide by a day, and whose outcome they are to review."""
    if not may(actor, Permission.DECISIONS_READ):
        return []
    wanted = DecisionsWanted(today, waiting=True, decider=actor.id, limit=MOST_DECISIONS)
    told = [_tell_decision(row) for row in await list_decision_lines(session, wanted, actor=actor)]
    return [each for each in told if each is not None]


def _tell_decision(row: DecisionLineRow) -> Owed | None:
    """An open one by its time limit or the day it is needed by, what comes first; None without either."""
    it = row.decision
    what, address = f"{it.code} {it.title}", f"/decisions/{it.code}"
    if it.status is not DecisionStatus.OPEN:
        return None if it.review_on is None else Owed(OwedKind.OUTCOME, what, it.review_on, address)
    days = [day for day in (find_limit_day(it.opened_on, row.limit_days), it.needed_by) if day is not None]
    return Owed(OwedKind.DECISION, what, min(days), address) if days else None
