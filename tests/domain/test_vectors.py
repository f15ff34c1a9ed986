"""The copy of the vectors is the original, and comparing with them can fail."""

import json
import pkgutil
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

import tests.domain
from tests.domain.vectors import HERE, VECTORS, assert_told, is_told, tried
from tests.house.repository import ROOT

ORIGINAL = ROOT.parent / "shared" / "vectors.json"
VECTOR = replace(next(iter(VECTORS.values())), tolerance=0.01)


@pytest.mark.skipif(
    not ORIGINAL.exists(), reason="the original stands beside the project in its workplace only"
)
def test_the_vectors_are_those_that_everybody_shares() -> None:
    assert json.loads(HERE.read_text()) == json.loads(ORIGINAL.read_text())


def test_every_vector_names_its_source_and_evidence() -> None:
    assert len(VECTORS) == 51
    assert all(vector.source and vector.evidence and vector.tolerance >= 0 for vector in VECTORS.values())


def test_every_vector_is_tried_by_a_test() -> None:
    for module in pkgutil.iter_modules(tests.domain.__path__):
        if module.name.startswith("test_"):
            import_module(f"tests.domain.{module.name}")
    assert tried == VECTORS.keys()


@pytest.mark.parametrize(
    ("computed", "expected"),
    [(1.02, 1.0), (None, 0.0), (0.0, None), (np.float64(1.0), 1.0), (True, 1), (1, True), ("b", "a")],
)
def test_what_differs_is_not_taken_for_what_was_told(computed: object, expected: object) -> None:
    assert not is_told(computed, expected, 0.01)


def test_a_comparison_names_the_source_where_it_fails() -> None:
    with pytest.raises(AssertionError, match="evidence"):
        assert_told(VECTOR, {"a": [1.0, 2.0]}, {"a": [1.0, 2.1]})
    with pytest.raises(AssertionError, match=r"\[1\]"):
        assert_told(VECTOR, [1.0], [1.0, 2.0])
    assert_told(VECTOR, {"a": [1.0, 2.0], "more": 3}, {"a": (1.0, 2.001)})
