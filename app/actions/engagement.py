"""Receiving pushes of engagement scores. Mapping segments lives in `engagement_segments`.

One push leaves one event (kind `engagement_push`): who, which source, surveys and rounds, the summary and the
KPIs that were fed. The history of single scores is in their revisions, so no row leaves an event of its own.
A push that changes nothing leaves none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._feeding import feed_kpis, tell_feeds
from app.actions._scores import Stored, store_scores
from app.actions._segments import note_segments
from app.actions._withholding import withhold_scores
from app.domain.engagement import MINIMUM_GROUP_FLOOR, Feed, FeedKey, Scale, ScaleKind
from app.domain.intake.contract import Finding, Reading, Row, Rules, Series
from app.domain.intake.documents import PersonLevelData, Push, named_texts
from app.domain.intake.explain import read_thoroughly
from app.domain.intake.quick import read_quickly
from app.domain.periods import parse_period
from app.domain.permissions import Actor, ActorKind, Permission, require
from app.errors import Fault, Forbidden, Invalid
from app.models.base import new_id
from app.models.events import Event
from app.queries.engagement import (
    Grouping,
    KnownSegment,
    find_grouping,
    find_known_segments,
    find_named_departments,
    lock_sources,
)
from app.queries.engagement_rounds import RoundKey
from app.queries.feeds import FedPlace, list_fed_kpis, read_feed

STATUSES = ("created", "revised", "unchanged", "suppressed", "unmapped", "rejected")

_SMALL = "Fewer than {minimum} people answered, so only the fact is kept, not the value."
_UNMAPPED = "This segment is not mapped to a department yet; it waits in the inbox."


class Outcome(msgspec.Struct, gc=False):
    """What became of one item, as the answer tells it."""

    index: int
    status: str
    id: str | None
    feeds: list[str]
    note: str | None
    errors: Sequence[Fault] = ()


@dataclass(slots=True)
class Receipt:
    """The answer to a push: every item has one status, so the summary adds up to the number of items."""

    outcomes: list[Outcome] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """How many items have each status."""
        counted = Counter(outcome.status for outcome in self.outcomes)
        return {status: counted[status] for status in STATUSES}


async def record_scores(session: AsyncSession, push: Push, *, actor: Actor, atomic: bool = True) -> Receipt:
    """Stores the scores of a push. Same key and same content changes nothing; other content is a revision.

    The status of an item says what this push did with it. `unchanged`: it was there already, in whatever
    state. Of what is new or changed, `suppressed` means that the value was dropped because too few people
    answered, `unmapped` that it waits for its segment to be mapped; the rest is `created` or `revised`.
    """
    require(actor, Permission.ENGAGEMENT_WRITE)
    push = claim_source(push, actor)
    sources = {group.source for group in push.groups if group.source}
    await lock_sources(session, sources, shared=True)
    known = {
        source: await find_known_segments(session, source, texts)
        for source, texts in named_texts(push, "segment").items()
    }
    grouping = await find_grouping(session)
    rules = await _find_rules(session, push, known, grouping, actor=actor)
    reading = _read_scores(push, rules)
    _refuse_findings(push, reading, atomic=atomic)
    client_id = actor.id if actor.kind is ActorKind.CLIENT else None
    stored = await store_scores(session, reading.rows, client_id=client_id)
    await note_segments(session, reading.rows, known)
    turned = await withhold_scores(session, _list_rounds(reading.rows, stored), grouping)
    feeds = await _feed(session, reading.rows, stored, turned, actor=actor)
    receipt = _write_receipt(push, reading, stored, rules, feeds)
    await _record_push(session, push, receipt, actor=actor)
    return receipt


def refuse_person_level(error: PersonLevelData) -> Invalid:
    """The refusal of a push about single persons. Nothing of its content is told but the places."""
    detail = "Data about single persons is refused here, and the whole push with it."
    faults = tuple(
        Fault(pointer, "person_level_data_refused", "This field is about one person.")
        for pointer in error.pointers
    )
    return Invalid(detail, code="person_level_data_refused", faults=faults)


def claim_source(push: Push, actor: Actor) -> Push:
    """The push with the source of its client filled in; a client bound to one pushes for no other."""
    groups = [group if group.source else group._replace(source=actor.source or "") for group in push.groups]
    if actor.source is not None and any(group.source != actor.source for group in groups):
        detail = f"This key pushes for the source {actor.source}, and for no other."
        fault = Fault(push.point(None, "source"), "wrong_source", detail)
        raise Forbidden(detail, code="wrong_source", faults=(fault,))
    findings = list(push.findings)
    if not all(group.source for group in groups) and not any(found.field == "source" for found in findings):
        findings.append(Finding(None, "source", "required", "A push names its source."))
    return replace(push, groups=groups, findings=findings)


async def _find_rules(
    session: AsyncSession,
    push: Push,
    known: dict[str, dict[str, KnownSegment]],
    grouping: Grouping,
    *,
    actor: Actor,
) -> Rules:
    names = set[str]().union(*named_texts(push, "department").values())
    return Rules(
        minimum_group=grouping.minimum,
        respondents_optional=actor.suppresses_small_groups,
        departments=await find_named_departments(session, names, actor=actor),
        segments={
            source: {name: _write_id(segment.department) for name, segment in segments.items()}
            for source, segments in known.items()
        },
        out_of_reach=frozenset(
            (source, text)
            for source, segments in known.items()
            for text, segment in segments.items()
            if actor.writes is not None and segment.department and segment.department not in actor.writes
        ),
    )


def _write_id(identity: UUID | None) -> str | None:
    return None if identity is None else str(identity)


def _read_scores(push: Push, rules: Rules) -> Reading:
    rows = read_quickly(push.groups, rules) if push.typed and not push.findings else None
    if rows is not None:
        return Reading(rows)
    return read_thoroughly(push.plain_groups(), rules, point=push.point)


def _refuse_findings(push: Push, reading: Reading, *, atomic: bool) -> None:
    """Everything that is wrong, in one refusal. What is wrong with the push itself is never let pass."""
    findings = push.findings + reading.findings
    if push.findings or (atomic and findings):
        faults = tuple(_write_fault(push, finding) for finding in findings)
        codes = {fault.code for fault in faults}
        many = f"{len(faults)} places break a rule; the first: " if len(faults) > 1 else ""
        detail = f"Nothing is stored. {many}{faults[0].detail}"
        raise Invalid(detail, code=codes.pop() if len(codes) == 1 else None, faults=faults)


def _write_fault(push: Push, finding: Finding) -> Fault:
    return Fault(push.point(finding.position, finding.field), finding.code, finding.sentence)


def _list_rounds(rows: list[Row], stored: Stored) -> set[RoundKey]:
    """The rounds in which a department's score is new or changed."""
    unchanged = stored.list_unchanged()
    news = {row.series for number, row in enumerate(rows) if row.department and number not in unchanged}
    return {RoundKey(*series.cells[:5]) for series in news}


