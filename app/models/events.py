"""Events: who changed what, when, before and after. The database refuses to change or delete them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import StringConstraints
from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.changes import Kind
from app.models.base import Instant, Reference, time_field

Action = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


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


class EventFilter(SQLModel):
    """Which events the audit list shows."""

    model_config = SQLModelConfig(extra="forbid")

    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")] | None = None
    kind: Annotated[list[Kind], MaxLen(100)] = []
    object: Reference | None = None
    actor: Reference | None = None
    action: Annotated[list[Action], MaxLen(100)] = []
    since: Instant | None = None
    until: Instant | None = None


class ChangeFilter(SQLModel):
    """From where on, and what of, the change feed is read."""

    model_config = SQLModelConfig(extra="forbid")

    limit: Annotated[int, Ge(1), Le(1000)] = 100
    # A snapshot names every transaction that was open: with many writers the cursor grows.
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,16000}$")] | None = None
    kind: Annotated[list[Kind], MaxLen(100)] = []
