"""Targets of a KPI, each for a range of periods and perhaps one department."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.models import departments, kpis  # noqa: F401  (what our tables point at)
from app.models.base import ListFilter, Number, PeriodText, Record, Reference, numeric_field, time_field


class TargetFields(SQLModel):
    """Thresholds: target, amber, red for higher and lower; low, high, red_low, red_high for band."""

    target: Number | None = numeric_field()
    amber: Number | None = numeric_field()
    red: Number | None = numeric_field()
    low: Number | None = numeric_field()
    high: Number | None = numeric_field()
    red_low: Number | None = numeric_field()
    red_high: Number | None = numeric_field()


class TargetInput(TargetFields):
    """Create and update. `from` and `to` are the first and last period; no `to`: until further notice."""

    model_config = SQLModelConfig(extra="forbid", populate_by_name=True)

    from_: PeriodText = Field(alias="from")
    to: PeriodText | None = None
    department: Reference | None = None


class Target(Record, TargetFields, table=True):
    """What counts as green, amber and red in a range of periods."""

    __tablename__ = "targets"
    noun: ClassVar[str] = "target"
    code_field: ClassVar[str] = "first_period"
    references: ClassVar[dict[str, str]] = {"department": "departments"}

    kpi_id: UUID = Field(foreign_key="kpis.id", index=True)
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    first_period: str
    last_period: str | None = None
    # The same range in days, both included, so that periods of any cadence compare.
    first_day: date
    last_day: date | None = None
    archived_at: datetime | None = time_field()


class TargetFilter(ListFilter):
    """Which targets of a KPI a list shows."""

    department: Reference | None = None
