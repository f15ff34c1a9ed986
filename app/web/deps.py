"""Who looks at a page: the cookie of a browser that is signed in, and the guard against forged requests."""

from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request, Response

from app.deps import SessionDep, cookie_name, find_browser, get_database, refuse_forged
from app.domain.permissions import Actor
from app.errors import SeeOther
from app.queries.sign_ins import LONGEST_DAYS, find_signed_in

_DAY_SECONDS = 86_400
LONGEST_PATH = 2_000


def give_cookie(request: Request, answer: Response, token: str) -> None:
    """Lets the browser keep a token, out of reach of scripts and of other sites."""
    answer.set_cookie(
        cookie_name(request),
        token,
        max_age=LONGEST_DAYS * _DAY_SECONDS,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def take_cookie(request: Request, answer: Response) -> None:
    """Lets the browser forget its token."""
    answer.delete_cookie(
        cookie_name(request), secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )


async def get_visitor(request: Request, session: SessionDep) -> Actor | None:
    """The person who is signed in, or None."""
    refuse_forged(request)
    person = await find_browser(request, session)
    if person is not None:
        request.state.person = person
    return person


VisitorDep = Annotated[Actor | None, Depends(get_visitor, scope="function")]


async def get_person(request: Request, visitor: VisitorDep) -> Actor:
    """The person who is signed in; anybody else is sent to sign in, and comes back to this page."""
    if visitor is None:
        raise SeeOther(f"/sign-in?next={quote(_read_wanted(request))}")
    return visitor


def _read_wanted(request: Request) -> str:
    """The page that somebody looks at: this one, or the one whose form was sent."""
    # A page of ours says where it stands (`referrer-policy: same-origin`); what others say is left alone.
    shown = str(request.url) if request.method == "GET" else request.headers.get("referer", "")
    try:
        parts = urlsplit(shown)
    except ValueError:  # an address like http://[
        return "/"
    if parts.netloc != request.headers.get("host"):
        return "/"
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


PersonDep = Annotated[Actor, Depends(get_person, scope="function")]


async def get_answering_person(request: Request) -> Actor:
    """Who answers a survey: known from a transaction that is over before the answer is kept."""
    async with get_database(request).unit_of_work(read_only=True) as session:
        visitor = await get_visitor(request, session)
    return await get_person(request, visitor)


AnswererDep = Annotated[Actor, Depends(get_answering_person, scope="function")]


async def get_onlooker(request: Request) -> Actor:
    """Whose screen follows something by itself: that is no use of a sign-in, and holds no transaction."""
    token = request.cookies.get(cookie_name(request), "")
    async with get_database(request).unit_of_work(read_only=True) as session:
        known = await find_signed_in(session, token)
    person = await get_person(request, known and known.actor)
    request.state.person, request.state.actor_name = person, person.name
    return person


OnlookerDep = Annotated[Actor, Depends(get_onlooker, scope="function")]


def local_path(text: str | None) -> str:
    """Where to go on after signing in: a path of ours, whatever was asked for."""
    text = text or "/"
    # A header carries printable ASCII only; addresses of ours are quoted.
    if not (text.isascii() and text.isprintable() and len(text) <= LONGEST_PATH):
        return "/"
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) else "/"
