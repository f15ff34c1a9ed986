"""`coxswain version`."""

from app.schema import program_version


def version() -> None:
    """Prints the version."""
    print(program_version())
