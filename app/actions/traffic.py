"""Remembering answers of repeated requests, counting tries to sign in, and forgetting what is over.

What is written beside a GET, about once a minute, is here, too.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._audit import record_event
from app.domain.permissions import Actor
from app.errors import TooManyRequests
from app.models.traffic import KeptAnswer
from app.queries.sign_ins import name_account, name_address


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


TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 100
WINDOW_SECONDS = 300
_COUNT_TRY = text("""
insert into failed_tries (subject, began_at, tries)
values (:subject, to_timestamp(floor(extract(epoch from now()) / :window) * :window), 1)
on conflict (subject, began_at) do update set tries = failed_tries.tries + 1
returning tries, ceil(extract(epoch from began_at) + :window - extract(epoch from now()))::int as rest
""")


async def count_try(session: AsyncSession, email: str, address: str) -> None:
    """Counts a try before it is judged; too many are refused until the window ends.

    Counting first means that a hundred tries at once are a hundred tries.
    """
    limits = ((name_account(email), TRIES_PER_ACCOUNT), (name_address(address), TRIES_PER_ADDRESS))
    for subject, most in limits:
        values = {"subject": subject, "window": WINDOW_SECONDS}
        row = (await session.execute(_COUNT_TRY, values)).one()
        if row.tries > most:
            raise TooManyRequests("Too many tries. Wait a few minutes.", retry_after=max(1, row.rest))


# The try that succeeded may have been counted in the window before this one.
_FORGIVE_TRY = text("""
update failed_tries set tries = tries - 1
where subject = :subject and tries > 0
  and began_at = (select max(began_at) from failed_tries where subject = :subject)
""")


async def forgive_try(session: AsyncSession, address: str) -> None:
    """Takes back the count of a try that succeeded; those of its account are forgotten by signing in.

    Else an office behind one address would lock itself out by coming to work.
    """
    await session.execute(_FORGIVE_TRY, {"subject": name_address(address)})


async def note_sign_ins(session: AsyncSession, seen: set[UUID]) -> None:
    """Writes down which sign-ins were used in the last minute, and forgets old tries."""
    if seen:
        statement = text("update sign_ins set seen_at = now() where id = any(:ids)")
        await session.execute(statement, {"ids": list(seen)})
    await session.execute(text("delete from failed_tries where began_at < now() - interval '1 hour'"))


class ResultsView(NamedTuple):
    """Somebody looked at a part of a survey's results."""

    actor: Actor
    survey: UUID
    chosen: dict[str, str]


async def note_results_views(session: AsyncSession, views: Sequence[ResultsView]) -> None:
    """Writes down who looked at which part of results: small groups are found by looking at many."""
    for view in views:
        # Whoever has seen results has loaded this file: no start does.
        survey = await session.get_one(import_module("app.models.surveys").Survey, view.survey)
        await record_event(session, view.actor, "results_viewed", survey, after=dict(view.chosen))
