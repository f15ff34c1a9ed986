"""Who is asking: bearer key or the cookie of a browser → Actor, counted against its allowance."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from app.api.allowances import Allowances
from app.deps import SessionDep, find_browser, get_database, is_from_here
from app.domain.permissions import Actor
from app.errors import Forbidden, Unauthenticated
from app.queries.actors import find_actor

_bearer = HTTPBearer(
    auto_error=False,
    description="`Authorization: Bearer cox_<prefix>_<secret>`. Pages of this installation need no key: "
    "there the cookie of the person who is signed in does.",
)


async def get_actor(
    request: Request,
    session: SessionDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Actor:
    """The person or machine behind the key of this request, or the person who is signed in."""
    if credentials is not None:
        actor = await _find_holder(request, session, credentials.credentials)
    elif "authorization" in request.headers:
        raise Unauthenticated("Send a key: Authorization: Bearer cox_…")
    else:
        actor = await _find_person(request, session)
    allowances: Allowances = request.app.state.allowances
    request.state.allowance = await allowances.take(actor.id)
    return actor


async def get_answerer(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Actor:
    """Who answers a survey: known from a transaction that is over before the answer is kept."""
    async with get_database(request).unit_of_work(read_only=True) as session:
        return await get_actor(request, session, credentials)


async def _find_holder(request: Request, session: SessionDep, key: str) -> Actor:
    known = await find_actor(session, key)
    if known is None:
        raise Unauthenticated("This key is not valid: unknown, expired or revoked.")
    session.info["request_id"] = request.state.request_id
    request.state.actor_name = known.actor.name
    request.app.state.key_uses.add(known.key_id)
    return known.actor


async def _find_person(request: Request, session: SessionDep) -> Actor:
    """Whoever is signed in. A browser sends its cookie along for any site: only ours may use it here.

    A change must say that it comes from here. A program that says nothing may read, as a person may.
    """
    person = await find_browser(request, session)
    if person is None:
        raise Unauthenticated("Send a key: Authorization: Bearer cox_…")
    from_here = is_from_here(request)
    if from_here is False or (from_here is None and request.method not in ("GET", "HEAD")):
        raise Forbidden("With a cookie only pages of this installation may use the API; send a key.")
    return person


ActorDep = Annotated[Actor, Depends(get_actor, scope="function")]
AnswererDep = Annotated[Actor, Depends(get_answerer, scope="function")]
