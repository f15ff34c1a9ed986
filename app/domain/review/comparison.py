"""What lies between two reviews: values, statuses, findings, commitments, decisions, owners and days.

Both may be any two reviews, or two revisions of one; things are the same by their ids, whatever their names.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.domain.linkage.findings import Severity
from app.domain.review.facts import DecisionFact, Named, Promise, Reading, ReviewFacts
from app.domain.review.readings import SUPPRESSED
from app.domain.scoring import Direction, Status


class Section(StrEnum):
    """Which part of a review differs, in the order of the page."""

    REVIEW = "review"
    KPI = "kpi"
    COMMITMENT = "commitment"
    FINDING = "finding"
    DEPARTMENT = "department"
    DEPENDENCY = "dependency"
    DECISION = "decision"
    PULSE = "pulse"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is otherwise: `aspect` of what (`about`). None: it was not there, or is not any more.

    `better`: None where neither can be said.
    """

    section: Section
    about: Named
    aspect: str
    before: str | float | None
    after: str | float | None
    unit: str | None = None
    better: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewComparison:
    """Two reviews beside each other, and all that differs."""

    before: str
    before_revision: int
    after: str
    after_revision: int
    differences: tuple[Difference, ...]


class _Aspect(NamedTuple):
    """One thing a review says. `token` tells whether two are equal; `rank`: the higher, the better."""

    section: Section
    about: Named
    name: str
    said: str | float | None
    token: object
    rank: float | None = None
    unit: str | None = None


_STATUS_RANKS = {Status.RED: 0.0, Status.AMBER: 1.0, Status.GREEN: 2.0, Status.UNKNOWN: None}
_SIGNS = {Direction.HIGHER: 1.0, Direction.LOWER: -1.0}
_OUTCOME_RANKS = {"missed": 0.0, "partly": 1.0, "kept": 2.0}
_SECTIONS = tuple(Section)


def compare_reviews(before: ReviewFacts, after: ReviewFacts) -> ReviewComparison:
    """Everything that the second says otherwise than the first; nothing for the same facts.

    A finding that the second does not show counts as gone only where it was an error: others are shown once.
    """
    old, new = _index(_list_aspects(before)), _index(_list_aspects(after))
    found = [
        _tell(old.get(key), new.get(key))
        for key in [*new, *(key for key in old if key not in new)]
        if _differ(old.get(key), new.get(key))
    ]
    return ReviewComparison(
        before=before.period,
        before_revision=before.revision,
        after=after.period,
        after_revision=after.revision,
        differences=tuple(sorted(found, key=_order)),
    )


def _index(aspects: Iterable[_Aspect]) -> dict[tuple[str, ...], _Aspect]:
    return {(each.section, each.about.id, each.name): each for each in aspects}


def _differ(old: _Aspect | None, new: _Aspect | None) -> bool:
    if new is None:
        return old is not None and not (old.section is Section.FINDING and old.token != Severity.ERROR)
    return old is None or old.token != new.token


def _tell(old: _Aspect | None, new: _Aspect | None) -> Difference:
    known = new or old
    assert known is not None  # noqa: S101  (the key is of one of them)
    ranks = [each.rank if each else None for each in (old, new)]
    return Difference(
        section=known.section,
        about=known.about,
        aspect=known.name,
        before=old.said if old else None,
        after=new.said if new else None,
        unit=known.unit,
        better=None if None in ranks or ranks[0] == ranks[1] else ranks[1] > ranks[0],  # type: ignore[operator]
    )


def _order(each: Difference) -> tuple[int, str, str, str]:
    return _SECTIONS.index(each.section), each.about.code, each.about.id, each.aspect


