"""The quick path: rows of scores that are in order, or None at the first doubt. `explain` then says why.

It may doubt what is in order (an unusual way to write something), never accept what is not: a test compares
the two. Written for ten thousand items at once, so whatever repeats is looked at once.
"""

from collections.abc import Callable, Hashable
from functools import partial
from operator import itemgetter
from typing import TypeVar

from app.domain.codes import code_key
from app.domain.engagement import MINIMUM_GROUP_FLOOR, ScaleKind, read_scale
from app.domain.intake.contract import Group, Row, Rules, ScoreItem, Series
from app.domain.intake.values import read_time, tidy_text, write_cell
from app.domain.periods import BadPeriod, parse_period

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


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


def read_quickly(groups: list[Group], rules: Rules) -> list[Row] | None:
    """The rows of every item in the order of the push; None when anything is wrong or out of the ordinary.

    The items are `ScoreItem`s, so their types hold already.
    """
    rows: list[Row] = []
    try:
        for group in groups:
            rows += _QuickReader(group, rules).read()
    except Doubt:
        return None
    if len({(row[1].key, row[2]) for row in rows}) < len(rows):
        return None
    return rows if len(groups) == 1 else sorted(rows, key=itemgetter(0))


class _QuickReader:
    """Reads the items of one group."""

    def __init__(self, group: Group, rules: Rules) -> None:
        self.group = group
        self.floor = max(rules.minimum_group, MINIMUM_GROUP_FLOOR)
        self.respondents_optional = rules.respondents_optional
        self.departments: Known[str, str] = Known(lambda text: _find_department(text, rules))
        self.segments = rules.segments.get(group.source, {})
        self.out_of_reach = {text for source, text in rules.out_of_reach if source == group.source}
        self.times: Known[str | None, str] = Known(_check_time)
        self.texts: Known[str | None, str] = Known(_check_text)
        self.interned: dict[tuple[str, ...], Series] = {}
        self.series: Known[_SeriesKey, tuple[Series, float, float]] = Known(self._read_series)

    def read(self) -> list[Row]:
        """The rows of every item."""
        return list(map(self._read_item, self.group.positions, self.group.items))

    def _read_item(self, position: int, item: ScoreItem) -> Row:
        scale, value = item.scale, item.value
        series, low, high = self.series[item.metric, item.period, scale.kind, scale.min, scale.max]
        if not low <= value <= high:
            raise Doubt
        respondents, invited = item.respondents, item.invited
        suppressed = self._is_suppressed(respondents, invited)
        place, segment, department = self._find_place(item)
        name = self.texts[item.name]
        shown = "\tt" if suppressed else f"{repr(value).removesuffix('.0')}\tf"
        tail = (
            f"{shown}\t{'' if respondents is None else respondents}\t{'' if invited is None else invited}"
            f"\t{write_cell(item.window_days)}\t{self.times[item.observed_at]}"
        )
        return _make_row((position, series, place, segment, department, name, suppressed, tail))

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
        segment = self.texts[item.segment]
        if item.department is not None:
            department = self.departments[item.department]
            return f"d:{department}", segment, department
        if not segment or segment in self.out_of_reach:
            raise Doubt
        return f"s:{segment}", segment, self.segments.get(segment) or ""

    def _read_series(self, key: "_SeriesKey") -> tuple[Series, float, float]:
        metric, period, kind, low, high = key
        scale, _ = read_scale(ScaleKind(kind), low, high)
        if scale is None:
            raise Doubt
        heading = (self.group.source, self.group.survey, self.group.round)
        ends = (scale.kind.value, write_cell(scale.minimum), write_cell(scale.maximum))
        cells = (*heading, _some(tidy_text(metric)), _check_period(period), *ends)
        series = self.interned.setdefault(cells, Series.of(cells))
        return series, float(scale.minimum), float(scale.maximum)


_SeriesKey = tuple[str, str, str, float | None, float | None]
# The class's own constructor takes arguments one by one, which costs five times as much.
_make_row = partial(tuple.__new__, Row)


def _some(text: str | None) -> str:
    if not text:
        raise Doubt
    return text


def _find_department(text: str, rules: Rules) -> str:
    return _some(rules.departments.get(code_key(text.strip())))


def _check_period(text: str) -> str:
    try:
        return parse_period(text).text
    except BadPeriod as error:
        raise Doubt from error


def _check_text(text: str | None) -> str:
    return "" if text is None else _some(tidy_text(text))


def _check_time(text: str | None) -> str:
    moment = None if text is None else read_time(text)
    if moment is None and text is not None:
        raise Doubt
    return "" if moment is None else moment.isoformat()
