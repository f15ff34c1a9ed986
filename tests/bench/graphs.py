"""Goal graphs of any size with planted faults, written straight into the tables: no action would let them in.

A flat graph is five levels deep at a million nodes; a deep one has besides a chain of a tenth of its nodes.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

GOALS = 50
UNSUPPORTED_GOALS = 2
BRANCHING = 10
ORPHANS = 3
CYCLES = (5, 2, 1)
DANGLING = 4
ISLANDS = 3
DEPARTMENTS = 500
NOTHING = -1
_FIRST_MILLISECOND = 1_760_000_000_000
_MADE_PER_MILLISECOND = 20
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TRAILER = b"\xff\xff"


@dataclass(frozen=True)
class Drawn:
    """A graph by places: goals first, then objectives. `target` is the node contributed to, or `NOTHING`."""

    target: NDArray[np.int32]
    ids: NDArray[np.uint8]
    paused: int
    orphans: frozenset[int]
    circling: frozenset[int]

    @property
    def size(self) -> int:
        """How many nodes."""
        return len(self.target)


def draw_graph(size: int) -> Drawn:
    """Goals, a tree below all but the last two, and faults among the leaves (the last nine tenths)."""
    place = np.arange(size, dtype=np.int64)
    roots = GOALS - UNSUPPORTED_GOALS
    above = np.where(place < GOALS * BRANCHING, roots, place // BRANCHING)
    target = (place * 7919 % np.maximum(1, above)).astype(np.int32)
    target[(target >= roots) & (target < GOALS)] = 0
    target[:GOALS] = NOTHING
    return plant_faults(target)


def plant_faults(target: NDArray[np.int32]) -> Drawn:
    """Cycles, orphans, islands below an orphan and links to a paused node, in the last places."""
    end = len(target)
    for length in CYCLES:
        ring = np.arange(end - length, end)
        target[ring] = np.roll(ring, 1)
        end -= length
    orphans = range(end - ORPHANS, end)
    target[orphans] = NOTHING
    end -= ORPHANS
    target[end - ISLANDS : end] = orphans[0]
    paused = end - ISLANDS - 1
    target[paused - DANGLING : paused] = paused
    circling = range(len(target) - sum(CYCLES), len(target))
    return Drawn(target, draw_ids(len(target)), paused, frozenset(orphans), frozenset(circling))


def list_chain(size: int) -> NDArray[np.int64]:
    """The places of a deep graph's chain: each contributes to the one before it, the first to what it did."""
    return np.arange(size * 8 // 10, size * 9 // 10)


def draw_ids(size: int) -> NDArray[np.uint8]:
    """A UUIDv7 for each place. Nodes were made in an order that has nothing to do with their places."""
    chance = np.random.default_rng(7)
    milliseconds = _FIRST_MILLISECOND + chance.permutation(size) // _MADE_PER_MILLISECOND
    halves = np.empty((size, 2), dtype=">u8")
    halves[:, 0] = milliseconds << 16 | 0x7000 | chance.integers(0, 1 << 12, size)
    halves[:, 1] = chance.integers(0, 1 << 62, size, dtype=np.uint64) | np.uint64(1 << 63)
    return halves.view(np.uint8).reshape(size, 16)


_DRAWN = """
create temporary table drawn_nodes (place int, id uuid);
create temporary table drawn_links (place int, target int, source_id uuid, target_id uuid)
"""
# Keys to other tables are taken on trust here: to look each of them up would take longer than all the rest.
_FILL = """
set session_replication_role = replica;
set synchronous_commit = off;
set work_mem = '256MB';
insert into departments (id, code, name, active, version)
select gen_random_uuid(), 'DEP-' || number, 'Department ' || number, true, 1
from generate_series(1, {departments}) number;
create temporary table drawn_departments as
select id, (row_number() over ())::int as number from departments;
insert into nodes (id, kind, code)
select id, case when place < {goals} then 'goal' else 'objective' end, 'NODE-' || place
from drawn_nodes order by id;
insert into goals (id, code, title, why, status, cross_functional, assumptions, version)
select id, 'NODE-' || place, 'Goal ' || place || ' of the whole organization', 'Because it was decided so.',
       'active', false, '[]', 1
from drawn_nodes where place < {goals};
insert into objectives (id, code, title, why, status, starts_on, ends_on, effort, department_id, version)
select n.id, 'NODE-' || place, 'Objective ' || place || ' of one department', 'Because it was decided so.',
       case when place = {paused} then 'paused' else 'active' end, '2026-01-01', '2026-12-31', 1, d.id, 1
from drawn_nodes n join drawn_departments d on d.number = 1 + place % {departments}
where place >= {goals} order by n.id;
insert into links (id, type, rationale, source_id, target_id, version)
select gen_random_uuid(), 'contributes', 'One way to get there.', source_id, target_id, 1
from drawn_links order by source_id;
create table floor_tree as
select n.place + 1 as id,
       coalesce(l.target + 1, case when n.place < {goals} then 0 else 1000000000 + n.place end) as parent
from drawn_nodes n left join drawn_links l using (place) order by n.id;
set session_replication_role = origin
"""
_DEEPEN = """
create temporary table chain (place int, target int, source_id uuid, target_id uuid)
"""
_RELINK = """
update links l set target_id = c.target_id from chain c where c.source_id = l.source_id;
update floor_tree f set parent = c.target + 1 from chain c where f.id = c.place + 1
"""


async def fill_database(connection: Any, drawn: Drawn) -> None:
    """Puts a graph into an empty, migrated database, and the same as bare numbers into `floor_tree`."""
    await connection.execute(_DRAWN)
    await copy_columns(connection, "drawn_nodes", np.arange(drawn.size), drawn.ids)
    await copy_links(connection, "drawn_links", drawn, np.flatnonzero(drawn.target >= 0))
    sql = _FILL.format(departments=DEPARTMENTS, goals=GOALS, paused=drawn.paused)
    for statement in sql.split(";"):
        await connection.execute(statement)
    await connection.execute("vacuum analyze")


async def deepen_database(connection: Any, drawn: Drawn) -> None:
    """Turns the filled graph into the deep one."""
    chain = list_chain(drawn.size)
    drawn.target[chain[1:]] = chain[:-1]
    await connection.execute(_DEEPEN)
    await copy_links(connection, "chain", drawn, chain[1:])
    await connection.execute(_RELINK)
    await connection.execute("vacuum analyze")


async def copy_links(connection: Any, table: str, drawn: Drawn, places: NDArray[np.integer]) -> None:
    """The links from some places: both ends as places and as ids."""
    targets = drawn.target[places]
    await copy_columns(connection, table, places, targets, drawn.ids[places], drawn.ids[targets])


async def copy_columns(connection: Any, table: str, *columns: NDArray[Any]) -> None:
    """Fills a table with columns of integers and of ids."""
    kinds = [(4, ">i4") if column.ndim == 1 else (16, "V16") for column in columns]
    fields = [("fields", ">i2")]
    for number, (_, kind) in enumerate(kinds):
        fields += [(f"length {number}", ">i4"), (f"value {number}", kind)]
    rows = np.empty(len(columns[0]), dtype=fields)
    rows["fields"] = len(columns)
    for number, ((length, kind), column) in enumerate(zip(kinds, columns, strict=True)):
        rows[f"length {number}"] = length
        rows[f"value {number}"] = column if column.ndim == 1 else column.view(kind)[:, 0]
    source = io.BytesIO(_COPY_HEADER + rows.tobytes() + _COPY_TRAILER)
    await connection.copy_to_table(table, source=source, format="binary")
