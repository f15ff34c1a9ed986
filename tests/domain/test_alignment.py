"""Alignment facts: what is said of whom, what is kept back, and no sentence that claims too much."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations, product
from typing import Any
from uuid import UUID

import numpy as np

from app.domain.alignment.distances import judge_gap, measure_distance
from app.domain.alignment.facts import Consensus, Corner, Verdict
from app.domain.alignment.groups import Group, form_groups, weigh_order
from app.domain.alignment.ladder import climb_ladder
from app.domain.alignment.measure import measure_alignment, measure_consensus, measure_course
from app.domain.alignment.pair_map import MOST_GROUPS
from app.domain.alignment.quadrant import place_departments
from app.domain.alignment.rows import (
    AlignmentRows,
    CourseRows,
    DepartmentRow,
    EffortRow,
    GoalRow,
    ObjectiveRow,
    OptionRow,
    OrderRow,
    SurveyRow,
)
from app.domain.alignment.wording import word_distance, word_points

OPTIONS = ("A", "B", "C", "D", "E", "F")
SALES, STORES, IT = (UUID(int=number) for number in (1, 2, 3))
TREE = tuple(DepartmentRow(*each, None) for each in ((SALES, "Sales"), (STORES, "Stores"), (IT, "IT")))


def draw_orders(
    department: UUID | None,
    level: str | None,
    count: int,
    *,
    first: str = "ABCDEF",
    noise: float = 0.8,
    seed: int = 0,
) -> list[OrderRow]:
    """People who want about the same."""
    chance = np.random.default_rng(seed)
    places = [np.arange(len(first)) + chance.normal(0, noise, len(first)) for _ in range(count)]
    return [OrderRow(department, level, tuple(first[at] for at in np.argsort(place))) for place in places]


def make_survey(orders: Sequence[OrderRow], **fields: Any) -> SurveyRow:
    values: dict[str, Any] = {
        "id": UUID(int=9),
        "code": "P1",
        "title": "Priorities",
        "closed_on": date(2026, 10, 1),
        "minimum_group": 5,
        "invited": 100,
        "options": tuple(OptionRow(code, f"Goal {code}") for code in OPTIONS),
        "orders": tuple(orders),
    }
    return SurveyRow(**values | fields)


def measure(orders: Sequence[OrderRow], tree: Sequence[DepartmentRow] = TREE, **fields: Any) -> Consensus:
    return measure_consensus(make_survey(orders, **fields), tuple(tree))


def make_plan(**effort: float) -> CourseRows:
    """One objective for each goal, which gives it all its effort."""
    return CourseRows(
        tuple(GoalRow(code, f"Goal {code}") for code in OPTIONS),
        tuple(ObjectiveRow(f"O{code}", "SALES", amount) for code, amount in effort.items()),
        tuple(EffortRow(f"O{code}", code, None) for code in effort),
    )


def test_an_order_is_weighed_by_the_options_asked_for() -> None:
    assert weigh_order(["C", "A", "B"], ["A", "B", "C"]) == (2, 1, 3)
    assert weigh_order(["A"], ["A", "B"]) is None
    # What is no option any more leaves a gap, and changes no order.
    assert weigh_order(["X", "A", "B"], ["A", "B"]) == (1, 0)


def test_the_ladder_names_where_it_breaks_and_whom_it_leaves_out() -> None:
    found = measure(
        [
            *draw_orders(None, "executive", 6),
            *draw_orders(SALES, "senior", 8, seed=1),
            *draw_orders(STORES, "middle", 9, first="FEDCBA", seed=2),
            # Three are too few, and among five without a level nobody can tell them.
            *draw_orders(STORES, "frontline", 3, seed=3),
            *draw_orders(STORES, None, 5, seed=4),
        ]
    )
    verdicts = [step.distance.verdict for step in found.ladder.steps]
    assert verdicts == [Verdict.NONE_SHOWN, Verdict.BREAKS]
    assert [(step.upper_n, step.lower_n) for step in found.ladder.steps] == [(6, 8), (8, 9)]
    assert found.ladder.hidden == ("frontline",)
    assert found.ladder.sentence.startswith(
        "The strategy breaks between senior leaders and middle managers (gap "
    )
    assert found.ladder.sentence.endswith("Between the other levels no break is shown.")
    assert "No difference shown" in found.ladder.steps[0].sentence
    assert "different order" in found.ladder.steps[1].sentence


def test_without_a_break_the_ladder_says_that_none_is_shown() -> None:
    alike = [*draw_orders(None, "executive", 6, noise=3), *draw_orders(SALES, "middle", 9, noise=3, seed=1)]
    assert measure(alike).ladder.sentence == "No break is shown between the levels of leaders."
    broken = [*draw_orders(None, "executive", 6), *draw_orders(SALES, "middle", 9, first="FEDCBA", seed=1)]
    assert "other levels" not in measure(broken).ladder.sentence
    only = measure(draw_orders(SALES, "middle", 9, noise=3))
    assert only.ladder.sentence.startswith("Too few answers from two levels")
    assert only.ladder.steps == ()


def test_a_slight_difference_is_told_as_one_that_may_be_negligible() -> None:
    assert judge_gap(0.04, 0.01) is Verdict.SLIGHT
    assert judge_gap(0.06, 0.06) is Verdict.NONE_SHOWN
    upper = draw_orders(None, "executive", 14, noise=1.6)
    lower = draw_orders(SALES, "senior", 14, first="BCADEF", noise=1.6, seed=1)
    found = measure([*upper, *lower]).ladder
    assert found.steps[0].distance.verdict is Verdict.SLIGHT
    assert "may be negligible" in found.steps[0].sentence
    assert found.sentence.startswith("Small differences are seen, but no break")


def test_who_nearly_all_say_the_same_have_no_figures() -> None:
    same = [OrderRow(SALES, "senior", tuple("ABCDEF"))] * 6
    other = draw_orders(STORES, "executive", 6, noise=3)
    found = measure([*same, *other])
    step = measure([*other, *same]).ladder.steps[0]
    assert (step.distance.verdict, step.distance.gap) == (Verdict.ALIKE, None)
    assert (
        step.sentence
        == "Nearly all senior leaders gave the same order; figures would tell what each answered."
    )
    (stand,) = [each for each in found.quadrant.stands if each.name == "Sales"]
    assert (stand.agreement, stand.corner) == (None, Corner.UNKNOWN)
    assert "no figures are shown" in stand.sentence
    alike = measure(same)
    assert alike.sentence == "Nearly everyone gave the same order."
    assert (alike.agreement, alike.priorities) == (None, ())
    turned = measure([*[OrderRow(None, "executive", tuple("ABCDEF"))] * 6, *draw_orders(SALES, "middle", 6)])
    assert turned.ladder.steps[0].sentence.startswith("Nearly all executives gave")


def test_departments_stand_in_four_corners() -> None:
    found = measure(
        [
            *draw_orders(None, "executive", 9, noise=0.6),
            *draw_orders(SALES, None, 12, noise=0.6, seed=1),
            *draw_orders(STORES, None, 12, first="FEDCBA", noise=0.6, seed=2),
            *draw_orders(IT, None, 12, noise=50, seed=3),
        ]
    )
    corners = {stand.name: stand.corner for stand in found.quadrant.stands}
    assert corners["Sales"] is Corner.TOGETHER
    assert corners["Stores"] is Corner.ELSEWHERE
    assert corners["IT"] in (Corner.SPLIT, Corner.SCATTERED)
    assert "Stores is united, but around other priorities than the executives" in found.quadrant.sentence
    assert found.quadrant.executives == 9
    sentences = {stand.name: stand.sentence for stand in found.quadrant.stands}
    assert sentences["Sales"].startswith(
        "Sales is of one mind, and no distance to the executives is shown (agreement"
    )


def test_departments_that_do_not_agree_are_near_or_far() -> None:
    executives = draw_orders(None, "executive", 12, noise=0.5)
    loose = draw_orders(SALES, None, 30, noise=5, seed=4)
    far = draw_orders(STORES, None, 30, first="FEDCBA", noise=4, seed=5)
    found = measure([*executives, *loose, *far]).quadrant
    corners = {stand.name: stand.corner for stand in found.stands}
    assert corners["Stores"] is Corner.SPLIT
    assert "neither agreed nor near the executives" in found.sentence
    near = measure(
        [*draw_orders(None, "executive", 6, noise=4), *draw_orders(SALES, None, 6, noise=4, seed=7)]
    )
    (stand,) = near.quadrant.stands
    assert stand.corner is Corner.SCATTERED
    assert near.quadrant.sentence == "Sales is not agreed among itself."


def test_where_all_is_well_the_quadrant_says_that_nothing_is_shown() -> None:
    found = measure([*draw_orders(None, "executive", 8), *draw_orders(SALES, None, 8, seed=1)]).quadrant
    assert found.sentence.startswith("No department is shown to stand away")


def test_many_departments_of_a_corner_are_counted() -> None:
    tree = [DepartmentRow(UUID(int=100 + at), f"Team {at}", None) for at in range(6)]
    orders = draw_orders(None, "executive", 9, noise=0.6)
    for at, row in enumerate(tree):
        orders += draw_orders(row.id, None, 9, first="FEDCBA", noise=1, seed=at + 1)
    sentence = measure(orders, tree).quadrant.sentence
    assert sentence.startswith("Team 0, Team 1, Team 2 and 3 more are united")


def test_without_executives_there_is_agreement_but_no_distance() -> None:
    few = [*draw_orders(None, "executive", 3), *draw_orders(None, None, 4)]
    found = measure([*draw_orders(SALES, None, 9), *few]).quadrant
    assert found.sentence == "Too few executives answered to say how far departments are from them."
    (stand,) = found.stands
    assert (stand.corner, stand.distance.verdict) == (Corner.UNKNOWN, Verdict.FEW)
    assert stand.sentence.endswith("too few executives answered to say how far it is from them.")
    assert found.hidden == 7


def test_too_few_answers_say_nothing_at_all() -> None:
    found = measure(draw_orders(SALES, "middle", 4))
    assert found.sentence == "Too few answered to say anything."
    assert (found.answered, found.agreement, found.priorities) == (0, None, ())
    assert [*found.quadrant.stands, *found.pairs.groups, *found.ladder.steps] == []
    assert found.quadrant.sentence.startswith("Too few answers from any department")
    assert found.pairs.sentence == "Too few answers from two groups to compare any."
    # An order that lacks an option is no answer.
    broken = [OrderRow(SALES, "middle", ("A", "B"))] * 9
    assert measure(broken).answered == 0


def test_the_minimum_of_a_survey_holds_where_it_is_more_than_five() -> None:
    orders = [*draw_orders(SALES, "middle", 8), *draw_orders(STORES, "senior", 12, seed=1)]
    assert {stand.name for stand in measure(orders).quadrant.stands} == {"Sales", "Stores"}
    strict = measure(orders, minimum_group=10)
    assert strict.minimum == 10
    assert strict.quadrant.stands == ()
    assert measure(orders, minimum_group=3).minimum == 5


def test_no_group_and_no_difference_of_groups_is_smaller_than_five() -> None:
    """Everybody gives another order here, so that people can be counted wherever they are spoken of."""
    chance = np.random.default_rng(6)
    everything = list(permutations("ABCDEF"))
    for _ in range(60):
        orders = iter(chance.permutation(len(everything)))
        rows = [
            OrderRow(department, level, everything[next(orders)])
            for department in (SALES, STORES, IT, None)
            for level in ("executive", "senior", "middle", "frontline", None)
            for _ in range(int(chance.integers(0, 9)))
        ]
        grouping = form_groups(make_survey(rows), TREE)
        groups = [grouping.everybody, *grouping.levels.values(), *grouping.departments.values()]
        people = [frozenset(group.people) for group in groups]
        for one, other in product(people, repeat=2):
            assert not 0 < len(one - other) < 5
            assert not 0 < len(one & other) < 5


def test_the_map_names_the_pair_that_stands_out_and_what_divides_it() -> None:
    found = measure(
        [
            *draw_orders(None, "executive", 9),
            *draw_orders(SALES, None, 9, seed=1),
            *draw_orders(STORES, None, 9, first="FBCDEA", seed=2),
        ]
    ).pairs
    assert found.groups[-1].name == "Stores"
    assert [pair.stands_out for pair in found.pairs] == [False, True, True]
    assert found.sentence.startswith("Of 3 pairs 2 stand out, all with Stores. Furthest apart are ")
    assert "“Goal F” for Stores." in found.sentence
    wants = {(pair.first_wants, pair.second_wants) for pair in found.pairs if pair.stands_out}
    assert wants == {("Goal A", "Goal F")}


def test_a_map_of_two_or_without_differences_says_so() -> None:
    two = [*draw_orders(SALES, None, 9), *draw_orders(STORES, None, 9, first="FEDCBA", seed=1)]
    assert measure(two).pairs.sentence.startswith("Of the one pair one stands out. Furthest apart are ")
    same = [*draw_orders(SALES, None, 9, noise=3), *draw_orders(STORES, None, 9, noise=3, seed=1)]
    assert measure(same).pairs.sentence == (
        "Of the one pair none stands out: no difference between groups is shown beyond chance."
    )


def test_pairs_that_share_no_group_are_only_counted() -> None:
    tree = [DepartmentRow(UUID(int=100 + at), f"Team {at}", None) for at in range(4)]
    firsts = ("ABCDEF", "ABCDEF", "FEDCBA", "FEDCBA")
    orders = [
        row
        for at, first in enumerate(firsts)
        for row in draw_orders(tree[at].id, None, 9, first=first, noise=1, seed=at)
    ]
    assert measure(orders, tree).pairs.sentence.startswith("Of 6 pairs 4 stand out. Furthest apart are Team ")


def test_a_large_map_keeps_the_largest_groups() -> None:
    tree = [DepartmentRow(UUID(int=100 + at), f"Team {at:02}", None) for at in range(MOST_GROUPS + 2)]
    orders = [
        row
        for at, each in enumerate(tree)
        for row in draw_orders(each.id, None, 6 if at == 0 else 5, noise=4, seed=at)
    ]
    found = measure(orders, tree).pairs
    assert (len(found.groups), found.left_out) == (MOST_GROUPS, 2)
    assert len(found.pairs) == MOST_GROUPS * (MOST_GROUPS - 1) // 2


def test_groups_that_are_too_small_after_all_have_no_figures() -> None:
    """No grouping makes such groups; should one ever do, nothing is told."""
    survey = make_survey([*draw_orders(None, "executive", 6), *draw_orders(SALES, "middle", 9, seed=1)])
    grouping = replace(form_groups(survey, TREE), minimum=50)
    (step,) = climb_ladder(grouping, survey).steps
    assert step.sentence == "Too few executives and middle managers to say."
    alone = replace(grouping, departments={SALES: Group("Sales", ((1, 2, 3),), is_alike=False)})
    (stand,) = place_departments(alone).stands
    assert (stand.corner, stand.sentence) == (Corner.UNKNOWN, "Sales: too few to say.")


def test_a_gap_that_cannot_be_measured_is_too_few() -> None:
    pair = Group("two", ((1, 2, 3), (2, 1, 3)), is_alike=False)
    assert measure_distance(pair, pair, 5).verdict is Verdict.FEW
    assert measure_distance(pair, pair, 2).verdict is Verdict.FEW


def test_figures_are_worded_as_people_write_them() -> None:
    assert word_points(-0.004) == ".00"
    assert word_points(1.255) == "1.25"
    found = measure([*draw_orders(None, "executive", 9), *draw_orders(SALES, None, 9, seed=1)])
    (stand,) = found.quadrant.stands
    assert word_distance(stand.distance).startswith("gap ")


def test_everything_is_measured_from_all_rows_and_a_survey_only_once() -> None:
    survey = make_survey(draw_orders(SALES, "middle", 9))
    first = measure_alignment(AlignmentRows(survey, TREE, make_plan(A=1, B=1, C=1)), None)
    assert first.consensus is not None
    assert first.course.say_do.goals
    again = measure_alignment(AlignmentRows(None, (), CourseRows()), first.consensus)
    assert again.consensus is first.consensus
    assert again.course.say_do.goals == ()
    assert measure_alignment(AlignmentRows(None), None).consensus is None
    assert measure_course(CourseRows(), None).signals == ()
