"""`/departments/CODE`: who leads it, how well its work reaches the strategy, and what that work stands at."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.linkage.findings import Severity
from app.domain.linkage.score import Score
from app.domain.linkage.states import FindingStatus
from app.domain.permissions import Permission, Place, may, require
from app.domain.words import NodeKind, NodeStatus
from app.models.departments import Department
from app.models.linkage import FindingFilter
from app.models.metrics import MetricFilter
from app.queries.departments import DepartmentPlace, find_department_in_tree
from app.queries.engagement_scores import LatestScore, list_latest_scores
from app.queries.goals_rows import GoalTreeRows, NodeRow, read_plan_graph
from app.queries.initiatives_table import InitiativeSearch
from app.queries.linkage import FindingRow, find_last_check, list_findings, read_scores
from app.queries.owners import list_people_of
from app.web.decision_lines import FEW_SHOWN, read_decisions_about
from app.web.deps import PersonDep
from app.web.event_words import say_period
from app.web.figures import write_figure, write_hidden_below
from app.web.finding_cards import make_card
from app.web.initiative_lines import read_initiatives
from app.web.metric_lines import read_metric_lines
from app.web.nodes import list_ways
from app.web.render import page

router = APIRouter(include_in_schema=False)
FINDINGS_SHOWN = 50
METRICS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """An objective of the department: which goals it reaches, and what was found."""

    href: str
    code: str
    title: str
    owner: str | None
    state: str | None
    goals: list[str]
    flags: list[tuple[Severity, int]]


@dataclass(frozen=True, slots=True)
class ChildLine:
    """A department below, with its score."""

    href: str
    name: str
    score: float | None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What a survey said last, in its own scale."""

    metric: str
    value: str
    scale: str
    about: str


@router.get("/departments/{department}")
async def show_department(
    request: Request, session: SessionDep, person: PersonDep, department: str
) -> Response:
    """One department; a fixed number of statements."""
    require(person, Permission.GOALS_READ)
    row, places = await find_department_in_tree(session, department, actor=person)
    check = await find_last_check(session)
    scores = await read_scores(session, check)
    graph = await read_plan_graph(session, actor=person)
    people = await list_people_of(session, row, actor=person)
    found, _ = await list_findings(session, FindingFilter(department=str(row.id), limit=1000), actor=person)
    flags = count_flags(found)
    metrics = MetricFilter(department=[str(row.id)], limit=METRICS_SHOWN)
    return page(
        request,
        "departments/show.html",
        department=row,
        head=next((each for each in people if each.id == row.head_id), None),
        crumbs=_list_crumbs(row, places),
        people=[each for each in people if each.department_id == row.id],
        children=_list_children(row, places, scores),
        score=scores.get(row.id),
        overall=scores.get(None),
        check=check,
        objectives=[_write_objective(node, graph, flags) for node in _nodes_of(graph, row.id)],
        initiatives=await read_initiatives(
            session, InitiativeSearch(departments=[row.id]), person, today=graph.today
        ),
        may_add=may(person, Permission.GOALS_WRITE, on=Place(row.id)),
        decisions=await read_decisions_about(session, person, today=graph.today, departments=[row.id]),
        all_decisions=f"/decisions?{urlencode({'department': row.code})}",
        few=FEW_SHOWN,
        may_log=None,
        metrics=await read_metric_lines(
            session, metrics, person, today=graph.today, minimum=graph.minimum_group
        ),
        engagement=[_write_score(each) for each in await list_latest_scores(session, row.id, actor=person)],
        findings=[make_card(each, person, graph.today) for each in found[:FINDINGS_SHOWN]],
        more=len(found) > FINDINGS_SHOWN,
        may_edit=may(person, Permission.DIRECTORY_WRITE, on=Place(row.id)),
    )


def count_flags(found: Iterable[FindingRow]) -> dict[str, Counter[Severity]]:
    """How many open findings of each severity name a thing, by its id."""
    counts: dict[str, Counter[Severity]] = {}
    for row in found:
        if row.status is FindingStatus.OPEN:
            for item in row.finding.objects:
                counts.setdefault(item["id"], Counter())[row.finding.severity] += 1
    return counts


def _nodes_of(graph: GoalTreeRows, department: UUID) -> list[NodeRow]:
    """Its own objectives, what is in force first."""
    own = [node for node in graph.nodes if node.department_id == department]
    return sorted(own, key=lambda node: (node.status != NodeStatus.ACTIVE, node.code))


def _write_objective(
    node: NodeRow, graph: GoalTreeRows, flags: Mapping[str, Counter[Severity]]
) -> ObjectiveLine:
    ways = list_ways(graph, node.id)
    count = flags.get(str(node.id), Counter())
    return ObjectiveLine(
        href=f"/objectives/{quote(node.code)}",
        code=node.code,
        title=node.title,
        owner=node.owner,
        state=None if node.status == NodeStatus.ACTIVE else node.status,
        goals=[step.code for way in ways for step in way if step.kind is NodeKind.GOAL],
        flags=[(severity, count[severity]) for severity in Severity if count[severity]],
    )


def _list_crumbs(row: Department, places: Sequence[DepartmentPlace]) -> list[tuple[str | None, str]]:
    """From the top of the tree down to it."""
    by_id = {place.id: place for place in places}
    crumbs: list[tuple[str | None, str]] = [(None, row.name)]
    above, seen = row.parent_id, {row.id}
    while above in by_id and above not in seen:
        seen.add(above)
        crumbs.insert(0, (f"/departments/{quote(by_id[above].code)}", by_id[above].name))
        above = by_id[above].parent_id
    return crumbs


def _list_children(
    row: Department, places: Sequence[DepartmentPlace], scores: Mapping[UUID | None, Score]
) -> list[ChildLine]:
    below = [place for place in places if place.parent_id == row.id]
    values = {place.id: scores[place.id].value for place in below if place.id in scores}
    return [
        ChildLine(f"/departments/{quote(place.code)}", place.name, values.get(place.id)) for place in below
    ]


def _write_score(score: LatestScore) -> ScoreLine:
    """A suppressed score tells that it is hidden, and nothing of its size."""
    about = [say_period(score.period), f"from {score.source}"]
    hidden = score.hidden_below
    if hidden is None and score.respondents is not None:
        invited = f" of {score.invited}" if score.invited else ""
        about.append(f"{score.respondents}{invited} answered")
    return ScoreLine(
        metric=score.metric.replace("_", " ").capitalize(),
        value=write_figure(score.value) if hidden is None else write_hidden_below(hidden),
        scale=_say_scale(score) if hidden is None else "to protect who answered",
        about=", ".join(about),
    )


def _say_scale(score: LatestScore) -> str:
    return f"on {write_figure(score.scale_min)} to {write_figure(score.scale_max)}"
