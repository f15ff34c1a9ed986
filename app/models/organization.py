"""The organization (one row) and the versions of its vision."""

from typing import Annotated, ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.engagement import DEFAULT_MINIMUM_GROUP, MINIMUM_GROUP_FLOOR
from app.models.base import Line, Prose, Record, Whole, new_id

LARGEST_MINIMUM_GROUP = 1000


def _check_time_zone(value: str) -> str:
    if value not in available_timezones():
        raise PydanticCustomError("unknown_time_zone", "A time zone is named like Europe/Berlin or UTC.")
    return value


class Vision(SQLModel):
    """Where the organization is heading, and why."""

    model_config = SQLModelConfig(extra="forbid")

    statement: Annotated[Prose, MinLen(1)]
    why: Prose | None = None
    horizon: Line | None = None
    core_terms: Annotated[list[Line], MaxLen(50)] = []


class Value(SQLModel):
    """A value, made observable by behaviours."""

    model_config = SQLModelConfig(extra="forbid")

    name: Line
    behaviours: Annotated[list[Line], MaxLen(50)] = []


class OrganizationFields(SQLModel):
    """What people may write about the organization."""

    name: Line
    mission: Prose | None = None
    fiscal_year_start: Annotated[Whole, Ge(1), Le(12)] = 1
    minimum_group: Annotated[Whole, Ge(MINIMUM_GROUP_FLOOR), Le(LARGEST_MINIMUM_GROUP)] = (
        DEFAULT_MINIMUM_GROUP
    )
    time_zone: Annotated[Line, AfterValidator(_check_time_zone)] = "UTC"


class OrganizationInput(OrganizationFields):
    """Create and update."""

    model_config = SQLModelConfig(extra="forbid")

    vision: Vision | None = None
    values: Annotated[list[Value], MaxLen(50)] = []


class Organization(Record, OrganizationFields, table=True):
    """The one organization of this installation."""

    __tablename__ = "organization"
    noun: ClassVar[str] = "organization"
    code_field: ClassVar[str] = "name"

    # The version in force; none while there is no vision, or after it was taken back.
    vision_id: UUID | None = Field(default=None, foreign_key="visions.id")
    values: list[dict[str, object]] = Field(default_factory=list, sa_type=JSONB)
    # Changes when a backup is restored: cursors of `/changes` made before are then void.
    epoch: UUID = Field(default_factory=new_id)
    # The demo organization lets everybody on this machine in; a real one nobody.
    is_demo: bool = False
    # One row: the constant column is unique.
    the_only: bool = Field(default=True, unique=True)


class VisionVersion(Record, table=True):
    """One version of the vision. The organization points at the one in force."""

    __tablename__ = "visions"
    __table_args__ = (UniqueConstraint("number"),)
    noun: ClassVar[str] = "vision"
    code_field: ClassVar[str] = "number"

    number: int
    statement: str
    why: str | None = None
    horizon: str | None = None
    core_terms: list[str] = Field(default_factory=list, sa_type=JSONB)
