"""How people get in: passwords, sign-ins, links to set a password, and tries that failed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, text
from sqlmodel import Field, SQLModel

from app.models import departments, owners  # noqa: F401  (what our tables point at)
from app.models.base import enum_type, new_id, time_field


class LinkPurpose(StrEnum):
    """What a link lets its holder do, once."""

    INVITATION = "invitation"
    RESET = "reset"
    FIRST_RUN = "first_run"


class Password(SQLModel, table=True):
    """The password of a person, as an argon2id hash."""

    __tablename__ = "passwords"

    owner_id: UUID = Field(primary_key=True, foreign_key="owners.id")
    hash: str
    changed_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)


class SignIn(SQLModel, table=True):
    """One browser in which a person is signed in. Its token is kept as a hash."""

    __tablename__ = "sign_ins"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    owner_id: UUID = Field(foreign_key="owners.id", index=True)
    made_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    seen_at: datetime = time_field(sa_column_kwargs={"server_default": text("now()")}, nullable=False)
    ended_at: datetime | None = time_field()
    browser: str = ""


class PasswordLink(SQLModel, table=True):
    """A link by which its holder sets a password, once, until it ends; for a first run the one-time code."""

    __tablename__ = "password_links"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    owner_id: UUID | None = Field(default=None, foreign_key="owners.id", index=True)
    purpose: LinkPurpose = Field(sa_type=enum_type(LinkPurpose))
    expires_at: datetime = time_field(nullable=False)
    used_at: datetime | None = time_field()


class FailedTry(SQLModel, table=True):
    """How often signing in failed for an account or an address within some minutes."""

    __tablename__ = "failed_tries"

    subject: bytes = Field(sa_type=LargeBinary, primary_key=True)
    began_at: datetime = time_field(primary_key=True, nullable=False)
    tries: int = 1
