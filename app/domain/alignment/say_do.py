"""Say and do: the order in which people put goals, against the effort that the plan lets flow to them."""

from collections.abc import Mapping, Sequence

from app.domain.alignment.facts import Priority, SayDo, SayDoGoal
from app.domain.alignment.rows import CourseRows, EffortRow
from app.domain.alignment.wording import join_words
from app.domain.flow import contribution_inflow, herfindahl

FEWEST_GOALS = 3
# So many places apart, and that little of an even share, is worth a sentence.
_PLACES_APART = 2
_MOST_NAMED = 2


def compare_effort(priorities: Sequence[Priority], course: CourseRows) -> SayDo:
    """For each goal that people ranked and that is still live: its place for them, and by inflow of effort.

    Inflow: `contribution_inflow` over all paths of contributions, effort of an objective in person-days a
    month; `likeness` is Spearman's correlation of the two orders, −1 to 1. Where it is not said how the
    effort of an objective is parted, what is left is parted evenly. Fewer than three such goals say nothing.
    """
    inflow = contribution_inflow(
        _part_effort(course.efforts),
        {each.code: each.effort for each in course.objectives},
        [goal.code for goal in course.goals],
    )
    total = sum(each.effort for each in course.objectives)
    arriving = {goal: sum(sources.values()) for goal, sources in inflow.items()}
    nowhere = round(100 * (1 - sum(arriving.values()) / total), 1) + 0.0 if total else None
    asked = [each for each in priorities if each.code in arriving]
    if len(asked) < FEWEST_GOALS or not total:
        return SayDo(_say_nothing(asked, total), (), None, nowhere)
    goals = _rank_goals(asked, arriving, total, _count_carriers(inflow, course))
    apart = sum((each.said - each.done) ** 2 for each in goals)
    likeness = 1 - 6 * apart / (len(goals) * (len(goals) ** 2 - 1))
    return SayDo(_say_goals(goals), goals, round(likeness, 3), nowhere)


def _part_effort(efforts: Sequence[EffortRow]) -> list[tuple[str, str, float]]:
    by_source: dict[str, list[EffortRow]] = {}
    for row in efforts:
        by_source.setdefault(row.source, []).append(row)
    parted = []
    for source, rows in by_source.items():
        said = sum(row.percent or 0.0 for row in rows)
        open_ends = sum(row.percent is None for row in rows)
        left = max(0.0, 100 - said) / open_ends if open_ends else 0.0
        # More than everything cannot be given away.
        whole = max(100.0, said)
        for row in rows:
            percent = left if row.percent is None else row.percent
            parted.append((source, row.target, percent / whole))
    return parted


def _count_carriers(inflow: Mapping[str, Mapping[str, float]], course: CourseRows) -> dict[str, float | None]:
    department_of = {each.code: each.department for each in course.objectives}
    carriers: dict[str, float | None] = {}
    for goal, sources in inflow.items():
        shares: dict[str, float] = {}
        for objective, amount in sources.items():
            place = department_of[objective]
            shares[place] = shares.get(place, 0.0) + amount
        concentration = herfindahl(shares.values())
        carriers[goal] = None if concentration is None else round(1 / concentration, 1)
    return carriers


def _rank_goals(
    asked: Sequence[Priority],
    arriving: Mapping[str, float],
    total: float,
    carriers: Mapping[str, float | None],
) -> tuple[SayDoGoal, ...]:
    said = sorted(asked, key=lambda each: (each.mean, each.code))
    done = sorted(said, key=lambda each: -arriving[each.code])
    place = {each.code: at for at, each in enumerate(done, 1)}
    return tuple(
        SayDoGoal(
            each.code,
            each.text,
            at,
            each.mean,
            place[each.code],
            round(100 * arriving[each.code] / total, 1),
            carriers[each.code],
        )
        for at, each in enumerate(said, 1)
    )


def _say_nothing(asked: Sequence[Priority], total: float) -> str:
    if not total:
        return "No objective is planned yet, so that there is no effort to compare."
    if not asked:
        return "Nobody has put the goals in order yet; a survey that asks for it shows if effort follows."
    return "Too few of the goals that people put in order are still live to compare them with effort."


def _say_goals(goals: Sequence[SayDoGoal]) -> str:
    """The goals that people put far ahead of what is done for them, the furthest first."""
    half = len(goals) / 2
    starved = sorted(
        (each for each in goals if each.done - each.said >= _PLACES_APART and each.said <= half),
        key=lambda each: (each.said - each.done, each.said),
    )
    if not starved:
        first = goals[0]
        return (
            f"Effort follows what people say: “{first.title}”, first for them,"
            f" gets {first.share:.0f} % of planned effort."
        )
    named = [
        f"“{each.title}” {_word_place(each.said)}, and {each.share:.0f} % of planned effort leads there"
        for each in starved[:_MOST_NAMED]
    ]
    return f"People put {join_words(named)}."


def _word_place(place: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(place, f"in place {place}")
