"""A card per department, for the turn of its head: what is red or amber, what runs, what is asked. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.domain.commitments import OPEN
from app.domain.review.facts import Progress, Promise, Slot, SlotKpi
from app.domain.review.header import is_owed
from app.domain.review.names import Names, order_of
from app.domain.review.promises import write_promises
from app.domain.review.readings import is_short, judge_value, read_value
from app.domain.review.rows import PlaceRow, PromiseRow, ReviewRows, ValueRow
from app.domain.scoring import Status

# Open commitments by the id of the KPI that they are about.
_Actions = Mapping[str, tuple[Promise, ...]]


class _Share(NamedTuple):
    """What of a review belongs to one department: its values, and what its people have promised."""

    place: PlaceRow
    values: Sequence[ValueRow]
    promises: Sequence[PromiseRow]

    @property
    def has_something(self) -> bool:
        """Is there anything to tell, even without a head?"""
        return bool(self.values or self.place.initiatives_open or self.place.challenge or self.place.ask)


def tell_slots(rows: ReviewRows, names: Names) -> tuple[Slot, ...]:
    """The open departments that have a head or something to tell: first those with something to talk about.

    What is measured of the whole organization stands with the department that the KPI's owner heads.
    """
    actions = _tell_actions(rows, names)
    told = [
        _tell_slot(share, actions, names, rows.frame.today)
        for share in _share_out(rows)
        if share.place.head is not None or share.has_something
    ]
    return tuple(sorted(told, key=lambda slot: (slot.calm, order_of(slot.department))))


def _share_out(rows: ReviewRows) -> list[_Share]:
    open_places = sorted((place for place in rows.places if place.is_open), reverse=True)
    heads = {place.head: place.id for place in open_places if place.head is not None}
    values: dict[UUID | None, list[ValueRow]] = defaultdict(list)
    for row in rows.values:
        values[row.place or (row.owner and heads.get(row.owner))].append(row)
    promises: dict[UUID | None, list[PromiseRow]] = defaultdict(list)
    for promise in rows.promises:
        if promise.status == OPEN:
            promises[promise.department].append(promise)
    return [_Share(place, values[place.id], promises[place.id]) for place in open_places]


def _tell_actions(rows: ReviewRows, names: Names) -> _Actions:
    about: dict[str, list[PromiseRow]] = defaultdict(list)
    for row in rows.promises:
        if row.status == OPEN and row.kpi is not None:
            about[row.kpi].append(row)
    return {kpi: write_promises(found, rows.frame, names) for kpi, found in about.items()}


def _tell_slot(share: _Share, actions: _Actions, names: Names, today: date) -> Slot:
    place = share.place
    owed = [row for row in share.values if is_owed(row)]
    received = sum(row.is_there for row in owed)
    kpis = _tell_kpis(share.values, actions, names)
    late = place.initiatives_late or any(row.due_on < today for row in share.promises)
    asks = place.challenge or place.ask
    department = names.place(place.id)
    assert department is not None  # noqa: S101  (it is one of the places that names are made of)
    return Slot(
        department=department,
        head=names.person(place.head),
        calm=not (kpis or late or asks or received < len(owed)),
        updates_received=received,
        updates_expected=len(owed),
        progress=_tell_progress(share),
        kpis=kpis,
        challenge=place.challenge,
        ask=place.ask,
    )


def _tell_kpis(values: Sequence[ValueRow], actions: _Actions, names: Names) -> tuple[SlotKpi, ...]:
    """Red ones before amber ones, by name."""
    told = [
        SlotKpi(
            kpi=row.kpi,
            unit=row.unit,
            owner=names.person(row.owner),
            period=row.period,
            reading=read_value(row),
            variation=row.variation,
            actions=actions.get(row.kpi.id, ()),
        )
        for row in values
        if is_short(judge_value(row))
    ]
    return tuple(sorted(told, key=lambda each: (each.reading.status is not Status.RED, order_of(each.kpi))))


def _tell_progress(share: _Share) -> Progress:
    counts = Counter(judge_value(row) for row in share.values)
    place = share.place
    return Progress(
        green=counts[Status.GREEN],
        amber=counts[Status.AMBER],
        red=counts[Status.RED],
        unknown=counts[Status.UNKNOWN],
        initiatives_open=place.initiatives_open,
        initiatives_late=place.initiatives_late,
        initiatives_finished=place.initiatives_finished,
        commitments_open=len(share.promises),
    )
