"""How a finding is told: whom its sentence names, and what its fingerprint is made of."""

from collections.abc import Iterable

import pytest

from app.domain.linkage.findings import Finding
from tests.domain.linkage.checking import find_all
from tests.domain.linkage.planted.plans import (
    Edit,
    department,
    goal,
    initiative,
    kpi,
    link,
    make_plan,
    objective,
    owner,
)


def find_one(rule: str, edits: Iterable[Edit]) -> Finding:
    """The only finding of a rule."""
    [finding] = [finding for finding in find_all(make_plan(edits)) if finding.rule == rule]
    return finding


def namesakes(count: int) -> Iterable[Edit]:
    """KPIs of one name, the last of which counts in another unit."""
    yield from (kpi(f"K-{number}", name="On time") for number in range(1, count))
    yield kpi(f"K-{count}", name="On time", unit="days")


def ring(count: int) -> Iterable[Edit]:
    """Objectives that contribute to each other in a circle."""
    codes = [f"OPS-{number}" for number in range(2, count + 2)]
    yield from map(objective, codes)
    yield from (link(source, target) for source, target in zip(codes, codes[1:] + codes[:1], strict=True))


def test_a_sentence_names_titles_and_codes() -> None:
    told = find_one("L101", [objective("OPS-2", title="Answer every letter")])
    assert "“Answer every letter” (OPS-2)" in told.message
    assert "“Answer every letter” (OPS-2)" in told.fix
    moved = find_one("L206", [objective("OPS-2", owner="cho@x.org"), owner("cho@x.org", name="Cho Park")])
    assert "Cho Park (cho@x.org)" in moved.message


def test_two_things_are_tied_by_and() -> None:
    assert "“On time” (K-1) and “On time” (K-2)" in find_one("L305", namesakes(2)).message


def test_the_order_of_the_plan_does_not_show_in_a_sentence() -> None:
    one, other = (find_one("L305", edits).message for edits in (namesakes(4), reversed(list(namesakes(4)))))
    assert one == other


def test_up_to_five_things_are_all_named() -> None:
    told = find_one("L305", namesakes(5))
    assert [f"(K-{number})" in told.message for number in range(1, 6)] == [True] * 5
    assert "more" not in told.message


def test_of_more_than_five_things_the_others_are_counted() -> None:
    told = find_one("L305", namesakes(7))
    assert [f"(K-{number})" in told.message for number in range(1, 8)] == [True] * 5 + [False] * 2
    assert "(K-5) and 2 more" in told.message
    assert len(told.objects) == 7


def test_a_short_circle_is_told_all_the_way_round() -> None:
    told = find_one("L107", ring(3))
    assert [told.message.count(f"(OPS-{number})") for number in (2, 3, 4)] == [2, 1, 1]


def test_a_long_circle_is_told_with_its_beginning_and_its_end() -> None:
    told = find_one("L107", ring(9))
    assert "… → “OPS-2” (OPS-2)" in told.message
    assert "(OPS-9)" not in told.message


def test_a_fingerprint_tells_rules_and_objects_apart() -> None:
    sick = [objective("OPS-2", owner=None), objective("OPS-3", owner=None)]
    found = [each for each in find_all(make_plan(sick)) if each.rule in ("L101", "L201", "L301")]
    assert len({each.fingerprint for each in found}) == len(found) == 6


def test_a_fingerprint_is_the_same_however_a_code_is_written() -> None:
    upper = find_one("L101", [objective("OPS-2", department="OPS")])
    lower = find_one("L101", [objective("ops-2", department="OPS")])
    assert upper.fingerprint == lower.fingerprint


PLACES = [
    ("L101", [objective("LINE-2")], {"LINE"}),
    ("L109", [link("LINE-1", "OPS-1", rationale=None)], {"LINE"}),
    (
        "L402",
        [link("LINE-1", "SALES-1"), objective("SALES-1", ends_on="2026-11-30")],
        {"LINE"},
    ),
    ("L105", [initiative("I1", supports=[])], {"PLANT"}),
    ("L105", [initiative("I1", supports=[], owner=None)], set[str]()),
    ("L106", [kpi("K-LINE", measures=[])], {"LINE"}),
    ("L106", [kpi("K-SALES", measures=[])], set[str]()),
    ("L207", [objective(f"OPS-{number}", owner="cho@x.org") for number in range(2, 9)], {"SALES"}),
    ("L407", [department("HR")], {"HR"}),
    ("L102", [goal("G1", theme=None)], set[str]()),
    ("L110", [goal(f"G{number}") for number in range(3, 8)], set[str]()),
    ("L113", [link("OPS-1", "LINE-1", "conflicts_with")], {"OPS", "LINE"}),
    ("L501", [kpi("K-1", metric="signal_faults", direction="lower", department="SALES")], {"OPS", "SALES"}),
]


@pytest.mark.parametrize(("rule", "edits", "places"), PLACES)
def test_a_finding_knows_the_departments_of_its_objects(
    rule: str, edits: list[Edit], places: set[str]
) -> None:
    assert find_one(rule, edits).departments == places


def test_a_finding_that_names_a_draft_says_so() -> None:
    assert find_one("L107", [objective("OPS-2", status="draft"), link("OPS-2", "OPS-2")]).draft
    assert find_one("L104", [link("OPS-1", "SALES-9")]).draft
    assert not find_one("L104", [link("OPS-1", "G9")]).draft
