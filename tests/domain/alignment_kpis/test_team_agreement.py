"""Agreement of teams about behaviours: only where every question is shown, and nobody's answer is derived."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random
from uuid import UUID

import numpy as np
import pytest

from app.domain.alignment_kpis.rows import AgreementRow
from app.domain.alignment_kpis.team_agreement import RatedSurvey, measure_team_agreement
from app.domain.survey_figures import Question
from app.domain.survey_results import AnswerRow, Turnout
from app.domain.survey_tabulation import tabulate_answers
from app.domain.surveys import QuestionKind

OPS, EAST, IT, GONE = (UUID(int=number) for number in range(1, 5))
PARENTS = {OPS: None, EAST: OPS, IT: None}
CODES = ("B1", "B2")
HERE = [(5, 4), (4, 4), (3, 5), (4, 3), (2, 4), (5, 5)]
THERE = [(1, 2), (2, 2), (3, 1), (4, 1), (2, 3)]


def make_people(department: UUID | None, ratings: Sequence[tuple[int | None, ...]]) -> list[AnswerRow]:
    return [AnswerRow(department, None, dict(zip(CODES, each, strict=False))) for each in ratings]


def measure(
    *groups: list[AnswerRow], codes: tuple[str, ...] = CODES, options: int = 5
) -> dict[object, AgreementRow]:
    rows = [row for group in groups for row in group]
    stood = Counter((row.department, row.level) for row in rows)
    results = tabulate_answers(
        [Question(code, QuestionKind.AGREE) for code in codes],
        rows,
        PARENTS,
        k=5,
        turnout=Turnout(stood, stood),
        rng=Random(1),
    )
    rated = RatedSurvey(
        survey="S1",
        closed_on=date(2026, 3, 5),
        options=options,
        k=results.k,
        tables=results.questions,
        answers=rows,
        parents=PARENTS,
    )
    return {row.department: row for row in measure_team_agreement(rated)}


def agree_by_arrays(ratings: Sequence[tuple[int, ...]], variance: float) -> float:
    numbers = np.array(ratings, dtype=float)
    ratio = max(0.0, 1 - float(numbers.var(axis=0, ddof=1).mean()) / variance)
    items = numbers.shape[1]
    return float(round(items * ratio / (items * ratio + 1 - ratio), 2))


def test_agreement_is_told_as_a_range_of_what_chance_could_be() -> None:
    told = measure(make_people(EAST, HERE), make_people(IT, THERE))
    assert told.keys() == {None, OPS, EAST, IT}
    for department, ratings in ((None, HERE + THERE), (OPS, HERE), (EAST, HERE), (IT, THERE)):
        row = told[department]
        assert (row.survey, row.closed_on) == ("S1", date(2026, 3, 5))
        assert row.low == agree_by_arrays(ratings, 1.34)
        assert row.high == agree_by_arrays(ratings, 2.0)
    assert 0 < told[EAST].low < told[EAST].high < 1


def test_one_behaviour_is_too_few_and_an_unusual_scale_has_no_range() -> None:
    people = make_people(IT, HERE)
    assert measure(people, codes=("B1",)) == {}
    assert measure(people, options=4) == {}


def test_one_who_left_a_question_out_would_be_told_by_the_difference() -> None:
    told = measure(make_people(EAST, [*HERE, (5, None)]), make_people(IT, THERE))
    assert told.keys() == {IT}


def test_five_who_left_a_question_out_are_not_counted() -> None:
    left_out: list[tuple[int | None, ...]] = [(1, None), (2, None), (5, None), (4, None), (3, None)]
    told = measure(make_people(EAST, [*HERE, *left_out]), make_people(IT, THERE))
    assert told.keys() == {None, OPS, EAST, IT}
    assert told[EAST].high == agree_by_arrays(HERE, 2.0)


@pytest.mark.parametrize("alike", [[(4, 4)] * 5, [(4, rating) for rating in (1, 2, 3, 4, 5)]])
def test_those_who_answered_all_must_not_be_nearly_alike(alike: list[tuple[int | None, ...]]) -> None:
    others: list[tuple[int | None, ...]] = [(rating, None) for rating in (1, 2, 3, 4, 5)]
    others += [(None, rating) for rating in (1, 2, 3, 4, 5)]
    assert measure(make_people(IT, alike + others)) == {}


def test_a_team_that_is_kept_back_in_one_question_is_not_told() -> None:
    told = measure(make_people(EAST, HERE), make_people(IT, [(4, each) for each, _ in HERE]))
    assert told.keys() == {None}


def test_answers_of_an_unknown_department_count_for_the_organization() -> None:
    told = measure(make_people(GONE, HERE), make_people(None, THERE))
    assert told.keys() == {None}
    assert told[None].high == agree_by_arrays(HERE + THERE, 2.0)
