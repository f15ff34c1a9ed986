"""Who is asking: bearer key → Actor, counted against its allowance."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from app.api.allowances import Allowances
from app.deps import SessionDep
from app.domain.permissions import Actor
from app.errors import Unauthenticated
from app.queries.actors import find_actor

_bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer cox_<prefix>_<secret>`")


async def get_actor(
    request: Request,
    session: SessionDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Actor:
    """The person or machine behind the key of this request."""
    if credentials is None:
        raise Unauthenticated("Send a key: Authorization: Bearer cox_…")
    known = await find_actor(session, credentials.credentials)
    if known is None:
        raise Unauthenticated("This key is not valid: unknown, expired or revoked.")
    session.info["request_id"] = request.state.request_id
    request.state.actor_name = known.actor.name
    request.app.state.key_uses.add(known.key_id)
    allowances: Allowances = request.app.state.allowances
    request.state.allowance = await allowances.take(known.actor.id)
    return known.actor


ActorDep = Annotated[Actor, Depends(get_actor, scope="function")]
