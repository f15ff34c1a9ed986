"""Reading goals and objectives as ends of links: one by its code, those that words fit, what hangs on one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.domain.words import NodeKind
from app.queries._reach import reach_of
from app.queries.goals_rows import VISIBLE_PLAN

MOST_FOUND = 20
MOST_CHOICES = 500
# Without a word to go by, a few to begin with.
MOST_OFFERED = 8


class NodeName(NamedTuple):
    """A goal, objective or initiative as one sees it before linking to it."""

    id: UUID
    kind: NodeKind
    code: str
    title: str
    why: str | None
    status: str
    ends_on: date | None
    changed_at: datetime
    department: str | None
    owner: str | None


class Pointers(NamedTuple):
    """How much hangs on a node: links into it and out of it, KPIs that measure it, initiatives for it."""

    into_it: int
    out_of_it: int
    kpis: int
    initiatives: int


# `sources`: only objectives that the actor may link from.
_NODES = """VISIBLE,
node as (
    select g.id, 'goal' as kind, g.code, g.title, g.why, g.status, g.ends_on, g.changed_at,
           null as department, null::uuid as department_id, g.owner_id
    from goal g
    union all
    select b.id, 'objective', b.code, b.title, b.why, b.status, b.ends_on, b.changed_at, d.name, d.id,
           b.owner_id
    from objective b join departments d on d.id = b.department_id
    union all
    select i.id, 'initiative', i.code, i.title, i.why, i.status, i.due_on, i.updated_at, d.name, d.id,
           i.owner_id
    from initiative i join departments d on d.id = i.department_id
)
select n.id, n.kind, n.code, n.title, n.why, n.status, n.ends_on, n.changed_at, n.department, o.name
from node n left join owners o on o.id = n.owner_id
""".replace("VISIBLE", VISIBLE_PLAN)
_BY_NAME = text(_NODES + " where lower(n.code) = lower(:reference) or cast(n.id as text) = lower(:reference)")
_BY_WORDS = text(
    _NODES
    + """
where n.id <> :itself
  and (not cast(:sources as bool) or n.kind = 'objective' and (
           cast(:every_draft as bool) or n.department_id = any(cast(:writes as uuid[]))
           or n.owner_id = cast(:assignee as uuid)))
  and n.code || ' ' || n.title || ' ' || coalesce(n.department, '') || ' ' || coalesce(o.name, '')
      ilike all(cast(:words as text[]))
order by n.status <> 'active', n.kind, n.code
limit :most
"""
)
_CODES = text(
    "select code from nodes where lower(code) like lower(:start) || '%' order by length(code), code"
)
_POINTERS = text("""
select (select count(*) from links where target_id = :node and archived_at is null),
       (select count(*) from links where source_id = :node and archived_at is null),
       (select count(*) from kpi_measures m join kpis k on k.id = m.kpi_id
        where m.node_id = :node and k.archived_at is null),
       (select count(*) from initiative_supports s join initiatives i on i.id = s.initiative_id
        where s.node_id = :node and i.archived_at is null)
""")


async def name_node(session: AsyncSession, reference: str, *, actor: Actor) -> NodeName | None:
    """The goal or objective of an id or code, in force or not; None where none is seen."""
    require(actor, Permission.GOALS_READ)
    if "\x00" in reference:
        return None
    row = (await session.execute(_BY_NAME, reach_of(actor) | {"reference": reference})).one_or_none()
    return None if row is None else NodeName(*row)._replace(kind=NodeKind(row.kind))


async def search_nodes(
    session: AsyncSession, words: Sequence[str], *, itself: UUID, sources: bool, actor: Actor
) -> tuple[list[NodeName], bool]:
    """Goals and objectives in which all words occur, and whether there are more than are told.

    `sources`: only objectives at which this actor may let a link begin.
    """
    require(actor, Permission.GOALS_READ)
    most = MOST_FOUND if words else MOST_OFFERED
    parameters = reach_of(actor) | {
        "itself": itself,
        "sources": sources,
        "words": [f"%{_escape(word)}%" for word in words],
        "most": most + 1,
    }
    rows = await session.execute(_BY_WORDS, parameters)
    found = [NodeName(*row)._replace(kind=NodeKind(row.kind)) for row in rows]
    return found[:most], len(found) > most


_CHOICES = text(
    """VISIBLE
select n.code, n.title from (
    select code, title, status, 0 as rank, id from goal
    union all
    select code, title, status, 1, id from objective
    union all
    select code, title, status, 2, id from initiative where cast(:with_initiatives as bool)
) n
where n.status in ('active', 'paused', 'draft') and n.id is distinct from cast(:itself as uuid)
order by n.rank, n.code limit :most
""".replace("VISIBLE", VISIBLE_PLAN)
)


async def list_aim_choices(session: AsyncSession, *, actor: Actor) -> list[tuple[str, str]]:
    """Code and title of goals and objectives that are not over, for pickers."""
    require(actor, Permission.GOALS_READ)
    parameters = reach_of(actor) | {"with_initiatives": False, "itself": None, "most": MOST_CHOICES}
    return [(code, title) for code, title in await session.execute(_CHOICES, parameters)]


async def list_end_choices(session: AsyncSession, itself: UUID, *, actor: Actor) -> list[tuple[str, str]]:
    """The same with initiatives, without the one that asks: what it may need."""
    require(actor, Permission.GOALS_READ)
    parameters = reach_of(actor) | {"with_initiatives": True, "itself": itself, "most": MOST_CHOICES}
    return [(code, title) for code, title in await session.execute(_CHOICES, parameters)]


async def count_pointers(session: AsyncSession, node: UUID) -> Pointers:
    """What still points at a goal or objective."""
    return Pointers(*(await session.execute(_POINTERS, {"node": node})).one())


async def list_node_codes(session: AsyncSession, start: str) -> list[str]:
    """The codes that begin alike, the shortest first; those of archived things stay taken."""
    return list((await session.scalars(_CODES, {"start": _escape(start)})).all())


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\x00", "")
