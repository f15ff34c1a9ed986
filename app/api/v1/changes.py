"""The change feed in JSON: everything that changed, at least once, none missed."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, link_next, send_bytes
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.changes import Kind
from app.models.events import ChangeFilter
from app.queries.changes import list_changes

router = ApiRouter("/changes", tag="events")


class ChangeOut(Out):
    """One change: read the thing itself to see what it is now."""

    kind: Kind
    id: UUID
    code: str
    action: str
    version: int
    at: AwareDatetime


class ChangePageOut(Out):
    """The next changes, and the cursor to poll with, which is always there."""

    items: list[ChangeOut]
    next_cursor: str = Field(description="Poll with it; kept forever. After a restore it starts again.")


@router.get("", summary="Follow what changes", response_model=ChangePageOut)
async def list_changes_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[ChangeFilter, Query()]
) -> Response:
    """Everything committed since the cursor that the caller may read, at least once, none missed.

    Without a cursor it starts at the beginning. A `Link` to the next page is there while more waits already.
    """
    page = await list_changes(session, filters, actor=actor)
    body = f'{{"items":[{page.items}],"next_cursor":"{page.next_cursor}"}}'.encode()
    return send_bytes(request, body, headers=link_next(request, page.next_cursor if page.more else None))
