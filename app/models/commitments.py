"""Commitments: who does what by when, perhaps about a KPI. What became of one does not live here yet."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import CommitmentStatus
from app.models.base import (
    Day,
    Line,
    ListFilter,
    Record,
    Reference,
    code_index,
    enum_type,
    time_field,
)


class CommitmentFields(SQLModel):
    """What may be written about a commitment."""

    what: Line
    due_on: Day


class CommitmentInput(CommitmentFields):
    """Create and update. `owner` is who makes it, `kpi` what it is to move."""

    model_config = SQLModelConfig(extra="forbid")

    owner: Reference
    kpi: Reference | None = None


class Commitment(Record, CommitmentFields, table=True):
    """Something a person has promised to do by a day. Its code is counted: `C-1`, `C-2`."""

    __tablename__ = "commitments"
    __table_args__ = (code_index("commitments"),)
    noun: ClassVar[str] = "commitment"
    references: ClassVar[dict[str, str]] = {"owner": "owners", "kpi": "kpis"}

    code: str
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    kpi_id: UUID | None = Field(default=None, foreign_key="kpis.id", index=True)
    # That of the owner when it was written: where it counts, and who else may write it.
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    status: CommitmentStatus = Field(
        default=CommitmentStatus.OPEN, sa_type=enum_type(CommitmentStatus), nullable=False
    )
    archived_at: datetime | None = time_field()


class CommitmentFilter(ListFilter):
    """Which commitments a list shows."""

    owner: Reference | None = None
    kpi: Reference | None = None
    status: list[CommitmentStatus] = []  # noqa: RUF012  (pydantic copies it)
