"""Reading partnerships, their talks, and which departments depend on each other without one."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.words import TalkState
from app.models.departments import Department
from app.models.owners import Owner
from app.models.partnerships import Partnership, PartnershipFilter, Talk, TalkFilter
from app.queries._find import find_one, list_page, resolve_reference

READ, WRITE = Permission.PARTNERSHIPS_READ, Permission.PARTNERSHIPS_WRITE


def visible_partnerships(actor: Actor, *, to: Permission = READ) -> Select[Partnership]:
    """Every partnership; for a bound client those of which it sees both departments."""
    require(actor, to)
    statement = select(Partnership)
    if actor.sees is None:
        return statement
    ends = (Partnership.department_id, Partnership.other_department_id)
    return statement.where(*(col(end).in_(actor.sees) for end in ends))


def may_write_partnership(actor: Actor, row: Partnership) -> bool:
    """Whether somebody keeps this partnership: the two themselves, and whoever writes a department of it."""
    people = frozenset({row.a_id, row.b_id})
    homes = (row.department_id, row.other_department_id)
    return any(may(actor, WRITE, on=Place(home, people)) for home in homes)


async def find_partnership(
    session: AsyncSession, reference: str, *, actor: Actor, to: Permission = READ, lock: bool = False
) -> Partnership:
    """One partnership by id or code."""
    row = await find_one(session, visible_partnerships(actor, to=to), Partnership, reference, lock=lock)
    if to is WRITE and not may_write_partnership(actor, row):
        require(actor, WRITE, on=Place(row.department_id))
    return row


async def list_partnerships(
    session: AsyncSession, filters: PartnershipFilter, *, actor: Actor
) -> tuple[Sequence[Partnership], str | None]:
    """A page of partnerships; an owner or a department may be on either side."""
    statement = visible_partnerships(actor)
    if filters.owner:
        owner = await resolve_reference(session, "owners", filters.owner, "?owner", actor=actor)
        statement = statement.where(or_(col(Partnership.a_id) == owner, col(Partnership.b_id) == owner))
    if filters.department:
        home = await resolve_reference(session, "departments", filters.department, "?department", actor=actor)
        ends = (col(Partnership.department_id), col(Partnership.other_department_id))
        statement = statement.where(or_(*(end == home for end in ends)))
    plain = filters.model_copy(update={"owner": None, "department": None})
    return await list_page(session, statement, Partnership, plain, actor=actor)


async def count_partnerships(session: AsyncSession) -> int:
    """How many there ever were: none vanishes."""
    return (await session.execute(select(func.count()).select_from(Partnership))).scalar_one()


async def find_partners(session: AsyncSession, row: tuple[UUID, UUID]) -> dict[UUID, Owner]:
    """Two people by their ids."""
    found = await session.scalars(select(Owner).where(col(Owner.id).in_(row)))
    return {owner.id: owner for owner in found}


async def find_talk(
    session: AsyncSession, partnership: Partnership, reference: str, *, lock: bool = False
) -> Talk:
    """One talk of a partnership by id or code."""
    statement = select(Talk).where(col(Talk.partnership_id) == partnership.id)
    return await find_one(session, statement, Talk, reference, lock=lock)


async def list_talks(
    session: AsyncSession, partnership: Partnership, filters: TalkFilter, *, actor: Actor
) -> tuple[Sequence[Talk], str | None]:
    """A page of the talks of a partnership, in the order of planning."""
    statement = select(Talk).where(col(Talk.partnership_id) == partnership.id)
    return await list_page(session, statement, Talk, filters, actor=actor)


async def count_talks(session: AsyncSession, partnership: UUID) -> int:
    """How many talks of a partnership there ever were."""
    counted = select(func.count()).select_from(Talk).where(col(Talk.partnership_id) == partnership)
    return (await session.execute(counted)).scalar_one()


async def find_open_talk(session: AsyncSession, partnership: UUID) -> Talk | None:
    """The talk that is planned next."""
    planned = select(Talk).where(
        col(Talk.partnership_id) == partnership, col(Talk.state) == TalkState.PLANNED
    )
    found: Talk | None = await session.scalar(planned.order_by(col(Talk.planned_on), col(Talk.id)).limit(1))
    return found


class PartnershipRow(NamedTuple):
    """A partnership as a page tells it: who, about what, and how their talks of the last year went."""

    row: Partnership
    a: str
    a_email: str
    a_department: str
    b: str
    b_email: str
    b_department: str
    next_talk: str | None
    held: int
    settled: int
    last_held_on: date | None


async def list_partnership_rows(
    session: AsyncSession, *, actor: Actor, since: date, owner: UUID | None = None, limit: int = 200
) -> list[PartnershipRow]:
    """Partnerships in force, the next talk first, in one statement. Talks are counted since a day."""
    one, other = aliased(Owner), aliased(Owner)
    home, elsewhere = aliased(Department), aliased(Department)
    its = col(Talk.partnership_id) == col(Partnership.id)
    next_talk = (
        select(col(Talk.code))
        .where(its, col(Talk.state) == TalkState.PLANNED)
        .order_by(col(Talk.planned_on), col(Talk.id))
        .limit(1)
    )
    recent = and_(its, col(Talk.planned_on) >= since)
    held = select(func.count()).where(recent, col(Talk.state) == TalkState.HELD)
    settled = select(func.count()).where(recent, col(Talk.state) != TalkState.PLANNED)
    last = select(func.max(col(Talk.held_on))).where(its)
    told = (col(one.name), col(one.email), col(home.name), col(other.name), col(other.email))
    statement: Select[Any] = (
        visible_partnerships(actor)
        .join(one, col(one.id) == col(Partnership.a_id))
        .join(other, col(other.id) == col(Partnership.b_id))
        .join(home, col(home.id) == col(Partnership.department_id))
        .join(elsewhere, col(elsewhere.id) == col(Partnership.other_department_id))
        .add_columns(*told, col(elsewhere.name))
        .add_columns(*(part.scalar_subquery() for part in (next_talk, held, settled, last)))
        .where(col(Partnership.archived_at).is_(None))
        .order_by(col(Partnership.next_on).nulls_last(), col(Partnership.id))
        .limit(limit)
    )
    if owner is not None:
        statement = statement.where(or_(col(Partnership.a_id) == owner, col(Partnership.b_id) == owner))
    return [PartnershipRow(*row) for row in await session.execute(statement)]


class Suggestion(NamedTuple):
    """Two heads whose departments depend on each other, and how often; nobody has paired them yet."""

    a: str
    a_email: str
    a_department: str
    b: str
    b_email: str
    b_department: str
    dependencies: int
    about: list[str]


# A dependency counts for the departments of both its ends, whoever waits for whom. Drafts and archived
# things are no plan yet, or none any more.
_SUGGESTIONS = text("""
with tie as (
    select least(s.department_id::text, t.department_id::text)::uuid as one,
           greatest(s.department_id::text, t.department_id::text)::uuid as other,
           n.code || case l.type when 'depends_on' then ' needs ' else ' conflicts with ' end || m.code
               as said
    from links l
    join objectives s on s.id = l.source_id
    join objectives t on t.id = l.target_id
    join nodes n on n.id = s.id
    join nodes m on m.id = t.id
    where l.type in ('depends_on', 'conflicts_with') and l.archived_at is null
      and s.archived_at is null and t.archived_at is null and 'draft' not in (s.status, t.status)
      and s.department_id <> t.department_id
)
select a.name, a.email, x.name, b.name, b.email, y.name, count(*), array_agg(said order by said)
from tie
join departments x on x.id = tie.one
join departments y on y.id = tie.other
join owners a on a.id = x.head_id
join owners b on b.id = y.head_id
where a.id <> b.id and not exists (
    select from partnerships p
    where p.archived_at is null and least(p.department_id::text, p.other_department_id::text)::uuid = tie.one
      and greatest(p.department_id::text, p.other_department_id::text)::uuid = tie.other)
group by a.id, x.id, b.id, y.id
order by count(*) desc, x.code, y.code
limit 3
""")


async def list_suggestions(session: AsyncSession, *, actor: Actor) -> list[Suggestion]:
    """The pairs of departments with the most dependencies between them that have no partnership."""
    require(actor, WRITE)
    return [Suggestion(*row) for row in await session.execute(_SUGGESTIONS)]
