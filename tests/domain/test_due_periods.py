"""Which periods are updated together, and until when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.due_periods import OFFERED, days_left, due_periods, offered_periods
from app.domain.periods import BadPeriod, Cadence, last_ended, parse_period, period_of

DAYS = st.dates(date(1902, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_without_a_choice_the_last_ended_periods_are_due(today: date) -> None:
    found = due_periods(None, today=today)
    assert found == {cadence: last_ended(today, cadence) for cadence in Cadence}


@given(DAYS, st.sampled_from(Cadence), st.integers(0, 400))
def test_a_chosen_period_is_among_its_own_and_none_has_not_begun(
    today: date, cadence: Cadence, back: int
) -> None:
    chosen = period_of(max(date(1902, 1, 1), today - timedelta(days=back)), cadence)
    found = due_periods(chosen, today=today)
    assert found[cadence] == chosen
    assert all(period.first_day <= today for period in found.values())
    assert all(period.cadence is key for key, period in found.items())


@pytest.mark.parametrize(
    ("chosen", "monthly", "quarterly", "weekly", "yearly"),
    [
        ("2026-09", "2026-09", "2026-Q3", "2026-W39", "2025"),
        ("2026-10", "2026-10", "2026-Q3", "2026-W43", "2025"),
        ("2025-12", "2025-12", "2025-Q4", "2025-W52", "2025"),
        ("2026-11", "2026-11", "2026-Q3", "2026-W48", "2025"),
        ("2026-Q4", "2026-11", "2026-Q4", "2026-W48", "2026"),
    ],
)
def test_with_a_month_goes_the_quarter_it_ends(
    chosen: str, monthly: str, quarterly: str, weekly: str, yearly: str
) -> None:
    found = due_periods(parse_period(chosen), today=date(2026, 11, 23))
    assert {cadence: period.text for cadence, period in found.items()} == {
        Cadence.MONTHLY: monthly,
        Cadence.QUARTERLY: quarterly,
        Cadence.WEEKLY: weekly,
        Cadence.YEARLY: yearly,
    }


def test_what_has_not_begun_is_not_due() -> None:
    with pytest.raises(BadPeriod, match="2026-12 has not begun yet"):
        due_periods(parse_period("2026-12"), today=date(2026, 11, 30))


def test_before_the_first_period_there_is_none() -> None:
    assert Cadence.YEARLY not in due_periods(parse_period("1900-01"), today=date(2026, 1, 1))


def test_the_picker_offers_the_running_period_first() -> None:
    offered = offered_periods(Cadence.MONTHLY, today=date(2026, 11, 23))
    assert [offered[0].text, offered[1].text] == ["2026-11", "2026-10"]
    assert len(offered) == OFFERED[Cadence.MONTHLY]
    assert [period.text for period in offered_periods(Cadence.YEARLY, today=date(1901, 5, 1))] == [
        "1901",
        "1900",
    ]


@pytest.mark.parametrize(("today", "left"), [("2026-11-05", 0), ("2026-11-02", 3), ("2026-11-09", -4)])
def test_days_are_counted_to_the_end_of_the_grace(today: str, left: int) -> None:
    assert days_left(parse_period("2026-10"), 5, today=date.fromisoformat(today)) == left
