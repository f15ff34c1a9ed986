"""What every change of a decision shares: its departments and goals, and an event that tells all of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._audit import record_event, take_snapshot
from app.actions._write import flush_changes
from app.domain.permissions import Actor
from app.models.decisions import Decision, DecisionDepartment, DecisionGoal
from app.queries.decisions import DecisionParts

_TABLES = (
    ("departments", DecisionDepartment, "department_id"),
    ("goals", DecisionGoal, "goal_id"),
)


def take_decision_snapshot(decision: Decision, parts: DecisionParts) -> dict[str, Any]:
    """Every column, and the departments and goals by their ids."""
    named = {name: sorted(str(each) for each in getattr(parts, name)) for name, _, _ in _TABLES}
    return take_snapshot(decision) | named


async def change_decision(
    session: AsyncSession,
    decision: Decision,
    values: Mapping[str, Any],
    old: DecisionParts,
    new: DecisionParts,
    *,
    actor: Actor,
) -> None:
    """Sets what differs, with one event; the same content is no change."""
    changed = {name: value for name, value in values.items() if getattr(decision, name) != value}
    same = all(set(getattr(old, name)) == set(getattr(new, name)) for name, _, _ in _TABLES)
    if not changed and same:
        return
    before = take_decision_snapshot(decision, old)
    await _set(session, decision, changed)
    await write_named(session, decision, old, new)
    after = take_decision_snapshot(decision, new)
    await record_event(session, actor, "updated", decision, before=before, after=after)


class Subject(NamedTuple):
    """A decision with what hangs on it."""

    decision: Decision
    parts: DecisionParts


async def record_step(
    session: AsyncSession,
    subject: Subject,
    action: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    said: Mapping[str, Any] | None = None,
) -> None:
    """A step of a decision with its event; `said` is what the step adds besides its columns."""
    decision, parts = subject
    before = take_decision_snapshot(decision, parts)
    await _set(session, decision, values)
    after = take_decision_snapshot(decision, parts) | dict(said or {})
    await record_event(session, actor, action, decision, before=before, after=after)


async def _set(session: AsyncSession, decision: Decision, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(decision, name, value)
    # What hangs on a decision is part of it: its version counts that, too.
    decision.updated_at = datetime.now(UTC)
    await flush_changes(session)


async def write_named(
    session: AsyncSession, decision: Decision, before: DecisionParts, after: DecisionParts
) -> None:
    """Ties the decision to the departments and goals that it names now."""
    for name, table, column in _TABLES:
        old, new = set(getattr(before, name)), set(getattr(after, name))
        if gone := old - new:
            named = col(getattr(table, column))
            await session.execute(delete(table).where(col(table.decision_id) == decision.id, named.in_(gone)))
        if added := new - old:
            rows = [{"decision_id": decision.id, column: identity} for identity in sorted(added)]
            await session.execute(insert(table), rows)
