"""The bare goal graph, read in bulk for the structural rules. What other rules need is in `goals_tree`."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.graph import CONTRIBUTES, Graph, IntArray
from app.domain.linkage.ids import MISSING, Half, IdTable
from app.queries._copying import Rows, copy_rows, make_row

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
    """A graph of what is stored, with the two halves of its nodes' ids. Its links all contribute."""

    graph: Graph
    halves: tuple[Half, Half]

    def id_of(self, node: int) -> UUID:
        """The id of the node at a position."""
        return UUID(bytes=b"".join(half[node].tobytes() for half in self.halves))


async def read_graph(session: AsyncSession, beside: AsyncSession) -> StoredGraph:
    """All goals and objectives that are not archived, drafts too, and the `contributes` links among them.

    Both sessions must see one moment (`Database.open_snapshot`): the second one reads the links meanwhile,
    which takes a third less time. They may be the same.
    """
    if beside is session:
        goal_count, nodes = await _read_nodes(session)
        links = await copy_rows(session, _LINKS, _LINK)
    else:
        reading = _read_nodes(session), copy_rows(beside, _LINKS, _LINK)
        (goal_count, nodes), links = await asyncio.gather(*reading)
    live = np.concatenate([rows["live"] for rows in nodes])
    first, second = (np.concatenate([rows["id"][:, half] for rows in nodes]) for half in range(2))
    nodes.clear()
    source, target = _find_ends(links, IdTable(first, second))
    kind = np.full(len(source), CONTRIBUTES, dtype=np.int8)
    return StoredGraph(Graph(goal_count, live, source, target, kind), (first, second))


async def _read_nodes(session: AsyncSession) -> tuple[int, list[Rows]]:
    """How many goals there are, and the rows of the goals, then of the objectives."""
    goals = await copy_rows(session, _GOALS, _NODE)
    return sum(map(len, goals)), goals + await copy_rows(session, _OBJECTIVES, _NODE)


def _find_ends(links: list[Rows], table: IdTable) -> tuple[IntArray, IntArray]:
    """The positions of both ends of all links inside the graph. The rows are given up on the way."""
    found = []
    while links:
        rows = links.pop()
        source, target = (table.find(*np.ascontiguousarray(rows[end].T)) for end in ("source", "target"))
        inside = (source != MISSING) & (target != MISSING)
        found.append((source, target) if inside.all() else (source[inside], target[inside]))
    sources, targets = zip(*reversed(found), strict=True)
    return np.concatenate(sources), np.concatenate(targets)
