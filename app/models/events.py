"""Events: who changed what, when, before and after. The database refuses to change or delete them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

from app.models.base import time_field


class FullTransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8: the transaction that wrote a row, never reused."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The name of the type in DDL."""
        return "xid8"


class Event(SQLModel, table=True):
    """One change. `transaction` lets `/changes` tell what a reader could not have seen yet."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_transaction", "transaction"),
        Index("ix_events_object", "kind", "object_id", "at"),
    )

    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),))
    transaction: int | None = Field(
        default=None,
        sa_type=FullTransactionId,
        sa_column_kwargs={"server_default": text("pg_current_xact_id()")},
        nullable=False,
    )
    at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    actor_kind: str
    actor_id: UUID
    actor_name: str
    request_id: str | None = None
    kind: str
    object_id: UUID
    code: str
    action: str
    version: int
    # Where the object belongs, so that a bound client reads only its own part of `/changes`.
    department_id: UUID | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    after: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
