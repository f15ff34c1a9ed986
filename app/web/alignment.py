"""`/alignment`: where the strategy gets lost, one sentence and one picture for each fact."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.queries.alignment import read_alignment
from app.queries.organization import find_organization
from app.web.deps import PersonDep
from app.web.render import page
from app.web.times import read_clock

router = APIRouter(include_in_schema=False)


@router.get("/alignment")
async def show_alignment(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """The facts as they were measured last; nothing is computed while somebody waits."""
    organization = await find_organization(session, actor=person)
    found = await read_alignment(session, actor=person)
    clock = read_clock(ZoneInfo(organization.time_zone))
    return page(
        request,
        "alignment/show.html",
        facts=found.facts,
        measured=None if found.measure is None else clock.say(found.measure.measured_at),
        stale=found.is_stale,
    )
