"""Requests to change the value of a closed period: what is asked for and why, and what became of it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import MaxLen, MinLen
from sqlalchemy import Index, Numeric, text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.change_requests import RequestState
from app.models import departments, kpis, owners, reviews  # noqa: F401  (what our tables point at)
from app.models.base import Number, PageFilter, PeriodText, Prose, Record, Reference, code_index, enum_type

Reason = Annotated[Prose, MinLen(1), MaxLen(2_000)]


class ChangeRequestInput(SQLModel):
    """Which value should be another one, and why. Without `department`: that of the whole organization."""

    model_config = SQLModelConfig(extra="forbid")

    kpi: Reference
    department: Reference | None = None
    period: PeriodText
    value: Number
    reason: Reason


class ChangeRequestRefusal(SQLModel):
    """Why the value stays as it is."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Reason


class ChangeRequest(Record, table=True):
    """Asks for another value of a period that a closed review locks. Its code is counted: `CR-1`, `CR-2`."""

    __tablename__ = "change_requests"
    __table_args__ = (
        code_index("change_requests"),
        Index(
            "uq_change_requests_open",
            "kpi_id",
            "department_id",
            "period",
            unique=True,
            postgresql_where=text("state = 'open'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_change_requests_place", "kpi_id", "department_id", "period"),
    )
    noun: ClassVar[str] = "change_request"
    references: ClassVar[dict[str, str]] = {
        "kpi": "kpis",
        "department": "departments",
        "review": "reviews",
        "asked_by": "owners",
    }

    code: str
    kpi_id: UUID = Field(foreign_key="kpis.id")
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    period: str
    # The closed review that locks the period.
    review_id: UUID = Field(foreign_key="reviews.id", index=True)
    value: Decimal = Field(sa_type=Numeric)
    reason: str
    asked_by_id: UUID = Field(foreign_key="owners.id", index=True)
    asked_on: date
    state: RequestState = Field(default=RequestState.OPEN, sa_type=enum_type(RequestState), nullable=False)
    # Of one that is accepted or declined. `answer`: why it was declined.
    answered_on: date | None = None
    answered_by: str | None = None
    answer: str | None = None


class ChangeRequestFilter(PageFilter):
    """Which change requests a list shows."""

    kpi: Reference | None = None
    department: Reference | None = None
    review: Reference | None = None
    state: Annotated[list[RequestState], MaxLen(len(RequestState))] = []  # noqa: RUF012
