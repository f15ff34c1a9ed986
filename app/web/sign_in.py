"""Signing in and out: the form, the door of the demo organization, and the way out."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from app.actions.sign_ins import act_as, end_sign_in, start_sign_in
from app.actions.traffic import count_try, forgive_try
from app.deps import SessionDep, get_database, refuse_forged
from app.errors import NotFound, SeeOther, TooManyRequests
from app.models.owners import Owner
from app.queries.sign_ins import find_password, list_demo_cast, needs_first_run
from app.web.deps import PersonDep, VisitorDep, give_cookie, local_path, take_cookie
from app.web.forms import Contract, Form, read_form
from app.web.hashing import check_password
from app.web.render import page

router = APIRouter(include_in_schema=False)
# Which of the two was wrong is not told: addresses could be tried out.
REFUSAL = "E-mail and password do not belong together. Check both and try again."
# The database takes no NUL.
EmailText = Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=r"^[^\x00]+$")]
_LOCAL = ("127.0.0.1", "::1")


class SignInForm(Contract):
    """What the form asks for."""

    email: EmailText
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    next: str = "/"


class DemoForm(Contract):
    """Whose button was pressed."""

    email: EmailText


@router.get("/sign-in")
async def show_sign_in(
    request: Request,
    session: SessionDep,
    visitor: VisitorDep,
    wanted: Annotated[str, Query(alias="next")] = "/",
) -> Response:
    """The form; whoever is signed in goes on."""
    if visitor is not None:
        raise SeeOther(local_path(wanted))
    if await needs_first_run(session):
        raise SeeOther("/first-run")
    cast = await list_demo_cast(session) if is_local(request) else []
    form: Form[SignInForm] = Form(values={"next": local_path(wanted)})
    return page(request, "sign_in/show.html", form=form, cast=cast)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Opens the door for whoever knows a password. The hash is computed between two transactions."""
    refuse_forged(request)
    form = await read_form(request, SignInForm)
    if form.data is None:
        return _refuse(request, form, REFUSAL, status=422)
    email, password = form.data.email.strip(), form.data.password
    try:
        async with get_database(request).unit_of_work() as session:
            await count_try(session, email, read_address(request))
            known = await find_password(session, email)
            cast = await list_demo_cast(session) if is_local(request) else []
    except TooManyRequests as error:
        answer = _refuse(request, form, error.detail, status=error.status)
        answer.headers["retry-after"] = str(error.retry_after)
        return answer
    if not await check_password(password, known and known[1]) or known is None:
        return _refuse(request, form, REFUSAL, status=422, cast=cast)
    async with get_database(request).unit_of_work() as session:
        await forgive_try(session, read_address(request))
        return await _open_door(request, known[0], local_path(form.data.next), session=session)


@router.post("/sign-in/as")
async def sign_in_as(request: Request, session: SessionDep) -> Response:
    """Signs in as one of the demo organization's cast: on this machine only."""
    refuse_forged(request)
    form = await read_form(request, DemoForm)
    cast = await list_demo_cast(session) if is_local(request) else []
    owner = next((each for each in cast if form.data and each.email == form.data.email), None)
    if owner is None:
        raise NotFound("There is no such door here.")
    return await _open_door(request, owner, "/", session=session)


@router.post("/sign-out")
async def sign_out(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Ends this sign-in at once, here and in the database."""
    sign_in_id: UUID = request.state.sign_in
    await end_sign_in(session, sign_in_id, actor=person)
    answer = Response(status_code=303, headers={"location": "/sign-in"})
    take_cookie(request, answer)
    return answer


def read_address(request: Request) -> str:
    """The network address that tries are counted by."""
    return request.client.host if request.client else ""


def is_local(request: Request) -> bool:
    """Is this browser on this very machine, without a proxy between?"""
    client = request.client.host if request.client else ""
    asked = request.url.hostname in ("localhost", *_LOCAL)
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    return client in _LOCAL and asked and not forwarded


async def _open_door(request: Request, owner: Owner, location: str, *, session: SessionDep) -> Response:
    browser = request.headers.get("user-agent", "")
    token = await start_sign_in(session, owner, browser=browser, actor=act_as(owner))
    answer = Response(status_code=303, headers={"location": location})
    give_cookie(request, answer, token)
    return answer


def _refuse(
    request: Request, form: Form[SignInForm], sentence: str, *, status: int, cast: Sequence[Owner] = ()
) -> Response:
    form.errors = {"": sentence}
    return page(request, "sign_in/show.html", status=status, form=form, cast=cast)
