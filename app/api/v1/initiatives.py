"""Initiatives in JSON: projects with a baseline that stays, and every due date they ever had."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.initiatives import (
    archive_initiative,
    cancel_initiative,
    create_initiative,
    delete_initiative,
    finish_initiative,
    redate_initiative,
    reopen_initiative,
    update_initiative,
)
from app.api.answers import (
    ArchivableOut,
    Out,
    PageOut,
    Ref,
    References,
    make_ref,
    make_shape,
    send_created,
    send_item,
    send_page,
)
from app.api.deps import ActorDep
from app.api.editing import (
    GONE,
    Editable,
    IfMatch,
    Patch,
    archive_one,
    current_input,
    delete_one,
    patch_one,
    put_one,
)
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.words import InitiativeStatus
from app.models.base import Number
from app.models.initiatives import (
    Initiative,
    InitiativeCancellation,
    InitiativeDateFilter,
    InitiativeFilter,
    InitiativeFinish,
    InitiativeInput,
    InitiativeRedating,
)
from app.queries.initiatives import (
    find_initiative,
    list_due_dates,
    list_initiatives,
    load_initiative_links,
    load_initiative_references,
)

router = ApiRouter("/initiatives", tag="initiatives")


class InitiativeOut(ArchivableOut):
    """An initiative. `due_baseline` is the due date it began with; re-dating moves only `due_on`."""

    code: str
    title: str
    why: str | None
    owner: Ref | None
    department: Ref
    departments: list[Ref]
    supports: list[Ref]
    status: InitiativeStatus
    starts_on: date | None
    due_on: date | None
    due_baseline: date | None
    progress: Number
    action_learning: bool
    finished_on: date | None
    cancelled_on: date | None
    cancelled_reason: str | None
    cancelled_by: Ref | None


class InitiativeDateOut(Out):
    """A due date as it was given. The first one is the baseline: nothing before it, and no reason."""

    due_before: date | None
    due_on: date
    reason: str | None
    at: AwareDatetime
    by_name: str


async def show_initiatives(session: SessionDep, rows: Sequence[Initiative]) -> list[InitiativeOut]:
    """Initiatives as answers, with two statements for all that they name."""
    links = await load_initiative_links(session, [row.id for row in rows])
    references = await load_initiative_references(session, rows, links)
    return [
        make_shape(
            InitiativeOut,
            row,
            references,
            departments=_list_refs(links[row.id].departments, references),
            supports=_list_refs(links[row.id].supports, references),
        )
        for row in rows
    ]


async def show_initiative(session: SessionDep, row: Initiative) -> InitiativeOut:
    """An initiative as an answer."""
    return (await show_initiatives(session, [row]))[0]


async def read_initiative_input(session: SessionDep, row: Initiative) -> dict[str, Any]:
    """What would be sent to make the initiative what it is."""
    links = (await load_initiative_links(session, [row.id]))[row.id]
    return current_input(row, InitiativeInput, departments=links.departments, supports=links.supports)


def _list_refs(ids: Iterable[UUID], references: References) -> list[Ref]:
    refs = [ref for identity in ids if (ref := make_ref(identity, references))]
    return sorted(refs, key=lambda ref: ref.code)


INITIATIVE = Editable(
    find=find_initiative,
    show=show_initiative,
    contract=InitiativeInput,
    update=update_initiative,
    archive=archive_initiative,
    permission=Permission.GOALS_WRITE,
    read_input=read_initiative_input,
)


@router.get("", summary="List initiatives", response_model=PageOut[InitiativeOut])
async def list_initiatives_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[InitiativeFilter, Query()]
) -> Response:
    """Every initiative, in the order of making. `department` leads or takes part."""
    rows, next_cursor = await list_initiatives(session, filters, actor=actor)
    return send_page(request, await show_initiatives(session, rows), next_cursor)


@router.post("", summary="Add an initiative", status_code=201, response_model=InitiativeOut)
async def create_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, data: InitiativeInput
) -> Response:
    """Adds an initiative: a draft, or with a due date under way."""
    initiative = await create_initiative(session, data, actor=actor)
    return send_created(request, await show_initiative(session, initiative))


@router.get("/{initiative}", summary="Show an initiative", response_model=InitiativeOut)
async def show_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, initiative: str
) -> Response:
    """One initiative by id or code."""
    row = await find_initiative(session, initiative, actor=actor)
    return send_item(request, await show_initiative(session, row))


@router.put("/{initiative}", summary="Replace an initiative", response_model=InitiativeOut)
async def update_initiative_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    initiative: str,
    data: InitiativeInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces what is written about an initiative. The due date of what has begun is moved by re-dating."""
    return await put_one(request, session, INITIATIVE, initiative, data, actor=actor, if_match=if_match)


