"""Saying, correcting and withdrawing values of a KPI, one by one or many at once.

A person's value is typed (`manual`); one that a machine or a file brings is `imported`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._assess import Outcome, lock_kpi, record_values
from app.actions._feeding import feed_kpis
from app.domain.measurements import check_content, check_period
from app.domain.period_locks import PERIOD_LOCKED
from app.domain.periods import Period, parse_period
from app.domain.permissions import Actor, ActorKind, Permission, Place, may, require
from app.domain.scoring import KpiSource, Source
from app.domain.states import TYPED, Key, NewValue
from app.errors import Conflict, CoxswainError, Fault, Forbidden, Invalid, NotFound
from app.models.kpis import Kpi
from app.models.measurements import MeasurementInput, MeasurementItem
from app.queries._find import resolve_list
from app.queries.boards import read_board
from app.queries.feeds import FedPlace, read_feed
from app.queries.organization import today_of

WRITE = Permission.MEASUREMENTS_WRITE


@dataclass(slots=True)
class Entry:
    """One item of a batch on its way: read or not, and what came of it."""

    index: int
    item: MeasurementItem | None = None
    value: NewValue | None = None
    outcome: Outcome | None = None
    faults: list[Fault] = field(default_factory=list)

    def add(self, place: str, code: str, detail: str) -> None:
        """One more fault, with its pointer into the body."""
        self.faults.append(Fault(f"/items/{self.index}/{place}", code, detail))


async def record_value(
    session: AsyncSession,
    kpi: Kpi,
    period: Period,
    data: MeasurementInput,
    *,
    department: UUID | None,
    actor: Actor,
) -> Outcome:
    """Stores or corrects one value. The same once more changes nothing."""
    require(actor, WRITE, on=place_of_value(kpi, department))
    _refuse_archived(kpi)
    value = _read_value(data, period, department)
    if faults := find_value_faults(kpi, value, today=await today_of(session)):
        raise Invalid(faults[0].detail, code=faults[0].code, faults=tuple(faults))
    (outcome,) = await record_values(session, kpi, [value], actor=actor, source=source_of(actor))
    return accept_outcome(outcome)


async def withdraw_value(
    session: AsyncSession,
    kpi: Kpi,
    period: Period,
    *,
    department: UUID | None,
    reason: str | None,
    actor: Actor,
) -> Outcome:
    """Withdraws a value, which is a revision. Where a feed has one that was typed over, that returns."""
    require(actor, WRITE, on=place_of_value(kpi, department))
    await lock_kpi(session, kpi)
    gone = NewValue(department=department, period=period, withdrawn=True, reason=reason or None)
    current = (await read_board(session, kpi, [period])).states.get(gone.key)
    if current is None:
        raise NotFound(f"There is no value of {kpi.code} for {period} there.")
    if current.source is Source.AGGREGATED:
        raise Conflict("This value is made of those of departments below.", code="aggregated")
    if current.source is Source.COMPUTED:
        raise Conflict("This value is computed from records: change those, or type over it.", code="computed")
    (outcome,) = await record_values(session, kpi, [gone], actor=actor, source=source_of(actor))
    accept_outcome(outcome)
    if kpi.feed and department and current.source in TYPED and _is_live(kpi):
        place = FedPlace(read_feed(kpi).metric, department, period.text)
        await feed_kpis(session, [kpi], [place], actor=actor)
    return outcome


async def record_batch(
    session: AsyncSession, kpi: Kpi, entries: Sequence[Entry], *, actor: Actor, atomic: bool
) -> None:
    """Stores many values; every entry comes back with its outcome or its faults, as pointers into the body.

    With `atomic` one fault refuses them all.
    """
    require(actor, WRITE)
    _refuse_archived(kpi)
    await _find_places(session, entries, kpi, actor)
    _check_entries(kpi, entries, today=await today_of(session))
    good = [entry for entry in entries if not entry.faults]
    values = [entry.value for entry in good if entry.value]
    outcomes = await record_values(session, kpi, values, actor=actor, source=source_of(actor))
    for entry, outcome in zip(good, outcomes, strict=True):
        entry.outcome = outcome
        if fault := outcome.fault:
            entry.add(fault.pointer.removeprefix("/"), fault.code, fault.detail)
    faults = tuple(fault for entry in entries for fault in entry.faults)
    if faults and atomic:
        raise _refuse_batch(faults)


def accept_outcome(outcome: Outcome) -> Outcome:
    """The outcome of a single value, unless something kept that out: a closed review is a conflict."""
    if (fault := outcome.fault) is None:
        return outcome
    error = Conflict if fault.code == PERIOD_LOCKED else Invalid
    raise error(fault.detail, code=fault.code, faults=(fault,))


def source_of(actor: Actor) -> Source:
    """How a value came about, by who brings it."""
    return Source.MANUAL if actor.kind is ActorKind.PERSON else Source.IMPORTED


def place_of_value(kpi: Kpi, department: UUID | None) -> Place:
    """Where a value belongs, and who may type it wherever that is."""
    return Place(department, frozenset(filter(None, (kpi.owner_id, kpi.updater_id))))


def _is_live(kpi: Kpi) -> bool:
    return kpi.active and kpi.archived_at is None


def _refuse_archived(kpi: Kpi) -> None:
    if kpi.archived_at is not None:
        raise Conflict(f"{kpi.code} is archived and takes no values.", code="archived")


def _read_value(data: MeasurementInput, period: Period, department: UUID | None) -> NewValue:
    return NewValue(
        department=department,
        period=period,
        value=data.value,
        not_applicable=data.not_applicable,
        numerator=data.numerator,
        denominator=data.denominator,
        n=data.n,
        note=data.note or None,
        confidence=data.confidence,
        reason=data.reason or None,
    )


def find_value_faults(kpi: Kpi, value: NewValue, *, today: date) -> list[Fault]:
    """What is wrong with a typed or imported value, as far as it can be told without those stored."""
    problems = check_period(value.period, kpi.cadence, today=today) + check_content(value)
    faults = [Fault(f"/{each.field}", each.code, _sentence(each.sentence)) for each in problems]
    if kpi.source is KpiSource.FED and not value.reason:
        detail = "This KPI is fed: a typed value stands against the feed and needs a reason."
        faults.append(Fault("/reason", "reason_required", detail))
    return faults


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


async def _find_places(session: AsyncSession, entries: Sequence[Entry], kpi: Kpi, actor: Actor) -> None:
    """Turns items into values, where their departments are known and may be written to."""
    names = sorted({entry.item.department for entry in entries if entry.item and entry.item.department})
    known = dict(zip(names, await resolve_list(session, "departments", names, actor=actor), strict=True))
    open_to = {place for place in (*known.values(), None) if may(actor, WRITE, on=place_of_value(kpi, place))}
    for entry in entries:
        if entry.item is None:
            continue
        department = known.get(entry.item.department) if entry.item.department else None
        if entry.item.department and department is None:
            detail = f"There is no department {entry.item.department}."
            entry.add("department", "unknown_reference", detail)
        elif department not in open_to:
            entry.add("department", "forbidden", f"{actor.name} may not write values here.")
        else:
            entry.value = _read_value(entry.item, parse_period(entry.item.period), department)


def _check_entries(kpi: Kpi, entries: Sequence[Entry], *, today: date) -> None:
    seen: dict[Key, int] = {}
    for entry in entries:
        if entry.value is None:
            continue
        for fault in find_value_faults(kpi, entry.value, today=today):
            entry.add(fault.pointer.removeprefix("/"), fault.code, fault.detail)
        first = seen.setdefault(entry.value.key, entry.index)
        if first != entry.index:
            entry.add("period", "duplicate_item", f"Item {first} is about the same department and period.")


def _refuse_batch(faults: tuple[Fault, ...]) -> CoxswainError:
    codes = {fault.code for fault in faults}
    kinds: dict[str, type[CoxswainError]] = {"forbidden": Forbidden, PERIOD_LOCKED: Conflict}
    error = kinds.get(faults[0].code, Invalid) if len(codes) == 1 else Invalid
    code = faults[0].code if len(codes) == 1 else None
    many = f"{len(faults)} places break a rule; the first: " if len(faults) > 1 else ""
    detail = f"Nothing is stored. {many}{faults[0].detail}"
    return error(detail, code=code, faults=faults)
