"""Partnerships in JSON, and their talks below `/partnerships/{partnership}/talks`."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response

from app.actions.partnerships import (
    archive_partnership,
    create_partnership,
    hold_talk,
    plan_talk,
    skip_talk,
    update_partnership,
)
from app.api.answers import (
    ArchivableOut,
    PageOut,
    RecordOut,
    Ref,
    make_shape,
    send_created,
    send_item,
    send_page,
    shape_many,
    shape_one,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.periods import Cadence
from app.domain.permissions import Permission
from app.domain.words import TalkState
from app.models.partnerships import (
    Partnership,
    PartnershipFilter,
    PartnershipInput,
    Talk,
    TalkFilter,
    TalkHeldInput,
    TalkInput,
    TalkSkippedInput,
)
from app.queries.partnerships import find_partnership, find_talk, list_partnerships, list_talks

router = ApiRouter("/partnerships", tag="partnerships")


class PartnershipOut(ArchivableOut):
    """Two leaders of different departments who talk regularly about what they need of each other."""

    code: str
    a: Ref
    b: Ref
    department: Ref
    other_department: Ref
    about: str
    cadence: Cadence
    next_on: date | None


class TalkOut(RecordOut):
    """One talk of a partnership: planned, held or skipped."""

    code: str
    planned_on: date
    state: TalkState
    held_on: date | None
    note: str | None


async def show_partnership(session: SessionDep, row: Partnership) -> PartnershipOut:
    """A partnership as an answer."""
    return await shape_one(session, PartnershipOut, row)


PARTNERSHIP = Editable(
    find=find_partnership,
    show=show_partnership,
    contract=PartnershipInput,
    update=update_partnership,
    archive=archive_partnership,
    permission=Permission.PARTNERSHIPS_WRITE,
)


@router.get("", summary="List partnerships", response_model=PageOut[PartnershipOut])
async def list_partnerships_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[PartnershipFilter, Query()]
) -> Response:
    """Every partnership, in the order of making; `owner` and `department` may be on either side."""
    rows, next_cursor = await list_partnerships(session, filters, actor=actor)
    return send_page(request, await shape_many(session, PartnershipOut, rows), next_cursor)


@router.post("", summary="Add a partnership", status_code=201, response_model=PartnershipOut)
async def create_partnership_route(
    request: Request, session: SessionDep, actor: ActorDep, data: PartnershipInput
) -> Response:
    """Pairs two leaders of different departments; its code is counted, `next_on` plans the first talk."""
    row = await create_partnership(session, data, actor=actor)
    return send_created(request, await show_partnership(session, row))


@router.get("/{partnership}", summary="Show a partnership", response_model=PartnershipOut)
async def show_partnership_route(
    request: Request, session: SessionDep, actor: ActorDep, partnership: str
) -> Response:
    """One partnership by id or code."""
    row = await find_partnership(session, partnership, actor=actor)
    return send_item(request, await show_partnership(session, row))


@router.put("/{partnership}", summary="Replace a partnership", response_model=PartnershipOut)
async def update_partnership_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    partnership: str,
    data: PartnershipInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a partnership. Without `next_on` its talk is called off."""
    return await put_one(request, session, PARTNERSHIP, partnership, data, actor=actor, if_match=if_match)


@router.patch("/{partnership}", summary="Change a partnership", response_model=PartnershipOut)
async def patch_partnership_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    partnership: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a partnership (JSON Merge Patch); another `next_on` moves the planned talk."""
    return await patch_one(request, session, PARTNERSHIP, partnership, patch, actor=actor, if_match=if_match)


@router.delete("/{partnership}", summary="Archive a partnership", response_model=PartnershipOut)
async def delete_partnership_route(
    request: Request, session: SessionDep, actor: ActorDep, partnership: str, if_match: IfMatch = None
) -> Response:
    """Ends a partnership. Its talks stay."""
    return await archive_one(request, session, PARTNERSHIP, partnership, actor=actor, if_match=if_match)


@router.post("/{partnership}/archive", summary="Archive a partnership", response_model=PartnershipOut)
async def archive_partnership_route(
    request: Request, session: SessionDep, actor: ActorDep, partnership: str
) -> Response:
    """Ends a partnership. Its talks stay."""
    return await archive_one(request, session, PARTNERSHIP, partnership, actor=actor, if_match="*")


@router.get("/{partnership}/talks", summary="List talks", response_model=PageOut[TalkOut])
async def list_talks_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    partnership: str,
    filters: Annotated[TalkFilter, Query()],
) -> Response:
    """The talks of a partnership, in the order of planning."""
    row = await find_partnership(session, partnership, actor=actor)
    talks, next_cursor = await list_talks(session, row, filters, actor=actor)
    return send_page(request, [_shape_talk(talk) for talk in talks], next_cursor)


@router.post("/{partnership}/talks", summary="Plan a talk", status_code=201, response_model=TalkOut)
async def plan_talk_route(
    request: Request, session: SessionDep, actor: ActorDep, partnership: str, data: TalkInput
) -> Response:
    """Plans one more talk; its code is counted within the partnership."""
    row = await _lock_partnership(session, partnership, actor)
    talk = await plan_talk(session, row, data, actor=actor)
    return send_created(request, _shape_talk(talk))


@router.get("/{partnership}/talks/{talk}", summary="Show a talk", response_model=TalkOut)
async def show_talk_route(
    request: Request, session: SessionDep, actor: ActorDep, partnership: str, talk: str
) -> Response:
    """One talk by id or code."""
    row = await find_partnership(session, partnership, actor=actor)
    return send_item(request, _shape_talk(await find_talk(session, row, talk)))


@router.post("/{partnership}/talks/{talk}/hold", summary="Hold a talk", response_model=TalkOut)
async def hold_talk_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    partnership: str,
    talk: str,
    data: TalkHeldInput,
) -> Response:
    """Says that a talk took place. Where no other one is planned, the cadence plans the next."""
    row = await _lock_partnership(session, partnership, actor)
    found = await find_talk(session, row, talk, lock=True)
    return send_item(request, _shape_talk(await hold_talk(session, row, found, data, actor=actor)))


@router.post("/{partnership}/talks/{talk}/skip", summary="Skip a talk", response_model=TalkOut)
async def skip_talk_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    partnership: str,
    talk: str,
    data: TalkSkippedInput,
) -> Response:
    """Says that a talk does not take place, and why. The cadence plans the next."""
    row = await _lock_partnership(session, partnership, actor)
    found = await find_talk(session, row, talk, lock=True)
    return send_item(request, _shape_talk(await skip_talk(session, row, found, data, actor=actor)))


async def _lock_partnership(session: SessionDep, reference: str, actor: ActorDep) -> Partnership:
    return await find_partnership(
        session, reference, actor=actor, to=Permission.PARTNERSHIPS_WRITE, lock=True
    )


def _shape_talk(talk: Talk) -> TalkOut:
    return make_shape(TalkOut, talk, {})
