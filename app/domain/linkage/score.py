"""The alignment score: 100 minus what open findings cost, always with its arithmetic (linkage.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


def compute_score(open_findings: Iterable[tuple[Group, Severity]], checked: Mapping[Group, int]) -> Score:
    """The score of the open findings of one place; penalties and value are rounded to hundredths.

    Weights: error 1, warning 0.4, info 0. Nothing checked in a part, no penalty. No findings: 100.

    >>> compute_score([(Group.TIME, Severity.ERROR)], {Group.TIME: 3}).value
    95.0
    """
    counts: Counter[Group] = Counter()
    weights: defaultdict[Group, float] = defaultdict(float)
    for group, severity in open_findings:
        counts[group] += 1
        weights[group] += WEIGHTS[severity]
    lines = tuple(_write_line(group, counts[group], weights[group], checked.get(group, 0)) for group in CAPS)
    return Score(round(FULL_SCORE - sum(line.penalty for line in lines), 2), lines)


def _write_line(group: Group, findings: int, weight: float, checked: int) -> ScoreLine:
    share = min(1.0, weight / checked) if checked else 0.0
    return ScoreLine(group, CAPS[group], findings, round(weight, 2), checked, round(CAPS[group] * share, 2))
