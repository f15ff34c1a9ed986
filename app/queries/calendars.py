"""Reading what stands in a person's calendar, and whose calendar a private address opens."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.permissions import Actor, Permission, may
from app.domain.words import CommitmentStatus, TalkState
from app.models.commitments import Commitment
from app.models.owners import Owner
from app.models.partnerships import Partnership, Talk
from app.models.rituals import CalendarAddress, Ritual, RitualOccurrence
from app.queries.actors import ROLE_IN_FORCE, read_person
from app.queries.rituals import list_stored
from app.queries.sign_ins import hash_token

# Whoever may not sign in any more has no calendar either.
_FIND = text(
    """
select o.id as owner_id, o.name as owner_name, {role} as role,
       (with recursive below(id) as (
            select o.department_id where o.role = 'head'
            union
            select d.id from departments d join below b on d.parent_id = b.id)
        select array_agg(id) from below where id is not null) as departments
from calendar_addresses a
join owners o on o.id = a.owner_id and o.archived_at is null and o.active and ({role}) is not null
where a.token_hash = :token
""".replace("{role}", ROLE_IN_FORCE)
)
# The department of a person and all above it: a ritual of one of these asks this person, too.
_STANDING = text("""
with recursive above(id, parent_id) as (
    select d.id, d.parent_id from departments d join owners o on o.department_id = d.id where o.id = :owner
    union
    select d.id, d.parent_id from departments d join above a on d.id = a.parent_id)
select (select level from owners where id = :owner) as level, array(select id::text from above) as departments
""")


async def find_calendar_person(session: AsyncSession, token: str) -> Actor | None:
    """The person whose calendar an address opens; None when it was revoked, or its person has left."""
    row: Any = (await session.execute(_FIND, {"token": hash_token(token)})).one_or_none()
    return None if row is None else read_person(row)


async def find_calendar_address(session: AsyncSession, *, actor: Actor) -> CalendarAddress | None:
    """Whether the person who asks has a private address, and since when."""
    return await session.get(CalendarAddress, actor.id)


class OwnRitual(NamedTuple):
    """A ritual in force that somebody hosts or is invited to, with all that is stored of it."""

    ritual: Ritual
    stored: Sequence[RitualOccurrence]


async def list_own_rituals(session: AsyncSession, *, actor: Actor) -> list[OwnRitual]:
    """The rituals of the person who asks, as things are now."""
    if not may(actor, Permission.RITUALS_READ):
        return []
    standing = (await session.execute(_STANDING, {"owner": actor.id})).one()
    statement = select(Ritual).where(col(Ritual.archived_at).is_(None)).order_by(col(Ritual.id))
    rows = [row for row in await session.scalars(statement) if _asks(row, actor.id, *standing)]
    stored = await list_stored(session, [row.id for row in rows])
    return [OwnRitual(row, stored[row.id]) for row in rows]


def _asks(row: Ritual, person: UUID, level: str | None, departments: Sequence[str]) -> bool:
    """What `list_participants` says, of one person."""
    if row.host_id == person or str(person) in row.invited:
        return True
    by_level = not row.levels or level in row.levels
    by_place = not row.departments or not set(departments).isdisjoint(row.departments)
    return bool(row.levels or row.departments) and by_level and by_place


class OwnTalk(NamedTuple):
    """A talk that is planned, and with whom."""

    talk: Talk
    partnership: str
    partner: str


async def list_own_talks(session: AsyncSession, *, actor: Actor, since: date) -> list[OwnTalk]:
    """The planned talks of the person who asks, from a day on."""
    if not may(actor, Permission.PARTNERSHIPS_READ):
        return []
    other = aliased(Owner)
    mine = or_(col(Partnership.a_id) == actor.id, col(Partnership.b_id) == actor.id)
    statement = (
        select(Talk, col(Partnership.code), col(other.name))
        .join(Partnership, col(Partnership.id) == col(Talk.partnership_id))
        .join(other, col(other.id).in_((col(Partnership.a_id), col(Partnership.b_id))))
        .where(mine, col(other.id) != actor.id, col(Partnership.archived_at).is_(None))
        .where(col(Talk.state) == TalkState.PLANNED, col(Talk.planned_on) >= since)
        .order_by(col(Talk.planned_on), col(Talk.id))
    )
    return [OwnTalk(*row) for row in await session.execute(statement)]


async def list_own_due(session: AsyncSession, *, actor: Actor, since: date) -> Sequence[Commitment]:
    """The open commitments of the person who asks that are due from a day on."""
    if not may(actor, Permission.COMMITMENTS_READ):
        return []
    statement = select(Commitment).where(
        col(Commitment.owner_id) == actor.id,
        col(Commitment.status) == CommitmentStatus.OPEN,
        col(Commitment.archived_at).is_(None),
        col(Commitment.due_on) >= since,
    )
    return (await session.scalars(statement.order_by(col(Commitment.due_on), col(Commitment.id)))).all()


def last_change(own: OwnRitual) -> datetime:
    """When a ritual or something stored of it changed last."""
    return max([own.ritual.updated_at, *(each.updated_at for each in own.stored)])
