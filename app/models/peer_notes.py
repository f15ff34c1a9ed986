"""Peer notes: what a department wants its peers to know of a period, a challenge and what it asks of them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.models import departments  # noqa: F401  (what our tables point at)
from app.models.base import ListFilter, PeriodText, Prose, Record, Reference, time_field


class PeerNoteFields(SQLModel):
    """What may be written: at least one of `challenge` and `ask`."""

    period: PeriodText
    challenge: Prose | None = None
    ask: Prose | None = None


class PeerNoteInput(PeerNoteFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    department: Reference


class PeerNote(Record, PeerNoteFields, table=True):
    """One note of a department for a period. Its code is `DEPARTMENT:PERIOD`."""

    __tablename__ = "peer_notes"
    __table_args__ = (
        Index(
            "uq_peer_notes_department_id_period",
            "department_id",
            "period",
            unique=True,
            postgresql_where=text("archived_at is null"),
        ),
    )
    noun: ClassVar[str] = "peer_note"
    references: ClassVar[dict[str, str]] = {"department": "departments"}

    department_id: UUID = Field(foreign_key="departments.id")
    archived_at: datetime | None = time_field()


class PeerNoteFilter(ListFilter):
    """Which peer notes a list shows."""

    department: Reference | None = None
    period: PeriodText | None = None
