"""Runs `coxswain …` as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import URL

from app.commands.imports import Counts, keep_lines
from app.commands.nouns import NOUNS
from app.commands.tables import Table, read_table
from app.database import Database

ROOT = Path(__file__).resolve().parents[2]


def run_coxswain(
    *arguments: str, url: URL | None = None, text: str | None = None, settings: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command's outcome; over a server's database when a URL is given, else over the embedded one."""
    settings = dict(settings or {})
    if url is not None:
        settings["COXSWAIN_DATABASE_URL"] = url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=os.environ | settings,
        cwd=ROOT,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


async def import_lines(database: Database, noun: str, file: Path) -> tuple[Counts, Table]:
    """What `coxswain import` does inside, without a process of its own; flaws are for the test to look at."""
    kind = NOUNS[noun]
    table = read_table(file, kind.columns, needed=kind.needed, key=kind.key)
    async with database.unit_of_work() as session:
        return await keep_lines(session, kind, table, label=noun), table
