"""`/linkage`: the score with its arithmetic, findings by rule, what changed since a day, waiving in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.actions.linkage import create_waiver
from app.checking import load_rules
from app.deps import SessionDep
from app.domain.linkage.findings import Severity
from app.domain.linkage.states import LONGEST_WAIVER_DAYS, Change, FindingStatus, refuse_to_waive
from app.domain.permissions import Actor, Permission, require
from app.errors import CoxswainError
from app.models.base import Day, Reference
from app.models.linkage import FindingFilter, Reason, RuleCode, WaiverInput
from app.queries.departments import list_choices
from app.queries.linkage import (
    FindingRow,
    find_last_check,
    find_score_place,
    is_check_stale,
    list_findings,
    read_scores,
)
from app.queries.organization import find_organization, today_of
from app.web.deps import PersonDep
from app.web.forms import Contract, Form, blank_is_none, read_form
from app.web.render import page

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 500
CHANGES = {
    Change.NEW: "new",
    Change.FIXED: "fixed",
    Change.STILL_OPEN: "still open",
    Change.WAIVER_EXPIRED: "waiver expired",
    Change.WAIVED: "waived",
}


class LinkageQuery(Contract):
    """What the filters of the page ask for; blank fields of the form ask for nothing."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    rule: Annotated[RuleCode | None, BeforeValidator(blank_is_none)] = None
    severity: Annotated[Severity | None, BeforeValidator(blank_is_none)] = None
    status: Annotated[FindingStatus | None, BeforeValidator(blank_is_none)] = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    since: Annotated[Day | None, BeforeValidator(blank_is_none)] = None


class WaiveForm(Contract):
    """Why a finding is let be, and until when."""

    reason: Reason
    expires_on: Day


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding as an article of the page."""

    id: UUID
    heading: str
    severity: Severity
    message: str
    why: str
    fix: str
    since: str
    status: FindingStatus
    change: str | None
    waiver: str | None
    may_waive: bool
    form: Form[WaiveForm]
    last_day: date


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The findings of one rule."""

    code: str
    title: str
    cards: list[FindingCard]


@router.get("/linkage")
async def show_linkage(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[LinkageQuery, Query()]
) -> Response:
    """Score, filters and findings; the same address shows the same."""
    return await _show(request, session, person, asked)


@router.post("/linkage/findings/{finding}/waive")
async def waive_finding(request: Request, session: SessionDep, person: PersonDep, finding: UUID) -> Response:
    """Lets a finding be, and shows the page again; what is refused is said beside its field."""
    form = await read_form(request, WaiveForm)
    if form.data is not None:
        data = WaiverInput(finding=str(finding), reason=form.data.reason, expires_on=form.data.expires_on)
        try:
            async with session.begin_nested():
                await create_waiver(session, data, actor=person)
        except CoxswainError as error:
            form.refuse(error)
        else:
            return Response(status_code=303, headers={"location": f"/linkage#finding-{finding}"})
    return await _show(request, session, person, LinkageQuery(), refused={finding: form}, status=422)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    asked: LinkageQuery,
    *,
    refused: dict[UUID, Form[WaiveForm]] | None = None,
    status: int = 200,
) -> Response:
    require(person, Permission.GOALS_READ)
    organization = await find_organization(session, actor=person)
    filters = _read_filters(asked, ZoneInfo(organization.time_zone))
    check = await find_last_check(session)
    rows, more = await list_findings(session, filters, actor=person)
    place = await find_score_place(session, filters, actor=person)
    score = (await read_scores(session, check)).get(place)
    today = await today_of(session)
    cards = [_make_card(row, person, today, (refused or {}).get(row.finding.id)) for row in rows]
    return page(
        request,
        "linkage/show.html",
        status=status,
        asked=asked,
        check=check,
        stale=await is_check_stale(session, check),
        score=score,
        groups=_group_by_rule(rows, cards),
        more=more is not None,
        departments=await list_choices(session, actor=person),
        rules=[(rule.code, f"{rule.code} {rule.slug}") for rule in load_rules()],
        severities=[(each.value, each.value) for each in Severity],
        statuses=[(each.value, each.value) for each in FindingStatus],
        changed=_count_changes(rows) if asked.since else [],
    )


def _read_filters(asked: LinkageQuery, zone: ZoneInfo) -> FindingFilter:
    since = None if asked.since is None else datetime.combine(asked.since, time.min, tzinfo=zone)
    return FindingFilter(
        department=asked.department,
        since=since,
        rule=[asked.rule] if asked.rule else [],
        severity=[asked.severity] if asked.severity else [],
        status=[asked.status] if asked.status else [],
        limit=MOST_SHOWN,
    )


def _make_card(row: FindingRow, person: Actor, today: date, refused: Form[WaiveForm] | None) -> FindingCard:
    finding = row.finding
    waiver = row.waiver
    return FindingCard(
        id=finding.id,
        heading=f"{finding.rule} {', '.join(item['title'] for item in finding.objects[:3])}",
        severity=finding.severity,
        message=finding.message,
        why=finding.why,
        fix=finding.fix,
        since=f"{finding.first_seen:%-d %B %Y}",
        status=row.status,
        change=row.change and CHANGES[row.change],
        waiver=waiver and f"Waived until {waiver.expires_on:%-d %B %Y} by {waiver.made_by}: {waiver.reason}",
        may_waive=row.status is FindingStatus.OPEN and _may_waive(person, row),
        form=refused or Form(values={"reason": "", "expires_on": ""}),
        last_day=date.fromordinal(today.toordinal() + LONGEST_WAIVER_DAYS),
    )


def _may_waive(person: Actor, row: FindingRow) -> bool:
    places = [item["department"] for item in row.finding.objects]
    return refuse_to_waive(person, row.finding.severity, departments=places) is None


def _group_by_rule(rows: Sequence[FindingRow], cards: Sequence[FindingCard]) -> list[RuleGroup]:
    titles = {rule.code: rule.slug.replace("-", " ") for rule in load_rules()}
    told = sorted(zip(rows, cards, strict=True), key=lambda pair: pair[0].finding.rule)
    return [
        RuleGroup(code, titles.get(code, ""), [card for _, card in group])
        for code, group in groupby(told, key=lambda pair: pair[0].finding.rule)
    ]


def _count_changes(rows: Sequence[FindingRow]) -> list[tuple[str, int]]:
    return [(text, sum(row.change is change for row in rows)) for change, text in CHANGES.items()]
