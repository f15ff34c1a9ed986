"""What the product measures about alignment: one row of facts, renewed when what it is made of changes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.models import surveys  # noqa: F401  (what our tables point at)
from app.models.base import new_id, time_field


class AlignmentMeasure(SQLModel, table=True):
    """The facts of one look. `snapshot` says which changes it has seen, `survey_id` whose answers it is of.

    There is one row for each survey, the last one being what holds; what is said of the answers of a survey
    never changes again.
    """

    __tablename__ = "alignment_measures"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    measured_at: datetime = time_field(nullable=False)
    today: date
    snapshot: str
    survey_id: UUID | None = Field(default=None, foreign_key="surveys.id", index=True)
    facts: dict[str, Any] = Field(sa_type=JSONB)
