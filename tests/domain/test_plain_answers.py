"""Answers are plain numbers, whatever kind of numbers came in: others cannot be stored or sent."""

from collections.abc import Iterator
from dataclasses import astuple, is_dataclass
from typing import Any

import numpy as np
import pytest

from app.domain.collaboration import assortativity, e_i_index
from app.domain.composite import alignment_index
from app.domain.conflicts import benjamini_hochberg, effective_n, lagged_correlations, opposing_kpis
from app.domain.disclosure import safe_statistics
from app.domain.flow import contribution_inflow, herfindahl
from app.domain.means import estimate_mean
from app.domain.proportions import brier, enps, rescale, wilson
from app.domain.survival import median_time, survival_curve

ONES = np.array([1.0, 2.0, 1.5, 3.0, 2.5, 1.0])
PEOPLE = dict(enumerate(np.array([1, 1, 2, 2])))
WAVES = np.array([float(number % 3) for number in range(30)])


def flatten(answer: Any) -> Iterator[Any]:
    """Every number in an answer."""
    if is_dataclass(answer) and not isinstance(answer, type):
        yield from flatten(astuple(answer))
    elif isinstance(answer, dict):
        yield from flatten(list(answer.values()))
    elif isinstance(answer, list | tuple):
        for each in answer:
            yield from flatten(each)
    else:
        yield answer


@pytest.mark.parametrize(
    "answer",
    [
        wilson(np.int64(3), np.int64(7)),  # type: ignore[arg-type]
        enps(np.int64(3), np.int64(2), np.int64(1)),  # type: ignore[arg-type]
        rescale(np.float64(3), 1, 5),
        brier(list(ONES / 4), list(ONES / ONES)),
        survival_curve(list(ONES), [np.bool_(True)] * 6),  # type: ignore[list-item]
        median_time(list(ONES), [np.bool_(True)] * 6),  # type: ignore[list-item]
        e_i_index([(0, 1), (1, 2)], PEOPLE),
        assortativity([(0, 1), (1, 2)], PEOPLE),
        contribution_inflow([["a", "G", np.float64(0.5)]], {"a": np.float64(4)}, ["G"]),
        herfindahl(list(ONES)),
        lagged_correlations(list(ONES), list(ONES[::-1]), 2),
        effective_n(list(ONES), list(ONES[::-1])),
        benjamini_hochberg(list(ONES / 60), np.float64(0.05)),
        opposing_kpis([list(WAVES), list(-WAVES)]),
        safe_statistics(list(ONES), 5),
        alignment_index(list(ONES * 10), list(ONES)),
        estimate_mean(list(ONES)),
    ],
)
def test_answers_are_plain_numbers(answer: Any) -> None:
    found = list(flatten(answer))
    assert found
    assert {type(each) for each in found} <= {int, float, bool, type(None)}
