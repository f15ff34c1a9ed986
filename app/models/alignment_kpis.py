"""What computing the alignment KPIs leaves besides measurements: figures by level, and where it stands."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen
from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.words import Level
from app.models import kpis  # noqa: F401  (what our tables point at)
from app.models.base import PeriodText, Reference, enum_type, new_id, numeric_field, time_field


class LevelFigure(SQLModel, table=True):
    """One KPI at one leadership level in one period, as it was computed last. It has no revisions."""

    __tablename__ = "level_figures"
    __table_args__ = (UniqueConstraint("kpi_id", "level", "period"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kpi_id: UUID = Field(foreign_key="kpis.id", ondelete="CASCADE")
    level: Level = Field(sa_type=enum_type(Level))
    period: str
    first_day: date
    last_day: date
    value: Decimal | None = numeric_field()
    numerator: Decimal | None = numeric_field()
    denominator: Decimal | None = numeric_field()
    n: int | None = Field(default=None, sa_type=BigInteger)
    interval_low: Decimal | None = numeric_field()
    interval_high: Decimal | None = numeric_field()
    explanation: str
    seconds: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    computed_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)


class KpiComputation(SQLModel, table=True):
    """Up to where the records are computed: `snapshot` says which changes were seen, on which day.

    `pairs`: how many KPIs × periods the last run computed; `written`: how many measurements it changed.
    """

    __tablename__ = "kpi_computations"
    __table_args__ = (CheckConstraint("the_only", name="one_row"),)

    the_only: bool = Field(default=True, primary_key=True)
    computed_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    today: date
    snapshot: str
    pairs: int = 0
    written: int = 0


class LevelFilter(SQLModel):
    """Which figures by level are shown: of which KPIs, in one period or in the last one that has ended."""

    model_config = SQLModelConfig(extra="forbid")

    period: PeriodText | None = None
    kpi: Annotated[list[Reference], MaxLen(100)] = []
