"""Clients (machines) and the keys that let clients and people use the API."""

from datetime import UTC, date, datetime, time
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy import CheckConstraint, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.permissions import SCOPES, Permission
from app.models import departments, owners  # noqa: F401  (what our tables point at)
from app.models.base import (
    DAY_SCHEMA,
    INSTANT_SCHEMA,
    Flag,
    Instant,
    Line,
    ListFilter,
    Record,
    Reference,
    code_index,
    time_field,
)

DAY_LETTERS = len("2026-12-31")
LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


def _read_scope(value: object) -> object:
    """Names those a machine can have: the framework would list what is for people only, too."""
    if value not in list(Permission):
        known = ", ".join(SCOPES)
        raise PydanticCustomError("enum", "A scope is one of: {known}.", {"known": known})
    return value


def _check_scope(scope: Permission) -> Permission:
    if scope not in SCOPES:
        raise PydanticCustomError("people_only", "{scope} is for people only.", {"scope": scope.value})
    return scope


def _sort_scopes(scopes: list[Permission]) -> list[Permission]:
    return sorted(set(scopes))


def _read_expiry(value: object) -> object:
    """A day means until its end (UTC); everything else is read as a time."""
    if not isinstance(value, str) or "T" in value.upper()[DAY_LETTERS:]:
        return value
    try:
        if len(value) != DAY_LETTERS:
            raise ValueError
        return datetime.combine(date.fromisoformat(value), LAST_SECOND)
    except ValueError as error:
        sentence = "A day is written like 2026-12-31, a time like 2026-12-31T18:00:00Z."
        raise PydanticCustomError("not_a_time", sentence) from error


Scope = Annotated[
    Permission,
    BeforeValidator(_read_scope),
    AfterValidator(_check_scope),
    WithJsonSchema({"type": "string", "enum": [scope.value for scope in SCOPES]}),
]
Expiry = Annotated[
    Instant, BeforeValidator(_read_expiry), WithJsonSchema({"anyOf": [INSTANT_SCHEMA, DAY_SCHEMA]})
]


class ClientFields(SQLModel):
    """What may be written about a client. `source` is the only source it may push for."""

    name: Line
    source: Line | None = None
    suppresses_small_groups: Flag = False


class ClientInput(ClientFields):
    """Create and update. The key works until `expires_at`: a time, or a day up to its end (UTC)."""

    model_config = SQLModelConfig(extra="forbid")

    scopes: Annotated[list[Scope], MinLen(1), MaxLen(len(SCOPES)), AfterValidator(_sort_scopes)]
    department: Reference | None = None
    expires_at: Expiry | None = None


class TokenInput(SQLModel):
    """How long a person's key holds."""

    model_config = SQLModelConfig(extra="forbid")

    expires_at: Expiry | None = None


class Client(Record, ClientFields, table=True):
    """A machine that uses the API."""

    __tablename__ = "clients"
    __table_args__ = (code_index("clients", "name"),)
    noun: ClassVar[str] = "client"
    code_field: ClassVar[str] = "name"
    references: ClassVar[dict[str, str]] = {"department": "departments"}

    scopes: list[str] = Field(default_factory=list, sa_type=ARRAY(TEXT))
    department_id: UUID | None = Field(default=None, foreign_key="departments.id", index=True)
    expires_at: datetime | None = time_field()
    archived_at: datetime | None = time_field()


class ClientFilter(ListFilter):
    """Which clients a list shows. `prefix` is the start of a key, with or without `cox_`."""

    prefix: Annotated[str, StringConstraints(pattern=r"^(cox_)?[A-Za-z0-9]{1,16}$")] | None = None
    department: Reference | None = None
    source: Line | None = None


class AccessKey(SQLModel, table=True):
    """A key of a client or a person: shown once, kept as a hash, found by its prefix."""

    __tablename__ = "access_keys"
    __table_args__ = (CheckConstraint("num_nonnulls(client_id, owner_id) = 1", name="one_holder"),)

    id: UUID = Field(primary_key=True)
    prefix: str = Field(unique=True)
    secret_hash: bytes = Field(sa_type=LargeBinary)
    client_id: UUID | None = Field(default=None, foreign_key="clients.id", index=True)
    owner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    created_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    expires_at: datetime | None = time_field()
    revoked_at: datetime | None = time_field()
    last_used_at: datetime | None = time_field()
