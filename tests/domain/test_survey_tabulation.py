"""The tables of a closed survey: what is kept back has no number, what is shown tells no smaller group."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.domain.survey_figures import Question, Value
from app.domain.survey_groups import Exposure
from app.domain.survey_results import AnswerRow, Cell, Results, Stands, Turnout
from app.domain.survey_tabulation import tabulate_answers
from app.domain.surveys import QuestionKind
from tests.domain.test_survey_groups import derives_of_fewer

OPS, EAST, WEST, IT, GONE = (UUID(int=number) for number in range(1, 6))
PARENTS = {OPS: None, EAST: OPS, WEST: OPS, IT: None}
AGREE = Question("Q1", QuestionKind.AGREE, area="strategy")
VARIED = (1, 2, 3, 4, 5)


def make_rows(
    department: UUID | None, values: tuple[Value, ...], level: str | None = None, code: str = "Q1"
) -> list[AnswerRow]:
    return [AnswerRow(department, level, {code: value}) for value in values]


def tabulate(
    rows: list[AnswerRow],
    *questions: Question,
    k: int = 5,
    invited: Stands | None = None,
    answered: Stands | None = None,
) -> Results:
    if answered is None:
        answered = Counter((row.department, row.level) for row in rows)
    turnout = Turnout(invited or {}, answered)
    return tabulate_answers(questions or (AGREE,), rows, PARENTS, k=k, turnout=turnout, rng=Random(7))


def find_cell(cells: tuple[Cell, ...], group: UUID | str) -> Cell:
    return next(cell for cell in cells if group in (cell.department, cell.level))


def list_cells(results: Results) -> Iterator[Cell]:
    for table in results.questions:
        yield from (table.total, *table.departments, *table.levels)
    yield from (coverage.cell for coverage in results.coverage)


def test_departments_with_enough_answers_have_figures() -> None:
    table = tabulate(make_rows(EAST, VARIED) + make_rows(IT, (4, 5, 4, 5, 5, 4))).questions[0]
    east, it = find_cell(table.departments, EAST), find_cell(table.departments, IT)
    assert east.figures is not None
    assert it.figures is not None
    assert (east.n, east.figures.mean, it.n, it.figures.favourable) == (5, 3.0, 6, 100)


def test_what_is_kept_back_has_no_number() -> None:
    results = tabulate(make_rows(EAST, VARIED) + make_rows(WEST, (1, 5)) + make_rows(IT, (1, 2)))
    for cell in list_cells(results):
        if cell.exposure in {Exposure.FEW, Exposure.MERGED}:
            assert (cell.n, cell.figures) == (None, None)
    assert find_cell(results.questions[0].departments, IT).exposure is Exposure.FEW


def test_a_smallest_group_below_the_floor_is_raised_to_it() -> None:
    results = tabulate(make_rows(IT, (1, 5)), k=1)
    assert (results.k, results.questions[0].total.exposure) == (3, Exposure.FEW)


def test_near_agreement_is_told_with_its_number_of_answers_only() -> None:
    cell = tabulate(make_rows(IT, (2, 2, 2, 2, 5))).questions[0].total
    assert (cell.exposure, cell.n, cell.figures) == (Exposure.AGREES, 5, None)


def test_promoters_who_differ_by_a_point_agree_nearly() -> None:
    table = tabulate(make_rows(IT, (9, 10, 9, 10, 9)), Question("Q1", QuestionKind.NPS)).questions[0]
    assert table.total.exposure is Exposure.AGREES


def test_departments_nobody_was_asked_in_are_not_listed() -> None:
    table = tabulate(make_rows(EAST, VARIED), invited={(WEST, None): 3}).questions[0]
    assert [cell.department for cell in table.departments] == [OPS, EAST, WEST]


def test_answers_of_an_unknown_department_count_for_the_organization() -> None:
    table = tabulate(make_rows(GONE, VARIED)).questions[0]
    assert (table.total.n, table.departments) == (5, ())


def test_distributions_need_twice_the_smallest_group() -> None:
    rows = make_rows(EAST, VARIED) + make_rows(IT, VARIED * 2) + make_rows(None, VARIED)
    table = tabulate(rows).questions[0]
    east, it = (find_cell(table.departments, each).figures for each in (EAST, IT))
    assert east is not None
    assert it is not None
    assert (east.spread, it.spread) == ((), (20, 20, 20, 20, 20))


def test_levels_have_figures_of_their_own() -> None:
    rows = (
        make_rows(EAST, VARIED, "middle")
        + make_rows(EAST, VARIED, "senior")
        + make_rows(IT, VARIED, "senior")
    )
    levels = tabulate(rows + make_rows(IT, VARIED, "middle")).questions[0].levels
    assert [(cell.level, cell.n) for cell in levels] == [("middle", 10), ("senior", 10)]


def test_levels_are_left_out_where_they_nearly_repeat_the_departments() -> None:
    """Six of EAST, five of them seniors, who are all there: the levels would tell the sixth."""
    rows = (
        make_rows(EAST, VARIED, "senior") + make_rows(EAST, (5,), "middle") + make_rows(IT, VARIED, "middle")
    )
    levels = tabulate([*rows, AnswerRow(None, "frontline", {"Q1": 3})]).questions[0].levels
    assert [(cell.level, cell.exposure) for cell in levels] == [
        ("frontline", Exposure.FEW),
        ("middle", Exposure.MERGED),
        ("senior", Exposure.MERGED),
    ]


def test_a_message_lands_evenly_or_not() -> None:
    message = Question("Q1", QuestionKind.CHOOSE, ("a", "b"), intended="a")
    rows = make_rows(EAST, tuple("aaabb")) + make_rows(WEST, tuple("abbba")) + make_rows(IT, tuple("aaaaa"))
    table = tabulate([*rows, *make_rows(None, ("b",) * 5)], message).questions[0]
    # 60 and 40: with a 100 for the department that agrees, its answers could be computed back.
    assert table.message is not None
    assert (table.message.landed, table.message.consistency) == (50, 80)
    assert (table.message.departments, table.message.left_out) == (2, 1)


def test_a_department_left_out_of_a_message_is_counted() -> None:
    message = Question("Q1", QuestionKind.CHOOSE, ("a", "b"), intended="a")
    rows = make_rows(EAST, tuple("aaabb")) + make_rows(IT, tuple("ab"))
    told = tabulate([*rows, *make_rows(None, tuple("ab" * 3))], message).questions[0].message
    assert told is not None
    assert (told.landed, told.consistency, told.departments, told.left_out) == (60, None, 1, 1)


def test_a_message_nobody_may_see_lands_nowhere() -> None:
    told = tabulate(make_rows(EAST, ("a",)), Question("Q1", QuestionKind.CHOOSE, ("a", "b"), "a")).questions[
        0
    ]
    assert told.message is not None
    assert (told.message.landed, told.message.departments) == (None, 0)


def test_a_choice_without_an_intended_option_is_no_message() -> None:
    table = tabulate(make_rows(IT, tuple("abab")), Question("Q1", QuestionKind.CHOOSE, ("a", "b")), k=3)
    assert table.questions[0].message is None


SELF = Question("L1", QuestionKind.AGREE, paired_with="Q1", area="strategy")


@pytest.mark.parametrize(
    ("leaders", "difference", "is_clear"), [((5, 5, 5, 4, 4), 1.6, True), ((1, 2, 3, 4, 5), 0.0, False)]
)
def test_what_leaders_say_of_themselves_stands_against_what_teams_say(
    leaders: tuple[int, ...], difference: float, is_clear: bool
) -> None:
    rows = make_rows(None, leaders, code="L1") + make_rows(IT, VARIED * 4)
    gap = tabulate(rows, AGREE, SELF).questions[1].gap
    assert gap is not None
    assert (gap.difference, gap.is_clear, gap.teams) == (difference, is_clear, 3.0)


@pytest.mark.parametrize(
    ("rows", "questions"),
    [
        (make_rows(None, (5, 4), code="L1") + make_rows(IT, VARIED), (AGREE, SELF)),
        (make_rows(None, VARIED, code="L1"), (AGREE, SELF)),
        (make_rows(None, VARIED, code="L1"), (SELF,)),
        (
            make_rows(None, tuple("ababa"), code="L1") + make_rows(IT, VARIED),
            (AGREE, Question("L1", QuestionKind.CHOOSE, ("a", "b"), paired_with="Q1")),
        ),
        (
            make_rows(None, VARIED, code="L1") + make_rows(IT, tuple("ababa")),
            (Question("Q1", QuestionKind.CHOOSE, ("a", "b")), SELF),
        ),
    ],
)
def test_there_is_no_gap_without_two_means(rows: list[AnswerRow], questions: tuple[Question, ...]) -> None:
    assert all(table.gap is None for table in tabulate(rows, *questions).questions)


def test_an_area_is_the_mean_of_what_is_shown() -> None:
    second = Question("Q2", QuestionKind.AGREE, area="strategy")
    rows = [AnswerRow(IT, None, {"Q1": value, "Q2": 6 - value}) for value in (1, 1, 1, 2, 4)]
    rows += make_rows(EAST, (2, 2, 2, 2, 2), code="Q2") + make_rows(None, VARIED * 2, code="L1")
    areas = tabulate(rows, AGREE, second, SELF, Question("Q3", QuestionKind.AGREE)).areas
    by_department = {each.department: (each.mean, each.based_on, each.of) for each in areas}
    assert {each.area for each in areas} == {"strategy"}
    assert by_department[EAST] == (None, 0, 2)
    assert by_department[IT][2] == 2


def test_own_words_need_ten_writers() -> None:
    question = Question("W1", QuestionKind.WORDS)
    nine, ten = (tuple(f"word {number}" for number in range(count)) for count in (9, 10))
    rows = make_rows(IT, nine, code="W1") + make_rows(EAST, ten, code="W1")
    told = tabulate([*rows, *make_rows(None, ("one more",), code="W1")], question).words
    by_department = {each.department: each.texts for each in told}
    assert sorted(by_department[EAST]) == sorted(ten)
    assert (by_department[IT], len(by_department[None])) == ((), 20)


def test_own_words_of_a_department_are_kept_back_where_fewer_remain() -> None:
    question = Question("W1", QuestionKind.WORDS)
    ten = tuple(f"word {number}" for number in range(10))
    told = tabulate(make_rows(EAST, ten, code="W1") + make_rows(IT, ten[:9], code="W1"), question).words
    assert [len(each.texts) for each in told if each.department in (None, EAST)] == [19, 0]


def test_own_words_come_in_random_order_and_keep_nothing_of_theirs() -> None:
    question = Question("W1", QuestionKind.WORDS)
    rows = make_rows(IT, tuple(f"word {number}" for number in range(20)), code="W1")
    texts = [tabulate(order, question).words[0].texts for order in (rows, rows[::-1])]
    assert texts[0] == texts[1]
    assert list(texts[0]) != sorted(texts[0])


def test_coverage_is_told_of_groups_that_are_large_enough() -> None:
    rows = make_rows(IT, VARIED, "senior") + make_rows(EAST, (3,), "middle")
    invited: Stands = {(IT, "senior"): 10, (EAST, "middle"): 20, (GONE, None): 2}
    told = {
        each.cell.department or each.cell.level: each
        for each in tabulate([*rows, *make_rows(None, VARIED)], invited=invited).coverage
    }
    assert (told[None].cell.n, told[None].invited, told[None].share) == (11, 32, 34)
    assert (told[IT].cell.n, told[IT].share, told[IT].is_blind) == (5, 50, False)
    east, middle = told[EAST], told["middle"]
    assert (east.cell.n, east.invited, east.share, east.cell.exposure) == (None, None, None, Exposure.FEW)
    assert middle.is_blind


def test_a_group_that_would_tell_a_smaller_one_is_merged_in_the_coverage_too() -> None:
    rows = make_rows(EAST, VARIED) + make_rows(WEST, (1, 5))
    told = [each.cell.exposure for each in tabulate(rows).coverage]
    assert told.count(Exposure.MERGED) == 1


def test_a_group_whose_answers_were_moved_up_is_not_called_blind() -> None:
    kept = make_rows(None, VARIED * 2, "senior") + make_rows(IT, VARIED)
    stood: Stands = {(EAST, "senior"): 4, (WEST, "senior"): 6, (IT, "middle"): 5}
    invited: Stands = {(EAST, "senior"): 5, (WEST, "senior"): 6, (IT, "middle"): 20, (GONE, None): 3}
    told = {
        each.cell.department or each.cell.level: each
        for each in tabulate(kept, invited=invited, answered=stood).coverage
    }
    assert {key: each.cell.exposure for key, each in told.items()} == {
        None: Exposure.SHOWN,
        OPS: Exposure.MERGED,
        EAST: Exposure.FEW,
        WEST: Exposure.MERGED,
        IT: Exposure.SHOWN,
        "senior": Exposure.SHOWN,
        "middle": Exposure.MERGED,
    }
    assert {key for key, each in told.items() if each.is_blind} == {IT, "middle"}
    assert (told[None].share, told[IT].share, told["senior"].share) == (44, 25, 91)


def test_a_group_that_lost_some_of_its_answers_has_no_share() -> None:
    kept = make_rows(OPS, VARIED) + make_rows(EAST, VARIED) + make_rows(IT, VARIED)
    stood: Stands = {(EAST, None): 7, (WEST, None): 3, (IT, None): 5}
    told = {each.cell.department: each for each in tabulate(kept, invited=stood, answered=stood).coverage}
    assert (told[OPS].cell.n, told[OPS].share, told[IT].share) == (10, 100, 100)
    assert (told[EAST].cell.exposure, told[EAST].cell.n, told[EAST].share) == (Exposure.MERGED, None, None)


def test_tables_can_be_kept_as_json_and_read_again() -> None:
    rows = make_rows(EAST, VARIED, "senior") + make_rows(IT, VARIED * 2, "middle")
    results = tabulate(rows, invited={(IT, "middle"): 12})
    shape = TypeAdapter(Results)
    kept = json.loads(json.dumps(shape.dump_python(results, mode="json")))
    assert shape.validate_python(kept) == results


people = st.lists(
    st.tuples(
        st.sampled_from([None, OPS, EAST, WEST, IT]),
        st.sampled_from([None, "senior", "middle"]),
        st.integers(1, 5),
    ),
    max_size=14,
)


@given(people, st.integers(3, 4))
@settings(max_examples=150, deadline=None)
def test_departments_and_levels_together_never_tell_of_fewer(people: list[tuple[Any, ...]], k: int) -> None:
    rows = [AnswerRow(department, level, {"Q1": value}) for department, level, value in people]
    table = tabulate(rows, k=k).questions[0]
    assert tabulate(rows[::-1], k=k).questions == (table,)
    inside: dict[UUID | None, set[UUID | None]] = {None: {None, *PARENTS}, OPS: {OPS, EAST, WEST}}
    members = []
    for cell in (table.total, *table.departments, *table.levels):
        if cell.figures is None:
            continue
        wanted = inside.get(cell.department, {cell.department})
        members.append(
            frozenset(
                number
                for number, row in enumerate(rows)
                if row.department in wanted and cell.level in (None, row.level)
            )
        )
        assert len(members[-1]) == cell.n
    assert not derives_of_fewer(members, len(rows), k)
