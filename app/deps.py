"""What both doors share from FastAPI: the request's transaction, and the browser that is signed in."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.traffic import ResultsView
from app.database import Database
from app.domain.permissions import Actor
from app.errors import Forbidden
from app.queries.sign_ins import find_signed_in

_PLAIN_COOKIE = "coxswain"
_SECURE_COOKIE = "__Host-coxswain"
_SAFE_METHODS = ("GET", "HEAD")


def get_database(request: Request) -> Database:
    """The application's database."""
    database: Database = request.app.state.database
    return database


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The transaction of this request: read-only for GET and HEAD, so a GET that writes fails loudly.

    `fresh=true` asks for a check first, and what a check finds is kept.
    """
    read_only = request.method in _SAFE_METHODS and request.query_params.get("fresh") is None
    async with get_database(request).unit_of_work(read_only=read_only) as session:
        yield session
    if not read_only:
        for watch in request.app.state.watches:
            watch.note_write()


# scope="function": the commit happens before the answer leaves, so nobody hears of work that was lost.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


def cookie_name(request: Request) -> str:
    """Over TLS a name that browsers take from this host alone, and only with Secure."""
    return _SECURE_COOKIE if request.url.scheme == "https" else _PLAIN_COOKIE


def is_from_here(request: Request) -> bool | None:
    """Did a page of ours send this, or the person themselves? None when the browser does not tell."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return None if origin is None else urlsplit(origin).netloc == request.headers.get("host")


def refuse_forged(request: Request) -> None:
    """Refuses what another site makes a browser send. Programs without these headers carry no cookie."""
    if request.method not in _SAFE_METHODS and is_from_here(request) is False:
        raise Forbidden("This was sent by another site.")


async def find_browser(request: Request, session: AsyncSession) -> Actor | None:
    """The person behind the cookie of this request, or None; notes that the sign-in was used."""
    token = request.cookies.get(cookie_name(request))
    known = token and await find_signed_in(session, token)
    if not known:
        return None
    session.info["request_id"] = request.state.request_id
    request.state.actor_name = known.actor.name
    request.state.sign_in = known.id
    request.app.state.sign_ins_seen.add(known.id)
    return known.actor


def note_results_view(request: Request, actor: Actor, survey: UUID, chosen: dict[str, str]) -> None:
    """Remembers who looked at a part of a survey's results; within a minute it is an event."""
    views: list[ResultsView] = request.app.state.results_views
    views.append(ResultsView(actor, survey, chosen))
