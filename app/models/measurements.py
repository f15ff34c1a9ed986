"""Measurements: every state a value was ever known in. Nothing is overwritten.

One row says: from `known_from` until `known_to` (null: still), this was what we knew of one KPI, department
and period. A corrected value is a new row with the next revision; a new target or another value that changes
the status, the trend or the signal is a new row with the same revision. `as_of` reads one row, status
included.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import SkipValidation, StringConstraints
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.scoring import Source, Status, Trend, Variation
from app.models import departments, kpis  # noqa: F401  (what our tables point at)
from app.models.base import (
    Flag,
    Instant,
    Number,
    PeriodText,
    Prose,
    Reference,
    Whole,
    enum_type,
    numeric_field,
    time_field,
)

LARGEST_COUNT = 1_000_000_000
MAX_ITEMS = 10_000


class MeasurementInput(SQLModel):
    """One value: `value`, or `not_applicable` with a note. `reason` says why a value is corrected."""

    model_config = SQLModelConfig(extra="forbid")

    value: Number | None = None
    not_applicable: Flag = False
    numerator: Number | None = None
    denominator: Number | None = None
    n: Annotated[Whole, Ge(0), Le(LARGEST_COUNT)] | None = None
    note: Prose | None = None
    confidence: Annotated[Whole, Ge(1), Le(5)] | None = None
    reason: Prose | None = None


class MeasurementItem(MeasurementInput):
    """One value of a batch, with its place."""

    period: PeriodText
    department: Reference | None = None


class MeasurementBatch(SQLModel):
    """Many values of one KPI, read one by one, so that good ones may be stored beside bad ones."""

    model_config = SQLModelConfig(extra="forbid")

    items: Annotated[list[SkipValidation[MeasurementItem]], MaxLen(MAX_ITEMS)]


class MeasurementFilter(SQLModel):
    """Which measurements of a KPI a list shows: where, when, and as known at which time."""

    model_config = SQLModelConfig(extra="forbid", populate_by_name=True)

    department: Reference | None = None
    from_: PeriodText | None = Field(default=None, alias="from")
    to: PeriodText | None = None
    as_of: Instant | None = None
    revisions: bool = False
    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,200}$")] | None = None


class Measurement(SQLModel, table=True):
    """One state of one measurement."""

    __tablename__ = "measurements"
    __table_args__ = (
        Index(
            "uq_measurements_current",
            "kpi_id",
            "department_id",
            "period",
            unique=True,
            postgresql_where=text("known_to is null"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_measurements_period", "period", "kpi_id"),
        Index("ix_measurements_id", "id"),
        Index("ix_measurements_history", "kpi_id", "department_id", "period", "known_from"),
        CheckConstraint("value is not null or not_applicable or withdrawn or suppressed", name="has_content"),
    )

    noun: ClassVar[str] = "measurement"

    row: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),))
    # The same for every state of one KPI, department and period.
    id: UUID
    kpi_id: UUID = Field(foreign_key="kpis.id")
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    period: str
    first_day: date
    last_day: date
    revision: int = 1
    value: Decimal | None = numeric_field()
    not_applicable: bool = False
    withdrawn: bool = False
    suppressed: bool = False
    numerator: Decimal | None = numeric_field()
    denominator: Decimal | None = numeric_field()
    n: int | None = Field(default=None, sa_type=BigInteger)
    interval_low: Decimal | None = numeric_field()
    interval_high: Decimal | None = numeric_field()
    note: str | None = None
    confidence: int | None = None
    reason: str | None = None
    # What a computed value says of itself: what it is made of, in words, and the numbers beside it.
    explanation: str | None = None
    seconds: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    source: Source = Field(sa_type=enum_type(Source))
    # Headcount of the department when the value was recorded, for weighted means.
    headcount: int | None = None
    target: Decimal | None = numeric_field()
    status: Status = Field(sa_type=enum_type(Status))
    status_reason: str
    trend: Trend | None = Field(default=None, sa_type=enum_type(Trend))
    signal: Variation | None = Field(default=None, sa_type=enum_type(Variation))
    recorded_by: UUID | None = None
    recorded_by_name: str | None = None
    recorded_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    known_from: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    known_to: datetime | None = time_field()
