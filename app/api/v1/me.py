"""Who am I? The person or machine behind the key, in JSON."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from app.api.answers import Out, Ref, send_item, shape_one
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import ActorKind, Permission, Role
from app.models.clients import Client
from app.queries.actors import find_holder

router = ApiRouter("/me", tag="me")


class MeOut(Out):
    """Who is asking. A person has an email and a role, a machine has scopes and perhaps a source.

    `department`: where a person belongs; the subtree that a machine is bound to (null: to none).
    """

    kind: ActorKind
    id: UUID
    name: str
    email: str | None
    role: Role | None
    scopes: list[Permission] | None
    department: Ref | None
    source: str | None


@router.get("", summary="Show who is asking", response_model=MeOut)
async def show_me_route(request: Request, session: SessionDep, actor: ActorDep) -> Response:
    """The person or machine behind the key of this request."""
    holder = await find_holder(session, actor)
    own: dict[str, Any] = {"scopes": None, "source": None}
    if isinstance(holder, Client):
        own = {"email": None, "role": None, "scopes": [Permission(scope) for scope in holder.scopes]}
    return send_item(request, await shape_one(session, MeOut, holder, kind=actor.kind, **own))
