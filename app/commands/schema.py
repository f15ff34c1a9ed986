"""`coxswain migrate`: brings the database to the schema of this version."""

from pathlib import Path
from tempfile import TemporaryDirectory

from app.commands.context import DataDir, clear_refusals, open_url
from app.database import embedded_url
from app.embedded import running
from app.schema import find_revision, head_revision, upgrade, write_revision


def migrate(data_dir: DataDir = None) -> None:
    """Brings the database to the schema of this version."""
    with clear_refusals(), open_url(data_dir, migrated=False) as url:
        before = find_revision(url)
        if before == head_revision():
            print(f"The database is at {before} already.")
            return
        upgrade(url)
        print(f"The database went from {before or 'nothing'} to {head_revision()}.")


def draft_migration(message: str) -> None:
    """Writes a migration from the difference between the models and a scratch database."""
    with TemporaryDirectory() as folder, running(Path(folder) / "scratch", durable=False) as server:
        url = embedded_url(server)
        upgrade(url)
        write_revision(url, message)
