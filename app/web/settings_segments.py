"""`/settings/segments`: the inbox of segments that HR systems sent, and which department each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, StringConstraints

from app.actions.engagement_segments import map_segment
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.models.engagement import EngagementSegment, SegmentFilter, SegmentInput
from app.queries._find import load_references
from app.queries.departments import list_choices
from app.queries.engagement_segments import count_segments, find_segment, list_segments
from app.queries.organization import zone_of
from app.web.filling import fill_form
from app.web.forms import Contract, Form, read_form
from app.web.render import done, fragments, is_partial
from app.web.saving import OK, save_form
from app.web.settings import KeeperDep, settings_page
from app.web.times import Clock, read_clock

router = APIRouter(include_in_schema=False, prefix="/settings/segments")
AREA = "/settings/segments"
MOST_SHOWN = 50


class SegmentsQuery(Contract):
    """Which segments the page shows: those that wait, or with `mapped` those that are settled."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    mapped: bool = False
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment with the form that says which department it is."""

    id: UUID
    source: str
    segment: str
    name: str | None
    seen: str
    form: Form[SegmentInput]
    is_mapped: bool
    is_suggested: bool
    status: int = OK


@router.get("")
async def list_segments_page(
    request: Request, session: SessionDep, person: KeeperDep, asked: Annotated[SegmentsQuery, Query()]
) -> Response:
    """What waits; with `mapped` what was mapped."""
    return await _show(request, session, person, asked)


@router.post("/{segment}")
async def map_one_segment(request: Request, session: SessionDep, person: KeeperDep, segment: str) -> Response:
    """Says which department a segment is; its scores follow, those of the past too. None puts it back."""
    form = await read_form(request, SegmentInput)
    row = await find_segment(session, segment, actor=person, to=Permission.SEGMENTS_WRITE, lock=True)
    was_mapped = row.department_id is not None
    now = fill_form(SegmentInput, row, await load_references(session, [row]))

    async def save(data: SegmentInput) -> None:
        await map_segment(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        row = await find_segment(session, segment, actor=person)
        (line,) = await _list_lines(session, [row], person, refused=form)
        line = replace(line, status=status)
        if is_partial(request):
            return fragments(request, [("settings/_segment.html", {"line": line})], status=status)
        asked = SegmentsQuery(mapped=was_mapped)
        return await _show(request, session, person, asked, refused=line)
    line = (await _list_lines(session, [row], person))[0]
    said = f"{line.name or line.segment} is back in the inbox." if row.department_id is None else "Mapped."
    to = f"{AREA}?mapped=true" if was_mapped else AREA
    return done(request, [("settings/_segment.html", {"line": line})], to=to, said=said)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    asked: SegmentsQuery,
    *,
    refused: SegmentLine | None = None,
) -> Response:
    mapped, cursor = asked.mapped, asked.cursor
    filters = SegmentFilter(mapped=mapped, cursor=cursor, limit=MOST_SHOWN)
    rows, following = await list_segments(session, filters, actor=person)
    lines = await _list_lines(session, rows, person)
    waiting, settled = await count_segments(session, actor=person)
    kept: dict[str, Any] = {"mapped": "true"} if mapped else {}
    return settings_page(
        request,
        "settings/segments.html",
        AREA,
        status=OK if refused is None else refused.status,
        lines=[refused if refused and line.id == refused.id else line for line in lines],
        mapped=mapped,
        waiting=waiting,
        settled=settled,
        departments=await list_choices(session, actor=person),
        first_url=(f"{AREA}?{urlencode(kept)}" if kept else AREA) if cursor else None,
        next_url=f"{AREA}?{urlencode(kept | {'cursor': following})}" if following else None,
    )


async def _list_lines(
    session: SessionDep,
    rows: Sequence[EngagementSegment],
    person: Actor,
    *,
    refused: Form[SegmentInput] | None = None,
) -> list[SegmentLine]:
    names = await load_references(session, rows)
    clock = read_clock(await zone_of(session))
    codes = {name.casefold(): code for code, name in await list_choices(session, actor=person)}
    return [_make_line(row, names, clock, codes, refused) for row in rows]


def _make_line(
    row: EngagementSegment,
    names: dict[UUID, tuple[str, str]],
    clock: Clock,
    codes: dict[str, str],
    refused: Form[SegmentInput] | None,
) -> SegmentLine:
    form = refused or fill_form(SegmentInput, row, names)
    # A department of the very same name is offered; a person says whether it is meant.
    offered = codes.get((row.name or "").casefold()) if row.department_id is None and not refused else None
    if offered:
        form.values = {**form.values, "department": offered}
    is_mapped, seen = row.department_id is not None, clock.say(row.last_seen_at)
    return SegmentLine(
        row.id, row.source, row.segment, row.name, seen, form, is_mapped, is_suggested=bool(offered)
    )
