"""The results of a closed survey: overall, by departments, by levels, own words, and who answered.

Each is a page with an address of its own; what they show is made in `survey_tables`. Looking at a part
leaves an event, because small groups are found by looking at many parts.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep, note_results_view
from app.domain.permissions import Permission, may
from app.domain.permissions import Place as Where
from app.domain.survey_results import Results
from app.domain.surveys import QuestionKind, SurveyStatus
from app.errors import SeeOther
from app.models.base import Code
from app.models.surveys import Question, Survey
from app.queries.survey_results import find_results
from app.queries.surveys import find_survey
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none
from app.web.render import page
from app.web.survey_places import STEP, list_survey_places
from app.web.survey_tables import (
    list_words,
    say_coverage,
    say_what_is_hidden,
    view_areas,
    view_coverage,
    view_departments,
    view_levels,
    view_overall,
)

router = APIRouter(include_in_schema=False)
Part = Literal["overall", "departments", "levels", "words", "answered"]
PARTS: dict[Part, str] = {
    "overall": "Whole organization",
    "departments": "Departments",
    "levels": "Levels",
    "words": "Own words",
    "answered": "Who answered",
}


class ResultsQuery(Contract):
    """Which part of the results is looked at; blank fields of the form ask for nothing."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    part: Part = "overall"
    question: Annotated[Code | None, BeforeValidator(blank_is_none)] = None
    department: Annotated[UUID | None, BeforeValidator(blank_is_none)] = None


@router.get("/surveys/{survey}/results")
async def show_results_page(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    survey: str,
    asked: Annotated[ResultsQuery, Query()],
) -> Response:
    """What may be shown, one part at a time."""
    row = await find_survey(session, survey, actor=person)
    if row.status is not SurveyStatus.CLOSED:
        raise SeeOther(f"/surveys/{row.code}")
    results = await find_results(session, row, actor=person)
    chosen = asked.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    if chosen:
        note_results_view(request, person, row.id, chosen)
    questions = [Question.model_validate(each) for each in row.questions]
    context = {
        "survey": row,
        "asked": asked,
        "parts": list(_list_parts(row, results)),
        "here": _address(row, asked.part),
        "coverage": say_coverage(results),
        "may_write": may(person, Permission.SURVEYS_WRITE, on=Where()),
        **await _show_part(session, results, questions, asked),
    }
    return page(request, f"surveys/results_{asked.part}.html", **context)


def _address(row: Survey, part: Part) -> str:
    home = f"/surveys/{row.code}/results"
    return home if part == "overall" else f"{home}?part={part}"


def _list_parts(row: Survey, results: Results) -> Iterator[tuple[str, str]]:
    """Without questions in numbers only words and coverage are left; words are not for everybody."""
    for part, words in PARTS.items():
        if part == "words" and not results.words:
            continue
        if part in ("overall", "departments", "levels") and not results.questions:
            continue
        yield _address(row, part), words


async def _show_part(
    session: SessionDep, results: Results, questions: list[Question], asked: ResultsQuery
) -> dict[str, Any]:
    if asked.part == "overall":
        return {"results": view_overall(results, questions), "hidden": say_what_is_hidden(results)}
    if asked.part == "levels":
        columns, rows = view_levels(results, questions)
        return {"columns": columns, "rows": rows, "hidden": say_what_is_hidden(results)}
    places = await list_survey_places(session, _list_departments(results))
    if asked.part == "answered":
        return {"rows": view_coverage(results, places)}
    if asked.part == "words":
        choices = [(str(each.id), f"{STEP * each.depth}{each.name}") for each in places]
        return {"departments": choices, "voices": list_words(results, questions, asked.department)}
    return _compare_departments(results, questions, asked, places) | {"hidden": say_what_is_hidden(results)}


def _list_departments(results: Results) -> set[UUID]:
    return {each.cell.department for each in results.coverage if each.cell.department is not None}


def _compare_departments(
    results: Results, questions: list[Question], asked: ResultsQuery, places: Any
) -> dict[str, Any]:
    """One question by departments, or all areas of the audit, or the first question."""
    numbered = [each for each in questions if each.kind is not QuestionKind.WORDS]
    chosen = next((each for each in numbered if each.code == asked.question), None)
    if chosen is None and not results.areas and numbered:
        chosen = numbered[0]
    columns, rows = (
        view_areas(results, places) if chosen is None else view_departments(results, chosen, places)
    )
    return {
        "choices": [(each.code, each.text) for each in numbered],
        "blank": "All areas" if results.areas else None,
        "chosen": chosen,
        "columns": columns,
        "rows": rows,
    }
