"""Themes: the pillars of the vision."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.models import nodes  # noqa: F401  (what our tables point at)
from app.models.base import Code, Line, ListFilter, Prose, Record, Whole, new_id, time_field


class ThemeFields(SQLModel):
    """What may be written about a theme."""

    code: Code
    name: Line
    description: Prose | None = None
    rank: Annotated[Whole, Ge(1), Le(1000)] | None = None


class ThemeInput(ThemeFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")


class Theme(Record, ThemeFields, table=True):
    """A pillar of the vision."""

    __tablename__ = "themes"
    noun: ClassVar[str] = "theme"

    id: UUID = Field(default_factory=new_id, primary_key=True, foreign_key="nodes.id")
    archived_at: datetime | None = time_field()


class ThemeFilter(ListFilter):
    """Which themes a list shows."""
