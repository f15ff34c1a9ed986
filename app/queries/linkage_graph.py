"""The bare goal graph, read in bulk for the structural rules. What other rules need is in `goals_tree`."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.graph import CONTRIBUTES, Graph
from app.domain.linkage.ids import MISSING, Ids, IdTable, Positions
from app.queries._copying import Columns, copy_columns, make_row

_GOALS = "select id, status = 'active' from goals where archived_at is null"
_OBJECTIVES = "select id, status = 'active' from objectives where archived_at is null"
# In the order of the index that alone answers this; what walks along the links is faster in order, too.
_LINKS = """
select source_id, target_id from links
where archived_at is null and type = 'contributes'
order by source_id, target_id, type
"""
_ID = (np.uint64, 2)
_NODE = make_row(id=_ID, live=np.bool_)
_LINK = make_row(source=_ID, target=_ID)


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
    which takes a third less time. They may be the same.
    """
    if beside is session:
        goals, objectives = await _read_nodes(session)
        links = await copy_columns(session, _LINKS, _LINK)
    else:
        reading = _read_nodes(session), copy_columns(beside, _LINKS, _LINK)
        (goals, objectives), links = await asyncio.gather(*reading)
    live, ids = (np.concatenate(goals[name] + objectives[name]) for name in ("live", "id"))
    table = IdTable(ids)
    # Two threads: numpy lets go of the interpreter's lock while it looks up.
    finding = (asyncio.to_thread(_find_all, table, links.pop(end)) for end in ("source", "target"))
    source, target = await asyncio.gather(*finding)
    inside = (source != MISSING) & (target != MISSING)
    if not inside.all():
        source, target = source[inside], target[inside]
    kind = np.full(len(source), CONTRIBUTES, dtype=np.int8)
    return StoredGraph(Graph(sum(map(len, goals["id"])), live, source, target, kind), ids)


async def _read_nodes(session: AsyncSession) -> tuple[Columns, Columns]:
    """The ids of the goals and of the objectives, each with whether it is live."""
    goals = await copy_columns(session, _GOALS, _NODE)
    return goals, await copy_columns(session, _OBJECTIVES, _NODE)


def _find_all(table: IdTable, pieces: list[Ids]) -> Positions:
    """The positions of many ids. Their pieces are given up on the way."""
    pieces.reverse()
    found = []
    while pieces:
        found.append(table.find(pieces.pop()))
    return np.concatenate(found)
