"""A link: reading and editing it, affirming that it still holds, removing it. Adding one: `links_new`."""

from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict

from app.actions.links import affirm_link, archive_link, update_link
from app.deps import SessionDep
from app.domain.linkage.names import write_link_code
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, may
from app.errors import Conflict, NotFound
from app.models.links import Link, LinkInput
from app.queries._find import load_references
from app.queries.goals_rows import list_node_kpis, list_node_links, read_plan_graph
from app.queries.links import find_link, find_place_of_link
from app.queries.nodes import NodeName, name_node
from app.queries.organization import today_of
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Contract, Form, read_form
from app.web.goals_tree import address_of
from app.web.nodes import Step, close_circle, take_pulses, write_link_line
from app.web.nodes_edit import LINK_TYPES, LINK_WORDS, answer_node_form
from app.web.render import done, go_to, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)
WRITE = Permission.GOALS_WRITE


class Pressed(Contract):
    """A button without fields."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


@router.get("/links/{link}")
async def show_link(request: Request, session: SessionDep, person: PersonDep, link: str) -> Response:
    """A link with its reason; a form for those who may change it."""
    row = await find_link(session, link, actor=person)
    return await _show(request, session, person, row, await _fill(session, row))


@router.post("/links/{link}")
async def update_link_button(request: Request, session: SessionDep, person: PersonDep, link: str) -> Response:
    """Replaces what is written about a link."""
    form = await read_form(request, LinkInput)
    row = await find_link(session, link, actor=person, to=WRITE, lock=True)
    now, reference = await _fill(session, row), str(row.id)

    async def save(data: LinkInput) -> None:
        await update_link(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status == OK:
        return go_to(request, await _find_home(session, str(form.values["source"]), person))
    row = await find_link(session, reference, actor=person)
    await session.refresh(row)
    return await _show(request, session, person, row, form, status=status)


@router.post("/links/{link}/affirm")
async def affirm_link_button(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    link: str,
    side: Literal["source", "target"] = "source",
) -> Response:
    """Says that a link still holds; `side`: at which of its ends the button stood."""
    await read_form(request, Pressed)
    row = await find_link(session, link, actor=person, to=WRITE, lock=True)
    await affirm_link(session, row, actor=person)
    here = row.source_id if side == "source" else row.target_id
    shown = next(each for each in await list_node_links(session, here, actor=person) if each.id == row.id)
    today = await today_of(session)
    kpis = await list_node_kpis(session, [shown.other_id], today=today, actor=person)
    line = write_link_line(shown, person, take_pulses(kpis, today), today)
    home = await _find_home(session, str(row.source_id), person)
    return done(request, [("nodes/_link_line.html", {"line": line})], to=home, said="Affirmed.")


@router.get("/links/{link}/remove")
async def confirm_link_removal(
    request: Request, session: SessionDep, person: PersonDep, link: str
) -> Response:
    """What removing a link means."""
    row = await find_link(session, link, actor=person, to=WRITE)
    return page(request, "links/remove.html", **await _describe(session, person, row))


@router.post("/links/{link}/remove")
async def remove_link_button(request: Request, session: SessionDep, person: PersonDep, link: str) -> Response:
    """Takes a link out of the graph; its history stays."""
    await read_form(request, Pressed)
    row = await find_link(session, link, actor=person, to=WRITE, lock=True)
    await archive_link(session, row, actor=person)
    return go_to(request, await _find_home(session, str(row.source_id), person))


async def _find_home(session: SessionDep, reference: str, person: Actor) -> str:
    """The place of its links on the page of an end of a link."""
    node = await name_node(session, reference, actor=person)
    return "/goals" if node is None else f"{address_of(node.kind, node.code)}#links"


async def _fill(session: SessionDep, row: Link) -> Form[LinkInput]:
    return fill_form(LinkInput, row, await load_references(session, [row]))


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    row: Link,
    form: Form[LinkInput],
    *,
    status: int = OK,
) -> Response:
    may_edit = may(person, WRITE, on=await find_place_of_link(session, row)) and row.archived_at is None
    circle: list[Step] = []
    if status == Conflict.status and not form.theirs:
        graph = await read_plan_graph(session, actor=person)
        circle = close_circle(graph, source=row.source_id, target=row.target_id)
    context = await _describe(session, person, row)
    context |= {"form": form, "may_edit": may_edit, "types": LINK_TYPES, "circle": circle}
    return answer_node_form(request, "links/show.html", "links/_form.html", context, status=status)


async def _describe(session: SessionDep, person: Actor, row: Link) -> dict[str, Any]:
    source = await name_node(session, str(row.source_id), actor=person)
    target = await name_node(session, str(row.target_id), actor=person)
    if source is None or target is None:
        raise NotFound("An end of this link is archived.")
    return {
        "link": row,
        "source": source,
        "target": target,
        "source_home": address_of(source.kind, source.code),
        "href": f"/links/{quote(write_link_code(source.code, target.code, row.type), safe=':')}",
        "verb": LINK_WORDS[row.type],
        "affirmed": _say_affirmed(row, target),
        "ends": target.ends_on and word_day(target.ends_on),
    }


def _say_affirmed(row: Link, target: NodeName) -> str:
    """Who last said that it holds, and whether the target has changed since."""
    if row.affirmed_at is None:
        return "Nobody has affirmed it since it was made."
    told = f"{row.affirmed_by} affirmed it on {word_day(row.affirmed_at.date())}."
    if target.changed_at > row.affirmed_at:
        told += f" {target.code} has changed since, on {word_day(target.changed_at.date())}."
    return told
