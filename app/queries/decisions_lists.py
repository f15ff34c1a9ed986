"""Decisions as lines of lists, with the names they need, the most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    TEXT,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.decisions import DecisionStatus
from app.domain.permissions import Actor
from app.models.decision_types import DecisionType
from app.models.decisions import Decision, DecisionDepartment, DecisionDissent, DecisionGoal
from app.models.departments import Department
from app.models.goals import Goal
from app.models.owners import Owner
from app.queries.decisions import is_over_limit, is_review_due, visible_decisions


@dataclass(frozen=True, slots=True)
class DecisionsWanted:
    """Which decisions a list shows. `open`: those that are open, those that are not, or (None) all.

    `waiting`: open, or to be reviewed.
    """

    today: date
    open: bool | None = None
    status: DecisionStatus | None = None
    past_limit: bool = False
    review_due: bool = False
    waiting: bool = False
    text: str | None = None
    type: UUID | None = None
    decider: UUID | None = None
    departments: Sequence[UUID] | None = None
    goal: UUID | None = None
    archived: bool = False
    limit: int = 100
    offset: int = 0


class DecisionLineRow(NamedTuple):
    """A decision with what its line says; departments and goals by their codes."""

    decision: Decision
    type: str | None
    limit_days: int | None
    decider: str | None
    decider_email: str | None
    departments: list[str]
    goals: list[str]
    dissents: int


class DecisionCounts(NamedTuple):
    """How many decisions stand how."""

    open: int
    past_limit: int
    review_due: int
    decided: int
    withdrawn: int


async def list_decision_lines(
    session: AsyncSession, wanted: DecisionsWanted, *, actor: Actor
) -> list[DecisionLineRow]:
    """Open ones by the end of their time limit (those without one last), then others, the newest first."""
    is_open = col(Decision.status) == DecisionStatus.OPEN
    limit_on = case((is_open, col(Decision.opened_on) + col(DecisionType.limit_days)))
    ended_on = col(Decision.ended_on)
    concerns = select(func.count()).where(col(DecisionDissent.decision_id) == col(Decision.id))
    statement: Select[Any] = (
        _narrow(visible_decisions(actor), wanted)
        .outerjoin(DecisionType, col(DecisionType.id) == col(Decision.type_id))
        .outerjoin(Owner, col(Owner.id) == col(Decision.decider_id))
        .add_columns(
            col(DecisionType.name),
            col(DecisionType.limit_days),
            col(Owner.name),
            col(Owner.email),
            _list_codes(DecisionDepartment, "department_id", Department),
            _list_codes(DecisionGoal, "goal_id", Goal),
            concerns.scalar_subquery(),
        )
        .order_by(is_open.desc(), limit_on.nulls_last(), ended_on.desc().nulls_last(), col(Decision.id))
        .limit(wanted.limit)
        .offset(wanted.offset)
    )
    return [DecisionLineRow(*row) for row in await session.execute(statement)]


def _list_codes(table: Any, named: str, model: type[Department | Goal]) -> ColumnElement[list[str]]:
    """The codes of what a decision names, in their order."""
    codes = func.array_agg(aggregate_order_by(col(model.code), col(model.code)))
    found = (
        select(codes)
        .join(table, getattr(table, named) == col(model.id))
        .where(table.decision_id == col(Decision.id))
    )
    return func.coalesce(found.correlate(Decision).scalar_subquery(), literal([], ARRAY(TEXT)))


def _narrow(statement: Select[Decision], wanted: DecisionsWanted) -> Select[Decision]:
    today, archived = literal(wanted.today), col(Decision.archived_at)
    is_open = col(Decision.status) == DecisionStatus.OPEN
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (True, archived.is_not(None) if wanted.archived else archived.is_(None)),
        (wanted.open is not None, is_open if wanted.open else ~is_open),
        (wanted.status, col(Decision.status) == wanted.status),
        (wanted.past_limit, is_over_limit(today)),
        (wanted.review_due, is_review_due(today)),
        (wanted.waiting, or_(is_open, is_review_due(today))),
        (wanted.text, _has_text(wanted.text or "")),
        (wanted.type, col(Decision.type_id) == wanted.type),
        (wanted.decider, col(Decision.decider_id) == wanted.decider),
        (wanted.departments is not None, _touches_any(wanted.departments or ())),
        (wanted.goal, _cites(wanted.goal)),
    ]
    return statement.where(*(condition for asked, condition in conditions if asked))


def _has_text(text: str) -> ColumnElement[bool]:
    fields = (Decision.title, Decision.code, Decision.chosen)
    return or_(*(col(each).icontains(text, autoescape=True) for each in fields))


def _touches_any(departments: Sequence[UUID]) -> ColumnElement[bool]:
    return exists().where(
        and_(
            col(DecisionDepartment.decision_id) == col(Decision.id),
            col(DecisionDepartment.department_id).in_(departments),
        )
    )


def _cites(goal: UUID | None) -> ColumnElement[bool]:
    return exists().where(
        and_(col(DecisionGoal.decision_id) == col(Decision.id), col(DecisionGoal.goal_id) == goal)
    )


async def count_decision_states(
    session: AsyncSession, wanted: DecisionsWanted, *, actor: Actor
) -> DecisionCounts:
    """How many of the decisions that fit stand how, in one statement."""
    today = literal(wanted.today)
    conditions = (
        col(Decision.status) == DecisionStatus.OPEN,
        is_over_limit(today),
        is_review_due(today),
        col(Decision.status) == DecisionStatus.DECIDED,
        col(Decision.status) == DecisionStatus.WITHDRAWN,
    )
    counts = [func.count().filter(condition) for condition in conditions]
    statement: Any = _narrow(visible_decisions(actor), wanted).with_only_columns(*counts)
    return DecisionCounts(*(await session.execute(statement)).one())


async def list_spans(
    session: AsyncSession, since: date, *, today: date, actor: Actor
) -> list[tuple[int, bool]]:
    """How many days the decisions raised since a day took or are open by now, and whether each is decided.

    Withdrawn ones are left out. A re-opened decision counts with its round in force.
    """
    ended = func.coalesce(col(Decision.ended_on), literal(today))
    days = type_coerce(ended - col(Decision.opened_on), Integer)
    statement = (
        visible_decisions(actor)
        .with_only_columns(days, col(Decision.status) == DecisionStatus.DECIDED)
        .where(
            col(Decision.archived_at).is_(None),
            col(Decision.status) != DecisionStatus.WITHDRAWN,
            col(Decision.opened_on) >= since,
        )
    )
    return [(days, decided) for days, decided in await session.execute(statement)]
