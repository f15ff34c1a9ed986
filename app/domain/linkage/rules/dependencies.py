"""Rules about what one side needs of another by a day: asked and not answered, promised and not there."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from app.domain.linkage.assembly import Plan
from app.domain.linkage.findings import Fact, Found, Group, ObjectKind, Severity, Thing
from app.domain.linkage.graph import DEPENDS
from app.domain.linkage.plan_file import PlanLink
from app.domain.linkage.rule import rule
from app.domain.linkage.wording import word_count, word_day
from app.domain.words import DependencyState, LinkType

LONGEST_SILENCE_DAYS = 14
_PENDING = frozenset({DependencyState.REQUESTED, DependencyState.ACCEPTED})


@rule(
    "L605 dependency-unanswered",
    Group.COVERAGE,
    Severity.WARNING,
    message="{source} needs {target} {when}, but nobody has answered.",
    why="Who counts on an answer that never comes learns too late that nobody heard the question.",
    fix="Whoever answers for {target}: promise it, or decline and say why, so that {source} can plan.",
    example="The new tills need a network of IT by June; the request is four weeks old.",
)
def find_unanswered_dependencies(plan: Plan) -> Iterator[Found]:
    """`depends_on` links of a live source that are `requested` for two weeks, or needed within two weeks.

    Exactly: the state is `requested`, the need-by date, if any, is not past (that is L606), and either today
    is 14 days or more after the day of the request, or the need-by date 14 days or less after today. The
    target may be in any state; a link without a state is silent. Source: linkage.md, "Later …".
    """
    patience = timedelta(days=LONGEST_SILENCE_DAYS)
    for index, link in _list_dependencies(plan):
        if link.state is not DependencyState.REQUESTED or _is_past(plan, link):
            continue
        asked = link.requested_on is not None and plan.today - link.requested_on >= patience
        if asked or (link.need_by is not None and link.need_by - plan.today <= patience):
            when = "soon" if link.need_by is None else f"by {word_day(link.need_by)}"
            yield _say(plan, index, when=when)


@rule(
    "L606 dependency-late",
    Group.COVERAGE,
    Severity.ERROR,
    message="{source} needed {target} by {day}, {ago} ago, and it is not there: it was {how}.",
    why="A promise that lapses in silence makes everything late that was planned on it.",
    fix="Say when {target} delivered, or agree on a new day with {source} and change the link.",
    example="The stock file was promised for March; in May the shop still waits for it.",
)
def find_late_dependencies(plan: Plan) -> Iterator[Found]:
    """`depends_on` links of a live source whose need-by date is before today, `requested` or `accepted`.

    What was declined will not come and is not late; what was delivered is over, however late it came. The
    target may be in any state; a link without a state is silent. Source: linkage.md, "Later …".
    """
    for index, link in _list_dependencies(plan):
        if link.need_by is not None and link.state in _PENDING and _is_past(plan, link):
            how = "promised" if link.state is DependencyState.ACCEPTED else "never even answered"
            ago = word_count((plan.today - link.need_by).days, "day")
            yield _say(plan, index, day=word_day(link.need_by), ago=ago, how=how)


def _list_dependencies(plan: Plan) -> Iterator[tuple[int, PlanLink]]:
    """The dependencies of what is in force, by position."""
    inner = len(plan.graph.kind)
    for index in np.flatnonzero(plan.graph.kind == DEPENDS).tolist() + list(range(inner, len(plan.links))):
        link = plan.links[index]
        if link.type is LinkType.DEPENDS_ON and plan.is_live(plan.ends_of(index)[0]):
            yield index, link


def _is_past(plan: Plan, link: PlanLink) -> bool:
    return link.need_by is not None and link.need_by < plan.today


def _say(plan: Plan, index: int, **words: str) -> Found:
    source, target = plan.ends_of(index)
    facts: dict[str, Fact] = {"source": source, "target": target, **words}
    return Found((Thing(ObjectKind.LINK, index),), facts)
