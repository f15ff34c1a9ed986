"""`coxswain import engagement`: the push of an HR system from a file, in one transaction."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.engagement import Receipt, record_scores, refuse_person_level
from app.commands.context import DataDir, Refused, clear_refusals, run_work
from app.commands.imports import CsvFile, DryRun
from app.commands.tables import Flaw
from app.domain.intake.documents import PersonLevelData, Push
from app.domain.intake.table import COLUMNS, BadTable, read_table
from app.domain.permissions import SYSTEM
from app.errors import Fault, Invalid

MAX_LINES = 100_000
_PLACE = re.compile(r"line (?P<line>[0-9]+)(, column (?P<column>.*))?")


class _Undone(Exception):
    """Ends a dry run without keeping anything."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self.receipt = receipt


def import_engagement(
    file: CsvFile,
    source: Annotated[str, typer.Option(help="The source of lines that name none.")] = "",
    survey: Annotated[str, typer.Option(help="The survey of lines that name none.")] = "",
    round_: Annotated[str, typer.Option("--round", help="The round of lines that name none.")] = "",
    trust_source_suppression: Annotated[
        bool,
        typer.Option("--trust-source-suppression", help="The source left out small groups itself."),
    ] = False,
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Stores engagement scores, at most 100,000: the same rules as for pushes, all or nothing."""
    actor = replace(SYSTEM, suppresses_small_groups=trust_source_suppression)
    with clear_refusals():
        push = read_file(file, (source, survey, round_))

        async def work(session: AsyncSession) -> Receipt:
            receipt = await record_scores(session, push, actor=actor)
            if dry_run:
                raise _Undone(receipt)
            return receipt

        try:
            print(f"{write_summary(run_work(data_dir, work))}.")
        except _Undone as undone:
            print(f"Dry run, nothing is stored: {write_summary(undone.receipt)}.")
        except Invalid as error:
            raise _refuse_lines(file, error) from None


import_engagement.__doc__ = f"{import_engagement.__doc__} Columns: {', '.join(COLUMNS)}."


def read_file(file: Path, heading: tuple[str, str, str]) -> Push:
    """The push in a file."""
    try:
        return read_table(file.read_bytes(), limit=MAX_LINES, heading=heading)
    except FileNotFoundError:
        raise Refused(f"There is no file {file}.") from None
    except PersonLevelData as error:
        raise _refuse_lines(file, refuse_person_level(error)) from None
    except BadTable as error:
        raise Refused(f"{file}: {error}") from None


def _refuse_lines(file: Path, error: Invalid) -> Refused:
    """Tells every fault in the form that editors jump to."""
    for fault in error.faults:
        sys.stderr.write(f"{_write_flaw(file, fault)}\n")
    lines = {fault.pointer.partition(",")[0] for fault in error.faults}
    count = "1 line is" if len(lines) == 1 else f"{len(lines)} lines are"
    return Refused(f"{count} wrong in {file}. Nothing is stored.")


def _write_flaw(file: Path, fault: Fault) -> str:
    place = _PLACE.fullmatch(fault.pointer)
    line, column = (int(place["line"]), place["column"]) if place else (1, None)
    return Flaw(line, column, fault.detail).tell(file.name)


def write_summary(receipt: Receipt) -> str:
    """How many scores fared how."""
    counts = [f"{number} {status}" for status, number in receipt.summary().items() if number]
    noun = "score" if len(receipt.outcomes) == 1 else "scores"
    return f"{len(receipt.outcomes)} {noun}" + (": " if counts else "") + ", ".join(counts)
