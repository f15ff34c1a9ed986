"""All figures of a period: what whoever stores them calls."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from app.domain.alignment_kpis.collaboration_figures import figure_collaboration
from app.domain.alignment_kpis.decision_figures import figure_decision_quality, figure_decision_speed
from app.domain.alignment_kpis.figures import AlignmentKpi, Figure
from app.domain.alignment_kpis.on_time import figure_on_time
from app.domain.alignment_kpis.rows import AlignmentRows
from app.domain.alignment_kpis.survey_kpis import (
    figure_consistency,
    figure_culture,
    figure_messages,
    figure_uniformity,
)
from app.domain.alignment_kpis.window import ScopeTree, Window, open_window, plant_scopes
from app.domain.periods import Period

_FIGURES: Mapping[AlignmentKpi, Callable[[AlignmentRows, ScopeTree, Window], Iterator[Figure]]] = {
    AlignmentKpi.ON_TIME: figure_on_time,
    AlignmentKpi.DECISION_SPEED: figure_decision_speed,
    AlignmentKpi.DECISION_QUALITY: figure_decision_quality,
    AlignmentKpi.COMMUNICATION: figure_messages,
    AlignmentKpi.COMMUNICATION_CONSISTENCY: figure_consistency,
    AlignmentKpi.CULTURE: figure_culture,
    AlignmentKpi.CULTURE_UNIFORMITY: figure_uniformity,
    AlignmentKpi.COLLABORATION: figure_collaboration,
}


def compute_figures(
    rows: AlignmentRows, period: Period, today: date, *, kpis: Collection[AlignmentKpi] = tuple(AlignmentKpi)
) -> list[Figure]:
    """The figures of a period as known today, of the given KPIs: organization, departments, levels.

    Of each KPI one figure for the organization in any case, and one for every department (with all below it)
    and every leadership level of which the records of the period say anything. A value of None says why in
    its explanation. How each KPI is computed is told where it is. Rows in another order give equal figures.
    """
    tree, window = plant_scopes(rows.parent_of), open_window(period, today)
    return [figure for kpi in AlignmentKpi if kpi in kpis for figure in _FIGURES[kpi](rows, tree, window)]
