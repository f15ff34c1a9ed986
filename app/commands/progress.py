"""A progress bar for long work, where there is a terminal to show it on."""

import sys
from collections.abc import Collection, Iterator
from typing import TypeVar

import typer

T = TypeVar("T")


def show_progress(items: Collection[T], label: str) -> Iterator[T]:
    """The items, with a bar on a terminal and without a sound elsewhere."""
    if not sys.stderr.isatty():
        yield from items
        return
    with typer.progressbar(items, length=len(items), label=label, file=sys.stderr) as bar:
        yield from bar
