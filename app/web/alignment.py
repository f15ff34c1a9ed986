"""`/alignment`: where the strategy gets lost, one sentence and one picture for each fact."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.alignment.facts import Consensus
from app.domain.permissions import Permission, may
from app.queries.alignment import read_alignment
from app.queries.organization import find_organization
from app.web.alignment_pictures import (
    say_survey,
    show_conflict,
    show_ladder,
    show_pairs,
    show_quadrant,
    show_say_do,
    show_signal,
)
from app.web.deps import PersonDep
from app.web.render import page
from app.web.times import read_clock

router = APIRouter(include_in_schema=False)
# Where the lines of the quadrant stand: from here on a department is agreed, and away (measures.md, 4).
AGREED, NEGLIGIBLE = 0.5, 0.05


@router.get("/alignment")
async def show_alignment(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """The facts as they were measured last; nothing is computed while somebody waits."""
    organization = await find_organization(session, actor=person)
    found = await read_alignment(session, actor=person)
    context: dict[str, Any] = {
        "facts": found.facts,
        "stale": found.is_stale,
        "opens_kpis": may(person, Permission.GOALS_READ),
        "makes_surveys": may(person, Permission.SURVEYS_WRITE),
    }
    if found.facts is None or found.measure is None:
        return page(request, "alignment/show.html", **context)
    clock = read_clock(ZoneInfo(organization.time_zone))
    course = found.facts.course
    context |= {
        "measured": clock.say(found.measure.measured_at),
        "say_do": show_say_do(course.say_do),
        "conflicts": [show_conflict(each) for each in course.conflicts],
        "signals": [show_signal(each) for each in course.signals],
        "consensus": found.facts.consensus,
    }
    if found.facts.consensus is not None:
        context |= _show_consensus(found.facts.consensus)
    return page(request, "alignment/show.html", **context)


def _show_consensus(consensus: Consensus) -> dict[str, Any]:
    return {
        "survey": say_survey(consensus, consensus.closed_on),
        "ladder": show_ladder(consensus),
        "quadrant": show_quadrant(
            consensus.quadrant, minimum=consensus.minimum, agreed=AGREED, negligible=NEGLIGIBLE
        ),
        "pairs": show_pairs(consensus.pairs),
    }
