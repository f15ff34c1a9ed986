"""Counts of answers to one question → what may be said of every department and level, and nothing else.

Which groups may be shown is decided in `survey_groups`, by the same rule as for the results of the survey, so
that both show the same groups; what the figures mean is told in `survey_kpis`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

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

    Where nearly everybody agrees there is no figure of their own; `stand_in` is then the nearest one that all
    could share (all or nobody, a point of the scale), which stands for the group only among others.
    """

    n: int
    value: float | None
    stand_in: float | None


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
    step: float,
) -> QuestionCells | None:
    """The cells of one question; None when nobody answered it.

    `measure` makes one number of a group's answers; `step`: to multiples of what it is rounded where nearly
    everybody agrees. A department that is not in the tree counts for the organization only.
    """
    k = max(row.minimum_group, MINIMUM_GROUP_FLOOR)
    tree = _plant_tree(parent_of)
    by_department: dict[Node, list[Answer]] = {}
    by_level: dict[Node, list[Answer]] = {}
    pairs: Counter[tuple[Node, Node]] = Counter()
    for each in counts:
        department = cast(Node, each.department) if each.department in tree else ORGANIZATION
        level = each.level or ORGANIZATION
        by_department.setdefault(department, []).extend([each.value] * each.count)
        by_level.setdefault(level, []).extend([each.value] * each.count)
        pairs[department, level] += each.count
    if not pairs:
        return None
    levels = plant_levels([str(level) for level in by_level if level != ORGANIZATION])
    departments = _expose_cells(tree, by_department, k, measure, step)
    leveled = _expose_cells(levels, by_level, k, measure, step)
    apart: Counter[tuple[Node | None, Node | None]] = Counter()
    for (place, stage), n in pairs.items():
        apart[_find_shown(tree, place, departments), _find_shown(levels, stage, leveled)] += n
    if 0 < smallest_difference(apart) < k:
        leveled = {}
    units = _find_units(tree, departments)
    hidden = [node for node in by_department if nearest_shown(tree, node, units) is None]
    return QuestionCells(
        row=row,
        departments={node: cell for node, cell in departments.items() if node != ORGANIZATION},
        levels={str(level): cell for level, cell in leveled.items() if level != ORGANIZATION},
        total=departments[ORGANIZATION],
        units=units,
        left_out=len([node for node in hidden if node != ORGANIZATION]),
    )


def _plant_tree(parent_of: Mapping[Hashable, Hashable | None]) -> dict[Node, Node | None]:
    tree: dict[Node, Node | None] = {ORGANIZATION: None}
    for department, parent in parent_of.items():
        tree[cast(Node, department)] = cast(Node, parent) if parent in parent_of else ORGANIZATION
    return tree


def _expose_cells(
    tree: Tree, direct: Mapping[Node, Sequence[Answer]], k: int, measure: Measure, step: float
) -> dict[Node, GroupCell]:
    """Every group in which somebody answered."""
    cells = {}
    exposed = expose_groups(tree, direct, k)
    for node, answers in gather_answers(tree, direct).items():
        if not answers:
            continue
        shown = measure(answers) if exposed[node] is Exposure.SHOWN else None
        agreed = step * round(measure(answers) / step) if exposed[node] is Exposure.AGREES else shown
        cells[node] = GroupCell(len(answers), shown, agreed)
    return cells


def _find_shown(tree: Tree, node: Node, cells: Mapping[Node, GroupCell]) -> Node | None:
    return nearest_shown(tree, node, {each for each, cell in cells.items() if cell.value is not None})


def _find_units(tree: Tree, cells: Mapping[Node, GroupCell]) -> tuple[Node, ...]:
    """The smallest departments that may stand for themselves: those that hold no other such one."""
    counted = {node for node, cell in cells.items() if cell.stand_in is not None and node != ORGANIZATION}
    above = {nearest_shown(tree, tree[node], counted) for node in counted}
    return tuple(node for node in tree if node in counted - above)
