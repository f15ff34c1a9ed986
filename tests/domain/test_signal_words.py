"""Process charts in sentences: which signals, whether they are good, how far limits can be trusted."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.control_chart import ControlChart, xmr
from app.domain.periods import Period, parse_period, periods_between
from app.domain.signal_words import (
    NO_SIGNAL,
    Episode,
    explain_episode,
    explain_limits,
    explain_process,
    list_episodes,
    word_span,
)
from app.domain.signals import read_process

GIVEN = ControlChart(0, -3, 3, None)


def months(number: int) -> list[Period]:
    start = parse_period("2025-01")
    return list(periods_between(start, start.next(number - 1)))


def decimals(values: Sequence[float | None]) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


def find_episodes(values: Sequence[float | None]) -> list[Episode]:
    series = decimals(values)
    return list_episodes(xmr(series, GIVEN), series)


def explain(values: Sequence[float | None], direction: str = "higher") -> list[str]:
    series = decimals(values)
    return explain_process(read_process(series), series, months(len(series)), direction)


def test_neighbouring_signals_of_one_rule_and_side_are_one_episode() -> None:
    assert find_episodes([0.1, 4, 5, -4]) == [Episode(1, False, 3, 3), Episode(1, True, 1, 2)]
    assert find_episodes([1] * 10) == [Episode(2, True, 0, 9)]
    assert find_episodes([-2, -2, -0.1, -2, -2]) == [Episode(3, False, 0, 4)]


def test_a_run_is_not_told_again_as_nearness_to_a_limit() -> None:
    assert find_episodes([2] * 9) == [Episode(2, True, 0, 8)]
    both = find_episodes([-2, -2, -2, -2, 1, 1, 1, 1, 1, 1, 1, 1])
    assert both == [Episode(2, True, 4, 11), Episode(3, False, 0, 4)]


@pytest.mark.parametrize(
    ("episode", "direction", "sentence"),
    [
        (
            Episode(1, True, 2, 2),
            "lower",
            "March 2025 lies above the upper limit: something really changed, for the worse.",
        ),
        (
            Episode(1, False, 2, 3),
            "lower",
            "2 values lie below the lower limit, March to April 2025: something really changed, "
            "for the better.",
        ),
        (
            Episode(2, True, 0, 8),
            "higher",
            "9 values in a row lie above the average, January to September 2025: the level has shifted, "
            "for the better.",
        ),
        (
            Episode(3, False, 0, 3),
            "band",
            "Most values lie nearer to the lower limit than to the average, January to April 2025: "
            "the level is moving.",
        ),
    ],
)
def test_an_episode_is_a_sentence(episode: Episode, direction: str, sentence: str) -> None:
    assert explain_episode(episode, months(12), direction) == sentence


def test_a_week_begins_its_sentence_with_a_capital() -> None:
    told = explain_episode(Episode(1, True, 0, 0), [parse_period("2026-W03")], "band")
    assert told == "Week 3 of 2026 lies above the upper limit: something really changed."


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        ("2025-11", "2026-02", "November 2025 to February 2026"),
        ("2026-W03", "2026-W09", "week 3 to week 9 of 2026"),
        ("2026-Q1", "2026-Q4", "quarter 1 to quarter 4 of 2026"),
        ("2026", "2026", "2026 to 2026"),
    ],
)
def test_a_span_says_a_shared_year_once(first: str, last: str, span: str) -> None:
    assert word_span(parse_period(first), parse_period(last)) == span


def test_too_few_values_and_routine_are_said_as_such() -> None:
    assert explain([]) == ["0 values: too few to tell a change from routine; it takes six."]
    assert explain([5, None, 6])[0].startswith("2 values: too few")
    assert explain([5, 6] * 4) == [NO_SIGNAL]


def test_the_latest_episodes_are_told_first_and_the_rest_is_counted() -> None:
    told = explain([*[5, 6] * 10, 20, 5, 20, 5, 20, 5, 20, 5, 20])
    assert told[0].startswith("May 2027 lies above the upper limit")
    assert len(told) == 4
    assert told[-1] == "Before that, 2 more signals."


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([5], ""),
        ([5, 6, 5], "The limits are a trial: they come from 3 values."),
        ([5, 6] * 4, "The limits are soft: they come from 8 values, and settle at 20."),
        ([5, 6] * 7, "The limits come from all 14 values, and settle at 20."),
        (
            [None, *[5, 6] * 11],
            "The limits are fixed on the first 20 values, February 2025 to September 2026.",
        ),
    ],
)
def test_it_is_said_where_the_limits_come_from(values: list[float | None], told: str) -> None:
    series = decimals(values)
    assert explain_limits(read_process(series), series, months(len(series))) == told


@given(st.lists(st.none() | st.decimals(-50, 50, places=1), max_size=45))
def test_every_series_has_something_to_say(values: list[Decimal | None]) -> None:
    reading = read_process(values)
    told = explain_process(reading, values, months(max(1, len(values))), "higher")
    assert 1 <= len(told) <= 4
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in told)
    episodes = list_episodes(reading.chart, values)
    assert bool(reading.chart.signals) == bool(episodes)
    assert all(0 <= each.first <= each.last < len(values) for each in episodes)
