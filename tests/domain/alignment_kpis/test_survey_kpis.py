"""Messages and behaviours: what landed where, how evenly, and nothing that tells of few."""

from random import Random
from statistics import fmean, pstdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import AgreementRow, AskedFor
from app.domain.alignment_kpis.survey_kpis import measure_evenness
from tests.domain.alignment_kpis.records import (
    find_figure,
    find_figures,
    make_answers,
    make_question,
    make_rows,
    make_year,
    on,
    read_seconds,
)

LANDED, EVEN = AlignmentKpi.COMMUNICATION, AlignmentKpi.COMMUNICATION_CONSISTENCY
CULTURE, UNIFORM = AlignmentKpi.CULTURE, AlignmentKpi.CULTURE_UNIFORMITY
BEHAVIOUR: dict[str, Any] = {"asks_for": AskedFor.BEHAVIOUR, "intended": None, "about": "Says what is wrong"}


def values(rows: Any, kpi: AlignmentKpi) -> dict[Any, float | None]:
    return {place: figure.value for place, figure in find_figures(rows, kpi).items()}


def test_a_message_landed_as_far_as_the_mean_of_departments() -> None:
    rows = make_rows(
        questions=[make_question()],
        answers=[
            *make_answers("HR", "senior", G1=8, G2=2),
            *make_answers("EAST", "middle", G1=3, G2=3),
            *make_answers("WEST", "middle", G1=1, G2=4, G3=5),
        ],
    )
    told = find_figures(rows, LANDED)
    assert {place: round(f.value or 0, 4) for place, f in told.items()} == {
        None: 46.6667,
        "HR": 80,
        "EAST": 50,
        "WEST": 10,
        "OPS": 25,
        "senior": 80,
        "middle": 25,
    }
    assert told[None].explanation == "1 message, mean of 3 departments."
    assert (told[None].n, told["OPS"].n) == (26, 16)
    even = find_figures(rows, EVEN)
    assert even[None].value == pytest.approx(100 * (1 - (2466.6667 / 3) ** 0.5 / 50), abs=0.001)
    assert even["OPS"].value == pytest.approx(60)
    assert list(even) == [None, "OPS"]
    assert even[None].explanation == "3 departments compared on 1 message."


def test_small_departments_are_left_out_and_counted() -> None:
    rows = make_rows(
        questions=[make_question()],
        answers=[
            *make_answers("HR", G1=4, G2=4),
            *make_answers("EAST", G1=2, G2=2),
            *make_answers("IT", G1=2),
        ],
    )
    told = find_figures(rows, LANDED)
    assert (told["HR"].value, told["EAST"].value, told["IT"].value) == (50, None, None)
    # One department is not the organization: here it is everybody.
    assert told[None].value == pytest.approx(800 / 14)
    assert told[None].explanation == ("1 message; 2 departments left out to protect the people who answered.")
    assert told["IT"].explanation == "Kept back to protect the people who answered."
    assert told["IT"].n is None
    even = find_figure(rows, EVEN)
    assert (even.value, even.explanation.split(";")[0]) == (None, "Too few departments to compare")


def test_what_a_department_agrees_on_cannot_be_computed_back_from_the_mean() -> None:
    rows = make_rows(
        questions=[make_question()],
        answers=[
            *make_answers("HR", G1=9, G2=1),
            *make_answers("IT", G1=5, G2=5),
            *make_answers("EAST", G1=2, G2=4),
            *make_answers("WEST", G1=6, G2=2),
        ],
    )
    told = find_figures(rows, LANDED)
    assert told["HR"].value is None
    assert told["HR"].explanation.startswith("Nearly everybody answered alike")
    # IT is kept back: all less IT less OPS would be what HR answered.
    shown = values(rows, LANDED)
    assert (shown["HR"], shown["IT"]) == (None, None)
    assert shown[None] == pytest.approx(fmean([100 * 2 / 6, 75]))
    assert "2 departments left out" in find_figure(rows, LANDED).explanation
    assert find_figure(rows, EVEN).value == pytest.approx(100 - 2 * pstdev([100 * 2 / 6, 75]))


def test_a_department_that_may_not_be_shown_is_the_mean_of_those_within_it() -> None:
    # All less OPS would be the two of HR; EAST and WEST may be shown beside everybody.
    rows = make_rows(
        questions=[make_question()],
        answers=[
            *make_answers("HR", G1=2),
            *make_answers("OPS", G1=2, G2=2),
            *make_answers("EAST", G1=3, G2=3),
            *make_answers("WEST", G1=8, G2=2),
        ],
    )
    told = find_figures(rows, LANDED)
    assert {place: figure.value for place, figure in told.items()} == {
        None: 65,
        "HR": None,
        "OPS": 65,
        "EAST": 50,
        "WEST": 80,
    }
    assert told["OPS"].n == 16


def test_nothing_is_said_of_an_organization_of_too_few() -> None:
    rows = make_rows(questions=[make_question()], answers=make_answers("HR", G1=2, G2=1))
    figure = find_figure(rows, LANDED)
    assert (figure.value, figure.n) == (None, None)
    assert figure.explanation.startswith("Too few answers to show anything; 1 department left out")


def test_an_organization_without_departments_is_told_as_a_whole() -> None:
    rows = make_rows(questions=[make_question()], answers=make_answers(None, G1=4, G2=4))
    figure = find_figure(rows, LANDED)
    assert (figure.value, figure.explanation) == (50, "1 message.")
    # A department that is gone counts for the organization only.
    gone = make_rows(questions=[make_question()], answers=make_answers("GONE", G1=4, G2=4))
    assert values(gone, LANDED) == {None: 50}


