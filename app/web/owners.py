"""`/owners/EMAIL`: the line of sight of a person, from what they promised and keep up to the vision."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.linkage.findings import ObjectKind, Severity
from app.domain.permissions import Actor, Permission, may, require
from app.domain.words import CommitmentStatus, NodeKind, NodeStatus
from app.models.commitments import Commitment, CommitmentFilter
from app.models.linkage import FindingFilter
from app.models.metrics import MOST_REFERENCES, MetricFilter
from app.models.owners import Owner
from app.queries._find import load_references
from app.queries.commitments import list_commitments
from app.queries.goals_rows import GoalTreeRows, NodeRow, read_plan_graph
from app.queries.kpis import list_kept_kpis
from app.queries.linkage import count_findings_by_object, list_findings
from app.queries.organization import find_organization, find_vision
from app.queries.owners import find_owner, list_reports
from app.web.deps import PersonDep
from app.web.finding_cards import make_card
from app.web.goals_tree import address_of
from app.web.metric_lines import MetricLine, read_metric_lines
from app.web.nodes import Step, list_ways
from app.web.render import page

router = APIRouter(include_in_schema=False)
COMMITMENTS_SHOWN = 50
FINDINGS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """An open commitment, and what it is to move."""

    code: str
    what: str
    due: str
    is_late: bool
    kpi: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class KeptNode:
    """A goal or objective that somebody answers for, and its ways up."""

    href: str
    code: str
    title: str
    kind: NodeKind
    state: str | None
    ways: list[list[Step]]
    flags: list[tuple[Severity, int]]


@router.get("/owners/{owner}")
async def show_owner(request: Request, session: SessionDep, person: PersonDep, owner: str) -> Response:
    """One person; what became of their commitments is not told here."""
    require(person, Permission.GOALS_READ)
    row = await find_owner(session, owner, actor=person)
    names = await load_references(session, [row])
    graph = await read_plan_graph(session, actor=person)
    counts = await count_findings_by_object(session, [ObjectKind.GOAL, ObjectKind.OBJECTIVE], actor=person)
    kept = [_write_node(node, graph, counts) for node in graph.nodes if node.owner_email == row.email]
    kpis = await list_kept_kpis(session, row.id, actor=person)
    homes = {kpi.code: kpi.department_id for kpi in kpis}
    organization = await find_organization(session, actor=person)
    vision = await find_vision(session, organization)
    own = [
        row.id,
        *(kpi.id for kpi in kpis),
        *(node.id for node in graph.nodes if node.owner_email == row.email),
    ]
    found, _ = await list_findings(session, FindingFilter(limit=FINDINGS_SHOWN), actor=person, about=own)
    return page(
        request,
        "owners/show.html",
        owner=row,
        department=names.get(row.department_id) if row.department_id else None,
        manager=names.get(row.manager_id) if row.manager_id else None,
        reports=await list_reports(session, row.id, actor=person),
        vision=vision,
        promises=await list_promises(session, row, actor=person, today=graph.today),
        kept=sorted(
            kept, key=lambda node: (node.kind is not NodeKind.GOAL, node.state is not None, node.code)
        ),
        metrics=await _read_metrics(session, homes, person) if kpis else [],
        findings=[make_card(each, person, graph.today) for each in found],
    )


async def list_promises(session: SessionDep, owner: Owner, *, actor: Actor, today: date) -> list[PromiseLine]:
    """The open commitments of a person, the next one first."""
    if not may(actor, Permission.COMMITMENTS_READ):
        return []
    filters = CommitmentFilter(owner=str(owner.id), status=[CommitmentStatus.OPEN], limit=COMMITMENTS_SHOWN)
    rows, _ = await list_commitments(session, filters, actor=actor)
    names = await load_references(session, rows)
    return [_write_promise(row, names, today) for row in sorted(rows, key=lambda row: row.due_on)]


def _write_promise(row: Commitment, names: Mapping[UUID, tuple[str, str]], today: date) -> PromiseLine:
    return PromiseLine(
        code=row.code,
        what=row.what,
        due=f"{row.due_on:%-d %B %Y}",
        is_late=row.due_on < today,
        kpi=names.get(row.kpi_id) if row.kpi_id else None,
    )


def _write_node(node: NodeRow, graph: GoalTreeRows, counts: Mapping[UUID, Counter[Severity]]) -> KeptNode:
    count = counts.get(node.id, Counter())
    return KeptNode(
        href=address_of(node.kind, node.code),
        code=node.code,
        title=node.title,
        kind=node.kind,
        state=None if node.status == NodeStatus.ACTIVE else node.status,
        ways=list_ways(graph, node.id),
        flags=[(severity, count[severity]) for severity in Severity if count[severity]],
    )


async def _read_metrics(
    session: SessionDep, homes: Mapping[str, UUID | None], person: Actor
) -> Sequence[MetricLine]:
    """Each KPI where it is at home, else in the whole organization."""
    filters = MetricFilter(kpi=list(homes)[:MOST_REFERENCES], limit=1000)
    lines = await read_metric_lines(session, filters, actor=person)
    best: dict[str, MetricLine] = {}
    for line in lines:
        at_home = line.department_id == homes.get(line.code)
        if at_home or line.code not in best:
            best[line.code] = line
    return list(best.values())
