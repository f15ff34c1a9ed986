"""Writing commitments with all their fields. One line is enough elsewhere (`commitments`)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict

from app.actions.commitments import create_commitment, update_commitment
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, may, require
from app.errors import Forbidden
from app.models.base import Reference
from app.models.commitments import Commitment, CommitmentInput
from app.models.decisions import DecisionFilter
from app.queries._find import load_references
from app.queries.commitments import find_commitment
from app.queries.decisions import list_decisions
from app.queries.kpis import list_kpi_choices
from app.queries.nodes import list_aim_choices
from app.queries.owners import find_owner, list_owner_choices
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Contract, Form, read_form
from app.web.nodes_edit import answer_node_form
from app.web.render import go_to
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/commitments")
WRITE = Permission.COMMITMENTS_WRITE
MOST_DECISIONS = 200


class AboutQuery(Contract):
    """What a link may fill in: what a commitment is to be about."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    goal: Reference | None = None
    kpi: Reference | None = None
    finding: Reference | None = None
    decision: Reference | None = None


@router.get("/new")
async def new_commitment(
    request: Request, session: SessionDep, person: PersonDep, about: Annotated[AboutQuery, Query()]
) -> Response:
    """The form of a new commitment, perhaps about something."""
    require(person, WRITE)
    own = await find_owner(session, str(person.id), actor=person)
    form: Form[CommitmentInput] = Form(values=about.model_dump() | {"owner": own.email})
    return await _show(request, session, person, form, None)


@router.post("/new")
async def create_commitment_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Makes a commitment."""
    form = await read_form(request, CommitmentInput)
    require(person, WRITE)
    made: list[Commitment] = []

    async def save(data: CommitmentInput) -> None:
        made.append(await create_commitment(session, data, actor=person))

    status = await save_form(session, form, save)
    if status == Forbidden.status:
        form.errors["owner"] = "You write commitments of your own and of people of your department."
        status = 422
    if status != OK:
        return await _show(request, session, person, form, None, status=status)
    return go_to(request, f"/commitments/{made[0].code}")


@router.get("/{commitment}/edit")
async def edit_commitment(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """The form of a commitment as it is."""
    row = await find_commitment(session, commitment, actor=person, to=WRITE)
    return await _show(request, session, person, await _fill(session, row), row)


@router.post("/{commitment}/edit")
async def update_commitment_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Replaces what is written about an open commitment."""
    form = await read_form(request, CommitmentInput)
    row = await find_commitment(session, commitment, actor=person, to=WRITE, lock=True)
    code, now = row.code, await _fill(session, row)

    async def save(data: CommitmentInput) -> None:
        await update_commitment(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status == OK:
        return go_to(request, f"/commitments/{code}")
    row = await find_commitment(session, code, actor=person)
    await session.refresh(row)
    return await _show(request, session, person, form, row, status=status)


async def _fill(session: SessionDep, row: Commitment) -> Form[CommitmentInput]:
    return fill_form(CommitmentInput, row, await load_references(session, [row]))


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[CommitmentInput],
    row: Commitment | None,
    *,
    status: int = OK,
) -> Response:
    home = f"/commitments/{row.code}" if row else "/commitments"
    context: dict[str, Any] = {
        "form": form,
        "code": row and row.code,
        "home": home,
        "action": f"{home}/edit" if row else "/commitments/new",
        "people": await list_owner_choices(session, actor=person),
        "aims": await list_aim_choices(session, actor=person),
        "kpis": await list_kpi_choices(session, actor=person),
        "decisions": await _list_decisions(session, person),
    }
    return answer_node_form(
        request, "commitments/edit.html", "commitments/_form.html", context, status=status
    )


async def _list_decisions(session: SessionDep, person: Actor) -> list[tuple[str, str]]:
    if not may(person, Permission.DECISIONS_READ):
        return []
    rows, _ = await list_decisions(session, DecisionFilter(limit=MOST_DECISIONS), actor=person)
    return [(row.code, row.title) for row in reversed(rows)]
