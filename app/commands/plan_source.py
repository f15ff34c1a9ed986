"""Where `coxswain check` takes its plan from: a file, standard input, or the database."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.commands.context import Refused, run_work
from app.domain.linkage.plan_file import PlanFile, read_plan_file
from app.domain.permissions import SYSTEM
from app.errors import Invalid
from app.models.linkage import Waiver
from app.queries.goals_tree import read_checked_plan
from app.queries.waivers import list_waived

STANDARD_INPUT = Path("-")
MOST_MEGABYTES = 100
_MOST_BYTES = MOST_MEGABYTES * 1_000_000
_MARK = b"\xef\xbb\xbf"
_BYTE = re.compile(r" \(byte (\d+)\)")


@dataclass(frozen=True, slots=True)
class PlanSource:
    """The text of a plan and what it is called; `file` is None where no file can be opened at a line.

    `waived`: what people have waived, by fingerprint; a file knows of none.
    """

    name: str
    data: bytes
    file: Path | None = None
    waived: Mapping[str, Waiver] = field(default_factory=dict)


def read_file_source(file: Path) -> PlanSource:
    """The text of a file, or of standard input for `-`; refused when nobody could make a plan of it."""
    name = "standard input" if file == STANDARD_INPUT else str(file)
    try:
        data = _read_bytes(file)
    except IsADirectoryError as error:
        raise Refused(f"{name} is a folder, not a plan file.") from error
    except FileNotFoundError as error:
        raise Refused(f"There is no file {name}.") from error
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.") from error
    if len(data) > _MOST_BYTES:
        raise Refused(f"{name} is larger than {MOST_MEGABYTES} MB, the most that a plan file may be.")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(f"{name} is not UTF-8 text: see line {line}.") from error
    if not data.strip():
        raise Refused(f"{name} is empty.")
    return PlanSource(name, data, None if file == STANDARD_INPUT else file)


def read_database_source(data_dir: Path | None) -> PlanSource:
    """The plan of the database as of today."""
    plan, waived = run_work(data_dir, read_database_plan)
    return PlanSource("the database", plan, waived=waived)


async def read_database_plan(session: AsyncSession) -> tuple[bytes, Mapping[str, Waiver]]:
    """Everything that is planned, as the text of a plan file with ids, and what of it is waived."""
    plan = await read_checked_plan(session)
    return plan.text.encode(), await list_waived(session, actor=SYSTEM)


def read_plan(source: PlanSource) -> PlanFile:
    """The plan of a source. Of a refused one every fault is told with its pointer, one a line."""
    try:
        return read_plan_file(source.data)
    except Invalid as error:
        places = [fault for fault in error.faults if fault.pointer]
        sys.stderr.writelines(f"{fault.pointer}: {fault.detail}\n" for fault in places)
        count = "1 place is" if len(places) == 1 else f"{len(places)} places are"
        detail = f"{count} wrong. Nothing was checked." if places else _name_line(error.detail, source.data)
        raise Refused(f"{source.name}: {detail}") from error


def _read_bytes(file: Path) -> bytes:
    if file == STANDARD_INPUT:
        data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    else:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    # Some editors put a byte order mark in front.
    return data.removeprefix(_MARK)


def _name_line(detail: str, data: bytes) -> str:
    """People find a line more easily than a byte."""
    found = _BYTE.search(detail)
    if found is None:
        return detail
    line = data.count(b"\n", 0, int(found[1])) + 1
    return f"{detail[: found.start()]} in line {line}{detail[found.end() :]}"
