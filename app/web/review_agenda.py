"""What a review talks through: commitments, findings, tensions, decisions, and what closing needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from app.domain.alignment.wording import begin_sentence, join_words
from app.domain.linkage.wording import word_count
from app.domain.review.facts import (
    DecisionFact,
    Dependency,
    FindingFact,
    Guard,
    Named,
    Overlap,
    Promise,
    ReviewFacts,
)
from app.web.commitment_lines import Offer, offer_outcomes
from app.web.forms import Form
from app.web.review_viewer import COMMITMENT, DECISION, Name, RevisedMark, Viewer, say_date

# The order in which commitments are talked about, and how they are counted.
_OUTCOMES = ("open", "missed", "partly", "kept", "dropped")
_OUTCOME_WORDS = {
    "missed": ("missed", "red"),
    "partly": ("partly kept", "amber"),
    "kept": ("kept", "green"),
    "dropped": ("dropped", ""),
}


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A commitment. `form`: for whoever may say what became of it; `offer`: what they may say now."""

    id: str
    code: str
    name: Name
    owner: str
    partner: str
    when: str
    outcome: str
    word: str
    tone: str
    said: str | None
    about: str
    form: Form[Any] | None
    offer: Offer
    revised: RevisedMark | None


@dataclass(frozen=True, slots=True)
class PromisesView:
    """What was promised: to talk about, not due yet, kept, and made in this review."""

    sentence: str
    talked: tuple[PromiseLine, ...]
    coming: tuple[PromiseLine, ...]
    kept: tuple[PromiseLine, ...]
    made: tuple[PromiseLine, ...]
    waiting: int


class FindingLine(NamedTuple):
    """A finding of a rule. `href`: where it is acted on."""

    key: str
    severity: str
    message: str
    fix: str
    owners: str
    is_new: bool
    href: str | None


class FindingGroup(NamedTuple):
    """Findings of one rule: why it matters, and what to do."""

    rule: str
    href: str
    title: str
    why: str
    fix: str
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class FindingsView:
    """The findings to talk about."""

    sentence: str
    groups: tuple[FindingGroup, ...]
    count: int


class Tension(NamedTuple):
    """What pulls apart: what kind, what it is, and who should talk."""

    kind: str
    tone: str
    words: str
    who: str


class DecisionView(NamedTuple):
    """A decision. `takes`: where it is taken, for whoever may."""

    code: str
    name: Name
    decider: str
    type: str
    standing: str
    chosen: str | None
    captured: bool
    takes: str | None


@dataclass(frozen=True, slots=True)
class DecisionsView:
    """Those beyond their limit, and those that were taken."""

    sentence: str
    overdue: tuple[DecisionView, ...]
    taken: tuple[DecisionView, ...]


class ParkedLine(NamedTuple):
    """Something for later. `action`: where to say what became of it."""

    code: str
    what: str
    by: str
    state: str
    action: str | None


class CheckLine(NamedTuple):
    """A point of the checklist with what is open of it."""

    title: str
    done: bool
    open: tuple[str, ...]


def lay_out_promises(facts: ReviewFacts, viewer: Viewer) -> PromisesView:
    """Those of last time first; what was kept needs no talk."""
    ordered = sorted(facts.promises.last, key=lambda it: (_OUTCOMES.index(it.outcome), -it.overdue))
    lines = [_tell_promise(each, facts, viewer) for each in ordered]
    rest = ("kept", "dropped")
    return PromisesView(
        sentence=_count_outcomes(facts.promises.last),
        talked=tuple(line for line in lines if line.outcome not in rest and line.tone),
        coming=tuple(line for line in lines if line.outcome == "open" and not line.tone),
        kept=tuple(line for line in lines if line.outcome in rest),
        made=tuple(_tell_promise(each, facts, viewer) for each in facts.promises.made),
        waiting=sum(1 for each in facts.promises.last if each.outcome == "open" and each.overdue),
    )


