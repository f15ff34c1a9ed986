"""Initiatives on time: measured on the first due date, for ever; on current dates beside it."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.domain.alignment_kpis.figures import AlignmentKpi, Figure, Scope, SecondFigure
from app.domain.alignment_kpis.rows import AlignmentRows, InitiativeRow
from app.domain.alignment_kpis.shares import figure_share, second_share, take_share
from app.domain.alignment_kpis.window import ScopeTree, Stand, Window, spread_rows
from app.domain.alignment_kpis.wording import join_parts, name_some


def figure_on_time(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """ON-TIME: finished by the baseline date ÷ due by it in the period, in percent, with Wilson's interval.

    Due is what has a baseline date in the period that has passed; finished late and still open count
    against. Cancelled counts against, too, unless a decision cancelled it: then it leaves the figure. An
    initiative counts where the leading department is, and at the level of its owner. Second number: the same
    on the dates as they stand now. None when nothing was due.
    """
    due = [row for row in rows.initiatives if _counts_in(window, row)]
    for scope, found in spread_rows(due, tree, _stand_of_initiative).items():
        yield _explain_on_time(scope, found, window)


def _counts_in(window: Window, row: InitiativeRow) -> bool:
    return window.is_due(row.due_baseline) or window.is_due(row.due_on)


def _stand_of_initiative(row: InitiativeRow) -> Stand:
    return (row.department,), row.level


def _explain_on_time(scope: Scope, found: Sequence[InitiativeRow], window: Window) -> Figure:
    due = [row for row in found if window.is_due(row.due_baseline)]
    counted = [row for row in due if row.cancelled_by is None]
    late = [row for row in counted if not _is_finished_by(row, row.due_baseline)]
    excused = [f"{row.title} ({row.cancelled_by})" for row in due if row.cancelled_by is not None]
    share = take_share(len(counted) - len(late), len(counted))
    said = f"{share.numerator} of {share.denominator} due" if counted else "Nothing was due"
    parts = [
        said + (" on time" if counted and not late else ""),
        f"{len(late)} late: {name_some([row.title for row in late])}" if late else "",
        f"not counted, cancelled by a decision: {name_some(excused)}" if excused else "",
    ]
    return figure_share(
        AlignmentKpi.ON_TIME,
        scope,
        share,
        explanation=join_parts(parts),
        seconds=_count_on_current_dates(found, window),
    )


def _count_on_current_dates(found: Sequence[InitiativeRow], window: Window) -> tuple[SecondFigure, ...]:
    due = [row for row in found if window.is_due(row.due_on) and row.cancelled_by is None]
    on_time = sum(_is_finished_by(row, row.due_on) for row in due)
    return second_share("on_current_dates", "On current dates", on_time, len(due))


def _is_finished_by(row: InitiativeRow, day: date) -> bool:
    return row.finished_on is not None and row.finished_on <= day
