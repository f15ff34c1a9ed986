"""The inbox of engagement scores in JSON: segments that sources sent, and their mapping to departments."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from app.actions.engagement_segments import map_segment
from app.api.answers import PageOut, RecordOut, Ref, send_item, send_page, shape_many, shape_one
from app.api.deps import ActorDep
from app.api.editing import Editable, IfMatch, Patch, patch_one, put_one
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.permissions import Permission
from app.models.engagement import EngagementSegment, SegmentFilter, SegmentInput
from app.queries.engagement_segments import find_segment, list_segments

router = ApiRouter("/engagement-segments", tag="engagement")


class SegmentOut(RecordOut):
    """A segment of a source; without a department it waits in the inbox, unless it is ignored."""

    source: str
    segment: str
    name: str | None
    department: Ref | None
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    mapped_at: AwareDatetime | None
    ignored: bool


async def show_segment(session: SessionDep, segment: EngagementSegment) -> SegmentOut:
    """A segment as its answer tells it."""
    return await shape_one(session, SegmentOut, segment)


SEGMENT = Editable(
    find=find_segment,
    show=show_segment,
    contract=SegmentInput,
    update=map_segment,
    permission=Permission.SEGMENTS_WRITE,
)


@router.get("", summary="List segments", response_model=PageOut[SegmentOut])
async def list_segments_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[SegmentFilter, Query()]
) -> Response:
    """Every segment that was ever received; `mapped=false` is the inbox, `ignored=true` what is left out."""
    rows, next_cursor = await list_segments(session, filters, actor=actor)
    return send_page(request, await shape_many(session, SegmentOut, rows), next_cursor)


@router.get("/{segment}", summary="Show a segment", response_model=SegmentOut)
async def show_segment_route(
    request: Request, session: SessionDep, actor: ActorDep, segment: str
) -> Response:
    """One segment by id."""
    return send_item(request, await show_segment(session, await find_segment(session, segment, actor=actor)))


@router.put("/{segment}", summary="Map a segment", response_model=SegmentOut)
async def map_segment_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    segment: str,
    data: SegmentInput,
    if_match: IfMatch = None,
) -> Response:
    """Says which department a segment is: its scores belong there from now on, the past ones too.

    Another department moves them, none puts the segment back into the inbox; `ignored` leaves it out of the
    inbox without a department. For executives and admins.
    """
    return await put_one(request, session, SEGMENT, segment, data, actor=actor, if_match=if_match)


@router.patch("/{segment}", summary="Map a segment again", response_model=SegmentOut)
async def remap_segment_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    segment: str,
    patch: Patch,
    if_match: IfMatch = None,
) -> Response:
    """The same by JSON Merge Patch."""
    return await patch_one(request, session, SEGMENT, segment, patch, actor=actor, if_match=if_match)
