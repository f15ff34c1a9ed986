"""Counting what somebody kept: by the quarter it was due in, silence apart from what was explained."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.commitments_record import Answered, QuarterRecord, compare_quarters, count_record
from app.domain.words import CommitmentStatus

OPEN, KEPT, PARTLY, MISSED, DROPPED = CommitmentStatus
DUE, TODAY = date(2026, 5, 10), date(2026, 6, 1)


def test_each_outcome_counts_in_the_quarter_in_which_it_was_due() -> None:
    rows = [
        Answered(DUE, KEPT, DUE),
        Answered(DUE, KEPT, DUE + timedelta(days=1)),
        Answered(DUE, PARTLY, DUE),
        Answered(DUE, MISSED, TODAY),
        Answered(DUE, OPEN, None),
        Answered(DUE, DROPPED, DUE),
        Answered(DUE, KEPT, None),
        Answered(date(2026, 1, 5), MISSED, DUE),
    ]
    last, first = count_record(rows, today=TODAY)
    assert last == QuarterRecord("2026-Q2", kept=3, late=1, partly=1, missed=1, silent=1, dropped=1)
    assert (last.due, last.not_done, last.answered) == (6, 2.5 / 6, 5 / 6)
    assert first == QuarterRecord("2026-Q1", missed=1)


def test_what_is_open_counts_only_after_a_week_of_silence() -> None:
    for days, silent in ((7, []), (8, [1])):
        rows = [Answered(DUE, OPEN, None)]
        told = count_record(rows, today=DUE + timedelta(days=days))
        assert [each.silent for each in told] == silent


def test_where_nothing_was_due_there_are_no_shares() -> None:
    (record,) = count_record([Answered(DUE, DROPPED, DUE)], today=TODAY)
    assert (record.not_done, record.answered) == (None, None)
    assert compare_quarters([record]) is None


def test_quarters_are_compared_where_enough_was_due_to_say_something() -> None:
    now, before = QuarterRecord("2026-Q3", kept=2, missed=2), QuarterRecord("2026-Q2", kept=3)
    few = QuarterRecord("2026-Q2", kept=2, dropped=4)
    assert compare_quarters([now, before]) == 0.5
    assert compare_quarters([now, few, before]) is None
    assert compare_quarters([few, before]) is None
    assert compare_quarters([now]) is None


def test_a_missed_one_with_a_word_is_better_than_silence() -> None:
    told, silent = QuarterRecord("2026-Q1", kept=1, missed=1), QuarterRecord("2026-Q1", kept=1, silent=1)
    assert told.answered is not None
    assert silent.answered is not None
    assert told.answered > silent.answered


ROWS = st.lists(
    st.builds(
        Answered,
        st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        st.sampled_from(CommitmentStatus),
        st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2026, 12, 31))),
    )
)


@given(ROWS)
def test_shares_lie_between_nothing_and_all_whatever_the_order(rows: list[Answered]) -> None:
    records = count_record(rows, today=TODAY)
    assert records == count_record(rows[::-1], today=TODAY)
    assert sum(each.due + each.dropped for each in records) <= len(rows)
    for each in records:
        for share in (each.not_done, each.answered):
            assert share is None or 0 <= share <= 1
