"""Departmental objectives."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le
from sqlalchemy import Index, Numeric, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import NodeStatus
from app.models import departments, nodes, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Code,
    Day,
    Line,
    ListFilter,
    Number,
    Prose,
    Record,
    Reference,
    enum_type,
    new_id,
    time_field,
)


class ObjectiveFields(SQLModel):
    """What may be written about an objective. `effort` is in person-days a month."""

    code: Code
    title: Line
    why: Prose | None = None
    status: NodeStatus = Field(default=NodeStatus.DRAFT, sa_type=enum_type(NodeStatus))
    starts_on: Day | None = None
    ends_on: Day | None = None
    effort: Annotated[Number, Ge(0), Le(1_000_000)] = Field(default=Decimal(1), sa_type=Numeric)


class ObjectiveInput(ObjectiveFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    department: Reference
    owner: Reference | None = None


class LinkedObjectiveInput(ObjectiveInput):
    """A new objective with what it contributes to: how, and to how many percent of it.

    Without a code it gets the next free one of its department.
    """

    code: Code | None = None  # type: ignore[assignment]  # (wider than in what is replaced)
    target: Reference | None = None
    weight: Annotated[Number, Ge(0), Le(100)] | None = None
    rationale: Prose | None = None


class Objective(Record, ObjectiveFields, table=True):
    """Something a department wants to achieve."""

    __tablename__ = "objectives"
    noun: ClassVar[str] = "objective"
    references: ClassVar[dict[str, str]] = {"department": "departments", "owner": "owners"}
    __table_args__ = (
        # All that the structural rules read of an objective (`queries/linkage_graph.py`).
        Index(
            "ix_objectives_graph",
            "id",
            postgresql_include=["status"],
            postgresql_where=text("archived_at is null"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True, foreign_key="nodes.id")
    department_id: UUID = Field(foreign_key="departments.id", index=True)
    owner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    # When title, why or end date last changed: links affirmed before are stale (rule L115).
    changed_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    archived_at: datetime | None = time_field()


class ObjectiveFilter(ListFilter):
    """Which objectives a list shows."""

    department: Reference | None = None
    owner: Reference | None = None
    status: list[NodeStatus] = []  # noqa: RUF012  (pydantic copies it)
