"""Changing the definitions of KPIs. A definition is revised, never overwritten: the event keeps both."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import lock_kpi, reassess
from app.actions._audit import record_event, take_snapshot
from app.actions._feeding import feed_from_history
from app.actions._write import archive_record, flush_changes, plain_input
from app.domain.engagement import read_scale
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.scoring import KpiSource, check_thresholds, is_unit
from app.errors import Conflict, Fault, Invalid
from app.models.kpis import Kpi, KpiDepartment, KpiGuard, KpiInput, KpiMeasure
from app.queries._find import resolve_list, resolve_references
from app.queries.boards import read_targets
from app.queries.kpis import KpiLinks, has_values, load_kpi_links

_LINKED = {"departments": "departments", "measures": "nodes", "guards": "kpis"}
_TABLES = (
    ("departments", KpiDepartment, "department_id"),
    ("measures", KpiMeasure, "node_id"),
    ("guards", KpiGuard, "guard_id"),
)
# What a value means or how values meet: a change of these decides every status again.
_DECISIVE = ("direction", "aggregation", "unit", "department_id", "kind")
# Which scores the KPI takes: those that came before a change of these count, too.
_FEEDING = ("source", "feed", "cadence", "active")
# Computations and feeds find the alignment KPIs by these.
_FIXED_WHEN_BUILT_IN = ("code", "metric")


async def create_kpi(session: AsyncSession, data: KpiInput, *, actor: Actor) -> Kpi:
    """Adds a KPI."""
    values, links = await _read_input(session, data, actor, None, KpiLinks())
    kpi = Kpi.model_validate(values)
    session.add(kpi)
    await flush_changes(session)
    _refuse_self_guard(kpi, links)
    await _write_links(session, kpi, KpiLinks(), links)
    await record_event(session, actor, "created", kpi, after=_snapshot(kpi, links))
    await feed_from_history(session, kpi, actor=actor)
    return kpi


async def update_kpi(session: AsyncSession, kpi: Kpi, data: KpiInput, *, actor: Actor) -> Kpi:
    """Replaces the definition of a KPI, and reads its values again where that changes their meaning."""
    await lock_kpi(session, kpi)
    old_links = (await load_kpi_links(session, [kpi.id]))[kpi.id]
    values, links = await _read_input(session, data, actor, kpi, old_links)
    _refuse_self_guard(kpi, links)
    changed = {name: value for name, value in values.items() if getattr(kpi, name) != value}
    if not changed and links == old_links:
        return kpi
    await _check_change(session, kpi, changed)
    before = _snapshot(kpi, old_links)
    for name, value in changed.items():
        setattr(kpi, name, value)
    kpi.updated_at = datetime.now(UTC)
    await flush_changes(session)
    await _write_links(session, kpi, old_links, links)
    await record_event(session, actor, "updated", kpi, before=before, after=_snapshot(kpi, links))
    if changed.keys() & set(_DECISIVE) or links.departments != old_links.departments:
        await reassess(session, kpi, actor=actor)
    if changed.keys() & set(_FEEDING):
        await feed_from_history(session, kpi, actor=actor)
    return kpi


async def archive_kpi(session: AsyncSession, kpi: Kpi, *, actor: Actor) -> None:
    """Takes a KPI out of the lists; its values stay. The alignment KPIs can only be made inactive."""
    require(actor, Permission.GOALS_WRITE, on=Place(kpi.department_id))
    if kpi.built_in:
        raise Conflict("This KPI comes with the product: make it inactive instead.", code="built_in")
    await archive_record(session, kpi, actor=actor)


async def _read_input(
    session: AsyncSession, data: KpiInput, actor: Actor, current: Kpi | None, kept: KpiLinks
) -> tuple[dict[str, Any], KpiLinks]:
    if faults := _find_faults(data):
        raise Invalid(faults[0].detail, code=faults[0].code, faults=tuple(faults))
    references = await resolve_references(session, Kpi, data, actor=actor, current=current)
    values = plain_input(data, Kpi) | references
    require(actor, Permission.GOALS_WRITE, on=Place(values["department_id"]))
    return values, await _read_links(session, data, actor, kept)


def _find_faults(data: KpiInput) -> list[Fault]:
    faults = []
    if not is_unit(data.unit):
        detail = "A unit is a word or symbol of 1 to 20 characters, with single spaces inside."
        faults.append(Fault("/unit", "bad_unit", detail))
    if data.source is KpiSource.FED and data.feed is None:
        faults.append(Fault("/feed", "required", "A fed KPI says which scores feed it."))
    if data.source is not KpiSource.FED and data.feed is not None:
        faults.append(Fault("/feed", "only_when_fed", "Only a KPI with source fed has a feed."))
    if data.feed is not None and (scale := data.feed.scale) is not None:
        _, problems = read_scale(scale.kind, scale.min, scale.max)
        faults += [Fault(f"/feed/{each.field}", each.code, each.sentence) for each in problems]
    return faults


async def _read_links(session: AsyncSession, data: KpiInput, actor: Actor, kept: KpiLinks) -> KpiLinks:
    """What the KPI names. What the actor does not see cannot be named, only kept."""
    links = KpiLinks()
    faults = []
    for name, table in _LINKED.items():
        texts: Sequence[str] = getattr(data, name)
        found = await resolve_list(session, table, texts, actor=actor, kept=getattr(kept, name))
        for index, (text, identity) in enumerate(zip(texts, found, strict=True)):
            if identity is None:
                fault = Fault(f"/{name}/{index}", "unknown_reference", f"{text} does not exist.")
                faults.append(fault)
        setattr(links, name, sorted({identity for identity in found if identity}))
    if faults:
        raise Invalid(faults[0].detail, code="unknown_reference", faults=tuple(faults))
    return links


def _refuse_self_guard(kpi: Kpi, links: KpiLinks) -> None:
    if kpi.id in links.guards:
        raise Invalid.at("/guards", "guards_itself", "A KPI cannot guard itself.")


async def _check_change(session: AsyncSession, kpi: Kpi, changed: Mapping[str, Any]) -> None:
    if kpi.built_in:
        for field in _FIXED_WHEN_BUILT_IN:
            if field in changed:
                raise _conflict(field, "built_in", f"The {field} of a KPI of the product is fixed.")
    if await has_values(session, kpi):
        if "cadence" in changed:
            raise _conflict("cadence", "has_values", "There are values in periods of the old cadence.")
        if "feed" in changed and _scale_of(kpi.feed) not in (None, _scale_of(changed["feed"])):
            raise _conflict("feed/scale", "has_values", "There are values on the old scale.")
    if "direction" in changed:
        await _check_targets(session, kpi.id, changed["direction"])


async def _check_targets(session: AsyncSession, kpi_id: UUID, direction: Any) -> None:
    """Refuses a direction under which a target means nothing."""
    for target in await read_targets(session, kpi_id):
        for problem in check_thresholds(target.thresholds, direction):
            until = f"to {target.last_day}" if target.last_day else "on"
            detail = f"The target from {target.first_day} {until} forbids it: {problem.sentence}."
            raise _conflict("direction", problem.code, detail)


def _conflict(field: str, code: str, detail: str) -> Conflict:
    return Conflict(detail, code=code, faults=(Fault(f"/{field}", code, detail),))


def _scale_of(feed: Mapping[str, Any] | None) -> Any:
    return feed and feed.get("scale")


async def _write_links(session: AsyncSession, kpi: Kpi, before: KpiLinks, after: KpiLinks) -> None:
    for name, table, column in _TABLES:
        old, new = set(getattr(before, name)), set(getattr(after, name))
        if gone := old - new:
            named = col(getattr(table, column))
            await session.execute(delete(table).where(col(table.kpi_id) == kpi.id, named.in_(gone)))
        if added := new - old:
            rows = [{"kpi_id": kpi.id, column: identity} for identity in sorted(added)]
            await session.execute(insert(table), rows)


def _snapshot(kpi: Kpi, links: KpiLinks) -> dict[str, Any]:
    named = {name: [str(identity) for identity in ids] for name, ids in asdict(links).items()}
    return take_snapshot(kpi) | named
