"""`coxswain export`: the whole organization as files that people read and `coxswain import` takes back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.spreadsheets import write_csv
from app.api.v1.metrics import write_metrics
from app.api.v1.organization import show_organization
from app.commands.context import DataDir, Refused, clear_refusals, run_work
from app.commands.nouns import NOUNS
from app.commands.progress import show_progress
from app.domain.permissions import SYSTEM
from app.models.base import plain_number
from app.models.metrics import MetricFilter
from app.models.targets import Target
from app.queries.exports import (
    hold_moment,
    list_all_occurrences,
    list_all_talks,
    list_all_targets,
    list_coded,
    list_live_links,
    list_recorded_values,
    list_scores,
)
from app.queries.goals_tree import read_goal_tree
from app.queries.initiatives import load_initiative_links
from app.queries.kpis import load_kpi_links
from app.queries.metrics import list_metrics
from app.queries.organization import find_organization

Folder = Annotated[Path, typer.Argument(metavar="DIR", show_default=False)]
Files = dict[str, bytes]
Codes = Mapping[UUID, str]

# The tables whose records have codes, and where the plan names them.
CODED = ("departments", "owners", "themes", "goals", "objectives", "initiatives", "kpis")
VALUE_COLUMNS = (
    *("kpi", "period", "department", "value", "not_applicable", "numerator", "denominator", "n", "note"),
    *("confidence", "reason"),
)
SCORE_COLUMNS = (
    *("source", "survey", "round", "segment", "department", "name", "metric", "period", "scale_kind"),
    *("scale_min", "scale_max", "value", "respondents", "invited", "observed_at"),
)
TALK_COLUMNS = ("partnership", "a", "b", "about", "cadence", "talk", "planned_on", "state", "held_on", "note")
OCCURRENCE_COLUMNS = (
    *("ritual", "name", "kind", "host", "starts_at", "duration_minutes", "rrule", "location"),
    *("day", "moved_to", "state", "reason", "attended", "headcount", "note"),
)
GUIDE = """\
The whole organization, as Coxswain knew it on {today}.

plan.json is the goal tree as a plan file, metrics.csv the last ended period of every KPI, organization.json
the organization with its vision and values, partnerships.csv who talks with whom, talk by talk, rituals.csv
which meetings return and what became of each. The other files go back into an empty database in this order:

  coxswain import departments departments.csv
  coxswain import owners owners.csv
  coxswain import departments heads.csv
  coxswain import themes themes.csv
  coxswain import goals goals.csv
  coxswain import objectives objectives.csv
  coxswain import initiatives initiatives.csv
  coxswain import links links.csv
  coxswain import kpis kpis.csv
  coxswain import targets targets.csv
  coxswain import measurements measurements.csv
  coxswain import engagement engagement.csv

