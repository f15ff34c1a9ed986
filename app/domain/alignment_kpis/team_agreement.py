"""How far people agree about the behaviours of one closed survey: r_wg(j), of groups whose figures are shown.

The formula is in `within_groups`, which groups may be shown in `survey_groups`; reading answers is not here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.alignment_kpis.rows import AgreementRow
from app.domain.disclosure import publishable
from app.domain.survey_groups import (
    ORGANIZATION,
    Exposure,
    Node,
    Tree,
    expose_groups,
    gather_answers,
    plant_departments,
)
from app.domain.survey_results import AnswerRow, QuestionTable
from app.domain.within_groups import r_wg_j

FEWEST_ITEMS = 2
_Ratings = tuple[int, ...]
_People = Mapping[Node, Sequence[_Ratings]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedSurvey:
    """A closed survey: the frozen tables of its ratings of behaviours, and all answers as they are kept.

    `options`: how many points the scale has. `k`: the smallest group of its results. `parents`: the tree of
    departments when it closed.
    """

    survey: str
    closed_on: date
    options: int
    k: int
    tables: Sequence[QuestionTable]
    answers: Sequence[AnswerRow]
    parents: Mapping[UUID, UUID | None]


def measure_team_agreement(rated: RatedSurvey) -> Iterator[AgreementRow]:
    """r_wg(j) against slightly skewed (`low`) and uniform answers (`high`), 0 to 1, to 2 decimals.

    Of the organization and each department whose figures are shown for every question, over the people in it
    who answered all. These must again be k or more who are not nearly all alike in any question, and so must
    be what remains of them besides the groups within (`expose_groups`); those who answered a question, but
    not all, are nobody or k, too: else two figures would tell their answers. Nothing where fewer than two
    behaviours were rated, and where the scale has no variance of slightly skewed answers (`null_variance`).
    """
    if len(rated.tables) < FEWEST_ITEMS:
        return
    tree = plant_departments(rated.parents)
    people = _sort_ratings(tree, rated.answers, [table.code for table in rated.tables])
    told = [_find_told(tree, rated, item, people) for item in range(len(rated.tables))]
    for node, ratings in gather_answers(tree, people).items():
        if not all(node in nodes for nodes in told):
            continue
        low, high = r_wg_j(ratings, rated.options, "slight"), r_wg_j(ratings, rated.options)
        if low is not None and high is not None:
            yield AgreementRow(
                survey=rated.survey,
                closed_on=rated.closed_on,
                department=None if node == ORGANIZATION else node,
                low=round(low, 2),
                high=round(high, 2),
            )


def _sort_ratings(tree: Tree, answers: Iterable[AnswerRow], codes: Sequence[str]) -> _People:
    """The ratings of whoever answered all of these questions, by the department they stand at."""
    people: dict[Node, list[_Ratings]] = {}
    for row in answers:
        values = (row.values.get(code) for code in codes)
        ratings = tuple(value for value in values if isinstance(value, int))
        if len(ratings) == len(codes):
            home = ORGANIZATION if row.department is None or row.department not in tree else row.department
            people.setdefault(home, []).append(ratings)
    return people


def _find_told(tree: Tree, rated: RatedSurvey, item: int, people: _People) -> set[Node]:
    """The groups of which one question lets agreement be told; `people` answered it and all others."""
    table = rated.tables[item]
    given = _sort_ratings(tree, rated.answers, [table.code])
    complete = {node: [ratings[item : item + 1] for ratings in each] for node, each in people.items()}
    exposed = expose_groups(tree, complete, rated.k)
    rest = {node: len(each) - len(complete.get(node, ())) for node, each in given.items()}
    rest_within = gather_answers(tree, {node: [n] for node, n in rest.items()})
    rest_counted = publishable(tree, rest, rated.k)
    shown = {
        cell.department or ORGANIZATION
        for cell in (table.total, *table.departments)
        if cell.exposure is Exposure.SHOWN
    }
    return {
        node
        for node in shown
        if exposed[node] is Exposure.SHOWN and (node in rest_counted or not sum(rest_within[node]))
    }
