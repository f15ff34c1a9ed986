"""`/settings/clients`: the machines that use the API: their scopes, their keys, and when they were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.actions.clients import create_client, revoke_client, rotate_client_key, update_client
from app.deps import SessionDep
from app.domain.permissions import SCOPES, Actor, Permission, may, require
from app.models.clients import LAST_SECOND, Client, ClientFilter, ClientInput
from app.queries._find import load_references
from app.queries.clients import KeyTrace, find_client, list_clients, trace_keys
from app.queries.organization import zone_of
from app.web.filling import Names, fill_form
from app.web.forms import Form, read_form
from app.web.render import done, go_to
from app.web.saving import OK, save_form
from app.web.settings import KeeperDep, answer_form, settings_page, with_heading
from app.web.settings_departments import list_department_choices
from app.web.times import Clock, read_clock

router = APIRouter(include_in_schema=False, prefix="/settings/clients")
AREA = "/settings/clients"
MOST_SHOWN = 50
NO_KEY = KeyTrace("", None)
SCOPE_WORDS = {
    Permission.METRICS_READ: "reads metrics, measurements and engagement scores",
    Permission.MEASUREMENTS_WRITE: "writes values of KPIs",
    Permission.ENGAGEMENT_WRITE: "pushes engagement scores",
    Permission.GOALS_READ: "reads goals, objectives, links, KPIs, targets and findings",
    Permission.GOALS_WRITE: "writes all of these",
    Permission.DIRECTORY_WRITE: "keeps departments and owners",
    Permission.COMMITMENTS_READ: "reads commitments",
    Permission.COMMITMENTS_WRITE: "writes commitments",
    Permission.PEER_NOTES_READ: "reads peer notes",
    Permission.PEER_NOTES_WRITE: "writes peer notes",
    Permission.DECISIONS_READ: "reads decisions and their types",
    Permission.DECISIONS_WRITE: "writes decisions and their types",
    Permission.PARTNERSHIPS_READ: "reads partnerships and their talks",
    Permission.PARTNERSHIPS_WRITE: "writes them",
    Permission.SURVEYS_READ: "reads surveys and their results",
    Permission.SURVEYS_WRITE: "makes, opens and closes surveys",
    Permission.REVIEWS_READ: "reads reviews, live and closed",
    Permission.REVIEWS_WRITE: "opens, runs and closes reviews",
    Permission.REVIEWS_CAPTURE: "parks what comes up in reviews",
    Permission.RITUALS_READ: "reads rituals and what became of them",
    Permission.RITUALS_WRITE: "writes them",
    Permission.AUDIT_READ: "reads events: who changed what",
}


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client as a line of the list."""

    id: UUID
    name: str
    scopes: list[str]
    department: str | None
    source: str | None
    prefix: str
    used: str
    state: str
    tone: str


