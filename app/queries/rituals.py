"""Reading rituals, what became of their occurrences, who is invited, and verdicts. Votes only as counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.periods import Period
from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.recurrence import read_rule
from app.domain.rituals import Kept, RitualKind, Schedule, review_month
from app.domain.words import Level
from app.errors import Forbidden
from app.models.commitments import Commitment
from app.models.departments import Department
from app.models.owners import Owner
from app.models.rituals import Ritual, RitualFilter, RitualOccurrence, RitualVerdict, RitualVote
from app.queries._find import find_one, list_page, read_uuid

READ, WRITE = Permission.RITUALS_READ, Permission.RITUALS_WRITE


def visible_rituals(actor: Actor, *, to: Permission = READ) -> Select[Ritual]:
    """Every ritual. They belong to no department: a client bound to some is refused."""
    require(actor, to)
    if actor.sees is not None:
        raise Forbidden("Rituals belong to the whole organization; this client is bound to a part of it.")
    return select(Ritual)


def may_write_ritual(actor: Actor, row: Ritual) -> bool:
    """Whether somebody keeps this ritual: its host, and whoever keeps all of them."""
    return may(actor, WRITE, on=Place(people=frozenset({row.host_id})))


async def find_ritual(
    session: AsyncSession, reference: str, *, actor: Actor, to: Permission = READ, lock: bool = False
) -> Ritual:
    """One ritual by id or code."""
    row = await find_one(session, visible_rituals(actor, to=to), Ritual, reference, lock=lock)
    if to is WRITE:
        require(actor, WRITE, on=Place(people=frozenset({row.host_id})))
    return row


async def list_rituals(
    session: AsyncSession, filters: RitualFilter, *, actor: Actor
) -> tuple[Sequence[Ritual], str | None]:
    """A page of rituals."""
    return await list_page(session, visible_rituals(actor), Ritual, filters, actor=actor)


def read_schedule(row: Ritual) -> Schedule:
    """When a ritual takes place, as the domain takes it."""
    return Schedule(rule=read_rule(row.rrule), starts_at=row.starts_at, ruled_from=row.ruled_from)


def read_kept(row: RitualOccurrence) -> Kept:
    """What is stored of an occurrence, as the domain takes it."""
    return Kept(row.day, row.state, row.moved_to)


def find_held_day(row: RitualOccurrence) -> date:
    """The day on which an occurrence takes place now, wherever the rule has it."""
    return row.moved_to.date() if row.moved_to else row.day


async def list_stored(
    session: AsyncSession, rituals: Iterable[UUID], *, first: date | None = None, last: date | None = None
) -> dict[UUID, list[RitualOccurrence]]:
    """What is stored of the occurrences of some rituals, by ritual, in the order of their days."""
    found: dict[UUID, list[RitualOccurrence]] = {identity: [] for identity in rituals}
    if not found:
        return found
    day = col(RitualOccurrence.day)
    statement = select(RitualOccurrence).where(col(RitualOccurrence.ritual_id).in_(found))
    if first is not None:
        statement = statement.where(day >= first)
    if last is not None:
        statement = statement.where(day <= last)
    for row in await session.scalars(statement.order_by(day)):
        found[row.ritual_id].append(row)
    return found


async def find_stored(
    session: AsyncSession, ritual: UUID, day: date, *, lock: bool = False
) -> RitualOccurrence | None:
    """What is stored of one occurrence, or None while nobody has said anything."""
    statement = select(RitualOccurrence).where(
        col(RitualOccurrence.ritual_id) == ritual, col(RitualOccurrence.day) == day
    )
    found: RitualOccurrence | None = await session.scalar(
        statement.with_for_update(key_share=True) if lock else statement
    )
    return found


async def list_participants(session: AsyncSession, row: Ritual) -> Sequence[Owner]:
    """Who is invited as things are now, by name: the host, the named, and the active people of its groups."""
    named = [UUID(each) for each in row.invited]
    chosen = or_(col(Owner.id).in_([*named, row.host_id]), *_join_groups(row))
    present = and_(col(Owner.active), col(Owner.archived_at).is_(None))
    statement = select(Owner).where(present, chosen).order_by(func.lower(col(Owner.name)), col(Owner.id))
    return (await session.scalars(statement)).all()


def _join_groups(row: Ritual) -> list[ColumnElement[bool]]:
    groups: list[ColumnElement[bool]] = []
    if row.departments:
        tree = (
            select(col(Department.id))
            .where(col(Department.id).in_([UUID(each) for each in row.departments]))
            .cte("below", recursive=True)
        )
        tree = tree.union(select(col(Department.id)).where(col(Department.parent_id) == tree.c.id))
        groups.append(col(Owner.department_id).in_(select(tree.c.id)))
    if row.levels:
        groups.append(col(Owner.level).in_([Level(each) for each in row.levels]))
    return [and_(*groups)] if groups else []


async def count_votes(session: AsyncSession, occurrences: Sequence[UUID]) -> Mapping[UUID, dict[int, int]]:
    """How often which score was given, by occurrence. Who gave it is read by nobody."""
    found: dict[UUID, dict[int, int]] = {identity: {} for identity in occurrences}
    if not found:
        return found
    identity, score = col(RitualVote.occurrence_id), col(RitualVote.score)
    statement = select(identity, score, func.count()).where(identity.in_(found)).group_by(identity, score)
    for occurrence, given, times in await session.execute(statement):
        found[occurrence][given] = times
    return found


async def find_own_vote(session: AsyncSession, occurrence: UUID, *, actor: Actor) -> int | None:
    """What the person who asks has voted."""
    statement = select(col(RitualVote.score)).where(
        col(RitualVote.occurrence_id) == occurrence, col(RitualVote.owner_id) == actor.id
    )
    found: int | None = await session.scalar(statement)
    return found


async def list_verdicts(session: AsyncSession, ritual: UUID) -> Sequence[RitualVerdict]:
    """What was decided about a ritual, the latest quarter first."""
    statement = select(RitualVerdict).where(col(RitualVerdict.ritual_id) == ritual)
    return (await session.scalars(statement.order_by(col(RitualVerdict.quarter).desc()))).all()


async def find_verdict(session: AsyncSession, ritual: UUID, quarter: str) -> RitualVerdict | None:
    """What was decided about a ritual for a quarter."""
    statement = select(RitualVerdict).where(
        col(RitualVerdict.ritual_id) == ritual, col(RitualVerdict.quarter) == quarter
    )
    found: RitualVerdict | None = await session.scalar(statement)
    return found


async def find_review_day(session: AsyncSession, period: Period) -> date | None:
    """The day on which the monthly review takes place that looks back at a month; None where none is planned.

    Where there are several such rituals, the one that was made first decides.
    """
    statement = (
        select(Ritual)
        .where(col(Ritual.kind) == RitualKind.MONTHLY_REVIEW, col(Ritual.archived_at).is_(None))
        .order_by(col(Ritual.id))
        .limit(1)
    )
    row: Ritual | None = await session.scalar(statement)
    if row is None:
        return None
    stored = (await list_stored(session, [row.id]))[row.id]
    return review_month(read_schedule(row), [read_kept(each) for each in stored], period)


async def name_commitments(session: AsyncSession, texts: Sequence[str]) -> dict[str, str]:
    """The codes of commitments that are named by id or code, by the text that names them."""
    if not texts:
        return {}
    ids = {text: identity for text in texts if (identity := read_uuid(text))}
    code = col(Commitment.code)
    statement = select(col(Commitment.id), code).where(
        or_(col(Commitment.id).in_(ids.values()), func.lower(code).in_([text.lower() for text in texts]))
    )
    known = {
        key: found
        for identity, found in await session.execute(statement)
        for key in (identity, found.lower())
    }
    return {text: known[key] for text in texts if (key := ids.get(text) or text.lower()) in known}
