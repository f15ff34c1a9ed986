"""One check of the structure in a process of its own, whose memory tells: the floor or the product.

`python -m tests.bench.structure floor|product SOCKET DATABASE` prints a JSON line. The floor is a bare table
of numbers, read by COPY BINARY into numpy and checked with scipy: its orphans and nodes on cycles. Both have
loaded their libraries and opened their connections before the clock starts.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import uvloop
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from sqlalchemy import URL, text

from app.database import Database
from app.queries.linkage_structure import check_structure
from tests.bench.measuring import cpu_seconds

_ROW = np.dtype([("fields", ">i2"), ("l1", ">i4"), ("id", ">i4"), ("l2", ">i4"), ("parent", ">i4")])
_HEADER_BYTES = 19
_TRAILER_BYTES = 2
Told = dict[str, Any]


async def run_floor(host: str, database: str) -> Told:
    """The bare table."""
    connection = await asyncpg.connect(host=host, user="app", database=database)

    async def work() -> Told:
        data = bytearray()

        async def write(part: bytes) -> None:
            data.extend(part)

        await connection.copy_from_query("select id, parent from floor_tree", output=write, format="binary")
        return count_faults(data)

    return await measure(work, [connection.get_server_pid()])


def count_faults(data: bytearray) -> Told:
    """How many orphans and nodes on cycles a bare table has."""
    size = (len(data) - _HEADER_BYTES - _TRAILER_BYTES) // _ROW.itemsize
    rows = np.frombuffer(data, _ROW, count=size, offset=_HEADER_BYTES)
    ids, parents = rows["id"].astype(np.int32), rows["parent"].astype(np.int32)
    order = np.argsort(ids)
    in_order = ids[order]
    at = np.minimum(np.searchsorted(in_order, parents), size - 1)
    known = in_order[at] == parents
    above = np.where(known, order[at], -1)
    below = np.flatnonzero(known)
    links = (np.ones(len(below), np.int8), (below, above[below]))
    matrix = csr_array(links, shape=(size, size))
    labels = connected_components(matrix, directed=True, connection="strong")[1]
    members = np.bincount(labels)
    circling = members[members > 1].sum() + (above == np.arange(size)).sum()
    return {"orphans": int(((parents != 0) & ~known).sum()), "circling": int(circling)}


async def run_product(host: str, database: str) -> Told:
    """What the product does, from the tables to named findings."""
    query = {"host": host, "port": "5432"}
    url = URL.create("postgresql+asyncpg", username="app", database=database, query=query)
    store = Database(url, pool_size=2)
    async with store.open_snapshot() as (session, beside):
        asked = [await each.execute(text("select pg_backend_pid()")) for each in (session, beside)]
        servers = [each.scalar_one() for each in asked]

    async def work() -> Told:
        async with store.open_snapshot() as (session, beside):
            findings = await check_structure(session, beside)
        rules = ("L101", "L107")
        named = {
            rule: [item.code for each in findings if each.rule == rule for item in each.objects]
            for rule in rules
        }
        return named | {"findings": len(findings)}

    try:
        return await measure(work, servers)
    finally:
        await store.close()


async def measure(work: Callable[[], Awaitable[Told]], servers: list[int]) -> Told:
    """What the work tells, with its seconds, the peak of memory above what was there before, and CPU seconds.

    CPU time is that of this process and of its servers at the other ends: foreign load hardly moves it.
    """
    pids = [os.getpid(), *servers]
    before, spent, started = read_peak_bytes(), cpu_seconds(pids), time.perf_counter()
    told = await work()
    seconds = time.perf_counter() - started
    megabytes = (read_peak_bytes() - before) / 1e6
    return told | {"seconds": seconds, "megabytes": megabytes, "cpu": cpu_seconds(pids) - spent}


def read_peak_bytes() -> int:
    """The most memory that this process ever had. (That of getrusage counts the process it came from.)"""
    (line,) = (
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")
    )
    return int(line.split()[1]) * 1024


def main() -> None:
    """Measures once and prints."""
    run = {"floor": run_floor, "product": run_product}[sys.argv[1]]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(run(sys.argv[2], sys.argv[3]))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
