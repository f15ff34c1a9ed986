"""Rituals in JSON, and the verdicts on them. Their occurrences are in `rituals_occurrences`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from app.actions.rituals import archive_ritual, create_ritual, record_verdict, update_ritual
from app.api.answers import (
    ArchivableOut,
    PageOut,
    RecordOut,
    Ref,
    make_ref,
    make_shape,
    send_created,
    send_item,
    send_page,
)
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, archive_one, current_input, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.domain.recurrence_words import tell_rule
from app.domain.rituals import RitualKind, Verdict, next_occurrence
from app.domain.words import Level
from app.models.rituals import (
    LocalMoment,
    Ritual,
    RitualFilter,
    RitualInput,
    RitualVerdict,
    VerdictInput,
)
from app.queries._find import load_named
from app.queries.organization import today_of
from app.queries.rituals import (
    find_ritual,
    list_rituals,
    list_stored,
    list_verdicts,
    read_kept,
    read_schedule,
)

router = ApiRouter("/rituals", tag="rituals")


class RitualOut(ArchivableOut):
    """A meeting that returns, and when it comes next."""

    code: str
    name: str
    kind: RitualKind
    purpose: str | None
    objectives: list[str]
    host: Ref
    invited: list[Ref]
    departments: list[Ref]
    levels: list[Level]
    location: str | None
    starts_at: LocalMoment = Field(description="Its first day, in the time zone of the organization.")
    duration_minutes: int
    rrule: str
    rhythm: str = Field(description="The rule in words.")
    next_at: LocalMoment | None = Field(description="Today or later; null when nothing comes any more.")


class VerdictOut(RecordOut):
    """What was decided about a ritual for a quarter."""

    quarter: str
    verdict: Verdict
    reason: str
    decided_by: str = Field(description="The name of whoever decided.")


async def show_rituals(session: SessionDep, rows: Sequence[Ritual]) -> list[RitualOut]:
    """Rituals as answers, with three statements for all of them."""
    owners = {row.host_id for row in rows} | {UUID(each) for row in rows for each in row.invited}
    places = {UUID(each) for row in rows for each in row.departments}
    references = await load_named(session, {"owners": owners, "departments": places})
    today = await today_of(session)
    stored = await list_stored(session, [row.id for row in rows])
    shown = []
    for row in rows:
        schedule = read_schedule(row)
        kept = [read_kept(each) for each in stored[row.id]]
        coming = None if row.archived_at else next_occurrence(schedule, kept, after=today - timedelta(days=1))
        extra: dict[str, Any] = {
            name: [make_ref(UUID(each), references) for each in getattr(row, name)]
            for name in ("invited", "departments")
        }
        extra["levels"] = [Level(each) for each in row.levels]
        extra["rhythm"] = tell_rule(schedule.rule, row.starts_at.date())
        extra["next_at"] = coming.starts_at if coming else None
        shown.append(make_shape(RitualOut, row, references, **extra))
    return shown


async def show_ritual(session: SessionDep, row: Ritual) -> RitualOut:
    """A ritual as an answer."""
    return (await show_rituals(session, [row]))[0]


async def read_ritual_input(_: SessionDep, row: Ritual) -> dict[str, Any]:
    """What would be sent to make the ritual what it is."""
    return current_input(row, RitualInput)


RITUAL = Editable(
    find=find_ritual,
    show=show_ritual,
    contract=RitualInput,
    update=update_ritual,
    archive=archive_ritual,
    permission=Permission.RITUALS_WRITE,
    read_input=read_ritual_input,
)


@router.get("", summary="List rituals", response_model=PageOut[RitualOut])
async def list_rituals_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[RitualFilter, Query()]
) -> Response:
    """Every ritual, in the order of making."""
    rows, next_cursor = await list_rituals(session, filters, actor=actor)
    return send_page(request, await show_rituals(session, rows), next_cursor)


@router.post("", summary="Add a ritual", status_code=201, response_model=RitualOut)
async def create_ritual_route(
    request: Request, session: SessionDep, actor: ActorDep, data: RitualInput
) -> Response:
    """Adds a meeting that returns by a rule (RFC 5545). Its first day has to be a day of the rule."""
    row = await create_ritual(session, data, actor=actor)
    return send_created(request, await show_ritual(session, row))


@router.get("/{ritual}", summary="Show a ritual", response_model=RitualOut)
async def show_ritual_route(request: Request, session: SessionDep, actor: ActorDep, ritual: str) -> Response:
    """One ritual by id or code."""
    row = await find_ritual(session, ritual, actor=actor)
    return send_item(request, await show_ritual(session, row))


@router.put("/{ritual}", summary="Replace a ritual", response_model=RitualOut)
async def update_ritual_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    ritual: str,
    data: RitualInput,
    if_match: IfMatch = None,
) -> Response:
    """Replaces everything that is written about a ritual. Another rule holds from today; what was stays."""
    return await put_one(request, session, RITUAL, ritual, data, actor=actor, if_match=if_match)


@router.patch("/{ritual}", summary="Change a ritual", response_model=RitualOut)
async def patch_ritual_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    ritual: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """Changes some fields of a ritual (JSON Merge Patch)."""
    return await patch_one(request, session, RITUAL, ritual, patch, actor=actor, if_match=if_match)


@router.delete("/{ritual}", summary="Archive a ritual", response_model=RitualOut)
async def delete_ritual_route(
    request: Request, session: SessionDep, actor: ActorDep, ritual: str, if_match: IfMatch = None
) -> Response:
    """Ends a ritual. What was stays."""
    return await archive_one(request, session, RITUAL, ritual, actor=actor, if_match=if_match)


@router.post("/{ritual}/archive", summary="Archive a ritual", response_model=RitualOut)
async def archive_ritual_route(
    request: Request, session: SessionDep, actor: ActorDep, ritual: str
) -> Response:
    """Ends a ritual. What was stays."""
    return await archive_one(request, session, RITUAL, ritual, actor=actor, if_match="*")


@router.get("/{ritual}/verdicts", summary="List verdicts", response_model=PageOut[VerdictOut])
async def list_verdicts_route(
    request: Request, session: SessionDep, actor: ActorDep, ritual: str
) -> Response:
    """Whether the ritual was kept, changed or stopped, the latest quarter first."""
    row = await find_ritual(session, ritual, actor=actor)
    verdicts = await list_verdicts(session, row.id)
    return send_page(request, [_shape_verdict(each) for each in verdicts], None)


@router.post("/{ritual}/verdicts", summary="Decide about a ritual", response_model=VerdictOut)
async def record_verdict_route(
    request: Request, session: SessionDep, actor: ActorDep, ritual: str, data: VerdictInput
) -> Response:
    """Keep, change or stop, for this quarter unless another is named; said again, it replaces that.

    Stopping ends the ritual.
    """
    row = await find_ritual(session, ritual, actor=actor, to=Permission.RITUALS_WRITE, lock=True)
    return send_item(request, _shape_verdict(await record_verdict(session, row, data, actor=actor)))


def _shape_verdict(row: RitualVerdict) -> VerdictOut:
    return make_shape(VerdictOut, row, {})
