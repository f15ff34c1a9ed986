"""What the house tests look at: the tracked files and the modules of the application."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def list_tracked_files() -> tuple[Path, ...]:
    """Every file that is part of the project; without git (an unpacked archive), every file that could be."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [ROOT / name for name in listing.stdout.splitlines()]
        return tuple(path for path in names if path.is_file())
    parts = ("app", "deploy", "migrations", "tests")
    return tuple(path for part in parts for path in (ROOT / part).rglob("*") if path.is_file())


def list_python_files() -> list[Path]:
    """Every Python file of the project, without the migrations, which are written by a tool."""
    return [
        path
        for path in list_tracked_files()
        if path.suffix == ".py" and "versions" not in path.relative_to(ROOT).parts
    ]


def list_functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name_place(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef | None = None) -> str:
    """Where something is, as people write it."""
    place = str(path.relative_to(ROOT))
    return place if node is None else f"{place}:{node.lineno} {node.name}"
