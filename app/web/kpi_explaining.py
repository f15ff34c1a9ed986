"""How a computed value explains itself on a page: its sentence with links, and the numbers beside it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from app.queries.alignment_kpis import NamedRecord
from app.web.figures import write_figure

_PAGES = {"initiative": "/initiatives/", "decision": "/decisions/"}


class Part(NamedTuple):
    """A piece of a sentence; `href` leads to the record that it names."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class SecondLine:
    """A number beside the value: what it is, how much, and what is behind it."""

    label: str
    value: str
    evidence: str


def link_records(said: str, records: Iterable[NamedRecord]) -> list[Part]:
    """A sentence in pieces, each record that it names by its title or code as a link. Longer names win.

    >>> records = [NamedRecord("initiative", "I-4", "New depot"), NamedRecord("decision", "D-3", "Depot?")]
    >>> [part.href for part in link_records("1 late: New depot (D-3).", records)]
    [None, '/initiatives/I-4', None, '/decisions/D-3', None]
    """
    places: dict[str, str] = {}
    for record in records:
        href = f"{_PAGES[record.kind]}{quote(record.code)}"
        places.setdefault(record.title, href)
        places.setdefault(f"({record.code})", href)
    if not places:
        return [Part(said)]
    longest = sorted(places, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest))})", said)
    return [part for piece in pieces if piece for part in _link_piece(piece, places)]


def _link_piece(piece: str, places: Mapping[str, str]) -> list[Part]:
    href = places.get(piece)
    if href is None or not piece.startswith("(") or not piece.endswith(")"):
        return [Part(piece, href)]
    return [Part("("), Part(piece[1:-1], href), Part(")")]


def write_seconds(seconds: Sequence[Mapping[str, Any]] | None) -> list[SecondLine]:
    """The numbers beside a value, as they are printed."""
    return [
        SecondLine(
            label=each["label"],
            value=_write_second(each),
            evidence=", ".join(_list_evidence(each)),
        )
        for each in seconds or ()
    ]


def _write_second(second: Mapping[str, Any]) -> str:
    """One number; of agreement the range, because nobody knows which of both chances is the true one."""
    if second["name"] == "agreement":
        return " to ".join(_write_number(end, second["unit"]) for end in second["interval"])
    return _write_number(second["value"], second["unit"])


def _list_evidence(second: Mapping[str, Any]) -> Iterable[str]:
    if second["name"] == "agreement":
        yield "beyond chance: slightly skewed to uniform answers"
        return
    if second["numerator"] is not None and second["denominator"] is not None:
        yield f"{_write_number(second['numerator'])} of {_write_number(second['denominator'])}"
    elif second["n"] is not None:
        yield f"n = {second['n']:,}"
    if second["interval"] is not None:
        low, high = (_write_number(end) for end in second["interval"])
        yield f"between {low} and {high}"


def _write_number(number: float, unit: str = "count") -> str:
    return write_figure(Decimal(str(number)), "score" if unit == "index" else unit)
