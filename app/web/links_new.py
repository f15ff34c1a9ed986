"""Adding a link: what to link is found by searching, and a circle is shown that it would close."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from app.actions.links import create_link
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, require
from app.domain.words import LinkType, NodeKind
from app.errors import Conflict, Forbidden, NotFound
from app.models.links import LinkInput
from app.queries.goals import find_goal
from app.queries.goals_rows import LinkRow, list_node_links, read_plan_graph
from app.queries.nodes import NodeName, name_node, search_nodes
from app.queries.objectives import find_objective
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.nodes import Step, close_circle
from app.web.nodes_edit import LINK_TYPES, LINK_WORDS, answer_node_form
from app.web.render import go_to
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.GOALS_WRITE
MOST_WORDS = 8
Words = Annotated[str, StringConstraints(max_length=200), Query()]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that could be linked. `tied`: how it is linked already."""

    code: str
    title: str
    of: str
    state: str | None
    is_goal: bool
    tied: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """The node that is linked, and the words that its other end is looked for by."""

    node: UUID
    words: str


@router.get("/objectives/{objective}/link")
async def pick_target(
    request: Request, session: SessionDep, person: PersonDep, objective: str, q: Words = ""
) -> Response:
    """What an objective is to be linked to."""
    row = await find_objective(session, objective, actor=person, to=WRITE)
    form: Form[LinkInput] = Form(values={"source": row.code, "type": LinkType.CONTRIBUTES.value})
    return await _show(request, session, person, form, Search(row.id, q))


@router.post("/objectives/{objective}/link")
async def link_target(
    request: Request, session: SessionDep, person: PersonDep, objective: str, q: Words = ""
) -> Response:
    """Links an objective to what was chosen."""
    row = await find_objective(session, objective, actor=person, to=WRITE)
    return await _save(request, session, person, Search(row.id, q), source=row.code)


@router.get("/goals/{goal}/link")
async def pick_source(
    request: Request, session: SessionDep, person: PersonDep, goal: str, q: Words = ""
) -> Response:
    """Which objective is to be linked to a goal."""
    row = await find_goal(session, goal, actor=person)
    require(person, WRITE)
    form: Form[LinkInput] = Form(values={"target": row.code, "type": LinkType.CONTRIBUTES.value})
    return await _show(request, session, person, form, Search(row.id, q))


@router.post("/goals/{goal}/link")
async def link_source(
    request: Request, session: SessionDep, person: PersonDep, goal: str, q: Words = ""
) -> Response:
    """Links the objective that was chosen to a goal."""
    row = await find_goal(session, goal, actor=person)
    require(person, WRITE)
    return await _save(request, session, person, Search(row.id, q), target=row.code)


async def _save(
    request: Request, session: SessionDep, person: Actor, search: Search, **fixed: str
) -> Response:
    form = await read_form(request, LinkInput)
    form.values = {**form.values, **fixed}

    async def save(data: LinkInput) -> None:
        await create_link(session, data.model_copy(update=fixed), actor=person)

    status = await save_form(session, form, save)
    if status == OK:
        home = "objectives" if "source" in fixed else "goals"
        return go_to(request, f"/{home}/{quote(next(iter(fixed.values())))}#links")
    if status == Forbidden.status:
        raise Forbidden(form.errors[""])
    return await _show(request, session, person, form, search, status=status)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[LinkInput],
    search: Search,
    *,
    status: int = OK,
) -> Response:
    node, words = search.node, search.words
    here = await name_node(session, str(node), actor=person)
    if here is None:
        raise NotFound("This is archived; it cannot be linked any more.")
    sources = here.kind is NodeKind.GOAL
    other = "source" if sources else "target"
    picked = form.values.get(other)
    chosen = await name_node(session, picked, actor=person) if picked else None
    found, more = await search_nodes(
        session, words.split()[:MOST_WORDS], itself=node, sources=sources, actor=person
    )
    if chosen is not None and chosen.id not in {each.id for each in found} | {node}:
        found = [chosen, *found]
    circle: list[Step] = []
    if status == Conflict.status and chosen is not None:
        circle = await _show_circle(session, person, *((chosen.id, node) if sources else (node, chosen.id)))
    home = f"/{here.kind.value}s/{quote(here.code)}"
    context: dict[str, Any] = {
        "form": form,
        "here": here,
        "home": home,
        "action": f"{home}/link" + (f"?{urlencode({'q': words})}" if words else ""),
        "other": other,
        "words": words,
        "choices": await _list_choices(session, person, node, found),
        "more": more,
        "types": LINK_TYPES,
        "circle": circle,
    }
    return answer_node_form(request, "links/new.html", "links/_new_form.html", context, status=status)


async def _show_circle(session: SessionDep, person: Actor, source: UUID, target: UUID) -> list[Step]:
    graph = await read_plan_graph(session, actor=person)
    return close_circle(graph, source=source, target=target)


async def _list_choices(
    session: SessionDep, person: Actor, node: UUID, found: list[NodeName]
) -> list[Choice]:
    links = await list_node_links(session, node, actor=person)
    tied = {link.other_id: _say_tied(link) for link in reversed(links) if not link.archived}
    return [
        Choice(
            code=each.code,
            title=each.title,
            of=" · ".join(part for part in (each.department or "Goal", each.owner) if part),
            state=None if each.status == "active" else each.status,
            is_goal=each.kind is NodeKind.GOAL,
            tied=tied.get(each.id),
        )
        for each in found
    ]


def _say_tied(link: LinkRow) -> str:
    verb = LINK_WORDS[LinkType(link.type)]
    return f"this one {verb} it already" if link.outgoing else f"it {verb} this one"
