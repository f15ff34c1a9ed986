"""Consensus about orders: what always holds, edge cases by hand, and chance by counting or drawing."""

import math
import time
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, rankdata, spearmanr

from app.domain.answers import Matrix
from app.domain.consensus import (
    Gap,
    alignment_gap,
    between_group_consensus,
    consensus_degree,
    estimate_consensus,
    kendalls_w,
    mean_pairwise_spearman,
    prototype,
    reproduced_ranks,
)
from app.domain.estimates import Estimate

UNDEFINED = Gap(None, None, None, None, None)
ORDERS = st.integers(3, 6).flatmap(
    lambda items: st.lists(st.permutations(range(items)), min_size=2, max_size=6)
)
RATINGS = st.integers(3, 6).flatmap(
    lambda items: st.lists(
        st.lists(st.integers(1, 4), min_size=items, max_size=items), min_size=2, max_size=6
    )
)
TWO_GROUPS = st.integers(3, 5).flatmap(
    lambda items: st.tuples(
        *[
            st.lists(st.lists(st.integers(1, 4), min_size=items, max_size=items), min_size=2, max_size=4)
            for _ in range(2)
        ]
    )
)


def differ(person: list[float]) -> bool:
    return len(set(person)) > 1


def correlate_pairs(people: list[list[float]]) -> list[float]:
    return [float(spearmanr(one, other).statistic) for one, other in combinations(people, 2)]


@given(ORDERS)
def test_mean_correlation_concordance_and_full_consensus_are_one_number(people: list[list[float]]) -> None:
    count = len(people)
    mean, concordance = mean_pairwise_spearman(people), kendalls_w(people)
    degree = consensus_degree(people, dimensions=None)
    assert mean is not None
    assert degree is not None
    assert concordance == pytest.approx((1 + (count - 1) * mean) / count, abs=1e-9)
    assert degree**2 == pytest.approx(concordance, abs=1e-9)
    assert -1 / (count - 1) - 1e-9 <= mean <= 1
    assert 0 <= degree <= 1


@given(RATINGS)
def test_mean_correlation_is_that_of_every_pair(people: list[list[float]]) -> None:
    directed = [person for person in people if differ(person)]
    found = mean_pairwise_spearman(people)
    if len(directed) < 2:
        assert found is None
    else:
        assert found == pytest.approx(np.mean(correlate_pairs(directed)), abs=1e-9)


@given(RATINGS.filter(lambda people: len(people) > 2))
def test_concordance_is_that_of_friedmans_test(people: list[list[float]]) -> None:
    found = kendalls_w(people)
    if not any(map(differ, people)):
        assert found is None
        return
    statistic = friedmanchisquare(*np.array(people).T).statistic
    assert found == pytest.approx(statistic / (len(people) * (len(people[0]) - 1)), abs=1e-9)


@given(RATINGS, st.randoms(use_true_random=False))
def test_the_order_of_people_and_items_makes_no_difference(people: list[list[float]], chance: Random) -> None:
    mixed = [list(person) for person in people]
    chance.shuffle(mixed)
    order = list(range(len(people[0])))
    chance.shuffle(order)
    turned = [[person[at] for at in order] for person in mixed]
    for measure in (mean_pairwise_spearman, kendalls_w, lambda each: consensus_degree(each, dimensions=None)):
        one, other = measure(people), measure(turned)
        assert other == (one if one is None else pytest.approx(one, abs=1e-9))


def test_consensus_of_nobody_or_of_constants_is_undefined() -> None:
    for people in NOBODY:
        assert mean_pairwise_spearman(people) is None
        assert kendalls_w(people) is None
        assert consensus_degree(people) is None
        assert prototype(people) is None
        assert estimate_consensus(people) == Estimate(None, None, None)
        assert reproduced_ranks(people) == [None] * len(people)


NOBODY: list[Matrix] = [[], [[]], [[], []], [[3]], [[2, 2, 2], [1, 1, 1]], [[None, None], [None, None]]]


def test_one_person_agrees_with_nobody_and_is_the_own_prototype() -> None:
    assert mean_pairwise_spearman([[1, 2, 3]]) is None
    assert mean_pairwise_spearman([[1, 2, 3], [5, 5, 5]]) is None
    assert kendalls_w([[1, 2, 3]]) == 1
    assert kendalls_w([[1, 2, None]]) == 1
    assert consensus_degree([[1, 2, 3]]) == pytest.approx(1)
    assert prototype([[1, 2, 3]]) == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])


