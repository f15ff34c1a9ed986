"""Surveys: kinds of questions, what a set of questions must be like, and what answers fit them.

Who is asked is in `survey_cells`, questions ready to use are in `survey_templates`; results do not live here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.problems import Problem

MOST_WORDS = 80
MOST_QUESTIONS = 40
FEWEST_OPTIONS, MOST_OPTIONS = 2, 20
# Own words betray their writer sooner than figures do (measures.md, 12).
MINIMUM_FOR_WORDS = 10
# What stands in the place of a survey's code in an address.
RESERVED_SURVEY_CODES = frozenset({"templates", "invitations", "answer"})


class SurveyKind(StrEnum):
    """A survey asks much at times, a pulse little and often, an audit after the five areas of alignment."""

    SURVEY = "survey"
    PULSE = "pulse"
    AUDIT = "audit"


class SurveyStatus(StrEnum):
    """Where a survey stands: a draft is edited, an open one is answered, a closed one shows its results."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class QuestionKind(StrEnum):
    """How a question is answered."""

    AGREE = "agree"
    NPS = "nps"
    RANK = "rank"
    CHOOSE = "choose"
    WORDS = "words"


class AuditArea(StrEnum):
    """The five areas of an alignment audit (S42-S46)."""

    STRATEGY = "strategy"
    DECISIONS = "decisions"
    COMMUNICATION = "communication"
    GOALS = "goals"
    CULTURE = "culture"


SCALES: Mapping[QuestionKind, tuple[int, int]] = {QuestionKind.AGREE: (1, 5), QuestionKind.NPS: (0, 10)}
_WITH_OPTIONS = (QuestionKind.RANK, QuestionKind.CHOOSE)


class Asked(NamedTuple):
    """What of a question decides which answers fit: its code, its kind, and the codes of its options."""

    code: str
    kind: QuestionKind
    options: tuple[str, ...] = ()
    intended: str | None = None
    paired_with: str | None = None


def check_questions(questions: Sequence[Asked]) -> list[Problem]:
    """What is wrong with a set of questions: doubled codes, missing or needless options, ends that hang.

    Codes are compared without case. `rank` and `choose` need 2 to 20 options, others have none; `intended`
    names an option of a `choose`; `paired_with` names another question of the same kind. No questions at all
    are no problem here: a draft may be empty.

    >>> [each.code for each in check_questions([Asked("Q1", QuestionKind.RANK)])]
    ['number_of_options']
    """
    problems = []
    counts = Counter(each.code.lower() for each in questions)
    kinds = {each.code: each.kind for each in questions}
    for index, each in enumerate(questions):
        place = f"questions/{index}"
        if counts[each.code.lower()] > 1:
            problems.append(Problem(f"{place}/code", "duplicate", f"Two questions are called {each.code}."))
        problems += _check_options(place, each)
        if each.paired_with is not None and not _is_pair(each, kinds):
            sentence = "A pair is another question of this survey, of the same kind."
            problems.append(Problem(f"{place}/paired_with", "no_pair", sentence))
    return problems


def _check_options(place: str, question: Asked) -> list[Problem]:
    problems = []
    fewest, most = (FEWEST_OPTIONS, MOST_OPTIONS) if question.kind in _WITH_OPTIONS else (0, 0)
    if not fewest <= len(question.options) <= most:
        wanted = f"{fewest} to {most} options" if most else "no options"
        sentence = f"A question of the kind {question.kind} has {wanted}."
        problems.append(Problem(f"{place}/options", "number_of_options", sentence))
    if len({each.lower() for each in question.options}) < len(question.options):
        problems.append(Problem(f"{place}/options", "duplicate", "Two options have the same code."))
    if question.intended is not None and not _may_intend(question):
        sentence = "Only where one option is chosen one of them can be the intended one."
        problems.append(Problem(f"{place}/intended", "no_option", sentence))
    return problems


def _may_intend(question: Asked) -> bool:
    return question.kind is QuestionKind.CHOOSE and question.intended in question.options


def _is_pair(question: Asked, kinds: Mapping[str, QuestionKind]) -> bool:
    other = question.paired_with
    return other is not None and other != question.code and kinds.get(other) is question.kind


Sheet = dict[str, Any]


def read_sheet(questions: Sequence[Asked], answers: Mapping[str, Any]) -> tuple[Sheet, list[Problem]]:
    """The answers of one person as they are kept, and what does not fit; nobody has to answer everything.

    `agree` takes 1 to 5, `nps` 0 to 10, `rank` every option once with the first one first, `choose` the code
    of an option, `words` at most 80 words. None and blank words are the same as no answer and are left out.
    A sheet without any answer is a problem: it would use up the invitation.

    >>> read_sheet([Asked("Q1", QuestionKind.AGREE)], {"Q1": 4})
    ({'Q1': 4}, [])
    """
    asked = {each.code: each for each in questions}
    sheet: Sheet = {}
    problems = []
    for code, value in answers.items():
        if code not in asked:
            problems.append(Problem(f"answers/{code}", "unknown_question", f"{code} is not asked here."))
            continue
        kept = value.strip() if isinstance(value, str) else value
        if kept is None or kept == "":
            continue
        if sentence := _judge_answer(asked[code], kept):
            problems.append(Problem(f"answers/{code}", "bad_answer", sentence))
        else:
            sheet[code] = kept
    if not sheet and not problems:
        problems.append(Problem("answers", "nothing_answered", "Answer one question at least."))
    return sheet, problems


def _judge_answer(question: Asked, value: Any) -> str | None:
    """Why a value is no answer to a question; None when it is one."""
    if question.kind in SCALES:
        low, high = SCALES[question.kind]
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return None if fits else f"This is answered by a whole number from {low} to {high}."
    if question.kind is QuestionKind.RANK:
        fits = isinstance(value, list) and sorted(map(str, value)) == sorted(question.options)
        return None if fits else "Put every option in its place, each once."
    if question.kind is QuestionKind.CHOOSE:
        return None if value in question.options else "Choose one of the options."
    fits = isinstance(value, str) and len(value.split()) <= MOST_WORDS
    return None if fits else f"At most {MOST_WORDS} words."


def coarse_count(answered: int, minimum: int) -> int:
    """How many answers may be told while a survey is open: none below twice the minimum, then in its steps.

    Whoever watches a counter sees when somebody answers (measures.md, 12). Not negative.

    >>> [coarse_count(n, 5) for n in (9, 10, 14, 15)]
    [0, 10, 10, 15]
    """
    return answered // minimum * minimum if answered >= 2 * minimum else 0
