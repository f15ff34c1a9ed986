"""Where findings are mended: every rule has a place, and codes of any kind end up in addresses safely."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.linkage import check_linkage
from app.checking import check_apart, load_rules
from app.domain.linkage.findings import Group, ObjectKind, Severity
from app.domain.linkage.names import write_link_code
from app.domain.permissions import SYSTEM, Actor, ActorKind, Permission, Role
from app.domain.scoring import Direction
from app.domain.words import LinkType, NodeStatus
from app.models import KpiMeasure
from app.models.base import new_id
from app.models.linkage import FindingFilter, LinkageFinding
from app.queries.linkage import list_findings
from app.web.fixes import fix_place, may_mend
from tests.factories import (
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_objective,
    make_owner,
    make_target,
)
from tests.web.browsing import sign_in

# Initiatives have no pages yet; what is said of them cannot be found yet either.
WITHOUT_A_FORM = {"L105"}


def make_finding(rule: str, kind: ObjectKind, code: str, department: str | None = None) -> LinkageFinding:
    """A finding as the checker keeps it, about one object."""
    named = {"kind": kind.value, "id": str(new_id()), "code": code, "title": "It", "department": department}
    return LinkageFinding(
        fingerprint=f"{rule}-{'0' * 24}",
        rule=rule,
        part=Group.STRUCTURE,
        severity=Severity.ERROR,
        objects=[named],
        message="It is wrong.",
        why="It matters.",
        fix="Mend it.",
        department_ids=[],
        named_ids=[],
    )


@pytest.mark.parametrize("rule", [rule.code for rule in load_rules() if rule.code not in WITHOUT_A_FORM])
def test_every_rule_has_a_place_where_it_is_mended(rule: str) -> None:
    kind = ObjectKind.LINK if rule in ("L111", "L402") else ObjectKind.OBJECTIVE
    code = write_link_code("SALES-1", "G1", LinkType.CONTRIBUTES) if kind is ObjectKind.LINK else "SALES-1"
    href, text = fix_place(make_finding(rule, kind, code))
    assert text != "Look at it"
    assert href.startswith("/")
    assert "{" not in href
    assert "SALES-1" in href


@pytest.mark.parametrize(
    ("rule", "kind", "code", "href"),
    [
        ("L101", ObjectKind.OBJECTIVE, "SALES-3", "/objectives/SALES-3/link"),
        ("L109", ObjectKind.LINK, "SALES-3>G1:contributes", "/links/SALES-3%3EG1:contributes#rationale"),
        ("L110", ObjectKind.ORGANIZATION, "", "/goals?status=active"),
        ("L110", ObjectKind.DEPARTMENT, "SALES", "/goals?department=SALES"),
        ("L111", ObjectKind.LINK, "SALES-3>G1:contributes", "/objectives/SALES-3/edit#title"),
        ("L201", ObjectKind.KPI, "NPS", "/kpis/NPS/edit#owner"),
        ("L207", ObjectKind.OWNER, "ada@example.org", "/owners/ada@example.org"),
        ("L302", ObjectKind.KPI, "NPS", "/kpis/NPS/targets"),
        ("L601", ObjectKind.GOAL, "G1", "/objectives/new?goal=G1"),
        ("L804", ObjectKind.DECISION, "D-7", "/decisions/D-7#steps"),
        ("L999", ObjectKind.GOAL, "G1", "/goals/G1"),
    ],
)
def test_a_finding_leads_to_its_form(rule: str, kind: ObjectKind, code: str, href: str) -> None:
    assert fix_place(make_finding(rule, kind, code)).href == href


def test_who_may_not_change_a_thing_cannot_mend_it() -> None:
    own, other = uuid4(), uuid4()
    reads = frozenset({Permission.GOALS_READ})
    head = Actor(
        new_id(), ActorKind.PERSON, "Head", reads | {Permission.GOALS_WRITE}, writes=frozenset({own})
    )
    viewer = Actor(new_id(), ActorKind.PERSON, "Viewer", reads)
    here = make_finding("L101", ObjectKind.OBJECTIVE, "A-1", str(own))
    assert may_mend(head, here)
    assert not may_mend(viewer, here)
    assert not may_mend(head, make_finding("L101", ObjectKind.OBJECTIVE, "B-1", str(other)))
    assert not may_mend(head, make_finding("L102", ObjectKind.GOAL, "G1"))
    decision = make_finding("L804", ObjectKind.DECISION, "D-1", str(other))
    decides = replace(head, permissions=reads | {Permission.DECISIONS_WRITE})
    assert not may_mend(decides, decision)
    decision.department_ids = [other, own]
    assert may_mend(decides, decision)
    assert not may_mend(viewer, decision)
    promises = replace(decides, permissions=frozenset({Permission.COMMITMENTS_WRITE}))
    assert may_mend(promises, make_finding("L801", ObjectKind.KPI, "K1", str(own)))
    assert not may_mend(decides, make_finding("L803", ObjectKind.COMMITMENT, "C-1", str(own)))
    keeps = replace(decides, permissions=frozenset({Permission.RITUALS_WRITE}))
    assert may_mend(keeps, make_finding("L808", ObjectKind.RITUAL, "REVIEW", None))
    assert not may_mend(decides, make_finding("L808", ObjectKind.RITUAL, "REVIEW", None))


async def test_every_fix_of_the_plan_leads_to_a_page_with_its_field(
    app: FastAPI, session: AsyncSession
) -> None:
    executive = await make_owner(session, role=Role.EXECUTIVE)
    upper = await make_department(session, code="UP")
    lower = await make_department(session, code="LOW", parent=upper)
    past = date(2020, 1, 1)
    goal = await make_goal(session, code="G1", title="Grow", ends_on=past)
    await make_goal(session, code="G2", cross_functional=True)
    asleep = await make_goal(session, code="G3", status=NodeStatus.PAUSED)
    first = await make_objective(session, code="A-1", department=upper, title="Grow")
    second = await make_objective(session, code="B-1", department=lower)
    await make_objective(session, code="B-2", department=lower)
    await make_link(session, first, goal)
    await make_link(session, first, second)
    await make_link(session, second, asleep)
    await make_link(session, second, goal, type=LinkType.CONFLICTS_WITH)
    await make_link(session, second, goal)
    await make_kpi(session, name="Alone")
    kpi = await make_kpi(session, name="Growth", metric="growth", department_id=upper.id, departments=[upper])
    session.add(KpiMeasure(kpi_id=kpi.id, node_id=first.id))
    await make_target(session, kpi, "2020-01", "2020-12", target=90, amber=95)
    await make_kpi(
        session,
        name="Growth",
        metric="growth",
        department_id=lower.id,
        direction=Direction.LOWER,
        unit="days",
    )
    await check_linkage(session, check_apart, actor=SYSTEM)
    rows, _ = await list_findings(session, FindingFilter(limit=1000), actor=SYSTEM)
    assert len({row.finding.rule for row in rows}) >= 15
    browser = await sign_in(app, session, executive)
    for row in rows:
        href = fix_place(row.finding).href
        answer = await browser.get(href)
        assert answer.status_code == 200, (row.finding.rule, href)
        field = href.partition("#")[2]
        assert not field or f'id="{field}"' in answer.text, (row.finding.rule, href)
