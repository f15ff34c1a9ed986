"""Departments: a tree (several roots are allowed)."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le
from sqlalchemy import Column, ForeignKey
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.models import owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Code,
    Flag,
    Line,
    ListFilter,
    Record,
    Reference,
    Whole,
    code_index,
    time_field,
)


class DepartmentFields(SQLModel):
    """What may be written about a department."""

    code: Code
    name: Line
    headcount: Annotated[Whole, Ge(0), Le(10_000_000)] | None = None
    location: Line | None = None
    external_id: Line | None = Field(default=None, unique=True)
    active: Flag = True


class DepartmentInput(DepartmentFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    parent: Reference | None = None
    head: Reference | None = None


class Department(Record, DepartmentFields, table=True):
    """A part of the organization."""

    __tablename__ = "departments"
    __table_args__ = (code_index("departments"),)
    noun: ClassVar[str] = "department"
    references: ClassVar[dict[str, str]] = {"parent": "departments", "head": "owners"}

    parent_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    # Owners point at departments and departments at their heads: this one key is added after both tables.
    head_id: UUID | None = Field(
        default=None,
        sa_column=Column(
            ForeignKey("owners.id", name="fk_departments_head_id", use_alter=True), index=True, nullable=True
        ),
    )
    archived_at: datetime | None = time_field()


class DepartmentFilter(ListFilter):
    """Which departments a list shows. `parent` means directly below it."""

    parent: Reference | None = None
    head: Reference | None = None
    active: bool | None = None
    external_id: Line | None = None
