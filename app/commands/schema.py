"""`coxswain migrate`: brings the database to the schema of this version."""

from app.commands.context import DataDir, clear_refusals, open_url
from app.schema import find_revision, head_revision, upgrade


def migrate(data_dir: DataDir = None) -> None:
    """Brings the database to the schema of this version."""
    with clear_refusals(), open_url(data_dir, migrated=False) as url:
        before = find_revision(url)
        if before == head_revision():
            print(f"The database is at {before} already.")
            return
        upgrade(url)
        print(f"The database went from {before or 'nothing'} to {head_revision()}.")
