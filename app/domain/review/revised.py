"""What a frozen review shows otherwise than it is known now: "revised since". Pure; the snapshot stays.

What went on since is no revision: the next months, an open commitment that was kept. What was told is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isclose
from typing import NamedTuple

from app.domain.review.facts import Named, Promise, Pulse, Reading, ReviewFacts, Tile
from app.domain.review.readings import SUPPRESSED

OPEN = "open"
Place = tuple[str, str | None, str]


class ShownValue(NamedTuple):
    """A value that a review shows. `key` finds its mark on the page; `reading` None: a point of a series.

    `on_card`: on that of a department, where a KPI of the whole organization may stand as well.
    """

    key: str
    kpi: Named
    department: Named | None
    period: str
    unit: str
    reading: Reading | None
    value: float | None
    on_card: bool = False


class CurrentValue(NamedTuple):
    """What is known of the same place now, since when, and who said so."""

    value: float | None
    target: float | None
    status: str
    suppressed: bool
    at: datetime
    by: str | None
    reason: str | None


class CurrentOutcome(NamedTuple):
    """What became of a commitment, as is said now."""

    outcome: str
    at: datetime | None
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One thing that is known otherwise since the review closed. `key`: where the page shows it.

    `before` and `after`: the value, `suppressed`, the outcome, or None where there is none any more.
    `department`: whose value; None: that of the whole organization, or an outcome.
    """

    key: str
    noun: str
    about: Named
    department: Named | None
    period: str | None
    unit: str | None
    before: str | float | None
    after: str | float | None
    target: float | None
    status: str | None
    at: datetime | None
    by: str | None
    reason: str | None


def name_place(kpi: Named, department: Named | None, period: str) -> str:
    """The key of a value: what the page looks its mark up by.

    >>> name_place(Named("k1", "SALES", "Sales"), None, "2026-10")
    'k1::2026-10'
    """
    return f"{kpi.id}:{department.id if department else ''}:{period}"


def list_shown_values(facts: ReviewFacts) -> Iterator[ShownValue]:
    """Every value of a KPI on the page, those of the series included."""
    for tile in facts.tiles:
        yield from _list_of_tile(tile)
    for slot in facts.slots:
        for each in slot.kpis:
            shown = _show(each.kpi, slot.department, each.period, each.unit, each.reading)
            yield shown._replace(on_card=True)
    yield from _list_of_pulse(facts.pulse)


def _list_of_tile(tile: Tile) -> Iterator[ShownValue]:
    yield _show(tile.kpi, None, tile.period, tile.unit, tile.reading)
    for beside in tile.beside:
        yield _show(beside.kpi, None, beside.period, beside.unit, beside.reading)
    for unit in tile.departments:
        yield _show(tile.kpi, unit.department, tile.period, tile.unit, unit.reading)
    for point in tile.points:
        if point.period != tile.period:
            key = name_place(tile.kpi, None, point.period)
            yield ShownValue(key, tile.kpi, None, point.period, tile.unit, None, point.value)


def _list_of_pulse(pulse: Pulse) -> Iterator[ShownValue]:
    if pulse.kpi is None or pulse.period is None:
        return
    if pulse.whole is not None:
        yield _show(pulse.kpi, None, pulse.period, pulse.unit, pulse.whole)
    for unit in pulse.units:
        yield _show(pulse.kpi, unit.department, pulse.period, pulse.unit, unit.reading)


def list_shown_promises(facts: ReviewFacts) -> list[Promise]:
    """The commitments whose outcome was told."""
    promises = (*facts.promises.last, *facts.promises.made)
    return [each for each in promises if each.outcome != OPEN]


def list_places_to_compare(facts: ReviewFacts) -> set[Place]:
    """KPI, department (None: the whole organization) and period of all that `find_revisions` looks for."""
    return {place for shown in list_shown_values(facts) for place in _list_places(shown)}


def find_revisions(
    facts: ReviewFacts,
    values: Mapping[Place, CurrentValue],
    outcomes: Mapping[str, CurrentOutcome],
    *,
    closed_at: datetime,
) -> list[Revision]:
    """What is otherwise now, each place once, in the order of the page.

    `values` by KPI, department (None: the whole organization) and period; `outcomes` by commitment.
    """
    found: dict[str, Revision] = {}
    for shown in list_shown_values(facts):
        now = next((values[place] for place in _list_places(shown) if place in values), None)
        if shown.key not in found and _is_revised(shown, now, closed_at):
            found[shown.key] = _tell_value(shown, now)
    for promise in list_shown_promises(facts):
        current = outcomes.get(promise.commitment.id)
        if current is not None and current.outcome != promise.outcome:
            found[promise.commitment.id] = _tell_promise(promise, current)
    return list(found.values())


def _show(kpi: Named, department: Named | None, period: str, unit: str, reading: Reading) -> ShownValue:
    key = name_place(kpi, department, period)
    return ShownValue(key, kpi, department, period, unit, reading, reading.value)


def _list_places(shown: ShownValue) -> list[Place]:
    """The place itself, then that of the whole organization, which a department's card may show."""
    department = shown.department.id if shown.department else None
    own, whole = ((shown.kpi.id, place, shown.period) for place in (department, None))
    return [own, whole] if shown.on_card else [own]


def _is_revised(shown: ShownValue, now: CurrentValue | None, closed_at: datetime) -> bool:
    was_hidden = shown.reading is not None and shown.reading.suppressed
    if now is None:
        return shown.value is not None or was_hidden
    if now.at <= closed_at:
        return False
    if was_hidden or now.suppressed:
        return was_hidden != now.suppressed
    retargeted = shown.reading is not None and not _same(shown.reading.target, now.target)
    return retargeted or not _same(shown.value, now.value)


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _tell_value(shown: ShownValue, now: CurrentValue | None) -> Revision:
    was_hidden = shown.reading is not None and shown.reading.suppressed
    return Revision(
        key=shown.key,
        noun="kpi",
        about=shown.kpi,
        department=shown.department,
        period=shown.period,
        unit=shown.unit,
        before=SUPPRESSED if was_hidden else shown.value,
        after=None if now is None else SUPPRESSED if now.suppressed else now.value,
        target=now.target if now else None,
        status=now.status if now else None,
        at=now.at if now else None,
        by=now.by if now else None,
        reason=now.reason if now else None,
    )


def _tell_promise(promise: Promise, now: CurrentOutcome) -> Revision:
    return Revision(
        key=promise.commitment.id,
        noun="commitment",
        about=promise.commitment,
        department=None,
        period=None,
        unit=None,
        before=promise.outcome,
        after=now.outcome,
        target=None,
        status=None,
        at=now.at,
        by=now.by,
        reason=None,
    )
