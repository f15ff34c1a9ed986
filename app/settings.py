"""Every setting, once. Read by main, cli and migrations only; values travel as arguments."""

from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MAX_BODY_BYTES = 10 * 1024 * 1024


def default_data_dir() -> Path:
    """The platform's user data folder (XDG on Linux, Application Support on macOS)."""
    import typer

    return Path(typer.get_app_dir("coxswain", roaming=False))


class Settings(BaseSettings):
    """Settings come from `COXSWAIN_…` variables or `.env`."""

    model_config = SettingsConfigDict(env_prefix="COXSWAIN_", env_file=".env", extra="ignore")

    database_url: SecretStr | None = None
    data_dir: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Ge(0), Le(65535)] = 8000
    workers: Annotated[int, Ge(1), Le(64)] = 1
    database_pool: Annotated[int, Ge(1), Le(200)] = 10
    max_body_bytes: Annotated[int, Ge(1024)] = MAX_BODY_BYTES
    # Beyond so many requests at once a process answers 503, instead of letting all of them wait for seconds.
    max_in_flight: Annotated[int, Ge(1)] = 200
    rate_limit_per_minute: Annotated[int, Ge(0)] = 6000
    log_level: str = "info"
