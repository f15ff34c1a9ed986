"""The bare goal graph, read in bulk for the structural rules. What other rules need is in `goals_tree`."""

import asyncio
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.graph import CONTRIBUTES, BoolArray, Graph
from app.domain.linkage.ids import MISSING, Ids, IdTable, Positions

# Each column as one value, joined by the server: rows would each be a message, and cost us as much as it.
# Objectives and links are read in the order of an index that alone answers; to look them up and to walk along
# them is faster in order, too.
_NODES = text(r"""
with g as (
    select coalesce(string_agg(uuid_send(id), null), '') as ids,
           coalesce(string_agg(case status when 'active' then bytea '\x01' else '\x00' end, null), '') as live
    from goals where archived_at is null
), o as (
    select coalesce(string_agg(uuid_send(id), null), '') as ids,
           coalesce(string_agg(case status when 'active' then bytea '\x01' else '\x00' end, null), '') as live
    from (select id, status from objectives where archived_at is null order by id) as each
)
select length(g.live) as goals, g.ids || o.ids as ids, g.live || o.live as live from g, o
""")
_LINKS = text("""
select string_agg(uuid_send(source_id), null), string_agg(uuid_send(target_id), null)
from (
    select source_id, target_id from links
    where archived_at is null and type = 'contributes'
    order by source_id, target_id, type
) as each
""")
# What is looked up at once stays in the caches of a processor.
_PIECE = 1 << 15


@dataclass(frozen=True)
class StoredGraph:
    """A graph of what is stored, with the ids of its nodes. Its links all contribute."""

    graph: Graph
    ids: Ids

    def id_of(self, node: int) -> UUID:
        """The id of the node at a position."""
        return UUID(bytes=self.ids[node].tobytes())


async def read_graph(session: AsyncSession, beside: AsyncSession) -> StoredGraph:
    """All goals and objectives that are not archived, drafts too, and the `contributes` links among them.

    Both sessions must see one moment (`Database.open_snapshot`): the second one reads the links meanwhile,
    which takes a third less time. They may be the same. A column may take 1 GB, the most a value can: 64
    million ids.
    """
    if beside is session:
        nodes, links = await _read_nodes(session), await _read_links(session)
    else:
        nodes, links = await asyncio.gather(_read_nodes(session), _read_links(beside))
    # Two threads: numpy lets go of the interpreter's lock while it looks up.
    finding = (asyncio.to_thread(_find_all, nodes.table, ends) for ends in links)
    source, target = await asyncio.gather(*finding)
    inside = (source != MISSING) & (target != MISSING)
    if not inside.all():
        source, target = source[inside], target[inside]
    kind = np.full(len(source), CONTRIBUTES, dtype=np.int8)
    return StoredGraph(Graph(nodes.goal_count, nodes.live, source, target, kind), nodes.ids)


class _Nodes(NamedTuple):
    goal_count: int
    ids: Ids
    live: BoolArray
    table: IdTable


async def _read_nodes(session: AsyncSession) -> _Nodes:
    """The goals, then the objectives; their table is made while links may still be on their way."""
    row = (await session.execute(_NODES)).one()
    ids, live = _take_ids(row.ids), np.frombuffer(row.live, np.bool_)
    return _Nodes(row.goals, ids, live, await asyncio.to_thread(IdTable, ids))


async def _read_links(session: AsyncSession) -> tuple[Ids, Ids]:
    """The ids of the links' sources and of their targets."""
    source, target = (await session.execute(_LINKS)).one()
    return _take_ids(source), _take_ids(target)


def _take_ids(data: bytes | None) -> Ids:
    return np.frombuffer(data or b"", np.uint64).reshape(-1, 2)


def _find_all(table: IdTable, ids: Ids) -> Positions:
    """The positions of many ids."""
    pieces = np.split(ids, range(_PIECE, len(ids), _PIECE))
    return np.concatenate([table.find(piece) for piece in pieces])
