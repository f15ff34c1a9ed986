"""The alignment score: 100 minus what open findings cost, always with its arithmetic (linkage.md)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from app.domain.linkage.findings import Group, Severity

FULL_SCORE = 100
CAPS = {
    Group.STRUCTURE: 30,
    Group.OWNERSHIP: 20,
    Group.MEASURES: 20,
    Group.TIME: 15,
    Group.COVERAGE: 15,
}
WEIGHTS = {Severity.ERROR: 1.0, Severity.WARNING: 0.4, Severity.INFO: 0.0}
_HUNDREDTH = Decimal("0.01")

# How many objects each part of the catalogue looked at: by department key, "" for the organization.
Tally = Mapping[str, Mapping[Group, int]]


class ScoreLine(NamedTuple):
    """One part of the arithmetic: penalty = cap × min(1, weight of its open findings ÷ objects checked)."""

    group: Group
    cap: int
    findings: int
    weight: float
    checked: int
    penalty: float


@dataclass(frozen=True, slots=True)
class Score:
    """A score from 0 to 100 and the lines that it is made of; `value` = 100 − Σ penalty."""

    value: float
    lines: tuple[ScoreLine, ...]

    @property
    def has_plan(self) -> bool:
        """Was there any theme, goal or objective to look at? Without one, 100 says nothing.

        >>> compute_score([], {Group.MEASURES: 9}).has_plan
        False
        """
        return any(line.checked for line in self.lines if line.group is Group.STRUCTURE)


Kind = tuple[Group, Severity]


def compute_score(open_findings: Iterable[Kind] | Mapping[Kind, int], checked: Mapping[Group, int]) -> Score:
    """The score of the open findings of one place; penalties are rounded to hundredths, halves up.

    The findings come one by one, or counted: `{(Group.TIME, Severity.ERROR): 3}`.
    Weights: error 1, warning 0.4, info 0. Nothing checked in a part, no penalty. No findings: 100. Decimals:
    the same findings in another order must not come to another sum, and a person's pencil comes to this one.

    >>> compute_score([(Group.TIME, Severity.ERROR)], {Group.TIME: 3}).value
    95.0
    """
    counts = Counter(open_findings)
    lines = tuple(
        _write_line(group, [counts[group, severity] for severity in WEIGHTS], checked.get(group, 0))
        for group in CAPS
    )
    return Score(float(FULL_SCORE - sum(_read(line.penalty) for line in lines)), lines)


def _write_line(group: Group, findings: Sequence[int], checked: int) -> ScoreLine:
    """`findings`: how many of each severity, in the order of `WEIGHTS`."""
    cap = Decimal(CAPS[group])
    weight = sum((_read(each) * n for each, n in zip(WEIGHTS.values(), findings, strict=True)), Decimal())
    penalty = min(cap, cap * weight / checked) if checked else Decimal()
    rounded = penalty.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
    return ScoreLine(group, CAPS[group], sum(findings), float(weight), checked, float(rounded))


def _read(number: float) -> Decimal:
    """The decimal that a number is written as."""
    return Decimal(str(number))
