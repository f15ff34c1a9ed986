"""Groups of people who put the priorities in order, made so that nobody can be told apart (`measures.md` 12).

Levels and departments are sums of the same cells of enough people each, so that no difference of two groups
is smaller than a cell. Executives stand apart from the departments they lead. What is said of groups is
elsewhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.alignment.rows import DepartmentRow, OrderRow, SurveyRow
from app.domain.disclosure import safe_statistics
from app.domain.survey_cells import Cell, Invitee, assign_cells
from app.domain.words import Level

FEWEST_PEOPLE = 5
LEVELS = tuple(level.value for level in Level)
EXECUTIVES = Level.EXECUTIVE.value
Person = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """People who may be spoken of together: their orders as weights of the options, the first the highest.

    `is_alike`: all but at most one gave the same order, so that figures would tell it of each.
    """

    name: str
    people: tuple[Person, ...]
    is_alike: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """Everybody, the levels from the top, and the departments without their executives.

    `hidden`: people who stand in no department that may be shown, nor among the executives.
    """

    minimum: int
    everybody: Group
    levels: dict[str, Group]
    departments: dict[UUID, Group]
    hidden: int

    @property
    def executives(self) -> Group | None:
        """The executives, if enough of them answered."""
        return self.levels.get(EXECUTIVES)


def weigh_order(order: Sequence[str], options: Sequence[str]) -> Person | None:
    """The weight of each option: the first of the order has as many points as there are options, the last 1.

    None for an order that lacks an option.

    >>> weigh_order(["b", "a", "c"], ["a", "b", "c"])
    (2, 3, 1)
    """
    places = {code: place for place, code in enumerate(order)}
    if any(code not in places for code in options):
        return None
    return tuple(len(options) - places[code] for code in options)


def form_groups(survey: SurveyRow, departments: Sequence[DepartmentRow]) -> Grouping:
    """The groups of a survey that may be spoken of; those of fewer than five are not.

    A department's name stands for those of its people who are in no department below it that is a group of
    its own.
    """
    options = [option.code for option in survey.options]
    minimum = max(FEWEST_PEOPLE, survey.minimum_group)
    weighed = [(row, weigh_order(row.order, options)) for row in survey.orders]
    known = [(row, person) for row, person in weighed if person is not None]
    cells = assign_cells(
        [Invitee(row.department, row.level) for row, _ in known],
        {row.id: row.parent for row in departments},
        minimum,
    )
    names = {row.id: row.name for row in departments}
    levels: dict[str, list[Person]] = {}
    places: dict[UUID, list[Person]] = {}
    for (_, person), cell in zip(known, cells, strict=True):
        if cell.level is not None:
            levels.setdefault(cell.level, []).append(person)
        if cell.department is not None and cell.level != EXECUTIVES:
            places.setdefault(cell.department, []).append(person)
    return Grouping(
        minimum=minimum,
        everybody=_make_group("everybody", [person for _, person in known], minimum),
        levels={level: _make_group(level, levels[level], minimum) for level in LEVELS if level in levels},
        departments={
            key: _make_group(names[key], places[key], minimum)
            for key in sorted(places, key=lambda key: (names[key].lower(), str(key)))
        },
        hidden=_count_hidden(cells),
    )


def list_level_names(rows: Sequence[OrderRow]) -> list[str]:
    """The levels that occur at all, from the top."""
    found = {row.level for row in rows}
    return [level for level in LEVELS if level in found]


def average_ranks(people: Sequence[Person]) -> list[float]:
    """The mean rank of each option, 1 being first.

    >>> average_ranks([(3, 2, 1), (3, 1, 2)])
    [1.0, 2.5, 2.5]
    """
    size = len(people[0])
    return [size + 1 - sum(column) / len(people) for column in zip(*people, strict=True)]


def _make_group(name: str, people: list[Person], minimum: int) -> Group:
    return Group(name, tuple(people), len(people) >= minimum and not safe_statistics(people, minimum))


def _count_hidden(cells: Sequence[Cell]) -> int:
    counts = Counter(cells)
    return sum(n for cell, n in counts.items() if cell.department is None and cell.level != EXECUTIVES)