def test_people_who_all_agree_have_full_consensus_without_an_interval() -> None:
    people = [[1.0, 2.0, 3.0, 4.0]] * 6
    assert mean_pairwise_spearman(people) == 1
    assert estimate_consensus(people) == Estimate(1, None, None)
    assert kendalls_w(people) == 1
    assert mean_pairwise_spearman([[1, 2, 3], [3, 2, 1]]) == -1
    assert estimate_consensus([[1, 2, 3], [3, 2, 1]]) == Estimate(-1, None, None)


def test_an_interval_needs_four_people() -> None:
    people: Matrix = [[1, 2, 3, 4], [2, 1, 3, 4], [1, 3, 2, 4], [4, 2, 3, 1]]
    assert estimate_consensus(people[:3]).low is None
    estimate = estimate_consensus(people)
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert -1 < estimate.low < estimate.value < estimate.high < 1
    # Without one of these people the others agree fully, which has no Fisher's z.
    assert estimate_consensus([[1, 2, 3], [1, 2, 3], [1, 2, 3], [2, 1, 3]]).low is None


def test_where_answers_are_missing_pairs_are_compared_over_what_both_answered() -> None:
    people: Matrix = [[1, 2, 3, 4], [1, 2, 4, None], [None, 3, 1, 2], [5]]
    pairs = [
        1.0,  # 1 2 3 and 1 2 4
        spearmanr([2, 3, 4], [3, 1, 2]).statistic,
        -1.0,  # 2 4 and 3 1
    ]
    mean = mean_pairwise_spearman(people)
    assert mean == pytest.approx(np.mean(pairs))
    assert mean is not None
    assert kendalls_w(people) == pytest.approx((1 + 2 * mean) / 3)
    # Who share nothing, or nothing that differs, are no pair.
    assert mean_pairwise_spearman([[1, 2, None, None], [None, None, 1, 2]]) is None
    assert kendalls_w([[1, 2, None, None], [None, None, 1, 2]]) is None
    assert mean_pairwise_spearman([[1, 1, 2], [1, 2], [2, 1, 3]]) == mean_pairwise_spearman(
        [[1, 1, 2], [1, 2, None], [2, 1, 3]]
    )


def test_the_map_leaves_out_whom_it_cannot_place() -> None:
    people: Matrix = [[1, 2, 3], [2, 2, 2], [3, None, 1], [2, 1, 3]]
    assert consensus_degree(people) == consensus_degree([[1, 2, 3], [2, 1, 3]])
    assert prototype(people) == prototype([[1, 2, 3], [2, 1, 3]])
    ranks = reproduced_ranks(people)
    assert [each is None for each in ranks] == [False, True, True, False]
    assert ranks[0] == [1, 2, 3]


def test_the_map_standardises_values_without_ranking_them() -> None:
    """Two people who rank alike but rate differently are not the same arrow."""
    degree = consensus_degree([[1, 2, 9], [1, 8, 9]], dimensions=None)
    assert degree is not None
    assert degree < 0.95
    assert kendalls_w([[1, 2, 9], [1, 8, 9]]) == 1


def test_who_want_the_contrary_have_no_prototype() -> None:
    assert prototype([[1, 2, 3], [3, 2, 1]]) is None
    assert consensus_degree([[1, 2, 3], [3, 2, 1]]) == pytest.approx(0, abs=1e-9)
    assert between_group_consensus([[[1, 2, 3], [3, 2, 1]], [[1, 2, 3]]]) == [[None, None], [None, 1]]
    assert between_group_consensus([[[1, 2, 3]], [[1, 2]]]) == [[1, None], [None, 1]]
    assert between_group_consensus([]) == []


@given(st.lists(ORDERS, min_size=2, max_size=3))
def test_correlations_between_groups_are_symmetric_and_bounded(groups: list[list[list[float]]]) -> None:
    found = between_group_consensus(groups)
    for one, row in enumerate(found):
        for other, value in enumerate(row):
            assert value == found[other][one]
            assert value is None or -1 <= value <= 1
            assert one != other or value in (None, 1)


@given(ORDERS)
def test_in_the_plane_arrows_are_no_longer_than_in_space(people: list[list[float]]) -> None:
    plane, space = consensus_degree(people), consensus_degree(people, dimensions=None)
    assert plane is not None
    assert space is not None
    assert plane <= space + 1e-9