Dates between the baseline of an initiative and its due date, answers to dependencies, earlier
revisions, events, keys, commitments, peer notes, decisions, surveys, reviews and what they froze,
change requests, mails, suppressed scores and archived things are not in here: `coxswain backup` keeps
them, and `coxswain review export` writes one review. Values that a feed brought come back with
engagement.csv, aggregates by themselves. Text that a spreadsheet would take for a formula starts with
an apostrophe; the import takes it off again.
"""


def export(folder: Folder, data_dir: DataDir = None) -> None:
    """Writes the whole organization into DIR: plan.json, metrics.csv, and a CSV file per noun."""
    with clear_refusals():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Refused(f"{folder} is there and not an empty folder. Choose another name.")
        files = run_work(data_dir, write_files)
        folder.mkdir(parents=True, exist_ok=True)
        for name in show_progress(list(files), "writing"):
            (folder / name).write_bytes(files[name])
        print(f"Exported {len(files)} files to {folder}. README.txt says how they come back.")


async def write_files(session: AsyncSession) -> Files:
    """Everything, by file name, as of one moment."""
    await hold_moment(session, actor=SYSTEM)
    plan = await read_goal_tree(session, actor=SYSTEM)
    tree = orjson.loads(plan)
    records = {
        table: await list_coded(session, table, [each["code"] for each in tree[table]], actor=SYSTEM)
        for table in CODED
    }
    organization = await show_organization(session, await find_organization(session, actor=SYSTEM))
    files = {
        "README.txt": GUIDE.format(today=tree["today"]).encode(),
        "plan.json": _indent(plan),
        "organization.json": _indent(organization.model_dump_json()),
        "metrics.csv": await _write_metrics(session),
        "partnerships.csv": await _write_partnerships(session),
        "rituals.csv": await _write_rituals(session),
    }
    return files | await _write_nouns(session, records) | await _write_numbers(session, records)


async def _write_nouns(session: AsyncSession, records: Mapping[str, Sequence[Any]]) -> Files:
    codes = {row.id: getattr(row, row.code_field) for rows in records.values() for row in rows}
    links: dict[UUID, Any] = {
        **await load_kpi_links(session, [kpi.id for kpi in records["kpis"]]),
        **await load_initiative_links(session, [each.id for each in records["initiatives"]]),
    }
    rows = dict(records)
    ties = await list_live_links(session, list(codes), actor=SYSTEM)
    rows["links"] = sorted(ties, key=lambda link: (codes[link.source_id], codes[link.target_id], link.type))
    targets = await list_all_targets(session, [kpi.id for kpi in records["kpis"]], actor=SYSTEM)
    known = [target for target in targets if target.department_id in (None, *codes)]
    rows["targets"] = sorted(known, key=lambda target: _place_target(target, codes))
    files = {}
    for name, noun in NOUNS.items():
        columns = [column for column in noun.columns if (name, column) != ("departments", "head")]
        lines = ([_write_field(row, column, codes, links) for column in columns] for row in rows[name])
        files[f"{name}.csv"] = write_csv(columns, lines)
    heads = [(each.code, codes[each.head_id]) for each in records["departments"] if each.head_id in codes]
    return files | {"heads.csv": write_csv(("code", "head"), heads)}


def _place_target(target: Target, codes: Codes) -> tuple[str, str, str]:
    department = "" if target.department_id is None else codes[target.department_id]
    return codes[target.kpi_id], department, target.first_period


def _write_field(row: Any, column: str, codes: Codes, links: Mapping[UUID, Any]) -> Any:
    """A field as its input has it; what is not in the export itself is not named either."""
    if column in ("departments", "measures", "guards", "supports"):
        named = (codes[each] for each in getattr(links[row.id], column) if each in codes)
        return ";".join(sorted(named))
    if column in ("from", "to"):
        return row.first_period if column == "from" else row.last_period
    if column == "active" and getattr(row, "archived_at", None) is not None:
        return False
    if column == "kpi" or column in row.references:
        return codes.get(getattr(row, f"{column}_id"))
    return _write_value(getattr(row, column))


def _write_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode() if value else None
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.value if isinstance(value, StrEnum) else value


async def _write_numbers(session: AsyncSession, records: Mapping[str, Sequence[Any]]) -> Files:
    departments = [each.id for each in records["departments"]]
    kpis = [each.id for each in records["kpis"]]
    values = await list_recorded_values(session, kpis, departments, actor=SYSTEM)
    scores = await list_scores(session, departments, actor=SYSTEM)
    return {
        "measurements.csv": write_csv(VALUE_COLUMNS, _write_rows(values, VALUE_COLUMNS)),
        "engagement.csv": write_csv(SCORE_COLUMNS, _write_rows(scores, SCORE_COLUMNS)),
    }


def _write_rows(rows: Iterable[Any], columns: Sequence[str]) -> Iterable[list[Any]]:
    return ([_write_value(getattr(row, column)) for column in columns] for row in rows)


async def _write_metrics(session: AsyncSession) -> bytes:
    parts: list[str] = []
    cursor = None
    while cursor is not None or not parts:
        page = await list_metrics(session, MetricFilter(limit=1000, cursor=cursor), actor=SYSTEM)
        parts.append(page.items)
        cursor = page.next_cursor
    return write_metrics(",".join(filter(None, parts)))


async def _write_partnerships(session: AsyncSession) -> bytes:
    rows = await list_all_talks(session, actor=SYSTEM)
    return write_csv(TALK_COLUMNS, _write_rows(rows, TALK_COLUMNS))


async def _write_rituals(session: AsyncSession) -> bytes:
    rows = await list_all_occurrences(session, actor=SYSTEM)
    return write_csv(OCCURRENCE_COLUMNS, _write_rows(rows, OCCURRENCE_COLUMNS))


def _indent(document: str) -> bytes:
    return orjson.dumps(orjson.loads(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
