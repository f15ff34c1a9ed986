"""Keeping trees free of circles: one lock for the whole tree, then a walk up from the new parent."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import take_lock
from app.domain.linkage.cycles import would_create_cycle
from app.errors import Conflict, Fault
from app.models.base import Record
from app.queries._trees import list_ancestors


async def refuse_cycle(session: AsyncSession, row: Record, field: str, target: UUID | None) -> None:
    """Refuses to put a record below itself. Of two moves that close a circle together, one is refused."""
    column = f"{field}_id"
    if target is None or target == getattr(row, column):
        return
    model = type(row)
    await take_lock(session, f"{model.__tablename__}.{column}")
    above = await list_ancestors(session, model, column, start=target)
    edges = {each.id: [each.above] for each in above if each.above is not None}
    cycle = would_create_cycle(edges, source=row.id, target=target)
    if cycle is not None:
        codes = {each.id: each.code for each in above}
        path = " → ".join(codes[identity] for identity in cycle)
        detail = f"This {field} would close a circle: {path}."
        raise Conflict(detail, code="cycle", faults=(Fault(f"/{field}", "cycle", detail),))
