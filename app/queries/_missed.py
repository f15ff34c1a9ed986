"""Whether something that was computed from records has missed a change of them, or the day that began."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.changes import PRIVATE_ACTIONS

# A snapshot does not hold the transaction that took it: what this one has written counts as unseen.
_MISSED = text("""
select exists (
    select from events e
    where e.transaction >= pg_snapshot_xmin(cast(cast(:snapshot as text) as pg_snapshot))
      and (not pg_visible_in_snapshot(e.transaction, cast(cast(:snapshot as text) as pg_snapshot))
           or e.transaction = pg_current_xact_id_if_assigned())
      and e.kind = any(:kinds) and e.action <> all(:private))
    or (select (now() at time zone time_zone)::date from organization) <> cast(:today as date)
""")


async def has_missed_changes(session: AsyncSession, snapshot: str, today: date, kinds: Sequence[str]) -> bool:
    """Has anything of these kinds changed that this snapshot has not seen, or has a new day begun?"""
    parameters = {
        "snapshot": snapshot,
        "today": today,
        "kinds": list(kinds),
        "private": list(PRIVATE_ACTIONS),
    }
    return bool((await session.execute(_MISSED, parameters)).scalar_one())
