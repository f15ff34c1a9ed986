"""The days of a period that have passed, and the scopes that a record counts in."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from app.domain.alignment_kpis.figures import ORGANIZATION, Scope
from app.domain.periods import Period

Row = TypeVar("Row")
Stand = tuple[Iterable[Hashable], str | None]


@dataclass(frozen=True, slots=True)
class Window:
    """A period as far as it is known: `until` is its last day, or today before that."""

    first_day: date
    last_day: date
    until: date
    today: date

    def holds(self, day: date | None) -> bool:
        """Does this day belong to the period, and is it known?"""
        return day is not None and self.first_day <= day <= self.until

    def is_due(self, day: date) -> bool:
        """Is this a day of the period that has passed altogether?"""
        return self.first_day <= day <= self.last_day and day < self.today

    def meets(self, from_day: date, until: date | None) -> bool:
        """Did something that lasted from one day to another (None: still) last on any known day of it?"""
        is_over = until is not None and until < self.first_day
        return from_day <= self.until and self.first_day <= self.until and not is_over


def open_window(period: Period, today: date) -> Window:
    """The window of a period; of one that has not begun it holds no day.

    >>> from app.domain.periods import parse_period
    >>> open_window(parse_period("2026-10"), date(2026, 10, 12)).until
    datetime.date(2026, 10, 12)
    """
    return Window(period.first_day, period.last_day, min(period.last_day, today), today)


class ScopeTree(NamedTuple):
    """For each department itself and all above it."""

    above: Mapping[Hashable, tuple[Hashable, ...]]

    def list_scopes(self, stand: Stand) -> Iterator[Scope]:
        """The scopes of something that stands in departments and at a level, each once."""
        departments, level = stand
        yield ORGANIZATION
        places = dict.fromkeys(
            place for department in departments for place in self.above.get(department, ())
        )
        yield from map(Scope, places)
        if level is not None:
            yield Scope(level=level)


def plant_scopes(parent_of: Mapping[Hashable, Hashable | None]) -> ScopeTree:
    """Reads the tree of departments once; a circle in it is walked round once.

    >>> plant_scopes({"OPS": None, "EAST": "OPS"}).above["EAST"]
    ('EAST', 'OPS')
    """
    return ScopeTree({department: tuple(_climb(parent_of, department)) for department in parent_of})


def spread_rows(
    rows: Iterable[Row], tree: ScopeTree, stand_of: Callable[[Row], Stand]
) -> dict[Scope, list[Row]]:
    """The rows of every scope that has any, and of the organization in any case."""
    spread: dict[Scope, list[Row]] = {ORGANIZATION: []}
    for row in rows:
        for scope in tree.list_scopes(stand_of(row)):
            spread.setdefault(scope, []).append(row)
    return spread


def _climb(parent_of: Mapping[Hashable, Hashable | None], department: Hashable) -> Iterator[Hashable]:
    seen: set[Hashable] = set()
    place: Hashable | None = department
    while place is not None and place in parent_of and place not in seen:
        yield place
        seen.add(place)
        place = parent_of[place]