def test_a_prototype_orders_priorities_as_the_team_does() -> None:
    people: Matrix = [[1, 2, 3, 4, 5], [1, 2, 3, 5, 4], [2, 1, 3, 4, 5]]
    typical = prototype(people)
    assert typical is not None
    assert rankdata(typical)[2] == 3
    assert typical[0] < typical[2] < typical[3]
    turned = prototype([[-value for value in person if value is not None] for person in people])
    assert turned == pytest.approx([-value for value in typical])


@given(TWO_GROUPS)
def test_the_gap_and_its_p_are_those_of_counting(groups: tuple[list[list[float]], list[list[float]]]) -> None:
    first, second = ([person for person in group if differ(person)] for group in groups)
    found = alignment_gap(*groups)
    if len(first) < 2 or len(second) < 2:
        assert found == UNDEFINED
        return
    everybody = [*first, *second]
    correlations = np.eye(len(everybody))
    for one, other in combinations(range(len(everybody)), 2):
        value = spearmanr(everybody[one], everybody[other]).statistic
        correlations[one, other] = correlations[other, one] = value

    def measure(members: tuple[int, ...]) -> float:
        others = [at for at in range(len(everybody)) if at not in members]
        inside = [
            np.mean([correlations[pair] for pair in combinations(group, 2)]) for group in (members, others)
        ]
        return float(np.mean(inside) - correlations[np.ix_(members, others)].mean())

    assert found.gap is not None
    assert found.gap == pytest.approx(measure(tuple(range(len(first)))), abs=1e-9)
    every = [measure(members) for members in combinations(range(len(everybody)), len(first))]
    assert found.p == pytest.approx(np.mean([gap >= found.gap - 1e-9 for gap in every]))
    assert found.exact is True
    turned = alignment_gap(groups[1], groups[0])
    assert turned.gap == pytest.approx(found.gap, abs=1e-9)
    assert turned.p == pytest.approx(found.p)
    if found.low is not None and found.high is not None:
        assert found.low <= found.gap <= found.high


def test_the_gap_between_groups_of_one_mind_is_zero_on_average() -> None:
    """All ways to deal the published team into three and six: by chance there is no gap, at any sizes."""
    team = [
        [1, 4, 7, 6, 5, 3, 2], [2, 1, 6, 7, 3, 5, 4], [3, 4, 7, 5, 6, 2, 1], [2, 3, 7, 6, 5, 4, 1],
        [5, 6, 7, 1, 3, 4, 2], [6, 5, 4, 2, 7, 3, 1], [4, 5, 7, 3, 6, 1, 2], [7, 2, 3, 1, 6, 4, 5],
        [5, 7, 6, 2, 3, 4, 1],
    ]  # fmt: skip
    for size in (2, 3, 4):
        gaps = []
        for members in combinations(range(9), size):
            found = alignment_gap(
                [team[at] for at in members], [team[at] for at in range(9) if at not in members], draws=1
            )
            assert found.gap is not None
            gaps.append(found.gap)
        assert np.mean(gaps) == pytest.approx(0, abs=1e-9)


def test_people_of_one_population_have_no_gap_and_seldom_seem_to() -> None:
    """Seeded: 300 times 5 against 6 people around one order with noise. Bias and false alarms."""
    chance = np.random.default_rng(11)
    gaps, alarms = [], 0
    for _ in range(300):
        people = np.arange(7) + chance.normal(0, 3, size=(11, 7))
        found = alignment_gap(people[:5].tolist(), people[5:].tolist())
        assert found.gap is not None
        assert found.p is not None
        gaps.append(found.gap)
        alarms += found.p <= 0.05
    assert abs(np.mean(gaps)) < 0.01
    assert 0.02 <= alarms / 300 <= 0.085


def test_groups_that_want_the_contrary_have_the_largest_gap() -> None:
    up, down = [[1.0, 2.0, 3.0, 4.0]] * 4, [[4.0, 3.0, 2.0, 1.0]] * 4
    found = alignment_gap(up, down)
    assert found.gap == pytest.approx(2)
    assert found.p == pytest.approx(2 / math.comb(8, 4))
    assert (found.low, found.high) == pytest.approx((2, 2))
    alike = alignment_gap(up, up)
    assert alike.gap == pytest.approx(0)
    assert alike.p == 1


