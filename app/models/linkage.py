"""What the linkage checker keeps: its checks, the findings with their life, and the waivers of people."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, Len, MaxLen
from pydantic import StringConstraints
from sqlalchemy import Index, String, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.linkage.findings import Group, Severity
from app.domain.linkage.states import Change, FindingStatus
from app.models.base import Day, Instant, ListFilter, Prose, Record, Reference, enum_type, new_id, time_field

RuleCode = Annotated[str, StringConstraints(pattern=r"^L[0-9]{3}$")]
Reason = Annotated[Prose, Len(1)]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^L[0-9]{3}-[0-9a-f]{24}$")]


class LinkageCheck(SQLModel, table=True):
    """One look at the whole plan. `snapshot` says which changes it has seen."""

    __tablename__ = "linkage_checks"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    checked_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    today: date
    snapshot: str
    # How many objects each part of the catalogue looked at, by department id; "" is the organization.
    tally: dict[str, dict[str, int]] = Field(sa_type=JSONB)
    skipped: list[dict[str, str]] = Field(sa_type=JSONB)


class LinkageFinding(SQLModel, table=True):
    """One appearance of a fault: from the check that first saw it to the last one that did.

    A fault that comes back is a new row with the `first_seen` of the old one.
    """

    __tablename__ = "linkage_findings"
    __table_args__ = (
        Index(
            "uq_linkage_findings_fingerprint",
            "fingerprint",
            unique=True,
            postgresql_where=text("closed_at is null"),
        ),
        Index("ix_linkage_findings_history", "fingerprint", "opened_at"),
        Index("ix_linkage_findings_closed_at", "closed_at"),
    )
    noun: ClassVar[str] = "finding"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    fingerprint: str
    rule: str
    part: Group = Field(sa_type=enum_type(Group))
    severity: Severity = Field(sa_type=enum_type(Severity))
    objects: list[dict[str, Any]] = Field(sa_type=JSONB)
    message: str
    why: str
    fix: str
    # The departments of its objects (it counts for these and all above), and what its words give away.
    department_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    named_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    draft: bool = False
    first_seen: datetime = time_field(nullable=False)
    opened_at: datetime = time_field(nullable=False)
    # When a check no longer saw it, and the last one that did.
    closed_at: datetime | None = time_field()
    last_seen: datetime | None = time_field()


class LinkageFilter(SQLModel):
    """What may be asked of the summary. `since`: compare with what was found at that moment."""

    model_config = SQLModelConfig(extra="forbid")

    department: Reference | None = None
    since: Instant | None = None
    fresh: bool = False


class FindingFilter(LinkageFilter):
    """Which findings a list shows: those of today, unless a status, change or `since` asks for fixed ones."""

    rule: Annotated[list[RuleCode], MaxLen(100)] = []
    severity: list[Severity] = []
    status: list[FindingStatus] = []
    change: list[Change] = []
    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,200}$")] | None = None


class WaiverFilter(ListFilter):
    """Which waivers a list shows."""

    rule: Annotated[list[RuleCode], MaxLen(100)] = []  # noqa: RUF012


class WaiverInput(SQLModel):
    """Lets a finding be until a day, for a reason. `finding`: its id or fingerprint."""

    model_config = SQLModelConfig(extra="forbid")

    finding: Reference
    reason: Reason
    expires_on: Day


class Waiver(Record, table=True):
    """A decision to let a finding be until a day; the last day counts. `archived_at`: taken back."""

    __tablename__ = "waivers"
    __table_args__ = (
        Index(
            "uq_waivers_fingerprint", "fingerprint", unique=True, postgresql_where=text("archived_at is null")
        ),
    )
    noun: ClassVar[str] = "waiver"
    code_field: ClassVar[str] = "fingerprint"

    fingerprint: str = Field(sa_type=String)
    rule: str
    # What the finding was then: a warning that becomes an error is open again.
    severity: Severity = Field(sa_type=enum_type(Severity))
    reason: str
    expires_on: date
    made_by: str
    made_by_id: UUID
    # The finding's place, so that whoever does not see the one does not see the other.
    department_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    named_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    draft: bool = False
    archived_at: datetime | None = time_field()
