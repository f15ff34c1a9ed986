"""Every setting, once. Read by main, cli and migrations only; values travel as arguments."""

import os
import re
import sys
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.relay import Post, read_relay

MAX_BODY_BYTES = 10 * 1024 * 1024
# What goes into headers and links: one line, an address as mail servers take it, a root without a path.
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+"
_FORMS = {
    "mail_from": re.compile(rf"{_ADDRESS}|[^<>@\x00-\x1f\x7f]+ <{_ADDRESS}>"),
    "public_url": re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/?"),
}


def default_data_dir() -> Path:
    """The platform's user data folder: `~/.local/share` (XDG), or Application Support on macOS."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "coxswain"
    home = os.environ.get("XDG_DATA_HOME", "")
    # The XDG specification has relative paths ignored.
    return (Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "coxswain"


class Settings(BaseSettings):
    """Settings come from `COXSWAIN_…` variables or `.env`."""

    model_config = SettingsConfigDict(env_prefix="COXSWAIN_", env_file=".env", extra="ignore")

    database_url: SecretStr | None = None
    """A PostgreSQL server, as postgresql://user:password@host/name. Unset: the embedded PostgreSQL."""
    data_dir: Path | None = None
    """Where the embedded PostgreSQL lives. Unset: the platform's folder for user data."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Ge(0), Le(65535)] = 8000
    """The port to listen on."""
    workers: Annotated[int, Ge(1), Le(64)] = 1
    """How many processes serve."""
    database_pool: Annotated[int, Ge(1), Le(200)] = 10
    """How many connections to the database each process may hold."""
    allow_forgetful_database: bool = False
    """Serve over a database that may lose what was saved (fsync off). For tests and throw-away trials."""
    max_body_bytes: Annotated[int, Ge(1024)] = MAX_BODY_BYTES
    """Larger bodies are refused, also when they are large only after unpacking."""
    max_in_flight: Annotated[int, Ge(1)] = 64
    """Beyond so many requests at once a process answers 503, instead of letting all of them wait."""
    rate_limit_per_minute: Annotated[int, Ge(0)] = 6000
    """How many requests a key may make in a minute; 0 switches counting off."""
    smtp_url: SecretStr | None = None
    """The mail server, as smtp://user:password@host:587 (smtps: TLS at once). Unset: mails stay here."""
    mail_from: Annotated[str | None, Field(validate_default=True)] = None
    """From whom mails are, as Coxswain <coxswain@example.org>."""
    public_url: Annotated[str | None, Field(validate_default=True)] = None
    """The address at which people reach Coxswain, as https://coxswain.example.org: links in mails."""
    digest_hour: Annotated[int, Ge(0), Le(23)] = 7
    """From which hour, where the organization is, the mails of a day are written."""
    remind_days_before: Annotated[int, Ge(0), Le(30)] = 3
    """How many days before something is due a person is reminded the first time; then on the day itself."""
    remind_days_after: Annotated[int, Ge(1), Le(30)] = 2
    """How many days after that a person is reminded the last time."""
    remind_lead_days_after: Annotated[int, Ge(1), Le(90)] = 7
    """How many days after that whoever leads them hears that a value is missing."""
    log_level: str = "info"
    """debug, info, warning or error."""

    @field_validator("smtp_url")
    @classmethod
    def _check_relay(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            try:
                read_relay(value.get_secret_value())
            except ValueError as error:
                raise PydanticCustomError("bad_relay", "{problem}.", {"problem": str(error)}) from None
        return value

    @field_validator("mail_from", "public_url")
    @classmethod
    def _check_sending(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("smtp_url") is not None:
            raise PydanticCustomError("needed", "needed with COXSWAIN_SMTP_URL.")
        wanted = _FORMS[str(info.field_name)]
        if value is not None and not wanted.fullmatch(value):
            raise PydanticCustomError("bad_form", "this is not of the form that is expected.")
        return value

    def read_post(self) -> Post | None:
        """How mails leave the house, or None when they stay."""
        if self.smtp_url is None or self.mail_from is None or self.public_url is None:
            return None
        return Post(read_relay(self.smtp_url.get_secret_value()), self.mail_from, self.public_url)
