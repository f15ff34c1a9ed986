"""Initiatives: projects with dates, what they are for, who takes part, and every due date they ever had."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from sqlalchemy import CheckConstraint, Numeric, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import InitiativeStatus
from app.models import decisions, departments, nodes, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Code,
    Day,
    Flag,
    Line,
    ListFilter,
    Number,
    PageFilter,
    Prose,
    Record,
    Reference,
    enum_type,
    new_id,
    time_field,
)


class InitiativeFields(SQLModel):
    """What may be written about an initiative. `progress` is in percent."""

    code: Code
    title: Line
    why: Prose | None = None
    status: InitiativeStatus = Field(default=InitiativeStatus.DRAFT, sa_type=enum_type(InitiativeStatus))
    starts_on: Day | None = None
    due_on: Day | None = None
    progress: Annotated[Number, Ge(0), Le(100)] = Field(default=Decimal(0), sa_type=Numeric)
    action_learning: Flag = False


class InitiativeInput(InitiativeFields):
    """Create and update. `department` leads, `departments` take part; `supports`: goals and objectives."""

    model_config = SQLModelConfig(extra="forbid")

    department: Reference
    owner: Reference | None = None
    departments: Annotated[list[Reference], MaxLen(100)] = []
    supports: Annotated[list[Reference], MaxLen(100)] = []


class InitiativeRedating(SQLModel):
    """A new due date, and why the old one does not hold."""

    model_config = SQLModelConfig(extra="forbid")

    due_on: Day
    reason: Annotated[Prose, MaxLen(2_000)]


class InitiativeFinish(SQLModel):
    """The day on which an initiative was done."""

    model_config = SQLModelConfig(extra="forbid")

    finished_on: Day


class InitiativeCancellation(SQLModel):
    """Why an initiative is given up, and the decision to do so. Without one it still counts as due."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Annotated[Prose, MaxLen(2_000)]
    decision: Reference | None = None


class Initiative(Record, InitiativeFields, table=True):
    """A project with dates. Once it has left draft, the database itself refuses to change its baseline."""

    __tablename__ = "initiatives"
    __table_args__ = (
        CheckConstraint(
            "status = 'draft' or due_baseline is not null and due_on is not null",
            name="begun_with_a_baseline",
        ),
    )
    noun: ClassVar[str] = "initiative"
    references: ClassVar[dict[str, str]] = {"department": "departments", "owner": "owners"}

    id: UUID = Field(default_factory=new_id, primary_key=True, foreign_key="nodes.id")
    department_id: UUID = Field(foreign_key="departments.id", index=True)
    owner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    # The due date with which it first left draft: what "on time" is measured against, for ever.
    due_baseline: date | None = Field(default=None, index=True)
    finished_on: date | None = None
    cancelled_on: date | None = None
    cancelled_reason: str | None = None
    cancelled_by_id: UUID | None = Field(default=None, foreign_key="decisions.id", index=True)
    archived_at: datetime | None = time_field()


class InitiativeDepartment(SQLModel, table=True):
    """A department that takes part besides the one that leads."""

    __tablename__ = "initiative_departments"

    initiative_id: UUID = Field(primary_key=True, foreign_key="initiatives.id", ondelete="CASCADE")
    department_id: UUID = Field(primary_key=True, foreign_key="departments.id", index=True)


class InitiativeSupport(SQLModel, table=True):
    """A goal or objective that an initiative is for."""

    __tablename__ = "initiative_supports"

    initiative_id: UUID = Field(primary_key=True, foreign_key="initiatives.id", ondelete="CASCADE")
    node_id: UUID = Field(primary_key=True, foreign_key="nodes.id", index=True)


class InitiativeDate(SQLModel, table=True):
    """A due date as it was given: the first one is the baseline, each later one has a reason.

    Rows are only ever added; the database refuses anything else.
    """

    __tablename__ = "initiative_dates"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    initiative_id: UUID = Field(foreign_key="initiatives.id", index=True)
    due_before: date | None = None
    due_on: date
    reason: str | None = None
    at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    by_id: UUID
    by_name: str


class InitiativeFilter(ListFilter):
    """Which initiatives a list shows. `department` leads or takes part; a span has both its ends."""

    owner: Reference | None = None
    department: Reference | None = None
    status: list[InitiativeStatus] = []  # noqa: RUF012  (pydantic copies it)
    supports: Reference | None = None
    due_from: Day | None = None
    due_to: Day | None = None


class InitiativeDateFilter(PageFilter):
    """A page of the due dates of one initiative."""
