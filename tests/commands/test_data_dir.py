"""Where the embedded database lives when nobody says: the platform's folder for data, not for settings."""

import sys
from pathlib import Path

import pytest

from app.settings import default_data_dir


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has a folder of its own")
@pytest.mark.parametrize(
    ("given", "folder"),
    [("", "/home/ada/.local/share/coxswain"), ("/data", "/data/coxswain"), ("x", None)],
)
def test_data_lives_in_the_folder_for_data(
    monkeypatch: pytest.MonkeyPatch, given: str, folder: str | None
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_DATA_HOME", given)
    assert default_data_dir() == Path(folder or "/home/ada/.local/share/coxswain")
