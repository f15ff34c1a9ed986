"""`python -m tests.bench [--only P1 P5 …]`: speed as ratios to floors of the same run, one JSON line an item.

Every server runs on its own embedded PostgreSQL with fsync on, and counts no requests. Requests come from a
generator of our own, in a process of its own. Exit code 1 when an item misses a goal it has.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.bench_intake import measure as measure_bulk
from tests.bench.linkage import measure_linkage
from tests.bench.living import measure_memory, measure_starts
from tests.bench.pages import measure_pages
from tests.bench.reviews import measure_reviews
from tests.bench.serving import fill, measure_pulls, measure_single_pushes
from tests.bench.year import measure_year
from tests.faults.processes import AppProcess

MAX_BULK_RATIO = 1.5
MAX_REPLAY_RATIO = 1.0
SERVED = {"P1", "P2", "P4", "P16"}
LINKAGE = {"P7", "P8", "L"}
ITEMS = ("P1", "P2", "P4", "P5", "P7", "P8", "P16", "P17", "L", "R", "W", "Y")


def measure_served(wanted: set[str]) -> Iterator[dict[str, Any]]:
    """What is measured on one application after the other of its items."""
    with TemporaryDirectory(prefix="coxswain-bench-") as folder, AppProcess(Path(folder)) as app:
        key = asyncio.run(fill(app))
        if wanted & {"P1", "P2"}:
            yield from measure_pulls(app, key)
        if "P4" in wanted:
            yield measure_single_pushes(app, key)
    if "P16" in wanted:
        with TemporaryDirectory(prefix="coxswain-bench-") as folder, AppProcess(Path(folder)) as app:
            yield measure_memory(app, asyncio.run(fill(app)))


def measure_intake() -> dict[str, Any]:
    """P5, in the form of the other items."""
    told = asyncio.run(measure_bulk(0))
    good = told["ratio"] <= MAX_BULK_RATIO and told["replay_ratio"] <= MAX_REPLAY_RATIO
    return {"item": "P5", "title": told.pop("name"), "ok": good, **told}


def measure_all(wanted: set[str]) -> Iterator[dict[str, Any]]:
    """Every wanted item, one after the other."""
    if "P17" in wanted:
        yield measure_starts()
    if wanted & SERVED:
        yield from measure_served(wanted)
    if "P5" in wanted:
        yield measure_intake()
    if wanted & LINKAGE:
        yield from measure_linkage(wanted)
    if "W" in wanted:
        yield from measure_pages()
    if "R" in wanted:
        yield from measure_reviews()
    if "Y" in wanted:
        yield measure_year()


def write_row(line: dict[str, Any]) -> str:
    """An item for people."""
    verdict = {True: "reached", False: "MISSED", None: "no goal yet"}[line.get("ok")]
    rest = [f"{name} {value}" for name, value in line.items() if name not in ("item", "title", "ok")]
    return f"{line['item']:4} {verdict:12} {line['title']}: {', '.join(rest)}"


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ITEMS, default=ITEMS, metavar="ITEM")
    wanted = set(parser.parse_args().only)
    lines = []
    for line in measure_all(wanted):
        lines.append(line)
        print(json.dumps(line | {"load": round(os.getloadavg()[0], 1)}), flush=True)
    print("\n" + "\n".join(map(write_row, lines)))
    return 0 if all(line.get("ok", True) for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
