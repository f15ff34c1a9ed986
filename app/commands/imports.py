"""What every `coxswain import …` does: a CSV file into the database, all or nothing, by the usual actions."""

import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.commands.context import Refused, clear_refusals, run_work
from app.commands.nouns import Document, Kept, Noun
from app.commands.progress import show_progress
from app.commands.tables import Flaw, Line, Table, find_flaws
from app.errors import CoxswainError

Counts = Counter[Kept]

CsvFile = Annotated[Path, typer.Argument(metavar="FILE.csv", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and store nothing.")]


class _Undone(Exception):
    """Ends the transaction without keeping anything."""


async def keep_lines(session: AsyncSession, noun: Noun, table: Table, *, label: str) -> Counts:
    """Keeps every line that can be kept, and notes the flaws of the others.

    Lines may name records that come later in the file: such a line is kept without the name first, and whole
    after all others.
    """
    counts: Counts = Counter()
    pending = {_name(line, noun) for line in table.lines}
    unfinished: list[tuple[Line, Kept]] = []
    for line in show_progress(table.lines, label):
        document = dict(line.cells)
        pending.discard(_name(line, noun))
        early = noun.itself is not None and not pending.isdisjoint(_names(document.get(noun.itself)))
        if early:
            document.pop(noun.itself or "")
        kept = await _keep_line(session, noun, line, document, table.flaws)
        if kept is not None and early:
            unfinished.append((line, kept))
        elif kept is not None:
            counts[kept] += 1
    for line, first in unfinished:
        second = await _keep_line(session, noun, line, line.cells, table.flaws)
        if second is not None:
            counts[second if first is Kept.UNCHANGED else first] += 1
    return counts


async def _keep_line(
    session: AsyncSession, noun: Noun, line: Line, document: Document, flaws: list[Flaw]
) -> Kept | None:
    try:
        async with session.begin_nested():
            return await noun.keep(session, document)
    except (CoxswainError, ValidationError) as error:
        flaws += find_flaws(line, error)
        return None


def _name(line: Line, noun: Noun) -> str:
    return str(line.cells.get(noun.key[0]) or "").lower()


def _names(value: Any) -> set[str]:
    """What a cell names: one record, or a list of them."""
    return {str(each).lower() for each in (value if isinstance(value, list) else [value]) if each}


def import_file(
    file: Path,
    data_dir: Path | None,
    *,
    dry_run: bool,
    read: Callable[[], Table],
    keep: Callable[[AsyncSession, Table], Awaitable[Counts]],
) -> None:
    """Reads, keeps, and tells what came of it. One flaw, or a dry run, and nothing is kept."""
    with clear_refusals():
        table = read()
        counts: Counts = Counter()

        async def work(session: AsyncSession) -> None:
            if table.lines:
                counts.update(await keep(session, table))
            if table.flaws or dry_run:
                raise _Undone

        with suppress(_Undone):
            run_work(data_dir, work)
        _refuse_flaws(file, table)
        told = ", ".join(f"{counts[kept]} {kept}" for kept in Kept)
        print(f"Dry run, nothing is stored: {told}." if dry_run else f"{told}.")


def _refuse_flaws(file: Path, table: Table) -> None:
    if not table.flaws:
        return
    for flaw in sorted(table.flaws, key=lambda flaw: (flaw.line, flaw.column or "")):
        sys.stderr.write(f"{flaw.tell(file.name)}\n")
    count = len({flaw.line for flaw in table.flaws})
    lines = "1 line is" if count == 1 else f"{count} lines are"
    raise Refused(f"{lines} wrong in {file}. Nothing is stored.")
