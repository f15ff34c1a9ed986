"""Owners: the people accountable for things. One with a role may sign in."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.permissions import Role
from app.domain.words import Level
from app.models.base import (
    Day,
    Email,
    Flag,
    Line,
    ListFilter,
    Record,
    Reference,
    code_index,
    enum_type,
    time_field,
)


class OwnerFields(SQLModel):
    """What may be written about an owner."""

    email: Email
    name: Line
    title: Line | None = None
    level: Level | None = Field(default=None, sa_type=enum_type(Level))
    external_id: Line | None = Field(default=None, unique=True)
    active: Flag = True
    role: Role | None = Field(default=None, sa_type=enum_type(Role))
    # The last day of the role; a facilitator's has one.
    role_until: Day | None = None


class OwnerInput(OwnerFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    department: Reference | None = None
    manager: Reference | None = None


class PersonInput(SQLModel):
    """A person is an owner with a role. What is left out stays as it is; a new person needs name and role."""

    model_config = SQLModelConfig(extra="forbid")

    email: Email
    name: Line | None = None
    role: Role | None = None
    role_until: Day | None = None
    department: Reference | None = None


class Owner(Record, OwnerFields, table=True):
    """A person accountable for something."""

    __tablename__ = "owners"
    __table_args__ = (code_index("owners", "email"),)
    noun: ClassVar[str] = "owner"
    code_field: ClassVar[str] = "email"
    references: ClassVar[dict[str, str]] = {"department": "departments", "manager": "owners"}

    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    manager_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    archived_at: datetime | None = time_field()


class OwnerFilter(ListFilter):
    """Which owners a list shows."""

    department: Reference | None = None
    manager: Reference | None = None
    level: list[Level] = []  # noqa: RUF012  (pydantic copies it)
    role: list[Role] = []  # noqa: RUF012
    active: bool | None = None
    external_id: Line | None = None
