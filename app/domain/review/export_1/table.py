"""A review as one flat table: a line for each thing, in the order of the page. No cell is a formula."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from app.domain.cells import guard_cell
from app.domain.review.export_1.words import write_few, write_names
from app.domain.review.facts import FindingFact, Named, Promise, Reading, ReviewFacts, SlotKpi, Tile

COLUMNS = (
    *("section", "code", "name", "department", "person", "period", "value", "target", "unit", "change"),
    *("status", "n", "due", "state", "note"),
)
Cell = str | int | float | None
Line = dict[str, Cell]


def write_table(facts: ReviewFacts) -> bytes:
    """CSV (RFC 4180) in UTF-8: a header, then everything the review shows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in list_lines(facts):
        writer.writerow([_write_cell(line.get(name)) for name in COLUMNS])
    return out.getvalue().encode()


def list_lines(facts: ReviewFacts) -> Iterator[Line]:
    """The lines, section by section."""
    yield from _list_head(facts)
    for tile in facts.tiles:
        yield from _list_tile(tile, facts.minimum_group)
    yield from _list_promises(facts)
    yield from (_tell_finding(each) for each in facts.findings.shown)
    yield from _list_slots(facts)
    yield from _list_tensions(facts)
    yield from _list_decisions(facts)
    yield from _list_pulse(facts)
    yield from _list_end(facts)


def _write_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard_cell(value)
    return f"{value:.12g}"


def _name(thing: Named | None) -> str | None:
    return thing.name if thing else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _line(section: str, thing: Named | None, **cells: Cell) -> Line:
    return {"section": section, "code": thing.code if thing else None, "name": _name(thing), **cells}


def _tell_reading(reading: Reading, unit: str, least: int | None) -> Line:
    return {
        "value": reading.value,
        "target": reading.target,
        "unit": unit,
        "change": reading.change,
        "status": reading.status.value,
        "n": reading.n,
        "state": write_few(reading, least) if reading.suppressed else None,
        "note": reading.note,
    }


def _list_head(facts: ReviewFacts) -> Iterator[Line]:
    head = facts.header
    yield {
        "section": "review",
        "code": facts.period,
        "name": facts.organization,
        "person": _name(head.chair),
        "period": facts.period,
        "value": head.score,
        "due": _day(head.meets_on),
        "state": f"revision {facts.revision}",
        "note": facts.reopened,
    }
    for there in head.attendance:
        yield _line("attendance", there.person, state=there.state.value)
    for missing in head.missing:
        kpis = write_names(missing.kpis)
        yield _line("missing update", missing.person, department=_name(missing.department), note=kpis)
    for change in head.changes:
        moved = f"{change.before or '—'} → {change.after or '—'}"
        yield _line("change", change.about, state=change.turn.value, note=moved)


def _list_tile(tile: Tile, least: int | None) -> Iterator[Line]:
    variation = tile.variation.value if tile.variation else None
    told = _tell_reading(tile.reading, tile.unit, least)
    yield _line("tile", tile.kpi, period=tile.period) | told | {"state": told["state"] or variation}
    for each in tile.beside:
        read = _tell_reading(each.reading, each.unit, least)
        yield _line("beside", each.kpi, period=each.period) | read
    for unit in tile.departments:
        place = {"department": unit.department.name, "period": tile.period}
        read = _tell_reading(unit.reading, tile.unit, least)
        yield _line("tile of a department", tile.kpi) | place | read


def _tell_promise(section: str, promise: Promise) -> Line:
    return _line(
        section,
        promise.commitment,
        person=promise.owner.name,
        due=_day(promise.due_on),
        state=promise.outcome,
        note=promise.said,
    )


def _list_promises(facts: ReviewFacts) -> Iterator[Line]:
    yield from (_tell_promise("promised before", each) for each in facts.promises.last)
    yield from (_tell_promise("promised", each) for each in facts.promises.made)


def _tell_finding(finding: FindingFact) -> Line:
    return {
        "section": "finding",
        "code": finding.rule,
        "name": finding.title,
        "department": write_names(finding.departments),
        "person": write_names(finding.owners),
        "due": _day(finding.waived_until),
        "status": finding.severity.value,
        "state": "new" if finding.is_new else "open",
        "note": finding.message,
    }


def _list_slots(facts: ReviewFacts) -> Iterator[Line]:
    for slot in facts.slots:
        place = slot.department.name
        received = f"{slot.updates_received} of {slot.updates_expected} updates"
        yield _line("department", slot.department, person=_name(slot.head), state=received)
        yield from (_tell_kpi(each, place, facts.minimum_group) for each in slot.kpis)
        for said, text in (("challenge", slot.challenge), ("ask", slot.ask)):
            if text is not None:
                yield _line(said, slot.department, department=place, note=text)


def _tell_kpi(shown: SlotKpi, place: str, least: int | None) -> Line:
    where = {"department": place, "person": _name(shown.owner), "period": shown.period}
    return _line("KPI", shown.kpi) | where | _tell_reading(shown.reading, shown.unit, least)


def _list_tensions(facts: ReviewFacts) -> Iterator[Line]:
    for guard in facts.tensions.guards:
        places = write_names(guard.departments)
        yield _line("guard", guard.kpi, department=places, state=guard.guard.name, note=guard.words)
    for need in facts.tensions.dependencies:
        yield _line(
            "dependency",
            need.needs,
            department=_name(need.to_department),
            due=_day(need.need_by),
            state=need.state,
            note=need.needed.name,
        )
    for overlap in facts.tensions.overlaps:
        yield _line(overlap.kind, overlap.first, person=write_names(overlap.people), note=overlap.words)


def _list_decisions(facts: ReviewFacts) -> Iterator[Line]:
    for section, decisions in (
        ("overdue decision", facts.decisions.overdue),
        ("decision", facts.decisions.taken),
    ):
        for each in decisions:
            yield _line(
                section,
                each.decision,
                person=_name(each.decider),
                value=each.open_days,
                target=each.limit_days,
                unit="days",
                due=_day(each.review_on),
                state=each.state,
                note=each.chosen,
            )


def _list_pulse(facts: ReviewFacts) -> Iterator[Line]:
    pulse, least = facts.pulse, facts.minimum_group
    if pulse.whole is not None:
        yield _line("pulse", pulse.kpi, period=pulse.period) | _tell_reading(pulse.whole, pulse.unit, least)
    for unit in pulse.units:
        place = {"department": unit.department.name, "period": pulse.period}
        read = _tell_reading(unit.reading, pulse.unit, least)
        yield _line("pulse of a department", pulse.kpi) | place | read
    for gap in pulse.gaps:
        levels = f"{gap.high_level} {gap.high:.12g}, {gap.low_level} {gap.low:.12g}"
        yield _line("level gap", gap.kpi, value=gap.gap, unit=gap.unit, note=levels)


def _list_end(facts: ReviewFacts) -> Iterator[Line]:
    for parked in facts.parked:
        yield _line("parked", parked.item, person=parked.by.name, state=parked.state)
    for check in facts.checklist:
        state = "done" if check.done else "open"
        yield {"section": "checklist", "name": check.title, "state": state, "note": write_names(check.open)}
    if facts.despite is not None:
        yield {"section": "closed despite that", "note": facts.despite}
