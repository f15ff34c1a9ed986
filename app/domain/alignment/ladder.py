"""The ladder: between which neighbouring levels does the order of priorities break? Needs numpy."""

from itertools import pairwise

from app.domain.alignment.distances import measure_distance
from app.domain.alignment.facts import Distance, Ladder, Step, Verdict
from app.domain.alignment.groups import Group, Grouping, list_level_names
from app.domain.alignment.rows import SurveyRow
from app.domain.alignment.wording import begin_sentence, join_words, word_distance, word_level


def climb_ladder(grouping: Grouping, survey: SurveyRow) -> Ladder:
    """The gap between each two levels that follow each other among those that may be shown.

    Formula: `alignment_gap` (measures.md 4). Without two such levels there is no step, and the sentence says
    so.
    """
    shown = list(grouping.levels.values())
    steps = tuple(_take_step(upper, lower, grouping.minimum) for upper, lower in pairwise(shown))
    hidden = tuple(level for level in list_level_names(survey.orders) if level not in grouping.levels)
    return Ladder(_say_ladder(steps), steps, hidden)


def _take_step(upper: Group, lower: Group, minimum: int) -> Step:
    distance = measure_distance(upper, lower, minimum)
    return Step(
        upper.name,
        lower.name,
        len(upper.people),
        len(lower.people),
        distance,
        _say_step(upper, lower, distance),
    )


def _say_step(upper: Group, lower: Group, distance: Distance) -> str:
    both = f"{word_level(upper.name)} and {word_level(lower.name)}"
    figures = word_distance(distance)
    if distance.verdict is Verdict.BREAKS:
        return f"{begin_sentence(both)} put the priorities in a different order: {figures}."
    if distance.verdict is Verdict.SLIGHT:
        return f"Between {both} there is a difference, which may be negligible: {figures}."
    if distance.verdict is Verdict.NONE_SHOWN:
        return f"No difference shown between {both}: {figures}."
    if distance.verdict is Verdict.ALIKE:
        alike = upper if upper.is_alike else lower
        return (
            f"Nearly all {word_level(alike.name)} gave the same order; figures would tell what each answered."
        )
    return f"Too few {both} to say."


def _say_ladder(steps: tuple[Step, ...]) -> str:
    breaks = [step for step in steps if step.distance.verdict is Verdict.BREAKS]
    if not steps:
        return "Too few answers from two levels of leaders to say where the strategy gets lost."
    if not breaks:
        slight = any(step.distance.verdict is Verdict.SLIGHT for step in steps)
        seen = "Small differences are seen, but no break" if slight else "No break is shown"
        return f"{seen} between the levels of leaders."
    # The largest first: it is where to begin.
    ordered = sorted(breaks, key=lambda step: -(step.distance.gap or 0))
    places = [
        f"{word_level(step.upper)} and {word_level(step.lower)} ({word_distance(step.distance)})"
        for step in ordered
    ]
    said = f"The strategy breaks between {join_words(places)}."
    if len(breaks) < len(steps):
        said += " Between the other levels no break is shown."
    return said
