"""Findings of the linkage checker in JSON: what is wrong, why it matters, what to do, and how it stands."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.actions.linkage import check_linkage
from app.api.answers import Out, PageOut, send_page
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.checking import check_apart
from app.deps import SessionDep
from app.domain.linkage.findings import Group, ObjectKind, Severity
from app.domain.linkage.states import Change, FindingStatus
from app.domain.permissions import Actor, Permission, require
from app.models.base import Day
from app.models.linkage import FindingFilter, LinkageCheck, LinkageFilter
from app.queries.linkage import FindingRow, find_last_check, list_findings

router = ApiRouter("/linkage", tag="linkage")

_PLACES = {
    ObjectKind.GOAL: "goals",
    ObjectKind.OBJECTIVE: "objectives",
    ObjectKind.LINK: "links",
    ObjectKind.INITIATIVE: "initiatives",
    ObjectKind.KPI: "kpis",
    ObjectKind.OWNER: "owners",
    ObjectKind.DEPARTMENT: "departments",
    ObjectKind.DECISION: "decisions",
    ObjectKind.COMMITMENT: "commitments",
    ObjectKind.RITUAL: "rituals",
}


class FindingObjectOut(Out):
    """Something a finding is about."""

    kind: ObjectKind
    id: UUID | None
    code: str
    title: str


class FindingWaiverOut(Out):
    """The waiver in force."""

    id: UUID
    reason: str
    expires_on: Day
    made_by: str


class FindingOut(Out):
    """A fault in the plan: what, why it matters, and what to do."""

    id: UUID
    rule: str
    group: Group
    severity: Severity
    objects: list[FindingObjectOut]
    message: str
    why: str
    fix: str
    where: str = Field(description="Where to do it.")
    fingerprint: str = Field(description="The same for ever: rule and ids of the objects.")
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    status: FindingStatus
    waiver: FindingWaiverOut | None
    change: Change | None = Field(description="Since the moment `since` asks about.")


@router.get("/findings", summary="List findings", response_model=PageOut[FindingOut])
async def list_findings_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[FindingFilter, Query()]
) -> Response:
    """What the checker finds today: open and waived; fixed ones by `status`, `change` or `since`."""
    check = await read_check(session, actor, filters)
    rows, next_cursor = await list_findings(session, filters, actor=actor)
    return send_page(request, [_show_finding(row, check) for row in rows], next_cursor)


async def read_check(session: SessionDep, actor: Actor, filters: LinkageFilter) -> LinkageCheck | None:
    """The check that an answer stands on: the last one, or with `fresh=true` one that begins now."""
    require(actor, Permission.GOALS_READ)
    if filters.fresh:
        return await check_linkage(session, check_apart, actor=actor)
    return await find_last_check(session)


def _show_finding(row: FindingRow, check: LinkageCheck | None) -> FindingOut:
    finding = row.finding
    objects = [
        FindingObjectOut.model_validate({name: item[name] for name in FindingObjectOut.model_fields})
        for item in finding.objects
    ]
    seen = finding.last_seen or (check.checked_at if check else finding.opened_at)
    waiver = None
    if row.waiver is not None:
        waiver = FindingWaiverOut.model_construct(**row.waiver._asdict())
    plain = ("id", "rule", "severity", "message", "why", "fix", "fingerprint", "first_seen")
    return FindingOut.model_construct(
        **{name: getattr(finding, name) for name in plain},
        group=finding.part,
        objects=objects,
        where=_find_place(finding.objects),
        last_seen=seen,
        status=row.status,
        waiver=waiver,
        change=row.change,
    )


def _find_place(objects: list[dict[str, Any]]) -> str:
    # Beside another object a department says only whose part of it is meant.
    item = next((item for item in objects if item["kind"] != ObjectKind.DEPARTMENT), objects[0])
    kind = ObjectKind(item["kind"])
    if kind is ObjectKind.ORGANIZATION:
        return "/api/v1/goals"
    return f"/api/v1/{_PLACES[kind]}/{item['id'] or item['code']}"
