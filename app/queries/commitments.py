"""Reading commitments."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.commitments import SOON_DAYS, Moment, find_moment
from app.domain.permissions import Actor, ActorKind, Permission, Place, may, require
from app.domain.reviews import ReviewStatus
from app.domain.words import CommitmentStatus
from app.models.commitments import Commitment, CommitmentDate, CommitmentDateFilter, CommitmentFilter
from app.models.kpis import Kpi, KpiMeasure
from app.models.owners import Owner
from app.models.reviews import Review
from app.queries._find import find_one, list_page, read_cursor, resolve_reference, write_cursor
from app.queries._reach import shows
from app.queries._tables import load_table
from app.queries.reviews import newest_chair


def visible_commitments(actor: Actor, *, to: Permission = Permission.COMMITMENTS_READ) -> Select[Commitment]:
    """Every commitment; for a bound client those of its departments and of none that name what it sees."""
    require(actor, to)
    statement = select(Commitment)
    if actor.sees is None:
        return statement
    home = col(Commitment.department_id)
    return statement.where(or_(home.is_(None), home.in_(actor.sees)), *_shows_named(actor))


def _shows_named(actor: Actor) -> list[ColumnElement[bool]]:
    """Does the actor see all that a commitment names?"""
    conditions = []
    for name, table in Commitment.references.items():
        named = col(getattr(Commitment, f"{name}_id"))
        seen = select(col(load_table(table).id)).where(shows(actor, table))
        conditions.append(or_(named.is_(None), named.in_(seen)))
    return conditions


def shows_outcomes(actor: Actor) -> ColumnElement[bool]:
    """What a list shows: open ones to everybody; of the others one's own, and those one asks after.

    The chair sees all. Who kept how much must not be read off a list.
    """
    if actor.kind is ActorKind.SYSTEM:
        return true()
    return or_(
        col(Commitment.status) == CommitmentStatus.OPEN,
        col(Commitment.owner_id) == actor.id,
        col(Commitment.partner_id) == actor.id,
        literal(actor.id) == newest_chair(),
    )


def place_of_commitment(commitment: Commitment) -> Place:
    """Where a commitment belongs: the department of its owner, who may write it wherever that is."""
    return Place(commitment.department_id, frozenset({commitment.owner_id}))


def may_write_commitment(actor: Actor, commitment: Commitment) -> bool:
    """Its owner, heads of the department where it counts, and executives."""
    return may(actor, Permission.COMMITMENTS_WRITE, on=place_of_commitment(commitment))


def may_drop_commitment(actor: Actor, commitment: Commitment) -> bool:
    """The partner, or whoever writes commitments where this one counts, but never its owner."""
    if actor.id == commitment.owner_id:
        return False
    partner = Place(people=frozenset({commitment.partner_id} if commitment.partner_id else ()))
    write = Permission.COMMITMENTS_WRITE
    return may(actor, write, on=partner) or may(actor, write, on=Place(commitment.department_id))


async def find_commitment(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.COMMITMENTS_READ,
    lock: bool = False,
) -> Commitment:
    """One commitment by id or code."""
    commitment = await find_one(session, visible_commitments(actor, to=to), Commitment, reference, lock=lock)
    require(actor, to, on=place_of_commitment(commitment))
    return commitment


async def list_commitments(
    session: AsyncSession, filters: CommitmentFilter, *, actor: Actor
) -> tuple[Sequence[Commitment], str | None]:
    """A page of commitments: those of a review with their outcomes, which were told there."""
    statement = visible_commitments(actor)
    if filters.review is None:
        statement = statement.where(shows_outcomes(actor))
    else:
        require(actor, Permission.REVIEWS_READ)
    if filters.department is not None:
        home = await resolve_reference(session, "departments", filters.department, "?department", actor=actor)
        statement = statement.where(col(Commitment.department_id) == home)
    if filters.due_from is not None:
        statement = statement.where(col(Commitment.due_on) >= filters.due_from)
    if filters.due_to is not None:
        statement = statement.where(col(Commitment.due_on) <= filters.due_to)
    done = dict.fromkeys(("department", "due_from", "due_to"))
    return await list_page(session, statement, Commitment, filters.model_copy(update=done), actor=actor)


async def list_redatings(
    session: AsyncSession, commitment: UUID, filters: CommitmentDateFilter
) -> tuple[Sequence[CommitmentDate], str | None]:
    """The due dates a commitment was given after its first one, each with its reason."""
    statement = select(CommitmentDate).where(col(CommitmentDate.commitment_id) == commitment)
    if filters.cursor is not None:
        statement = statement.where(col(CommitmentDate.id) > read_cursor(filters.cursor))
    if filters.updated_since is not None:
        statement = statement.where(col(CommitmentDate.at) >= filters.updated_since)
    statement = statement.order_by(col(CommitmentDate.id)).limit(filters.limit + 1)
    rows = (await session.scalars(statement)).all()
    page = rows[: filters.limit]
    return page, write_cursor(page[-1].id) if len(rows) > filters.limit else None


async def find_telling_review(session: AsyncSession, commitment: Commitment) -> str | None:
    """The month of a closed review that told what became of a commitment, or None."""
    closed = select(col(Review.code)).where(
        col(Review.status) == ReviewStatus.CLOSED, col(Review.closed_at) >= commitment.settled_at
    )
    return await session.scalar(closed.order_by(col(Review.code)).limit(1))


class PromiseRow(NamedTuple):
    """An open commitment with the KPI that it is to move, and the ids of what that KPI measures."""

    code: str
    what: str
    due_on: date
    kpi_code: str | None
    kpi_name: str | None
    measures: list[UUID]


async def list_promises(
    session: AsyncSession, owner: UUID, *, actor: Actor, limit: int = 50
) -> list[PromiseRow]:
    """What a person has promised and not done yet, the next one first."""
    open_ones = (
        visible_commitments(actor)
        .outerjoin(Kpi, col(Kpi.id) == col(Commitment.kpi_id))
        .where(
            col(Commitment.owner_id) == owner,
            col(Commitment.status) == CommitmentStatus.OPEN,
            col(Commitment.archived_at).is_(None),
        )
        .order_by(col(Commitment.due_on), col(Commitment.id))
        .limit(limit)
    )
    measured = select(func.array_agg(col(KpiMeasure.node_id))).where(
        col(KpiMeasure.kpi_id) == col(Commitment.kpi_id)
    )
    promise = (col(Commitment.code), col(Commitment.what), col(Commitment.due_on))
    told = (*promise, col(Kpi.code), col(Kpi.name), func.coalesce(measured.scalar_subquery(), []))
    return [PromiseRow(*row) for row in await session.execute(open_ones.with_only_columns(*told))]


class Reminder(NamedTuple):
    """Whom to remind of what. `is_owner`: of their own; else of what they ask after.

    `key` is the same on each day of one moment: who was told once of it is not told again.
    """

    to: UUID
    is_owner: bool
    moment: Moment
    code: str
    what: str
    due_on: date
    owner: str

    @property
    def key(self) -> str:
        """What keeps two mails of one moment apart."""
        return f"commitment:{self.code}:{self.due_on}:{self.moment}:{self.to}"


async def list_commitments_to_remind(session: AsyncSession, today: date) -> list[Reminder]:
    """Whom to remind today of what is open: its owner before, on and after its day, then its partner, too.

    By day due. Who has left is not reminded.
    """
    owner, partner = aliased(Owner), aliased(Owner)
    statement = (
        select(Commitment, owner, partner)
        .join(owner, col(owner.id) == col(Commitment.owner_id))
        .outerjoin(partner, col(partner.id) == col(Commitment.partner_id))
        .where(
            col(Commitment.status) == CommitmentStatus.OPEN,
            col(Commitment.archived_at).is_(None),
            col(Commitment.due_on) <= today + timedelta(days=SOON_DAYS),
        )
        .order_by(col(Commitment.due_on), col(Commitment.id))
    )
    reminders = []
    rows: Any = await session.execute(statement)
    for it, who, asks in rows:
        moment = find_moment(it.due_on, today)
        assert moment is not None  # noqa: S101  (it is due within SOON_DAYS)
        told = [who, *([asks] if moment is Moment.SILENT and asks else [])]
        reminders += [
            Reminder(each.id, each is who, moment, it.code, it.what, it.due_on, who.name)
            for each in told
            if each.active and each.archived_at is None
        ]
    return reminders


async def count_commitments(session: AsyncSession) -> int:
    """How many there ever were: none vanishes."""
    return (await session.execute(select(func.count()).select_from(Commitment))).scalar_one()


async def read_home_of(session: AsyncSession, owner_id: UUID) -> UUID | None:
    """The department of a person."""
    found: UUID | None = await session.scalar(
        select(col(Owner.department_id)).where(col(Owner.id) == owner_id)
    )
    return found
