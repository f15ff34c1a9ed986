"""`/sign-ins`: the browsers in which I am signed in, ending them, and changing my password."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from app.actions.sign_ins import act_as, end_other_sign_ins, end_sign_in, keep_password, start_sign_in
from app.actions.traffic import count_try, forgive_try
from app.deps import SessionDep
from app.domain.browsers import name_browser
from app.domain.permissions import Actor
from app.errors import CoxswainError, Invalid, TooManyRequests
from app.models.owners import Owner
from app.models.sign_ins import SignIn
from app.queries.organization import zone_of
from app.queries.sign_ins import IDLE_HOURS, LONGEST_DAYS, find_own_password, list_sign_ins
from app.web.deps import PersonDep, give_cookie, take_cookie
from app.web.forms import Contract, Form, read_form
from app.web.hashing import check_password, hash_new_password
from app.web.render import done, fragments, go_to, is_partial, page
from app.web.sign_in import read_address
from app.web.times import Clock, read_clock

router = APIRouter(include_in_schema=False)
WRONG = "This is not your present password."
CHANGED = "Your password is changed. Everywhere else you are signed out."
PasswordText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class ChangeForm(Contract):
    """The present password, which proves who is there, and the new one."""

    present_password: PasswordText
    password: PasswordText


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One browser, as its owner knows it."""

    id: UUID
    browser: str
    since: str
    seen: str
    is_this: bool


@router.get("/sign-ins")
async def show_sign_ins(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Where I am signed in, and the form of my password."""
    return await _show(request, session, person, Form())


@router.post("/sign-ins/{sign_in}/end")
async def end_one_sign_in(
    request: Request, session: SessionDep, person: PersonDep, sign_in: UUID
) -> Response:
    """Ends one of my sign-ins; that of somebody else is as unknown as one that never was."""
    await end_sign_in(session, sign_in, actor=person)
    if sign_in == request.state.sign_in:
        answer = go_to(request, "/sign-in")
        take_cookie(request, answer)
        return answer
    return await _say_list(request, session, person, "That browser is signed out.")


@router.post("/sign-ins/end-others")
async def end_others(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Ends every sign-in of mine but this one."""
    count = await end_other_sign_ins(session, request.state.sign_in, actor=person)
    said = f"{count} other {'browser is' if count == 1 else 'browsers are'} signed out."
    return await _say_list(request, session, person, said)


@router.post("/sign-ins/password")
async def change_password(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Sets a new password for whoever knows the present one; every other browser is signed out."""
    form = await read_form(request, ChangeForm)
    owner, hashed = await find_own_password(session, person.id)
    refusal = await _refuse_change(request, session, form, owner, hashed)
    if refusal is None and form.data is not None:
        try:
            renewed = await hash_new_password(form.data.password, known=(owner.name, owner.email))
        except Invalid as error:
            refusal = error
            form.refuse(error)
        else:
            return await _renew(request, session, owner, renewed)
    answer = await _show(request, session, person, form, status=refusal.status if refusal else Invalid.status)
    if isinstance(refusal, TooManyRequests):
        answer.headers["retry-after"] = str(refusal.retry_after)
    return answer


async def _refuse_change(
    request: Request, session: SessionDep, form: Form[ChangeForm], owner: Owner, hashed: str | None
) -> CoxswainError | None:
    """Why not, which the form then tells, too; None when the present password is the right one."""
    if form.data is None:
        return Invalid("Something is missing.")
    try:
        await count_try(session, owner.email, read_address(request))
    except TooManyRequests as error:
        form.errors[""] = error.detail
        return error
    if not await check_password(form.data.present_password, hashed):
        form.errors["present_password"] = WRONG
        return Invalid(WRONG)
    await forgive_try(session, read_address(request))
    return None


async def _renew(request: Request, session: SessionDep, owner: Owner, hashed: str) -> Response:
    """Keeps the password, which ends every sign-in, and begins a new one here."""
    actor = act_as(owner)
    await keep_password(session, owner, hashed, actor=actor)
    browser = request.headers.get("user-agent", "")
    token = await start_sign_in(session, owner, browser=browser, actor=actor)
    answer = go_to(request, "/sign-ins?changed=true")
    give_cookie(request, answer, token)
    return answer


async def _show(
    request: Request, session: SessionDep, person: Actor, form: Form[ChangeForm], *, status: int = 200
) -> Response:
    _, hashed = await find_own_password(session, person.id)
    context: dict[str, Any] = {"form": form, "has_password": hashed is not None}
    if is_partial(request):
        return fragments(request, [("sign_ins/_password.html", context)], status=status)
    rows = await _list_rows(request, session, person)
    said = CHANGED if request.query_params.get("changed") == "true" else None
    context |= {"idle_hours": IDLE_HOURS, "longest_days": LONGEST_DAYS}
    return page(request, "sign_ins/list.html", status=status, rows=rows, said=said, **context)


async def _say_list(request: Request, session: SessionDep, person: Actor, said: str) -> Response:
    rows = await _list_rows(request, session, person)
    return done(request, [("sign_ins/_list.html", {"rows": rows})], to="/sign-ins", said=said)


async def _list_rows(request: Request, session: SessionDep, person: Actor) -> list[SignInRow]:
    clock = read_clock(await zone_of(session))
    return make_rows(await list_sign_ins(session, person.id), clock, here=request.state.sign_in)


def make_rows(sign_ins: Sequence[SignIn], clock: Clock, *, here: UUID) -> list[SignInRow]:
    """The rows of the list: this browser first, then the others as they come."""
    rows = [_make_row(row, clock, here=here) for row in sign_ins]
    return sorted(rows, key=lambda row: not row.is_this)


def _make_row(row: SignIn, clock: Clock, *, here: UUID) -> SignInRow:
    since, seen = clock.say(row.made_at), clock.say_use(row.seen_at)
    return SignInRow(row.id, name_browser(row.browser), since, seen, row.id == here)
