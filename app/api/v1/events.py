"""The audit trail in JSON: who changed what, when, before and after."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, PageOut, Ref, link_next, send_bytes
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.changes import Kind
from app.domain.permissions import ActorKind
from app.models.events import EventFilter
from app.queries.events import list_events

router = ApiRouter("/events", tag="events")


class EventObject(Out):
    """What was changed: its id, and its code as it was then."""

    id: UUID
    code: str


class EventActor(Out):
    """Who changed it, by the name of then."""

    kind: ActorKind
    id: UUID
    name: str


class EventOut(Out):
    """One change."""

    id: int
    at: AwareDatetime
    kind: Kind
    object: EventObject
    action: str
    version: int
    actor: EventActor
    department: Ref | None
    request_id: str | None
    before: dict[str, Any] | None = Field(description="What was written before; null for a new thing.")
    after: dict[str, Any] | None


@router.get("", summary="Read the audit trail", response_model=PageOut[EventOut])
async def list_events_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[EventFilter, Query()]
) -> Response:
    """Who changed what, newest first; `object` by id or code, `actor` also by name. To follow: `/changes`."""
    page = await list_events(session, filters, actor=actor)
    body = f'{{"items":[{page.items}],"next_cursor":'.encode() + orjson.dumps(page.next_cursor) + b"}"
    return send_bytes(request, body, headers=link_next(request, page.next_cursor))
