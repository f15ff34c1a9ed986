"""F12: pushes of 10,000 and an import of 100,000, with one bad row, or killed half way: all or nothing."""

import asyncio
import csv
import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.faults.processes import AppProcess, look_inside
from tests.faults.racing import open_client
from tests.faults.setting import make_key

COLUMNS = ("segment", "metric", "period", "scale_kind", "scale_min", "scale_max", "value", "respondents")
PATIENCE_SECONDS = 60.0
ITEM = {"metric": "bulk_run", "period": "2026-05", "scale": {"kind": "index", "min": 0, "max": 1_000_000}}

_STORED = text("select count(*) from engagement_scores where source = 'bulk' and round = :round")
_CHANGES = text("select (select count(*) from events), (select count(*) from engagement_score_revisions)")
# A transaction would see the same state again and again without the first of the two.
_LOOK_AGAIN = text("select pg_stat_clear_snapshot()")
_COUNT_WORKING = text("""
select count(*) from pg_stat_activity
where pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'
  and query like '%' || :word || '%'
""")
# What every statement that stores scores speaks of.
STORING = "incoming_scores"


def make_push(round_: str, rows: int, *, bad_at: int | None = None) -> dict[str, Any]:
    """A push of so many rows; one value may lie outside its scale."""
    items = [
        ITEM | {"segment": f"seg-{number}", "value": number, "respondents": 50} for number in range(rows)
    ]
    if bad_at is not None:
        items[bad_at]["value"] = -1
    return {"source": "bulk", "round": round_, "items": items}


def write_file(path: Path, rows: int, *, bad_at: int | None = None) -> Path:
    """The same as a file, whose first line names the columns."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            value = -1 if number == bad_at else number
            writer.writerow([f"seg-{number}", "bulk_run", "2026-05", "index", 0, 1_000_000, value, 50])
    return path


async def is_working(session: AsyncSession, word: str = "") -> bool:
    """Does the database work for somebody else, by a statement with this word?"""
    await session.execute(_LOOK_AGAIN)
    return bool(await session.scalar(_COUNT_WORKING, {"word": word}))


async def count_stored(app: AppProcess, round_: str) -> int:
    """The rows of one push, counted when nobody works on them any more."""
    async with look_inside(app.folder) as session:
        started = time.monotonic()
        while await is_working(session) and time.monotonic() - started < PATIENCE_SECONDS:
            await asyncio.sleep(0.02)
        return int(await session.scalar(_STORED, {"round": round_}) or 0)


async def count_changes(app: AppProcess) -> tuple[int, int]:
    """Events and revisions: what a repeated push must not add to."""
    async with look_inside(app.folder) as session:
        events, revisions = (await session.execute(_CHANGES)).one()
        return events, revisions


async def push_bad_row(app: AppProcess, client: httpx2.AsyncClient, rows: int) -> dict[str, Any]:
    """One bad row among good ones: refused with its place, and nothing is stored."""
    bad_at = rows // 2
    answer = await client.post("/api/v1/engagement-scores", json=make_push("bad", rows, bad_at=bad_at))
    places = [fault["pointer"] for fault in answer.json()["errors"]]
    return {
        "status": answer.status_code,
        "names_only_the_place": places == [f"/items/{bad_at}/value"],
        "stored": await count_stored(app, "bad"),
    }


async def push_and_kill(
    app: AppProcess, client: httpx2.AsyncClient, rows: int, round_: str
) -> dict[str, Any]:
    """A good push, its application killed while it works; then the same push until it is acknowledged."""
    body, key = make_push(round_, rows), {"Idempotency-Key": f"bulk-{round_}"}
    first = asyncio.create_task(client.post("/api/v1/engagement-scores", json=body, headers=key))
    await wait_until_half_way(app)
    app.kill()
    with suppress(httpx2.HTTPError):
        await first
    app.start()
    await asyncio.to_thread(app.wait_ready)
    left = await count_stored(app, round_)
    again = await client.post("/api/v1/engagement-scores", json=body, headers=key)
    return {
        "left_by_the_kill": left,
        "all_or_nothing": left in (0, rows),
        "retried": again.status_code,
        "stored": await count_stored(app, round_),
        "replay_changes": await repeat_push(app, client, body),
    }


async def wait_until_half_way(app: AppProcess) -> None:
    """Until the database stores what was sent, and a moment more."""
    async with look_inside(app.folder) as session:
        started = time.monotonic()
        while not await is_working(session, STORING) and time.monotonic() - started < PATIENCE_SECONDS:
            await asyncio.sleep(0.001)
    await asyncio.sleep(random.uniform(0.1, 0.2))


async def repeat_push(app: AppProcess, client: httpx2.AsyncClient, body: dict[str, Any]) -> int:
    """What the same push changes when it comes again under no key."""
    before = await count_changes(app)
    answer = (await client.post("/api/v1/engagement-scores", json=body)).json()
    rows_changed = len(body["items"]) - int(answer["summary"]["unchanged"])
    after = await count_changes(app)
    return rows_changed + sum(after) - sum(before)


async def import_file(app: AppProcess, path: Path, round_: str, *, kill: bool = False) -> int:
    """Runs `import engagement` beside the application; its exit code."""
    options = ["--source", "bulk", "--round", round_, "--trust-source-suppression"]
    process = app.run_command("import", "engagement", str(path), *options)
    try:
        if kill:
            await wait_until_half_way(app)
            process.kill()
        return await asyncio.to_thread(process.wait, PATIENCE_SECONDS)
    finally:
        process.kill()


async def push_through_kills(app: AppProcess, *, rows: int, kills: int, seed: int = 5) -> dict[str, Any]:
    """F12, pushes: one with a bad row, and good ones that are killed."""
    random.seed(seed)
    async with open_client(app, await make_key(app)) as client:
        bad_row = await push_bad_row(app, client, rows)
        killed = [await push_and_kill(app, client, rows, f"killed-{number}") for number in range(kills)]
    return {"rows": rows, "bad_row": bad_row, "killed": killed}


async def import_through_kill(app: AppProcess, *, lines: int) -> dict[str, Any]:
    """F12, imports: a file with a bad line, the good one killed half way, then whole, then once more."""
    bad_at = lines // 2
    bad = write_file(app.folder / "bad.csv", lines, bad_at=bad_at)
    good = write_file(app.folder / "good.csv", lines)
    refused = await import_file(app, bad, "file")
    said = app.read_log("import")
    after_bad = await count_stored(app, "file")
    await import_file(app, good, "file", kill=True)
    left = await count_stored(app, "file")
    done = await import_file(app, good, "file")
    stored, before = await count_stored(app, "file"), await count_changes(app)
    again = await import_file(app, good, "file")
    return {
        "lines": lines,
        "exit_codes": [refused, done, again],
        # The first line names the columns, and lines are counted from 1.
        "names_line_and_column": f"bad.csv:{bad_at + 2}: value: " in said,
        "stored_by_the_bad_file": after_bad,
        "left_by_the_kill": left,
        "all_or_nothing": left in (0, lines),
        "stored": stored,
        "replay_changes": sum(await count_changes(app)) - sum(before),
    }
