"""Settings are read in one place: nobody else asks the environment for one."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `environ.get("COXSWAIN_X")`, `getenv(…)`, or `environ["COXSWAIN_X"]` that is not being set.
READS = re.compile(
    r"""(?:environ\.get|getenv)\(\s*["']COXSWAIN_|environ\[["']COXSWAIN_\w+["']\](?!\s*=[^=])"""
)


def test_only_the_settings_class_reads_our_variables() -> None:
    found = [str(path) for path in (ROOT / "app").rglob("*.py") if READS.search(path.read_text())]
    assert found == []
