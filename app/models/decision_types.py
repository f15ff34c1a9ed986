"""Decision types: how long a decision of a kind may take, and who decides, advises and is informed."""

from datetime import datetime
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MaxLen
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.decisions import LONGEST_LIMIT_DAYS
from app.models.base import Code, Line, ListFilter, Prose, Record, Whole, code_index, time_field

Parties = Annotated[list[Line], MaxLen(50)]


class DecisionTypeFields(SQLModel):
    """What may be written about a type. `limit_days`: how many days a decision may stay open."""

    code: Code
    name: Line
    description: Prose | None = None
    limit_days: Annotated[Whole, Ge(1), Le(LONGEST_LIMIT_DAYS)] | None = None


class DecisionTypeInput(DecisionTypeFields):
    """Create and update. `decides`, `advises` and `informed` name roles or people."""

    model_config = SQLModelConfig(extra="forbid")

    decides: Parties = []
    advises: Parties = []
    informed: Parties = []


class DecisionType(Record, DecisionTypeFields, table=True):
    """A kind of decision that comes again and again."""

    __tablename__ = "decision_types"
    __table_args__ = (code_index("decision_types"),)
    noun: ClassVar[str] = "decision_type"

    decides: list[str] = Field(default_factory=list, sa_type=JSONB)
    advises: list[str] = Field(default_factory=list, sa_type=JSONB)
    informed: list[str] = Field(default_factory=list, sa_type=JSONB)
    archived_at: datetime | None = time_field()


class DecisionTypeFilter(ListFilter):
    """Which types a list shows."""
