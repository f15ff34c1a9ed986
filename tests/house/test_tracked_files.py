"""The repository works everywhere: no package host, no path of one machine, everything pinned."""

import re
import tomllib

from tests.house.repository import ROOT, list_tracked_files, name_place

# Written in pieces, so that this file does not match itself.
_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "arti" + "factory")
_SETTINGS = r"(?:index-url|find-links|registry|resolved)\"?[ =:]+\"?(?:https?|file):|trusted-" + "host"
_PLACES = re.compile(r"(?<![\w.~$}])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk|Us" + r"ers)/")
_TOOLS = re.compile(r"\b(as an " + r"AI|Chat" + r"GPT|Clau" + r"de|Co" + r"pilot|LL" + r"M)\b")
_STUBS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error)\b|assert Tr" + r"ue\b")


def find_lines(pattern: re.Pattern[str]) -> list[str]:
    """Every tracked line that matches."""
    found = []
    for path in list_tracked_files():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{name_place(path)}:{at}" for at, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert find_lines(re.compile("|".join([*map(re.escape, _HOSTS), _SETTINGS]))) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert find_lines(_PLACES) == []


def test_nothing_is_left_to_do_and_nothing_is_a_stub() -> None:
    assert find_lines(_STUBS) == []


def test_no_file_names_a_tool_that_wrote_it() -> None:
    assert find_lines(_TOOLS) == []


def test_the_lock_file_pins_and_hashes_every_dependency() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    wanted = [
        *project["project"]["dependencies"],
        *(each for group in project["project"]["optional-dependencies"].values() for each in group),
        *(each for group in project["dependency-groups"].values() for each in group),
    ]
    lock = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    pinned = {
        match[1]: block for block in blocks if (match := re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==", block))
    }
    names = [re.split(r"[\[<>=;~! ]", each)[0].lower().replace("_", "-") for each in wanted]
    assert len(pinned) > 40
    assert [name for name in names if name not in pinned] == []
    assert [name for name, block in pinned.items() if "--hash=sha256:" not in block] == []
    assert "://" not in lock


def test_only_agreed_files_stand_at_the_top() -> None:
    folders = {"app", "migrations", "tests", "deploy"}
    files = {"pyproject.toml", "README.md", "Makefile", "LICENSE", "CONTRIBUTING.md", "DECISIONS.md"}
    files |= {"CHANGELOG.md", "requirements.lock"}
    tops = {path.relative_to(ROOT).parts[0] for path in list_tracked_files()}
    assert {top for top in tops if not top.startswith(".")} <= folders | files
