"""Surveys in JSON: writing, opening and closing them. Answering them is in `survey_answers`."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.actions.survey_closing import close_survey
from app.actions.surveys import (
    archive_survey,
    create_survey,
    delete_survey,
    issue_survey_links,
    open_survey,
    update_survey,
)
from app.api.answers import (
    ArchivableOut,
    Out,
    PageOut,
    Ref,
    make_ref,
    make_shape,
    send_created,
    send_item,
    send_page,
    withhold_answer,
)
from app.api.deps import ActorDep
from app.api.editing import (
    GONE,
    Editable,
    IfMatch,
    Patch,
    archive_one,
    current_input,
    delete_one,
    patch_one,
    put_one,
)
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission, require
from app.domain.survey_templates import TEMPLATES, Template
from app.domain.surveys import SurveyKind, SurveyStatus, coarse_count
from app.domain.words import Level
from app.models.surveys import NewSurvey, Question, Survey, SurveyFilter, SurveyInput
from app.queries._find import load_named
from app.queries.surveys import count_left, find_survey, list_surveys

router = ApiRouter("/surveys", tag="surveys")


class SurveyOut(ArchivableOut):
    """Questions to people, who is asked, and how many answered at least."""

    code: str
    title: str
    kind: SurveyKind
    status: SurveyStatus
    purpose: str | None
    opens_on: date | None
    closes_on: date | None
    minimum_group: int
    questions: list[Question]
    departments: list[Ref]
    levels: list[Level]
    opened_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    invited: int = Field(description="How many are asked; 0 in a draft.")
    answered_at_least: int | None = Field(
        description="While it is open: a multiple of `minimum_group`, 0 below twice of it. Else null."
    )


class TemplateOut(Out):
    """A survey ready to use. Goals and behaviours of the organization are put in when it is."""

    name: str
    title: str
    kind: SurveyKind
    purpose: str
    questions: list[str] = Field(description="The texts of its questions.")


class SurveyLinkOut(Out):
    """The way in for one person, told once."""

    email: str
    name: str
    token: str
    path: str = Field(description="The page on which this person answers.")


async def show_surveys(session: SessionDep, rows: Sequence[Survey]) -> list[SurveyOut]:
    """Surveys as answers, with two statements for all that they name."""
    named = {UUID(each) for row in rows for each in row.departments}
    references = await load_named(session, {"departments": named})
    left = await count_left(session, [row.id for row in rows if row.status is SurveyStatus.OPEN])
    return [
        make_shape(
            SurveyOut,
            row,
            references,
            questions=[Question.model_validate(each) for each in row.questions],
            departments=[make_ref(UUID(each), references) for each in row.departments],
            levels=[Level(each) for each in row.levels],
            answered_at_least=_count_coarsely(row, left.get(row.id, 0)),
        )
        for row in rows
    ]


def _count_coarsely(row: Survey, left: int) -> int | None:
    return coarse_count(row.invited - left, row.minimum_group) if row.status is SurveyStatus.OPEN else None


async def show_survey(session: SessionDep, row: Survey) -> SurveyOut:
    """A survey as an answer."""
    return (await show_surveys(session, [row]))[0]


async def read_survey_input(_: SessionDep, row: Survey) -> dict[str, Any]:
    """What would be sent to make the survey what it is."""
    return current_input(row, SurveyInput)


SURVEY = Editable(
    find=find_survey,
    show=show_survey,
    contract=SurveyInput,
    update=update_survey,
    archive=archive_survey,
    permission=Permission.SURVEYS_WRITE,
    read_input=read_survey_input,
)


@router.get("", summary="List surveys", response_model=PageOut[SurveyOut])
async def list_surveys_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[SurveyFilter, Query()]
) -> Response:
    """Every survey, in the order of making; drafts for those who may write them."""
    rows, next_cursor = await list_surveys(session, filters, actor=actor)
    return send_page(request, await show_surveys(session, rows), next_cursor)


@router.post("", summary="Add a survey", status_code=201, response_model=SurveyOut)
async def create_survey_route(
    request: Request, session: SessionDep, actor: ActorDep, data: NewSurvey
) -> Response:
    """Adds a draft. With `template` its questions, with the organization's goals and behaviours put in."""
    survey = await create_survey(session, data, actor=actor)
    return send_created(request, await show_survey(session, survey))