async def _feed(
    session: AsyncSession, rows: list[Row], stored: Stored, turned: set[FedPlace], *, actor: Actor
) -> list[Feed]:
    """Feeds the KPIs with what is new, changed, or shown or withheld from now on.

    What still waits for its department feeds nothing.
    """
    kpis = await list_fed_kpis(session, {row.series.metric for row in rows})
    if not kpis:
        return []
    metrics, unchanged = {read_feed(kpi).metric for kpi in kpis}, stored.list_unchanged()
    places = {
        FedPlace(row.series.metric, UUID(row.department), row.series.period)
        for number, row in enumerate(rows)
        if row.department and row.series.metric in metrics and number not in unchanged
    }
    places |= {place for place in turned if place.metric in metrics}
    return await feed_kpis(session, kpis, sorted(places), actor=actor)


def _write_receipt(push: Push, reading: Reading, stored: Stored, rules: Rules, feeds: list[Feed]) -> Receipt:
    write_outcome = _OutcomeWriter(stored, feeds, max(rules.minimum_group, MINIMUM_GROUP_FLOOR)).write
    outcomes = list(map(write_outcome, range(len(reading.rows)), reading.rows))
    faults: dict[int, list[Fault]] = {}
    for finding in reading.findings:
        if finding.position is not None:
            faults.setdefault(finding.position, []).append(_write_fault(push, finding))
    outcomes += [Outcome(position, "rejected", None, [], None, found) for position, found in faults.items()]
    return Receipt(sorted(outcomes, key=attrgetter("index")) if faults else outcomes)


class _OutcomeWriter:
    """Writes what became of stored rows; what scores have in common is told once."""

    def __init__(self, stored: Stored, feeds: list[Feed], minimum: int) -> None:
        self.stored = stored
        self.feeds = feeds
        self.small = _SMALL.format(minimum=minimum)
        self.told: dict[Series, tuple[list[str], str | None]] = {}

    def write(self, number: int, row: Row) -> Outcome:
        """The answer to one item."""
        status = self.stored.status(number)
        codes, note = self._tell_feeds(row.series) if row.department else ([], _UNMAPPED)
        if status != "unchanged" and (row.suppressed or not row.department):
            status = "suppressed" if row.suppressed else "unmapped"
        if row.suppressed:
            note = f"{self.small} {note}" if note else self.small
        return Outcome(row.position, status, self.stored.ids[number], codes, note)

    def _tell_feeds(self, series: Series) -> tuple[list[str], str | None]:
        told = self.told.get(series)
        if told is None:
            source, survey, _, metric, period, kind, low, high = series.cells
            scale = Scale(ScaleKind(kind), Decimal(low), Decimal(high))
            score = FeedKey(metric, parse_period(period).cadence, source, survey or None, scale)
            told = self.told[series] = tell_feeds(self.feeds, score)
        return told


async def _record_push(session: AsyncSession, push: Push, receipt: Receipt, *, actor: Actor) -> None:
    summary = receipt.summary()
    if summary["unchanged"] + summary["rejected"] == len(receipt.outcomes):
        return
    fed = {code for outcome in receipt.outcomes if outcome.status != "unchanged" for code in outcome.feeds}
    headings = [list(group[:3]) for group in push.groups]
    names = ("source", "survey", "round")
    after = {f"{name}s": sorted({h[n] for h in headings if h[n]}) for n, name in enumerate(names)}
    session.add(
        Event(
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            request_id=session.info.get("request_id"),
            kind="engagement_push",
            object_id=new_id(),
            code=headings[0][0],
            action="received",
            version=1,
            after={**after, "summary": summary, "kpis": sorted(fed)},
        )
    )
    await session.flush()
