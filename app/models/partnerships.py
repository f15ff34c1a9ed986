"""Partnerships: two leaders of different departments who talk regularly, and their talks."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import MinLen
from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.periods import Cadence
from app.domain.words import TalkState
from app.models import departments, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Day,
    ListFilter,
    PageFilter,
    Prose,
    Record,
    Reference,
    code_index,
    enum_type,
    time_field,
)


class PartnershipFields(SQLModel):
    """What may be written about a partnership. `next_on` plans the next talk, or moves the one planned."""

    about: Annotated[Prose, MinLen(1)]
    cadence: Cadence = Field(default=Cadence.MONTHLY, sa_type=enum_type(Cadence))
    next_on: Day | None = None


class PartnershipInput(PartnershipFields):
    """Create and update. `a` and `b` are owners of different departments."""

    model_config = SQLModelConfig(extra="forbid")

    a: Reference
    b: Reference


class Partnership(Record, PartnershipFields, table=True):
    """Two leaders who depend on each other. Its code is counted: `P-1`, `P-2`.

    `department` and `other_department` are those of `a` and `b` when it was written.
    """

    __tablename__ = "partnerships"
    __table_args__ = (
        code_index("partnerships"),
        Index(
            "uq_partnerships_pair",
            text("least(a_id, b_id)"),
            text("greatest(a_id, b_id)"),
            unique=True,
            postgresql_where=text("archived_at is null"),
        ),
    )
    noun: ClassVar[str] = "partnership"
    references: ClassVar[dict[str, str]] = {
        "a": "owners",
        "b": "owners",
        "department": "departments",
        "other_department": "departments",
    }

    code: str
    a_id: UUID = Field(foreign_key="owners.id", index=True)
    b_id: UUID = Field(foreign_key="owners.id", index=True)
    department_id: UUID = Field(foreign_key="departments.id", index=True)
    other_department_id: UUID = Field(foreign_key="departments.id", index=True)
    archived_at: datetime | None = time_field()


class PartnershipFilter(ListFilter):
    """Which partnerships a list shows: those in which somebody or some department takes part."""

    owner: Reference | None = None
    department: Reference | None = None


class TalkInput(SQLModel):
    """A talk that is planned."""

    model_config = SQLModelConfig(extra="forbid")

    planned_on: Day


class TalkHeldInput(SQLModel):
    """A talk that took place: today, unless another day is named."""

    model_config = SQLModelConfig(extra="forbid")

    held_on: Day | None = None
    note: Prose | None = None


class TalkSkippedInput(SQLModel):
    """A talk that does not take place, and why."""

    model_config = SQLModelConfig(extra="forbid")

    note: Annotated[Prose, MinLen(1)]


class Talk(Record, table=True):
    """One talk of a partnership. Its code is counted within it: `P-1.1`."""

    __tablename__ = "talks"
    __table_args__ = (code_index("talks"),)
    noun: ClassVar[str] = "talk"

    code: str
    partnership_id: UUID = Field(foreign_key="partnerships.id", index=True)
    # Those of the partnership: whoever sees the one sees the other.
    department_id: UUID = Field(foreign_key="departments.id", index=True)
    other_department_id: UUID = Field(foreign_key="departments.id", index=True)
    planned_on: date = Field(index=True)
    state: TalkState = Field(default=TalkState.PLANNED, sa_type=enum_type(TalkState), nullable=False)
    held_on: date | None = None
    note: str | None = None


class TalkFilter(PageFilter):
    """Which talks of a partnership a list shows."""

    state: list[TalkState] = []  # noqa: RUF012  (pydantic copies it)
