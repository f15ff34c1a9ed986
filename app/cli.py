"""The operator's door: `coxswain …`, also `python -m app`. The commands live in app/commands.

A command is loaded when it is asked for: what imports and exports need would hold up every start of a server.
"""

from collections.abc import Iterable
from importlib import import_module

import typer

# The commands, as they are typed, and their places below app/commands.
COMMANDS = {
    "serve": "serve.serve",
    "migrate": "schema.migrate",
    "demo": "demo.demo",
    "check": "check.check",
    "compute": "compute.compute",
    "export": "exports.export",
    "backup": "backups.backup",
    "restore": "backups.restore",
    "version": "version.version",
    "people": "people.people",
    "clients": "clients.clients",
    "mail": "mail.mail",
    "review": "reviews.reviews",
    "import": "import_group.imports",
    "draft-migration": "schema.draft_migration",
}
_HIDDEN = {"draft-migration"}


def make_cli(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line, with these commands."""
    cli = typer.Typer(
        name="coxswain",
        callback=_describe,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name in names:
        module, _, part = COMMANDS[name].partition(".")
        command = getattr(import_module(f"app.commands.{module}"), part)
        if isinstance(command, typer.Typer):
            cli.add_typer(command)
        else:
            cli.command(name, hidden=name in _HIDDEN)(command)
    return cli


def _describe() -> None:
    """Shows a leadership team whether its leaders row in the same direction."""
