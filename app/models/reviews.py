"""Reviews: a month as the leadership goes through it, what it parked, private notes, what was frozen."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from annotated_types import MaxLen, MinLen
from sqlalchemy import LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.reviews import Attendance, ParkedState, ReviewStatus
from app.models import departments, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    Day,
    Line,
    ListFilter,
    PageFilter,
    PeriodText,
    Prose,
    Record,
    Reference,
    code_index,
    enum_type,
    new_id,
    time_field,
)

Reason = Annotated[Prose, MinLen(1)]


class ReviewInput(SQLModel):
    """Create: the month. `chair`: an executive or administrator; without one whoever had it last."""

    model_config = SQLModelConfig(extra="forbid")

    period: PeriodText
    chair: Reference | None = None
    meets_on: Day | None = None


class ReviewChange(SQLModel):
    """Update: who chairs it, and when it meets."""

    model_config = SQLModelConfig(extra="forbid")

    chair: Reference | None = None
    meets_on: Day | None = None


class AttendanceInput(SQLModel):
    """Who is there, is excused, or is missing."""

    model_config = SQLModelConfig(extra="forbid")

    owner: Reference
    state: Attendance


class ReviewClosing(SQLModel):
    """Closing a review. `despite`: why, although points of the checklist are open."""

    model_config = SQLModelConfig(extra="forbid")

    despite: Reason | None = None


class ReviewReopening(SQLModel):
    """Why a closed review is opened again, as the next revision."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Reason


class Review(Record, table=True):
    """The review of one month. Its code is the month.

    `attendance`: owner id → state. `revision`: 1, and one more with every reopening; `reason`: why.
    `despite`: why it was closed although points of its checklist were open.
    """

    __tablename__ = "reviews"
    __table_args__ = (code_index("reviews"),)
    noun: ClassVar[str] = "review"
    references: ClassVar[dict[str, str]] = {"chair": "owners"}

    code: str
    status: ReviewStatus = Field(
        default=ReviewStatus.PREPARING, sa_type=enum_type(ReviewStatus), nullable=False
    )
    revision: int = 1
    reason: str | None = None
    despite: str | None = None
    chair_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    meets_on: date | None = None
    attendance: dict[str, str] = Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": text("'{}'")}
    )
    started_at: datetime | None = time_field()
    closed_at: datetime | None = time_field()


class ReviewSnapshot(SQLModel, table=True):
    """What a review showed when it closed: canonical JSON and its SHA-256. It never changes."""

    __tablename__ = "review_snapshots"
    __table_args__ = (UniqueConstraint("review_id", "revision"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="reviews.id")
    revision: int
    schema_version: int
    body: bytes = Field(sa_type=LargeBinary)
    sha256: str
    closed_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    closed_by: str
    closed_by_id: UUID
    # Why it was opened again after the revision before.
    reason: str | None = None


class ReviewNote(SQLModel, table=True):
    """What somebody wrote for themselves about a review. Nobody else ever reads it; it leaves no event."""

    __tablename__ = "review_notes"
    __table_args__ = (UniqueConstraint("review_id", "owner_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="reviews.id", ondelete="CASCADE")
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    body: str
    version: int = 1
    updated_at: datetime = time_field(
        sa_column_kwargs={"server_default": text("now()"), "onupdate": text("now()")}, nullable=False
    )


class ReviewStage(SQLModel, table=True):
    """What the room looks at, and since when: the presenter's mark, not a record of anything."""

    __tablename__ = "review_stages"

    review_id: UUID = Field(foreign_key="reviews.id", ondelete="CASCADE", primary_key=True)
    item: str
    since: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    presenter_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)


class ParkedItemInput(SQLModel):
    """Something for later. `state`: whether it was taken up or dropped."""

    model_config = SQLModelConfig(extra="forbid")

    what: Line
    state: ParkedState = ParkedState.OPEN


class ParkedItem(Record, table=True):
    """Something that came up in a review and was put aside. Its code is counted: `PL-1`, `PL-2`."""

    __tablename__ = "parked_items"
    __table_args__ = (code_index("parked_items"),)
    noun: ClassVar[str] = "parked_item"
    references: ClassVar[dict[str, str]] = {"review": "reviews", "by": "owners"}

    code: str
    what: str
    state: ParkedState = Field(default=ParkedState.OPEN, sa_type=enum_type(ParkedState), nullable=False)
    review_id: UUID = Field(foreign_key="reviews.id", index=True)
    by_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    # It was parked by mistake, and taken back at once.
    archived_at: datetime | None = time_field()


class ReviewFilter(PageFilter):
    """Which reviews a list shows."""

    status: Annotated[list[ReviewStatus], MaxLen(len(ReviewStatus))] = []  # noqa: RUF012


class ParkedItemFilter(ListFilter):
    """Which parked items a list shows."""

    review: Reference | None = None
    state: Annotated[list[ParkedState], MaxLen(len(ParkedState))] = []  # noqa: RUF012


class ReviewNoteInput(SQLModel):
    """A private note; empty clears it."""

    model_config = SQLModelConfig(extra="forbid")

    body: Prose = ""


def read_attendance(row: Review) -> dict[UUID, Attendance]:
    """Who is expected or came, by owner."""
    told: dict[str, Any] = row.attendance
    return {UUID(owner): Attendance(state) for owner, state in told.items()}
