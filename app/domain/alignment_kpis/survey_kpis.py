"""Messages and behaviours: how far they landed in each department, and how equally.

Made only of what the cells of answers let be shown, so no figure here tells anything new of anybody.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from statistics import fmean, pstdev

from app.domain.alignment_kpis.answer_cells import GroupCell, Measure, QuestionCells, read_cells
from app.domain.alignment_kpis.figures import ORGANIZATION, AlignmentKpi, Figure, Scope, SecondFigure
from app.domain.alignment_kpis.rows import (
    AgreementRow,
    AlignmentRows,
    AnswerCount,
    AskedFor,
    QuestionRow,
)
from app.domain.alignment_kpis.window import ScopeTree, Window, spread_rows
from app.domain.alignment_kpis.wording import count_things, join_parts
from app.domain.proportions import rescale

FEWEST_TO_COMPARE = 2
# The largest standard deviation there can be, in parts of the length of the scale.
_LARGEST_DEVIATION = 0.5


def measure_evenness(values: Sequence[float], length: float) -> float | None:
    """100·(1 - SD/(length/2)), SD over all values: 100 equal everywhere, 0 half at either end of the scale.

    Of shares in percent the length is 100 (SD at most 50), of ratings from 1 to 5 it is 4. None for fewer
    than two values, and for a scale without length.

    >>> measure_evenness([100, 0], 100), measure_evenness([3, 3, 3], 4)
    (0.0, 100.0)
    """
    if len(values) < FEWEST_TO_COMPARE or length <= 0:
        return None
    return 100 * (1 - pstdev(values) / (_LARGEST_DEVIATION * length))


def figure_messages(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """COMMUNICATION: the share that picked the intended message, in surveys closed in the period, in percent.

    Of the organization the mean over its smallest departments that may be shown (over everybody, where these
    are fewer than two), of a department and of a level its own share; then the mean over all messages. A
    department whose own share may not be shown is the mean of those within it, if at least two may. One in
    which nearly everybody answered alike is left out and counted: from the mean it could be computed back.
    None where nothing may be shown.
    """
    asked = _read_asked(rows, window, AskedFor.MESSAGE)
    yield from _figure_levels(AlignmentKpi.COMMUNICATION, asked, tree, what="message")


def figure_consistency(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """COMMUNICATION-CONSISTENCY: 100·(1 - SD/50) over the shares of departments, the mean over all messages.

    Over the smallest departments that may be shown, of the organization or within a department; None below
    two. 100: the message landed equally everywhere, perhaps nowhere: read it beside COMMUNICATION.
    """
    asked = _read_asked(rows, window, AskedFor.MESSAGE)
    yield from _figure_evenness(AlignmentKpi.COMMUNICATION_CONSISTENCY, asked, tree, what="message")


def figure_culture(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """CULTURE: the mean rating of observable behaviours in surveys closed in the period, in points (1–5).

    Of the organization the mean over its smallest departments that may be shown (over everybody, where these
    are fewer than two), of a department and of a level its own mean; then the mean over all behaviours.
    Second numbers: the same on 0–100, and how far people within teams agree, where computed: r_wg(j) against
    slightly skewed and against uniform answers.
    """
    asked = _read_asked(rows, window, AskedFor.BEHAVIOUR)
    agreement = {row.department: row for row in rows.agreement if window.holds(row.closed_on)}
    for figure in _figure_levels(AlignmentKpi.CULTURE, asked, tree, what="behaviour"):
        seconds = _rescale_culture(figure, asked)
        if figure.scope.level is None:
            seconds += _tell_agreement(agreement.get(figure.scope.department))
        yield replace(figure, seconds=seconds)


def figure_uniformity(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """CULTURE-UNIFORMITY: 100·(1 - SD/((high - low)/2)) over the means of teams, the mean over behaviours.

    Over the smallest departments that may be shown, of the organization or within a department; None below
    two. Uniformly bad is not good: read it beside CULTURE.
    """
    asked = _read_asked(rows, window, AskedFor.BEHAVIOUR)
    yield from _figure_evenness(AlignmentKpi.CULTURE_UNIFORMITY, asked, tree, what="behaviour")


def _read_asked(rows: AlignmentRows, window: Window, asked_for: AskedFor) -> list[QuestionCells]:
    """The questions of surveys closed in the period that anybody answered."""
    counts: dict[tuple[str, str], list[AnswerCount]] = {}
    for each in rows.answers:
        counts.setdefault((each.survey, each.question), []).append(each)
    found = []
    for row in rows.questions:
        if row.asks_for is asked_for and window.holds(row.closed_on):
            answers = counts.get((row.survey, row.question), [])
            parent_of = rows.parent_of if row.parent_of is None else row.parent_of
            found.append(read_cells(row, answers, parent_of, _choose_measure(row)))
    return [cells for cells in found if cells is not None]


def _choose_measure(row: QuestionRow) -> Measure:
    """How answers become a number."""
    if row.asks_for is AskedFor.BEHAVIOUR:
        return lambda answers: fmean(float(answer) for answer in answers)
    return lambda answers: 100 * answers.count(row.intended or "") / len(answers)


def _figure_levels(
    kpi: AlignmentKpi, asked: Sequence[QuestionCells], tree: ScopeTree, *, what: str
) -> Iterator[Figure]:
    """The organization as the mean of its units, departments and levels by their own cells."""
    means = [_average_units(cells) for cells in asked]
    known = [mean for mean in means if mean is not None]
    left_out = max((cells.left_out for cells in asked), default=0)
    yield Figure(
        kpi=kpi,
        scope=ORGANIZATION,
        value=fmean(known) if known else None,
        explanation=_say_of(asked, what, len(known), left_out),
        n=max((cells.total.n for cells in asked), default=0) if known else None,
    )
    for scope, found in _group_cells(asked, tree).items():
        shown = [cell for cell in found if cell.value is not None]
        yield Figure(
            kpi=kpi,
            scope=scope,
            value=fmean(cell.value for cell in shown if cell.value is not None) if shown else None,
            explanation=_say_of_group(found, shown, what),
            n=max((cell.n for cell in shown), default=None),
        )


def _group_cells(asked: Sequence[QuestionCells], tree: ScopeTree) -> dict[Scope, list[GroupCell]]:
    """The cells of every department and level, one of each question."""
    groups: dict[Scope, list[GroupCell]] = {}
    for cells in asked:
        for department in filter(tree.above.__contains__, cells.departments):
            groups.setdefault(Scope(department), []).append(_read_department(cells, department, tree))
        for level, cell in cells.levels.items():
            groups.setdefault(Scope(level=level), []).append(cell)
    return groups


def _read_department(cells: QuestionCells, department: Hashable, tree: ScopeTree) -> GroupCell:
    """Its own cell; where that is kept back, the mean of the units within it, if there are two."""
    cell = cells.departments[department]
    units = [cells.departments[unit] for unit in cells.units if department in tree.above.get(unit, ())]
    known = [unit.value for unit in units if unit.value is not None]
    if cell.value is not None or cell.is_alike or len(known) < FEWEST_TO_COMPARE:
        return cell
    return GroupCell(n=sum(unit.n for unit in units), value=fmean(known))


def _average_units(cells: QuestionCells) -> float | None:
    """The mean over the units; where fewer than two may be shown these are not the organization."""
    if len(cells.units) < FEWEST_TO_COMPARE:
        return cells.total.value
    values = [cells.departments[unit].value for unit in cells.units]
    return fmean(value for value in values if value is not None)


def _figure_evenness(
    kpi: AlignmentKpi, asked: Sequence[QuestionCells], tree: ScopeTree, *, what: str
) -> Iterator[Figure]:
    compared: dict[Scope, list[tuple[float, int]]] = {}
    for cells in asked:
        for scope, evenness, units in _compare_units(kpi, cells, tree):
            compared.setdefault(scope, []).append((evenness, units))
    left_out = max((cells.left_out for cells in asked), default=0)
    if ORGANIZATION not in compared:
        said = "Too few departments to compare" if asked else f"No {what} was asked about"
        explanation = join_parts([said, _say_kept_back(left_out)])
        yield Figure(kpi=kpi, scope=ORGANIZATION, value=None, explanation=explanation)
    for scope, found in compared.items():
        most = max(units for _, units in found)
        said = f"{count_things(most, 'department')} compared on {count_things(len(found), what)}"
        kept_back = _say_kept_back(left_out) if scope == ORGANIZATION else ""
        yield Figure(
            kpi=kpi,
            scope=scope,
            value=fmean(evenness for evenness, _ in found),
            explanation=join_parts([said, kept_back]),
            n=most,
        )


def _compare_units(
    kpi: AlignmentKpi, cells: QuestionCells, tree: ScopeTree
) -> Iterator[tuple[Scope, float, int]]:
    """For every scope with two units or more: how even they are, and how many."""
    length = 100.0 if kpi is AlignmentKpi.COMMUNICATION_CONSISTENCY else cells.row.high - cells.row.low
    for scope, units in spread_rows(cells.units, tree, lambda unit: ((unit,), None)).items():
        values = [cells.departments[unit].value for unit in units]
        evenness = measure_evenness([value for value in values if value is not None], length)
        if evenness is not None:
            yield scope, evenness, len(units)


def _rescale_culture(figure: Figure, asked: Sequence[QuestionCells]) -> tuple[SecondFigure, ...]:
    """On 0–100, where all behaviours have one scale."""
    scales = {(cells.row.low, cells.row.high) for cells in asked}
    if figure.value is None or len(scales) != 1:
        return ()
    value = rescale(figure.value, *scales.pop())
    if value is None:
        return ()
    return (SecondFigure(name="on_100", label="On 0–100", value=value, unit="score"),)


def _tell_agreement(row: AgreementRow | None) -> tuple[SecondFigure, ...]:
    if row is None:
        return ()
    label = "Agreement within teams, r_wg(j)"
    return (
        SecondFigure(name="agreement", label=label, value=row.high, unit="index", low=row.low, high=row.high),
    )


def _say_of(asked: Sequence[QuestionCells], what: str, known: int, left_out: int) -> str:
    if not asked:
        return f"No {what} was asked about."
    departments = max(len(cells.units) for cells in asked)
    over = f", mean of {departments} departments" if departments >= FEWEST_TO_COMPARE else ""
    if not known:
        return join_parts(["Too few answers to show anything", _say_kept_back(left_out)])
    return join_parts([f"{count_things(len(asked), what)}{over}", _say_kept_back(left_out)])


def _say_of_group(found: Sequence[GroupCell], shown: Sequence[GroupCell], what: str) -> str:
    if shown:
        answered = max(cell.n for cell in shown)
        said = f"{count_things(len(shown), what)}, {answered} answered"
        return join_parts([said, _say_hidden(len(found) - len(shown), what)])
    if any(cell.is_alike for cell in found):
        return "Nearly everybody answered alike; exact figures would tell what each of them said."
    return "Kept back to protect the people who answered."


def _say_hidden(n: int, what: str) -> str:
    return f"{count_things(n, what)} not shown, to protect the people who answered" if n else ""


def _say_kept_back(n: int) -> str:
    return f"{count_things(n, 'department')} left out to protect the people who answered" if n else ""
