"""Consensus, gaps and overlaps of lists against published and constructed numbers."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, rankdata, spearmanr

from app.domain.consensus import (
    alignment_gap,
    between_group_consensus,
    consensus_degree,
    estimate_consensus,
    kendalls_w,
    mean_pairwise_spearman,
    prototype,
    rank_biased_overlap,
    reproduced_ranks,
    top_k_overlap,
)
from tests.domain.vectors import Vector, assert_told, for_vectors


def turn(items: list[list[Any]]) -> list[list[Any]]:
    """Rows become people."""
    return [list(person) for person in zip(*items, strict=True)]


@for_vectors("scm-tarakci-tmt")
def test_the_published_team_agrees_as_much_as_published(vector: Vector) -> None:
    people = turn(vector.given["ranks_items_by_members"])
    estimate = estimate_consensus(people)
    typical = prototype(people)
    assert typical is not None
    computed = {
        "alpha_2dim": consensus_degree(people),
        "alpha_full_space": consensus_degree(people, dimensions=None),
        "kendall_W": kendalls_w(people),
        "mean_pairwise_spearman": mean_pairwise_spearman(people),
        "jackknife_z_ci95": [estimate.low, estimate.high],
        "reproduced_rank_order_member7": reproduced_ranks(people)[6],
        "prototype_rank_order": rankdata(typical).tolist(),
    }
    assert_told(vector, computed, {key: vector.expected[key] for key in computed})
    assert estimate.value == computed["mean_pairwise_spearman"]


@for_vectors("scm-closed-forms")
def test_consensus_has_its_closed_forms(vector: Vector) -> None:
    cases = [turn(case["ranks_items_by_members"]) for case in vector.given["cases"]]
    computed = {
        "alpha_full_space": [consensus_degree(people, dimensions=None) for people in cases],
        "mean_pairwise_spearman": [mean_pairwise_spearman(people) for people in cases],
    }
    assert_told(vector, computed, vector.expected)


@for_vectors("scm-tarakci-between-matrix")
def test_prototypes_with_the_published_correlations_give_the_published_map(vector: Vector) -> None:
    """People who say what a group's prototype says, once each, have these prototypes and correlations."""
    names, published = vector.given["departments"], np.array(vector.given["correlation_of_prototypes"])
    # Printed with two decimals the matrix has slightly negative eigenvalues; vectors come near.
    lengths, axes = np.linalg.eigh(published)
    items = axes * np.sqrt(np.clip(lengths, 0, None))
    # One more pair of items each way makes every row's mean 0 without touching the products.
    people = np.hstack([items, -items])
    nearest = np.corrcoef(people)
    computed = between_group_consensus([[person] for person in people.tolist()])
    assert np.abs(nearest - published).max() < 0.02
    assert_told(vector, computed, nearest.tolist())

    pairs = {
        (names[one], names[other]): published[one, other] for one, other in combinations(range(len(names)), 2)
    }
    lowest = min(pairs, key=lambda pair: computed[names.index(pair[0])][names.index(pair[1])] or 0)
    assert_told(vector, [*lowest, float(pairs[lowest])], vector.expected["lowest_pair"])
    highest = [list(pair) for pair, value in pairs.items() if value == vector.expected["highest_pairs_value"]]
    assert_told(vector, sorted(highest), sorted(vector.expected["highest_pairs"]))
    values = list(pairs.values())
    assert_told(vector, float(np.sqrt(np.mean(np.square(values)))), vector.expected["root_mean_square"])
    assert_told(vector, float(np.mean(values)), vector.expected["mean"])


@for_vectors("scm-gap-exact")
def test_the_gap_and_its_exact_p_are_as_told(vector: Vector) -> None:
    people = turn(vector.given["ranks_items_by_members"])
    first = [people[at] for at in vector.given["group_A_index0"]]
    second = [people[at] for at in vector.given["group_B_index0"]]
    found = alignment_gap(first, second)
    across = mean_pairwise_spearman([*first, *second])
    assert across is not None
    inside = [mean_pairwise_spearman(group) for group in (first, second)]
    computed = {
        "G": found.gap,
        "within_A": inside[0],
        "within_B": inside[1],
        "n_arrangements": math.comb(7, 3),
        "exact_p_one_sided": found.p,
    }
    assert_told(vector, computed, {key: vector.expected[key] for key in computed})
    # All 21 pairs: 3 inside A, 6 inside B, 12 across.
    assert across * 21 == pytest.approx(
        3 * vector.expected["within_A"] + 6 * vector.expected["within_B"] + 12 * vector.expected["cross"]
    )
    assert found.exact is True


@for_vectors("kendallw-nag")
def test_concordance_with_ties_is_as_published(vector: Vector) -> None:
    judges = vector.given["judges_by_objects"]
    concordance = kendalls_w(judges)
    assert concordance is not None
    statistic = len(judges) * vector.expected["df"] * concordance
    computed = {
        "W": concordance,
        "chi2": statistic,
        "p": float(chi2.sf(statistic, vector.expected["df"])),
        # What W says of the mean correlation. With ties it is not the mean of the correlations themselves.
        "mean_spearman": (len(judges) * concordance - 1) / (len(judges) - 1),
        "rank_sums": rankdata(judges, axis=1).sum(axis=0).tolist(),
    }
    assert_told(vector, computed, {key: vector.expected[key] for key in computed})
    assert mean_pairwise_spearman(judges) == pytest.approx(
        np.mean([spearmanr(one, other).statistic for one, other in combinations(judges, 2)])
    )


@for_vectors("kendallw-edge")
def test_edge_cases_of_concordance_are_as_told(vector: Vector) -> None:
    assert_told(vector, [kendalls_w(case) for case in vector.given["cases"]], vector.expected["W"])


@for_vectors("rbo-webber")
def test_overlap_of_lists_is_as_published(vector: Vector) -> None:
    one, other, p = vector.given["S"], vector.given["L"], vector.given["p"]
    depths = range(1, len(one) + 1)
    shares = [top_k_overlap(one, other, depth) for depth in depths]
    averages = [sum(share or 0 for share in shares[:depth]) / depth for depth in depths]
    assert_told(vector, shares, vector.expected["overlap_share_at_depth"])
    assert_told(vector, averages, vector.expected["average_overlap_at_depth"])
    for ties in ("a", "b", "w"):
        assert_told(vector, rank_biased_overlap(one, other, p, ties), vector.expected["rbo"]["ext"], ties)


@for_vectors("rbo-ties")
def test_overlap_of_lists_with_ties_is_as_published(vector: Vector) -> None:
    one, other, p = vector.given["S"], vector.given["L"], vector.given["p"]
    assert_told(vector, rank_biased_overlap(one, other, p), vector.expected["ext"])
    assert_told(vector, rank_biased_overlap(other, one, p, vector.given["ties"]), vector.expected["ext"])
    # The same lists in the other two readings, from the page that the vector was taken from.
    assert_told(vector, rank_biased_overlap(one, other, p, "w"), 0.7068257, "w")
    assert_told(vector, rank_biased_overlap(one, other, p, "b"), 0.7207131, "b")


@for_vectors("topk")
def test_the_first_names_overlap_as_told(vector: Vector) -> None:
    one, other, k = vector.given["A"], vector.given["B"], vector.given["k"]
    share = top_k_overlap(one, other, k)
    assert share is not None
    assert_told(vector, {"share": share, "jaccard": share * k / (2 * k - share * k)}, vector.expected)
