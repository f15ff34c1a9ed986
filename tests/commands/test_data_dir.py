"""Where the embedded database lives when nobody says: the platform's folder for data, not for settings."""

import sys
from pathlib import Path

import pytest

from app.settings import default_data_dir


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has a folder of its own")
def test_data_lives_in_the_folder_for_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usual, other = tmp_path / ".local" / "share" / "coxswain", tmp_path / "data"
    monkeypatch.setenv("HOME", str(tmp_path))
    for given, folder in (("", usual), ("relative", usual), (str(other), other / "coxswain")):
        monkeypatch.setenv("XDG_DATA_HOME", given)
        assert default_data_dir() == folder