def test_a_gap_needs_two_people_with_an_order_on_each_side() -> None:
    pair: Matrix = [[1, 2, 3], [1, 3, 2]]
    sides: list[Matrix] = [[], [[1, 2, 3]], [[2, 2, 2], [3, 3, 3]], [[1, 2, 3], [2, 2, 2]]]
    for side in sides:
        assert alignment_gap(pair, side) == UNDEFINED
        assert alignment_gap(side, pair) == UNDEFINED
    found = alignment_gap(pair, [[3, 2, 1], [2, 3, 1]])
    assert found.gap is not None
    assert (found.low, found.high) == (None, None)
    # Who has no item in common cannot be compared at all.
    assert alignment_gap([[1, 2], [2, 1]], [[None, None, 1, 2], [None, None, 2, 1]]) == UNDEFINED


def test_missing_answers_make_a_gap_of_the_pairs_there_are() -> None:
    up: Matrix = [[1, 2, 3, 4], [1, 2, 3], [None, 2, 3, 4]]
    down: Matrix = [[4, 3, 2, 1], [4, 3, 2, None], [4, 3, 2, 1]]
    found = alignment_gap(up, down)
    assert found.gap == pytest.approx(2)
    assert found.p == pytest.approx(0.1)
    # Dealt otherwise, two who share no two items can be all of a side: that deal counts against us.
    sparse = alignment_gap([[1, 2, None, None], [1, 2, 3, 4]], [[None, None, 2, 1], [4, 3, 2, 1]])
    assert sparse.gap is not None
    assert sparse.p is not None
    assert sparse.p >= 2 / 6


def test_many_arrangements_are_drawn_with_a_seed() -> None:
    chance = np.random.default_rng(2)
    people = (np.arange(6) + chance.normal(0, 4, size=(20, 6))).tolist()
    first, second = people[:10], people[10:]
    found = alignment_gap(first, second, draws=500)
    assert found.exact is False
    assert found.p is not None
    assert found.p * 501 == pytest.approx(round(found.p * 501))
    assert alignment_gap(first, second, draws=500) == found
    assert alignment_gap(first, second, draws=500, seed=1).gap == found.gap
    # 8 of 16 people are 12,870 arrangements, 9 of 18 already 48,620.
    assert alignment_gap(people[:8], people[8:16]).exact is True
    assert alignment_gap(people[:9], people[9:18], draws=9).exact is False


def test_drawn_arrangements_estimate_what_counting_finds() -> None:
    chance = np.random.default_rng(4)
    people = (np.arange(6) + chance.normal(0, 3, size=(16, 6))).tolist()
    exact = alignment_gap(people[:8], people[8:])
    # One more who has no direction changes nothing but is no reason to draw; two more people are.
    assert alignment_gap(people[:8], [*people[8:], [1, 1, 1, 1, 1, 1]]) == exact
    drawn = alignment_gap([*people[:8], people[0]], [*people[8:], people[8]], draws=4_000)
    assert drawn.exact is False
    assert exact.p is not None
    assert drawn.p is not None


def test_thirty_against_thirty_take_a_moment() -> None:
    chance = np.random.default_rng(0)
    people = chance.normal(size=(60, 7)).tolist()
    alignment_gap(people[:5], people[5:10])
    started = time.process_time()
    alignment_gap(people[:30], people[30:])
    assert time.process_time() - started < 2


@pytest.mark.parametrize("items", [3, 4])
def test_three_people_at_random_agree_by_nothing_on_average(items: int) -> None:
    """Every way in which two more people can order what one ordered: the mean correlation is 0, W is not."""
    first = list(range(items))
    groups = [[first, second, third] for second in permutations(first) for third in permutations(first)]
    means = [mean_pairwise_spearman(people) for people in groups]
    concordances = [kendalls_w(people) for people in groups]
    assert np.mean([mean for mean in means if mean is not None]) == pytest.approx(0, abs=1e-12)
    assert np.mean([each for each in concordances if each is not None]) == pytest.approx(1 / 3)


@given(ORDERS)
def test_whoever_joins_the_first_raises_consensus_in_the_end(people: list[list[float]]) -> None:
    mean, more = mean_pairwise_spearman(people), mean_pairwise_spearman([*people, *[people[0]] * 60])
    assert mean is not None
    assert more is not None
    assert more > mean or mean == more == 1
