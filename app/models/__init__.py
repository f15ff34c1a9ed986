"""Tables and input contracts, one file per noun, which brings along the tables that its own point at.

What a start needs names the files: who names the room itself loads all of it (`app.models.every`).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.models.every import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if name.islower():  # a file, or what Python asks of every module
        raise AttributeError(name)
    return getattr(import_module("app.models.every"), name)
