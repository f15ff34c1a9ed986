"""Who looks at a page: the cookie of a browser that is signed in, and the guard against forged requests."""

from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request, Response

from app.deps import SessionDep
from app.domain.permissions import Actor
from app.errors import Forbidden
from app.queries.sign_ins import LONGEST_DAYS, find_signed_in
from app.web.problems import SeeOther

_PLAIN_COOKIE = "coxswain"
_SECURE_COOKIE = "__Host-coxswain"
_DAY_SECONDS = 86_400


def cookie_name(request: Request) -> str:
    """Over TLS a name that browsers take from this host alone, and only with Secure."""
    return _SECURE_COOKIE if request.url.scheme == "https" else _PLAIN_COOKIE


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


def refuse_forged(request: Request) -> None:
    """Refuses what another site makes a browser send. Programs without these headers carry no cookie."""
    if request.method in ("GET", "HEAD"):
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
        raise Forbidden("This was sent by another site.")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This was sent by another site.")


async def get_visitor(request: Request, session: SessionDep) -> Actor | None:
    """The person who is signed in, or None."""
    refuse_forged(request)
    token = request.cookies.get(cookie_name(request))
    known = token and await find_signed_in(session, token)
    if not known:
        return None
    session.info["request_id"] = request.state.request_id
    request.state.actor_name = known.actor.name
    request.state.sign_in = known.id
    request.state.person = known.actor
    request.app.state.sign_ins_seen.add(known.id)
    return known.actor


VisitorDep = Annotated[Actor | None, Depends(get_visitor, scope="function")]


async def get_person(request: Request, visitor: VisitorDep) -> Actor:
    """The person who is signed in; anybody else is sent to sign in, and comes back to this page."""
    if visitor is None:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SeeOther(f"/sign-in?next={quote(wanted if request.method == 'GET' else '/')}")
    return visitor


PersonDep = Annotated[Actor, Depends(get_person, scope="function")]


def local_path(text: str | None) -> str:
    """Where to go on after signing in: a path of ours, whatever was asked for."""
    parts = urlsplit(text or "/")
    local = text and text.startswith("/") and not text.startswith(("//", "/\\"))
    if not local or parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in text or ""):
        return "/"
    return text or "/"
