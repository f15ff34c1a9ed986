"""Makes the tables of a closed survey out of its rows of answers, once and for all.

Which groups may be shown is decided in `survey_groups`, what is said about a group in `survey_figures`;
reading answers and storing tables do not live here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar
from uuid import UUID

from app.domain.disclosure import publishable
from app.domain.engagement import MINIMUM_GROUP_FLOOR
from app.domain.survey_figures import (
    Question,
    Value,
    margin_of_difference,
    mean_of,
    measure_consistency,
    name_answer,
    share_percent,
    summarise_answers,
)
from app.domain.survey_groups import (
    ORGANIZATION,
    Exposure,
    Node,
    Tree,
    expose_groups,
    gather_answers,
    nearest_shown,
    plant_departments,
    plant_levels,
    smallest_difference,
)
from app.domain.survey_results import (
    AnswerRow,
    AreaCell,
    Cell,
    Coverage,
    Gap,
    MessageTable,
    QuestionTable,
    Results,
    Stands,
    Turnout,
    Words,
)
from app.domain.surveys import MINIMUM_FOR_WORDS, QuestionKind

BLIND_BELOW_PERCENT = 30
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class _Placed:
    """One answer to one question, and where it stands in either tree."""

    department: Node
    level: Node
    value: Value


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all questions share: the trees, the departments and levels that are listed, the smallest group."""

    tree: Tree
    levels: Tree
    listed: Sequence[Node]
    k: int


def tabulate_answers(
    questions: Sequence[Question],
    answers: Sequence[AnswerRow],
    parents: Mapping[UUID, UUID | None],
    *,
    k: int,
    turnout: Turnout,
    rng: Random,
) -> Results:
    """The tables of a survey: per question and group what `expose_groups` lets be shown, rounded.

    `parents` maps each department to the one above it (a root to None); one that is not in it counts for the
    organization only. k is never below 3. Each question is judged by those who answered it: first over the
    department tree, then over the levels, which are left out where both together would tell something of
    fewer than k (`smallest_difference`). Distributions: departments with 2k answers, by the same rule.
    Departments in which nobody was asked are not listed; the share of a group that answered is told by
    `turnout`, and only where its answers all still count for it. The order of the answers makes no difference
    except that `rng` shuffles own words.

    >>> rows = [AnswerRow(None, None, {"Q1": value}) for value in (5, 4, 2, 4, 1)]
    >>> question = Question("Q1", QuestionKind.AGREE)
    >>> turnout = Turnout({(None, None): 8}, {(None, None): 5})
    >>> results = tabulate_answers([question], rows, {}, k=5, turnout=turnout, rng=Random(0))
    >>> results.questions[0].total.n, results.questions[0].total.figures.mean
    (5, 3.2)
    """
    frame = _make_frame(answers, parents, turnout.invited, k)
    given = {each.code: _list_given(frame, answers, each.code) for each in questions}
    numbered = [each for each in questions if each.kind is not QuestionKind.WORDS]
    tables = {each.code: _tabulate_question(frame, each, given[each.code]) for each in numbered}
    return Results(
        k=frame.k,
        questions=tuple(
            replace(tables[each.code], gap=_measure_gap(each, tables, given)) for each in numbered
        ),
        areas=tuple(_average_areas(numbered, tables)),
        words=tuple(_list_words(frame, questions, given, rng)),
        coverage=tuple(_cover_groups(frame, answers, turnout)),
    )


def _make_frame(
    answers: Sequence[AnswerRow], parents: Mapping[UUID, UUID | None], invited: Stands, k: int
) -> _Frame:
    tree = plant_departments(parents)
    departments = {row.department for row in answers} | {department for department, _ in invited}
    involved = gather_answers(tree, {_find_place(tree, each): [each] for each in departments})
    levels = {row.level for row in answers} | {level for _, level in invited}
    return _Frame(
        tree=tree,
        levels=plant_levels(sorted(level for level in levels if level is not None)),
        listed=[node for node in parents if involved[node]],
        k=max(k, MINIMUM_GROUP_FLOOR),
    )


def _find_place(tree: Tree, node: Node | None) -> Node:
    return ORGANIZATION if node is None or node not in tree else node


