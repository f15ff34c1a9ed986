"""Answers of people as arrays: rows may be ragged, what is missing becomes NaN; who counts is said elsewhere.

Needs numpy, so a serving process must not import it at its start.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Answer = float | None
Answers = Sequence[Answer]
Matrix = Sequence[Answers]
Numbers = NDArray[np.float64]


def read_numbers(answers: Answers) -> Numbers:
    """The answers that were given, in their order: None, NaN and infinity are missing.

    >>> read_numbers([4, None, 2.5]).tolist()
    [4.0, 2.5]
    """
    numbers = np.array([np.nan if answer is None else answer for answer in answers], dtype=np.float64)
    return numbers[np.isfinite(numbers)]


def read_matrix(rows: Matrix) -> Numbers:
    """One row each, as wide as the widest; what a shorter row lacks is missing (NaN) like None and infinity.

    >>> read_matrix([[1, 2], [3], [None, 4]]).tolist()
    [[1.0, 2.0], [3.0, nan], [nan, 4.0]]
    """
    matrix = np.full((len(rows), max((len(row) for row in rows), default=0)), np.nan)
    for row, answers in zip(matrix, rows, strict=True):
        row[: len(answers)] = [np.nan if answer is None else answer for answer in answers]
    matrix[~np.isfinite(matrix)] = np.nan
    return matrix


def keep_complete(matrix: Numbers) -> Numbers:
    """The rows without a missing answer.

    >>> keep_complete(read_matrix([[1, 2], [3, None]])).tolist()
    [[1.0, 2.0]]
    """
    return matrix[np.isfinite(matrix).all(axis=1)]
