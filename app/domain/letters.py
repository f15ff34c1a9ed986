"""The plain text of a mail read again: paragraphs, lists, and addresses that stand alone on their lines.

Whoever composes mails writes it like this, so that it can be sent, shown, and completed with a host.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

# What a person wrote stands behind a dash or inside a sentence: it never is a line of this kind.
_ADDRESS = re.compile(r"^( *)(/[\x21-\x7e]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of lines of one kind: `text`, the `heading` of items, `items`, or an `address`."""

    kind: str
    lines: tuple[str, ...]


def complete_addresses(text: str, base: str) -> str:
    """The text as it leaves the house: every address with scheme and host.

    >>> complete_addresses("Look:\\n  /updates", "https://coxswain.example")
    'Look:\\n  https://coxswain.example/updates'
    """
    return _ADDRESS.sub(lambda found: f"{found[1]}{base.rstrip('/')}{found[2]}", text)


def read_letter(text: str) -> list[list[Part]]:
    """The blocks of a text, each as its parts.

    >>> [part.kind for part in read_letter("Look\\n- one\\n- two\\n  /updates")[0]]
    ['heading', 'items', 'address']
    """
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return [list(_read_block(block.strip("\n").split("\n"))) for block in blocks]


def _read_block(lines: list[str]) -> Iterator[Part]:
    if len(lines) > 1 and _kind_of(lines[0]) == "text" and _kind_of(lines[1]) == "items":
        yield Part("heading", (lines.pop(0),))
    for kind, group in groupby(lines, _kind_of):
        told = [line.strip().removeprefix("- ") if kind == "items" else line.strip() for line in group]
        if kind == "address":
            yield from (Part(kind, (each,)) for each in told)
        else:
            yield Part(kind, tuple(told))


def _kind_of(line: str) -> str:
    if line.startswith("- "):
        return "items"
    return "address" if _ADDRESS.fullmatch(line) else "text"
