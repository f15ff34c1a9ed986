"""Reading clients and what may be known of their keys: the prefix and the last use."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, require
from app.models.clients import AccessKey, Client, ClientFilter
from app.queries._find import find_one, list_page


class KeyTrace(NamedTuple):
    """What is shown of a client's keys: the newest one's prefix, and when any of them was used last."""

    prefix: str
    last_used_at: datetime | None


def visible_clients(actor: Actor) -> Select[Client]:
    """Every client, for people who may read them; machines may not."""
    require(actor, Permission.CLIENTS_READ)
    return select(Client)


async def find_client(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.CLIENTS_READ,
    lock: bool = False,
) -> Client:
    """One client by id or name."""
    client = await find_one(session, visible_clients(actor), Client, reference, lock=lock)
    require(actor, to)
    return client


async def list_clients(
    session: AsyncSession, filters: ClientFilter, *, actor: Actor
) -> tuple[Sequence[Client], str | None]:
    """A page of clients. A prefix finds the holder of ended keys, too."""
    statement = visible_clients(actor)
    if filters.prefix is not None:
        start = filters.prefix.removeprefix("cox_")
        holders = select(col(AccessKey.client_id)).where(col(AccessKey.prefix).startswith(start))
        statement = statement.where(col(Client.id).in_(holders))
    plain = filters.model_copy(update={"prefix": None})
    return await list_page(session, statement, Client, plain, actor=actor)


async def trace_keys(session: AsyncSession, client_ids: Sequence[UUID]) -> dict[UUID, KeyTrace]:
    """The traces of several clients' keys, in one statement."""
    holder = col(AccessKey.client_id)
    last_use = func.max(col(AccessKey.last_used_at)).over(partition_by=holder)
    statement = (
        select(holder, col(AccessKey.prefix), last_use)
        .ext(distinct_on(holder))
        .where(holder.in_(client_ids))
        .order_by(holder, col(AccessKey.id).desc())
    )
    rows = await session.execute(statement)
    return {identity: KeyTrace(prefix, used) for identity, prefix, used in rows if identity is not None}
