"""What was pasted: which line is meant for which row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pasting import MOST_LINES, match_pasted, split_pasted

ROWS = [{"NPS", "Net promoter score"}, {"SALES", "SALES/A"}, {"SALES", "SALES/B"}]


def match(text: str) -> list[tuple[int, int | None, str | None]]:
    """Number, row and problem of every line."""
    return [(each.line.number, each.row, each.problem) for each in match_pasted(split_pasted(text), ROWS)]


def test_a_column_goes_by_the_order_of_the_rows_and_blank_lines_leave_rows_out() -> None:
    assert match("1\n\n 3 \n4\n") == [
        (1, 0, None),
        (3, 2, None),
        (4, None, "There are only 3 rows."),
    ]


def test_two_columns_name_their_rows_whatever_the_case() -> None:
    assert match("nps\t1\nsales/b\t2\n") == [(1, 0, None), (2, 2, None)]
    assert match("net PROMOTER score\t1") == [(1, 0, None)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("XYZ\t1", 'None of your rows is called "XYZ".'),
        ("SALES\t1", 'Several rows are called "SALES"; add the department: CODE/DEPARTMENT.'),
        ("NPS\t1\nnps\t2", "Line 1 is about the same row."),
    ],
)
def test_what_cannot_be_matched_is_said(text: str, problem: str) -> None:
    assert match(text)[-1][1:] == (None, problem)


def test_a_third_column_is_the_note_and_more_are_left_out() -> None:
    (line,) = split_pasted("NPS\t41\tBetter\tmore")
    assert (line.key, line.value, line.note) == ("NPS", "41", "Better")
    assert split_pasted("NPS\t41\t")[0].note is None


def test_in_two_columns_a_line_without_a_tab_has_no_value() -> None:
    assert split_pasted("NPS\nX\t1")[0][1:3] == ("NPS", "")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    lines = split_pasted(text)
    assert len(lines) <= MOST_LINES
    rows = [each.row for each in match_pasted(lines, ROWS) if each.row is not None]
    assert len(rows) == len(set(rows))


def test_no_text_has_no_lines() -> None:
    assert split_pasted(" \n\t\n") == []
