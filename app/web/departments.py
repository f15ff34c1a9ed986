"""`/departments/CODE`: who leads it, how well its work reaches the strategy, and what that work stands at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.linkage.findings import ObjectKind, Severity
from app.domain.linkage.score import Score
from app.domain.permissions import Actor, Permission, require
from app.domain.words import NodeKind, NodeStatus
from app.models.departments import Department
from app.models.linkage import FindingFilter
from app.models.metrics import MetricFilter
from app.queries._find import load_references
from app.queries.departments import DepartmentPlace, find_department, list_department_places
from app.queries.engagement_scores import LatestScore, list_latest_scores
from app.queries.events import list_history, name_event_ids
from app.queries.goals_rows import GoalTreeRows, NodeRow, read_plan_graph
from app.queries.linkage import (
    count_findings_by_object,
    find_last_check,
    is_check_stale,
    list_findings,
    read_scores,
)
from app.queries.organization import find_organization
from app.queries.owners import list_people_of
from app.web.deps import PersonDep
from app.web.event_words import say_period, tell_event
from app.web.events import EventDay, group_by_day
from app.web.figures import write_figure
from app.web.finding_cards import make_card
from app.web.metric_lines import read_metric_lines
from app.web.nodes import list_ways
from app.web.render import page

router = APIRouter(include_in_schema=False)
FINDINGS_SHOWN = 50
EVENTS_SHOWN = 8
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
    row = await find_department(session, department, actor=person)
    names = await load_references(session, [row])
    places = await list_department_places(session, actor=person)
    check = await find_last_check(session)
    scores = await read_scores(session, check)
    graph = await read_plan_graph(session, actor=person)
    objectives = await _list_objectives(session, row, graph, person)
    filters = FindingFilter(department=str(row.id), limit=FINDINGS_SHOWN)
    found, more = await list_findings(session, filters, actor=person)
    metrics = MetricFilter(department=[str(row.id)], limit=METRICS_SHOWN)
    return page(
        request,
        "departments/show.html",
        department=row,
        head=names.get(row.head_id) if row.head_id else None,
        crumbs=_list_crumbs(row, places),
        people=await list_people_of(session, row.id, actor=person),
        children=_list_children(row, places, scores),
        score=scores.get(row.id),
        overall=scores.get(None),
        check=check,
        stale=await is_check_stale(session, check),
        objectives=objectives,
        metrics=await read_metric_lines(session, metrics, actor=person),
        engagement=[_write_score(each) for each in await list_latest_scores(session, row.id, actor=person)],
        findings=[make_card(each, person, graph.today) for each in found],
        more=more is not None,
        days=await _read_days(session, row, graph, person),
    )


async def _list_objectives(
    session: SessionDep, department: Department, graph: GoalTreeRows, person: Actor
) -> list[ObjectiveLine]:
    counts = await count_findings_by_object(session, [ObjectKind.OBJECTIVE], actor=person)
    return [_write_objective(node, graph, counts) for node in _nodes_of(graph, department.id)]


def _nodes_of(graph: GoalTreeRows, department: UUID) -> list[NodeRow]:
    """Its own objectives, what is in force first."""
    own = [node for node in graph.nodes if node.department_id == department]
    return sorted(own, key=lambda node: (node.status != NodeStatus.ACTIVE, node.code))


def _write_objective(
    node: NodeRow, graph: GoalTreeRows, counts: Mapping[UUID, Counter[Severity]]
) -> ObjectiveLine:
    ways = list_ways(graph, node.id)
    count = counts.get(node.id, Counter())
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
    """A suppressed score tells that it was kept back, and nothing of its size."""
    about = [say_period(score.period), f"from {score.source}"]
    if not score.suppressed and score.respondents is not None:
        invited = f" of {score.invited}" if score.invited else ""
        about.append(f"{score.respondents}{invited} answered")
    return ScoreLine(
        metric=score.metric.replace("_", " ").capitalize(),
        value="kept back" if score.suppressed else write_figure(score.value),
        scale="too few answers" if score.suppressed else _say_scale(score),
        about=", ".join(about),
    )


def _say_scale(score: LatestScore) -> str:
    return f"on {write_figure(score.scale_min)} to {write_figure(score.scale_max)}"


async def _read_days(
    session: SessionDep, row: Department, graph: GoalTreeRows, person: Actor
) -> list[EventDay]:
    organization = await find_organization(session, actor=person)
    objects = [row.id, *(node.id for node in graph.nodes if node.department_id == row.id)]
    events = await list_history(session, actor=person, objects=objects, limit=EVENTS_SHOWN)
    names = await name_event_ids(session, events, actor=person)
    return group_by_day([tell_event(event, names, ZoneInfo(organization.time_zone)) for event in events])
