"""Many events in few lines: what the same person did to things of one kind is told once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.changes import Kind
from app.queries.events import EventRow
from app.web.event_words import Names, say_verb, tell_event, who_did
from app.web.times import Clock

CODES_NAMED = 4
_PLURALS = {
    Kind.KPI: "KPIs",
    Kind.ENGAGEMENT_PUSH: "batches of engagement scores",
    Kind.ENGAGEMENT_SEGMENT: "segments",
    Kind.MEASUREMENT: "values",
}


@dataclass(frozen=True, slots=True)
class ChangeRun:
    """One or several changes in a sentence, with the time of the last one."""

    sentence: str
    when: str
    href: str | None


def tell_runs(events: Sequence[EventRow], names: Names, *, clock: Clock, most: int) -> list[ChangeRun]:
    """The newest first; who did the same to several things of one kind is told once, at the last of them."""
    groups: dict[tuple[str, str, str], list[EventRow]] = {}
    for event in events:
        groups.setdefault((event.actor_name, event.kind, event.action), []).append(event)
    return [_tell_run(group, names, clock) for group in list(groups.values())[:most]]


def _tell_run(group: Sequence[EventRow], names: Names, clock: Clock) -> ChangeRun:
    newest = group[0]
    when = clock.say(newest.at)
    if len(group) == 1:
        line = tell_event(newest, names, clock.zone)
        return ChangeRun(line.sentence, when, line.href)
    plural = _PLURALS.get(Kind(newest.kind)) or f"{newest.kind.replace('_', ' ')}s"
    sentence = f"{who_did(newest)} {say_verb(newest)} {len(group)} {plural}: {_name_some(group)}."
    return ChangeRun(sentence, when, None)


def _name_some(group: Iterable[EventRow]) -> str:
    """The codes of some; of values those of their KPIs."""
    codes = list(dict.fromkeys(event.code.partition("/")[0].partition(":")[0] for event in group))
    more = len(codes) - CODES_NAMED
    named = ", ".join(code.replace(">", " → ") for code in codes[:CODES_NAMED])
    return f"{named} and {more} more" if more > 0 else named
