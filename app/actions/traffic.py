"""Remembering answers of repeated requests, and forgetting what is over."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.traffic import KeptAnswer


async def store_answer(session: AsyncSession, *, actor_id: UUID, route: str, key: str, **answer: Any) -> None:
    """Keeps an answer; one that is older than a day gives way."""
    row = {"actor_id": actor_id, "route": route, "key": key, **answer}
    statement = insert(KeptAnswer).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["actor_id", "route", "key"], set_={**answer, "created_at": text("now()")}
    )
    await session.execute(statement)


async def forget_traffic(session: AsyncSession) -> None:
    """Deletes kept answers of more than a day and allowances of past minutes."""
    await session.execute(text("delete from kept_answers where created_at < now() - interval '24 hours'"))
    await session.execute(text("delete from allowances where minute < now() - interval '5 minutes'"))


async def lease_requests(
    session: AsyncSession, actor_id: UUID, minute: int, *, wanted: int, limit: int
) -> tuple[int, int]:
    """Takes up to `wanted` requests of an actor's minute: (taken before, granted now)."""
    place = {"actor": actor_id, "minute": minute}
    await session.execute(_OPEN_MINUTE, place)
    row = (await session.execute(_LEASE, place | {"wanted": wanted, "limit": limit})).one()
    return row.before, row.after - row.before


_OPEN_MINUTE = text("""
insert into allowances (actor_id, minute, taken) values (:actor, to_timestamp(:minute), 0)
on conflict do nothing
""")
# The row is locked before it is read, so that two processes never grant the same requests.
_LEASE = text("""
update allowances a set taken = least(earlier.taken + cast(:wanted as int), cast(:limit as int))
from (select actor_id, minute, taken from allowances
      where actor_id = :actor and minute = to_timestamp(:minute) for update) earlier
where a.actor_id = earlier.actor_id and a.minute = earlier.minute
returning earlier.taken as before, a.taken as after
""")


async def note_key_uses(session: AsyncSession, key_ids: set[UUID]) -> None:
    """Writes down that keys were used in the last minute."""
    if key_ids:
        statement = text("update access_keys set last_used_at = now() where id = any(:ids)")
        await session.execute(statement, params={"ids": list(key_ids)})
