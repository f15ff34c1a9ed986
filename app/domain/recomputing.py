"""Which alignment KPIs have to be computed again, for which periods, after which changes of records.

A change is read from its event: the days that its record names, before and after, say which periods it can
touch. What a figure is made of is in `alignment_kpis`; reading events and storing values is not done here.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import AlignmentRows, AskedFor
from app.domain.changes import Kind
from app.domain.periods import BadPeriod, Cadence, Period, parse_period, period_of, periods_between

# No record reaches further back than this: a slip like 1026 must not cost a thousand years of figures.
MOST_PERIODS = 130
NAMED_REASONS = 3
Snapshot = Mapping[str, Any]
Spans = list[tuple[date, date]]

_A_DAY = timedelta(days=1)
_CODES = frozenset(AlignmentKpi)
_DECISIONS = (AlignmentKpi.DECISION_SPEED, AlignmentKpi.DECISION_QUALITY)
# What surveys told is frozen with the tree as it was: told again for a tree that was edited, the difference
# would tell of those who moved. Days do not change it either.
SURVEY_KPIS = (
    AlignmentKpi.COMMUNICATION,
    AlignmentKpi.COMMUNICATION_CONSISTENCY,
    AlignmentKpi.CULTURE,
    AlignmentKpi.CULTURE_UNIFORMITY,
)


@dataclass(frozen=True, slots=True)
class News:
    """A change of a record, as its event tells it. `on`: the day of the change."""

    record: Hashable
    kind: str
    action: str
    code: str
    on: date
    before: Snapshot | None = None
    after: Snapshot | None = None

    @property
    def states(self) -> list[Snapshot]:
        """The record before and after, where it was there."""
        return [state for state in (self.before, self.after) if state]

    def differs(self, *fields: str) -> bool:
        """Is one of these fields another one than before? Not for what is new or gone."""
        before, after = self.before, self.after
        return bool(before and after) and any(before.get(each) != after.get(each) for each in fields)  # type: ignore[union-attr]


def find_starts(rows: AlignmentRows) -> dict[AlignmentKpi, date]:
    """Since when there is anything to compute each KPI from: the first day that a record of it names.

    KPIs without a record are missing. From its start on, a period that says nothing says so.
    """
    across = [row for row in rows.decisions if len(set(row.departments)) > 1]
    ends = [one.reviewed_on for row in across for one in row.rounds if one.reviewed_on]
    asked = {kind: [row.closed_on for row in rows.questions if row.asks_for is kind] for kind in AskedFor}
    days: dict[AlignmentKpi, list[date]] = {
        AlignmentKpi.ON_TIME: [row.due_baseline for row in rows.initiatives],
        AlignmentKpi.COLLABORATION: [row.begun_on for row in rows.initiatives],
        AlignmentKpi.DECISION_SPEED: [row.rounds[0].opened_on for row in across],
        AlignmentKpi.DECISION_QUALITY: ends,
        AlignmentKpi.COMMUNICATION: asked[AskedFor.MESSAGE],
        AlignmentKpi.COMMUNICATION_CONSISTENCY: asked[AskedFor.MESSAGE],
        AlignmentKpi.CULTURE: asked[AskedFor.BEHAVIOUR],
        AlignmentKpi.CULTURE_UNIFORMITY: asked[AskedFor.BEHAVIOUR],
    }
    return {kpi: min(found) for kpi, found in days.items() if found}


def list_awaited(start: date | None, cadence: Cadence, *, today: date) -> list[Period]:
    """The periods that have ended since a start: of each the organization wants to hear something.

    >>> [each.text for each in list_awaited(date(2026, 9, 30), Cadence.MONTHLY, today=date(2026, 11, 3))]
    ['2026-09', '2026-10']
    """
    if start is None:
        return []
    ended = _list_periods(cadence, start, today, first_day=start, today=today)
    return [period for period in ended if period.last_day < today]


def merge_news(news: Iterable[News]) -> list[News]:
    """One change for each record: from how it was before the first of them to how it is after the last.

    What a record was in between, nothing was computed from.

    >>> day = date(2026, 10, 5)
    >>> parts = [News(1, "talk", action, "P-1.1", day) for action in ("created", "held", "held")]
    >>> [each.action for each in merge_news(parts)]
    ['created, held']
    """
    merged: dict[tuple[str, Hashable], News] = {}
    for each in news:
        known = merged.get((each.kind, each.record))
        if known is not None:
            actions = known.action.split(", ")
            action = known.action if each.action in actions else f"{known.action}, {each.action}"
            each = replace(known, action=action, code=each.code, after=each.after)
        merged[each.kind, each.record] = each
    return list(merged.values())


@dataclass(slots=True)
class Span:
    """The days over which a KPI may differ; None: without end on that side."""

    kpi: AlignmentKpi
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class Dirty:
    """KPIs and periods to compute again, each with the records that changed; empty: only time passed."""

    pairs: dict[tuple[AlignmentKpi, Period], list[str]] = field(default_factory=dict)

    def add(self, kpi: AlignmentKpi, periods: Iterable[Period], reason: str | None = None) -> None:
        """Marks periods of a KPI, for a reason."""
        for period in periods:
            reasons = self.pairs.setdefault((kpi, period), [])
            if reason and reason not in reasons:
                reasons.append(reason)

    def say_why(self, kpi: AlignmentKpi, period: Period) -> str | None:
        """The records behind a pair, as the reason of a revision; None when only time passed.

        >>> dirty = Dirty()
        >>> dirty.add(AlignmentKpi.ON_TIME, [parse_period("2026-10")], "initiative I-4 finished")
        >>> dirty.say_why(AlignmentKpi.ON_TIME, parse_period("2026-10"))
        'Computed again: initiative I-4 finished.'
        """
        reasons = self.pairs.get((kpi, period), [])
        if not reasons:
            return None
        more = len(reasons) - NAMED_REASONS
        rest = f", and {more} more" if more > 0 else ""
        return f"Computed again: {', '.join(reasons[:NAMED_REASONS])}{rest}."


def find_dirty(
    news: Iterable[News],
    cadences: Mapping[AlignmentKpi, Cadence],
    *,
    first_day: date,
    today: date,
    last_today: date | None,
) -> Dirty:
    """The KPIs × periods that may differ since the last computing, and why.

    `cadences` holds the KPIs that are computed at all, `first_day` the first day any record names, `today`
    the last day. Without `last_today` (nothing was computed yet) all is; a new day touches the periods from
    that of the last day to that of today. Periods that have not begun are never among them.
    """
    dirty = Dirty()
    since = first_day if last_today is None else last_today
    for kpi, cadence in cadences.items():
        if last_today is None or (last_today != today and kpi not in SURVEY_KPIS):
            dirty.add(kpi, _list_periods(cadence, since, today, first_day=first_day, today=today))
    for each in merge_news(news):
        reason = f"{each.kind.replace('_', ' ')} {each.code} {each.action.replace('_', ' ')}"
        for span in _list_spans(each, cadences):
            if span.kpi in cadences:
                first, last = span.first or first_day, span.last or today
                periods = _list_periods(cadences[span.kpi], first, last, first_day=first_day, today=today)
                dirty.add(span.kpi, periods, reason)
    return dirty


def _list_periods(cadence: Cadence, first: date, last: date, *, first_day: date, today: date) -> list[Period]:
    first, last = max(first, first_day), min(last, today)
    if first > last:
        return []
    newest = period_of(last, cadence)
    oldest = period_of(today, cadence).previous(MOST_PERIODS)
    return list(periods_between(max(period_of(first, cadence), oldest), newest)) if newest >= oldest else []


def _list_spans(news: News, cadences: Mapping[AlignmentKpi, Cadence]) -> Iterator[Span]:
    touch = _TOUCHES.get(news.kind)
    if touch is not None:
        yield from touch(news)
    elif news.kind == Kind.MEASUREMENT:
        yield from _touch_override(news)
    elif news.kind == Kind.KPI:
        yield from (Span(kpi) for kpi in cadences if kpi == news.code)


def _touch_initiative(news: News) -> Iterator[Span]:
    """On time: the periods of its due dates, first and current. Together: as long as it runs."""
    if news.differs("department_id", "owner_id"):
        yield from (Span(kpi) for kpi in (AlignmentKpi.ON_TIME, AlignmentKpi.COLLABORATION))
        return
    for day in _read_days(news.states, "due_baseline", "due_on"):
        yield Span(AlignmentKpi.ON_TIME, day, day)
    begun = _read_days(news.states, "starts_on", "due_baseline") or [news.on]
    is_over = all(state.get("finished_on") or state.get("cancelled_on") for state in news.states)
    ends = _read_days(news.states, "finished_on", "cancelled_on", "due_baseline")
    first = begun[0] if any(state.get("starts_on") for state in news.states) else min(begun[0], news.on)
    yield Span(AlignmentKpi.COLLABORATION, first, max(ends) if is_over and ends else None)


def _touch_decision(news: News) -> Iterator[Span]:
    days = _read_days(news.states, "raised_on", "opened_on")
    yield from (Span(kpi, min(days, default=None)) for kpi in _DECISIONS)


def _touch_link(news: News) -> Iterator[Span]:
    """A dependency counts where it is needed by; a link ties people from the day it is made."""
    for day in [*_read_days(news.states, "need_by", "delivered_on"), news.on]:
        yield Span(AlignmentKpi.COLLABORATION, day, day)


def _touch_partnership(news: News) -> Iterator[Span]:
    is_moved = news.differs("a_id", "b_id", "department_id", "other_department_id")
    yield Span(AlignmentKpi.COLLABORATION, None if is_moved else news.on)


def _touch_talk(news: News) -> Iterator[Span]:
    for day in _read_days(news.states, "planned_on"):
        yield Span(AlignmentKpi.COLLABORATION, day, day)


def _touch_survey(news: News) -> Iterator[Span]:
    """Nothing of a survey counts before it is closed."""
    for state in news.states:
        if closed_at := state.get("closed_at"):
            # The moment is told in UTC: where the organization is, it may have been the day before.
            day = date.fromisoformat(str(closed_at)[:10])
            yield from (Span(kpi, day - _A_DAY, day + _A_DAY) for kpi in SURVEY_KPIS)


def _touch_type(news: News) -> Iterator[Span]:
    if news.differs("limit_days"):
        yield Span(AlignmentKpi.DECISION_SPEED)


def _touch_objective(news: News) -> Iterator[Span]:
    """Objectives are the ends of dependencies and ties."""
    if news.differs("department_id", "owner_id", "archived_at", "status"):
        yield Span(AlignmentKpi.COLLABORATION)


def _touch_department(news: News) -> Iterator[Span]:
    if news.differs("parent_id"):
        yield from (Span(kpi) for kpi in AlignmentKpi if kpi not in SURVEY_KPIS)


def _touch_owner(news: News) -> Iterator[Span]:
    if news.differs("level"):
        yield from (Span(kpi) for kpi in AlignmentKpi if kpi not in SURVEY_KPIS)
    elif news.differs("department_id"):
        yield Span(AlignmentKpi.COLLABORATION)


def _touch_override(news: News) -> Iterator[Span]:
    """A typed value of a computed KPI that is withdrawn lets the computed one stand again."""
    code, _, rest = news.code.partition("/")
    if "withdrawn" not in news.action or code not in _CODES:
        return
    try:
        period = parse_period(rest.partition("/")[0])
    except BadPeriod:
        return
    yield Span(AlignmentKpi(code), period.first_day, period.last_day)


def _read_days(states: Iterable[Snapshot], *fields: str) -> list[date]:
    """The days that a record names in these fields, in order."""
    texts = {state.get(each) for state in states for each in fields} - {None}
    return sorted(date.fromisoformat(str(text)) for text in texts)


_TOUCHES: Mapping[str, Callable[[News], Iterator[Span]]] = {
    Kind.INITIATIVE: _touch_initiative,
    Kind.DECISION: _touch_decision,
    Kind.DECISION_TYPE: _touch_type,
    Kind.LINK: _touch_link,
    Kind.PARTNERSHIP: _touch_partnership,
    Kind.TALK: _touch_talk,
    Kind.SURVEY: _touch_survey,
    Kind.OBJECTIVE: _touch_objective,
    Kind.DEPARTMENT: _touch_department,
    Kind.OWNER: _touch_owner,
}
# The kinds of events that computing depends on.
WATCHED_RECORDS = (*_TOUCHES, Kind.MEASUREMENT, Kind.KPI)