def _count_outcomes(promises: Sequence[Promise]) -> str:
    if not promises:
        return "Nothing was promised before."
    outcomes = [each.outcome for each in promises]
    told = [
        f"{outcomes.count(each)} {word}" for each, (word, _) in _OUTCOME_WORDS.items() if each in outcomes
    ]
    silent = sum(1 for each in promises if each.outcome == "open" and each.overdue)
    coming = outcomes.count("open") - silent
    told += [f"{silent} without an answer"] if silent else []
    told += [f"{coming} not due yet"] if coming else []
    return begin_sentence(f"{word_count(len(promises), 'commitment')}: {join_words(told)}.")


def _tell_promise(promise: Promise, facts: ReviewFacts, viewer: Viewer) -> PromiseLine:
    it = promise.commitment
    word, tone = _say_outcome(promise)
    form = None
    if viewer.is_live and it.id in viewer.promises and promise.outcome == "open":
        form = viewer.find_refused(f"settle {it.code}") or Form()
    return PromiseLine(
        id=it.id,
        code=it.code,
        name=viewer.name(it, COMMITMENT),
        owner=promise.owner.name,
        partner=promise.partner.name if promise.partner else "",
        when=_say_due(promise, facts),
        outcome=promise.outcome,
        word=word,
        tone=tone,
        said=promise.said,
        about=join_words([each.name for each in promise.about]),
        form=form,
        offer=offer_outcomes(promise.due_on, today=facts.as_of),
        revised=viewer.revised.get(it.id),
    )


def _say_outcome(promise: Promise) -> tuple[str, str]:
    if promise.outcome != "open":
        return _OUTCOME_WORDS[promise.outcome]
    return ("no answer yet", "red") if promise.overdue else ("open", "")


def _say_due(promise: Promise, facts: ReviewFacts) -> str:
    """The day, how long ago that was, and whether it was another one at first."""
    told = say_date(promise.due_on, near=facts.as_of)
    if promise.outcome == "open" and promise.overdue:
        told += f", {word_count(promise.overdue, 'day')} ago"
    if promise.first_due_on != promise.due_on:
        told += f" (first {say_date(promise.first_due_on, near=facts.as_of)})"
    return told


def lay_out_findings(facts: ReviewFacts, viewer: Viewer) -> FindingsView:
    """By rule, errors first within each."""
    found = facts.findings
    ordered = sorted(found.shown, key=lambda it: it.rule)
    groups = [
        _tell_group(rule, list(each), facts, viewer)
        for rule, each in groupby(ordered, key=lambda it: it.rule)
    ]
    if facts.header.score is None and not found.shown:
        return FindingsView("The linkage had not been checked then.", (), 0)
    told = f"{join_words([f'{found.new} new', f'{found.fixed} fixed', f'{found.open} open in all'])}."
    shown = (
        f"{word_count(len(found.shown), 'finding')} to talk about" if found.shown else "Nothing to talk about"
    )
    if not _can_be_new(facts):
        told = "no review before this one could show them." if found.shown else f"{found.open} open in all."
    return FindingsView(f"{shown}: {told}", tuple(groups), len(found.shown))


def _can_be_new(facts: ReviewFacts) -> bool:
    """Was anything checked when the last review closed? Else nobody knows what is new since."""
    return facts.header.score_before is not None


def _tell_group(rule: str, findings: list[FindingFact], facts: ReviewFacts, viewer: Viewer) -> FindingGroup:
    acts = viewer.is_live and bool(viewer.captures) and viewer.opens
    fixes = {each.fix for each in findings}
    lines = tuple(
        FindingLine(
            key=it.key,
            severity=it.severity.value,
            message=it.message,
            fix=it.fix if len(fixes) > 1 else "",
            owners=join_words([each.name for each in it.owners or it.departments]) or "no owner",
            is_new=it.is_new and _can_be_new(facts),
            href=f"/reviews/{facts.period}/findings/{it.key}" if acts else None,
        )
        for it in sorted(findings, key=lambda it: it.severity.value)
    )
    fix = fixes.pop() if len(fixes) == 1 else ""
    return FindingGroup(
        rule, f"/linkage/rules/{rule}", word_count(len(lines), "finding"), findings[0].why, fix, lines
    )


