"""What a fault run needs before it starts: a machine with a key, and a data folder that is quickly there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.actions.keys import issue_client_key
from app.domain.permissions import SCOPES, SYSTEM
from tests.factories import make_client
from tests.faults.processes import AppProcess, look_inside


async def make_key(app: AppProcess) -> str:
    """The key of a machine with every scope."""
    async with look_inside(app.folder) as session:
        client = await make_client(session, scopes=SCOPES, suppresses_small_groups=True)
        return await issue_client_key(session, client, actor=SYSTEM)


@contextmanager
def template_folder() -> Iterator[Path]:
    """A data folder with a migrated, empty, stopped database, to be copied."""
    with TemporaryDirectory(prefix="coxswain-fault-") as folder:
        with AppProcess(Path(folder)):
            pass
        yield Path(folder)


@contextmanager
def serving(template: Path, *, broken: str | None = None) -> Iterator[AppProcess]:
    """An application of its own on a copy of the template; at the end both are gone."""
    with TemporaryDirectory(prefix="coxswain-fault-") as parent:
        folder = Path(parent) / "data"
        shutil.copytree(template, folder)
        with AppProcess(folder, broken=broken) as app:
            yield app
