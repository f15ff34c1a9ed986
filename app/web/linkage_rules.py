"""`/linkage/rules`: what each rule of the linkage checker finds, why that matters, and what to do."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from app.checking import load_rules
from app.domain.linkage.findings import Group
from app.domain.linkage.in_general import tell_in_general
from app.domain.linkage.score import CAPS, WEIGHTS
from app.errors import NotFound
from app.web.render import page

if TYPE_CHECKING:
    # Loaded by who asks for a page, not by every start.
    from app.domain.linkage.rule import Rule

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, as lists show it."""

    code: str
    title: str
    severity: str
    summary: str


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """One part of the catalogue."""

    slug: str
    title: str
    cap: int | None
    rules: list[RuleRow]


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule, as its page explains it. The neighbours come before and after it in the catalogue."""

    row: RuleRow
    group: str
    group_title: str
    cap: int | None
    weight: str
    exactly: str
    why: str
    fix: str
    example: str
    before: RuleRow | None
    after: RuleRow | None


def describe_row(rule: "Rule") -> RuleRow:
    """A rule in one line."""
    return RuleRow(rule.code, title_of(rule), rule.severity, tell_in_general(rule, rule.message))


def title_of(rule: "Rule") -> str:
    """The name of a rule as a heading."""
    title = rule.slug.replace("-", " ").capitalize()
    return title.replace("kpi", "KPI")


def title_of_group(group: Group) -> str:
    """The name of a part of the catalogue as a heading."""
    return group.replace("_", "-").capitalize()


@cache
def list_groups() -> list[RuleGroup]:
    """The catalogue by group, in the order of the score; what costs no points comes last."""
    order = list(Group)
    rules = sorted(load_rules(), key=lambda rule: (order.index(rule.group), rule.code))
    return [
        RuleGroup(group, title_of_group(group), CAPS.get(group), [describe_row(rule) for rule in members])
        for group, members in groupby(rules, key=lambda rule: rule.group)
    ]


def describe_rule(rule: "Rule") -> RulePage:
    """The page of a rule."""
    rules = load_rules()
    position = rules.index(rule)
    return RulePage(
        row=describe_row(rule),
        group=rule.group,
        group_title=title_of_group(rule.group),
        cap=CAPS.get(rule.group),
        weight=f"{WEIGHTS[rule.severity]:g}",
        exactly=rule.finds,
        why=rule.why,
        fix=tell_in_general(rule, rule.fix),
        example=rule.example,
        before=describe_row(rules[position - 1]) if position else None,
        after=describe_row(rules[position + 1]) if position + 1 < len(rules) else None,
    )


@router.api_route("/linkage/rules", methods=["GET", "HEAD"])
async def list_rules(request: Request) -> Response:
    """Every rule of the checker."""
    weights = [(severity.value, f"{weight:g}") for severity, weight in WEIGHTS.items()]
    return page(request, "linkage_rules/list.html", groups=list_groups(), weights=weights)


@router.api_route("/linkage/rules/{code}", methods=["GET", "HEAD"])
async def show_rule(request: Request, code: str) -> Response:
    """Explains one rule. Its code may be typed in small letters."""
    found = next((rule for rule in load_rules() if rule.code == code.upper()), None)
    if found is None:
        raise NotFound("There is no rule of this name.")
    return page(request, "linkage_rules/show.html", rule=describe_rule(found), groups=list_groups())
