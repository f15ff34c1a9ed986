"""Work across departments: initiatives carried together, dependencies kept, talks held, ties across."""

from collections.abc import Iterator, Sequence

from app.domain.alignment_kpis.figures import ORGANIZATION, AlignmentKpi, Figure, Scope, SecondFigure
from app.domain.alignment_kpis.rows import AlignmentRows, DependencyRow, InitiativeRow, TalkRow
from app.domain.alignment_kpis.shares import figure_share, second_share, take_share
from app.domain.alignment_kpis.window import ScopeTree, Stand, Window, spread_rows
from app.domain.alignment_kpis.wording import count_things, join_parts
from app.domain.collaboration import e_i_index

FEWEST_DEPARTMENTS = 2
# Fewer ties say nothing about who works with whom.
FEWEST_TIES = 20


def figure_collaboration(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """COLLABORATION: the share of initiatives under way with two departments or more, with Wilson's interval.

    Under way: begun by the end of the period (or today) and neither finished nor cancelled before it. An
    initiative counts for every department that leads it or takes part, and at the level of its owner.
    Second numbers: dependencies between departments delivered by the day they were needed, of those needed
    by a day of the period that has passed (declined ones count against); talks of partners held, of those
    planned; for the organization, from 20 ties on, the E–I index less what chance would give.
    """
    running = [row for row in rows.initiatives if _is_under_way(window, row)]
    needed = [row for row in rows.dependencies if _is_needed(window, row)]
    planned = [row for row in rows.talks if window.is_due(row.planned_on)]
    initiatives = spread_rows(running, tree, lambda row: ((row.department, *row.departments), row.level))
    dependencies = spread_rows(needed, tree, _stand_of_dependency)
    talks = spread_rows(planned, tree, lambda row: ((row.department, row.other_department), None))
    for scope in dict.fromkeys([*initiatives, *dependencies, *talks]):
        seconds = (
            *_count_delivered(dependencies.get(scope, [])),
            *_count_held_talks(talks.get(scope, [])),
            *(_measure_ties(rows, window) if scope == ORGANIZATION else ()),
        )
        yield _explain_collaboration(scope, initiatives.get(scope, []), seconds)


def _is_under_way(window: Window, row: InitiativeRow) -> bool:
    return window.meets(row.begun_on, row.finished_on or row.cancelled_on)


def _is_needed(window: Window, row: DependencyRow) -> bool:
    return row.department != row.other_department and window.is_due(row.need_by)


def _stand_of_dependency(row: DependencyRow) -> Stand:
    return (row.department, row.other_department), row.level


def _explain_collaboration(
    scope: Scope, running: Sequence[InitiativeRow], seconds: tuple[SecondFigure, ...]
) -> Figure:
    together = sum(len({row.department, *row.departments}) >= FEWEST_DEPARTMENTS for row in running)
    said = "No initiative was under way"
    if running:
        carried = "is" if len(running) == 1 else "are"
        said = (
            f"{together} of {count_things(len(running), 'initiative')} under way {carried} carried together"
        )
    share = take_share(together, len(running))
    return figure_share(
        AlignmentKpi.COLLABORATION, scope, share, explanation=join_parts([said]), seconds=seconds
    )


def _count_delivered(needed: Sequence[DependencyRow]) -> tuple[SecondFigure, ...]:
    in_time = sum(row.delivered_on is not None and row.delivered_on <= row.need_by for row in needed)
    return second_share("delivered_in_time", "Dependencies delivered in time", in_time, len(needed))


def _count_held_talks(planned: Sequence[TalkRow]) -> tuple[SecondFigure, ...]:
    return second_share("talks_held", "Partners’ talks held", sum(row.held for row in planned), len(planned))


def _measure_ties(rows: AlignmentRows, window: Window) -> tuple[SecondFigure, ...]:
    ties = [(row.a, row.b) for row in rows.ties if window.meets(row.from_day, row.until)]
    index = e_i_index(ties, rows.department_of)
    if len(ties) < FEWEST_TIES or index.difference is None:
        return ()
    label = "Ties across departments, against chance (E–I)"
    return (
        SecondFigure(name="e_i_difference", label=label, value=index.difference, unit="index", n=len(ties)),
    )
