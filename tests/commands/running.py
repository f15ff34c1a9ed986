"""Runs `coxswain …` as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import URL

ROOT = Path(__file__).resolve().parents[2]


def run_coxswain(
    *arguments: str, url: URL | None = None, text: str | None = None, settings: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command's outcome; over a server's database when a URL is given, else over the embedded one."""
    settings = dict(settings or {})
    if url is not None:
        settings["COXSWAIN_DATABASE_URL"] = url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=os.environ | settings,
        cwd=ROOT,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
