"""Commitments: who does what by when, about what, who asks after it, and what became of it."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import MaxLen, MinLen
from sqlalchemy import text
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.commitments import Outcome
from app.domain.words import CommitmentStatus
from app.models import decisions, departments, kpis, nodes, owners, reviews  # noqa: F401  (what our tables point at)
from app.models.base import (
    Day,
    Line,
    ListFilter,
    PageFilter,
    Prose,
    Record,
    Reference,
    code_index,
    enum_type,
    new_id,
    time_field,
)

Sentence = Annotated[Prose, MaxLen(2_000)]
Reason = Annotated[Prose, MinLen(1), MaxLen(2_000)]


class CommitmentFields(SQLModel):
    """What may be written about a commitment."""

    what: Line
    due_on: Day


class CommitmentInput(CommitmentFields):
    """Create and update. `owner` makes it, `partner` asks after it; the rest says what it is about.

    `goal`: a goal or an objective. `finding`: its id or fingerprint. `review`: in which it was made. Without
    `made_on` it was made today.
    """

    model_config = SQLModelConfig(extra="forbid")

    owner: Reference
    partner: Reference | None = None
    goal: Reference | None = None
    kpi: Reference | None = None
    finding: Reference | None = None
    decision: Reference | None = None
    review: Reference | None = None
    made_on: Day | None = None


class CommitmentRedating(SQLModel):
    """A new due date, and why the old one does not hold. `on`: the day on which that was agreed."""

    model_config = SQLModelConfig(extra="forbid")

    due_on: Day
    reason: Reason
    on: Day | None = None


class CommitmentDropping(SQLModel):
    """Why nobody needs it any more. `on`: the day on which that was agreed."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Reason
    on: Day | None = None


class CommitmentSettling(SQLModel):
    """What became of it. `said`: of what is missed or partly kept, what its owner will change."""

    model_config = SQLModelConfig(extra="forbid")

    outcome: Outcome
    said: Sentence | None = None
    on: Day | None = None


class ConcernInput(SQLModel):
    """“I commit with this concern”."""

    model_config = SQLModelConfig(extra="forbid")

    concern: Reason


class CommitmentAnswer(SQLModel):
    """What is made of a concern."""

    model_config = SQLModelConfig(extra="forbid")

    answer: Reason


class CommitmentLine(SQLModel):
    """A commitment in one line: `Open a third till @gareth 30 Jun #QUEUE-TIME`."""

    model_config = SQLModelConfig(extra="forbid")

    line: Annotated[Prose, MinLen(1), MaxLen(500)]
    review: Reference | None = None


class Commitment(Record, CommitmentFields, table=True):
    """Something a person has promised to do by a day. Its code is counted: `C-1`, `C-2`."""

    __tablename__ = "commitments"
    __table_args__ = (code_index("commitments"),)
    noun: ClassVar[str] = "commitment"
    references: ClassVar[dict[str, str]] = {
        "owner": "owners",
        "partner": "owners",
        "goal": "aims",
        "kpi": "kpis",
        "decision": "decisions",
        "review": "reviews",
    }

    code: str
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    partner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    goal_id: UUID | None = Field(default=None, foreign_key="nodes.id", index=True)
    kpi_id: UUID | None = Field(default=None, foreign_key="kpis.id", index=True)
    # Its fingerprint, which stays when the finding goes and comes.
    finding: str | None = Field(default=None, index=True)
    decision_id: UUID | None = Field(default=None, foreign_key="decisions.id", index=True)
    # The review in which it was made, which shows it and what becomes of it to everybody there.
    review_id: UUID | None = Field(default=None, foreign_key="reviews.id", index=True)
    # That of the owner when it was written: where it counts, and who else may write it.
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    made_on: date = Field(sa_column_kwargs={"server_default": text("current_date")})
    # The due date it was made with: the database itself refuses to change it.
    due_baseline: date
    status: CommitmentStatus = Field(
        default=CommitmentStatus.OPEN, sa_type=enum_type(CommitmentStatus), nullable=False
    )
    # On which day it was kept, missed or dropped, what was said of it then, and when that was last written.
    settled_on: date | None = None
    said: str | None = None
    settled_at: datetime | None = time_field()
    archived_at: datetime | None = time_field()


class CommitmentDate(SQLModel, table=True):
    """A due date that a commitment was given later, and why. Rows are only ever added."""

    __tablename__ = "commitment_dates"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    commitment_id: UUID = Field(foreign_key="commitments.id", index=True)
    due_before: date
    due_on: date
    reason: str
    moved_on: date
    at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    by_id: UUID
    by_name: str


class CommitmentConcern(SQLModel, table=True):
    """A concern with which somebody commits, and what was made of it. Events do not repeat it."""

    __tablename__ = "commitment_concerns"

    commitment_id: UUID = Field(primary_key=True, foreign_key="commitments.id")
    concern: str
    said_on: date
    answer: str | None = None
    answered_on: date | None = None
    answered_by: str | None = None


class CommitmentFilter(ListFilter):
    """Which commitments a list shows."""

    owner: Reference | None = None
    partner: Reference | None = None
    department: Reference | None = None
    goal: Reference | None = None
    kpi: Reference | None = None
    finding: Reference | None = None
    decision: Reference | None = None
    review: Reference | None = None
    status: list[CommitmentStatus] = []  # noqa: RUF012  (pydantic copies it)
    due_from: Day | None = None
    due_to: Day | None = None


class RecordFilter(SQLModel):
    """Whose record is asked for: one's own without `owner`."""

    model_config = SQLModelConfig(extra="forbid")

    owner: Reference | None = None


class CommitmentDateFilter(PageFilter):
    """A page of the due dates of one commitment."""