def test_surveys_closed_in_other_periods_and_questions_nobody_answered_say_nothing() -> None:
    answers = make_answers("HR", G1=4, G2=4)
    rows = make_rows(questions=[make_question(closed_on=on(1, 11))], answers=answers)
    for kpi, said in ((LANDED, "No message was asked about."), (EVEN, "No message was asked about.")):
        assert find_figure(rows, kpi).explanation == said
    rows = make_rows(questions=[make_question("Q9"), make_question("Q8", **BEHAVIOUR)], answers=answers)
    for kpi, what in ((LANDED, "message"), (EVEN, "message"), (CULTURE, "behaviour"), (UNIFORM, "behaviour")):
        assert find_figure(rows, kpi).value is None
        assert find_figure(rows, kpi).explanation == f"No {what} was asked about."


def test_levels_are_left_out_where_they_would_tell_of_few_together_with_departments() -> None:
    # Five of six on the board are executives, and the board is shown: the sixth could be subtracted.
    rows = make_rows(
        questions=[make_question()],
        answers=[
            *make_answers("HR", "executive", G1=3, G2=2),
            *make_answers("HR", "middle", G1=1),
            *make_answers("IT", "middle", G1=4, G2=5),
        ],
    )
    assert set(values(rows, LANDED)) == {None, "HR", "IT"}


def test_the_floor_of_small_groups_holds_whatever_the_survey_says() -> None:
    rows = make_rows(questions=[make_question(minimum_group=1)], answers=make_answers("HR", G1=1, G2=1))
    assert values(rows, LANDED) == {None: None, "HR": None}


def test_behaviours_are_rated_and_compared_between_teams() -> None:
    rows = make_rows(
        questions=[make_question("Q1", **BEHAVIOUR), make_question("Q2", **BEHAVIOUR)],
        answers=[
            *make_answers("HR", "senior", _5=4, _3=4),
            *make_answers("IT", "middle", _1=4, _3=4),
            *make_answers("HR", "senior", "Q2", _5=3, _4=4),
        ],
        agreement=[
            AgreementRow(survey="PULSE", closed_on=on(20), department="HR", low=0.5, high=0.7),
            AgreementRow(survey="OLD", closed_on=on(20, 9), department=None, low=0.1, high=0.2),
        ],
    )
    told = find_figures(rows, CULTURE)
    q2 = (3 * 5 + 4 * 4) / 7
    assert told["HR"].value == pytest.approx((4 + q2) / 2)
    assert told["IT"].value == 2
    assert told[None].value == pytest.approx((3 + q2) / 2)
    assert read_seconds(told["IT"]) == {"on_100": 25.0}
    assert read_seconds(told["HR"])["agreement"] == 0.7
    assert [second.name for second in told[None].seconds] == ["on_100"]
    assert [second.name for second in told["senior"].seconds] == ["on_100"]
    even = find_figures(rows, UNIFORM)
    assert {place: figure.value for place, figure in even.items()} == {None: 50}
    assert even[None].explanation == "2 departments compared on 1 behaviour."


def test_behaviours_on_different_scales_have_no_common_hundred() -> None:
    rows = make_rows(
        questions=[make_question("Q1", **BEHAVIOUR), make_question("Q2", **BEHAVIOUR, high=7)],
        answers=[*make_answers("HR", _5=4, _3=4), *make_answers("HR", None, "Q2", _5=4, _3=4)],
    )
    assert find_figure(rows, CULTURE).seconds == ()
    flat = make_rows(questions=[make_question(**BEHAVIOUR, high=1)], answers=make_answers("HR", _1=4, _3=4))
    assert find_figure(flat, CULTURE).seconds == ()
    assert find_figure(flat, UNIFORM).value is None


def test_a_question_that_may_not_be_shown_is_told_beside_those_that_may() -> None:
    rows = make_rows(
        questions=[make_question("Q1"), make_question("Q2")],
        answers=[*make_answers("HR", G1=4, G2=4), *make_answers("HR", None, "Q2", G1=8)],
    )
    told = find_figures(rows, LANDED)["HR"]
    assert (told.value, told.explanation) == (
        50,
        "1 message, 8 answered; 1 message not shown, to protect the people who answered.",
    )


@pytest.mark.parametrize(
    ("shares", "length", "expected"),
    [
        ([], 100, None),
        ([5], 100, None),
        ([1, 2], 0, None),
        ([0, 100], 100, 0),
        ([1, 5], 4, 0),
        ([3, 3], 4, 100),
    ],
)
def test_evenness_at_the_edges(shares: list[float], length: float, expected: float | None) -> None:
    assert measure_evenness(shares, length) == expected


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30), st.randoms())
def test_evenness_lies_between_nothing_and_all_in_any_order(shares: list[float], random: Any) -> None:
    told = measure_evenness(shares, 100)
    assert told is not None
    assert -1e-9 <= told <= 100
    random.shuffle(shares)
    assert measure_evenness([100 - share for share in shares], 100) == pytest.approx(told)


@given(st.integers(0, 10_000))
def test_shares_and_ratings_stay_within_their_scales(seed: int) -> None:
    rows = make_year(Random(seed))
    for kpi, low, high in ((LANDED, 0, 100), (EVEN, 0, 100), (CULTURE, 1, 5), (UNIFORM, 0, 100)):
        for value in values(rows, kpi).values():
            assert value is None or low - 1e-9 <= value <= high + 1e-9
