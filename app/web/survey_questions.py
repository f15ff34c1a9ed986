"""The questions of a draft: adding, changing, moving and removing one at a time, without a script, too."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen
from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict

from app.actions.surveys import update_survey
from app.deps import SessionDep
from app.domain.codes import suggest_code
from app.domain.permissions import Actor, Permission
from app.domain.surveys import MOST_OPTIONS, AuditArea, QuestionKind
from app.errors import NotFound
from app.models.base import Code, Line
from app.models.surveys import Option, Question, Survey
from app.queries.surveys import find_survey
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, read_form
from app.web.render import done, fragments, go_to, is_partial, page
from app.web.saving import OK, save_form
from app.web.survey_tables import AREA_WORDS, KIND_WORDS
from app.web.surveys import list_question_lines
from app.web.surveys_edit import read_survey_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.SURVEYS_WRITE
# `G1: Be the store people choose first`: a code of ours before the text.
_CODED = re.compile(r"([A-Za-z0-9._-]{1,40}):\s+(.+)")


class QuestionForm(Contract):
    """One question; its options one a line, the one that is meant by its number."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    code: Code
    kind: QuestionKind
    text: Line
    area: AuditArea | None = None
    about: Line | None = None
    behaviour: Line | None = None
    options: Annotated[list[Line], MaxLen(MOST_OPTIONS)] = []  # noqa: RUF012  (pydantic copies it)
    intended: Annotated[int, Ge(1), Le(MOST_OPTIONS)] | None = None
    paired_with: Code | None = None


class MoveForm(Contract):
    """Which way a question goes."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    to: Literal["up", "down"]


@router.get("/surveys/{survey}/questions/new")
async def new_question(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    survey: str,
    kind: QuestionKind = QuestionKind.AGREE,
) -> Response:
    """The form of a new question of some kind."""
    row = await find_survey(session, survey, actor=person, to=WRITE)
    code = suggest_code("Q", [each["code"] for each in row.questions])
    return _show(request, row, Form(values={"code": code, "kind": kind.value}), None)


@router.post("/surveys/{survey}/questions/new")
async def add_question(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """Adds a question at the end."""
    form = await read_form(request, QuestionForm)
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)

    async def save(data: QuestionForm) -> None:
        await _replace_questions(session, row, [*_list_questions(row), _make_question(data)], person)

    return await _save(request, session, row, form, save, None)


@router.get("/surveys/{survey}/questions/{question}")
async def edit_question(
    request: Request, session: SessionDep, person: PersonDep, survey: str, question: str
) -> Response:
    """A question as it is."""
    row = await find_survey(session, survey, actor=person, to=WRITE)
    questions = _list_questions(row)
    return _show(request, row, _fill(questions[_find_place(questions, question)]), question)


@router.post("/surveys/{survey}/questions/{question}")
async def save_question(
    request: Request, session: SessionDep, person: PersonDep, survey: str, question: str
) -> Response:
    """Replaces a question."""
    form = await read_form(request, QuestionForm)
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    questions = _list_questions(row)
    place = _find_place(questions, question)

    async def save(data: QuestionForm) -> None:
        changed = [*questions[:place], _make_question(data), *questions[place + 1 :]]
        await _replace_questions(session, row, changed, person)

    return await _save(request, session, row, form, save, question)


@router.post("/surveys/{survey}/questions/{question}/move")
async def move_question(
    request: Request, session: SessionDep, person: PersonDep, survey: str, question: str
) -> Response:
    """Lets a question change places with the one before or after it."""
    form = await read_form(request, MoveForm)
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    questions = _list_questions(row)
    place = _find_place(questions, question)
    other = place + (-1 if form.values.get("to") == "up" else 1)
    if 0 <= other < len(questions):
        questions[place], questions[other] = questions[other], questions[place]
        await _replace_questions(session, row, questions, person)
    return _show_lines(request, row)


@router.post("/surveys/{survey}/questions/{question}/remove")
async def remove_question(
    request: Request, session: SessionDep, person: PersonDep, survey: str, question: str
) -> Response:
    """Takes a question out of a draft."""
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    questions = _list_questions(row)
    del questions[_find_place(questions, question)]
    await _replace_questions(session, row, questions, person)
    return _show_lines(request, row)


def _list_questions(row: Survey) -> list[Question]:
    return [Question.model_validate(each) for each in row.questions]


def _find_place(questions: Sequence[Question], code: str) -> int:
    for place, each in enumerate(questions):
        if each.code.lower() == code.lower():
            return place
    raise NotFound(f"The survey has no question {code}.")


async def _replace_questions(
    session: SessionDep, row: Survey, questions: list[Question], person: Actor
) -> None:
    data = read_survey_form(row).model_copy(update={"questions": questions})
    await update_survey(session, row, data, actor=person)


def _make_question(data: QuestionForm) -> Question:
    options = [_read_option(text, number) for number, text in enumerate(data.options, 1)]
    intended = None
    if data.intended is not None:
        # A number beyond the last line names no option, and is refused as such.
        intended = options[data.intended - 1].code if data.intended <= len(options) else str(data.intended)
    values = data.model_dump() | {"options": options, "intended": intended}
    return Question.model_validate(values)


def _read_option(line: str, number: int) -> Option:
    match = _CODED.fullmatch(line)
    return Option(code=match[1], text=match[2]) if match else Option(code=str(number), text=line)


def _write_option(option: Option, number: int) -> str:
    return option.text if option.code == str(number) else f"{option.code}: {option.text}"


def _fill(question: Question) -> Form[QuestionForm]:
    values: dict[str, Any] = question.model_dump(mode="json")
    codes = [option.code for option in question.options]
    values["options"] = [_write_option(option, number) for number, option in enumerate(question.options, 1)]
    values["intended"] = codes.index(question.intended) + 1 if question.intended in codes else None
    return Form(values=values)


async def _save(
    request: Request, session: SessionDep, row: Survey, form: Form[QuestionForm], save: Any, code: str | None
) -> Response:
    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, f"/surveys/{row.code}#questions")
    # A fault of the whole survey names the place of its question; here there is one only.
    form.errors = {re.sub(r"\Aquestions\.[0-9]+\.?", "", name): words for name, words in form.errors.items()}
    return _show(request, row, form, code, status=status)


def _show(
    request: Request, row: Survey, form: Form[QuestionForm], code: str | None, *, status: int = OK
) -> Response:
    home = f"/surveys/{row.code}"
    context: dict[str, Any] = {
        "form": form,
        "survey": row,
        "code": code,
        "action": f"{home}/questions/{code or 'new'}",
        "kinds": [(kind.value, words) for kind, words in KIND_WORDS.items()],
        "areas": list(AREA_WORDS.items()),
        "others": [(each.code, each.text) for each in _list_questions(row) if each.code != code],
        "kind": form.values.get("kind"),
    }
    if status != OK and is_partial(request):
        return fragments(request, [("surveys/_question_form.html", context)], status=status)
    return page(request, "surveys/question.html", status=status, **context)


def _show_lines(request: Request, row: Survey) -> Response:
    context = {"survey": row, "lines": list_question_lines(row), "may_write": True}
    return done(request, [("surveys/_questions.html", context)], to=f"/surveys/{row.code}#questions")
