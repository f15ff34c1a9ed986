"""Rules about rituals: one that does not take place."""

from collections.abc import Iterator
from datetime import datetime, time

from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.plan_file import PlanRitual
from app.domain.linkage.rule import rule
from app.domain.linkage.wording import word_day
from app.domain.recurrence import read_rule
from app.domain.rituals import Kept, Schedule, count_missed

_ONCE, _TWICE = 1, 2


@rule(
    "L808 ritual-skipped",
    Group.FOLLOW_THROUGH,
    Severity.WARNING,
    message="{it} {how} on {day}{times}.",
    why="A meeting that is dropped when there is much to do tells everybody that it was never needed.",
    fix="Say what became of {it}, hold the next one, or decide to change or stop it.",
    example="The forum across levels was skipped in September for stocktaking, in November for a meeting.",
)
def find_skipped_rituals(plan: Plan) -> Iterator[Found]:
    """Rituals whose last occurrence was skipped, or passed more than seven days ago without a word.

    Once is an information, two or more in a row are a warning. An occurrence counts on the day to which it
    was moved; what lies before the rule that holds now counts only where something was said of it. Looks back
    800 days. Source: linkage.md, "Later …".
    """
    for index, row in enumerate(plan.rituals):
        schedule, kept = _read_schedule(row)
        missed = count_missed(schedule, kept, today=plan.today)
        if missed is not None:
            facts = {
                "how": "was skipped" if missed.said else "passed without a word",
                "day": word_day(missed.day),
                "times": _say_times(missed.times),
            }
            severity = Severity.INFO if missed.times == _ONCE else Severity.WARNING
            yield Found((Thing(ObjectKind.RITUAL, index),), facts, severity)


def _read_schedule(row: PlanRitual) -> tuple[Schedule, list[Kept]]:
    starts_at = datetime.combine(row.starts_on, time())
    kept = [
        Kept(each.day, each.state, None if each.on == each.day else datetime.combine(each.on, time()))
        for each in row.occurrences
    ]
    return Schedule(read_rule(row.rrule), starts_at, row.ruled_from), kept


def _say_times(times: int) -> str:
    if times == _ONCE:
        return ""
    return ", as the one before" if times == _TWICE else f", the last of {times} in a row"
