"""Agreement, intraclass correlations and Krippendorff's α against published and constructed numbers."""

from collections.abc import Callable
from statistics import fmean, pvariance, stdev

import numpy as np
import pytest

from app.domain.agreement import (
    a_wg,
    average_deviation,
    critical_r_wg,
    icc1,
    icc2,
    krippendorff_alpha,
    null_variance,
    r_wg,
    r_wg_j,
    shrout_fleiss,
)
from app.domain.coding import Level
from app.domain.within_groups import Shape
from tests.domain.vectors import Vector, assert_told, for_vectors

SHAPES: list[Shape] = ["uniform", "slight", "moderate", "heavy", "triangular", "normal"]
LEVELS: list[Level] = ["nominal", "ordinal", "interval", "ratio"]


@for_vectors("agree-null-variance-table")
def test_the_null_variances_are_the_table(vector: Vector) -> None:
    rows = [[options, *(null_variance(options, shape) for shape in SHAPES)] for options in range(5, 12)]
    assert_told(vector, rows, vector.expected["rows"])


@for_vectors("agree-null-variance-from-proportions")
def test_the_row_of_five_options_follows_from_shares_of_answers(vector: Vector) -> None:
    for shape, (name, shares) in zip(SHAPES, vector.given["proportions_for_1..5"].items(), strict=True):
        assert_told(vector, null_variance(5, shape), vector.expected[name], name)
        mean = sum(share * answer for answer, share in enumerate(shares, 1))
        spread = sum(share * (answer - mean) ** 2 for answer, share in enumerate(shares, 1))
        assert_told(vector, spread, vector.expected[name], f"{name} by shares")


@for_vectors("agree-jdw1984", "agree-lq2002")
def test_a_group_agrees_about_its_items_as_told(vector: Vector) -> None:
    people = vector.given["ratings_raters_by_items"] if "lq2002" in vector.id else None
    people = people or vector.given["ratings_judges_by_items"]
    low, high = vector.given["scale"]
    options = high - low + 1
    items = [list(item) for item in zip(*people, strict=True)]
    joint = r_wg_j(people, options)
    assert joint is not None
    computed = {
        "rwg_items_uniform": [r_wg(item, options) for item in items],
        "rwgj_uniform": joint,
        # Spearman and Brown the other way round: what r_wg(j) would be for one item (Lindell).
        "rwgj_star_lindell_uniform_null": joint / (len(items) - (len(items) - 1) * joint),
        "AD_M_j": average_over(items, average_deviation),
        "AD_Md_j": average_over(items, lambda item: average_deviation(item, "median")),
        "awg_j": average_over(items, lambda item: a_wg(item, low, high)),
    }
    assert_told(vector, computed, {key: vector.expected[key] for key in computed})
    assert_told(vector, [stdev(item) for item in items], vector.expected["SD_x_items"])


def average_over(items: list[list[float]], measure: Callable[[list[float]], float | None]) -> float:
    values = [measure(item) for item in items]
    return fmean(value for value in values if value is not None)


@for_vectors("agree-edge-cases")
def test_edge_cases_of_agreement_are_as_told(vector: Vector) -> None:
    for case, expected in zip(vector.given["cases"], vector.expected["cases"], strict=True):
        low, high = case["scale"]
        computed = {
            "rwg": r_wg(case["x"], high - low + 1),
            "AD_M": average_deviation(case["x"]),
            "a_wg": a_wg(case["x"], low, high),
        }
        assert_told(vector, computed, {key: expected[key] for key in computed}, case["why"])


