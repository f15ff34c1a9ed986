"""A card per department, for the turn of its head: what is red or amber, what runs, what is asked. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from app.domain.commitments import OPEN
from app.domain.review.facts import Progress, Slot, SlotKpi
from app.domain.review.header import is_owed
from app.domain.review.names import Names, order_of
from app.domain.review.promises import write_promises
from app.domain.review.readings import is_short, read_value
from app.domain.review.rows import PlaceRow, PromiseRow, ReviewRows, ValueRow
from app.domain.scoring import Status


def tell_slots(rows: ReviewRows, names: Names) -> tuple[Slot, ...]:
    """The open departments that have a head or something to tell: first those with something to talk about.

    What is measured of the whole organization stands with the department that the KPI's owner heads.
    """
    values: dict[UUID | None, list[ValueRow]] = defaultdict(list)
    open_places = sorted((place for place in rows.places if place.is_open), reverse=True)
    heads = {place.head: place.id for place in open_places if place.head is not None}
    for row in rows.values:
        values[row.place or (row.owner and heads.get(row.owner))].append(row)
    open_ones = [row for row in rows.promises if row.status == OPEN]
    told = [
        _tell_slot(place, values[place.id], open_ones, rows, names)
        for place in open_places
        if place.head is not None or _has_something(place, values[place.id])
    ]
    return tuple(sorted(told, key=lambda slot: (slot.calm, order_of(slot.department))))


def _has_something(place: PlaceRow, values: Sequence[ValueRow]) -> bool:
    return bool(values or place.initiatives_open or place.challenge or place.ask)


def _tell_slot(
    place: PlaceRow,
    values: Sequence[ValueRow],
    promises: Sequence[PromiseRow],
    rows: ReviewRows,
    names: Names,
) -> Slot:
    owed = [row for row in values if is_owed(row)]
    received = sum(row.is_there for row in owed)
    own = [row for row in promises if row.department == place.id]
    kpis = _tell_kpis(values, promises, rows, names)
    late = place.initiatives_late or any(row.due_on < rows.frame.today for row in own)
    asks = place.challenge or place.ask
    department = names.place(place.id)
    assert department is not None  # noqa: S101  (it is one of the places that names are made of)
    return Slot(
        department=department,
        head=names.person(place.head),
        calm=not (kpis or late or asks or received < len(owed)),
        updates_received=received,
        updates_expected=len(owed),
        progress=_tell_progress(place, values, len(own)),
        kpis=kpis,
        challenge=place.challenge,
        ask=place.ask,
    )


def _tell_kpis(
    values: Sequence[ValueRow], promises: Sequence[PromiseRow], rows: ReviewRows, names: Names
) -> tuple[SlotKpi, ...]:
    """Red ones before amber ones, by name."""
    told = [
        SlotKpi(
            kpi=row.kpi,
            unit=row.unit,
            owner=names.person(row.owner),
            period=row.period,
            reading=read_value(row),
            variation=row.variation,
            actions=write_promises([each for each in promises if each.kpi == row.kpi.id], rows.frame, names),
        )
        for row in values
        if is_short(read_value(row).status)
    ]
    return tuple(sorted(told, key=lambda each: (each.reading.status is not Status.RED, order_of(each.kpi))))


def _tell_progress(place: PlaceRow, values: Sequence[ValueRow], promised: int) -> Progress:
    counts = Counter(read_value(row).status for row in values)
    return Progress(
        green=counts[Status.GREEN],
        amber=counts[Status.AMBER],
        red=counts[Status.RED],
        unknown=counts[Status.UNKNOWN],
        initiatives_open=place.initiatives_open,
        initiatives_late=place.initiatives_late,
        initiatives_finished=place.initiatives_finished,
        commitments_open=promised,
    )
