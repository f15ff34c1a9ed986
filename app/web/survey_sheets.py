"""A survey as the sheet somebody fills in: its questions, and what a browser sent for them.

Which answers fit is in `domain/surveys`; the routes are in `survey_answers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException

from app.domain.surveys import SCALES, QuestionKind
from app.errors import CoxswainError, Malformed
from app.models.surveys import Question
from app.web.forms import MOST_FIELDS

AGREE_WORDS = ("strongly disagree", "disagree", "neither", "agree", "strongly agree")
NPS_ENDS = ("not at all likely", "extremely likely")
# So long it takes to answer, by experience with such questions.
SECONDS = {
    QuestionKind.AGREE: 8,
    QuestionKind.NPS: 10,
    QuestionKind.CHOOSE: 15,
    QuestionKind.RANK: 45,
    QuestionKind.WORDS: 45,
}


@dataclass
class Sheet:
    """What was sent: as it was typed by field, what is wrong by the code of the question, the answers."""

    typed: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def refuse(self, error: CoxswainError) -> None:
        """Lets what is refused land beside its question; what has none is about the whole sheet."""
        for fault in error.faults:
            self.wrong.setdefault(fault.pointer.removeprefix("/answers").lstrip("/"), fault.detail)
        if not error.faults:
            self.wrong.setdefault("", error.detail)


@dataclass(frozen=True, slots=True)
class OptionView:
    """One thing to choose or to put in order; `value` is the place that was typed for it."""

    name: str
    value: str
    text: str
    hint: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question as it is asked."""

    number: int
    name: str
    kind: str
    text: str
    behaviour: str | None
    options: tuple[OptionView, ...]
    typed: str
    wrong: str | None


async def read_answer_form(request: Request, questions: Sequence[Question]) -> Sheet:
    """Fields are named after the place of their question, so that no code can be mistaken for another."""
    try:
        sent = await request.form(max_fields=MOST_FIELDS, max_files=0)
    except (HTTPException, ValueError) as error:
        raise Malformed("The form cannot be read.") from error
    sheet = Sheet(typed={name: value.strip() for name, value in sent.items() if isinstance(value, str)})
    for place, question in enumerate(questions):
        answer = _read_answer(sheet, question, f"a{place}")
        if answer is not None:
            sheet.answers[question.code] = answer
    return sheet


def _read_answer(sheet: Sheet, question: Question, name: str) -> Any:
    if question.kind is QuestionKind.RANK:
        return _read_order(sheet, question, name)
    text = sheet.typed.get(name, "")
    if question.kind in SCALES and text.isascii() and text.isdigit():
        return int(text)
    return text or None


def _read_order(sheet: Sheet, question: Question, name: str) -> list[str] | None:
    """The options in the order of the places they were given; None when none was given any."""
    places = [sheet.typed.get(f"{name}.{number}", "") for number in range(len(question.options))]
    if not any(places):
        return None
    wanted = [str(place) for place in range(1, len(places) + 1)]
    if sorted(places) != sorted(wanted):
        sheet.wrong[question.code] = f"Give every line a place from 1 to {len(places)}, each place once."
        return None
    codes = dict(zip(places, (option.code for option in question.options), strict=True))
    return [codes[place] for place in wanted]


def view_asked(questions: Sequence[Question], sheet: Sheet) -> list[QuestionView]:
    """The questions, with what was typed and what is wrong with it."""
    return [
        QuestionView(
            number=place + 1,
            name=f"a{place}",
            kind=question.kind.value,
            text=question.text,
            behaviour=question.behaviour if question.behaviour not in (None, question.text) else None,
            options=tuple(_view_options(question, f"a{place}", sheet.typed)),
            typed=sheet.typed.get(f"a{place}", ""),
            wrong=sheet.wrong.get(question.code),
        )
        for place, question in enumerate(questions)
    ]


def _view_options(question: Question, name: str, typed: Mapping[str, str]) -> list[OptionView]:
    chosen = typed.get(name)
    if question.kind is QuestionKind.RANK:
        return [
            OptionView(f"{name}.{number}", typed.get(f"{name}.{number}", ""), option.text)
            for number, option in enumerate(question.options)
        ]
    if question.kind is QuestionKind.CHOOSE:
        pairs = [(option.code, option.text, "") for option in question.options]
    elif question.kind is QuestionKind.AGREE:
        pairs = [(str(point), str(point), words) for point, words in enumerate(AGREE_WORDS, 1)]
    elif question.kind is QuestionKind.NPS:
        pairs = [(str(point), str(point), "") for point in range(11)]
    else:
        pairs = []
    return [OptionView(name, value, text, hint, value == chosen) for value, text, hint in pairs]


def say_length(questions: Sequence[Question]) -> str:
    """How many questions there are and how long they take.

    >>> say_length([])
    '0 questions, less than a minute'
    """
    seconds = sum(SECONDS[question.kind] for question in questions)
    minutes = -(-seconds // 60)
    count = f"{len(questions)} question{'' if len(questions) == 1 else 's'}"
    if minutes <= 1:
        return f"{count}, {'about' if seconds > 30 else 'less than'} a minute"
    return f"{count}, about {minutes} minutes"


def promise_anonymity(
    smallest: int, group: tuple[str | None, str | None], *, has_words: bool
) -> tuple[str, str, str]:
    """What becomes of the answers, in three honest sentences; the group, department and level, stays."""
    parts = [part for part in (group[0], f"level {group[1]}" if group[1] else None) if part]
    beside = f"Only your group ({', '.join(parts)}) is" if parts else "Nothing is"
    words = "; own words are shown, word for word, to those who run the survey" if has_words else ""
    return (
        "Your answers carry no name and no time, and when you send them your invitation is deleted.",
        f"{beside} kept beside them, and no result of fewer than {smallest} people is ever shown.",
        f"Whether you answered can be found out, what you answered cannot{words}.",
    )
