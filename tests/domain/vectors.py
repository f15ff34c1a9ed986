"""The cases of `vectors.json`: data, what must come out, how exactly, and where that is known from.

A test takes the vectors of its measures by `for_vectors("agree-", …)` and compares by `assert_told`, whose
message names source and evidence.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).with_name("vectors.json")
_MISSING = object()


@dataclass(frozen=True)
class Vector:
    """One case; `tolerance` is absolute."""

    id: str
    measure: str
    given: Any
    expected: Any
    tolerance: float
    source: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.id}: {self.measure}; source: {self.source}; evidence: {self.evidence}"


def read_vectors() -> dict[str, Vector]:
    """All vectors by id."""
    document = json.loads(HERE.read_text(encoding="utf-8"))
    return {
        entry["id"]: Vector(
            entry["id"],
            entry["measure"],
            entry["input"],
            entry["expected"],
            entry["tolerance"]["abs"],
            entry["source"],
            entry["evidence"],
        )
        for entry in document["vectors"]
    }


def for_vectors(*prefixes: str) -> pytest.MarkDecorator:
    """Runs a test with each vector whose id begins so, as its argument `vector`; the test's id names it."""
    chosen = [vector for vector in VECTORS.values() if vector.id.startswith(prefixes)]
    assert chosen, f"no vector begins with {prefixes}"
    tried.update(vector.id for vector in chosen)
    return pytest.mark.parametrize("vector", chosen, ids=[vector.id for vector in chosen])


def assert_told(vector: Vector, computed: object, expected: object, where: str = "") -> None:
    """Compares numbers, texts, lists and mappings at the vector's tolerance; None is met by None alone.

    Numbers must be plain ones: `numpy.float64(1.0)` is not an answer.
    """
    __tracebackhide__ = True
    if isinstance(expected, Mapping):
        assert isinstance(computed, Mapping), f"{where or 'the answer'} is {computed!r}; {vector}"
        for key in expected:
            assert_told(vector, computed[key], expected[key], f"{where}[{key!r}]")
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        assert isinstance(computed, Sequence), f"{where or 'the answer'} is {computed!r}; {vector}"
        for index, (ours, theirs) in enumerate(zip_longest(computed, expected, fillvalue=_MISSING)):
            assert_told(vector, ours, theirs, f"{where}[{index}]")
    else:
        said = (
            f"{where or 'the answer'} is {computed!r} instead of {expected!r} ± {vector.tolerance}; {vector}"
        )
        assert is_told(computed, expected, vector.tolerance), said


def is_told(computed: object, expected: object, tolerance: float) -> bool:
    """Whether one value is the expected one."""
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(computed) is type(expected) and computed == expected
    return type(computed) in (int, float) and computed == pytest.approx(expected, rel=0, abs=tolerance)


tried: set[str] = set()
VECTORS = read_vectors()
