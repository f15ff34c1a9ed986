"""Figures of answers to one question: rounded, cited, and nothing where nothing can be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.domain.survey_figures import (
    Figures,
    Question,
    RankedOption,
    Value,
    agree_on_order,
    margin_of_difference,
    mean_of,
    measure_consistency,
    name_answer,
    summarise_answers,
)
from app.domain.surveys import QuestionKind

ABC = ("a", "b", "c")
AGREE, NPS = Question("Q", QuestionKind.AGREE), Question("Q", QuestionKind.NPS)
RANK = Question("Q", QuestionKind.RANK, ABC)
CHOOSE = Question("Q", QuestionKind.CHOOSE, ABC, intended="b")


@pytest.mark.parametrize(
    ("question", "answers", "expected"),
    [
        (AGREE, [5, 4, 2, 4, 1], Figures(mean=3.2, favourable=60, spread=(20, 20, 0, 40, 20))),
        # 10 promoters, 5 passives, 5 detractors: 25; 196·√((0.7174 − 0.2174²)/23) = 33.5.
        (NPS, [9, 10] * 5 + [7] * 5 + [6, 0, 3, 4, 5], Figures(enps=25, margin=33, spread=(25, 25, 50))),
        (CHOOSE, ["b", "b", "c"], Figures(intended=67, spread=(0, 67, 33))),
        (Question("Q", QuestionKind.CHOOSE, ABC), ["b"], Figures(spread=(0, 100, 0))),
        (
            RANK,
            [("b", "a", "c"), ("b", "c", "a")],
            Figures(
                ranks=(RankedOption("b", 1.0), RankedOption("a", 2.5), RankedOption("c", 2.5)),
                agreement=0.5,
            ),
        ),
    ],
)
def test_each_kind_has_its_figures(question: Question, answers: list[Value], expected: Figures) -> None:
    assert summarise_answers(question, answers, with_spread=True) == expected


def test_the_spread_comes_only_when_asked() -> None:
    assert summarise_answers(AGREE, [1, 2, 3], with_spread=False).spread == ()


@pytest.mark.parametrize(("value", "group"), [(10, 2), (9, 2), (8, 1), (7, 1), (6, 0), (0, 0)])
def test_an_enps_tells_three_groups_apart(value: int, group: int) -> None:
    assert name_answer(QuestionKind.NPS, value) == group


def test_two_orders_are_equal_whatever_holds_them() -> None:
    assert name_answer(QuestionKind.RANK, ["a", "b"]) == name_answer(QuestionKind.RANK, ("a", "b"))


@pytest.mark.parametrize("orders", [[], [("a", "b")], [("a",), ("a",)]])
def test_agreement_needs_two_orders_of_two(orders: list[tuple[str, ...]]) -> None:
    assert agree_on_order(orders) is None


@given(st.lists(st.permutations("abcde"), min_size=2, max_size=12))
def test_agreement_is_the_mean_correlation_of_all_pairs(orders: list[list[str]]) -> None:
    ranks = [[order.index(option) for option in "abcde"] for order in orders]
    pairs = [
        stats.spearmanr(one, other).statistic
        for index, one in enumerate(ranks)
        for other in ranks[index + 1 :]
    ]
    assert agree_on_order(orders) == pytest.approx(sum(pairs) / len(pairs), abs=0.0051)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=20))
def test_consistency_lies_between_nothing_and_all(shares: list[int]) -> None:
    consistency = measure_consistency(shares)
    assert consistency is not None
    assert 0 <= consistency <= 100
    assert measure_consistency(shares[::-1]) == consistency


def test_a_margin_is_that_of_welch_with_the_smaller_freedom() -> None:
    a, b = [1, 2, 3, 4, 5, 4], [2, 2, 5, 4, 5, 5, 1]
    spread = (stats.tvar(a) / 6 + stats.tvar(b) / 7) ** 0.5
    assert margin_of_difference(a, b) == pytest.approx(stats.t.ppf(0.975, 5) * spread, rel=0.005)


def test_a_mean_of_nothing_is_none() -> None:
    assert (mean_of([]), mean_of([1, 2])) == (None, 1.5)
