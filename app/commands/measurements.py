"""`coxswain import measurements`: values from a file, KPI by KPI, as many at once as the file has."""

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.measurements import WRITE, Entry, record_batch
from app.commands.context import DataDir
from app.commands.imports import Counts, CsvFile, DryRun, import_file
from app.commands.nouns import Kept
from app.commands.progress import show_progress
from app.commands.tables import Flaw, Kind, Line, Table, find_flaws, place_fault, read_kinds, read_table
from app.domain.permissions import SYSTEM
from app.domain.states import Result
from app.errors import CoxswainError, NotFound
from app.models.kpis import Kpi
from app.models.measurements import MeasurementItem
from app.queries.kpis import find_kpi

KEY = ("kpi", "department", "period")
COLUMNS = dict.fromkeys(KEY, Kind.TEXT) | read_kinds(MeasurementItem)
_KEPT = {
    Result.CREATED: Kept.CREATED,
    Result.REVISED: Kept.CHANGED,
    Result.UNCHANGED: Kept.UNCHANGED,
    Result.OVERRIDDEN: Kept.UNCHANGED,
}


def read_values(file: Path) -> Table:
    """The values in a file."""
    return read_table(file, COLUMNS, needed=("kpi", "period"), key=KEY)


async def keep_values(session: AsyncSession, table: Table) -> Counts:
    """Keeps every value that can be kept, and notes the flaws of the others."""
    groups: dict[str, list[Line]] = {}
    for line in table.lines:
        groups.setdefault(str(line.cells["kpi"] or "").lower(), []).append(line)
    found = [(kpi, groups[code]) for code in groups if (kpi := await _find_kpi(session, groups[code], table))]
    counts: Counts = Counter()
    # In the order in which KPIs are locked everywhere.
    for kpi, lines in show_progress(sorted(found, key=lambda pair: pair[0].id), "measurements"):
        counts += await _keep_values_of(session, kpi, lines, table.flaws)
    return counts


async def _find_kpi(session: AsyncSession, lines: list[Line], table: Table) -> Kpi | None:
    try:
        return await find_kpi(session, str(lines[0].cells["kpi"] or ""), actor=SYSTEM, to=WRITE)
    except NotFound as error:
        table.flaws += [Flaw(line.number, "kpi", error.detail) for line in lines]
        return None


async def _keep_values_of(session: AsyncSession, kpi: Kpi, lines: list[Line], flaws: list[Flaw]) -> Counts:
    entries = [_read_entry(index, line, flaws) for index, line in enumerate(lines)]
    good = [entry for entry in entries if entry.item is not None]
    try:
        await record_batch(session, kpi, good, actor=SYSTEM, atomic=False)
    except CoxswainError as error:
        flaws += [flaw for line in lines for flaw in find_flaws(line, error)]
        return Counter()
    for entry in good:
        line, under = lines[entry.index], f"/items/{entry.index}"
        flaws += [place_fault(line, fault, under=under) for fault in entry.faults]
    return Counter(_KEPT[entry.outcome.result] for entry in good if entry.outcome and not entry.faults)


def _read_entry(index: int, line: Line, flaws: list[Flaw]) -> Entry:
    given: dict[str, Any] = {
        name: value for name, value in line.cells.items() if name != "kpi" and value is not None
    }
    try:
        return Entry(index, item=MeasurementItem.model_validate(given))
    except ValidationError as error:
        flaws += find_flaws(line, error)
        return Entry(index)


def import_measurements(file: CsvFile, dry_run: DryRun = False, data_dir: DataDir = None) -> None:
    """Adds values, or corrects those that are there (by kpi, department, period). No department: the whole
    organization. The same file again changes nothing.
    """
    import_file(file, data_dir, dry_run=dry_run, read=lambda: read_values(file), keep=keep_values)
