"""Changing partnerships and their talks. The rhythm of a partnership plans its next talk."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, plain_input, take_lock
from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.rhythm import next_in_rhythm
from app.domain.words import TalkState
from app.errors import Conflict, Invalid
from app.models.base import LAST_DAY
from app.models.partnerships import (
    Partnership,
    PartnershipInput,
    Talk,
    TalkHeldInput,
    TalkInput,
    TalkSkippedInput,
)
from app.queries._find import resolve_reference
from app.queries.organization import today_of
from app.queries.partnerships import (
    count_partnerships,
    count_talks,
    find_open_talk,
    find_partners,
    may_write_partnership,
)

WRITE = Permission.PARTNERSHIPS_WRITE
CALLED_OFF = "Called off."


class _Ends(NamedTuple):
    """Who talks, and for which departments."""

    a_id: UUID
    b_id: UUID
    department_id: UUID
    other_department_id: UUID


async def create_partnership(session: AsyncSession, data: PartnershipInput, *, actor: Actor) -> Partnership:
    """Pairs two leaders of different departments; `next_on` plans their first talk."""
    require(actor, WRITE)
    ends = await _find_ends(session, data, actor, None)
    _require_ends(actor, ends)
    # Two that are made at once must not count the same.
    await take_lock(session, "partnerships")
    code = f"P-{await count_partnerships(session) + 1}"
    values = plain_input(data, Partnership) | ends._asdict() | {"code": code}
    row = await add_record(session, Partnership, values, actor=actor)
    if row.next_on:
        await _add_talk(session, row, row.next_on, actor)
    return row


async def update_partnership(
    session: AsyncSession, row: Partnership, data: PartnershipInput, *, actor: Actor
) -> Partnership:
    """Replaces what is written about a partnership. Another next day moves the planned talk; none ends it."""
    _require_partner(actor, row)
    ends = await _find_ends(session, data, actor, row)
    _require_ends(actor, ends)
    planned = await find_open_talk(session, row.id)
    await change_record(session, row, plain_input(data, Partnership) | ends._asdict(), actor=actor)
    if planned and data.next_on is None:
        called_off = {"state": TalkState.SKIPPED, "note": CALLED_OFF}
        await change_record(session, planned, called_off, actor=actor, action="skipped")
    elif planned and data.next_on:
        await change_record(session, planned, {"planned_on": data.next_on}, actor=actor)
    elif data.next_on:
        await _add_talk(session, row, data.next_on, actor)
    await _renew_next(session, row, actor)
    return row


async def archive_partnership(session: AsyncSession, row: Partnership, *, actor: Actor) -> None:
    """Ends a partnership: no talk is planned any more; those that were stay."""
    _require_partner(actor, row)
    await archive_record(session, row, actor=actor)


async def plan_talk(session: AsyncSession, row: Partnership, data: TalkInput, *, actor: Actor) -> Talk:
    """Plans one more talk."""
    _require_partner(actor, row)
    if row.archived_at is not None:
        raise Conflict(f"{row.code} is archived; no talk is planned any more.", code="archived")
    talk = await _add_talk(session, row, data.planned_on, actor)
    await _renew_next(session, row, actor)
    return talk


async def hold_talk(
    session: AsyncSession, row: Partnership, talk: Talk, data: TalkHeldInput, *, actor: Actor
) -> Talk:
    """Says that a talk took place; where no other one is planned, the rhythm plans the next."""
    _require_partner(actor, row)
    today = await today_of(session)
    held_on = data.held_on or today
    if held_on > today:
        raise Invalid.at("/held_on", "in_the_future", f"{held_on} is yet to come.")
    values = {"state": TalkState.HELD, "held_on": held_on, "note": data.note or None}
    return await _settle_talk(session, row, talk, values, actor)


async def skip_talk(
    session: AsyncSession, row: Partnership, talk: Talk, data: TalkSkippedInput, *, actor: Actor
) -> Talk:
    """Says that a talk does not take place, and why; the rhythm plans the next."""
    _require_partner(actor, row)
    values = {"state": TalkState.SKIPPED, "held_on": None, "note": data.note}
    return await _settle_talk(session, row, talk, values, actor)


async def _settle_talk(
    session: AsyncSession, row: Partnership, talk: Talk, values: dict[str, Any], actor: Actor
) -> Talk:
    if not await change_record(session, talk, values, actor=actor, action=values["state"].value):
        return talk
    if row.archived_at is None and await find_open_talk(session, row.id) is None:
        today = await today_of(session)
        following = next_in_rhythm(talk.planned_on, row.cadence, after=talk.held_on or today)
        if following <= LAST_DAY:
            await _add_talk(session, row, following, actor)
    await _renew_next(session, row, actor)
    return talk


async def _add_talk(session: AsyncSession, row: Partnership, planned_on: date, actor: Actor) -> Talk:
    await take_lock(session, f"talks {row.id}")
    values = {
        "code": f"{row.code}.{await count_talks(session, row.id) + 1}",
        "partnership_id": row.id,
        "department_id": row.department_id,
        "other_department_id": row.other_department_id,
        "planned_on": planned_on,
    }
    return await add_record(session, Talk, values, actor=actor)


async def _renew_next(session: AsyncSession, row: Partnership, actor: Actor) -> None:
    planned = await find_open_talk(session, row.id)
    await change_record(session, row, {"next_on": planned and planned.planned_on}, actor=actor)


async def _find_ends(
    session: AsyncSession, data: PartnershipInput, actor: Actor, current: Partnership | None
) -> _Ends:
    kept = {"a": current.a_id, "b": current.b_id} if current else {}
    a, b = [
        await resolve_reference(
            session, "owners", getattr(data, side), f"/{side}", actor=actor, kept=kept.get(side)
        )
        for side in ("a", "b")
    ]
    if current is not None and (a, b) == (current.a_id, current.b_id):
        return _Ends(a, b, current.department_id, current.other_department_id)
    people = await find_partners(session, (a, b))
    homes = [people[each].department_id for each in (a, b)]
    for side, home in zip(("a", "b"), homes, strict=True):
        if home is None:
            detail = "Somebody without a department cannot stand for one."
            raise Invalid.at(f"/{side}", "no_department", detail)
    if homes[0] == homes[1]:
        raise Invalid.at("/b", "same_department", "Partners come from different departments.")
    return _Ends(a, b, *homes)  # type: ignore[arg-type]


def _require_ends(actor: Actor, ends: _Ends) -> None:
    people = frozenset({ends.a_id, ends.b_id})
    if not may(actor, WRITE, on=Place(ends.other_department_id, people)):
        require(actor, WRITE, on=Place(ends.department_id, people))


def _require_partner(actor: Actor, row: Partnership) -> None:
    if not may_write_partnership(actor, row):
        require(actor, WRITE, on=Place(row.department_id))
