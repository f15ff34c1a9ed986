"""Changing rituals, and the verdicts on them. What becomes of one occurrence is in `rituals_occurrences`."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._audit import record_event, take_snapshot
from app.actions._write import add_record, archive_record, change_record, flush_changes, plain_input
from app.domain.periods import Cadence, parse_period, period_of
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.recurrence import BadRule, Rule, read_rule
from app.domain.rituals import OccurrenceState, Verdict, find_ritual_problems
from app.errors import Conflict, Fault, Invalid
from app.models.rituals import Ritual, RitualInput, RitualVerdict, VerdictInput
from app.queries._find import resolve_list, resolve_references
from app.queries.organization import today_of
from app.queries.rituals import find_verdict, list_stored

WRITE = Permission.RITUALS_WRITE
_RULED = ("rrule", "starts_at")


async def create_ritual(session: AsyncSession, data: RitualInput, *, actor: Actor) -> Ritual:
    """Adds a ritual. Days of its rule that have passed already are awaited by nobody."""
    require(actor, WRITE)
    values = await _read_input(session, data, actor, None)
    _require_host(actor, values["host_id"])
    today = await today_of(session)
    return await add_record(session, Ritual, values | {"ruled_from": today}, actor=actor)


async def update_ritual(session: AsyncSession, row: Ritual, data: RitualInput, *, actor: Actor) -> Ritual:
    """Replaces what is written about a ritual. Another rule holds from today; what was said of days stays.

    A day that was only moved goes with the rule that had it.
    """
    _require_host(actor, row.host_id)
    if row.archived_at is not None:
        raise Conflict(f"{row.code} is archived.", code="archived")
    values = await _read_input(session, data, actor, row)
    _require_host(actor, values["host_id"])
    if any(values[name] != getattr(row, name) for name in _RULED):
        today = await today_of(session)
        values["ruled_from"] = today
        await _drop_moved(session, row, today, actor)
    await change_record(session, row, values, actor=actor)
    return row


async def archive_ritual(session: AsyncSession, row: Ritual, *, actor: Actor) -> None:
    """Ends a ritual: nothing comes any more; what was stays."""
    _require_host(actor, row.host_id)
    await archive_record(session, row, actor=actor)


async def record_verdict(
    session: AsyncSession, row: Ritual, data: VerdictInput, *, actor: Actor, today: date | None = None
) -> RitualVerdict:
    """Says for a quarter whether a ritual is kept, changed or stopped, and why. Stopping archives it."""
    _require_host(actor, row.host_id)
    this = period_of(today or await today_of(session), Cadence.QUARTERLY)
    quarter = parse_period(data.quarter) if data.quarter else this
    if quarter.position > this.position:
        raise Invalid.at("/quarter", "in_the_future", f"{quarter.text} is yet to come.")
    values = {"verdict": data.verdict, "reason": data.reason, "decided_by": actor.name}
    found = await find_verdict(session, row.id, quarter.text)
    if found is None:
        new = {"code": f"{row.code}:{quarter.text}", "ritual_id": row.id, "quarter": quarter.text}
        found = await add_record(session, RitualVerdict, values | new, actor=actor)
    else:
        await change_record(session, found, values, actor=actor)
    if data.verdict is Verdict.STOP:
        await archive_record(session, row, actor=actor)
    return found


def _require_host(actor: Actor, host: UUID) -> None:
    require(actor, WRITE, on=Place(people=frozenset({host})))


async def _drop_moved(session: AsyncSession, row: Ritual, today: date, actor: Actor) -> None:
    for each in (await list_stored(session, [row.id], first=today))[row.id]:
        if each.state is OccurrenceState.PLANNED:
            before = take_snapshot(each)
            await record_event(session, actor, "deleted", each, before=before, after={})
            await session.delete(each)
    await flush_changes(session)


async def _read_input(
    session: AsyncSession, data: RitualInput, actor: Actor, current: Ritual | None
) -> dict[str, Any]:
    rule = _read_rule(data)
    references = await resolve_references(session, Ritual, data, actor=actor, current=current)
    lists = {
        name: await _read_list(session, data, name, table, actor, current)
        for name, table in (("invited", "owners"), ("departments", "departments"))
    }
    levels = sorted({each.value for each in data.levels})
    problems = find_ritual_problems(
        data.kind,
        objectives=len(data.objectives),
        others=len(set(lists["invited"]) - {str(references["host_id"])}),
        groups=len(lists["departments"]) + len(levels),
        start=data.starts_at.date(),
        rule=rule,
    )
    faults = tuple(Fault(f"/{each.field}", each.code, each.sentence) for each in problems)
    if faults:
        raise Invalid(faults[0].detail, code=faults[0].code, faults=faults)
    return plain_input(data, Ritual) | references | lists | {"levels": levels, "rrule": rule.text}


def _read_rule(data: RitualInput) -> Rule:
    try:
        return read_rule(data.rrule)
    except BadRule as error:
        raise Invalid.at("/rrule", "bad_rule", str(error)) from error


async def _read_list(
    session: AsyncSession, data: RitualInput, name: str, table: str, actor: Actor, current: Ritual | None
) -> list[str]:
    texts = getattr(data, name)
    kept = [UUID(each) for each in getattr(current, name)] if current else []
    found = await resolve_list(session, table, texts, actor=actor, kept=kept)
    faults = tuple(
        Fault(f"/{name}/{index}", "unknown_reference", f"{text} does not exist.")
        for index, (text, identity) in enumerate(zip(texts, found, strict=True))
        if identity is None
    )
    if faults:
        raise Invalid(faults[0].detail, code="unknown_reference", faults=faults)
    return sorted({str(identity) for identity in found})
