"""Surveys, their questions and invitations, and the answers, which are no records on purpose.

An answer has a random key and no time, no version, no event and no person: nothing of it leads back.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from annotated_types import Ge, Le, MaxLen
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.engagement import MINIMUM_GROUP_FLOOR
from app.domain.surveys import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    RESERVED_SURVEY_CODES,
    AuditArea,
    QuestionKind,
    SurveyKind,
    SurveyStatus,
)
from app.domain.words import Level
from app.models import departments, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Code,
    Day,
    Line,
    ListFilter,
    Prose,
    Record,
    Reference,
    Whole,
    code_index,
    enum_type,
    time_field,
)
from app.models.organization import LARGEST_MINIMUM_GROUP


def _check_survey_code(value: str) -> str:
    if value.lower() in RESERVED_SURVEY_CODES:
        raise PydanticCustomError("bad_code", "{code} is reserved.", {"code": value})
    return value


SurveyCode = Annotated[Code, AfterValidator(_check_survey_code)]
MinimumGroup = Annotated[Whole, Ge(MINIMUM_GROUP_FLOOR), Le(LARGEST_MINIMUM_GROUP)]


class Option(SQLModel):
    """One of the things to rank or to choose from; of goals the code is that of the goal."""

    model_config = SQLModelConfig(extra="forbid")

    code: Code
    text: Line


class Question(SQLModel):
    """One question. `about`: the value or message it asks after; `paired_with`: what teams say of it."""

    model_config = SQLModelConfig(extra="forbid")

    code: Code
    kind: QuestionKind
    text: Line
    area: AuditArea | None = None
    about: Line | None = None
    behaviour: Line | None = None
    options: Annotated[list[Option], MaxLen(MOST_OPTIONS)] = []
    intended: Code | None = None
    paired_with: Code | None = None


class SurveyFields(SQLModel):
    """What may be written about a survey."""

    code: Code
    title: Line
    kind: SurveyKind = Field(default=SurveyKind.SURVEY, sa_type=enum_type(SurveyKind))
    purpose: Prose | None = None
    opens_on: Day | None = None
    closes_on: Day | None = None


class SurveyInput(SurveyFields):
    """Create and update. Without departments everybody is asked; with some, these and all below them."""

    model_config = SQLModelConfig(extra="forbid")

    code: SurveyCode
    minimum_group: MinimumGroup | None = None
    questions: Annotated[list[Question], MaxLen(MOST_QUESTIONS)] = []
    departments: Annotated[list[Reference], MaxLen(1000)] = []
    levels: Annotated[list[Level], MaxLen(len(Level))] = []


class NewSurvey(SurveyInput):
    """Create, from a template if one is named: its questions then stand for those that are not given."""

    template: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None = None


class Survey(Record, SurveyFields, table=True):
    """Questions to people, and who is asked. Nothing of it changes when somebody answers."""

    __tablename__ = "surveys"
    __table_args__ = (code_index("surveys"),)
    noun: ClassVar[str] = "survey"

    status: SurveyStatus = Field(default=SurveyStatus.DRAFT, sa_type=enum_type(SurveyStatus), nullable=False)
    minimum_group: int
    questions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    departments: list[str] = Field(default_factory=list, sa_type=JSONB)
    levels: list[str] = Field(default_factory=list, sa_type=JSONB)
    opened_at: datetime | None = time_field()
    closed_at: datetime | None = time_field()
    # Fixed when it opens: how many are asked, and how many of them in which cell.
    invited: int = 0
    cells: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    archived_at: datetime | None = time_field()


class SurveyInvitation(SQLModel, table=True):
    """One person is asked. The row vanishes when they answer; until then it knows whose it is.

    `claimed`: an answer is on its way. At most one of a survey is, under its lock.
    """

    __tablename__ = "survey_invitations"
    __table_args__ = (UniqueConstraint("survey_id", "owner_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    survey_id: UUID = Field(foreign_key="surveys.id")
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    token_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    claimed: bool = False
    department_id: UUID | None = Field(default=None, foreign_key="departments.id")
    level: str | None = None


class SurveyAnswer(SQLModel, table=True):
    """What somebody answered, and as much of where they stand as leaves them among enough others.

    No foreign keys: checking them would leave the number of the answer's transaction in the rows they name.
    """

    __tablename__ = "survey_answers"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    survey_id: UUID = Field(index=True)
    department_id: UUID | None = None
    level: str | None = None
    values: dict[str, Any] = Field(sa_type=JSONB)


class SurveyResult(SQLModel, table=True):
    """What may be shown of a closed survey: made once when it closes, whatever becomes of the departments."""

    __tablename__ = "survey_results"

    survey_id: UUID = Field(primary_key=True, foreign_key="surveys.id")
    tables: dict[str, Any] = Field(sa_type=JSONB)
    # The tree of departments of the closing: whatever is made of the answers later is made in it.
    parents: dict[str, str | None] = Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": text("'{}'")}
    )


AnswerValue = Whole | Prose | Annotated[list[Code], MaxLen(MOST_OPTIONS)] | None


class AnswerInput(SQLModel):
    """The answers of one person by question. `token`: that of the link; without it one's own invitation."""

    model_config = SQLModelConfig(extra="forbid")

    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$")] | None = None
    answers: Annotated[dict[str, AnswerValue], MaxLen(MOST_QUESTIONS)]


class ResultsFilter(SQLModel):
    """Which part of the results is asked for. Every filtered view leaves an event."""

    model_config = SQLModelConfig(extra="forbid")

    department: Reference | None = None
    level: Level | None = None
    question: Code | None = None


class SurveyFilter(ListFilter):
    """Which surveys a list shows."""

    kind: list[SurveyKind] = []  # noqa: RUF012  (pydantic copies it)
    status: list[SurveyStatus] = []  # noqa: RUF012