@router.get("")
async def list_clients_page(
    request: Request,
    session: SessionDep,
    person: KeeperDep,
    archived: Annotated[bool, Query()] = False,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Clients in force; with `archived` those that were revoked."""
    filters = ClientFilter(archived=archived, cursor=cursor, limit=MOST_SHOWN)
    rows, following = await list_clients(session, filters, actor=person)
    shown = f"{AREA}?archived=true&" if archived else f"{AREA}?"
    return settings_page(
        request,
        "settings/clients.html",
        AREA,
        lines=await _list_lines(session, rows),
        archived=archived,
        may_write=may(person, Permission.CLIENTS_WRITE),
        first_url=shown.rstrip("?&") if cursor else None,
        next_url=f"{shown}cursor={following}" if following else None,
    )


@router.get("/new")
async def new_client(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """The form of a new client."""
    require(person, Permission.CLIENTS_WRITE)
    form: Form[ClientInput] = Form(values={"scopes": []})
    return await _show(request, session, person, form, None)


@router.post("")
async def add_client(request: Request, session: SessionDep, person: KeeperDep) -> Response:
    """Adds a client and shows its key, this once."""
    require(person, Permission.CLIENTS_WRITE)
    form = await read_form(request, ClientInput)
    made: list[tuple[Client, str]] = []

    async def save(data: ClientInput) -> None:
        made.append(await create_client(session, data, actor=person))

    status = await save_form(session, form, save)
    if status != OK:
        return await _show(request, session, person, form, None, status=status)
    row, key = made[0]
    return _show_key(request, row, key)


@router.get("/{client}")
async def edit_client(request: Request, session: SessionDep, person: KeeperDep, client: str) -> Response:
    """The form of a client and what may be known of its keys."""
    row = await find_client(session, client, actor=person)
    return await _show(request, session, person, await _fill(session, row), row)


@router.post("/{client}")
async def save_client(request: Request, session: SessionDep, person: KeeperDep, client: str) -> Response:
    """Replaces what is written about a client; its key follows at once."""
    form = await read_form(request, ClientInput)
    row = await find_client(session, client, actor=person, to=Permission.CLIENTS_WRITE, lock=True)
    now = await _fill(session, row)

    async def save(data: ClientInput) -> None:
        await update_client(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        row = await find_client(session, client, actor=person)
        return await _show(request, session, person, form, row, status=status)
    context = await _gather(session, person, await _fill(session, row), row)
    said = f"{row.name} is saved."
    parts = with_heading("settings/_client.html", context)
    return done(request, parts, to=f"{AREA}/{row.id}", said=said)


@router.post("/{client}/rotate")
async def rotate_key(request: Request, session: SessionDep, person: KeeperDep, client: str) -> Response:
    """Ends every key of a client and shows a new one, this once."""
    row = await find_client(session, client, actor=person, to=Permission.CLIENTS_WRITE, lock=True)
    key = await rotate_client_key(session, row, actor=person)
    return _show_key(request, row, key)


@router.post("/{client}/revoke")
async def revoke_one_client(
    request: Request, session: SessionDep, person: KeeperDep, client: str
) -> Response:
    """Ends a client and its keys for good."""
    row = await find_client(session, client, actor=person, to=Permission.CLIENTS_WRITE, lock=True)
    await revoke_client(session, row, actor=person)
    return go_to(request, f"{AREA}/{row.id}")


async def _list_lines(session: SessionDep, rows: Sequence[Client]) -> list[ClientLine]:
    names = await load_references(session, rows)
    traces = await trace_keys(session, [row.id for row in rows])
    clock = read_clock(await zone_of(session))
    return [_make_line(row, names, traces.get(row.id, NO_KEY), clock) for row in rows]


def _make_line(row: Client, names: Names, trace: KeyTrace, clock: Clock) -> ClientLine:
    state, tone = say_state(row, clock)
    return ClientLine(
        id=row.id,
        name=row.name,
        scopes=row.scopes,
        department=names[row.department_id][1] if row.department_id else None,
        source=row.source,
        prefix=trace.prefix,
        used=clock.say_use(trace.last_used_at),
        state=state,
        tone=tone,
    )


def say_state(row: Client, clock: Clock) -> tuple[str, str]:
    """Whether a client may still come in, and the tone of that."""
    if row.archived_at is not None:
        return "revoked", "red"
    if row.expires_at is None:
        return "in force", "green"
    if row.expires_at <= clock.now:
        return f"expired {clock.say(row.expires_at)}", "amber"
    return f"until {clock.say(row.expires_at)}", "green"


async def _fill(session: SessionDep, row: Client) -> Form[ClientInput]:
    """A client as a form; an end that is the last second of a day is that day."""
    expires = row.expires_at
    is_day = expires is not None and expires.timetz().replace(microsecond=0) == LAST_SECOND
    shown = expires and (expires.date().isoformat() if is_day else f"{expires:%Y-%m-%dT%H:%M:%SZ}")
    return fill_form(ClientInput, row, await load_references(session, [row]), expires_at=shown)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[ClientInput],
    row: Client | None,
    *,
    status: int = OK,
) -> Response:
    context = await _gather(session, person, form, row)
    fragment, template = "settings/_client.html", "settings/client.html"
    return answer_form(request, fragment, template, AREA, status=status, context=context)


def _show_key(request: Request, row: Client, key: str) -> Response:
    """The only time a key is told: on a page of its own, which nobody keeps."""
    again = f"{AREA}/{row.id}"
    return settings_page(request, "settings/key.html", AREA, client=row, key=key, again=again)


async def _gather(
    session: SessionDep, person: Actor, form: Form[ClientInput], row: Client | None
) -> dict[str, Any]:
    expires = form.values.get("expires_at") or ""
    line = row and (await _list_lines(session, [row]))[0]
    return {
        "form": form,
        "client": row,
        "line": line,
        "heading": "New client" if row is None else row.name,
        "page_url": None,
        "mark": line and (line.state, line.tone),
        "action": AREA if row is None else f"{AREA}/{row.id}",
        "scopes": [(scope.value, scope.value, SCOPE_WORDS[scope]) for scope in SCOPES],
        "departments": await list_department_choices(session, person),
        "expires_type": "text" if "T" in expires else "date",
        "may_write": may(person, Permission.CLIENTS_WRITE) and (row is None or row.archived_at is None),
    }
