"""`/goals`: the tree from the vision to the objectives, and the page of one goal. Its forms: `goals_edit`."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep
from app.domain.branches import list_held
from app.domain.linkage.findings import ObjectKind
from app.domain.linkage.wording import word_day
from app.domain.permissions import Permission, Place, may, require
from app.domain.scoring import Status
from app.domain.words import NodeStatus
from app.models.base import Email, Reference
from app.queries._find import load_references
from app.queries.departments import DepartmentPlace, list_department_places
from app.queries.goals import find_goal
from app.queries.goals_rows import goal_tree_rows
from app.queries.linkage import count_findings_by_object
from app.queries.organization import find_organization, find_vision
from app.queries.owners import find_home
from app.web.commitment_lines import read_commitments_about
from app.web.decision_lines import FEW_SHOWN, read_decisions_about
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none
from app.web.goals_tree import Tree, TreeFilter, list_owners_of
from app.web.nodes import is_late, read_node_page, say_span
from app.web.nodes_edit import may_add_objectives
from app.web.render import page

router = APIRouter(include_in_schema=False)
# Above this many rows the goals are closed at first.
MOST_OPEN = 80
COUNTED = (ObjectKind.GOAL, ObjectKind.OBJECTIVE, ObjectKind.LINK, ObjectKind.KPI)


class TreeQuery(Contract):
    """What the filters ask for; blank fields ask for nothing. `show`: how far the tree is open."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    owner: Annotated[Email | None, BeforeValidator(blank_is_none)] = None
    status: Annotated[NodeStatus | None, BeforeValidator(blank_is_none)] = None
    kpi: Annotated[Status | None, BeforeValidator(blank_is_none)] = None
    findings: bool = False
    show: Literal["goals", "all"] | None = None


@router.get("/goals")
async def show_goal_tree(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[TreeQuery, Query()]
) -> Response:
    """The whole plan as a tree; the same address shows the same."""
    require(person, Permission.GOALS_READ)
    organization = await find_organization(session, actor=person)
    places = await list_department_places(session, actor=person)
    rows = await goal_tree_rows(session, actor=person)
    counts = await count_findings_by_object(session, COUNTED, actor=person)
    tree = Tree(rows, counts, _read_filter(asked, places))
    summary = tree.sum_up()
    vision = await find_vision(session, organization)
    return page(
        request,
        "goals/tree.html",
        asked=asked,
        filtered=tree.wanted.is_set,
        organization=organization,
        vision=vision,
        horizon=vision and vision.horizon and _say_horizon(vision.horizon),
        groups=tree.draw(),
        summary=summary,
        open=asked.show == "all" or (asked.show is None and (summary.all <= MOST_OPEN or tree.wanted.is_set)),
        departments=[(place.code, place.name) for place in places],
        owners=list_owners_of(rows.nodes),
        states=[(each.value, each.value) for each in NodeStatus],
        colours=[(each.value, each.value) for each in Status],
        may_add_goal=may(person, Permission.GOALS_WRITE, on=Place()),
        may_add_objective=may_add_objectives(person),
        turned=_turn_show(request),
        home=await find_home(session, person),
    )


@router.get("/goals/{goal}")
async def show_goal(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    goal: str,
    history: Literal["all"] | None = None,
) -> Response:
    """One goal: why, whose, what contributes to it, how it stands, and what became of it."""
    row = await find_goal(session, goal, actor=person)
    names = await load_references(session, [row])
    node = await read_node_page(session, row.id, person=person, every_event=history == "all")
    return page(
        request,
        "goals/show.html",
        goal=row,
        theme=names.get(row.theme_id) if row.theme_id else None,
        owner=names.get(row.owner_id) if row.owner_id else None,
        span=say_span(row.starts_on, row.ends_on),
        assumptions=[_say_assumption(each) for each in row.assumptions],
        late=is_late(row, node.today),
        node=node,
        decisions=await read_decisions_about(session, person, today=node.today, goal=row.id),
        **await read_commitments_about(
            session,
            person,
            row.id,
            today=node.today,
            new={"goal": row.code} if row.status is NodeStatus.ACTIVE else None,
        ),
        all_decisions=f"/decisions?{urlencode({'goal': row.code})}",
        few=FEW_SHOWN,
        may_log=f"/decisions/new?{urlencode({'goal': row.code})}"
        if may(person, Permission.DECISIONS_WRITE) and row.status is not NodeStatus.DRAFT
        else None,
        may_edit=row.archived_at is None and may(person, Permission.GOALS_WRITE, on=Place()),
        may_add=may_add_objectives(person),
    )


def _say_assumption(kept: dict[str, object]) -> tuple[str, str | None]:
    """An assumption, and when it is looked at again."""
    day = kept.get("review_on")
    return str(kept["text"]), word_day(date.fromisoformat(str(day))) if day else None


def _read_filter(asked: TreeQuery, places: list[DepartmentPlace]) -> TreeFilter:
    departments = None
    if asked.department is not None:
        below: dict[UUID, list[UUID]] = {}
        for place in places:
            if place.parent_id:
                below.setdefault(place.parent_id, []).append(place.id)
        key = asked.department.casefold()
        tops = [place.id for place in places if key in (place.code.casefold(), str(place.id))]
        departments = frozenset(list_held(tops, below))
    return TreeFilter(departments, asked.owner, asked.status, asked.kpi, asked.findings)


def _say_horizon(text: str) -> str:
    """A horizon is any text; where it is a date, it is said as one."""
    try:
        return f"by {word_day(date.fromisoformat(text))}"
    except ValueError:
        return text


def _turn_show(request: Request) -> dict[str, str]:
    """The address of this page with everything open, and with the goals closed."""
    return {
        show: str(request.url.include_query_params(show=show).replace(scheme="", netloc=""))
        for show in ("all", "goals")
    }
