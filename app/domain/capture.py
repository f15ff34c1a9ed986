"""One line, as it is typed in a meeting: `Close the depot? @amy.ford needed 30 Jun #G2 !pricing`.

What the marks stand for is given; what becomes of the line (a decision, a commitment) is not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.domain.day_words import DayRead, read_day_words

PERSON, SUBJECT, KIND = "@", "#", "!"
_MARKS = (PERSON, SUBJECT, KIND)
# What may stand before a day: with one of these, any form of a day is meant as one.
_BEFORE_A_DAY = (
    *(("needed", "by"), ("needed", "on"), ("due", "by"), ("due", "on")),
    *(("needed",), ("due",), ("by",), ("until",)),
)
_NOTHING = {
    PERSON: "nobody is called so",
    SUBJECT: "there is no such code",
    KIND: "there is no such type",
}
_AROUND = ",;:"
LONGEST_NAME_WORDS = 4


class Choice(NamedTuple):
    """What a mark can stand for: a code (of a person the e-mail address), and what it is called."""

    code: str
    name: str


class Unknown(NamedTuple):
    """A part of the line that says nothing, and why."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Captured:
    """What a line says. `title` is what is left of it when all that was understood is taken out.

    `subjects` and the rest are codes as their choices write them. Unknown parts stay in the title.
    """

    title: str
    person: str | None = None
    kind: str | None = None
    day: date | None = None
    subjects: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()


@dataclass
class _Reading:
    """What was understood so far."""

    title: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=lambda: {mark: [] for mark in _MARKS})
    days: list[date] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    marked: bool = False

    def doubt(self, words: Sequence[str], reason: str) -> None:
        """Leaves words in the title and says why."""
        self.title += words
        self.unknown.append(Unknown(" ".join(words), reason))


def read_capture(line: str, choices: Mapping[str, Sequence[Choice]], *, today: date) -> Captured:
    """A line by its marks. `choices`: for each of `@`, `#` and `!` what it can stand for.

    `@` takes an e-mail address, the part before its `@`, a whole name (also of several words), or the
    beginning of one word of a name, if only one person fits; `#` and `!` a code, or the beginning of a word
    of a name. One person, one kind and one day can be named, and any number of subjects. A day counts after
    `needed`, `due`, `by` or `until`, after the first mark, and, written with a number, at the line’s end.

    >>> amy = Choice("amy@x.org", "Amy Ford")
    >>> captured = read_capture("Close it? @amy by 30 Jun", {"@": [amy]}, today=date(2026, 1, 1))
    >>> captured.title, captured.person, str(captured.day)
    ('Close it?', 'amy@x.org', '2026-06-30')
    """
    words, reading, at = line.split(), _Reading(), 0
    while at < len(words):
        rest = words[at:]
        used = _read_mark(rest, choices, reading) or _read_day(rest, reading, today)
        if not used:
            reading.title.append(rest[0])
        at += used or 1
    person, kind = (next(iter(reading.found[mark]), None) for mark in (PERSON, KIND))
    return Captured(
        title=" ".join(reading.title).strip(_AROUND),
        person=person,
        kind=kind,
        day=next(iter(reading.days), None),
        subjects=tuple(dict.fromkeys(reading.found[SUBJECT])),
        unknown=tuple(reading.unknown),
    )


def _read_mark(rest: Sequence[str], choices: Mapping[str, Sequence[Choice]], reading: _Reading) -> int:
    """How many words the mark at the beginning takes; 0 when there is none."""
    mark, name = rest[0][0], rest[0][1:].rstrip(_AROUND + ".?")
    if mark not in _MARKS or not name:
        return 0
    reading.marked = True
    known = choices.get(mark, ())
    for used in range(min(LONGEST_NAME_WORDS, len(rest)), 0, -1):
        whole = " ".join([name, *(word.rstrip(_AROUND) for word in rest[1:used])] if used > 1 else [name])
        found = _match_whole(whole, known) if used > 1 else _match_word(whole, known)
        if len(found) == 1:
            _take(mark, found[0], rest[:used], reading)
            return used
    reading.doubt(rest[:1], _say_why(mark, found))
    return 1


def list_marked(line: str) -> dict[str, list[str]]:
    """The words behind each mark, in lower case: what to look up before a line is read.

    >>> list_marked("Close it? @Amy by 30 Jun #G2")["@"]
    ['amy']
    """
    found: dict[str, list[str]] = {mark: [] for mark in _MARKS}
    for word in line.split():
        name = word[1:].rstrip(_AROUND + ".?")
        if word[0] in found and name:
            found[word[0]].append(name.casefold())
    return found


def _take(mark: str, code: str, words: Sequence[str], reading: _Reading) -> None:
    if mark != SUBJECT and reading.found[mark] and code not in reading.found[mark]:
        what = "person" if mark == PERSON else "kind"
        reading.doubt(words, f"a second {what}; only one can be named")
    else:
        reading.found[mark].append(code)


def _match_whole(text: str, known: Sequence[Choice]) -> list[str]:
    key = text.casefold()
    return [each.code for each in known if each.name.casefold() == key]


def _match_word(text: str, known: Sequence[Choice]) -> list[str]:
    """What a single word can mean: the first way that fits anything decides."""
    key = text.casefold()
    ways = (
        [each.code for each in known if each.code.casefold() == key],
        [each.code for each in known if each.code.casefold().partition("@")[0] == key],
        _match_whole(text, known),
        [each.code for each in known if any(word.startswith(key) for word in each.name.casefold().split())],
    )
    return next((found for found in ways if found), [])


def _say_why(mark: str, found: Sequence[str]) -> str:
    if found:
        more = "" if len(found) <= 3 else f" and {len(found) - 3} more"
        return f"fits {', '.join(found[:3])}{more}"
    return _NOTHING[mark]


def _read_day(rest: Sequence[str], reading: _Reading, today: date) -> int:
    """How many words the day at the beginning takes, with what stands before it; 0 when there is none."""
    before = next((each for each in _BEFORE_A_DAY if _begins_with(rest, each)), ())
    read = read_day_words(rest[len(before) :], today=today)
    if read is None or not (before or reading.marked or _is_at_the_end(rest, read)):
        return 0
    used = len(before) + read.words
    if read.day is None:
        reading.doubt(rest[:used], "there is no such day")
    elif reading.days and read.day not in reading.days:
        reading.doubt(rest[:used], "a second day; only one can be named")
    else:
        reading.days.append(read.day)
    return used


def _begins_with(rest: Sequence[str], words: Sequence[str]) -> bool:
    return [word.casefold() for word in rest[: len(words)]] == list(words)


def _is_at_the_end(rest: Sequence[str], read: DayRead) -> bool:
    """Is it a day for sure, with nothing but marks behind it?"""
    return read.exact and all(word[0] in _MARKS for word in rest[read.words :])
