"""Findings as cards: what is shown of one, and how cards stand together by rule. Routes do not live here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from app.checking import load_rules
from app.domain.linkage.findings import Severity
from app.domain.linkage.states import LONGEST_WAIVER_DAYS, Change, FindingStatus, refuse_to_waive
from app.domain.permissions import Actor
from app.models.base import Day
from app.models.linkage import Reason
from app.queries.linkage import FindingRow
from app.web.fixes import Fix, fix_place, may_mend
from app.web.forms import Contract, Form

CHANGES = {
    Change.NEW: "new",
    Change.FIXED: "fixed",
    Change.STILL_OPEN: "still open",
    Change.WAIVER_EXPIRED: "waiver expired",
    Change.WAIVED: "waived",
}
TONES = {Change.NEW: "red", Change.FIXED: "green", Change.WAIVER_EXPIRED: "amber", Change.WAIVED: "violet"}


class WaiveForm(Contract):
    """Why a finding is let be, and until when. `back` is what the page was asked for."""

    reason: Reason
    expires_on: Day
    back: str = ""


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding as an article of a page."""

    id: UUID
    heading: str
    severity: Severity
    message: str
    fix: str
    way: Fix | None
    since: str
    status: FindingStatus
    change: str | None
    tone: str
    waiver: str | None
    may_waive: bool
    form: Form[WaiveForm]
    last_day: date


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The findings of one rule, and why the rule matters."""

    code: str
    title: str
    why: str
    cards: list[FindingCard]


def make_card(
    row: FindingRow, person: Actor, today: date, *, back: str = "", refused: Form[WaiveForm] | None = None
) -> FindingCard:
    """A finding as it stands, for the person who looks."""
    finding, waiver = row.finding, row.waiver
    return FindingCard(
        id=finding.id,
        heading=f"{finding.rule} {', '.join(item['title'] for item in finding.objects[:3])}",
        severity=finding.severity,
        message=finding.message,
        fix=finding.fix,
        way=fix_place(finding)
        if row.status is not FindingStatus.FIXED and may_mend(person, finding)
        else None,
        since=f"{finding.first_seen:%-d %B %Y}",
        status=row.status,
        change=row.change and CHANGES[row.change],
        tone=TONES.get(row.change, "") if row.change else "",
        waiver=waiver and f"Waived until {waiver.expires_on:%-d %B %Y} by {waiver.made_by}: {waiver.reason}",
        may_waive=row.status is FindingStatus.OPEN and _may_waive(person, row),
        form=refused or Form(values={"reason": "", "expires_on": "", "back": back}),
        last_day=date.fromordinal(today.toordinal() + LONGEST_WAIVER_DAYS),
    )


def _may_waive(person: Actor, row: FindingRow) -> bool:
    places = [item["department"] for item in row.finding.objects]
    return refuse_to_waive(person, row.finding.severity, departments=places) is None


def group_by_rule(rows: Sequence[FindingRow], cards: Mapping[UUID, FindingCard]) -> list[RuleGroup]:
    """Cards under their rules, in the order of the catalogue."""
    titles = {rule.code: rule.slug.replace("-", " ") for rule in load_rules()}
    told = sorted((row.finding for row in rows), key=lambda finding: finding.rule)
    groups = []
    for code, findings in groupby(told, key=lambda finding: finding.rule):
        of_rule = list(findings)
        shown = [cards[finding.id] for finding in of_rule]
        groups.append(RuleGroup(code, titles.get(code, ""), of_rule[0].why, shown))
    return groups
