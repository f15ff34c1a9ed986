"""Setting a password: by a link that an administrator made, and for the first administrator by a code."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from app.actions.sign_ins import BAD_CODE, act_as, make_first_admin, set_password, start_sign_in
from app.deps import SessionDep, refuse_forged
from app.domain.permissions import FIRST_RUN
from app.errors import Conflict, Invalid, NotFound, SeeOther
from app.models.base import Email, Line
from app.models.owners import Owner
from app.models.sign_ins import PasswordLink
from app.queries.sign_ins import find_first_run_code, find_link, needs_first_run
from app.web.deps import give_cookie
from app.web.forms import Contract, Form, read_form
from app.web.hashing import hash_new_password
from app.web.render import page

router = APIRouter(include_in_schema=False)
PasswordText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class PasswordForm(Contract):
    """A new password."""

    password: PasswordText


class FirstRunForm(Contract):
    """The first administrator. `code` was printed where Coxswain was started."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    name: Line
    email: Email
    password: PasswordText


@router.get("/welcome/{token}")
async def show_welcome(request: Request, session: SessionDep, token: str) -> Response:
    """The form of a link that still works."""
    owner, _ = await _find_holder(session, token)
    form: Form[PasswordForm] = Form()
    return _show_welcome(request, form, owner)


@router.post("/welcome/{token}")
async def accept_welcome(request: Request, session: SessionDep, token: str) -> Response:
    """Sets the password and signs in."""
    refuse_forged(request)
    form = await read_form(request, PasswordForm)
    owner, link = await _find_holder(session, token, lock=True)
    if form.data is not None:
        try:
            hashed = await hash_new_password(form.data.password, known=(owner.name, owner.email))
        except Invalid as error:
            form.refuse(error)
        else:
            await set_password(session, owner, link, hashed, actor=act_as(owner))
            return await _let_in(request, session, owner)
    return _show_welcome(request, form, owner, status=422)


@router.get("/first-run")
async def show_first_run(request: Request, session: SessionDep) -> Response:
    """The form of an installation that nobody administers yet."""
    if not await needs_first_run(session):
        raise SeeOther("/sign-in")
    form: Form[FirstRunForm] = Form()
    return page(request, "passwords/first_run.html", form=form)


@router.post("/first-run")
async def accept_first_run(request: Request, session: SessionDep) -> Response:
    """Makes the first administrator and signs them in."""
    refuse_forged(request)
    form = await read_form(request, FirstRunForm)
    if form.data is not None:
        data = form.data
        try:
            # Before the hash, which is dear: strangers could order any number of them.
            if await find_first_run_code(session, data.code) is None:
                raise Conflict(BAD_CODE, code="bad_code")
            hashed = await hash_new_password(data.password, known=(data.name, data.email))
            owner = await make_first_admin(
                session, data.code, name=data.name, email=data.email, hashed=hashed, actor=FIRST_RUN
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
            if error.code == "bad_code":
                form.errors = {"code": error.detail}
        else:
            return await _let_in(request, session, owner)
    return page(request, "passwords/first_run.html", status=422, form=form)


def _show_welcome(request: Request, form: Form[PasswordForm], owner: Owner, *, status: int = 200) -> Response:
    """The form; it names a person to whoever has the link, so nothing on the way keeps it."""
    context = {"form": form, "owner": owner, "action": request.url.path}
    return page(
        request, "passwords/welcome.html", status=status, headers={"cache-control": "no-store"}, **context
    )


async def _find_holder(session: SessionDep, token: str, *, lock: bool = False) -> tuple[Owner, PasswordLink]:
    link = await find_link(session, token, lock=lock)
    if link is None or link.owner_id is None:
        raise NotFound("This link has been used, or is too old. Ask for a new one.")
    return await session.get_one(Owner, link.owner_id), link


async def _let_in(request: Request, session: SessionDep, owner: Owner) -> Response:
    browser = request.headers.get("user-agent", "")
    token = await start_sign_in(session, owner, browser=browser, actor=act_as(owner))
    answer = Response(status_code=303, headers={"location": "/"})
    give_cookie(request, answer, token)
    return answer
