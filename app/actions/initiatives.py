"""Changing initiatives. The due date that one begins with stays its baseline; each later one has a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._audit import record_event, take_snapshot
from app.actions._write import archive_record, delete_record, flush_changes, plain_input
from app.domain.decisions import DecisionStatus
from app.domain.initiatives import NOTHING, Standing, Step, find_edit_faults, is_beginning, why_no_step
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.words import InitiativeStatus, NodeKind
from app.errors import Conflict, Fault, Invalid
from app.models.decisions import Decision
from app.models.initiatives import (
    Initiative,
    InitiativeCancellation,
    InitiativeDate,
    InitiativeDepartment,
    InitiativeFinish,
    InitiativeInput,
    InitiativeRedating,
    InitiativeSupport,
)
from app.models.nodes import Node
from app.queries._find import resolve_list, resolve_reference, resolve_references
from app.queries.initiatives import InitiativeLinks, load_initiative_links, place_of_initiative
from app.queries.organization import today_of

WRITE = Permission.GOALS_WRITE
_LINKED = {"departments": "departments", "supports": "aims"}
_CALLED = {"departments": "department", "supports": "goal or objective"}
_TABLES = (
    ("departments", InitiativeDepartment, "department_id"),
    ("supports", InitiativeSupport, "node_id"),
)
DONE_PERCENT = Decimal(100)


async def create_initiative(session: AsyncSession, data: InitiativeInput, *, actor: Actor) -> Initiative:
    """Adds an initiative to the department that leads it. Only what has begun has a baseline."""
    require(actor, WRITE)
    after = Standing(data.status, data.due_on)
    values = await _read_input(session, data, actor, None)
    _refuse(find_edit_faults(NOTHING, after))
    links = await _read_links(session, data, values["department_id"], actor, InitiativeLinks())
    initiative = Initiative.model_validate(values | _begin(NOTHING, after))
    session.add(Node(id=initiative.id, kind=NodeKind.INITIATIVE, code=initiative.code))
    await flush_changes(session)
    session.add(initiative)
    await flush_changes(session)
    await _write_links(session, initiative, InitiativeLinks(), links)
    if is_beginning(NOTHING, after):
        await _keep_date(session, initiative, None, None, actor)
    await record_event(session, actor, "created", initiative, after=_snapshot(initiative, links))
    return initiative


async def update_initiative(
    session: AsyncSession, initiative: Initiative, data: InitiativeInput, *, actor: Actor
) -> Initiative:
    """Replaces what is written about an initiative. Its first due date out of draft becomes the baseline."""
    require(actor, WRITE, on=place_of_initiative(initiative))
    before, after = Standing(initiative.status, initiative.due_on), Standing(data.status, data.due_on)
    values = await _read_input(session, data, actor, initiative)
    _refuse(find_edit_faults(before, after))
    kept = (await load_initiative_links(session, [initiative.id]))[initiative.id]
    links = await _read_links(session, data, values["department_id"], actor, kept)
    await _change(session, initiative, values | _begin(before, after), actor, "updated", (kept, links))
    if is_beginning(before, after):
        await _keep_date(session, initiative, None, None, actor)
    return initiative


async def redate_initiative(
    session: AsyncSession, initiative: Initiative, data: InitiativeRedating, *, actor: Actor
) -> Initiative:
    """Moves the due date of what is under way. The baseline stays, and so does every date there ever was."""
    _require_step(Step.REDATE, initiative, actor)
    reason = _need_reason(data.reason)
    before = initiative.due_on
    if data.due_on == before:
        raise Invalid.at("/due_on", "same_date", f"{initiative.code} is due on {before} already.")
    _check_start(initiative.starts_on, data.due_on, "/due_on")
    await _change(session, initiative, {"due_on": data.due_on}, actor, "redated")
    await _keep_date(session, initiative, before, reason, actor)
    return initiative


async def finish_initiative(
    session: AsyncSession, initiative: Initiative, data: InitiativeFinish, *, actor: Actor
) -> Initiative:
    """Closes what is done, on the day on which it was done."""
    _require_step(Step.FINISH, initiative, actor)
    if data.finished_on > await today_of(session):
        raise Invalid.at("/finished_on", "in_the_future", f"{data.finished_on} has not come yet.")
    _check_start(initiative.starts_on, data.finished_on, "/finished_on")
    values = {
        "status": InitiativeStatus.FINISHED,
        "finished_on": data.finished_on,
        "progress": DONE_PERCENT,
    }
    await _change(session, initiative, values, actor, "finished")
    return initiative


async def cancel_initiative(
    session: AsyncSession, initiative: Initiative, data: InitiativeCancellation, *, actor: Actor
) -> Initiative:
    """Gives up what is under way; or names the decision behind it, where that was not said."""
    unsaid = initiative.status is InitiativeStatus.CANCELLED and initiative.cancelled_by_id is None
    _require_step(Step.CITE if unsaid and data.decision else Step.CANCEL, initiative, actor)
    values = {
        "status": InitiativeStatus.CANCELLED,
        "cancelled_on": initiative.cancelled_on or await today_of(session),
        "cancelled_reason": _need_reason(data.reason),
        "cancelled_by_id": data.decision and await _find_decision(session, data.decision, actor),
    }
    await _change(session, initiative, values, actor, "cancelled")
    return initiative


async def reopen_initiative(session: AsyncSession, initiative: Initiative, *, actor: Actor) -> Initiative:
    """Takes up again what was finished or cancelled. Events keep how it was closed."""
    _require_step(Step.REOPEN, initiative, actor)
    cleared = dict.fromkeys(("finished_on", "cancelled_on", "cancelled_reason", "cancelled_by_id"))
    await _change(session, initiative, cleared | {"status": InitiativeStatus.ACTIVE}, actor, "reopened")
    return initiative


async def archive_initiative(session: AsyncSession, initiative: Initiative, *, actor: Actor) -> None:
    """Takes an initiative out of the lists, once it is over."""
    _require_step(Step.ARCHIVE, initiative, actor)
    await archive_record(session, initiative, actor=actor)


async def delete_initiative(session: AsyncSession, initiative: Initiative, *, actor: Actor) -> bool:
    """Removes a draft without history (True), archives anything else that is not under way."""
    _require_step(Step.ARCHIVE, initiative, actor)
    return await delete_record(session, initiative, actor=actor)


def _require_step(step: Step, initiative: Initiative, actor: Actor) -> None:
    require(actor, WRITE, on=place_of_initiative(initiative))
    if (why := why_no_step(step, initiative.status, code=initiative.code)) is not None:
        raise Conflict(why, code="wrong_state")


async def _find_decision(session: AsyncSession, reference: str, actor: Actor) -> UUID:
    """What was decided. An open question cancels nothing."""
    identity = await resolve_reference(session, "decisions", reference, "/decision", actor=actor)
    decision = await session.get_one(Decision, identity)
    if decision.status is not DecisionStatus.DECIDED:
        raise Invalid.at("/decision", "not_decided", f"{decision.code} is {decision.status}, not decided.")
    return identity


def _need_reason(reason: str) -> str:
    if not reason:
        raise Invalid.at("/reason", "required", "Say why in a sentence.")
    return reason


def _check_start(starts_on: date | None, day: date | None, pointer: str) -> None:
    if starts_on and day and day < starts_on:
        raise Invalid.at(pointer, "ends_before_start", f"{day} is before the start, {starts_on}.")


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid(faults[0].detail, code=faults[0].code, faults=tuple(faults))


def _begin(before: Standing, after: Standing) -> dict[str, date | None]:
    return {"due_baseline": after.due_on} if is_beginning(before, after) else {}


async def _read_input(
    session: AsyncSession, data: InitiativeInput, actor: Actor, current: Initiative | None
) -> dict[str, Any]:
    """The columns, with the right to write where they put the initiative."""
    _check_start(data.starts_on, data.due_on, "/due_on")
    references = await resolve_references(session, Initiative, data, actor=actor, current=current)
    if current is None or references["department_id"] != current.department_id:
        require(actor, WRITE, on=Place(references["department_id"]))
    return plain_input(data, Initiative) | references


async def _read_links(
    session: AsyncSession, data: InitiativeInput, leading: UUID, actor: Actor, kept: InitiativeLinks
) -> InitiativeLinks:
    """What the initiative names. What the actor does not see cannot be named, only kept."""
    links, faults = InitiativeLinks(), []
    for name, table in _LINKED.items():
        texts: Sequence[str] = getattr(data, name)
        found = await resolve_list(session, table, texts, actor=actor, kept=getattr(kept, name))
        for index, (text, identity) in enumerate(zip(texts, found, strict=True)):
            if identity is None:
                detail = f"There is no {_CALLED[name]} {text}."
                faults.append(Fault(f"/{name}/{index}", "unknown_reference", detail))
        setattr(links, name, sorted({identity for identity in found if identity}))
    _refuse(faults)
    # Who leads takes part anyway.
    links.departments = [each for each in links.departments if each != leading]
    return links


async def _change(
    session: AsyncSession,
    initiative: Initiative,
    values: Mapping[str, Any],
    actor: Actor,
    action: str,
    links: tuple[InitiativeLinks, InitiativeLinks] | None = None,
) -> None:
    """Sets what differs and leaves an event; the same content is no change."""
    if links is None:
        same = (await load_initiative_links(session, [initiative.id]))[initiative.id]
        links = same, same
    changed = {name: value for name, value in values.items() if getattr(initiative, name) != value}
    if not changed and links[0] == links[1]:
        return
    before = _snapshot(initiative, links[0])
    for name, value in changed.items():
        setattr(initiative, name, value)
    if "code" in changed:
        node = await session.get_one(Node, initiative.id)
        node.code = changed["code"]
    initiative.updated_at = datetime.now(UTC)
    await flush_changes(session)
    await _write_links(session, initiative, *links)
    await record_event(
        session, actor, action, initiative, before=before, after=_snapshot(initiative, links[1])
    )


async def _write_links(
    session: AsyncSession, initiative: Initiative, before: InitiativeLinks, after: InitiativeLinks
) -> None:
    for name, table, column in _TABLES:
        old, new = set(getattr(before, name)), set(getattr(after, name))
        if gone := old - new:
            named = col(getattr(table, column))
            await session.execute(
                delete(table).where(col(table.initiative_id) == initiative.id, named.in_(gone))
            )
        if added := new - old:
            rows = [{"initiative_id": initiative.id, column: identity} for identity in sorted(added)]
            await session.execute(insert(table), rows)


async def _keep_date(
    session: AsyncSession, initiative: Initiative, before: date | None, reason: str | None, actor: Actor
) -> None:
    """Adds the due date as it is now to those that are kept for ever."""
    values = {
        "initiative_id": initiative.id,
        "due_before": before,
        "due_on": initiative.due_on,
        "reason": reason,
        "by_id": actor.id,
        "by_name": actor.name,
    }
    session.add(InitiativeDate.model_validate(values))
    await session.flush()


def _snapshot(initiative: Initiative, links: InitiativeLinks) -> dict[str, Any]:
    named = {name: sorted(str(identity) for identity in ids) for name, ids in asdict(links).items()}
    return take_snapshot(initiative) | named
