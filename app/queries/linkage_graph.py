"""The bare goal graph, read in bulk for the structural rules. What other rules need is in `goals_tree`."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.graph import CONTRIBUTES, Graph, IntArray
from app.domain.linkage.ids import MISSING, Halves, IdTable
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
    """A graph of what is stored, with the ids of its nodes as uint64[n, 2]. Its links all contribute."""

    graph: Graph
    ids: Halves

    def id_of(self, node: int) -> UUID:
        """The id of the node at a position."""
        return UUID(bytes=self.ids[node].tobytes())


async def read_graph(session: AsyncSession, beside: AsyncSession) -> StoredGraph:
    """All goals and objectives that are not archived, drafts too, and the `contributes` links among them.

    Both sessions must see one moment (`Database.open_snapshot`): the second one reads the links meanwhile,
    which takes a third less time. They may be the same.
    """
    nodes, links = _Nodes(), _Links()
    if beside is session:
        await nodes.read(session)
        await links.read(session)
    else:
        await asyncio.gather(nodes.read(session), links.read(beside))
    ids = np.concatenate(nodes.ids)
    nodes.ids.clear()
    source, target = links.resolve(IdTable(ids))
    kind = np.full(len(source), CONTRIBUTES, dtype=np.int8)
    return StoredGraph(Graph(nodes.goal_count, np.concatenate(nodes.live), source, target, kind), ids)


class _Nodes:
    """What came of goals, then of objectives."""

    def __init__(self) -> None:
        self.ids: list[Halves] = []
        self.live: list[NDArray[np.bool_]] = []
        self.goal_count = 0

    def take(self, rows: Rows) -> None:
        self.ids.append(rows["id"].copy())
        self.live.append(rows["live"].copy())

    async def read(self, session: AsyncSession) -> None:
        await copy_rows(session, _GOALS, _NODE, self.take)
        self.goal_count = sum(map(len, self.ids))
        await copy_rows(session, _OBJECTIVES, _NODE, self.take)


class _Links:
    """What came of links, by the ids of their ends."""

    def __init__(self) -> None:
        self.ends: list[tuple[Halves, Halves]] = []

    def take(self, rows: Rows) -> None:
        self.ends.append((rows["source"].copy(), rows["target"].copy()))

    async def read(self, session: AsyncSession) -> None:
        await copy_rows(session, _LINKS, _LINK, self.take)

    def resolve(self, table: IdTable) -> tuple[IntArray, IntArray]:
        """The positions of both ends of all links inside the graph; the ids are given up on the way."""
        found = []
        while self.ends:
            source, target = (table.find(ids) for ids in self.ends.pop())
            inside = (source != MISSING) & (target != MISSING)
            found.append((source, target) if inside.all() else (source[inside], target[inside]))
        sources, targets = zip(*reversed(found), strict=True)
        return np.concatenate(sources), np.concatenate(targets)
