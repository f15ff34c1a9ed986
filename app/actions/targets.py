"""Changing the targets of a KPI; the values of the periods they cover are read again."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import lock_kpi, reassess
from app.actions._write import add_record, archive_record, change_record
from app.domain.periods import parse_period, range_problem, ranges_overlap
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.scoring import check_thresholds
from app.errors import Conflict, Fault, Invalid
from app.models.kpis import Kpi
from app.models.targets import Target, TargetFields, TargetInput
from app.queries._find import resolve_references
from app.queries.boards import read_thresholds
from app.queries.targets import list_live_targets


async def create_target(session: AsyncSession, kpi: Kpi, data: TargetInput, *, actor: Actor) -> Target:
    """Adds a target for a range of periods."""
    await lock_kpi(session, kpi)
    values = await _read_input(session, kpi, data, actor)
    await _refuse_overlap(session, kpi, values, None)
    target = await add_record(session, Target, values, actor=actor)
    await reassess(session, kpi, actor=actor)
    return target


async def update_target(
    session: AsyncSession, target: Target, data: TargetInput, /, *, kpi: Kpi, actor: Actor
) -> Target:
    """Replaces a target."""
    await lock_kpi(session, kpi)
    if target.archived_at is not None:
        raise Conflict("This target is archived: add a new one.", code="archived")
    _require_place(kpi, target.department_id, actor)
    values = await _read_input(session, kpi, data, actor)
    await _refuse_overlap(session, kpi, values, target)
    if await change_record(session, target, values, actor=actor):
        await reassess(session, kpi, actor=actor)
    return target


async def archive_target(session: AsyncSession, target: Target, /, *, kpi: Kpi, actor: Actor) -> None:
    """Takes a target away: the general one holds again, or none."""
    await lock_kpi(session, kpi)
    _require_place(kpi, target.department_id, actor)
    await archive_record(session, target, actor=actor)
    await reassess(session, kpi, actor=actor)


def _require_place(kpi: Kpi, department_id: Any, actor: Actor) -> None:
    """Whoever sets a target keeps the KPI and, where it names a department, that department, too."""
    require(actor, Permission.GOALS_WRITE, on=Place(kpi.department_id))
    if department_id is not None:
        require(actor, Permission.GOALS_WRITE, on=Place(department_id))


async def _read_input(session: AsyncSession, kpi: Kpi, data: TargetInput, actor: Actor) -> dict[str, Any]:
    first, last = parse_period(data.from_), data.to and parse_period(data.to)
    faults = [
        Fault(f"/{problem.field}", problem.code, f"{problem.sentence}.")
        for problem in check_thresholds(read_thresholds(data), kpi.direction)
    ]
    if problem := range_problem(first, last or None):
        faults.insert(0, Fault("/to", "ends_before_start", f"{problem}."))
    if faults:
        raise Invalid(faults[0].detail, code=faults[0].code, faults=tuple(faults))
    values = await resolve_references(session, Target, data, actor=actor)
    _require_place(kpi, values["department_id"], actor)
    return {
        **{name: getattr(data, name) for name in TargetFields.model_fields},
        **values,
        "kpi_id": kpi.id,
        "first_period": first.text,
        "last_period": last.text if last else None,
        "first_day": first.first_day,
        "last_day": last.last_day if last else None,
    }


async def _refuse_overlap(
    session: AsyncSession, kpi: Kpi, values: dict[str, Any], but: Target | None
) -> None:
    """Two targets of one place must not share a day; the KPI's lock keeps others from adding meanwhile."""
    first, last = parse_period(values["first_period"]), values["last_period"]
    for other in await list_live_targets(session, kpi, department_id=values["department_id"]):
        overlap = ranges_overlap(
            first,
            parse_period(last) if last else None,
            other_from=parse_period(other.first_period),
            other_to=parse_period(other.last_period) if other.last_period else None,
        )
        if overlap and other is not but:
            until = f"to {other.last_period}" if other.last_period else "until further notice"
            detail = f"A target from {other.first_period} {until} holds for the same place."
            fault = Fault("/from", "overlapping_target", detail)
            raise Conflict(detail, code="overlapping_target", faults=(fault,))