def _list_aspects(facts: ReviewFacts) -> Iterator[_Aspect]:
    yield from _list_head(facts)
    for tile in facts.tiles:
        sign = _SIGNS.get(tile.direction)
        yield from _list_reading(Section.KPI, tile.kpi, tile.reading, tile.unit, sign)
        for unit in tile.departments:
            about = _within(tile.kpi, unit.department)
            yield from _list_reading(Section.KPI, about, unit.reading, tile.unit, sign)
    yield from _list_promises((*facts.promises.last, *facts.promises.made))
    for finding in facts.findings.shown:
        about = Named(finding.key, finding.rule, finding.message)
        yield _Aspect(Section.FINDING, about, "finding", finding.severity.value, finding.severity)
    yield from _list_slots(facts)
    for need in facts.tensions.dependencies:
        about = _within(need.needs, need.needed)
        yield _Aspect(Section.DEPENDENCY, about, "state", need.state, need.state)
        yield _Aspect(Section.DEPENDENCY, about, "needed by", str(need.need_by), need.need_by)
    yield from _list_decisions((*facts.decisions.overdue, *facts.decisions.taken))
    if facts.pulse.kpi is not None:
        for unit in facts.pulse.units:
            about = _within(facts.pulse.kpi, unit.department)
            yield from _list_reading(Section.PULSE, about, unit.reading, facts.pulse.unit, 1.0)
    for parked in facts.parked:
        yield _Aspect(Section.PARKED, parked.item, "state", parked.state, parked.state)


def _within(thing: Named, place: Named) -> Named:
    return Named(f"{thing.id}/{place.id}", f"{thing.code}/{place.code}", f"{thing.name}, {place.name}")


def _own(section: Section, about: Named, name: str, person: Named | None) -> _Aspect:
    return _Aspect(section, about, name, person.name if person else None, person.id if person else None)


def _list_head(facts: ReviewFacts) -> Iterator[_Aspect]:
    head, about = facts.header, Named("review", "", "The review")
    yield _Aspect(Section.REVIEW, about, "alignment", head.score, head.score, head.score)
    missing = head.updates_expected - head.updates_received
    yield _Aspect(Section.REVIEW, about, "updates missing", missing, missing, -missing)
    yield _own(Section.REVIEW, about, "chair", head.chair)
    for name, count in (("findings open", facts.findings.open), ("decisions open", facts.decisions.open)):
        yield _Aspect(Section.REVIEW, about, name, count, count, -count)


def _list_reading(
    section: Section, about: Named, reading: Reading, unit: str, sign: float | None
) -> Iterator[_Aspect]:
    value = None if reading.suppressed else reading.value
    said = SUPPRESSED if reading.suppressed else value
    rank = None if value is None or sign is None else value * sign
    yield _Aspect(section, about, "value", said, said, rank, unit)
    yield _Aspect(section, about, "target", reading.target, reading.target, None, unit)
    status = reading.status
    yield _Aspect(section, about, "status", status.value, status, _STATUS_RANKS[status])


def _list_promises(promises: Sequence[Promise]) -> Iterator[_Aspect]:
    for each in promises:
        about = each.commitment
        rank = _OUTCOME_RANKS.get(each.outcome)
        yield _Aspect(Section.COMMITMENT, about, "outcome", each.outcome, each.outcome, rank)
        yield _Aspect(Section.COMMITMENT, about, "due", str(each.due_on), each.due_on)
        yield _own(Section.COMMITMENT, about, "owner", each.owner)


def _list_slots(facts: ReviewFacts) -> Iterator[_Aspect]:
    for slot in facts.slots:
        yield _own(Section.DEPARTMENT, slot.department, "head", slot.head)
        for each in slot.kpis:
            about = _within(each.kpi, slot.department)
            yield _own(Section.DEPARTMENT, about, "owner", each.owner)
            yield from _list_reading(Section.DEPARTMENT, about, each.reading, each.unit, None)


def _list_decisions(decisions: Sequence[DecisionFact]) -> Iterator[_Aspect]:
    for each in decisions:
        about = each.decision
        yield _Aspect(Section.DECISION, about, "state", each.state, each.state)
        yield _Aspect(Section.DECISION, about, "chosen", each.chosen, each.chosen)
        yield _own(Section.DECISION, about, "decider", each.decider)
        yield _Aspect(Section.DECISION, about, "review", str(each.review_on), each.review_on)
