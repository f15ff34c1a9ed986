"""Tensions: at most three pairs that pull against each other; what people declared goes first.

Needs scipy: not for a serving process.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.domain.alignment.facts import Conflict, ConflictKind, Line
from app.domain.alignment.rows import CourseRows, DeclaredRow, SeriesRow
from app.domain.conflicts import FEWEST_PERIODS, Opposition, opposing_kpis
from app.domain.linkage.wording import word_count

MOST_CONFLICTS = 3
# Each pair of series is eight tests; more series would take minutes.
MOST_SERIES = 60
_COMPARED = 3


class _Oriented(NamedTuple):
    """A series turned so that higher is better."""

    row: SeriesRow
    values: tuple[float | None, ...]


def find_tensions(course: CourseRows) -> tuple[Conflict, ...]:
    """The strongest three: conflicts that two owners declared, then guards that broke, then opposed series.

    A guard broke if over the last three values the KPI moved for the better and its guard for the worse.
    Series are opposed if they moved apart more than chance explains (`opposing_kpis`: lags to 3, effective n,
    Benjamini–Hochberg at 10 %, 24 common periods). Of one KPI at two places nothing is said.
    """
    series = [each for each in map(_turn_series, course.series) if each is not None]
    found = [
        *_list_declared(course.declared),
        *_list_broken_guards(course.declared, series),
        *_list_opposed(series),
    ]
    return tuple(found[:MOST_CONFLICTS])


def say_tensions(conflicts: Sequence[Conflict], course: CourseRows) -> str:
    """How many there are, or why there may be none."""
    if conflicts:
        return f"{word_count(len(conflicts), 'conflict')} to talk about; what owners declared comes first."
    if any(sum(value is not None for value in row.values) >= FEWEST_PERIODS for row in course.series):
        return "No conflict is declared, and no two KPIs moved against each other more than chance explains."
    return f"No conflict is declared. To find one, KPIs need {FEWEST_PERIODS} periods each: too few to say."


def _turn_series(row: SeriesRow) -> _Oriented | None:
    if row.direction == "band":
        return None
    sign = -1 if row.direction == "lower" else 1
    return _Oriented(row, tuple(None if value is None else sign * value for value in row.values))


def _list_declared(declared: Sequence[DeclaredRow]) -> Iterator[Conflict]:
    for row in declared:
        if row.kind == "link":
            why = f": {row.why.rstrip('.')}" if row.why else ""
            yield Conflict(
                ConflictKind.DECLARED,
                row.first_name,
                row.second_name,
                _list_owners(row.first_owner, row.second_owner),
                row.departments,
                f"“{row.first_name}” and “{row.second_name}” are declared to be in conflict{why}.",
            )


def _list_broken_guards(declared: Sequence[DeclaredRow], series: Sequence[_Oriented]) -> Iterator[Conflict]:
    for row in declared:
        if row.kind != "guard":
            continue
        for one, other in _match_places(row, series):
            if _pulls_apart(one.values, other.values):
                sentence = (
                    f"{_name_series(one.row)} got better over the last {_COMPARED} values while"
                    f" {_name_series(other.row)}, which guards it, got worse."
                )
                yield _pair_series(ConflictKind.GUARD, one, other, sentence)


def _match_places(row: DeclaredRow, series: Sequence[_Oriented]) -> list[tuple[_Oriented, _Oriented]]:
    """The series of a KPI and its guard that belong together: of one place, or the only ones there are."""
    guarded = [each for each in series if each.row.kpi == row.first]
    guards = [each for each in series if each.row.kpi == row.second]
    same = [(one, other) for one in guarded for other in guards if one.row.department == other.row.department]
    if not same and len(guarded) == len(guards) == 1:
        return [(guarded[0], guards[0])]
    return same


def _pulls_apart(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    moves = []
    for values in (one, other):
        known = [value for value in values if value is not None][-_COMPARED:]
        if len(known) < _COMPARED:
            return False
        moves.append(known[-1] - known[0])
    return moves[0] > 0 > moves[1]


def _list_opposed(series: Sequence[_Oriented]) -> Iterator[Conflict]:
    monthly = [each for each in series if each.row.cadence == "monthly"]
    long = [each for each in monthly if _count_known(each) >= FEWEST_PERIODS]
    chosen = sorted(long, key=lambda each: -_count_known(each))[:MOST_SERIES]
    periods = sorted({period for each in chosen for period in each.row.periods})
    aligned = []
    for each in chosen:
        known = dict(zip(each.row.periods, each.values, strict=True))
        aligned.append([known.get(period) for period in periods])
    for opposition in opposing_kpis(aligned):
        one, other = chosen[int(str(opposition.a))], chosen[int(str(opposition.b))]
        if one.row.kpi != other.row.kpi:
            sentence = _say_opposition(one.row, other.row, opposition)
            yield _pair_series(ConflictKind.MOVED_APART, one, other, sentence)


def _count_known(series: _Oriented) -> int:
    return sum(value is not None for value in series.values)


def _say_opposition(one: SeriesRow, other: SeriesRow, opposition: Opposition) -> str:
    first, second = _name_series(one), _name_series(other)
    when = ""
    if opposition.lag:
        leader, follower = (first, second) if opposition.lag > 0 else (second, first)
        months = word_count(abs(opposition.lag), "month")
        when = f", {follower} {months} after {leader}"
    return (
        f"{first} and {second} moved in opposite directions more than chance explains{when}"
        f" ({opposition.n} months); ask both owners."
    )


def _name_series(row: SeriesRow) -> str:
    return f"{row.name} ({row.place})" if row.place else row.name


def _list_owners(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _pair_series(kind: ConflictKind, one: _Oriented, other: _Oriented, sentence: str) -> Conflict:
    # Weeks and months have no common axis.
    is_drawn = one.row.cadence == other.row.cadence
    periods = sorted({*one.row.periods, *other.row.periods}) if is_drawn else []
    departments = {each.row.department for each in (one, other)} - {None}
    return Conflict(
        kind,
        _name_series(one.row),
        _name_series(other.row),
        _list_owners(one.row.owner, other.row.owner),
        tuple(sorted(each for each in departments if each is not None)),
        sentence,
        tuple(periods),
        (_scale_line(one, periods), _scale_line(other, periods)) if is_drawn else (),
    )


def _scale_line(series: _Oriented, periods: Sequence[str]) -> Line:
    known = dict(zip(series.row.periods, series.values, strict=True))
    values = [known.get(period) for period in periods]
    there = [value for value in values if value is not None]
    low, high = min(there, default=0.0), max(there, default=0.0)
    scaled = (
        None if value is None else round((value - low) / (high - low), 3) if high > low else 0.5
        for value in values
    )
    return Line(_name_series(series.row), tuple(scaled))
