"""Links: from an objective to a goal or another objective; dependencies, from and to initiatives, too."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import DependencyState, LinkType
from app.models import nodes  # noqa: F401  (what our tables point at)
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


class DependencyRefusal(SQLModel):
    """Why what was asked for will not come."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Annotated[Prose, MaxLen(2_000)]


class DependencyDelivery(SQLModel):
    """The day on which what was asked for was there."""

    model_config = SQLModelConfig(extra="forbid")

    delivered_on: Day


class Link(Record, LinkFields, table=True):
    """How an objective or initiative relates to another, or to a goal. Its code is `SOURCE>TARGET:type`.

    `state` and what follows it belong to dependencies: whoever writes the target answers what was asked for.
    """

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
    references: ClassVar[dict[str, str]] = {"source": "ends", "target": "ends"}

    source_id: UUID = Field(foreign_key="nodes.id")
    target_id: UUID = Field(foreign_key="nodes.id", index=True)
    affirmed_at: datetime | None = time_field()
    affirmed_by: str | None = None
    state: DependencyState | None = Field(default=None, sa_type=enum_type(DependencyState))
    requested_on: date | None = None
    answered_on: date | None = None
    answered_by: str | None = None
    decline_reason: str | None = None
    delivered_on: date | None = None
    archived_at: datetime | None = time_field()


class LinkFilter(ListFilter):
    """Which links a list shows."""

    source: Reference | None = None
    target: Reference | None = None
    type: list[LinkType] = []  # noqa: RUF012  (pydantic copies it)
    state: list[DependencyState] = []  # noqa: RUF012  (pydantic copies it)
