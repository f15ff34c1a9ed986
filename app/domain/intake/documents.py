"""Decoding pushes: JSON bodies into groups of items, typed when they fit the contract, plain when not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import msgspec

from app.domain.intake.contract import MAX_ITEMS, Finding, Group, Point, ScoreBatch
from app.domain.intake.explain import Problems
from app.domain.intake.values import tidy_text
from app.domain.person_level import person_level_keys

_DECODER = msgspec.json.Decoder(ScoreBatch)
HEADING = ("source", "survey", "round")


@dataclass(frozen=True, slots=True)
class Push:
    """A decoded push. `typed`: the items are `ScoreItem`s; else plain documents that need explaining.

    `findings` are about the push itself.
    """

    groups: list[Group]
    typed: bool
    point: Point
    findings: list[Finding] = field(default_factory=list)

    def plain_groups(self) -> list[Group]:
        """The groups as plain documents."""
        if not self.typed:
            return self.groups
        return [group._replace(items=msgspec.to_builtins(group.items)) for group in self.groups]


class PersonLevelData(Exception):
    """A push names data about persons; `pointers` say where. Its content is neither kept nor logged."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__()
        self.pointers = pointers


def point_into_json(position: int | None, field: str) -> str:
    """The JSON pointer of a field of an item, or of the push.

    >>> point_into_json(3, "scale/min"), point_into_json(None, "source")
    ('/items/3/scale/min', '/source')
    """
    return f"/{field}" if position is None else f"/items/{position}/{field}".rstrip("/")


def decode_typed(body: bytes) -> Push | None:
    """The push in a JSON body that fits the contract; None when it does not.

    Fitting, it has no field that the contract does not know, and so no person-level key.
    """
    try:
        batch = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    heading = Problems({name: getattr(batch, name) for name in HEADING})
    source, survey, round_ = _read_heading(heading)
    if heading.found:
        return None
    group = Group(source, survey, round_, batch.items, range(len(batch.items)))
    return Push([group], typed=True, point=point_into_json)


def read_document(document: Any) -> Push:
    """The push in any decoded JSON document; what does not fit the contract becomes findings.

    Person-level keys come before everything else (`PersonLevelData`).
    """
    if pointers := person_level_keys(document):
        raise PersonLevelData(pointers)
    if not isinstance(document, dict):
        finding = Finding(None, "", "not_an_object", "A push is an object with items.")
        return Push([], typed=False, point=point_into_json, findings=[finding])
    problems = Problems(document)
    problems.check_names(ScoreBatch.__struct_fields__)
    source, survey, round_ = _read_heading(problems)
    items = _find_items(problems)
    findings = [Finding(None, *problem) for problem in problems.found]
    group = Group(source, survey, round_, items, range(len(items)))
    return Push([group], typed=False, point=point_into_json, findings=findings)


def _read_heading(problems: Problems) -> tuple[str, str, str]:
    return problems.text("source"), problems.text("survey"), problems.text("round")


def _find_items(problems: Problems) -> list[Any]:
    if not problems.has("items", required=True):
        return []
    items = problems.document["items"]
    if not isinstance(items, list):
        problems.add("items", "list_type", "The items are a list.")
        return []
    if len(items) > MAX_ITEMS:
        problems.add("items", "too_long", f"A push has at most {MAX_ITEMS} items, this one {len(items)}.")
        return []
    return items


def named_texts(push: Push, name: str) -> dict[str, set[str]]:
    """The distinct texts that items give for a field, tidied, by source; what is no text is left out."""
    found: dict[str, set[str]] = {}
    for group in push.groups:
        texts = set(map(attrgetter(name), group.items)) if push.typed else _plain_texts(group.items, name)
        tidy = {tidy_text(text) for text in texts if text}
        found.setdefault(group.source, set()).update(text for text in tidy if text)
    return found


def _plain_texts(items: Sequence[Any], name: str) -> set[str]:
    values = (item.get(name) for item in items if isinstance(item, dict))
    return {value for value in values if isinstance(value, str)}
