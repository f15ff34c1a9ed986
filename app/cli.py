"""The operator's door: `coxswain …`, also `python -m app`. The commands live in app/commands."""

import typer

from app.commands.backups import backup, restore
from app.commands.demo import demo
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
for command in (serve, migrate, demo, backup, restore, version):
    main.command()(command)
main.command(hidden=True)(draft_migration)
