"""Early warning: the KPIs whose latest value says that something really changed (XmR), and no wiggle more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.domain.alignment.facts import KpiSignal
from app.domain.alignment.rows import SeriesRow
from app.domain.control_chart import FEWEST_VALUES
from app.domain.linkage.wording import word_count
from app.domain.periods import parse_period
from app.domain.signal_words import explain_episode, list_episodes
from app.domain.signals import read_process

MOST_SIGNALS = 6
MOST_DRAWN = 24
# So many of the last values are recent: a signal from before is history.
_RECENT = 2


def list_signals(series: Sequence[SeriesRow]) -> tuple[KpiSignal, ...]:
    """Signals that end within the last two values of a series, the latest first; one for each KPI.

    Formula and limits: `read_process` (XmR, Wheeler); six values at least, unlocked until there are twenty.
    """
    found = [signal for row in series if (signal := _find_signal(row)) is not None]
    found.sort(key=lambda signal: (signal.name, signal.place))
    found.sort(key=lambda signal: parse_period(signal.period).last_day, reverse=True)
    counts = Counter(signal.kpi for signal in found)
    first = {signal.kpi: signal for signal in reversed(found)}
    kept = (signal for signal in found if first[signal.kpi] is signal)
    return tuple(replace(signal, elsewhere=counts[signal.kpi] - 1) for signal in kept)


def say_signals(signals: Sequence[KpiSignal], series: Sequence[SeriesRow]) -> str:
    """How much of all that is watched is more than routine."""
    watched = {row.kpi for row in series if sum(value is not None for value in row.values) >= FEWEST_VALUES}
    if not watched:
        return "No KPI has six values yet: too few to tell a change from routine."
    if not signals:
        return (
            f"Nothing but routine: in none of {word_count(len(watched), 'KPI')} did anything really change."
        )
    return (
        f"{len(signals)} of {word_count(len(watched), 'KPI')} changed for real lately; the rest is routine."
    )


def _find_signal(row: SeriesRow) -> KpiSignal | None:
    values = [None if value is None else Decimal(repr(value)) for value in row.values]
    known = [index for index, value in enumerate(values) if value is not None]
    recent = set(known[-_RECENT:])
    episodes = [each for each in list_episodes(read_process(values).chart, values) if each.last in recent]
    if not episodes:
        return None
    periods = [parse_period(text) for text in row.periods]
    sentence = explain_episode(episodes[0], periods, row.direction)
    shown, period = row.values[-MOST_DRAWN:], row.periods[episodes[0].last]
    return KpiSignal(row.kpi, row.name, row.department, row.place, period, sentence, shown)
