"""The operator's door: `coxswain …`, also `python -m app`. The commands live in app/commands."""

import typer

from app.commands.backups import backup, restore
from app.commands.check import check
from app.commands.clients import clients
from app.commands.demo import demo
from app.commands.engagement import import_engagement
from app.commands.exports import export
from app.commands.imports import imports
from app.commands.measurements import import_measurements
from app.commands.people import people
from app.commands.schema import draft_migration, migrate
from app.commands.serve import serve
from app.commands.version import version

main = typer.Typer(
    name="coxswain",
    help="Shows a leadership team whether its leaders row in the same direction.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (serve, migrate, demo, check, export, backup, restore, version):
    main.command()(command)
imports.command("measurements")(import_measurements)
imports.command("engagement")(import_engagement)
for group in (people, clients, imports):
    main.add_typer(group)
main.command(hidden=True)(draft_migration)
