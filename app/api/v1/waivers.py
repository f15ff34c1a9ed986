"""Waivers in JSON: who lets a finding be, why, and until when. For people only."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from app.actions.linkage import create_waiver, withdraw_waiver
from app.api.answers import ArchivableOut, Out, PageOut, send_created, send_item, send_page
from app.api.deps import ActorDep
from app.api.editing import IfMatch, require_match
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.linkage.findings import Severity
from app.domain.permissions import Permission
from app.models.base import Day
from app.models.linkage import Waiver, WaiverFilter, WaiverInput
from app.queries.waivers import find_waiver, list_waivers

router = ApiRouter("/linkage/waivers", tag="linkage")


class WaiverMakerOut(Out):
    """Who waived, by the name of then."""

    id: UUID
    name: str


class WaiverOut(ArchivableOut):
    """A finding that is let be until a day. `archived_at`: when it was taken back."""

    fingerprint: str
    rule: str
    severity: Severity = Field(
        description="What it was when it was waived: once it is worse, the waiver does not hold."
    )
    reason: str
    expires_on: Day
    made_by: WaiverMakerOut


def show_waiver(row: Waiver) -> WaiverOut:
    """A waiver as an answer."""
    maker = WaiverMakerOut.model_construct(id=row.made_by_id, name=row.made_by)
    values = {name: getattr(row, name) for name in WaiverOut.model_fields if name != "made_by"}
    return WaiverOut.model_construct(made_by=maker, **values)


@router.get("", summary="List waivers", response_model=PageOut[WaiverOut])
async def list_waivers_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[WaiverFilter, Query()]
) -> Response:
    """Waivers in force and expired ones; with `archived=true` those that were taken back."""
    rows, next_cursor = await list_waivers(session, filters, actor=actor)
    return send_page(request, [show_waiver(row) for row in rows], next_cursor)


@router.post("", summary="Waive a finding", status_code=201, response_model=WaiverOut)
async def create_waiver_route(
    request: Request, session: SessionDep, actor: ActorDep, data: WaiverInput
) -> Response:
    """Lets a finding be until a day, 365 days ahead at most; then it opens again by itself."""
    return send_created(request, show_waiver(await create_waiver(session, data, actor=actor)))


@router.get("/{waiver}", summary="Show a waiver", response_model=WaiverOut)
async def show_waiver_route(request: Request, session: SessionDep, actor: ActorDep, waiver: str) -> Response:
    """One waiver by id, or the last one of a fingerprint."""
    return send_item(request, show_waiver(await find_waiver(session, waiver, actor=actor)))


@router.delete("/{waiver}", summary="Take a waiver back", response_model=WaiverOut)
async def withdraw_waiver_route(
    request: Request, session: SessionDep, actor: ActorDep, waiver: str, if_match: IfMatch = None
) -> Response:
    """Ends a waiver; its finding is open again. Heads take back their own, executives all."""
    row = await find_waiver(session, waiver, actor=actor, to=Permission.WAIVERS_WRITE, lock=True)
    require_match(if_match, show_waiver(row))
    await withdraw_waiver(session, row, actor=actor)
    return send_item(request, show_waiver(row))
