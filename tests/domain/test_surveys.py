"""Questions and answers of surveys: what fits, and what is said where it does not."""

from typing import Any

import pytest

from app.domain.survey_templates import TEMPLATES
from app.domain.surveys import Asked, AuditArea, QuestionKind, check_questions, coarse_count, read_sheet

AGREE = Asked("A", QuestionKind.AGREE)
NPS = Asked("N", QuestionKind.NPS)
RANK = Asked("R", QuestionKind.RANK, ("G1", "G2", "G3"))
CHOOSE = Asked("C", QuestionKind.CHOOSE, ("G1", "G2"), intended="G2")
WORDS = Asked("W", QuestionKind.WORDS)


@pytest.mark.parametrize(
    ("questions", "found"),
    [
        ([AGREE, NPS, RANK, CHOOSE, WORDS], []),
        ([], []),
        ([AGREE, Asked("a", QuestionKind.NPS)], ["questions/0/code", "questions/1/code"]),
        ([Asked("R", QuestionKind.RANK, ("G1",))], ["questions/0/options"]),
        ([Asked("R", QuestionKind.RANK, ("G1", "g1"))], ["questions/0/options"]),
        ([Asked("A", QuestionKind.AGREE, ("G1", "G2"))], ["questions/0/options"]),
        ([Asked("C", QuestionKind.CHOOSE, ("G1", "G2"), intended="G3")], ["questions/0/intended"]),
        ([Asked("R", QuestionKind.RANK, ("G1", "G2"), intended="G1")], ["questions/0/intended"]),
        ([AGREE, Asked("B", QuestionKind.AGREE, paired_with="A")], []),
        ([Asked("B", QuestionKind.AGREE, paired_with="B")], ["questions/0/paired_with"]),
        ([NPS, Asked("B", QuestionKind.AGREE, paired_with="N")], ["questions/1/paired_with"]),
        ([Asked("B", QuestionKind.AGREE, paired_with="Z")], ["questions/0/paired_with"]),
    ],
)
def test_what_is_wrong_with_questions_is_said_at_its_place(questions: list[Asked], found: list[str]) -> None:
    assert [each.field for each in check_questions(questions)] == found


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (AGREE, 1),
        (AGREE, 5),
        (NPS, 0),
        (NPS, 10),
        (RANK, ["G3", "G1", "G2"]),
        (CHOOSE, "G1"),
        (WORDS, "w " * 80),
    ],
)
def test_answers_that_fit_are_kept(question: Asked, value: Any) -> None:
    kept = value.strip() if isinstance(value, str) else value
    assert read_sheet([question], {question.code: value}) == ({question.code: kept}, [])


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (AGREE, 0),
        (AGREE, 6),
        (AGREE, True),
        (AGREE, "4"),
        (NPS, 11),
        (NPS, 7.5),
        (RANK, ["G1", "G2"]),
        (RANK, ["G1", "G2", "G2"]),
        (RANK, "G1"),
        (CHOOSE, "G3"),
        (CHOOSE, ["G1"]),
        (WORDS, "w " * 81),
        (WORDS, 4),
    ],
)
def test_answers_that_do_not_fit_are_refused_at_their_place(question: Asked, value: Any) -> None:
    sheet, problems = read_sheet([question], {question.code: value})
    assert sheet == {}
    assert [each.field for each in problems] == [f"answers/{question.code}"]


def test_nobody_has_to_answer_everything_but_something() -> None:
    questions = [AGREE, NPS, WORDS]
    assert read_sheet(questions, {"A": 4, "N": None, "W": "  "}) == ({"A": 4}, [])
    for empty in ({}, {"A": None, "W": ""}):
        sheet, problems = read_sheet(questions, empty)
        assert (sheet, [each.code for each in problems]) == ({}, ["nothing_answered"])
    sheet, problems = read_sheet(questions, {"Z": 4})
    assert [each.code for each in problems] == ["unknown_question"]


def test_a_counter_that_is_watched_tells_nobody_s_answer() -> None:
    told = [coarse_count(answered, 5) for answered in range(0, 21)]
    assert told == [0] * 10 + [10] * 5 + [15] * 5 + [20]


def test_every_template_asks_questions_that_hold_together() -> None:
    assert len({each.name for each in TEMPLATES}) == len(TEMPLATES)
    for template in TEMPLATES:
        asked = [
            Asked(
                each.code,
                each.kind,
                tuple(option.code for option in each.options),
                each.intended,
                each.paired_with,
            )
            for each in template.questions
            if each.fills is None
        ]
        assert check_questions(asked) == [], template.name
        assert all(len(each.text) <= 200 for each in template.questions)


def test_the_audit_asks_alike_much_about_each_of_the_five_areas() -> None:
    (audit,) = (each for each in TEMPLATES if each.name == "audit")
    rated = [each.area for each in audit.questions if each.kind is QuestionKind.AGREE]
    assert {area: rated.count(area) for area in AuditArea} == dict.fromkeys(AuditArea, 3)
