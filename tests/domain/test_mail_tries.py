"""When a mail that did not leave is tried again: later each time, until nobody wants it any more."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.mail_tries import last_try, next_try

WRITTEN = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 3), (3, 9), (4, 27), (5, 81), (6, 243), (7, 360), (5000, 360)]
)
def test_each_wait_is_three_times_the_one_before_up_to_six_hours(attempts: int, minutes: int) -> None:
    again = next_try(attempts, written_at=WRITTEN, now=WRITTEN, is_digest=False)
    assert again == WRITTEN + timedelta(minutes=minutes)


@pytest.mark.parametrize(("is_digest", "days"), [(True, 1), (False, 3)])
def test_a_digest_is_worth_sending_for_a_day_and_others_for_three(is_digest: bool, days: int) -> None:
    end = WRITTEN + timedelta(days=days)
    assert last_try(WRITTEN, is_digest=is_digest) == end
    soon = end - timedelta(minutes=1)
    assert next_try(1, written_at=WRITTEN, now=soon, is_digest=is_digest) == end
    late = soon + timedelta(seconds=1)
    assert next_try(1, written_at=WRITTEN, now=late, is_digest=is_digest) is None


def test_a_server_that_is_away_for_a_day_is_asked_nine_times() -> None:
    times = [WRITTEN]
    while again := next_try(len(times), written_at=WRITTEN, now=times[-1], is_digest=True):
        times.append(again)
    assert len(times) == 9
    assert times[-1] <= WRITTEN + timedelta(days=1)
