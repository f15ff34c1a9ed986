"""The bare goal graph, read in bulk for the structural rules. What other rules need is in `goals_tree`."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.graph import CONTRIBUTES, BoolArray, Graph
from app.domain.linkage.ids import MISSING, Ids, IdTable, Positions

# Each column as one value, joined by the server: rows would each be a message, and cost us as much as it.
_GOALS = text("""
select string_agg(uuid_send(id), null), string_agg(boolsend(status = 'active'), null)
from goals where archived_at is null
""")
_OBJECTIVES = text("""
select string_agg(uuid_send(id), null), string_agg(boolsend(status = 'active'), null)
from objectives where archived_at is null
""")
# In the order of the index that alone answers this; what walks along the links is faster in order, too.
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
        (goals, objectives), links = await _read_nodes(session), await _read_links(session)
    else:
        (goals, objectives), links = await asyncio.gather(_read_nodes(session), _read_links(beside))
    ids, live = np.concatenate((goals[0], objectives[0])), np.concatenate((goals[1], objectives[1]))
    table = IdTable(ids)
    # Two threads: numpy lets go of the interpreter's lock while it looks up.
    finding = (asyncio.to_thread(_find_all, table, ends) for ends in links)
    source, target = await asyncio.gather(*finding)
    inside = (source != MISSING) & (target != MISSING)
    if not inside.all():
        source, target = source[inside], target[inside]
    kind = np.full(len(source), CONTRIBUTES, dtype=np.int8)
    return StoredGraph(Graph(len(goals[0]), live, source, target, kind), ids)


async def _read_nodes(session: AsyncSession) -> list[tuple[Ids, BoolArray]]:
    """The ids of the goals and of the objectives, each with whether it is live."""
    told = [(await session.execute(query)).one() for query in (_GOALS, _OBJECTIVES)]
    return [(_take_ids(ids), np.frombuffer(live or b"", np.bool_)) for ids, live in told]


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
