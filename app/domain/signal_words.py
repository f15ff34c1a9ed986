"""What a process chart says, in sentences: which signals there are and how far the limits can be trusted.

Finding signals lives in `control_chart` and `signals`.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from app.domain.control_chart import FEWEST_VALUES, NEAR_LENGTH, RUN_LENGTH, ControlChart
from app.domain.linkage.wording import word_count, word_period
from app.domain.periods import Cadence, Period
from app.domain.scoring import Trend, is_improvement
from app.domain.signals import FIRM_VALUES, ProcessReading

# From so many values on the limits are usable without a word of caution (Wheeler).
USABLE_VALUES = 12
NO_SIGNAL = (
    "No signal: these ups and downs are routine. Looking for the cause of one of them would find none."
)
_MOST_NAMED = 3
_WINDOWS = {1: 1, 2: RUN_LENGTH, 3: NEAR_LENGTH}


class Episode(NamedTuple):
    """Signals of one rule and side that follow each other: from the first point of a window to its last."""

    rule: int
    is_above: bool
    first: int
    last: int


def list_episodes(chart: ControlChart, values: Sequence[Decimal | None]) -> list[Episode]:
    """The signals of a chart as episodes, the latest first.

    What lies within a longer run (rule 2) is not told again as nearness to a limit (rule 3).
    """
    episodes: list[Episode] = []
    for signal in chart.signals:
        start = signal.index - _WINDOWS[signal.rule] + 1
        above = _lies_above(chart, values[start : signal.index + 1])
        last = episodes[-1] if episodes else None
        if last and (last.rule, last.is_above) == (signal.rule, above) and signal.index == last.last + 1:
            episodes[-1] = last._replace(last=signal.index)
        else:
            episodes.append(Episode(signal.rule, above, start, signal.index))
    runs = [episode for episode in episodes if episode.rule == 2]
    told = [episode for episode in episodes if episode.rule != 3 or not _is_told(episode, runs)]
    return sorted(told, key=lambda episode: (-episode.last, episode.rule))


def explain_episode(episode: Episode, periods: Sequence[Period], direction: str) -> str:
    """An episode as a sentence: what lies where, since when, and whether that is for the better.

    >>> from app.domain.periods import parse_period
    >>> explain_episode(Episode(1, True, 0, 0), [parse_period("2026-03")], "lower")
    'March 2026 lies above the upper limit: something really changed, for the worse.'
    """
    side, limit = ("above", "upper") if episode.is_above else ("below", "lower")
    way = Trend.UP if episode.is_above else Trend.DOWN
    good = {True: ", for the better", False: ", for the worse", None: ""}[is_improvement(way, direction)]
    number = episode.last - episode.first + 1
    span = word_span(periods[episode.first], periods[episode.last])
    if episode.rule == 1 and number == 1:
        month = word_period(periods[episode.first])
        return f"{_begin(month)} lies {side} the {limit} limit: something really changed{good}."
    if episode.rule == 1:
        return f"{number} values lie {side} the {limit} limit, {span}: something really changed{good}."
    if episode.rule == 2:
        return f"{number} values in a row lie {side} the average, {span}: the level has shifted{good}."
    return (
        f"Most values lie nearer to the {limit} limit than to the average, {span}: the level is moving{good}."
    )


def explain_process(
    reading: ProcessReading, values: Sequence[Decimal | None], periods: Sequence[Period], direction: str
) -> list[str]:
    """The latest episodes of a series, or that there is none, or that nothing can be said yet."""
    known = sum(value is not None for value in values)
    if known < FEWEST_VALUES:
        return [f"{_begin(word_count(known, 'value'))}: too few to tell a change from routine; it takes six."]
    episodes = list_episodes(reading.chart, values)
    told = [explain_episode(each, periods, direction) for each in episodes[:_MOST_NAMED]]
    if earlier := len(episodes) - len(told):
        told.append(f"Before that, {word_count(earlier, 'more signal')}.")
    return told or [NO_SIGNAL]


def explain_limits(
    reading: ProcessReading, values: Sequence[Decimal | None], periods: Sequence[Period]
) -> str:
    """Where the limits come from, and how far they can be trusted; "" where there are none."""
    if reading.chart.lower is None:
        return ""
    if reading.locked_after is not None:
        known = [index for index, value in enumerate(values) if value is not None]
        span = word_span(periods[known[0]], periods[reading.locked_after - 1])
        return f"The limits are fixed on the first {FIRM_VALUES} values, {span}."
    number = sum(value is not None for value in values)
    if number < FEWEST_VALUES:
        return f"The limits are a trial: they come from {word_count(number, 'value')}."
    if number < USABLE_VALUES:
        return f"The limits are soft: they come from {number} values, and settle at {FIRM_VALUES}."
    return f"The limits come from all {number} values, and settle at {FIRM_VALUES}."


def word_span(first: Period, last: Period) -> str:
    """From one period to another; a year that both share is said once.

    >>> from app.domain.periods import parse_period
    >>> word_span(parse_period("2026-03"), parse_period("2026-10"))
    'March to October 2026'
    """
    begin, end = word_period(first), word_period(last)
    if first.year == last.year and first.cadence is not Cadence.YEARLY:
        begin = begin.removesuffix(f" {first.year}").removesuffix(" of")
    return f"{begin} to {end}"


def _lies_above(chart: ControlChart, window: Sequence[Decimal | None]) -> bool:
    centre = chart.centre or 0.0
    return sum((value > centre) - (value < centre) for value in window if value is not None) > 0


def _is_told(episode: Episode, runs: Sequence[Episode]) -> bool:
    return any(
        run.is_above == episode.is_above and run.first <= episode.last and episode.first <= run.last
        for run in runs
    )


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
