"""What can be imported, and how each record is kept: by the contracts and actions that the API uses.

A record whose code is there already is changed: the columns of the file replace, the others stay.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.departments import create_department
from app.actions.goals import create_goal
from app.actions.initiatives import create_initiative
from app.actions.initiatives_imported import bring_initiative
from app.actions.kpis import create_kpi
from app.actions.links import create_link
from app.actions.objectives import create_objective
from app.actions.owners import create_owner
from app.actions.targets import create_target, update_target
from app.actions.themes import create_theme
from app.api.editing import Editable, current_input
from app.api.v1.departments import DEPARTMENT
from app.api.v1.goals import GOAL
from app.api.v1.initiatives import INITIATIVE
from app.api.v1.kpis import KPI
from app.api.v1.links import LINK
from app.api.v1.objectives import OBJECTIVE
from app.api.v1.owners import OWNER
from app.api.v1.themes import THEME
from app.commands.tables import Kind, read_kinds
from app.domain.permissions import SYSTEM, Actor
from app.errors import Conflict, Invalid, NotFound
from app.models.initiatives_imported import ImportedInitiative
from app.models.targets import Target, TargetInput
from app.queries._find import resolve_reference
from app.queries.targets import list_live_targets

Document = dict[str, Any]
_ENDS = ("source", "target", "type")


class Kept(StrEnum):
    """What became of a record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of record that comes as a file. `itself`: the column that names records of the same kind."""

    contract: type[BaseModel]
    keep: Callable[[AsyncSession, Document], Awaitable[Kept]]
    needed: tuple[str, ...]
    key: tuple[str, ...]
    itself: str | None = None

    @property
    def columns(self) -> dict[str, Kind]:
        """The columns a file may have: the key's, and those of the contract."""
        return dict.fromkeys(self.key, Kind.TEXT) | read_kinds(self.contract)


@dataclass(frozen=True, slots=True)
class Editing:
    """How a record is made, changed, and read as the input that would make it."""

    contract: type[BaseModel]
    create: Callable[..., Awaitable[Any]]
    update: Callable[..., Awaitable[Any]]
    read_input: Callable[..., Awaitable[Document]]


async def _settle(session: AsyncSession, row: Any, document: Document, editing: Editing) -> Kept:
    """Creates the record, or changes the one that is there."""
    if row is None:
        given = {name: value for name, value in document.items() if value is not None}
        await editing.create(session, editing.contract.model_validate(given), actor=SYSTEM)
        return Kept.CREATED
    if row.archived_at is not None:
        raise Conflict("This one is archived, and archived codes stay taken.", code="archived")
    current = await editing.read_input(session, row)
    merged = {name: value for name, value in (current | document).items() if value is not None}
    version = row.version
    await editing.update(session, row, editing.contract.model_validate(merged), actor=SYSTEM)
    return Kept.UNCHANGED if row.version == version else Kept.CHANGED


async def _find(session: AsyncSession, noun: Editable[Any, Any], reference: str | None) -> Any:
    if reference is None:
        return None
    try:
        return await noun.find(session, reference, actor=SYSTEM, to=noun.permission, lock=False)
    except NotFound:
        return None


def _edit(noun: Editable[Any, Any], create: Callable[..., Awaitable[Any]]) -> Editing:
    async def read_columns(_: AsyncSession, row: Any) -> Document:
        return current_input(row, noun.contract)

    return Editing(noun.contract, create, noun.update, noun.read_input or read_columns)


def _by_code(
    noun: Editable[Any, Any],
    create: Callable[..., Awaitable[Any]],
    *,
    code: str = "code",
    itself: str | None = None,
) -> Noun:
    editing = _edit(noun, create)

    async def keep(session: AsyncSession, document: Document) -> Kept:
        row = await _find(session, noun, document.get(code))
        return await _settle(session, row, document, editing)

    return Noun(noun.contract, keep, needed=(code,), key=(code,), itself=itself)


async def _keep_link(session: AsyncSession, document: Document) -> Kept:
    """An archived link is no obstacle: the same ends may be tied again."""
    reference = "{}>{}:{}".format(*(document.get(name) for name in _ENDS))
    link = await _find(session, LINK, reference)
    live = None if link is None or link.archived_at else link
    return await _settle(session, live, document, _edit(LINK, create_link))


async def _keep_initiative(session: AsyncSession, document: Document) -> Kept:
    """One that is new comes with its baseline and its end; of one that is there these are history."""
    row = await _find(session, INITIATIVE, document.get("code"))
    if row is None:
        given = {name: value for name, value in document.items() if value is not None}
        await bring_initiative(session, ImportedInitiative.model_validate(given), actor=SYSTEM)
        return Kept.CREATED
    for name in ("due_baseline", "finished_on", "cancelled_reason"):
        told = document.pop(name, None)
        if told not in (None, "" if getattr(row, name) is None else str(getattr(row, name))):
            raise Conflict(f"The {name} of {row.code} is history: {getattr(row, name)}.", code="history")
    return await _settle(session, row, document, _edit(INITIATIVE, create_initiative))


async def _keep_target(session: AsyncSession, document: Document) -> Kept:
    content = dict(document)
    kpi = await _find(session, KPI, content.pop("kpi"))
    if kpi is None:
        raise Invalid.at("/kpi", "unknown_reference", f"There is no kpi {document['kpi'] or ''}.")
    department = content.get("department")
    place = department and await resolve_reference(
        session, "departments", department, "/department", actor=SYSTEM
    )
    live = await list_live_targets(session, kpi, department_id=place)
    known = next((each for each in live if each.first_period == content.get("from")), None)

    async def create(session: AsyncSession, data: TargetInput, *, actor: Actor) -> Any:
        return await create_target(session, kpi, data, actor=actor)

    async def read_input(_: AsyncSession, row: Target) -> Document:
        return current_input(row, TargetInput, **{"from": row.first_period, "to": row.last_period})

    editing = Editing(TargetInput, create, partial(update_target, kpi=kpi), read_input)
    return await _settle(session, known, content, editing)


NOUNS: dict[str, Noun] = {
    "departments": _by_code(DEPARTMENT, create_department, itself="parent"),
    "owners": _by_code(OWNER, create_owner, code="email", itself="manager"),
    "themes": _by_code(THEME, create_theme),
    "goals": _by_code(GOAL, create_goal),
    "objectives": _by_code(OBJECTIVE, create_objective),
    "initiatives": Noun(ImportedInitiative, _keep_initiative, needed=("code",), key=("code",)),
    "links": Noun(LINK.contract, _keep_link, needed=_ENDS, key=_ENDS),
    "kpis": _by_code(KPI, create_kpi, itself="guards"),
    "targets": Noun(TargetInput, _keep_target, needed=("kpi", "from"), key=("kpi", "department", "from")),
}
