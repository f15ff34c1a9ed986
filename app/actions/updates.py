"""Typing values on *My updates*: only over what was seen, and undone as long as nobody came between."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import Outcome, lock_kpi, record_values
from app.actions.measurements import accept_outcome, place_of_value, record_value, withdraw_value
from app.domain.permissions import Actor, Permission, require
from app.domain.states import TYPED, Key
from app.errors import Conflict
from app.models.kpis import Kpi
from app.models.measurements import MeasurementInput
from app.queries.boards import read_board
from app.queries.updates import read_revision, read_state_before

CHANGED = "changed_meanwhile"


async def type_value(
    session: AsyncSession,
    kpi: Kpi,
    key: Key,
    data: MeasurementInput,
    *,
    seen: int,
    actor: Actor,
) -> Outcome:
    """Stores or corrects a value, unless there is another one than the revision that was seen."""
    require(actor, Permission.MEASUREMENTS_WRITE, on=place_of_value(kpi, key.department))
    await lock_kpi(session, kpi)
    if await read_revision(session, kpi.id, key) != seen:
        raise Conflict("Somebody else changed this value while you typed.", code=CHANGED)
    return await record_value(session, kpi, key.period, data, department=key.department, actor=actor)


async def undo_value(
    session: AsyncSession,
    kpi: Kpi,
    key: Key,
    *,
    revision: int,
    actor: Actor,
) -> Outcome:
    """Brings back what stood before one's own last revision, as one more revision.

    Where nothing stood, or what a feed or computation said, the typed value is withdrawn: that returns.
    """
    require(actor, Permission.MEASUREMENTS_WRITE, on=place_of_value(kpi, key.department))
    await lock_kpi(session, kpi)
    board = await read_board(session, kpi, [key.period])
    current = board.states.get(key)
    if current is None or current.revision != revision or current.recorded.by != actor.id:
        raise Conflict("This value was changed again since; there is nothing to undo.", code=CHANGED)
    before = await read_state_before(session, current)
    if before is None or before.source not in TYPED or before.content.withdrawn:
        return await withdraw_value(
            session, kpi, key.period, department=key.department, reason=None, actor=actor
        )
    (outcome,) = await record_values(session, kpi, [before.content], actor=actor, source=before.source)
    return accept_outcome(outcome)
