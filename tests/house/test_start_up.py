"""What a start may not cost: programs that only migrations need, and a wrong idea of the newest revision."""

import subprocess
import sys

from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from app.schema import head_revision, read_config


def test_the_newest_revision_is_the_one_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(read_config(make_url("postgresql+asyncpg://nowhere/none")))
    assert head_revision() == scripts.get_current_head()


def test_serving_does_not_load_what_only_migrations_need() -> None:
    program = "import sys, app.cli, app.main; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()}
    assert "fastapi" in loaded
    assert not loaded & {"alembic", "mako", "pygments", "rich"}


def test_a_server_does_not_load_what_only_checks_need() -> None:
    program = "import sys, app.main; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()}
    assert "fastapi" in loaded
    assert not loaded & {"numpy", "scipy", "rapidfuzz"}
