"""Answering a dependency: whoever writes the target accepts, declines with a reason, or says when it came."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from app.actions.dependencies import accept_dependency, decline_dependency, deliver_dependency
from app.deps import SessionDep
from app.domain.linkage.names import write_link_code
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor
from app.errors import NotFound
from app.models.links import DependencyDelivery, DependencyRefusal, Link
from app.queries.links import find_dependency
from app.queries.nodes import name_node
from app.queries.organization import today_of
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.goals_tree import address_of
from app.web.links import Pressed
from app.web.nodes_edit import answer_node_form
from app.web.render import go_to, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False)


class _Reply(NamedTuple):
    """What is answered, with which form, by which verb."""

    row: Link
    form: Form[Any]
    verb: str


@router.post("/links/{link}/accept")
async def accept_dependency_button(
    request: Request, session: SessionDep, person: PersonDep, link: str
) -> Response:
    """Promises it."""
    await read_form(request, Pressed)
    row = await find_dependency(session, link, actor=person, lock=True)
    await accept_dependency(session, row, actor=person)
    return go_to(request, await _find_home(session, row, person))


@router.get("/links/{link}/decline")
async def refuse_dependency(request: Request, session: SessionDep, person: PersonDep, link: str) -> Response:
    """The form that asks why not."""
    row = await find_dependency(session, link, actor=person)
    form: Form[DependencyRefusal] = Form()
    return page(request, "dependencies/decline.html", **await _describe(session, row, person, form))


@router.post("/links/{link}/decline")
async def decline_dependency_button(
    request: Request, session: SessionDep, person: PersonDep, link: str
) -> Response:
    """Declines it."""
    form = await read_form(request, DependencyRefusal)
    row = await find_dependency(session, link, actor=person, lock=True)

    async def save(data: DependencyRefusal) -> None:
        await decline_dependency(session, row, data, actor=person)

    return await _save(request, session, person, _Reply(row, form, "decline"), save)


@router.get("/links/{link}/deliver")
async def ask_delivery(request: Request, session: SessionDep, person: PersonDep, link: str) -> Response:
    """The form that asks since when it is there."""
    row = await find_dependency(session, link, actor=person)
    form: Form[DependencyDelivery] = Form(values={"delivered_on": str(await today_of(session))})
    return page(request, "dependencies/deliver.html", **await _describe(session, row, person, form))


@router.post("/links/{link}/deliver")
async def deliver_dependency_button(
    request: Request, session: SessionDep, person: PersonDep, link: str
) -> Response:
    """Says that it is there."""
    form = await read_form(request, DependencyDelivery)
    row = await find_dependency(session, link, actor=person, lock=True)

    async def save(data: DependencyDelivery) -> None:
        await deliver_dependency(session, row, data, actor=person)

    return await _save(request, session, person, _Reply(row, form, "deliver"), save)


async def _save(
    request: Request,
    session: SessionDep,
    person: Actor,
    reply: _Reply,
    save: Callable[[Any], Awaitable[None]],
) -> Response:
    row, form, verb = reply
    status = await save_form(session, form, save)
    if status == OK:
        return go_to(request, await _find_home(session, row, person))
    await session.refresh(row)
    context = await _describe(session, row, person, form)
    whole, part = f"dependencies/{verb}.html", f"dependencies/_{verb}_form.html"
    return answer_node_form(request, whole, part, context, status=status)


async def _find_home(session: SessionDep, row: Link, person: Actor) -> str:
    """The page of what was asked for: there the answer stands."""
    target = await name_node(session, str(row.target_id), actor=person)
    if target is None:
        raise NotFound("What was asked for is archived.")
    return f"{address_of(target.kind, target.code)}#links"


async def _describe(session: SessionDep, row: Link, person: Actor, form: Form[Any]) -> dict[str, Any]:
    source = await name_node(session, str(row.source_id), actor=person)
    target = await name_node(session, str(row.target_id), actor=person)
    if source is None or target is None:
        raise NotFound("An end of this dependency is archived.")
    code = write_link_code(source.code, target.code, row.type)
    return {
        "source": source,
        "target": target,
        "source_home": address_of(source.kind, source.code),
        "target_home": address_of(target.kind, target.code),
        "href": f"/links/{quote(code, safe=':')}",
        "need_by": word_day(row.need_by) if row.need_by else None,
        "rationale": row.rationale,
        "form": form,
    }
