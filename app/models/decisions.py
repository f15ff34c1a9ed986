"""Decisions: what is to be decided by whom, what was decided, who doubted it, and how it turned out."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.decisions import DecisionStatus
from app.models import decision_types, departments, goals, owners, reviews  # noqa: F401  (what our tables point at)
from app.models.base import (
    Day,
    Flag,
    Line,
    ListFilter,
    Prose,
    Record,
    Reference,
    Whole,
    code_index,
    enum_type,
    new_id,
    time_field,
)

Reason = Annotated[Prose, MinLen(1)]
Rating = Annotated[Whole, Ge(1), Le(5)]
Percent = Annotated[Whole, Ge(0), Le(100)]


class DecisionOption(SQLModel):
    """One way that could be chosen."""

    model_config = SQLModelConfig(extra="forbid")

    name: Line
    note: Prose | None = None


class DecisionFields(SQLModel):
    """What may be written about a decision at any time. `review_on`: when its outcome is looked at."""

    title: Line
    why: Prose | None = None
    needed_by: Day | None = None
    rationale: Prose | None = None
    review_on: Day | None = None


class DecisionInput(DecisionFields):
    """Create and update. Without `raised_on` it was raised today; `values` are those of the organization.

    `review`: in which it was raised.
    """

    model_config = SQLModelConfig(extra="forbid")

    type: Reference | None = None
    decider: Reference | None = None
    review: Reference | None = None
    raised_on: Day | None = None
    departments: Annotated[list[Reference], MaxLen(200)] = []
    goals: Annotated[list[Reference], MaxLen(50)] = []
    values: Annotated[list[Line], MaxLen(50)] = []
    options: Annotated[list[DecisionOption], MaxLen(20)] = []


class DecisionChoice(SQLModel):
    """What was decided. `forecast`: how sure, in percent, that it turns out as expected."""

    model_config = SQLModelConfig(extra="forbid")

    chosen: Line
    rationale: Prose | None = None
    forecast: Percent | None = None
    decided_on: Day | None = None
    review_on: Day | None = None


class DecisionWithdrawal(SQLModel):
    """Why nobody needs this decision any more."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Reason
    withdrawn_on: Day | None = None


class DecisionReopening(SQLModel):
    """Why it has to be decided again."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Reason
    reopened_on: Day | None = None


class DissentInput(SQLModel):
    """“I commit with this concern”: without `owner` one’s own."""

    model_config = SQLModelConfig(extra="forbid")

    owner: Reference | None = None
    concern: Reason
    said_on: Day | None = None


class EscalationInput(SQLModel):
    """Who is to decide instead, and why."""

    model_config = SQLModelConfig(extra="forbid")

    to: Reference
    reason: Reason
    escalated_on: Day | None = None


class OutcomeInput(SQLModel):
    """How a decision turned out: 1 (badly) to 5 (very well), and whether as expected."""

    model_config = SQLModelConfig(extra="forbid")

    rating: Rating
    as_expected: Flag
    note: Prose | None = None
    reviewed_on: Day | None = None


class _Ending(SQLModel):
    """How one round of deciding ended, and what became of it. `end_reason`: of a withdrawal."""

    chosen: str | None = None
    rationale: str | None = None
    forecast: int | None = None
    end_reason: str | None = None
    reviewed_on: date | None = None
    rating: int | None = None
    as_expected: bool | None = None
    outcome_note: str | None = None


class Decision(Record, DecisionFields, _Ending, table=True):
    """Something to be decided, or decided. Its code is counted: `D-1`, `D-2`.

    What it says is of the round in force: from `opened_on` (when it was raised or last re-opened) on. Earlier
    rounds are in `DecisionRound`.
    """

    __tablename__ = "decisions"
    __table_args__ = (code_index("decisions"),)
    noun: ClassVar[str] = "decision"
    references: ClassVar[dict[str, str]] = {
        "type": "decision_types",
        "decider": "owners",
        "review": "reviews",
    }

    code: str
    type_id: UUID | None = Field(default=None, foreign_key="decision_types.id", index=True)
    decider_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    # The review in which it was raised, which shows it to everybody there.
    review_id: UUID | None = Field(default=None, foreign_key="reviews.id", index=True)
    status: DecisionStatus = Field(
        default=DecisionStatus.OPEN, sa_type=enum_type(DecisionStatus), nullable=False
    )
    raised_on: date
    opened_on: date
    reopen_reason: str | None = None
    # When the round in force ended: decided or withdrawn, as the status says.
    ended_on: date | None = None
    # When that was written down, which may be later than on its day.
    ended_at: datetime | None = time_field()
    # How often it was opened again.
    reopened: int = 0
    values: list[str] = Field(default_factory=list, sa_type=JSONB)
    options: list[dict[str, object]] = Field(default_factory=list, sa_type=JSONB)
    archived_at: datetime | None = time_field()


class DecisionRound(_Ending, table=True):
    """An earlier round of a decision, which ended before it was opened again. Never changed."""

    __tablename__ = "decision_rounds"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    decision_id: UUID = Field(foreign_key="decisions.id", index=True)
    opened_on: date
    # Why it was opened again; none of the first round.
    reopen_reason: str | None = None
    ended_on: date
    status: DecisionStatus = Field(sa_type=enum_type(DecisionStatus), nullable=False)
    decider_id: UUID | None = Field(default=None, foreign_key="owners.id")


class DecisionDissent(SQLModel, table=True):
    """A concern with which somebody commits all the same."""

    __tablename__ = "decision_dissents"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    decision_id: UUID = Field(foreign_key="decisions.id", index=True)
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    concern: str
    said_on: date


class DecisionEscalation(SQLModel, table=True):
    """A decision was handed to somebody else to decide."""

    __tablename__ = "decision_escalations"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    decision_id: UUID = Field(foreign_key="decisions.id", index=True)
    from_id: UUID | None = Field(default=None, foreign_key="owners.id")
    to_id: UUID = Field(foreign_key="owners.id")
    reason: str
    escalated_on: date
    escalated_by: str


class DecisionDepartment(SQLModel, table=True):
    """A department that a decision touches."""

    __tablename__ = "decision_departments"

    decision_id: UUID = Field(primary_key=True, foreign_key="decisions.id")
    department_id: UUID = Field(primary_key=True, foreign_key="departments.id", index=True)


class DecisionGoal(SQLModel, table=True):
    """A goal that a decision cites."""

    __tablename__ = "decision_goals"

    decision_id: UUID = Field(primary_key=True, foreign_key="decisions.id")
    goal_id: UUID = Field(primary_key=True, foreign_key="goals.id", index=True)


class DecisionFilter(ListFilter):
    """Which decisions a list shows. `past_limit`: open for longer than its type allows.

    `review_due`: decided, with a review date before tomorrow, and not reviewed.
    """

    type: Reference | None = None
    decider: Reference | None = None
    review: Reference | None = None
    department: Reference | None = None
    goal: Reference | None = None
    status: list[DecisionStatus] = []  # noqa: RUF012  (pydantic copies it)
    past_limit: bool | None = None
    review_due: bool | None = None
    raised_from: Day | None = None
    raised_to: Day | None = None
    decided_from: Day | None = None
    decided_to: Day | None = None