@router.get("/templates", summary="List the templates of surveys", response_model=PageOut[TemplateOut])
async def list_survey_templates_route(request: Request, actor: ActorDep) -> Response:
    """Surveys ready to use: the alignment audit, priorities, a message, safety, values, say and do."""
    require(actor, Permission.SURVEYS_READ)
    return send_page(request, [_show_template(each) for each in TEMPLATES], None)


def _show_template(template: Template) -> TemplateOut:
    values = template._asdict() | {"questions": [each.text for each in template.questions]}
    return TemplateOut.model_construct(**values)


@router.get("/{survey}", summary="Show a survey", response_model=SurveyOut)
async def show_survey_route(request: Request, session: SessionDep, actor: ActorDep, survey: str) -> Response:
    """One survey by id or code."""
    row = await find_survey(session, survey, actor=actor)
    return send_item(request, await show_survey(session, row))


@router.put("/{survey}", summary="Replace a survey", response_model=SurveyOut)
async def update_survey_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    survey: str,
    data: SurveyInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces a draft. Of an open survey only title and last day change; a closed one stays as it is."""
    return await put_one(request, session, SURVEY, survey, data, actor=actor, if_match=if_match)


@router.patch("/{survey}", summary="Change a survey", response_model=SurveyOut)
async def patch_survey_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    survey: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a survey (JSON Merge Patch)."""
    return await patch_one(request, session, SURVEY, survey, patch, actor=actor, if_match=if_match)


@router.delete("/{survey}", summary="Delete or archive a survey", response_model=SurveyOut, responses=GONE)
async def delete_survey_route(
    request: Request, session: SessionDep, actor: ActorDep, survey: str, if_match: IfMatch = None
) -> Response:
    """A draft vanishes (204); a closed survey is archived with its results."""
    return await delete_one(request, session, SURVEY, survey, delete_survey, actor=actor, if_match=if_match)


@router.post("/{survey}/archive", summary="Archive a survey", response_model=SurveyOut)
async def archive_survey_route(
    request: Request, session: SessionDep, actor: ActorDep, survey: str
) -> Response:
    """Takes a survey out of the lists. Its results stay."""
    return await archive_one(request, session, SURVEY, survey, actor=actor, if_match="*")


@router.post("/{survey}/open", summary="Open a survey", response_model=SurveyOut)
async def open_survey_route(request: Request, session: SessionDep, actor: ActorDep, survey: str) -> Response:
    """Invites everybody it asks. From here on the questions are fixed."""
    row = await find_survey(session, survey, actor=actor, to=Permission.SURVEYS_WRITE, lock=True)
    await open_survey(session, row, actor=actor)
    return send_item(request, await show_survey(session, row))


@router.post("/{survey}/invitations", summary="Give out the links", response_model=PageOut[SurveyLinkOut])
async def issue_survey_links_route(
    request: Request, session: SessionDep, actor: ActorDep, survey: str
) -> Response:
    """A link for everybody who has not answered and has none yet. Each is told once; an event says by whom.

    People who sign in need none: they find the survey on their own pages.
    """
    row = await find_survey(session, survey, actor=actor, to=Permission.SURVEYS_WRITE, lock=True)
    links = [
        SurveyLinkOut(**each._asdict(), path=f"/surveys/answer/{each.token}")
        for each in await issue_survey_links(session, row, actor=actor)
    ]
    return withhold_answer(request, send_page(request, links, None))


@router.post("/{survey}/close", summary="Close a survey", response_model=SurveyOut)
async def close_survey_route(request: Request, session: SessionDep, actor: ActorDep, survey: str) -> Response:
    """Ends a survey: no more answers; its results are made once and stay as they are."""
    row = await find_survey(session, survey, actor=actor, to=Permission.SURVEYS_WRITE, lock=True)
    await close_survey(session, row, actor=actor)
    return send_item(request, await show_survey(session, row))
