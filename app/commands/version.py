"""`coxswain version`."""

from importlib.metadata import version as installed_version


def version() -> None:
    """Prints the version."""
    print(installed_version("coxswain"))
