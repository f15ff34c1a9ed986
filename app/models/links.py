"""Links: from an objective to a goal or another objective."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le
from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import LinkType
from app.models.base import (
    Day,
    ListFilter,
    Number,
    Prose,
    Record,
    Reference,
    enum_type,
    numeric_field,
    time_field,
)

Percent = Annotated[Number, Ge(0), Le(100)]


class LinkFields(SQLModel):
    """What may be written about a link.

    `weight`: percent of the target's achievement expected from this source. `effort`: percent of the source's
    effort meant for this target.
    """

    type: LinkType = Field(sa_type=enum_type(LinkType))
    weight: Percent | None = numeric_field()
    effort: Percent | None = numeric_field()
    rationale: Prose | None = None
    need_by: Day | None = None


class LinkInput(LinkFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    source: Reference
    target: Reference


class Link(Record, LinkFields, table=True):
    """One objective's relation to a goal or objective. Its code is `SOURCE>TARGET:type`."""

    __tablename__ = "links"
    __table_args__ = (
        Index(
            "uq_links_source_id_target_id_type",
            "source_id",
            "target_id",
            "type",
            unique=True,
            postgresql_where=text("archived_at is null"),
        ),
    )
    noun: ClassVar[str] = "link"
    references: ClassVar[dict[str, str]] = {"source": "objectives", "target": "nodes"}

    source_id: UUID = Field(foreign_key="objectives.id")
    target_id: UUID = Field(foreign_key="nodes.id", index=True)
    affirmed_at: datetime | None = time_field()
    affirmed_by: str | None = None
    archived_at: datetime | None = time_field()


class LinkFilter(ListFilter):
    """Which links a list shows."""

    source: Reference | None = None
    target: Reference | None = None
    type: list[LinkType] = []  # noqa: RUF012  (pydantic copies it)
