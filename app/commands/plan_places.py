"""Where the objects of a plan file stand in its text, for programs that show findings at their line."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.domain.linkage.findings import Named, ObjectKind
from app.domain.linkage.names import write_link_code
from app.domain.linkage.plan_file import PlanFile

# A string, or a bracket. What stands between them does not matter here.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_COLON = re.compile(r"\s*:\s*")
_ROOT, _LIST, _ROW = 1, 2, 3
_LISTS = {
    ObjectKind.GOAL: "goals",
    ObjectKind.OBJECTIVE: "objectives",
    ObjectKind.LINK: "links",
    ObjectKind.INITIATIVE: "initiatives",
    ObjectKind.KPI: "kpis",
    ObjectKind.OWNER: "owners",
    ObjectKind.DEPARTMENT: "departments",
    ObjectKind.DECISION: "decisions",
    ObjectKind.COMMITMENT: "commitments",
    ObjectKind.RITUAL: "rituals",
}


class Place(NamedTuple):
    """A line and a range of columns in it, counted from 1 in characters; `end` is the first one after it."""

    line: int
    column: int
    end: int


class PlanPlaces:
    """Finds objects by kind and code. The text must be that of the plan."""

    def __init__(self, plan: PlanFile, text: str) -> None:
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._rows = _find_rows(text)
        self._positions = {kind: _index_codes(plan, name) for kind, name in _LISTS.items()}

    def find(self, named: Named) -> Place | None:
        """The place of an object's code, of its row where it has none; None for the organization."""
        position = self._positions.get(named.kind, {}).get(named.code.casefold())
        rows = self._rows.get(_LISTS.get(named.kind, ""), [])
        if position is None or position >= len(rows):
            return None
        start, end = rows[position]
        line = bisect_right(self._line_ends, start)
        before = self._line_ends[line - 1] if line else -1
        return Place(line + 1, start - before, end - before)


def _index_codes(plan: PlanFile, name: str) -> Mapping[str, int]:
    if name == "links":
        codes = [link.code or write_link_code(link.source, link.target, link.type) for link in plan.links]
    else:
        codes = [row.code for row in getattr(plan, name)]
    return {code.casefold(): position for position, code in enumerate(codes)}


def _find_rows(text: str) -> Mapping[str, Sequence[tuple[int, int]]]:
    """For each list of the plan where its rows stand: their code, or the bracket that opens them."""
    rows: dict[str, list[tuple[int, int]]] = {}
    depth, name = 0, ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "]}":
            depth -= 1
        elif mark in "[{":
            depth += 1
            if depth == _ROW:
                rows[name].append(token.span())
        elif depth == _ROOT and _COLON.match(text, token.end()):
            name = mark[1:-1]
            rows[name] = []
        elif depth == _ROW and mark == '"code"' and (colon := _COLON.match(text, token.end())):
            value = _TOKEN.match(text, colon.end())
            if value is not None:
                rows[name][-1] = value.span()
    return rows
