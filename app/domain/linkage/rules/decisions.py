"""Rules about decisions: open for too long, never looked back at, opened again and again."""

from collections.abc import Iterator

from app.domain.decisions import DecisionStatus, is_past_limit
from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.rule import rule
from app.domain.linkage.wording import word_count, word_day

REOPENED_OFTEN = 2


@rule(
    "L804 decision-over-limit",
    Group.FOLLOW_THROUGH,
    Severity.WARNING,
    message="{it} has been open for {days}; a decision of its type may take {limit}.",
    why="While a decision is open, people wait for it, or act as if it had been taken their way.",
    fix="Decide {it}, hand it to somebody who can, or withdraw it.",
    example="Who leads the digital journey has been open for 66 days; three weeks are agreed on.",
)
def find_overdue_decisions(plan: Plan) -> Iterator[Found]:
    """Open decisions that were opened more days ago than their type allows.

    Days count from the day it was raised, or opened again for the last time; on the last day of the limit it
    is silent, and so is a decision without a type or whose type has no limit. Source: linkage.md, "Later …".
    """
    for index, row in enumerate(plan.decisions):
        if row.status is DecisionStatus.OPEN and is_past_limit(
            row.opened_on, row.limit_days, today=plan.today
        ):
            days = word_count((plan.today - row.opened_on).days, "day")
            facts = {"days": days, "limit": word_count(row.limit_days or 0, "day")}
            yield Found((Thing(ObjectKind.DECISION, index),), facts)


@rule(
    "L806 outcome-not-reviewed",
    Group.FOLLOW_THROUGH,
    Severity.WARNING,
    message="The outcome of {it} was to be reviewed on {day}, {ago} ago.",
    why="Whoever never looks back learns nothing about how decisions are taken here.",
    fix="Say how {it} turned out: how good it was, and whether as expected.",
    example="The delivery fee was to be looked at in September; in November nobody has.",
)
def find_unreviewed_outcomes(plan: Plan) -> Iterator[Found]:
    """Decided decisions whose day of review is before today, and whose outcome was not reviewed.

    On the day itself it is silent, and so is a decision without such a day. Source: linkage.md, "Later …".
    """
    for index, row in enumerate(plan.decisions):
        day = row.review_on
        waits = row.status is DecisionStatus.DECIDED and row.reviewed_on is None
        if waits and day is not None and day < plan.today:
            facts = {"day": word_day(day), "ago": word_count((plan.today - day).days, "day")}
            yield Found((Thing(ObjectKind.DECISION, index),), facts)


@rule(
    "L807 reopened-twice",
    Group.FOLLOW_THROUGH,
    Severity.WARNING,
    message="{it} was opened again {times}.",
    why="What is decided again and again is decided by nobody: people learn to wait for the next round.",
    fix="Find out what {it} lacks to hold: somebody who was not asked, or a fact that nobody knows.",
    example="The weekend shifts of line 2 were decided in May, in July, and are open again.",
)
def find_reopened_decisions(plan: Plan) -> Iterator[Found]:
    """Decisions that were opened again twice or more, until the outcome of their last round is reviewed.

    Withdrawn ones are silent. Source: linkage.md, "Later …".
    """
    for index, row in enumerate(plan.decisions):
        over = row.status is DecisionStatus.WITHDRAWN or row.reviewed_on is not None
        if row.reopened >= REOPENED_OFTEN and not over:
            times = "twice" if row.reopened == REOPENED_OFTEN else f"{row.reopened} times"
            yield Found((Thing(ObjectKind.DECISION, index),), {"times": times})
