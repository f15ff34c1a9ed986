"""All facts from all rows: what a closed survey says, and what plan and KPIs say to it. Needs numpy."""

from app.domain.alignment.distances import round_estimate
from app.domain.alignment.facts import AlignmentFacts, Consensus, Course, Priority
from app.domain.alignment.groups import Group, average_ranks, form_groups
from app.domain.alignment.ladder import climb_ladder
from app.domain.alignment.pair_map import draw_pairs
from app.domain.alignment.quadrant import place_departments
from app.domain.alignment.rows import AlignmentRows, CourseRows, DepartmentRow, SurveyRow
from app.domain.alignment.say_do import compare_effort
from app.domain.alignment.stirrings import MOST_SIGNALS, list_signals, say_signals
from app.domain.alignment.tensions import find_tensions, say_tensions
from app.domain.alignment.wording import word_estimate
from app.domain.consensus import estimate_consensus
from app.domain.estimates import Estimate


def measure_alignment(rows: AlignmentRows, earlier: Consensus | None) -> AlignmentFacts:
    """The facts of today. Of a survey that was measured `earlier` nothing is measured again."""
    consensus = earlier if rows.survey is None else measure_consensus(rows.survey, rows.departments)
    return AlignmentFacts(consensus, measure_course(rows.course, consensus))


def measure_consensus(survey: SurveyRow, departments: tuple[DepartmentRow, ...]) -> Consensus:
    """What the answers of one survey say; of fewer than the minimum only how many were asked."""
    grouping = form_groups(survey, departments)
    everybody = grouping.everybody
    enough = len(everybody.people) >= grouping.minimum
    estimate = estimate_consensus(everybody.people) if enough and not everybody.is_alike else None
    shown = Estimate(None, None, None) if estimate is None else round_estimate(estimate)
    return Consensus(
        survey=survey.id,
        code=survey.code,
        title=survey.title,
        closed_on=survey.closed_on,
        minimum=grouping.minimum,
        answered=len(everybody.people) if enough else 0,
        invited=survey.invited,
        agreement=shown.value,
        agreement_low=shown.low,
        agreement_high=shown.high,
        sentence=_say_consensus(everybody, shown, enough=enough),
        priorities=_rank_priorities(survey, everybody) if enough and not everybody.is_alike else (),
        ladder=climb_ladder(grouping, survey),
        quadrant=place_departments(grouping),
        pairs=draw_pairs(grouping, survey),
    )


def measure_course(course: CourseRows, consensus: Consensus | None) -> Course:
    """What plan and KPIs say, and whether effort follows the priorities of the latest survey."""
    conflicts, signals = find_tensions(course), list_signals(course.series)
    return Course(
        compare_effort(() if consensus is None else consensus.priorities, course),
        conflicts,
        say_tensions(conflicts, course),
        signals[:MOST_SIGNALS],
        say_signals(signals, course.series),
    )


def _rank_priorities(survey: SurveyRow, everybody: Group) -> tuple[Priority, ...]:
    means = average_ranks(everybody.people)
    found = [
        Priority(option.code, option.text, round(mean, 1))
        for option, mean in zip(survey.options, means, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: each.mean))


def _say_consensus(everybody: Group, shown: Estimate, *, enough: bool) -> str:
    if not enough:
        return "Too few answered to say anything."
    if shown.value is None:
        return "Nearly everyone gave the same order."
    told = word_estimate(shown.value, shown.low, shown.high)
    return f"{len(everybody.people)} people put the priorities in order; their agreement is {told}."
