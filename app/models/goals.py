"""Strategic goals."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import NodeStatus
from app.models import departments, nodes, owners, themes  # noqa: F401  (what our tables point at)
from app.models.base import (
    Code,
    Day,
    Flag,
    Line,
    ListFilter,
    Prose,
    Record,
    Reference,
    Whole,
    enum_type,
    new_id,
    time_field,
)


class Assumption(SQLModel):
    """Something the goal takes for granted, and when that is looked at again."""

    model_config = SQLModelConfig(extra="forbid")

    text: Line
    review_on: Day | None = None


class GoalFields(SQLModel):
    """What may be written about a goal."""

    code: Code
    title: Line
    why: Prose | None = None
    status: NodeStatus = Field(default=NodeStatus.DRAFT, sa_type=enum_type(NodeStatus))
    starts_on: Day | None = None
    ends_on: Day | None = None
    rank: Annotated[Whole, Ge(1), Le(1000)] | None = None
    cross_functional: Flag = False


class GoalInput(GoalFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    theme: Reference | None = None
    owner: Reference | None = None
    assumptions: Annotated[list[Assumption], MaxLen(50)] = []


class Goal(Record, GoalFields, table=True):
    """Something the whole organization wants to achieve."""

    __tablename__ = "goals"
    noun: ClassVar[str] = "goal"
    references: ClassVar[dict[str, str]] = {"theme": "themes", "owner": "owners"}

    id: UUID = Field(default_factory=new_id, primary_key=True, foreign_key="nodes.id")
    theme_id: UUID | None = Field(default=None, foreign_key="themes.id", index=True)
    owner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    assumptions: list[dict[str, object]] = Field(default_factory=list, sa_type=JSONB)
    # When title, why or end date last changed: links affirmed before are stale (rule L115).
    changed_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    archived_at: datetime | None = time_field()


class GoalFilter(ListFilter):
    """Which goals a list shows."""

    theme: Reference | None = None
    owner: Reference | None = None
    status: list[NodeStatus] = []  # noqa: RUF012  (pydantic copies it)
