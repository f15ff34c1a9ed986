"""`/objectives/CODE`: one objective, what it serves and what serves it. Forms are in `objectives_edit`."""

from typing import Literal

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.permissions import Permission, may
from app.domain.words import NodeStatus
from app.models.base import write_number
from app.queries._find import load_references
from app.queries.objectives import find_objective, place_of_objective
from app.web.commitment_lines import read_commitments_about
from app.web.deps import PersonDep
from app.web.nodes import is_late, read_node_page, say_span
from app.web.nodes_edit import may_add_objectives
from app.web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/objectives/{objective}")
async def show_objective(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    objective: str,
    history: Literal["all"] | None = None,
) -> Response:
    """One objective: whose, which goals it reaches and how, how it stands, and what became of it."""
    row = await find_objective(session, objective, actor=person)
    names = await load_references(session, [row])
    node = await read_node_page(session, row.id, person=person, every_event=history == "all")
    may_edit = may(person, Permission.GOALS_WRITE, on=place_of_objective(row))
    return page(
        request,
        "objectives/show.html",
        objective=row,
        department=names[row.department_id],
        owner=names.get(row.owner_id) if row.owner_id else None,
        span=say_span(row.starts_on, row.ends_on),
        effort=f"{write_number(row.effort)} person-days a month",
        late=is_late(row, node.today),
        node=node,
        **await read_commitments_about(
            session,
            person,
            row.id,
            today=node.today,
            new={"goal": row.code} if row.status is NodeStatus.ACTIVE else None,
        ),
        may_edit=row.archived_at is None and may_edit,
        may_add=may_add_objectives(person),
    )
