"""Other codes for a plan file, the same in every place that names them, and for what is found in it."""

from collections.abc import Callable
from typing import Any

from tests.domain.linkage.checking import Document, Found

_REFERENCES = ("code", "parent", "department", "theme", "owner", "decider", "host", "kpi", "source", "target")
_LISTS = ("supports", "measures", "departments", "red_in")


def list_codes(document: Document, noun: str) -> list[str]:
    """The codes of a noun, in the order of the file."""
    return [row["code"] for row in document[noun]]


def relabel(document: Document, new: dict[str, str]) -> Document:
    """The same plan under other codes; the codes of links follow."""
    nouns = {
        noun: [_relabel_row(row, new) for row in rows] for noun, rows in document.items() if noun != "today"
    }
    return {"today": document["today"], **nouns}


def relabel_found(found: Found, new: dict[str, str]) -> Found:
    """What is to be found in the same plan under other codes."""
    severity, objects = found
    return severity, frozenset((kind, _relabel_code(code, new)) for kind, code in objects)


def _relabel_row(row: Document, new: dict[str, str]) -> Document:
    changes: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(_REFERENCES, lambda code: None if code is None else _relabel_code(code, new)),
        **dict.fromkeys(_LISTS, lambda codes: [new.get(code, code) for code in codes]),
        "last_period": lambda values: {new.get(place, place): period for place, period in values.items()},
    }
    return {field: changes[field](value) if field in changes else value for field, value in row.items()}


def _relabel_code(code: str, new: dict[str, str]) -> str:
    source, arrow, rest = code.partition(">")
    target, colon, kind = rest.partition(":")
    return f"{new.get(source, source)}{arrow}{new.get(target, target)}{colon}{kind}"