def _list_given(frame: _Frame, answers: Iterable[AnswerRow], code: str) -> list[_Placed]:
    pairs = ((row, row.values.get(code)) for row in answers)
    return [
        _Placed(_find_place(frame.tree, row.department), _find_place(frame.levels, row.level), value)
        for row, value in pairs
        if value is not None
    ]


def _sort(pairs: Iterable[tuple[Node, A]]) -> dict[Node, list[A]]:
    direct: dict[Node, list[A]] = {}
    for node, value in pairs:
        direct.setdefault(node, []).append(value)
    return direct


def _tabulate_question(frame: _Frame, question: Question, given: Sequence[_Placed]) -> QuestionTable:
    exposed = expose_groups(
        frame.tree,
        _sort((each.department, name_answer(question.kind, each.value)) for each in given),
        frame.k,
    )
    direct = _sort((each.department, each.value) for each in given)
    within = gather_answers(frame.tree, direct)
    counts = {node: len(values) for node, values in direct.items()}
    spread = publishable(frame.tree, counts, 2 * frame.k)
    cells = {
        node: _fill_cell(question, node, exposed[node], within[node], with_spread=node in spread)
        for node in (ORGANIZATION, *frame.listed)
    }
    departments = tuple(cells[node] for node in frame.listed)
    return QuestionTable(
        code=question.code,
        kind=question.kind,
        total=cells[ORGANIZATION],
        departments=departments,
        levels=tuple(_tabulate_levels(frame, question, given, exposed)),
        message=_measure_message(frame, question, direct, exposed),
    )


def _fill_cell(
    question: Question, node: Node, exposure: Exposure, values: Sequence[Value], *, with_spread: bool
) -> Cell:
    cell = _name_group(node, exposure)
    if exposure is Exposure.SHOWN:
        return replace(
            cell, n=len(values), figures=summarise_answers(question, values, with_spread=with_spread)
        )
    return replace(cell, n=len(values)) if exposure is Exposure.AGREES else cell


def _tabulate_levels(
    frame: _Frame, question: Question, given: Sequence[_Placed], exposed: Mapping[Node, Exposure]
) -> Iterator[Cell]:
    """The levels, unless together with the departments they would tell too much."""
    direct = _sort((each.level, name_answer(question.kind, each.value)) for each in given)
    levels = expose_groups(frame.levels, direct, frame.k)
    departments_shown = {node for node, exposure in exposed.items() if exposure is Exposure.SHOWN}
    levels_shown = {node for node, exposure in levels.items() if exposure is Exposure.SHOWN}
    cells = Counter(
        (
            nearest_shown(frame.tree, each.department, departments_shown),
            nearest_shown(frame.levels, each.level, levels_shown),
        )
        for each in given
    )
    tells_too_much = 0 < smallest_difference(cells) < frame.k
    within = gather_answers(frame.levels, _sort((each.level, each.value) for each in given))
    for node in list(frame.levels)[1:]:
        exposure = levels[node]
        if tells_too_much and exposure is not Exposure.FEW:
            exposure = Exposure.MERGED
        yield _fill_cell(question, node, exposure, within[node], with_spread=False)


def _measure_message(
    frame: _Frame,
    question: Question,
    direct: Mapping[Node, Sequence[Value]],
    exposed: Mapping[Node, Exposure],
) -> MessageTable | None:
    """Over the smallest groups that are shown: from the mean any other could be computed back."""
    if question.kind is not QuestionKind.CHOOSE or question.intended is None:
        return None
    within = gather_answers(frame.tree, direct)
    shown = {node for node in frame.listed if exposed[node] is Exposure.SHOWN}
    above = {nearest_shown(frame.tree, frame.tree[node], shown) for node in shown}
    smallest = [node for node in frame.listed if node in shown - above]
    shares = [share_percent(within[node].count(question.intended), len(within[node])) for node in smallest]
    left_out = [
        node for node in direct if node != ORGANIZATION and nearest_shown(frame.tree, node, smallest) is None
    ]
    landed = mean_of(shares)
    return MessageTable(
        landed=None if landed is None else round(landed),
        consistency=measure_consistency(shares),
        departments=len(smallest),
        left_out=len(left_out),
    )