def lay_out_tensions(facts: ReviewFacts) -> tuple[Tension, ...]:
    """Guards that turned red, what comes late, and who claims the same."""
    told = facts.tensions
    return (
        *(_tell_guard(each) for each in told.guards),
        *(_tell_dependency(each, facts) for each in told.dependencies),
        *(_tell_overlap(each) for each in told.overlaps),
    )


def _tell_guard(guard: Guard) -> Tension:
    return Tension("guard", "red", guard.words, join_words([each.name for each in guard.departments]))


def _tell_dependency(it: Dependency, facts: ReviewFacts) -> Tension:
    state = f"{word_count(it.late_days, 'day')} late" if it.late_days else it.state
    by = f" by {say_date(it.need_by, near=facts.as_of)}" if it.need_by else ""
    words = f"“{it.needs.name}” needs “{it.needed.name}”{by}: {state}."
    return Tension("needs", "amber", words, _join_named((it.from_department, it.to_department)))


def _tell_overlap(it: Overlap) -> Tension:
    kind = "two owners" if it.kind == "owner" else it.kind
    return Tension(kind, "amber", it.words, _join_named(it.people))


def _join_named(them: Iterable[Named | None]) -> str:
    return join_words([each.name for each in them if each is not None])


def lay_out_decisions(facts: ReviewFacts, viewer: Viewer) -> DecisionsView:
    """What waits too long, and what was decided."""
    told = facts.decisions
    late = len(told.overdue)
    sentence = f"{word_count(told.open, 'open decision')}, {late or 'none'} beyond the limit."
    return DecisionsView(
        sentence=begin_sentence(sentence),
        overdue=tuple(_tell_decision(each, facts, viewer) for each in told.overdue),
        taken=tuple(_tell_decision(each, facts, viewer) for each in told.taken),
    )


def _tell_decision(it: DecisionFact, facts: ReviewFacts, viewer: Viewer) -> DecisionView:
    code = it.decision.code
    may_take = viewer.is_live and it.state == "open" and it.decision.id in viewer.decisions
    return DecisionView(
        code=code,
        name=viewer.name(it.decision, DECISION),
        decider=it.decider.name if it.decider else "nobody decides",
        type=it.type.name,
        standing=_say_decision(it, facts),
        chosen=it.chosen,
        captured=it.captured,
        takes=f"/reviews/{facts.period}/decisions/{code}" if may_take else None,
    )


def _say_decision(it: DecisionFact, facts: ReviewFacts) -> str:
    if it.state == "open":
        limit = f", limit {it.limit_days}" if it.limit_days is not None else ""
        return f"{word_count(it.open_days, 'day')} open{limit}"
    told = [f"{it.state} {say_date(it.decided_on, near=facts.as_of)}" if it.decided_on else it.state]
    if it.written_by:
        told.append(f"written down by {it.written_by.name}")
    if it.review_on:
        told.append(f"looked at again {say_date(it.review_on, near=facts.as_of)}")
    if it.concerns:
        told.append(word_count(it.concerns, "concern"))
    return ", ".join(told)


def lay_out_parked(facts: ReviewFacts, viewer: Viewer) -> tuple[ParkedLine, ...]:
    """What was put aside, with buttons while it is open."""
    acts = bool(viewer.captures)
    return tuple(
        ParkedLine(
            each.item.code,
            each.item.name,
            each.by.name,
            each.state.replace("_", " "),
            f"/reviews/{facts.period}/parked/{each.item.code}" if acts and each.state == "open" else None,
        )
        for each in facts.parked
    )


def lay_out_checks(facts: ReviewFacts) -> tuple[CheckLine, ...]:
    """The checklist."""
    return tuple(
        CheckLine(each.title, each.done, tuple(it.name for it in each.open)) for each in facts.checklist
    )
