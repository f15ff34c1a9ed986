"""Counts of answers to one question → what may be said of every department and level, and nothing else.

Which groups may be shown is decided in `survey_groups`, by the same rule as for the results of the survey, so
that both show the same groups; what the figures mean is told in `survey_kpis`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from app.domain.alignment_kpis.rows import AnswerCount, QuestionRow
from app.domain.engagement import MINIMUM_GROUP_FLOOR
from app.domain.survey_groups import (
    ORGANIZATION,
    Exposure,
    Node,
    Tree,
    expose_groups,
    gather_answers,
    nearest_shown,
    plant_levels,
    smallest_difference,
)

Answer = str | int
Measure = Callable[[Sequence[Answer]], float]


@dataclass(frozen=True, slots=True)
class GroupCell:
    """What may be said of one group: how many answered, and their figure; None where it is kept back.

    `is_alike`: because nearly everybody answered the same. Such a group counts in no mean of others either:
    whatever stood there for it could be computed back, and would be what each of them said.
    """

    n: int
    value: float | None
    is_alike: bool = False


@dataclass(frozen=True, slots=True)
class QuestionCells:
    """All groups that answered one question; `units` are the smallest departments that count."""

    row: QuestionRow
    total: GroupCell
    departments: Mapping[Hashable, GroupCell]
    levels: Mapping[str, GroupCell]
    units: tuple[Hashable, ...]
    left_out: int


def read_cells(
    row: QuestionRow,
    counts: Iterable[AnswerCount],
    parent_of: Mapping[Hashable, Hashable | None],
    measure: Measure,
) -> QuestionCells | None:
    """The cells of one question; None when nobody answered it.

    `measure` makes one number of a group's answers. A department that is not in the tree counts for the
    organization only.
    """
    frame = _Frame(max(row.minimum_group, MINIMUM_GROUP_FLOOR), measure)
    tree = _plant_tree(parent_of)
    placed = [_place_answers(each, tree) for each in counts]
    if not placed:
        return None
    departments = _expose_cells(frame, tree, [(each.department, each) for each in placed])
    units = _find_units(tree, departments)
    hidden = {each.department for each in placed if nearest_shown(tree, each.department, units) is None}
    return QuestionCells(
        row=row,
        total=departments[ORGANIZATION],
        departments={node: cell for node, cell in departments.items() if node != ORGANIZATION},
        levels=_read_levels(frame, tree, departments, placed),
        units=units,
        left_out=len(hidden - {ORGANIZATION}),
    )


class _Frame(NamedTuple):
    """What all groups of one question share."""

    k: int
    measure: Measure


class _Placed(NamedTuple):
    """So many equal answers, and where they stand in either tree."""

    department: Node
    level: Node
    value: Answer
    n: int


def _place_answers(each: AnswerCount, tree: Tree) -> _Placed:
    department = cast(Node, each.department) if each.department in tree else ORGANIZATION
    return _Placed(department, each.level or ORGANIZATION, each.value, each.count)


def _read_levels(
    frame: _Frame, tree: Tree, departments: Mapping[Node, GroupCell], placed: Sequence[_Placed]
) -> dict[str, GroupCell]:
    """The cells of levels; none where together with the departments they would tell of too few."""
    levels = plant_levels(dict.fromkeys(str(each.level) for each in placed if each.level != ORGANIZATION))
    cells = _expose_cells(frame, levels, [(each.level, each) for each in placed])
    pairs: Counter[tuple[Node | None, Node | None]] = Counter()
    for each in placed:
        place = _find_shown(tree, each.department, departments)
        pairs[place, _find_shown(levels, each.level, cells)] += each.n
    if 0 < smallest_difference(pairs) < frame.k:
        return {}
    return {str(level): cell for level, cell in cells.items() if level != ORGANIZATION}


def _plant_tree(parent_of: Mapping[Hashable, Hashable | None]) -> dict[Node, Node | None]:
    tree: dict[Node, Node | None] = {ORGANIZATION: None}
    for department, parent in parent_of.items():
        tree[cast(Node, department)] = cast(Node, parent) if parent in parent_of else ORGANIZATION
    return tree


def _expose_cells(frame: _Frame, tree: Tree, placed: Iterable[tuple[Node, _Placed]]) -> dict[Node, GroupCell]:
    """Every group in which somebody answered."""
    direct: dict[Node, list[Answer]] = {}
    for node, each in placed:
        direct.setdefault(node, []).extend([each.value] * each.n)
    cells = {}
    exposed = expose_groups(tree, direct, frame.k)
    for node, answers in gather_answers(tree, direct).items():
        if not answers:
            continue
        shown = frame.measure(answers) if exposed[node] is Exposure.SHOWN else None
        cells[node] = GroupCell(len(answers), shown, is_alike=exposed[node] is Exposure.AGREES)
    return cells


def _find_shown(tree: Tree, node: Node, cells: Mapping[Node, GroupCell]) -> Node | None:
    return nearest_shown(tree, node, {each for each, cell in cells.items() if cell.value is not None})


def _find_units(tree: Tree, cells: Mapping[Node, GroupCell]) -> tuple[Node, ...]:
    """The smallest departments that may stand for themselves: those that hold no other such one."""
    counted = {node for node, cell in cells.items() if cell.value is not None and node != ORGANIZATION}
    above = {nearest_shown(tree, tree[node], counted) for node in counted}
    return tuple(node for node in tree if node in counted - above)
