"""The figures of a review on its page: what stands for a value, beside a target, and between levels."""

from dataclasses import replace

import pytest

from app.domain.review.facts import Named
from app.domain.scoring import Direction, Status
from tests.review_facts import make_facts
from tests.web.test_review_page import lay_out, print_page


def test_a_gap_between_levels_says_of_how_many_each_is() -> None:
    facts = make_facts(departments=1)
    (gap,) = facts.pulse.gaps
    told = replace(gap, high_n=12, low_n=1200)
    pulse = lay_out(replace(facts, pulse=replace(facts.pulse, gaps=(told, gap)))).pulse
    assert pulse is not None
    counted, plain = pulse.gaps
    assert "8.1 (n 12)" in counted
    assert "6.2 (n 1,200)" in counted
    assert "(n" not in plain


def test_values_of_too_few_people_are_not_told() -> None:
    facts = replace(make_facts(departments=8), minimum_group=7)
    pulse = lay_out(facts).pulse
    assert pulse is not None
    assert [cell.value for cell in pulse.units if cell.hidden] == ["n<7", "n<7"]
    assert pulse.hidden == "“n<7”: fewer than 7 answered."
    assert "n&lt;7" in print_page(facts)


def test_what_is_kept_back_beside_a_small_group_is_not_called_small() -> None:
    facts = replace(make_facts(departments=8), minimum_group=7)
    few, *rest = facts.pulse.units
    back = replace(few, reading=replace(few.reading, withheld=True))
    pulse = lay_out(replace(facts, pulse=replace(facts.pulse, units=(back, *rest)))).pulse
    assert pulse is not None
    assert [cell.value for cell in pulse.units if cell.hidden] == ["kept back", "n<7"]
    assert pulse.hidden == (
        "“n<7”: fewer than 7 answered. “kept back”: it would tell of a smaller group by subtraction."
    )
    alone = lay_out(replace(facts, pulse=replace(facts.pulse, units=(back,)))).pulse
    assert alone is not None
    assert alone.hidden == "“kept back”: it would tell of a smaller group by subtraction."


def test_a_review_frozen_before_says_too_few_without_a_number() -> None:
    facts = make_facts(departments=8)
    assert facts.minimum_group is None
    pulse = lay_out(facts).pulse
    assert pulse is not None
    assert [cell.value for cell in pulse.units if cell.hidden] == ["n too few", "n too few"]
    assert pulse.hidden.startswith("“n too few”")


@pytest.mark.parametrize(
    ("direction", "value", "green_from", "aim"),
    [
        (Direction.HIGHER, 82.0, 80.8, "≥ 85 %, green from 80.8 %"),
        (Direction.HIGHER, 86.0, 80.8, "≥ 85 %"),
        (Direction.HIGHER, 82.0, None, "≥ 85 %"),
        (Direction.LOWER, 86.0, 90.0, "≤ 85 %, green up to 90 %"),
    ],
)
def test_a_green_tile_that_misses_its_target_says_what_counts_as_green(
    direction: Direction, value: float, green_from: float | None, aim: str
) -> None:
    facts = make_facts(departments=1)
    tile = facts.tiles[0]
    reading = replace(tile.reading, value=value, target=85.0, status=Status.GREEN, green_from=green_from)
    told = replace(tile, unit="percent", direction=direction, reading=reading)
    shown = replace(facts, tiles=(told,))
    assert [each.aim for each in lay_out(shown).tiles] == [aim]
    assert f"target {aim}" in print_page(shown)


def test_no_word_explains_hidden_values_where_none_is() -> None:
    facts = make_facts(departments=8)
    pulse = lay_out(replace(facts, pulse=replace(facts.pulse, units=facts.pulse.units[1:7]))).pulse
    assert pulse is not None
    assert pulse.hidden == ""


def test_a_decision_without_a_type_leaves_no_gap_in_its_line() -> None:
    facts = make_facts(departments=1)
    bare = [replace(each, type=Named("", "", "")) for each in facts.decisions.taken]
    page = print_page(replace(facts, decisions=replace(facts.decisions, taken=tuple(bare))))
    line = page.partition(f'id="decision-{bare[0].decision.code}"')[2].partition("</li>")[0]
    assert "</b> · decided" in line
