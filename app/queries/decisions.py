"""Reading decisions, and what hangs on them: departments, goals, earlier rounds, dissent, escalations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.changes import Kind
from app.domain.decisions import DecisionStatus
from app.domain.permissions import Actor, ActorKind, Permission, Place, require, require_anywhere
from app.domain.words import NodeStatus
from app.models.decision_types import DecisionType
from app.models.decisions import (
    Decision,
    DecisionDepartment,
    DecisionDissent,
    DecisionEscalation,
    DecisionFilter,
    DecisionGoal,
    DecisionRound,
)
from app.models.departments import Department
from app.models.events import Event
from app.models.goals import Goal
from app.queries._find import find_one, list_page, load_named, resolve_reference
from app.queries._reach import shows_decisions
from app.queries.organization import today_of

_SAID: tuple[tuple[str, type[Any]], ...] = (
    ("rounds", DecisionRound),
    ("dissents", DecisionDissent),
    ("escalations", DecisionEscalation),
)
# Filters that are no columns of a decision.
_OWN_FILTERS = (
    *("department", "goal", "past_limit", "review_due"),
    *("raised_from", "raised_to", "decided_from", "decided_to"),
)


@dataclass(slots=True)
class DecisionParts:
    """What a decision names besides its own columns, and what was said about it, the oldest first."""

    limit_days: int | None = None
    departments: list[UUID] = field(default_factory=list)
    goals: list[UUID] = field(default_factory=list)
    rounds: list[DecisionRound] = field(default_factory=list)
    dissents: list[DecisionDissent] = field(default_factory=list)
    escalations: list[DecisionEscalation] = field(default_factory=list)


def visible_decisions(actor: Actor, *, to: Permission = Permission.DECISIONS_READ) -> Select[Decision]:
    """The decisions that an actor sees."""
    require(actor, to)
    return select(Decision).where(shows_decisions(actor))


def places_of_decision(decider: UUID | None, departments: Collection[UUID]) -> list[Place]:
    """Where a decision belongs: each department that it touches. Its decider may write it anywhere."""
    people = frozenset() if decider is None else frozenset({decider})
    return [Place(department, people) for department in departments] or [Place(None, people)]


async def find_decision(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.DECISIONS_READ,
    lock: bool = False,
) -> Decision:
    """One decision by id or code."""
    decision = await find_one(session, visible_decisions(actor, to=to), Decision, reference, lock=lock)
    if to is not Permission.DECISIONS_READ:
        touched = await read_touched(session, decision.id)
        require_anywhere(actor, to, places=places_of_decision(decision.decider_id, touched))
    return decision


async def read_touched(session: AsyncSession, decision: UUID) -> list[UUID]:
    """The ids of the departments that a decision touches."""
    statement = select(col(DecisionDepartment.department_id)).where(
        col(DecisionDepartment.decision_id) == decision
    )
    return list((await session.scalars(statement)).all())


async def list_decisions(
    session: AsyncSession, filters: DecisionFilter, *, actor: Actor
) -> tuple[Sequence[Decision], str | None]:
    """A page of decisions."""
    statement = await _narrow(session, visible_decisions(actor), filters, actor=actor)
    plain = filters.model_copy(update=dict.fromkeys(_OWN_FILTERS))
    return await list_page(session, statement, Decision, plain, actor=actor)


async def _narrow(
    session: AsyncSession, statement: Select[Decision], filters: DecisionFilter, *, actor: Actor
) -> Select[Decision]:
    if filters.department is not None:
        place = await resolve_reference(
            session, "departments", filters.department, "?department", actor=actor
        )
        statement = statement.where(_touches(place))
    if filters.goal is not None:
        goal = await resolve_reference(session, "goals", filters.goal, "?goal", actor=actor)
        statement = statement.where(_cites(goal))
    statement = statement.where(*_between(filters))
    if filters.past_limit is not None or filters.review_due is not None:
        today = literal(await today_of(session))
        wanted = ((filters.past_limit, is_over_limit(today)), (filters.review_due, is_review_due(today)))
        for asked, condition in wanted:
            if asked is not None:
                statement = statement.where(condition if asked else ~condition)
    return statement


def _touches(department: UUID) -> ColumnElement[bool]:
    return exists().where(
        col(DecisionDepartment.decision_id) == col(Decision.id),
        col(DecisionDepartment.department_id) == department,
    )


def _cites(goal: UUID) -> ColumnElement[bool]:
    return exists().where(
        col(DecisionGoal.decision_id) == col(Decision.id), col(DecisionGoal.goal_id) == goal
    )


def _between(filters: DecisionFilter) -> list[ColumnElement[bool]]:
    raised, ended = col(Decision.raised_on), col(Decision.ended_on)
    decided = col(Decision.status) == DecisionStatus.DECIDED
    conditions = []
    if filters.raised_from is not None:
        conditions.append(raised >= filters.raised_from)
    if filters.raised_to is not None:
        conditions.append(raised <= filters.raised_to)
    if filters.decided_from is not None:
        conditions.append(decided & (ended >= filters.decided_from))
    if filters.decided_to is not None:
        conditions.append(decided & (ended <= filters.decided_to))
    return conditions


def is_over_limit(today: ColumnElement[date]) -> ColumnElement[bool]:
    """Open for longer than its type allows: what `domain.decisions.is_past_limit` says, as a condition."""
    limit = (
        select(col(DecisionType.limit_days))
        .where(col(DecisionType.id) == col(Decision.type_id))
        .correlate(Decision)
        .scalar_subquery()
    )
    late = func.coalesce(col(Decision.opened_on) + limit < today, False)
    return (col(Decision.status) == DecisionStatus.OPEN) & late


def is_review_due(today: ColumnElement[date]) -> ColumnElement[bool]:
    """Decided, its day of review has come, and nobody has said how it turned out."""
    return (
        (col(Decision.status) == DecisionStatus.DECIDED)
        & func.coalesce(col(Decision.review_on) <= today, False)
        & col(Decision.reviewed_on).is_(None)
    )


async def load_decision_parts(
    session: AsyncSession, decisions: Collection[UUID]
) -> Mapping[UUID, DecisionParts]:
    """What hangs on each decision, in five statements."""
    parts = {decision: DecisionParts() for decision in decisions}
    for name, decision, identity in await session.execute(_select_named(parts)):
        getattr(parts[decision], name).append(identity)
    for name, table in _SAID:
        said = select(table).where(col(table.decision_id).in_(parts)).order_by(col(table.id))
        for row in await session.scalars(said):
            getattr(parts[row.decision_id], name).append(row)
    limits = (
        select(col(Decision.id), col(DecisionType.limit_days))
        .join(DecisionType, col(DecisionType.id) == col(Decision.type_id))
        .where(col(Decision.id).in_(parts))
    )
    for decision, limit_days in await session.execute(limits):
        parts[decision].limit_days = limit_days
    return parts


def _select_named(decisions: Collection[UUID]) -> Any:
    """Name of the list, decision, and id of the department or goal that it names; in the order of codes."""
    departments = (
        select(
            literal("departments"),
            col(DecisionDepartment.decision_id),
            col(Department.id),
            col(Department.code),
        )
        .join(Department, col(Department.id) == col(DecisionDepartment.department_id))
        .where(col(DecisionDepartment.decision_id).in_(decisions))
    )
    goals = (
        select(literal("goals"), col(DecisionGoal.decision_id), col(Goal.id), col(Goal.code))
        .join(Goal, col(Goal.id) == col(DecisionGoal.goal_id))
        .where(col(DecisionGoal.decision_id).in_(decisions))
    )
    named = union_all(departments, goals).subquery()
    return select(*list(named.c)[:3]).order_by(list(named.c)[3])


async def load_decision_names(
    session: AsyncSession, decisions: Sequence[Decision], parts: Mapping[UUID, DecisionParts]
) -> dict[UUID, tuple[str, str]]:
    """Code and name of everything that decisions name, in one statement."""
    wanted: dict[str, set[UUID]] = {
        "decision_types": {row.type_id for row in decisions if row.type_id},
        "owners": {row.decider_id for row in decisions if row.decider_id},
        "reviews": {row.review_id for row in decisions if row.review_id},
        "departments": {each for part in parts.values() for each in part.departments},
        "goals": {each for part in parts.values() for each in part.goals},
    }
    for part in parts.values():
        people = (
            *(each.decider_id for each in part.rounds),
            *(each.owner_id for each in part.dissents),
            *(each.from_id for each in part.escalations),
            *(each.to_id for each in part.escalations),
        )
        wanted["owners"].update(person for person in people if person)
    return await load_named(session, wanted)


class Writer(NamedTuple):
    """Who wrote something down: a person or a client."""

    id: UUID
    name: str


async def list_decision_writers(session: AsyncSession, decision: Decision) -> list[Writer | None]:
    """Who wrote down what was decided, each time it was, the first first; None: the command line."""
    statement = (
        select(col(Event.actor_kind), col(Event.actor_id), col(Event.actor_name))
        .where(col(Event.kind) == Kind.DECISION, col(Event.object_id) == decision.id)
        .where(col(Event.action) == "decided")
        .order_by(col(Event.id))
    )
    return [
        None if kind == ActorKind.SYSTEM else Writer(identity, name)
        for kind, identity, name in await session.execute(statement)
    ]


async def count_decisions(session: AsyncSession) -> int:
    """How many there ever were: none vanishes."""
    return (await session.execute(select(func.count()).select_from(Decision))).scalar_one()


async def read_draft_goals(session: AsyncSession, goals: Collection[UUID]) -> list[str]:
    """The codes of those goals that are drafts."""
    if not goals:
        return []
    drafts = select(col(Goal.code)).where(col(Goal.id).in_(goals), col(Goal.status) == NodeStatus.DRAFT)
    return list((await session.scalars(drafts.order_by(col(Goal.code)))).all())
