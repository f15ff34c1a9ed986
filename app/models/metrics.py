"""What may be asked of the metrics: which periods, departments, KPIs and statuses, and as of when."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import StringConstraints
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.scoring import Status
from app.models.base import Instant, PeriodText, Reference

MOST_REFERENCES = 100


class MetricFilter(SQLModel):
    """One `period`, or a series `from` … `to`; neither means the last ended period of each KPI."""

    model_config = SQLModelConfig(extra="forbid", populate_by_name=True)

    period: PeriodText | None = None
    from_: PeriodText | None = Field(default=None, alias="from")
    to: PeriodText | None = None
    department: Annotated[list[Reference], MaxLen(MOST_REFERENCES)] = []
    kpi: Annotated[list[Reference], MaxLen(MOST_REFERENCES)] = []
    status: Annotated[list[Status], MaxLen(len(Status))] = []
    as_of: Instant | None = None
    updated_since: Instant | None = None
    fresh: bool = Field(default=False, description="Compute first what records have changed.")
    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,200}$")] | None = None
