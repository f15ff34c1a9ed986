"""Settling a restored database: what belonged to the old server must not be believed on the new one."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Events know the transaction that wrote them. Those numbers mean nothing on another server, so they become
# the oldest number of all: seen by everybody. The new epoch makes cursors of `/changes` start again.
_STEPS = (
    "alter table events disable trigger events_are_append_only",
    "update events set transaction = '3'",
    "alter table events enable trigger events_are_append_only",
    "update organization set epoch = gen_random_uuid()",
    # The same numbers say what a check has seen. One that has seen nothing is followed by another.
    "update linkage_checks set snapshot = '1:1:'",
    "update alignment_measures set snapshot = '1:1:'",
    # What waited there was sent by the old server, or is out of date.
    "update mails set state = 'kept' where state = 'waiting'",
    # Without statistics the first readers of a large table would wait for the database to guess better.
    "analyze",
)


async def settle_restored(session: AsyncSession) -> None:
    """Run once, in the restored database, before anybody uses it."""
    for step in _STEPS:
        await session.execute(text(step))
