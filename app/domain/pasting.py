"""Reading what was pasted from a spreadsheet: which line is meant for which row.

What a line's value means, and whether it may be stored, is decided elsewhere.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from app.domain.texts import quote_text

MOST_LINES = 1000


class PastedLine(NamedTuple):
    """A line: its number, counted from 1, whom it names (None: it goes by order), its value and its note."""

    number: int
    key: str | None
    value: str
    note: str | None


class Match(NamedTuple):
    """A line with the row it is meant for (its index), or with what stands in the way, as a sentence."""

    line: PastedLine
    row: int | None
    problem: str | None = None


def split_pasted(text: str) -> list[PastedLine]:
    """The lines of a text that say something, at most 1,000.

    Where any line has a tab, each is `key⇥value` or `key⇥value⇥note`; else it is one column in the order of
    the rows, in which an empty line leaves a row out.

    >>> [line[1:3] for line in split_pasted("NPS\\t41")], [line[0] for line in split_pasted("7,5\\n\\n8")]
    ([('NPS', '41')], [1, 3])
    """
    lines = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()[:MOST_LINES]]
    keyed = any(len(cells) > 1 for cells in lines)
    found = []
    for number, cells in enumerate(lines, start=1):
        if not any(cells):
            continue
        if keyed:
            key, value, note = [*cells, "", ""][:3]
            found.append(PastedLine(number, key, value, note or None))
        else:
            found.append(PastedLine(number, None, cells[0], None))
    return found


def match_pasted(lines: Iterable[PastedLine], rows: Sequence[Collection[str]]) -> list[Match]:
    """Each line with its row. `rows` holds the names each row answers to; case does not matter.

    A name that several rows answer to, or none, and a second line for one row are problems.

    >>> match_pasted(split_pasted("nps\\t41"), [{"NPS", "Net promoter score"}])[0].row
    0
    """
    known: dict[str, list[int]] = {}
    for index, names in enumerate(rows):
        for name in {name.casefold() for name in names}:
            known.setdefault(name, []).append(index)
    matches: list[Match] = []
    taken: dict[int, int] = {}
    for line in lines:
        found = _find_rows(line, known, len(rows))
        if isinstance(found, str):
            matches.append(Match(line, None, found))
        elif found in taken:
            matches.append(Match(line, None, f"Line {taken[found]} is about the same row."))
        else:
            taken[found] = line.number
            matches.append(Match(line, found))
    return matches


def _find_rows(line: PastedLine, known: dict[str, list[int]], count: int) -> int | str:
    if line.key is None:
        return line.number - 1 if line.number <= count else f"There are only {count} rows."
    found = known.get(line.key.casefold(), [])
    if not found:
        return f"None of your rows is called {quote_text(line.key)}."
    if len(found) > 1:
        return f"Several rows are called {quote_text(line.key)}; add the department: CODE/DEPARTMENT."
    return found[0]