@router.patch("/{initiative}", summary="Change an initiative", response_model=InitiativeOut)
async def patch_initiative_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    initiative: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of an initiative (JSON Merge Patch)."""
    return await patch_one(request, session, INITIATIVE, initiative, patch, actor=actor, if_match=if_match)


@router.delete("/{initiative}", summary="Delete an initiative", response_model=InitiativeOut, responses=GONE)
async def delete_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, initiative: str, if_match: IfMatch = None
) -> Response:
    """Removes an initiative that was only ever a draft and that nothing points at; archives what is over."""
    return await delete_one(
        request, session, INITIATIVE, initiative, delete_initiative, actor=actor, if_match=if_match
    )


@router.post("/{initiative}/archive", summary="Archive an initiative", response_model=InitiativeOut)
async def archive_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, initiative: str
) -> Response:
    """Takes an initiative out of the lists once it is over. Its dates stay, and its code stays taken."""
    return await archive_one(request, session, INITIATIVE, initiative, actor=actor, if_match="*")


@router.get("/{initiative}/dates", summary="List the due dates", response_model=PageOut[InitiativeDateOut])
async def list_initiative_dates_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    initiative: str,
    filters: Annotated[InitiativeDateFilter, Query()],
) -> Response:
    """Every due date an initiative has had, the baseline first, each later one with its reason."""
    row = await find_initiative(session, initiative, actor=actor)
    dates, next_cursor = await list_due_dates(session, row.id, filters)
    return send_page(request, [make_shape(InitiativeDateOut, each, {}) for each in dates], next_cursor)


@router.post("/{initiative}/redate", summary="Move the due date", response_model=InitiativeOut)
async def redate_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, initiative: str, data: InitiativeRedating
) -> Response:
    """Gives what is under way another due date, with a reason. The baseline stays."""
    row = await find_initiative(session, initiative, actor=actor, to=INITIATIVE.permission, lock=True)
    await redate_initiative(session, row, data, actor=actor)
    return send_item(request, await show_initiative(session, row))


@router.post("/{initiative}/finish", summary="Finish an initiative", response_model=InitiativeOut)
async def finish_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, initiative: str, data: InitiativeFinish
) -> Response:
    """Says on which day an initiative was done."""
    row = await find_initiative(session, initiative, actor=actor, to=INITIATIVE.permission, lock=True)
    await finish_initiative(session, row, data, actor=actor)
    return send_item(request, await show_initiative(session, row))


@router.post("/{initiative}/cancel", summary="Cancel an initiative", response_model=InitiativeOut)
async def cancel_initiative_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    initiative: str,
    data: InitiativeCancellation,
) -> Response:
    """Gives up what is under way, with a reason. Only with a decision it is not counted as late or open."""
    row = await find_initiative(session, initiative, actor=actor, to=INITIATIVE.permission, lock=True)
    await cancel_initiative(session, row, data, actor=actor)
    return send_item(request, await show_initiative(session, row))


@router.post("/{initiative}/reopen", summary="Reopen an initiative", response_model=InitiativeOut)
async def reopen_initiative_route(
    request: Request, session: SessionDep, actor: ActorDep, initiative: str
) -> Response:
    """Takes up again what was finished or cancelled."""
    row = await find_initiative(session, initiative, actor=actor, to=INITIATIVE.permission, lock=True)
    await reopen_initiative(session, row, actor=actor)
    return send_item(request, await show_initiative(session, row))
