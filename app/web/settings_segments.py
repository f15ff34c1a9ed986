"""`/settings/segments`: the inbox of segments that HR systems sent, and which department each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
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
Shown = Literal["waiting", "mapped", "ignored"]

SAID: dict[Shown, str] = {
    "waiting": "back in the inbox.",
    "mapped": "mapped.",
    "ignored": "ignored from now on.",
}


class SegmentsQuery(Contract):
    """Which segments the page shows."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    show: Shown = "waiting"
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
    place: Shown
    is_suggested: bool
    status: int = OK


@router.get("")
async def list_segments_page(
    request: Request, session: SessionDep, person: KeeperDep, asked: Annotated[SegmentsQuery, Query()]
) -> Response:
    """What waits, what is mapped, or what is ignored."""
    return await _show(request, session, person, asked)


@router.post("/{segment}")
async def map_one_segment(request: Request, session: SessionDep, person: KeeperDep, segment: str) -> Response:
    """Says which department a segment is, or that it is none of ours; its scores follow, past ones too."""
    form = await read_form(request, SegmentInput)
    row = await find_segment(session, segment, actor=person, to=Permission.SEGMENTS_WRITE, lock=True)
    was = say_place(row)
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
        return await _show(request, session, person, SegmentsQuery(show=was), refused=line)
    (line,) = await _list_lines(session, [row], person)
    counts = {"counts": await count_segments(session, actor=person), "show": was}
    parts: list[tuple[str, dict[str, Any]]] = [
        ("settings/_segment.html", {"line": line}),
        ("settings/_segment_counts.html", counts | {"target": "settings-segment-counts"}),
    ]
    return done(request, parts, to=_address(was), said=f"{line.name or line.segment}: {SAID[line.place]}")


def say_place(row: EngagementSegment) -> Shown:
    """On which of the lists a segment is."""
    return "mapped" if row.department_id else "ignored" if row.ignored else "waiting"


def _address(show: Shown, cursor: str | None = None) -> str:
    kept = {"show": show} if show != "waiting" else {}
    query = urlencode(kept | ({"cursor": cursor} if cursor else {}))
    return f"{AREA}?{query}" if query else AREA


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    asked: SegmentsQuery,
    *,
    refused: SegmentLine | None = None,
) -> Response:
    filters = SegmentFilter(
        mapped=asked.show == "mapped" if asked.show != "ignored" else None,
        ignored=True if asked.show == "ignored" else None,
        cursor=asked.cursor,
        limit=MOST_SHOWN,
    )
    rows, following = await list_segments(session, filters, actor=person)
    lines = await _list_lines(session, rows, person)
    return settings_page(
        request,
        "settings/segments.html",
        AREA,
        status=OK if refused is None else refused.status,
        lines=[refused if refused and line.id == refused.id else line for line in lines],
        show=asked.show,
        counts=await count_segments(session, actor=person),
        departments=await list_choices(session, actor=person),
        first_url=_address(asked.show) if asked.cursor else None,
        next_url=_address(asked.show, following) if following else None,
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
    place, seen = say_place(row), clock.say(row.last_seen_at)
    offered = codes.get((row.name or "").casefold()) if place == "waiting" and not refused else None
    if offered:
        form.values = {**form.values, "department": offered}
    return SegmentLine(
        row.id, row.source, row.segment, row.name, seen, form, place, is_suggested=bool(offered)
    )
