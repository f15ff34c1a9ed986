"""Reading links, and the walk along them that the cycle guard needs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, require
from app.domain.words import LinkType
from app.errors import NotFound
from app.models.goals import Goal
from app.models.initiatives import Initiative
from app.models.links import Link, LinkFilter
from app.models.objectives import Objective
from app.queries._find import find_one, list_page
from app.queries._reach import shows_goals, shows_initiatives, shows_objectives
from app.queries.initiatives import place_of_initiative
from app.queries.objectives import place_of_objective

End = Objective | Goal | Initiative


def visible_links(actor: Actor, *, to: Permission = Permission.GOALS_READ) -> Select[Link]:
    """Links whose both ends an actor sees: a link names them."""
    require(actor, to)
    source, target = aliased(Objective), aliased(Objective)
    led_source, led_target = aliased(Initiative), aliased(Initiative)
    # Joins, not subqueries: a page then costs a look-up per row, however many objectives there are.
    return (
        select(Link)
        .outerjoin(source, col(source.id) == col(Link.source_id))
        .outerjoin(led_source, col(led_source.id) == col(Link.source_id))
        .outerjoin(target, col(target.id) == col(Link.target_id))
        .outerjoin(led_target, col(led_target.id) == col(Link.target_id))
        .outerjoin(Goal, col(Goal.id) == col(Link.target_id))
        .where(
            or_(
                col(source.id).is_not(None) & shows_objectives(actor, source),
                col(led_source.id).is_not(None) & shows_initiatives(actor, led_source),
            ),
            or_(
                col(target.id).is_not(None) & shows_objectives(actor, target),
                col(Goal.id).is_not(None) & shows_goals(actor),
                col(led_target.id).is_not(None) & shows_initiatives(actor, led_target),
            ),
        )
    )


async def find_link(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.GOALS_READ,
    lock: bool = False,
) -> Link:
    """One link by id or code. Of several with one code, the one in force, else the last archived."""
    statement = visible_links(actor, to=to)
    statement = statement.order_by(col(Link.archived_at).is_not(None), col(Link.id).desc()).limit(1)
    link = await find_one(session, statement, Link, reference, lock=lock)
    require(actor, to, on=await find_place_of_link(session, link))
    return link


async def find_dependency(session: AsyncSession, reference: str, *, actor: Actor, lock: bool = False) -> Link:
    """One dependency by id or code, to be answered by whoever writes its target."""
    statement = visible_links(actor, to=Permission.GOALS_WRITE)
    statement = statement.order_by(col(Link.archived_at).is_not(None), col(Link.id).desc()).limit(1)
    link = await find_one(session, statement, Link, reference, lock=lock)
    require(actor, Permission.GOALS_WRITE, on=await find_place_of_end(session, link.target_id))
    return link


async def find_place_of_link(session: AsyncSession, link: Link) -> Place:
    """A link belongs where its source does."""
    return await find_place_of_end(session, link.source_id)


async def find_place_of_end(session: AsyncSession, node: UUID) -> Place:
    """Where a goal, objective or initiative belongs, and whose it is; goals belong to all."""
    found: End | None = await session.get(Objective, node)
    found = found or await session.get(Initiative, node) or await session.get(Goal, node)
    if found is None:
        raise NotFound("An end of this link has just been deleted.")
    return place_of_end(found)


def place_of_end(end: End) -> Place:
    """Where an end of a link belongs."""
    if isinstance(end, Initiative):
        return place_of_initiative(end)
    return place_of_objective(end) if isinstance(end, Objective) else Place()


async def list_links(
    session: AsyncSession, filters: LinkFilter, *, actor: Actor
) -> tuple[Sequence[Link], str | None]:
    """A page of links."""
    return await list_page(session, visible_links(actor), Link, filters, actor=actor)


class OtherLinks(NamedTuple):
    """What the other links of one source already say."""

    effort: Decimal
    same: bool


async def read_other_links(
    session: AsyncSession, link_id: UUID | None, *, source_id: UUID, target_id: UUID, type: LinkType
) -> OtherLinks:
    """The sum of effort of a source's other links, and whether one of them is the very same."""
    same = (col(Link.target_id) == target_id) & (col(Link.type) == type)
    statement = select(func.sum(col(Link.effort)), func.bool_or(same)).where(
        col(Link.source_id) == source_id, col(Link.archived_at).is_(None)
    )
    if link_id is not None:
        statement = statement.where(col(Link.id) != link_id)
    effort, found = (await session.execute(statement)).one()
    return OtherLinks(effort or Decimal(0), bool(found))


# The walk starts at the target of the new link and follows `contributes`. Only when it arrives at the source
# does it give edges: those among which the way lies. Archived links and objectives are out of the graph and
# cannot come back; every other status counts, because a draft may become live without a new link. Where
# nothing contributes to the source, as to every new objective, no way leads to it, and none is walked.
_WALK = text("""
with recursive graph as not materialized (
    select l.id, l.source_id, l.target_id
    from links l
    join objectives o on o.id = l.source_id and o.archived_at is null
    where l.type = 'contributes' and l.archived_at is null and l.id is distinct from cast(:itself as uuid)),
reached(id) as (
    select cast(:target as uuid)
    where cast(:source as uuid) = cast(:target as uuid)
       or exists (select from graph g where g.target_id = cast(:source as uuid))
    union
    select g.target_id from reached r join graph g on g.source_id = r.id)
select s.code as source, t.code as target
from reached r
join graph g on g.source_id = r.id
join nodes s on s.id = g.source_id
join nodes t on t.id = g.target_id
where cast(:source as uuid) in (select id from reached)
order by g.id
""")


async def read_way_back(
    session: AsyncSession, *, source_id: UUID, target_id: UUID, except_link: UUID | None
) -> dict[str, list[str]]:
    """The links, by codes, among which a way from the target back to the source lies; empty without one."""
    parameters = {"source": source_id, "target": target_id, "itself": except_link}
    edges: dict[str, list[str]] = {}
    for source, target in await session.execute(_WALK, params=parameters):
        edges.setdefault(source, []).append(target)
    return edges
