"""Commitments in JSON."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.commitments import (
    archive_commitment,
    create_commitment,
    drop_commitment,
    redate_commitment,
    settle_commitment,
    update_commitment,
)
from app.actions.commitments_captured import capture_commitment
from app.api.answers import (
    ArchivableOut,
    Out,
    PageOut,
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
from app.domain.permissions import Permission
from app.domain.words import CommitmentStatus
from app.models.commitments import (
    Commitment,
    CommitmentDateFilter,
    CommitmentDropping,
    CommitmentFilter,
    CommitmentInput,
    CommitmentLine,
    CommitmentRedating,
    CommitmentSettling,
)
from app.queries.commitments import find_commitment, list_commitments, list_redatings

router = ApiRouter("/commitments", tag="commitments")


class CommitmentOut(ArchivableOut):
    """Something a person has promised to do by a day. Re-dating moves `due_on`, never `due_baseline`.

    `said`: what its owner will change where it was not kept, or why it was dropped.
    """

    code: str
    what: str
    owner: Ref
    partner: Ref | None
    goal: Ref | None
    kpi: Ref | None
    finding: str | None
    decision: Ref | None
    review: Ref | None
    made_on: date
    due_on: date
    due_baseline: date
    status: CommitmentStatus
    settled_on: date | None
    said: str | None


class CommitmentDateOut(Out):
    """A due date that a commitment was given after its first one."""

    due_before: date
    due_on: date
    reason: str
    moved_on: date
    at: AwareDatetime
    by_name: str


async def show_commitment(session: SessionDep, row: Commitment) -> CommitmentOut:
    """A commitment as an answer."""
    return await shape_one(session, CommitmentOut, row)


COMMITMENT = Editable(
    find=find_commitment,
    show=show_commitment,
    contract=CommitmentInput,
    update=update_commitment,
    archive=archive_commitment,
    permission=Permission.COMMITMENTS_WRITE,
)


@router.get("", summary="List commitments", response_model=PageOut[CommitmentOut])
async def list_commitments_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[CommitmentFilter, Query()]
) -> Response:
    """Open commitments, in the order of making; of closed ones one's own, and those one asks after."""
    rows, next_cursor = await list_commitments(session, filters, actor=actor)
    return send_page(request, await shape_many(session, CommitmentOut, rows), next_cursor)


@router.post("", summary="Add a commitment", status_code=201, response_model=CommitmentOut)
async def create_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, data: CommitmentInput
) -> Response:
    """Adds who does what by when; its code is counted. Heads write for their people, too."""
    commitment = await create_commitment(session, data, actor=actor)
    return send_created(request, await show_commitment(session, commitment))


@router.post("/capture", summary="Add a commitment by a line", status_code=201, response_model=CommitmentOut)
async def capture_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, data: CommitmentLine
) -> Response:
    """Reads `what … @owner 30 Jun #G2`: `@` a person, `#` a goal, objective, KPI or decision.

    Without `@` it is one's own. Every part that says nothing is refused by its words; so is no day.
    """
    row = await capture_commitment(session, data.line, actor=actor, review=data.review)
    return send_created(request, await show_commitment(session, row), path=f"/api/v1/commitments/{row.id}")


@router.get("/{commitment}", summary="Show a commitment", response_model=CommitmentOut)
async def show_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str
) -> Response:
    """One commitment by id or code."""
    row = await find_commitment(session, commitment, actor=actor)
    return send_item(request, await show_commitment(session, row))


@router.put("/{commitment}", summary="Replace a commitment", response_model=CommitmentOut)
async def update_commitment_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    commitment: str,
    data: CommitmentInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces what is written about an open commitment. Its due date is moved by re-dating."""
    return await put_one(request, session, COMMITMENT, commitment, data, actor=actor, if_match=if_match)


@router.patch("/{commitment}", summary="Change a commitment", response_model=CommitmentOut)
async def patch_commitment_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    commitment: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a commitment (JSON Merge Patch)."""
    return await patch_one(request, session, COMMITMENT, commitment, patch, actor=actor, if_match=if_match)


@router.delete("/{commitment}", summary="Archive a commitment", response_model=CommitmentOut)
async def delete_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, if_match: IfMatch = None
) -> Response:
    """Takes out of the lists what is closed, or what was made by mistake today. Its history stays."""
    return await archive_one(request, session, COMMITMENT, commitment, actor=actor, if_match=if_match)


@router.post("/{commitment}/archive", summary="Archive a commitment", response_model=CommitmentOut)
async def archive_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str
) -> Response:
    """Takes out of the lists what is closed, or what was made by mistake today. Its history stays."""
    return await archive_one(request, session, COMMITMENT, commitment, actor=actor, if_match="*")


@router.get("/{commitment}/dates", summary="List later due dates", response_model=PageOut[CommitmentDateOut])
async def list_commitment_dates_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    commitment: str,
    filters: Annotated[CommitmentDateFilter, Query()],
) -> Response:
    """Every due date a commitment was given after the first one, each with its reason."""
    row = await find_commitment(session, commitment, actor=actor)
    dates, next_cursor = await list_redatings(session, row.id, filters)
    return send_page(request, [make_shape(CommitmentDateOut, each, {}) for each in dates], next_cursor)


@router.post("/{commitment}/redate", summary="Move the due date", response_model=CommitmentOut)
async def redate_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, data: CommitmentRedating
) -> Response:
    """Gives what is not past its due date another one, with a reason. The first one stays."""
    row = await find_commitment(session, commitment, actor=actor, to=COMMITMENT.permission, lock=True)
    await redate_commitment(session, row, data, actor=actor)
    return send_item(request, await show_commitment(session, row))


@router.post("/{commitment}/settle", summary="Settle a commitment", response_model=CommitmentOut)
async def settle_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, data: CommitmentSettling
) -> Response:
    """Says what became of it: kept, partly or missed, with what will change. Said again, it corrects."""
    row = await find_commitment(session, commitment, actor=actor, to=COMMITMENT.permission, lock=True)
    await settle_commitment(session, row, data, actor=actor)
    return send_item(request, await show_commitment(session, row))


@router.post("/{commitment}/drop", summary="Drop a commitment", response_model=CommitmentOut)
async def drop_commitment_route(
    request: Request, session: SessionDep, actor: ActorDep, commitment: str, data: CommitmentDropping
) -> Response:
    """Releases somebody from what is not due yet: its partner does, a head or an executive; not its owner."""
    row = await find_commitment(session, commitment, actor=actor, lock=True)
    await drop_commitment(session, row, data, actor=actor)
    return send_item(request, await show_commitment(session, row))
