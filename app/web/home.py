"""`/`: what the person in front of it answers for, and how well it hangs together."""

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.permissions import Permission, may
from app.models.linkage import FindingFilter
from app.queries.linkage import FindingRow, find_last_check, list_findings, read_scores
from app.queries.owners import find_home
from app.web.deps import PersonDep
from app.web.render import page

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 20


@router.get("/")
async def show_home(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """The score of the own department and of all, and the findings at home."""
    home = await find_home(session, person)
    score = own = None
    rows: list[FindingRow] = []
    if may(person, Permission.GOALS_READ):
        scores = await read_scores(session, await find_last_check(session))
        score, own = scores.get(None), scores.get(home.id) if home else None
        filters = FindingFilter(department=str(home.id) if home else None, limit=MOST_SHOWN)
        rows, _ = await list_findings(session, filters, actor=person)
    return page(request, "home/show.html", home=home, score=score, own=own, rows=rows)
