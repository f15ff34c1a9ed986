"""`coxswain import …`: one command for each kind of file. What they share lives in `imports`."""

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.commands.context import DataDir
from app.commands.engagement import import_engagement
from app.commands.imports import Counts, CsvFile, DryRun, import_file, keep_lines
from app.commands.measurements import import_measurements
from app.commands.nouns import NOUNS, Noun
from app.commands.tables import Table, read_table

imports = typer.Typer(name="import", help="Reads CSV files into the database, all or nothing.")


def _add_command(name: str, noun: Noun) -> None:
    columns = ", ".join(noun.columns)

    def command(file: CsvFile, dry_run: DryRun = False, data_dir: DataDir = None) -> None:
        def read() -> Table:
            return read_table(file, noun.columns, needed=noun.needed, key=noun.key)

        async def keep(session: AsyncSession, table: Table) -> Counts:
            return await keep_lines(session, noun, table, label=name)

        import_file(file, data_dir, dry_run=dry_run, read=read, keep=keep)

    known = ", ".join(noun.key)
    command.__doc__ = (
        f"Adds {name}, or changes those that are there (by {known}): the columns of the file replace, an "
        f"empty cell clears, what has no column stays. Columns: {columns}. Lists are joined by `;`."
    )
    imports.command(name)(command)


for _name, _noun in NOUNS.items():
    _add_command(_name, _noun)
imports.command("measurements")(import_measurements)
imports.command("engagement")(import_engagement)
