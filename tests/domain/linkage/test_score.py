"""The score: its arithmetic as a person would do it, whatever the order of the findings."""

from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.linkage.findings import Group, Severity
from app.domain.linkage.score import CAPS, compute_score

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
EXACT = {ERROR: Fraction(1), WARNING: Fraction(2, 5), INFO: Fraction(0)}
found = st.lists(st.tuples(st.sampled_from(Group), st.sampled_from(Severity)), max_size=60)


@pytest.mark.parametrize(
    ("severities", "checked", "penalty"),
    [
        # 15 × 3.6 ÷ 16 is 3.375 exactly.
        ([WARNING] * 9, 16, 3.38),
        ([ERROR] * 2 + [WARNING] * 4, 16, 3.38),
        ([WARNING] * 3, 1000, 0.02),
        ([ERROR], 1, 15),
        ([ERROR] * 7, 3, 15),
        ([INFO] * 7, 3, 0),
        ([ERROR], 0, 0),
    ],
)
def test_a_penalty_is_what_a_pencil_comes_to(
    severities: list[Severity], checked: int, penalty: float
) -> None:
    score = compute_score([(Group.TIME, each) for each in severities], {Group.TIME: checked})
    (line,) = (line for line in score.lines if line.group is Group.TIME)
    assert (line.penalty, line.findings, line.checked) == (penalty, len(severities), checked)
    assert score.value == pytest.approx(100 - penalty)


@given(found, st.dictionaries(st.sampled_from(Group), st.integers(0, 40)), st.randoms())
def test_the_order_of_findings_does_not_matter_and_no_line_is_off_by_more_than_its_rounding(
    findings: list[tuple[Group, Severity]], checked: dict[Group, int], random: Random
) -> None:
    score = compute_score(findings, checked)
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert compute_score(shuffled, checked) == score
    for line in score.lines:
        weight = sum((EXACT[severity] for group, severity in findings if group is line.group), Fraction())
        share = min(Fraction(1), weight / line.checked) if line.checked else Fraction()
        assert abs(Fraction(line.penalty) - CAPS[line.group] * share) <= Fraction(501, 100_000)
        assert line.weight == float(weight)


def test_findings_may_come_counted() -> None:
    kinds = [(Group.TIME, Severity.ERROR), (Group.TIME, Severity.WARNING), (Group.TIME, Severity.ERROR)]
    checked = {Group.TIME: 7}
    assert compute_score(Counter(kinds), checked) == compute_score(kinds, checked)
    assert compute_score(dict(Counter(kinds)), checked).value == pytest.approx(100 - 15 * 2.4 / 7, abs=0.005)
