"""Rules about commitments: what is red without one, and one that is overdue without a word."""

from collections.abc import Iterator

from app.domain.commitments import SILENT_AFTER_DAYS, is_silent
from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.rule import rule
from app.domain.linkage.wording import word_count, word_day

assert SILENT_AFTER_DAYS == 7, "the words below say a week"  # noqa: S101


@rule(
    "L801 red-without-action",
    Group.FOLLOW_THROUGH,
    Severity.WARNING,
    message="{it} is red, and nobody has committed to do something about it.",
    why="A red number that nobody answers with an action is a number that everybody got used to.",
    fix="Say who does what by when about {it}, or give it a target that is meant.",
    example="Complaints have been red since August; everybody regrets it.",
)
def find_red_without_action(plan: Plan) -> Iterator[Found]:
    """Active KPIs whose latest value is red somewhere, and about which no commitment is open.

    One finding per KPI; an overdue commitment counts (L803 tells of it). A value for no place that is awaited
    is left out, as in L401. Source: linkage.md, "Later …".
    """
    acted = {row.kpi.casefold() for row in plan.commitments if row.kpi is not None}
    for index, row in enumerate(plan.kpis):
        if row.active and row.red_in and row.code.casefold() not in acted:
            yield Found((Thing(ObjectKind.KPI, index),))


@rule(
    "L803 commitment-silent",
    Group.FOLLOW_THROUGH,
    Severity.WARNING,
    message="{it} was due on {day}, {ago} ago, and its owner has said nothing.",
    why="A promise that is forgotten in silence teaches everybody that promises are words.",
    fix="Say what became of {it}: kept, partly, or missed and what will change.",
    example="Everybody was to see the board paper before it went out; it went out, and nobody spoke of it.",
)
def find_silent_commitments(plan: Plan) -> Iterator[Found]:
    """Open commitments that were due more than a week ago.

    A week is the time to say what became of one. Source: linkage.md, "Later …".
    """
    for index, row in enumerate(plan.commitments):
        if is_silent(row.due_on, plan.today):
            facts = {"day": word_day(row.due_on), "ago": word_count((plan.today - row.due_on).days, "day")}
            yield Found((Thing(ObjectKind.COMMITMENT, index),), facts)
