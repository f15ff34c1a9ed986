"""KPIs: what is measured, how it is read, and who answers for it."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.engagement import ScaleKind
from app.domain.periods import LONGEST_GRACE_DAYS, Cadence
from app.domain.scoring import Aggregation, Direction, KpiKind, KpiSource
from app.models import departments, nodes, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Code,
    Flag,
    Line,
    ListFilter,
    Number,
    Prose,
    Record,
    Reference,
    Whole,
    code_index,
    enum_type,
    numeric_field,
    time_field,
)


class FeedScale(SQLModel):
    """A scale an engagement score may have; `min` and `max` for mean and index."""

    model_config = SQLModelConfig(extra="forbid")

    kind: ScaleKind
    min: Number | None = None
    max: Number | None = None


class Feed(SQLModel):
    """Which engagement scores feed the KPI; null matches all."""

    model_config = SQLModelConfig(extra="forbid")

    source: Line | None = None
    survey: Line | None = None
    metric: Line
    scale: FeedScale | None = None


class KpiFields(SQLModel):
    """What may be written about a KPI."""

    code: Code
    name: Line
    description: Prose | None = None
    unit: Annotated[Line, MaxLen(20)]
    direction: Direction = Field(sa_type=enum_type(Direction))
    cadence: Cadence = Field(sa_type=enum_type(Cadence))
    grace_days: Annotated[Whole, Ge(0), Le(LONGEST_GRACE_DAYS)] = 5
    aggregation: Aggregation = Field(default=Aggregation.MEAN, sa_type=enum_type(Aggregation))
    kind: KpiKind = Field(default=KpiKind.NUMERIC, sa_type=enum_type(KpiKind))
    source: KpiSource = Field(default=KpiSource.MANUAL, sa_type=enum_type(KpiSource))
    metric: Line | None = None
    baseline: Number | None = numeric_field()
    active: Flag = True


class KpiInput(KpiFields):
    """Create and update. `measures` names themes, goals or objectives; `guards` names other KPIs."""

    model_config = SQLModelConfig(extra="forbid")

    feed: Feed | None = None
    owner: Reference | None = None
    updater: Reference | None = None
    department: Reference | None = None
    departments: Annotated[list[Reference], MaxLen(1000)] = []
    measures: Annotated[list[Reference], MaxLen(100)] = []
    guards: Annotated[list[Reference], MaxLen(20)] = []


class Kpi(Record, KpiFields, table=True):
    """The definition of a measure."""

    __tablename__ = "kpis"
    __table_args__ = (code_index("kpis"),)
    noun: ClassVar[str] = "kpi"
    references: ClassVar[dict[str, str]] = {
        "owner": "owners",
        "updater": "owners",
        "department": "departments",
    }

    feed: dict[str, object] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    owner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    updater_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    # One of the alignment KPIs that come with the product: its missing owner is no finding.
    built_in: bool = False
    archived_at: datetime | None = time_field()


class KpiDepartment(SQLModel, table=True):
    """A department that reports values of a KPI."""

    __tablename__ = "kpi_departments"

    kpi_id: UUID = Field(primary_key=True, foreign_key="kpis.id", ondelete="CASCADE")
    department_id: UUID = Field(primary_key=True, foreign_key="departments.id", index=True)


class KpiMeasure(SQLModel, table=True):
    """A theme, goal or objective that a KPI measures."""

    __tablename__ = "kpi_measures"

    kpi_id: UUID = Field(primary_key=True, foreign_key="kpis.id", ondelete="CASCADE")
    node_id: UUID = Field(primary_key=True, foreign_key="nodes.id", index=True)


class KpiGuard(SQLModel, table=True):
    """A KPI that must not turn red while the other improves."""

    __tablename__ = "kpi_guards"

    kpi_id: UUID = Field(primary_key=True, foreign_key="kpis.id", ondelete="CASCADE")
    guard_id: UUID = Field(primary_key=True, foreign_key="kpis.id", ondelete="CASCADE", index=True)


class KpiFilter(ListFilter):
    """Which KPIs a list shows."""

    department: Reference | None = None
    owner: Reference | None = None
    measures: Reference | None = None
    source: list[KpiSource] = []  # noqa: RUF012  (pydantic copies it)
    metric: Line | None = None
    built_in: bool | None = None
    active: bool | None = None
