"""What the one mail of a day says to a person: what they owe, line by line, each part with its way there.

When it is written is in `reminders`. An address stands alone on its line, from the root of the site: whoever
sends or shows the mail completes it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from app.domain.linkage.wording import word_count, word_day
from app.domain.reminders import ReminderRule, days_of_reminders, falls_between

MOST_LINES = 10


class OwedKind(StrEnum):
    """What a person can owe, in the order in which a mail tells of it."""

    REVIEW = "review"
    VALUE = "value"
    COMMITMENT = "commitment"
    DECISION = "decision"
    OUTCOME = "outcome"


_HEADINGS = {
    OwedKind.REVIEW: "Where you are expected",
    OwedKind.VALUE: "Values to enter",
    OwedKind.COMMITMENT: "What you promised",
    OwedKind.DECISION: "Decisions to take",
    OwedKind.OUTCOME: "Decisions whose outcome is to be reviewed",
}


class ToldKind(StrEnum):
    """What somebody else said to a person, in the order in which a mail tells of it."""

    ASKED = "asked"
    ANSWERED = "answered"


_HEADINGS_OF_TOLD = {
    ToldKind.ASKED: "Closed values that you are asked to correct",
    ToldKind.ANSWERED: "What became of the changes that you asked for",
}
_HEADINGS_OF_OTHERS = {
    OwedKind.VALUE: "Values that people of yours have not entered",
    OwedKind.COMMITMENT: "Promises that you ask after, still without an answer",
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that a person owes. `asked_from`: the first day on which it can be done at all."""

    kind: OwedKind
    what: str
    due_on: date
    address: str
    asked_from: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody else owes for so long that a person hears of it, from a day on (`told_from`)."""

    who: str
    address: str
    owed: Owed
    told_from: date


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said on a day, which the next mail tells. What was asked is told until it is answered."""

    kind: ToldKind
    what: str
    on: date
    address: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that waits for a person; `links`: how many links they are asked to affirm."""

    owed: Sequence[Owed] = ()
    waiting: Sequence[Waiting] = ()
    links: int = 0
    told: Sequence[Told] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom a mail is written, and where they work."""

    name: str
    organization: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its envelope."""

    subject: str
    text: str


def compose_digest(
    desk: Desk, reader: Reader, rule: ReminderRule, *, since: date, today: date
) -> Letter | None:
    """The mail of today, or None on a day on which nothing falls due.

    One that is written tells of everything that is near or late; what is done already is not on the desk.
    """
    near = [each for each in desk.owed if each.due_on - timedelta(days=rule.days_before) <= today]
    late = [each for each in desk.waiting if each.told_from <= today]
    # A day is told when it is over: one mail of it was written in its morning.
    new = [each for each in desk.told if falls_between([each.on + timedelta(days=1)], since, today)]
    told = [each for each in desk.told if each in new or (each.kind is ToldKind.ASKED and each.on < today)]
    if not new and not _is_day(near, late, rule, since=since, today=today):
        return None
    parts = [f"Hello {reader.name.split()[0]},", f"this waits for you at {reader.organization}."]
    parts += _tell_owed(near, today)
    parts += _tell_waiting(late)
    parts += _tell_told(told)
    if desk.links:
        one = "One link asks whether it still holds."
        asked = one if desk.links == 1 else f"{desk.links:,} links ask whether they still hold."
        parts.append(f"{asked}\n  /updates#updates-links")
    parts.append("You get one such mail on days when something falls due. Stop or start it here:\n  /outbox")
    return Letter(_write_subject(near, late, told, today), "\n\n".join(parts) + "\n")


def _is_day(
    near: Iterable[Owed], late: Iterable[Waiting], rule: ReminderRule, *, since: date, today: date
) -> bool:
    days = [day for each in near for day in days_of_reminders(each.due_on, rule, asked_from=each.asked_from)]
    days += [each.told_from for each in late]
    return falls_between(days, since, today)


def _write_subject(
    near: Sequence[Owed], late: Sequence[Waiting], told_to: Sequence[Told], today: date
) -> str:
    overdue = sum(each.due_on < today for each in near)
    due = sum(each.due_on == today for each in near)
    soon = len(near) - overdue - due
    told = [f"{overdue:,} overdue"] if overdue else []
    told += [f"{due:,} due today"] if due else []
    told += [f"{soon:,} due soon"] if soon else []
    told += [f"{len(late):,} late with others"] if late else []
    asked = sum(each.kind is ToldKind.ASKED for each in told_to)
    answered = len(told_to) - asked
    told += [f"{asked:,} to correct"] if asked else []
    told += [f"{answered:,} answered"] if answered else []
    return f"Waiting for you: {', '.join(told)}"


def _tell_owed(near: Sequence[Owed], today: date) -> list[str]:
    """A part for each kind of thing, the most urgent first, one address for what is done at one place."""
    parts = []
    for kind in OwedKind:
        group = [each for each in near if each.kind is kind]
        if not group:
            continue
        ranked = sorted(group, key=lambda each: (each.due_on, each.what))
        lines = [_HEADINGS[kind]]
        for address in dict.fromkeys(each.address for each in ranked):
            here = [each for each in ranked if each.address == address]
            lines += _cut([_tell_line(each, today) for each in here])
            lines.append(f"  {address}")
        parts.append("\n".join(lines))
    return parts


def _tell_waiting(late: Sequence[Waiting]) -> list[str]:
    parts = []
    for kind, heading in _HEADINGS_OF_OTHERS.items():
        group = [each for each in late if each.owed.kind is kind]
        ranked = sorted(group, key=lambda each: (each.who, each.address, each.owed.due_on, each.owed.what))
        lines = []
        for (who, address), same in groupby(ranked, lambda each: (each.who, each.address)):
            told = [f"- {who}: {each.owed.what}, due on {word_day(each.owed.due_on)}" for each in same]
            lines += [*_cut(told), f"  {address}"]
        if lines:
            parts.append("\n".join([heading, *lines]))
    return parts


def _tell_told(told: Sequence[Told]) -> list[str]:
    parts = []
    for kind, heading in _HEADINGS_OF_TOLD.items():
        group = [each for each in told if each.kind is kind]
        lines = [heading]
        for address in dict.fromkeys(each.address for each in group):
            lines += _cut([f"- {each.what}" for each in group if each.address == address])
            lines.append(f"  {address}")
        if group:
            parts.append("\n".join(lines))
    return parts


def _cut(lines: list[str]) -> list[str]:
    """Some lines and how many more there are."""
    if len(lines) <= MOST_LINES + 1:
        return lines
    return [*lines[:MOST_LINES], f"- and {len(lines) - MOST_LINES:,} more"]


def _tell_line(owed: Owed, today: date) -> str:
    """Titles may end with a question mark: a dash stands well behind it."""
    note = f"; {owed.note}" if owed.note else ""
    return f"- {owed.what} – {_say_when(owed, today)}{note}"


def _say_when(owed: Owed, today: date) -> str:
    if owed.kind is not OwedKind.REVIEW:
        return say_due(owed.due_on, today)
    if owed.due_on < today:
        return f"it was to meet on {word_day(owed.due_on)} and is not closed"
    return say_due(owed.due_on, today).replace("due", "meets", 1)


def say_due(due_on: date, today: date) -> str:
    """Until when, from today's point of view.

    >>> say_due(date(2026, 11, 24), date(2026, 11, 23)), say_due(date(2026, 11, 21), date(2026, 11, 23))
    ('due tomorrow', '2 days overdue')
    """
    days = (due_on - today).days
    if days < 0:
        return f"{word_count(-days, 'day')} overdue"
    if days < 2:
        return ("due today", "due tomorrow")[days]
    return f"due in {days} days, on {word_day(due_on)}"
