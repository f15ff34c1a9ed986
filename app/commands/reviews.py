"""`coxswain review`: the reviews there are, and one of them as a file."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.commands.context import DataDir, clear_refusals, run_work
from app.domain.permissions import SYSTEM
from app.domain.review.exports import ExportFormat, name_export, write_export
from app.queries.review_snapshots import read_review_body
from app.queries.reviews import find_review, list_recent_reviews

reviews = typer.Typer(name="review", help="Reviews of months.", no_args_is_help=True)
Period = Annotated[str, typer.Argument(metavar="MONTH", help="Like 2026-10.", show_default=False)]
Format = Annotated[ExportFormat, typer.Option("--format", help="How it is written.")]
Revision = Annotated[int | None, typer.Option(min=1, help="As this revision was frozen.", show_default=False)]
Output = Annotated[
    Path | None,
    typer.Option(help="The file to write, or - for the standard output.", show_default=False),
]


@reviews.command("list")
def list_all_reviews(data_dir: DataDir = None) -> None:
    """Lists the latest reviews: month, state, revision."""

    async def read(session: AsyncSession) -> list[str]:
        rows = await list_recent_reviews(session, actor=SYSTEM)
        return [f"{row.review.code}  {row.review.status:<10}  revision {row.review.revision}" for row in rows]

    with clear_refusals():
        for line in run_work(data_dir, read):
            print(line)


@reviews.command("export")
def export_review(
    period: Period,
    kind: Format = ExportFormat.HTML,
    revision: Revision = None,
    output: Output = None,
    data_dir: DataDir = None,
) -> None:
    """Writes a review into a file: as it was frozen, by the byte the same for ever; an open one as of now."""

    async def read(session: AsyncSession) -> tuple[str, bytes]:
        review = await find_review(session, period, actor=SYSTEM)
        told = await read_review_body(session, review, revision=revision)
        name = name_export(review.code, told.revision, kind, is_frozen=told.is_frozen)
        return name, write_export(told.body, kind, is_frozen=told.is_frozen)

    with clear_refusals():
        name, body = run_work(data_dir, read)
        if output == Path("-"):
            typer.get_binary_stream("stdout").write(body)
            return
        file = output or Path(name)
        file.write_bytes(body)
        print(f"Wrote {file} ({len(body):,} bytes).")