@for_vectors("agree-exact-critical")
def test_critical_values_are_exact(vector: Vector) -> None:
    cases = [
        {"n": case["n"], "A": case["A"], "r_wg_crit_05": critical_r_wg(case["n"], case["A"])}
        for case in vector.given["cases"]
    ]
    expected = [
        {key: value for key, value in case.items() if key != "exact_tail_prob"}
        for case in vector.expected["cases"]
    ]
    assert_told(vector, cases, expected)
    for case in vector.expected["cases"]:
        # Beyond this value the level is just reached, and below it no longer.
        level = case["exact_tail_prob"]
        assert_told(vector, critical_r_wg(case["n"], case["A"], level), case["r_wg_crit_05"], str(case))
        stricter = critical_r_wg(case["n"], case["A"], level * 0.999)
        assert stricter is None or stricter > case["r_wg_crit_05"]


@for_vectors("icc-shrout-fleiss")
def test_the_six_correlations_and_their_intervals_are_as_published(vector: Vector) -> None:
    estimates = shrout_fleiss(vector.given["ratings_targets_by_judges"])
    assert_told(
        vector,
        {form: estimate.value for form, estimate in estimates.items()},
        vector.expected["estimate"],
    )
    assert_told(
        vector,
        {form: [estimate.low, estimate.high] for form, estimate in estimates.items()},
        vector.expected["ci95"],
    )


@for_vectors("icc-bh1996", "icc-dyestuff")
def test_correlations_within_groups_are_as_told_in_both_conventions(vector: Vector) -> None:
    groups = [restore_group(group) for group in vector.given["groups"]]
    computed = {
        "ICC1_mean_group_size_convention": icc1(groups, "mean"),
        "ICC1_searle_n0_convention": icc1(groups),
        "ICC2": icc2(groups),
    }
    assert_told(vector, computed, {key: vector.expected[key] for key in computed})


def restore_group(group: list[float] | dict[str, float]) -> list[float]:
    """Answers of a group; of one that is told by size, mean and sum of squares: answers that have these."""
    if isinstance(group, list):
        return group
    steps = np.arange(group["n"]) - (group["n"] - 1) / 2
    answers = group["mean"] + steps * np.sqrt(group["ss"] / (steps**2).sum())
    assert pvariance(answers.tolist()) * group["n"] == pytest.approx(group["ss"])
    return [float(answer) for answer in answers]


@for_vectors("icc-edge")
def test_edge_cases_of_correlations_within_groups_are_as_told(vector: Vector) -> None:
    for case, expected in zip(vector.given["cases"], vector.expected["cases"], strict=True):
        computed = {"ICC1": icc1(case["groups"]), "ICC2": icc2(case["groups"])}
        assert_told(vector, computed, {key: expected[key] for key in computed}, str(case))


@for_vectors("kripp-canonical-4x12")
def test_alpha_is_as_published_at_every_level(vector: Vector) -> None:
    computed = {level: krippendorff_alpha(vector.given["raters_by_units"], level) for level in LEVELS}
    assert_told(vector, computed, vector.expected)


@for_vectors("kripp-canonical-ci")
def test_alpha_without_a_unit_and_over_resampled_units_is_as_published(vector: Vector) -> None:
    rows, level = vector.given["raters_by_units"], vector.given["level"]
    left_out = vector.given["drop_unit_index0"]
    shorter = [[value for at, value in enumerate(row) if at != left_out] for row in rows]
    assert_told(vector, krippendorff_alpha(shorter, level), vector.expected["alpha_without_unit"])

    units = list(zip(*rows, strict=True))
    chance = np.random.default_rng(5)
    samples = (chance.integers(len(units), size=len(units)) for _ in range(4_000))
    drawn = [
        krippendorff_alpha(list(zip(*(units[at] for at in sample), strict=True)), level) for sample in samples
    ]
    low, high = np.percentile([value for value in drawn if value is not None], [2.5, 97.5]).tolist()
    least, most = vector.expected["ci95_low_range"]
    assert least <= low <= most, f"the interval begins at {low}; {vector}"
    assert_told(vector, high, vector.expected["ci95_high"])


@for_vectors("kripp-edge")
def test_alpha_is_undefined_where_told(vector: Vector) -> None:
    computed = [krippendorff_alpha(case, "nominal") for case in vector.given["cases"]]
    assert_told(vector, computed, vector.expected["nominal"])
