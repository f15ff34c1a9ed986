"""The next day of something that returns."""

from datetime import date

import pytest

from app.domain.periods import Cadence
from app.domain.rhythm import next_in_rhythm

CASES = [
    (date(2026, 10, 5), Cadence.WEEKLY, date(2026, 10, 5), date(2026, 10, 12)),
    (date(2026, 10, 5), Cadence.WEEKLY, date(2026, 10, 27), date(2026, 11, 2)),
    (date(2026, 10, 5), Cadence.WEEKLY, date(2026, 1, 1), date(2026, 10, 12)),
    (date(2026, 10, 5), Cadence.MONTHLY, date(2026, 10, 5), date(2026, 11, 5)),
    (date(2026, 10, 5), Cadence.MONTHLY, date(2026, 12, 5), date(2027, 1, 5)),
    (date(2026, 10, 5), Cadence.MONTHLY, date(2026, 12, 4), date(2026, 12, 5)),
    (date(2025, 12, 31), Cadence.MONTHLY, date(2026, 2, 27), date(2026, 2, 28)),
    (date(2026, 11, 30), Cadence.QUARTERLY, date(2026, 12, 24), date(2027, 2, 28)),
    (date(2024, 2, 29), Cadence.YEARLY, date(2024, 3, 1), date(2025, 2, 28)),
    (date(2024, 2, 29), Cadence.YEARLY, date(2028, 2, 28), date(2028, 2, 29)),
]


@pytest.mark.parametrize(("start", "cadence", "after", "expected"), CASES)
def test_the_next_day_keeps_the_rhythm(start: date, cadence: Cadence, after: date, expected: date) -> None:
    assert next_in_rhythm(start, cadence, after=after) == expected
