"""`/linkage`: the score with its arithmetic, findings by rule, what changed since a day, waiving in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, ValidationError

from app.actions.linkage import create_waiver
from app.checking import load_rules
from app.deps import SessionDep
from app.domain.linkage.findings import Severity
from app.domain.linkage.score import Score
from app.domain.linkage.states import Change, FindingStatus
from app.domain.permissions import Actor, Permission, require
from app.errors import Conflict, Invalid
from app.models.base import Day, Reference
from app.models.linkage import FindingFilter, LinkageFilter, RuleCode, WaiverInput
from app.queries.departments import list_choices
from app.queries.linkage import (
    count_findings,
    find_finding_row,
    find_last_check,
    find_score_place,
    is_check_stale,
    list_findings,
    read_scores,
)
from app.queries.organization import find_organization, today_of
from app.web.deps import PersonDep
from app.web.finding_cards import CHANGES, TONES, WaiveForm, group_by_rule, make_card
from app.web.forms import Contract, Form, blank_is_none, read_form
from app.web.render import done, fragments, is_partial, page

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 500
SEVERITY_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


class LinkageQuery(Contract):
    """What the filters of the page ask for; blank fields of the form ask for nothing."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    rule: Annotated[RuleCode | None, BeforeValidator(blank_is_none)] = None
    severity: Annotated[Severity | None, BeforeValidator(blank_is_none)] = None
    status: Annotated[FindingStatus | None, BeforeValidator(blank_is_none)] = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    since: Annotated[Day | None, BeforeValidator(blank_is_none)] = None
    change: Annotated[Change | None, BeforeValidator(blank_is_none)] = None

    def write(self, **changes: str | None) -> str:
        """The address that asks for this, with some of it changed."""
        asked = self.model_dump(mode="json", exclude_none=True) | changes
        told = urlencode({name: value for name, value in asked.items() if value})
        return f"/linkage?{told}" if told else "/linkage"


@dataclass(frozen=True, slots=True)
class Chip:
    """A number of findings that stand alike, with the way to them."""

    text: str
    href: str
    tone: str
    is_chosen: bool


@router.get("/linkage")
async def show_linkage(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[LinkageQuery, Query()]
) -> Response:
    """Score, filters and findings; the same address shows the same."""
    return await _show(request, session, person, asked)


@router.post("/linkage/findings/{finding}/waive")
async def waive_finding(request: Request, session: SessionDep, person: PersonDep, finding: UUID) -> Response:
    """Lets a finding be; what is refused is said beside its field."""
    form = await read_form(request, WaiveForm)
    if form.data is not None:
        data = WaiverInput(finding=str(finding), reason=form.data.reason, expires_on=form.data.expires_on)
        try:
            async with session.begin_nested():
                await create_waiver(session, data, actor=person)
        except (Invalid, Conflict) as error:
            form.refuse(error)
    asked = _read_back(form.values.get("back"))
    if not form.errors:
        parts = [
            ("linkage/_finding.html", await _read_card(session, finding, person, asked)),
            ("linkage/_score.html", {"target": "linkage-score", **await _read_score(session, asked, person)}),
        ]
        return done(request, parts, to=f"{asked.write()}#finding-{finding}", said="Waived.")
    if is_partial(request):
        card = await _read_card(session, finding, person, asked, refused=form)
        return fragments(request, [("linkage/_finding.html", card)], status=422)
    return await _show(request, session, person, asked, refused={finding: form}, status=422)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    asked: LinkageQuery,
    *,
    refused: Mapping[UUID, Form[WaiveForm]] | None = None,
    status: int = 200,
) -> Response:
    require(person, Permission.GOALS_READ)
    organization = await find_organization(session, actor=person)
    since = _read_since(asked.since, ZoneInfo(organization.time_zone))
    rows, more = await list_findings(session, _read_filters(asked, since), actor=person)
    today = await today_of(session)
    cards = {
        row.finding.id: make_card(
            row, person, today, back=asked.write(), refused=(refused or {}).get(row.finding.id)
        )
        for row in rows
    }
    return page(
        request,
        "linkage/show.html",
        status=status,
        asked=asked,
        groups=group_by_rule(rows, cards),
        more=more is not None,
        departments=await list_choices(session, actor=person),
        rules=[(rule.code, f"{rule.code} {rule.slug.replace('-', ' ')}") for rule in load_rules()],
        severities=[(each.value, each.value) for each in Severity],
        statuses=[(each.value, each.value) for each in FindingStatus],
        changed=await _count_changes(session, person, asked, since) if since else [],
        **await _read_score(session, asked, person),
    )


def _read_back(address: str | None) -> LinkageQuery:
    """What the page was asked for when a form of it was sent; anything else asks for nothing."""
    try:
        return LinkageQuery.model_validate(dict(parse_qsl((address or "").partition("?")[2])))
    except ValidationError:
        return LinkageQuery()


def _read_since(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, tzinfo=zone)


def _read_filters(asked: LinkageQuery, since: datetime | None) -> FindingFilter:
    return FindingFilter(
        department=asked.department,
        since=since,
        rule=[asked.rule] if asked.rule else [],
        severity=[asked.severity] if asked.severity else [],
        status=[asked.status] if asked.status else [],
        change=[asked.change] if asked.change and since else [],
        limit=MOST_SHOWN,
    )


async def _read_score(session: SessionDep, asked: LinkageQuery, person: Actor) -> dict[str, Any]:
    check = await find_last_check(session)
    filters = LinkageFilter(department=asked.department)
    place = await find_score_place(session, filters, actor=person)
    scores = await read_scores(session, check)
    score: Score | None = scores.get(place)
    return {
        "check": check,
        "stale": await is_check_stale(session, check),
        "score": score,
        "overall": scores.get(None) if place and person.sees is None else None,
        "counts": await _count_open(session, person, asked),
    }


async def _count_open(session: SessionDep, person: Actor, asked: LinkageQuery) -> list[Chip]:
    rows = await count_findings(session, LinkageFilter(department=asked.department), actor=person)
    chips = []
    for severity, word in SEVERITY_WORDS.items():
        total = sum(
            row.total for row in rows if row.severity is severity and row.status is FindingStatus.OPEN
        )
        chosen = asked.severity is severity
        href = asked.write(severity=None if chosen else severity.value)
        text = f"{total} {word}" if total == 1 else f"{total} {word}s"
        chips.append(Chip(text, href, severity.value, chosen))
    return chips


async def _count_changes(
    session: SessionDep, person: Actor, asked: LinkageQuery, since: datetime
) -> list[Chip]:
    rows = await count_findings(
        session, LinkageFilter(department=asked.department, since=since), actor=person
    )
    chips = []
    for change, word in CHANGES.items():
        total = sum(row.total for row in rows if row.change is change)
        chosen = asked.change is change
        href = asked.write(change=None if chosen else change.value)
        chips.append(Chip(f"{total} {word}", href, TONES.get(change, ""), chosen))
    return chips


async def _read_card(
    session: SessionDep,
    finding: UUID,
    person: Actor,
    asked: LinkageQuery,
    *,
    refused: Form[WaiveForm] | None = None,
) -> dict[str, Any]:
    row = await find_finding_row(session, finding, actor=person)
    today: date = await today_of(session)
    return {"card": make_card(row, person, today, back=asked.write(), refused=refused)}
