"""Mails that Coxswain writes to people: first a row here, then perhaps a message that leaves the house."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.models import departments, owners  # noqa: F401  (what our tables point at)
from app.models.base import enum_type, new_id, time_field


class MailKind(StrEnum):
    """Why a mail is written."""

    DIGEST = "digest"
    REVIEW_OPENED = "review_opened"
    REVIEW_SUMMARY = "review_summary"


class MailState(StrEnum):
    """What became of a mail. `kept`: it does not leave the house and is read under `/outbox`."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"


class Mail(SQLModel, table=True):
    """A mail to one person. `address`: where it was sent, as it was then; `dedupe_key`: it is written once.

    `due_at`: when it is tried next; whoever tries it moves that on first, so that nobody else does.
    """

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_mails_created_at", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    address: str | None = None
    kind: MailKind = Field(sa_type=enum_type(MailKind))
    subject: str
    body: str
    dedupe_key: str = Field(unique=True)
    state: MailState = Field(
        default=MailState.WAITING,
        sa_type=enum_type(MailState),
        sa_column_kwargs={"server_default": text("'waiting'")},
    )
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    last_error: str | None = None
    created_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    due_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    sent_at: datetime | None = time_field()


class DigestDay(SQLModel, table=True):
    """A day whose digests are written: every process asks here first."""

    __tablename__ = "digest_days"

    day: date = Field(primary_key=True)
    written_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    mails: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class WithoutDigest(SQLModel, table=True):
    """A person who does not want the mail of the day."""

    __tablename__ = "without_digest"

    owner_id: UUID = Field(primary_key=True, foreign_key="owners.id")
    since: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
