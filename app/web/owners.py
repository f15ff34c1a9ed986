"""`/owners/EMAIL`: the line of sight of a person, from what they promised and keep up to the vision."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.linkage.findings import Severity
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.words import NodeKind, NodeStatus
from app.models.linkage import FindingFilter
from app.models.metrics import MOST_REFERENCES, MetricFilter
from app.queries._find import load_references
from app.queries.commitments import list_promises
from app.queries.goals_rows import GoalTreeRows, NodeRow, read_plan_graph
from app.queries.initiatives_table import InitiativeSearch
from app.queries.kpis import list_kept_kpis
from app.queries.linkage import list_findings
from app.queries.organization import find_organization, find_vision
from app.queries.owners import find_owner, list_reports
from app.queries.partnerships import list_partnership_rows
from app.web.departments import count_flags
from app.web.deps import PersonDep
from app.web.finding_cards import make_card
from app.web.goals_tree import address_of
from app.web.initiative_lines import read_initiatives
from app.web.metric_lines import MetricLine, read_metric_lines
from app.web.nodes import Step, list_ways
from app.web.partnerships import A_YEAR, PartnershipLine, tell_partnership
from app.web.render import page

router = APIRouter(include_in_schema=False)
FINDINGS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """An open commitment, the KPI it is to move, and the goals or objectives that the KPI measures."""

    code: str
    what: str
    due: str
    is_late: bool
    kpi: tuple[str, str] | None
    serves: list[tuple[str, str]]


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
    nodes = [node for node in graph.nodes if node.owner_email == row.email]
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
    flags = count_flags(found)
    kept = [_write_node(node, graph, flags) for node in nodes]
    return page(
        request,
        "owners/show.html",
        owner=row,
        department=names.get(row.department_id) if row.department_id else None,
        manager=names.get(row.manager_id) if row.manager_id else None,
        reports=await list_reports(session, row.id, actor=person),
        vision=vision,
        initiatives=await read_initiatives(
            session, InitiativeSearch(owner=row.email), person, today=graph.today
        ),
        promises=await read_promises(session, row.id, actor=person, today=graph.today, nodes=graph.nodes),
        partnerships=await read_partnerships(session, row.id, person, today=graph.today),
        kept=sorted(
            kept, key=lambda node: (node.kind is not NodeKind.GOAL, node.state is not None, node.code)
        ),
        metrics=await _read_metrics(session, homes, person, graph) if kpis else [],
        findings=[make_card(each, person, graph.today) for each in found],
        may_edit=may(person, Permission.DIRECTORY_WRITE, on=Place(row.department_id)),
    )


async def read_promises(
    session: SessionDep, owner: UUID, *, actor: Actor, today: date, nodes: Iterable[NodeRow] = ()
) -> list[PromiseLine]:
    """The open commitments of a person in words, the next one first; `nodes` are those that may be named."""
    if not may(actor, Permission.COMMITMENTS_READ):
        return []
    named = {node.id: (address_of(node.kind, node.code), node.code) for node in nodes if node.status}
    return [
        PromiseLine(
            code=row.code,
            what=row.what,
            due=word_day(row.due_on),
            is_late=row.due_on < today,
            kpi=(row.kpi_code, row.kpi_name) if row.kpi_code and row.kpi_name else None,
            serves=sorted(named[each] for each in row.measures if each in named),
        )
        for row in await list_promises(session, owner, actor=actor)
    ]


async def read_partnerships(
    session: SessionDep, owner: UUID, person: Actor, *, today: date
) -> list[PartnershipLine]:
    """Whom somebody talks with regularly, the next talk first."""
    if not may(person, Permission.PARTNERSHIPS_READ):
        return []
    rows = await list_partnership_rows(session, actor=person, since=today - A_YEAR, owner=owner)
    return [tell_partnership(row, person, today) for row in rows]


def _write_node(node: NodeRow, graph: GoalTreeRows, flags: Mapping[str, Counter[Severity]]) -> KeptNode:
    count = flags.get(str(node.id), Counter())
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
    session: SessionDep, homes: Mapping[str, UUID | None], person: Actor, graph: GoalTreeRows
) -> Sequence[MetricLine]:
    """Each KPI where it is at home, else in the whole organization."""
    filters = MetricFilter(kpi=list(homes)[:MOST_REFERENCES], limit=1000)
    lines = await read_metric_lines(session, filters, person, today=graph.today, minimum=graph.minimum_group)
    best: dict[str, MetricLine] = {}
    for line in lines:
        at_home = line.department_id == homes.get(line.code)
        if at_home or line.code not in best:
            best[line.code] = line
    return list(best.values())
