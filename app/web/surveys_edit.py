"""Making a survey: a new one, what is written about it and whom it asks, and taking it away.

Its questions are in `survey_questions`.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict

from app.actions.surveys import archive_survey, create_survey, delete_survey, update_survey
from app.deps import SessionDep
from app.domain.codes import suggest_code
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.survey_templates import TEMPLATES
from app.domain.surveys import SurveyStatus
from app.domain.words import Level
from app.models.base import Day, Line
from app.models.surveys import NewSurvey, Survey, SurveyCode, SurveyFilter, SurveyInput
from app.queries._find import load_named
from app.queries.organization import find_organization
from app.queries.surveys import find_survey, list_surveys
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Contract, Form, read_form
from app.web.render import fragments, go_to, is_partial, page
from app.web.saving import OK, save_form
from app.web.survey_answers import lay_out_sheet
from app.web.survey_places import STEP, list_survey_places
from app.web.survey_sheets import Sheet
from app.web.surveys import MOST_SURVEYS, SURVEY_KINDS

router = APIRouter(include_in_schema=False)
WRITE = Permission.SURVEYS_WRITE
PREVIEW_GROUP = ("their department", "their level")


class NewSurveyForm(Contract):
    """How a survey begins."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    template: str | None = None
    code: SurveyCode
    title: Line
    closes_on: Day | None = None


class RunningForm(Contract):
    """What may still change while people answer."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    title: Line
    closes_on: Day | None = None


@router.get("/surveys/new")
async def new_survey(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """The form of a new survey: a template, or none."""
    require(person, WRITE, on=Place())
    rows, _ = await list_surveys(session, SurveyFilter(limit=MOST_SURVEYS), actor=person)
    code = suggest_code("PULSE", [row.code for row in rows])
    form: Form[NewSurveyForm] = Form(values={"code": code, "template": TEMPLATES[0].name})
    return _show_new(request, form)


@router.post("/surveys/new")
async def create_survey_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Makes a draft, and goes on to its questions."""
    require(person, WRITE, on=Place())
    form = await read_form(request, NewSurveyForm)

    async def save(data: NewSurveyForm) -> None:
        values = {name: value for name, value in data.model_dump().items() if value is not None}
        await create_survey(session, NewSurvey.model_validate(values), actor=person)

    status = await save_form(session, form, save)
    if status != OK:
        return _show_new(request, form, status=status)
    return go_to(request, f"/surveys/{form.values['code']}")


@router.get("/surveys/{survey}/edit")
async def edit_survey(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """What is written about a survey, and whom it asks."""
    row = await find_survey(session, survey, actor=person, to=WRITE)
    return await _show_edit(request, session, person, await _fill(session, row), row)


@router.post("/surveys/{survey}/edit")
async def update_survey_button(
    request: Request, session: SessionDep, person: PersonDep, survey: str
) -> Response:
    """Replaces all but the questions; of what people answer already only title and last day."""
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    current, now = read_survey_form(row), await _fill(session, row)

    async def save(data: SurveyInput | RunningForm) -> None:
        if isinstance(data, SurveyInput):
            changed = data.model_copy(update={"questions": current.questions})
        else:
            changed = current.model_copy(update=data.model_dump())
        await update_survey(session, row, changed, actor=person)

    contract = SurveyInput if row.status is SurveyStatus.DRAFT else RunningForm
    form: Form[Any] = await read_form(request, contract)
    status = await save_form(session, form, save, now=now)
    if status != OK:
        return await _show_edit(request, session, person, form, row, status=status)
    return go_to(request, f"/surveys/{row.code}")


@router.get("/surveys/{survey}/preview")
async def preview_survey(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """The sheet as those who are asked will see it; it sends nothing."""
    row = await find_survey(session, survey, actor=person, to=WRITE)
    return page(request, "surveys/preview.html", **lay_out_sheet(row, Sheet(), PREVIEW_GROUP), action=None)


@router.post("/surveys/{survey}/archive")
async def archive_survey_button(
    request: Request, session: SessionDep, person: PersonDep, survey: str
) -> Response:
    """Removes a draft; takes a closed survey out of the list."""
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    if row.status is not SurveyStatus.DRAFT or not await delete_survey(session, row, actor=person):
        await archive_survey(session, row, actor=person)
    return go_to(request, "/surveys")


def read_survey_form(row: Survey) -> SurveyInput:
    """A survey as the input that would make it what it is."""
    names = SurveyInput.model_fields.keys()
    return SurveyInput.model_validate({name: getattr(row, name) for name in names})


async def _fill(session: SessionDep, row: Survey) -> Form[Any]:
    if row.status is not SurveyStatus.DRAFT:
        return fill_form(RunningForm, row)
    names = await load_named(session, {"departments": {UUID(each) for each in row.departments}})
    departments = [names[UUID(each)][0] for each in row.departments]
    return fill_form(SurveyInput, row, departments=departments, questions=[])


def _show_new(request: Request, form: Form[NewSurveyForm], *, status: int = OK) -> Response:
    templates = [(each.name, each.title, f"{each.purpose} {_count(each.questions)}") for each in TEMPLATES]
    context = {"form": form, "templates": [*templates, ("", "An empty survey", "You write every question.")]}
    return _answer(request, "surveys/new.html", "surveys/_new.html", context, status=status)


def _count(questions: tuple[object, ...]) -> str:
    return f"{len(questions)} question{'' if len(questions) == 1 else 's'}."


async def _show_edit(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[Any],
    row: Survey,
    *,
    status: int = OK,
) -> Response:
    organization = await find_organization(session, actor=person)
    context = {
        "form": form,
        "survey": row,
        "kinds": [(kind.value, words) for kind, words in SURVEY_KINDS.items()],
        "departments": [
            (each.code, f"{STEP * each.depth}{each.name}", "") for each in await list_survey_places(session)
        ],
        "levels": [(level.value, level.value.capitalize(), "") for level in Level],
        "smallest": organization.minimum_group,
    }
    return _answer(request, "surveys/edit.html", "surveys/_edit.html", context, status=status)


def _answer(
    request: Request, template: str, fragment: str, context: dict[str, Any], *, status: int
) -> Response:
    if status != OK and is_partial(request):
        return fragments(request, [(fragment, context)], status=status)
    return page(request, template, status=status, **context)
