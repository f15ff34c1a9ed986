"""One check of a plan: every rule looks, every finding is told, in one order. Nothing is stored here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.linkage.assembly import Plan
from app.domain.linkage.catalogue import RULES
from app.domain.linkage.findings import (
    Finding,
    Found,
    Namer,
    Skipped,
    fill_sentence,
    list_things,
    write_fingerprint,
)
from app.domain.linkage.rule import Rule
from app.domain.linkage.score import Tally
from app.domain.linkage.tally import count_checked


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found: findings in order, rules that were left out, and how much was looked at."""

    findings: list[Finding]
    skipped: list[Skipped]
    checked: Tally


def check_plan(plan: Plan, rules: Sequence[Rule] = RULES) -> Check:
    """Asks every rule. Deterministic: findings come by rule, then by the codes of their objects.

    Empty plans have no findings. A rule says itself when a plan is too large for it (L505).
    """
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for rule in rules:
        reason = rule.too_large(plan) if rule.too_large else None
        if reason:
            skipped.append(Skipped(rule.code, reason))
        else:
            findings += tell_findings(rule, rule.look(plan), name=plan.name)
    return Check(findings, skipped, count_checked(plan))


def tell_findings(rule: Rule, found: Iterable[Found], *, name: Namer) -> list[Finding]:
    """What a rule found, in words, sorted by the codes of the objects."""
    told = [_tell(rule, item, name) for item in found]
    return sorted(told, key=lambda finding: [(item.code.casefold(), item.code) for item in finding.objects])


def _tell(rule: Rule, found: Found, name: Namer) -> Finding:
    objects = tuple(sorted((name(thing) for thing in found.objects), key=lambda item: (item.kind, item.code)))
    named = [name(thing) for thing in list_things(found)]
    return Finding(
        rule=rule.code,
        group=rule.group,
        severity=found.severity or rule.severity,
        objects=objects,
        message=fill_sentence(rule.message, found, name=name),
        why=rule.why,
        fix=fill_sentence(rule.fix, found, name=name),
        fingerprint=write_fingerprint(rule.code, objects),
        departments=frozenset().union(*(item.departments for item in objects)),
        named=frozenset().union(*(item.departments for item in named)),
        draft=any(item.draft for item in named),
    )
