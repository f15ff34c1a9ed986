"""The quick path: cells of scores that are in order, or None at the first doubt. `explain` then says why.

It may doubt what is in order (an unusual way to write something), never accept what is not: a test compares
the two. Written for ten thousand items at once, so whatever repeats is looked at once.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from app.domain.codes import code_key
from app.domain.engagement import MINIMUM_GROUP_FLOOR, ScaleKind, read_scale
from app.domain.intake.contract import Cells, Group, Rules, ScoreItem
from app.domain.intake.values import read_time, tidy_text, write_cell
from app.domain.periods import BadPeriod, parse_period

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
# Which cells are the natural key: source, survey, round, metric, place, period.
KEY = slice(1, 7)


class Doubt(Exception):
    """Something needs the explaining path."""


class Known(dict[K, V]):
    """Answers that were looked up once."""

    def __init__(self, find: Callable[[K], V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: K) -> V:
        """Looks up and remembers."""
        answer = self[key] = self._find(key)
        return answer


def read_quickly(groups: list[Group], rules: Rules) -> list[Cells] | None:
    """The cells of every item in the order of the push; None when anything is wrong or out of the ordinary.

    The items are `ScoreItem`s, so their types hold already.
    """
    rows: list[Cells] = []
    try:
        for group in groups:
            rows += _QuickReader(group, rules).read()
    except Doubt:
        return None
    if len({row[KEY] for row in rows}) < len(rows):
        return None
    return rows if len(groups) == 1 else sorted(rows, key=lambda row: int(row[0]))


class _QuickReader:
    """Reads the items of one group."""

    def __init__(self, group: Group, rules: Rules) -> None:
        self.group = group
        self.heading = (group.source, group.survey, group.round)
        self.floor = max(rules.minimum_group, MINIMUM_GROUP_FLOOR)
        self.respondents_optional = rules.respondents_optional
        self.departments: Known[str, str] = Known(
            lambda text: _some(rules.departments.get(code_key(text.strip())))
        )
        self.segments = rules.segments.get(group.source, {})
        self.out_of_reach = {text for source, text in rules.out_of_reach if source == group.source}
        self.texts: Known[str, str] = Known(lambda text: _some(tidy_text(text)))
        self.periods: Known[str, str] = Known(_check_period)
        self.times: Known[str | None, str] = Known(_check_time)
        self.scales: Known[tuple[str, float | None, float | None], _Ends] = Known(_read_ends)

    def read(self) -> list[Cells]:
        """The cells of every item."""
        read_item = self._read_item
        return [
            read_item(str(position), item)
            for position, item in zip(self.group.positions, self.group.items, strict=True)
        ]

    def _read_item(self, position: str, item: ScoreItem) -> Cells:
        scale = item.scale
        low, high, ends = self.scales[scale.kind, scale.min, scale.max]
        value = item.value
        if not low <= value <= high:
            raise Doubt
        suppressed = self._is_suppressed(item.respondents, item.invited)
        place, segment, department = self._find_place(item)
        name = item.name
        return (
            position,
            *self.heading,
            self.texts[item.metric],
            place,
            self.periods[item.period],
            segment,
            department,
            "" if name is None else _some(tidy_text(name)),
            *ends,
            "" if suppressed else repr(value).removesuffix(".0"),
            "t" if suppressed else "f",
            write_cell(item.respondents),
            write_cell(item.invited),
            write_cell(item.window_days),
            self.times[item.observed_at],
        )

    def _is_suppressed(self, respondents: int | None, invited: int | None) -> bool:
        if respondents is None:
            if self.respondents_optional:
                return False
            raise Doubt
        if invited is not None and respondents > invited:
            raise Doubt
        return respondents < self.floor

    def _find_place(self, item: ScoreItem) -> tuple[str, str, str]:
        """Place, segment and department of an item. Named by our department, the segment is only a note."""
        segment = "" if item.segment is None else _some(tidy_text(item.segment))
        if item.department is not None:
            department = self.departments[item.department]
            return f"d:{department}", segment, department
        if not segment or segment in self.out_of_reach:
            raise Doubt
        return f"s:{segment}", segment, self.segments.get(segment) or ""


_Ends = tuple[float, float, Cells]


def _some(text: str | None) -> str:
    if not text:
        raise Doubt
    return text


def _check_period(text: str) -> str:
    try:
        return parse_period(text).text
    except BadPeriod as error:
        raise Doubt from error


def _check_time(text: str | None) -> str:
    moment = None if text is None else read_time(text)
    if moment is None and text is not None:
        raise Doubt
    return "" if moment is None else moment.isoformat()


def _read_ends(declared: tuple[str, float | None, float | None]) -> _Ends:
    scale, _ = read_scale(ScaleKind(declared[0]), *declared[1:])
    if scale is None:
        raise Doubt
    ends = (scale.kind.value, write_cell(scale.minimum), write_cell(scale.maximum))
    return float(scale.minimum), float(scale.maximum), ends
