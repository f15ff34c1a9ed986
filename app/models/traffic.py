"""What the API remembers of its own traffic: answers kept for repeated requests, and used-up allowances."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.models.base import time_field


class KeptAnswer(SQLModel, table=True):
    """The answer of work done under an Idempotency-Key, kept for a day."""

    __tablename__ = "kept_answers"

    actor_id: UUID = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: bytes = Field(sa_type=LargeBinary)
    status: int
    headers: dict[str, str] = Field(sa_type=JSONB)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = time_field(
        sa_column_kwargs={"server_default": text("now()")}, nullable=False, index=True
    )


class Allowance(SQLModel, table=True):
    """How many requests an actor has taken in a minute. Unlogged: a crash may forget it."""

    __tablename__ = "allowances"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    actor_id: UUID = Field(primary_key=True)
    minute: datetime = time_field(primary_key=True, nullable=False)
    taken: int
