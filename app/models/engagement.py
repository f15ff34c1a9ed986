"""Engagement scores as HR systems send them, their earlier revisions, and the inbox of unknown segments."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import StringConstraints
from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.engagement import ScaleKind
from app.models import departments  # noqa: F401  (what our tables point at)
from app.models.base import (
    Flag,
    Instant,
    Line,
    ListFilter,
    PeriodText,
    Record,
    Reference,
    enum_type,
    numeric_field,
    time_field,
)


class ScoreContent(SQLModel):
    """What a score says; another content under the same key is a new revision."""

    name: str | None = None
    scale_kind: ScaleKind = Field(sa_type=enum_type(ScaleKind))
    scale_min: Decimal = numeric_field(nullable=False)
    scale_max: Decimal = numeric_field(nullable=False)
    # Null when suppressed: then only the fact is kept.
    value: Decimal | None = numeric_field()
    suppressed: bool = False
    respondents: int | None = Field(default=None, sa_type=BigInteger)
    invited: int | None = Field(default=None, sa_type=BigInteger)
    window_days: int | None = None
    observed_at: datetime | None = time_field()


class EngagementScore(ScoreContent, table=True):
    """The current revision of a score. Natural key: source, survey, round, metric, place, period."""

    __tablename__ = "engagement_scores"
    __table_args__ = (
        Index(
            "uq_engagement_scores_natural_key",
            "source",
            "survey",
            "round",
            "metric",
            "place",
            "period",
            unique=True,
        ),
        # What a KPI is fed from.
        Index("ix_engagement_scores_fed", "department_id", "period", "metric"),
        Index(
            "ix_engagement_scores_segment", "source", "segment", postgresql_where=text("segment is not null")
        ),
    )
    noun: ClassVar[str] = "engagement_score"

    id: UUID = Field(primary_key=True)
    source: str
    # Empty text stands for "none" here, so that the natural key compares.
    survey: str = ""
    round: str = ""
    metric: str
    # What the score is about: `d:` with a department id, or `s:` with the source's own segment.
    place: str
    segment: str | None = None
    # Named by the item, or through the mapped segment; null while unmapped.
    department_id: UUID | None = Field(default=None, foreign_key="departments.id")
    period: str
    revision: int = 1
    client_id: UUID | None = None
    received_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    # Beside the other scores of its round it would tell of a smaller group: kept, and shown nowhere.
    withheld: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class EngagementScoreRevision(ScoreContent, table=True):
    """An earlier revision of a score."""

    __tablename__ = "engagement_score_revisions"

    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),))
    score_id: UUID = Field(foreign_key="engagement_scores.id", index=True)
    revision: int
    client_id: UUID | None = None
    received_at: datetime = time_field(nullable=False)
    replaced_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)


class EngagementSegment(Record, table=True):
    """A segment of a source: unmapped (in the inbox) until a person says which department it is."""

    __tablename__ = "engagement_segments"
    __table_args__ = (UniqueConstraint("source", "segment"),)
    noun: ClassVar[str] = "engagement_segment"
    code_field: ClassVar[str] = "segment"
    references: ClassVar[dict[str, str]] = {"department": "departments"}

    source: str
    segment: str
    name: str | None = None
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    first_seen_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    last_seen_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    mapped_at: datetime | None = time_field()
    # When a person said that it is no department of ours: it waits no more, and its scores feed nothing.
    ignored_at: datetime | None = time_field()

    @property
    def ignored(self) -> bool:
        """Is it left out of the inbox?"""
        return self.ignored_at is not None


class SegmentInput(SQLModel):
    """What a person says about a segment: which department it is, or that it is none of ours.

    Neither puts it back into the inbox.
    """

    model_config = SQLModelConfig(extra="forbid")

    department: Reference | None = None
    ignored: Flag = False


class SegmentFilter(ListFilter):
    """What may be asked of the inbox. `mapped=false`: what still waits; `ignored=true`: what is left out."""

    source: Line | None = None
    mapped: bool | None = None
    ignored: bool | None = None


class ScoreFilter(SQLModel):
    """What may be asked of the scores that were received. `updated_since` is about the time of receipt."""

    model_config = SQLModelConfig(extra="forbid")

    source: Line | None = None
    survey: Line | None = None
    round: Line | None = None
    metric: Line | None = None
    department: Reference | None = None
    period: PeriodText | None = None
    revisions: bool = False
    updated_since: Instant | None = None
    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,200}$")] | None = None
