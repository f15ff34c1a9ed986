"""The linkage checker in JSON: the score with its arithmetic, and the catalogue of rules."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, PageOut, Ref, References, make_ref, send_item, send_page
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.api.v1.linkage_findings import read_check
from app.checking import load_rules
from app.deps import SessionDep
from app.domain.linkage.findings import Group, Severity
from app.domain.linkage.in_general import tell_in_general
from app.domain.linkage.score import Score
from app.domain.linkage.states import Change, FindingStatus
from app.domain.permissions import Permission, require
from app.models.base import Day
from app.models.linkage import LinkageFilter
from app.queries._find import load_named
from app.queries.linkage import (
    CountRow,
    count_findings,
    find_score_place,
    is_check_stale,
    read_scores,
)

router = ApiRouter("/linkage", tag="linkage")


class LinkageScoreLineOut(Out):
    """One part of the arithmetic: penalty = cap × min(1, weight ÷ checked)."""

    group: Group
    cap: int
    penalty: float
    findings: int = Field(description="Open findings.")
    weight: float = Field(description="What they weigh: error 1, warning 0.4, info 0.")
    checked: int = Field(description="Objects looked at.")


class LinkageScoreOut(Out):
    """100 minus the penalties."""

    value: float
    groups: list[LinkageScoreLineOut]


class PlaceScoreOut(Out):
    """A department, with all below it, and its score."""

    department: Ref
    value: float


class CountsOut(Out):
    """How many findings stand today."""

    open: int
    waived: int
    errors: int = Field(description="Open errors.")
    warnings: int = Field(description="Open warnings.")
    infos: int = Field(description="Open infos.")


class RuleCountOut(Out):
    """How many findings of one rule stand today."""

    rule: str
    open: int
    waived: int


class SkippedOut(Out):
    """A rule that was not asked, and why."""

    rule: str
    reason: str


class ChangesOut(Out):
    """What became of findings since a moment."""

    since: AwareDatetime
    new: int
    fixed: int
    still_open: int
    waiver_expired: int
    waived: int


class LinkageOut(Out):
    """Does everything we do reach the strategy, and is all of the strategy being done?"""

    checked_at: AwareDatetime | None = Field(description="Null before the first check.")
    today: Day | None
    stale: bool = Field(description="Something has changed since; a check is about to run.")
    department: Ref | None
    score: LinkageScoreOut | None
    departments: list[PlaceScoreOut] = Field(description="The scores of all departments that are seen.")
    counts: CountsOut
    rules: list[RuleCountOut]
    skipped: list[SkippedOut]
    changes: ChangesOut | None = Field(description="With `since`.")


class RuleOut(Out):
    """One rule of the catalogue."""

    code: str
    slug: str
    group: Group
    severity: Severity
    finds: str
    why: str
    fix: str
    example: str
    page: str = Field(description="The page that explains it.")


@router.get("", summary="Read the linkage score", response_model=LinkageOut)
async def show_linkage_route(
    request: Request, session: SessionDep, actor: ActorDep, filters: Annotated[LinkageFilter, Query()]
) -> Response:
    """The score with its arithmetic and how many findings stand, for the organization or a department."""
    check = await read_check(session, actor, filters)
    counts = await count_findings(session, filters, actor=actor)
    place = await find_score_place(session, filters, actor=actor)
    scores = await read_scores(session, check)
    seen = {key for key in scores if key is not None and (actor.sees is None or key in actor.sees)}
    named = await load_named(session, {"departments": seen | ({place} if place else set())})
    shown = LinkageOut.model_construct(
        checked_at=check.checked_at if check else None,
        today=check.today if check else None,
        stale=await is_check_stale(session, check),
        department=make_ref(place, named),
        score=_show_score(scores.get(place)) if place or actor.sees is None else None,
        departments=_list_scores({key: scores[key] for key in seen}, named),
        counts=_count_states(counts),
        rules=_count_rules(counts),
        skipped=[SkippedOut(rule=item["rule"], reason=item["reason"]) for item in check.skipped]
        if check
        else [],
        changes=_count_changes(counts, filters.since) if filters.since else None,
    )
    return send_item(request, shown)


@router.get("/rules", summary="List the rules", response_model=PageOut[RuleOut])
async def list_rules_route(request: Request, actor: ActorDep) -> Response:
    """The catalogue: what each rule finds, why, and what to do."""
    require(actor, Permission.GOALS_READ)
    words = [name for name in RuleOut.model_fields if name not in ("fix", "page")]
    rules = [
        RuleOut.model_construct(
            fix=tell_in_general(rule, rule.fix),
            page=f"/linkage/rules/{rule.code}",
            **{name: getattr(rule, name) for name in words},
        )
        for rule in load_rules()
    ]
    return send_page(request, rules, None)


def _list_scores(scores: dict[UUID, Score], named: References) -> list[PlaceScoreOut]:
    known = sorted(scores.keys() & named.keys(), key=lambda key: named[key][0].lower())
    return [
        PlaceScoreOut(department=Ref(id=key, code=named[key][0], name=named[key][1]), value=scores[key].value)
        for key in known
    ]


def _show_score(score: Score | None) -> LinkageScoreOut | None:
    if score is None:
        return None
    lines = [LinkageScoreLineOut.model_construct(**line._asdict()) for line in score.lines]
    return LinkageScoreOut.model_construct(value=score.value, groups=lines)


def _count_states(counts: list[CountRow]) -> CountsOut:
    def total(**wanted: Any) -> int:
        return sum(
            row.total for row in counts if all(getattr(row, name) is value for name, value in wanted.items())
        )

    opened = {"status": FindingStatus.OPEN}
    return CountsOut.model_construct(
        open=total(**opened),
        waived=total(status=FindingStatus.WAIVED),
        errors=total(**opened, severity=Severity.ERROR),
        warnings=total(**opened, severity=Severity.WARNING),
        infos=total(**opened, severity=Severity.INFO),
    )


def _count_rules(counts: list[CountRow]) -> list[RuleCountOut]:
    rules: dict[str, dict[FindingStatus, int]] = {}
    for row in counts:
        of_rule = rules.setdefault(row.rule, dict.fromkeys(FindingStatus, 0))
        of_rule[row.status] += row.total
    return [
        RuleCountOut.model_construct(rule=rule, open=n[FindingStatus.OPEN], waived=n[FindingStatus.WAIVED])
        for rule, n in rules.items()
        if n[FindingStatus.OPEN] or n[FindingStatus.WAIVED]
    ]


def _count_changes(counts: list[CountRow], since: datetime) -> ChangesOut:
    totals = dict.fromkeys(Change, 0)
    for row in counts:
        if row.change is not None:
            totals[row.change] += row.total
    named: dict[str, Any] = {change.value: total for change, total in totals.items()}
    return ChangesOut.model_construct(**named, since=since)