def _measure_gap(
    question: Question, tables: Mapping[str, QuestionTable], given: Mapping[str, Sequence[_Placed]]
) -> Gap | None:
    """What leaders say of themselves against what teams say, where both may be shown."""
    if question.paired_with is None or question.paired_with not in tables:
        return None
    own, other = tables[question.code].total.figures, tables[question.paired_with].total.figures
    if own is None or other is None or own.mean is None or other.mean is None:
        return None
    answers = [
        [each.value for each in given[code] if isinstance(each.value, int)]
        for code in (question.code, question.paired_with)
    ]
    margin = margin_of_difference(*answers)
    difference = round(own.mean - other.mean, 1)
    return Gap(own.mean, other.mean, difference, round(margin, 1), abs(difference) > margin)


def _average_areas(questions: Sequence[Question], tables: Mapping[str, QuestionTable]) -> Iterator[AreaCell]:
    """Made of figures that are shown anyway, so that it can tell nothing new. Self-ratings stay apart."""
    rated = [each for each in questions if each.kind is QuestionKind.AGREE and each.paired_with is None]
    for area in dict.fromkeys(each.area for each in rated if each.area is not None):
        of_area = [tables[each.code] for each in rated if each.area == area]
        columns = zip(*([table.total, *table.departments] for table in of_area), strict=True)
        for column in columns:
            means = [cell.figures.mean for cell in column if cell.figures is not None]
            known = [mean for mean in means if mean is not None]
            yield AreaCell(area, column[0].department, mean_of(known), len(known), len(of_area))


def _list_words(
    frame: _Frame, questions: Sequence[Question], given: Mapping[str, Sequence[_Placed]], rng: Random
) -> Iterator[Words]:
    """Own words of the organization and of departments, each shuffled by itself."""
    for question in questions:
        if question.kind is not QuestionKind.WORDS:
            continue
        direct = _sort((each.department, str(each.value)) for each in given[question.code])
        within = gather_answers(frame.tree, direct)
        counts = {node: len(texts) for node, texts in direct.items()}
        shown = publishable(frame.tree, counts, max(frame.k, MINIMUM_FOR_WORDS))
        for node in (ORGANIZATION, *frame.listed):
            texts = sorted(within[node]) if node in shown else []
            rng.shuffle(texts)
            yield Words(question.code, node if isinstance(node, UUID) else None, tuple(texts))


def _cover_groups(frame: _Frame, answers: Sequence[AnswerRow], turnout: Turnout) -> Iterator[Coverage]:
    """The organization, the departments, then the levels: who answered of those who were asked."""
    cuts = (
        (frame.tree, (ORGANIZATION, *frame.listed), [row.department for row in answers], 0),
        (frame.levels, list(frame.levels)[1:], [row.level for row in answers], 1),
    )
    for tree, nodes, places, side in cuts:
        kept = Counter(_find_place(tree, place) for place in places)
        counted = publishable(tree, kept, frame.k)
        asked_within = _count_within(tree, turnout.invited, side)
        stood_within = _count_within(tree, turnout.answered, side)
        kept_within = gather_answers(tree, {node: [n] for node, n in kept.items()})
        for node in nodes:
            stood = stood_within[node]
            is_told = node in counted and sum(kept_within[node]) == stood
            yield _cover_group(node, stood, asked_within[node], frame.k, is_told=is_told)


def _count_within(tree: Tree, stands: Stands, side: int) -> dict[Node, int]:
    """How many stand within each group of a tree, by their department (side 0) or their level (side 1)."""
    direct: dict[Node, list[int]] = {}
    for stand, n in stands.items():
        direct.setdefault(_find_place(tree, stand[side]), []).append(n)
    return {node: sum(counts) for node, counts in gather_answers(tree, direct).items()}


def _cover_group(node: Node, answered: int, asked: int, k: int, *, is_told: bool) -> Coverage:
    is_blind = asked > 0 and 100 * answered < BLIND_BELOW_PERCENT * asked
    if is_told:
        cell = replace(_name_group(node, Exposure.SHOWN), n=answered)
        return Coverage(cell, asked, share_percent(min(answered, asked), max(asked, 1)), is_blind)
    exposure = Exposure.MERGED if answered >= k else Exposure.FEW
    return Coverage(_name_group(node, exposure), None, None, is_blind)


def _name_group(node: Node, exposure: Exposure) -> Cell:
    return Cell(
        exposure=exposure,
        department=node if isinstance(node, UUID) else None,
        level=node if isinstance(node, str) and node != ORGANIZATION else None,
    )
