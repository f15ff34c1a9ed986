"""`coxswain check`: the linkage checker at the command line. Plans are read and findings told elsewhere."""

import shutil
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.check_json import write_json
from app.commands.check_report import Report, make_report
from app.commands.check_sarif import Artifact, write_sarif, write_uri
from app.commands.check_text import MOST_COLUMNS, write_text
from app.commands.context import DataDir, clear_refusals
from app.commands.plan_places import PlanPlaces
from app.commands.plan_source import PlanSource, read_database_source, read_file_source, read_plan
from app.domain.linkage.assembly import assemble_plan
from app.domain.linkage.plan_file import PlanFile


class Form(StrEnum):
    """How findings are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


PlanOption = Annotated[
    Path | None,
    typer.Option("--file", help="A plan file (- is standard input). Without it, the plan of the database."),
]
DayOption = Annotated[
    datetime | None,
    typer.Option("--today", formats=["%Y-%m-%d"], help="The day to check for. Else that of the plan."),
]
FormOption = Annotated[Form, typer.Option("--format", help="For people, for programs, for code scanners.")]


def check(
    file: PlanOption = None, today: DayOption = None, form: FormOption = Form.TEXT, data_dir: DataDir = None
) -> None:
    """Checks that everything we do reaches the strategy and all of it is being done: exit code 1 if not."""
    with clear_refusals():
        source = read_file_source(file) if file else read_database_source(data_dir)
        plan = read_plan(source)
        day = today.date() if today else plan.today or datetime.now(UTC).date()
        report = make_report(assemble_plan(plan, today=day), source)
        artifact = read_artifact(source, plan) if form is Form.SARIF else None
    sys.stdout.buffer.write(write_answer(report, form, artifact))
    sys.stdout.flush()
    if report.has_errors:
        raise typer.Exit(1)


def read_artifact(source: PlanSource, plan: PlanFile) -> Artifact | None:
    """The file in which people find the objects; what came from elsewhere has none."""
    if source.file is None:
        return None
    return Artifact(write_uri(source.file), PlanPlaces(plan, source.data.decode()))


def write_answer(report: Report, form: Form, artifact: Artifact | None) -> bytes:
    """What is printed. Programs get UTF-8; a terminal what it can show, in lines that fit."""
    if form is Form.JSON:
        return write_json(report).encode()
    if form is Form.SARIF:
        return write_sarif(report, artifact).encode()
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else MOST_COLUMNS
    return write_text(report, width=columns).encode(sys.stdout.encoding, "replace")
