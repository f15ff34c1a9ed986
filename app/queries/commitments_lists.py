"""Commitments as lines of lists, with the names they need: open ones by their day, then closed ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.permissions import Actor
from app.domain.words import CommitmentStatus
from app.models.commitments import Commitment
from app.models.decisions import Decision
from app.models.goals import Goal
from app.models.kpis import Kpi
from app.models.objectives import Objective
from app.models.owners import Owner
from app.models.reviews import Review
from app.queries._reach import shows_goals, shows_objectives
from app.queries.commitments import shows_outcomes, visible_commitments
from app.queries.commitments_concerns import waits_for_answer

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class CommitmentsWanted:
    """Which commitments a list shows. `open`: those that are open, those that are closed, or (None) both.

    `answerer`: those with a concern that a person is to answer. `around`: those that a person makes or asks
    after; with `departments` also what is made there.
    """

    today: date
    open: bool | None = None
    overdue: bool = False
    closed_since: date | None = None
    text: str | None = None
    owner: UUID | None = None
    around: UUID | None = None
    departments: Sequence[UUID] | None = None
    about: UUID | None = None
    answerer: UUID | None = None
    archived: bool = False
    limit: int = 100
    offset: int = 0


class CommitmentLineRow(NamedTuple):
    """A commitment with what its line says. A goal or objective that is hidden from the actor has no code."""

    commitment: Commitment
    owner: str
    owner_email: str
    partner: str | None
    partner_email: str | None
    kpi_code: str | None
    kpi: str | None
    decision_code: str | None
    decision: str | None
    goal_code: str | None
    goal: str | None
    is_goal: bool
    # The month of the review in which it was made; lists do not tell it.
    review: str | None = None


async def list_commitment_lines(
    session: AsyncSession, wanted: CommitmentsWanted, *, actor: Actor
) -> list[CommitmentLineRow]:
    """Open ones first, by the day they are due; then what is closed, the latest first."""
    is_open = col(Commitment.status) == CommitmentStatus.OPEN
    shown = visible_commitments(actor).where(shows_outcomes(actor))
    order = (
        is_open.desc(),
        case((is_open, col(Commitment.due_on))),
        col(Commitment.settled_on).desc(),
        col(Commitment.id),
    )
    statement = (
        _name(_narrow(shown, wanted), actor).order_by(*order).limit(wanted.limit).offset(wanted.offset)
    )
    return [CommitmentLineRow(*row) for row in await session.execute(statement)]


async def find_commitment_line(
    session: AsyncSession, commitment: Commitment, *, actor: Actor
) -> CommitmentLineRow:
    """One commitment that the actor has found, with the names it needs; closed or not."""
    statement = _name(visible_commitments(actor).where(col(Commitment.id) == commitment.id), actor)
    made_in = statement.outerjoin(Review, col(Review.id) == col(Commitment.review_id))
    return CommitmentLineRow(*(await session.execute(made_in.add_columns(col(Review.code)))).one())


def _name(statement: Select[Any], actor: Actor) -> Select[Any]:
    """Adds the names that a line needs."""
    owner, partner = aliased(Owner), aliased(Owner)
    named = (
        *(col(owner.name), col(owner.email), col(partner.name), col(partner.email)),
        *(col(Kpi.code), col(Kpi.name), col(Decision.code), col(Decision.title)),
        func.coalesce(col(Goal.code), col(Objective.code)),
        func.coalesce(col(Goal.title), col(Objective.title)),
        col(Goal.id).is_not(None),
    )
    return (
        statement.join(owner, col(owner.id) == col(Commitment.owner_id))
        .outerjoin(partner, col(partner.id) == col(Commitment.partner_id))
        .outerjoin(Kpi, col(Kpi.id) == col(Commitment.kpi_id))
        .outerjoin(Decision, col(Decision.id) == col(Commitment.decision_id))
        .outerjoin(Goal, and_(col(Goal.id) == col(Commitment.goal_id), shows_goals(actor)))
        .outerjoin(Objective, and_(col(Objective.id) == col(Commitment.goal_id), shows_objectives(actor)))
        .add_columns(*named)
    )


def _narrow(statement: Select[Any], wanted: CommitmentsWanted) -> Select[Any]:
    archived = col(Commitment.archived_at)
    is_open = col(Commitment.status) == CommitmentStatus.OPEN
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (True, archived.is_not(None) if wanted.archived else archived.is_(None)),
        (wanted.open is not None, is_open if wanted.open else ~is_open),
        (wanted.overdue, and_(is_open, col(Commitment.due_on) < wanted.today)),
        (wanted.closed_since, col(Commitment.settled_on) >= literal(wanted.closed_since)),
        (wanted.text, _says(wanted.text or "")),
        (wanted.owner, col(Commitment.owner_id) == wanted.owner),
        (wanted.around or wanted.departments is not None, _is_around(wanted)),
        (wanted.about, _is_about(wanted.about)),
        (wanted.answerer, waits_for_answer(wanted.answerer or NOBODY)),
    ]
    return statement.where(*(condition for asked, condition in conditions if asked))


def _says(text: str) -> ColumnElement[bool]:
    return or_(*(col(each).icontains(text, autoescape=True) for each in (Commitment.what, Commitment.code)))


def _is_around(wanted: CommitmentsWanted) -> ColumnElement[bool]:
    person, departments = wanted.around, wanted.departments
    return or_(
        false() if departments is None else col(Commitment.department_id).in_(departments),
        false() if person is None else col(Commitment.owner_id) == person,
        false() if person is None else col(Commitment.partner_id) == person,
    )


def _is_about(identity: UUID | None) -> ColumnElement[bool]:
    named = (Commitment.goal_id, Commitment.kpi_id, Commitment.decision_id)
    return or_(*(col(each) == identity for each in named))
