"""Sizes of files, functions and templates. `python -m tests.house.sizes` prints them with the largest ten."""

from dataclasses import dataclass
from pathlib import Path

from tests.house.repository import ROOT, list_functions, list_python_files, list_tracked_files, name_place


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lines of every thing of one kind, the largest first."""

    kind: str
    stop: int
    things: tuple[tuple[int, str], ...]

    def percentile(self, share: float) -> int:
        """The size that so many of the things do not exceed."""
        ordered = sorted(lines for lines, _ in self.things)
        return ordered[round(share * (len(ordered) - 1))]

    def too_large(self) -> list[tuple[int, str]]:
        """What is beyond the stop."""
        return [(lines, name) for lines, name in self.things if lines > self.stop]

    def report(self) -> str:
        """A few lines for people."""
        figures = f"median {self.percentile(0.5)}, p90 {self.percentile(0.9)}, largest {self.things[0][0]}"
        rows = [f"  {lines:4}  {name}" for lines, name in self.things[:10]]
        return "\n".join([f"{len(self.things)} {self.kind}: {figures} lines (stop {self.stop})", *rows])


def measure(kind: str, stop: int, things: list[tuple[int, str]]) -> Sizes:
    """Sizes of one kind of thing."""
    return Sizes(kind, stop, tuple(sorted(things, reverse=True)))


def count_lines(path: Path) -> int:
    """How many lines a file has."""
    return len(path.read_text().splitlines())


def measure_files(part: str) -> Sizes:
    """Python files below a folder."""
    files = [path for path in list_python_files() if path.is_relative_to(ROOT / part)]
    return measure(f"files of {part}", 500, [(count_lines(path), name_place(path)) for path in files])


def measure_functions(part: str) -> Sizes:
    """Functions below a folder, with their decorators and docstrings."""
    things = []
    for path in list_python_files():
        if path.is_relative_to(ROOT / part):
            for node in list_functions(path):
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                things.append(((node.end_lineno or first) - first + 1, name_place(path, node)))
    return measure(f"functions of {part}", 60, things)


def measure_templates() -> Sizes:
    """Templates of the pages."""
    files = [path for path in list_tracked_files() if path.suffix == ".html"]
    return measure("templates", 80, [(count_lines(path), name_place(path)) for path in files])


def measure_all() -> list[Sizes]:
    """Everything that has a stop."""
    parts = ("app", "tests")
    sizes = [each(part) for part in parts for each in (measure_files, measure_functions)]
    return [*sizes, measure_templates()]


if __name__ == "__main__":
    print("\n\n".join(sizes.report() for sizes in measure_all()))  # noqa: T201
