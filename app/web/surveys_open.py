"""Opening a survey to those it asks, giving out links, and closing it: each shown before it is done."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.survey_closing import close_survey
from app.actions.surveys import issue_survey_links, open_survey
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.surveys import MINIMUM_FOR_WORDS
from app.errors import Conflict
from app.models.surveys import Survey
from app.queries.surveys import find_survey
from app.web.deps import PersonDep
from app.web.render import go_to, page
from app.web.surveys import describe_survey

router = APIRouter(include_in_schema=False)
WRITE = Permission.SURVEYS_WRITE


@router.get("/surveys/{survey}/open")
async def confirm_open(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """Who will be asked, and what cannot change afterwards."""
    row = await find_survey(session, survey, actor=person, to=WRITE)
    return page(
        request, "surveys/confirm_open.html", **await describe_survey(session, row, person), refusal=None
    )


@router.post("/surveys/{survey}/open")
async def open_survey_button(
    request: Request, session: SessionDep, person: PersonDep, survey: str
) -> Response:
    """Invites everybody it asks."""
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    code = row.code
    try:
        async with session.begin_nested():
            await open_survey(session, row, actor=person)
    except Conflict as error:
        row = await find_survey(session, code, actor=person, to=WRITE)
        context = await describe_survey(session, row, person) | {"refusal": error.detail}
        return page(request, "surveys/confirm_open.html", status=error.status, **context)
    return go_to(request, f"/surveys/{code}")


@router.post("/surveys/{survey}/links")
async def give_out_links(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """Makes a link for everybody who has none and has not answered; shows them this once."""
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    given = await issue_survey_links(session, row, actor=person)
    links = [(each.name, each.email, f"{request.base_url}surveys/answer/{each.token}") for each in given]
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return page(request, "surveys/links.html", headers=headers, survey=row, links=links)


@router.get("/surveys/{survey}/close")
async def confirm_close(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """What closing means, and what will be published."""
    row = await find_survey(session, survey, actor=person, to=WRITE)
    return page(request, "surveys/confirm_close.html", **await _describe_end(session, row, person))


@router.post("/surveys/{survey}/close")
async def close_survey_button(
    request: Request, session: SessionDep, person: PersonDep, survey: str
) -> Response:
    """Ends a survey and makes its results."""
    row = await find_survey(session, survey, actor=person, to=WRITE, lock=True)
    code = row.code
    await close_survey(session, row, actor=person)
    return go_to(request, f"/surveys/{code}")


async def _describe_end(session: SessionDep, row: Survey, person: PersonDep) -> dict[str, Any]:
    return await describe_survey(session, row, person) | {"fewest_words": MINIMUM_FOR_WORDS}
