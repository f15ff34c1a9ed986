"""Rituals: meetings that return by a rule; what became of each, votes on their use, and verdicts.

Also the private addresses under which people subscribe to their calendar.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy import DateTime, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.recurrence import LONGEST_RULE
from app.domain.rituals import BEST_VOTE, OccurrenceState, OutcomeTopic, RitualKind, Verdict
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

LONGEST_MINUTES = 3 * 24 * 60
MOST_INVITED = 500
MOST_HEADS = 10_000
_MOMENT = re.compile(r"(20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?\Z")
_NINE = "2026-10-13T09:00"
_HOURS = "T([01][0-9]|2[0-3]):[0-5][0-9]$"
# For the document: what it calls valid must be accepted, and not every month has a 29th.
_TAKEN = "^(20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])" + _HOURS
_GIVEN = "^(20|21|22)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])" + _HOURS


def _read_moment(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not (isinstance(value, str) and _MOMENT.match(value)):
        detail = (
            "A local time is written like 2026-10-13T09:00, without a zone: it is that of the organization."
        )
        raise PydanticCustomError("not_a_local_time", "{detail}", {"detail": detail})
    return value


def _write_moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M}"


# Wall time where the organization is: the meeting stays at nine when the clocks change.
LocalMoment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    PlainSerializer(_write_moment, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _TAKEN, "examples": [_NINE]}, mode="validation"),
    WithJsonSchema({"type": "string", "pattern": _GIVEN, "examples": [_NINE]}, mode="serialization"),
]
RuleText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_RULE, pattern=r"^[ -~]+$")]
Minutes = Annotated[Whole, Ge(5), Le(LONGEST_MINUTES)]
Vote = Annotated[Whole, Ge(1), Le(BEST_VOTE)]
Reason = Annotated[Prose, MinLen(1)]


class RitualFields(SQLModel):
    """What may be written about a ritual. `rrule`: of RFC 5545; `starts_at`: its first day and its time."""

    code: Code
    name: Line
    kind: RitualKind = Field(sa_type=enum_type(RitualKind))
    purpose: Prose | None = None
    location: Line | None = None
    starts_at: LocalMoment = Field(sa_type=DateTime(timezone=False))
    duration_minutes: Minutes = 60
    rrule: RuleText


class RitualInput(RitualFields):
    """Create and update. Invited are people by name, and whoever is in these departments and levels by then.

    With departments and levels both, people of these levels in these departments and all below them.
    """

    model_config = SQLModelConfig(extra="forbid")

    host: Reference
    objectives: Annotated[list[Line], MaxLen(20)] = []
    invited: Annotated[list[Reference], MaxLen(MOST_INVITED)] = []
    departments: Annotated[list[Reference], MaxLen(200)] = []
    levels: Annotated[list[Level], MaxLen(len(Level))] = []


class Ritual(Record, RitualFields, table=True):
    """A meeting that returns. `ruled_from`: since when its rule is as it is."""

    __tablename__ = "rituals"
    __table_args__ = (code_index("rituals"),)
    noun: ClassVar[str] = "ritual"
    references: ClassVar[dict[str, str]] = {"host": "owners"}

    host_id: UUID = Field(foreign_key="owners.id", index=True)
    objectives: list[str] = Field(default_factory=list, sa_type=JSONB)
    invited: list[str] = Field(default_factory=list, sa_type=JSONB)
    departments: list[str] = Field(default_factory=list, sa_type=JSONB)
    levels: list[str] = Field(default_factory=list, sa_type=JSONB)
    ruled_from: date
    archived_at: datetime | None = time_field()


class RitualFilter(ListFilter):
    """Which rituals a list shows: of a kind, of a host."""

    kind: list[RitualKind] = []  # noqa: RUF012  (pydantic copies it)
    host: Reference | None = None


class RitualOutcomeInput(SQLModel):
    """What came of one objective or question: a sentence, and the commitment made of it, or parked."""

    model_config = SQLModelConfig(extra="forbid")

    topic: OutcomeTopic = OutcomeTopic.OBJECTIVE
    about: Line | None = None
    text: Line
    commitment: Reference | None = None
    parked: bool = False


class OccurrenceKeptInput(SQLModel):
    """It took place. `headcount` alone where names are not written down; an informal one has nothing else."""

    model_config = SQLModelConfig(extra="forbid")

    attended: Annotated[list[Reference], MaxLen(MOST_INVITED)] = []
    headcount: Annotated[Whole, Ge(0), Le(MOST_HEADS)] | None = None
    note: Prose | None = None
    outcomes: Annotated[list[RitualOutcomeInput], MaxLen(50)] = []


class OccurrenceSkippedInput(SQLModel):
    """It does not take place, and why."""

    model_config = SQLModelConfig(extra="forbid")

    reason: Reason


class OccurrenceMovedInput(SQLModel):
    """This one takes place at another time."""

    model_config = SQLModelConfig(extra="forbid")

    to: LocalMoment


class VoteInput(SQLModel):
    """How useful it was: 1 (wasted) to 5 (very)."""

    model_config = SQLModelConfig(extra="forbid")

    score: Vote


class VerdictInput(SQLModel):
    """Keep, change or stop, and why; for this quarter unless another is named."""

    model_config = SQLModelConfig(extra="forbid")

    verdict: Verdict
    reason: Reason
    quarter: Annotated[str, StringConstraints(pattern=r"^(20|21)[0-9]{2}-Q[1-4]$")] | None = None


class RitualOccurrence(Record, table=True):
    """What became of one occurrence. `day` names it: the one on which the rule has it.

    `settled_on`: when it was said first that it took place. Until somebody says something there is no row.
    """

    __tablename__ = "ritual_occurrences"
    __table_args__ = (UniqueConstraint("ritual_id", "day"),)
    noun: ClassVar[str] = "occurrence"

    code: str
    ritual_id: UUID = Field(foreign_key="rituals.id")
    day: date = Field(index=True)
    state: OccurrenceState = Field(
        default=OccurrenceState.PLANNED, sa_type=enum_type(OccurrenceState), nullable=False
    )
    moved_to: datetime | None = Field(default=None, sa_type=DateTime(timezone=False))
    reason: str | None = None
    attended: list[str] = Field(default_factory=list, sa_type=JSONB)
    headcount: int | None = None
    note: str | None = None
    outcomes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    settled_on: date | None = None


class OccurrenceFilter(SQLModel):
    """Which occurrences of a ritual a list shows: from a day to a day, by default of a year around today."""

    model_config = SQLModelConfig(extra="forbid", populate_by_name=True)

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    state: list[OccurrenceState] = []
    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,200}$")] | None = None


class RitualVote(SQLModel, table=True):
    """What one person thinks of the use of one occurrence. No version and no event: nobody else reads it."""

    __tablename__ = "ritual_votes"

    occurrence_id: UUID = Field(foreign_key="ritual_occurrences.id", primary_key=True)
    owner_id: UUID = Field(foreign_key="owners.id", primary_key=True)
    score: int


class RitualVerdict(Record, table=True):
    """What was decided about a ritual for a quarter, by whom and why."""

    __tablename__ = "ritual_verdicts"
    __table_args__ = (UniqueConstraint("ritual_id", "quarter"),)
    noun: ClassVar[str] = "verdict"

    code: str
    ritual_id: UUID = Field(foreign_key="rituals.id")
    quarter: str
    verdict: Verdict = Field(sa_type=enum_type(Verdict))
    reason: str
    decided_by: str


class CalendarAddress(SQLModel, table=True):
    """The private address of a person's calendar. Only the hash of its secret is kept."""

    __tablename__ = "calendar_addresses"

    owner_id: UUID = Field(foreign_key="owners.id", primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    made_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
