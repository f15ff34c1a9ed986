"""The parts of the HTML export that are about numbers, plans and decisions."""

from collections.abc import Sequence

from app.domain.review.export_1.markup import Markup, bullets, join, table, tag
from app.domain.review.export_1.picture import draw_tile
from app.domain.review.export_1.words import (
    NOTHING,
    write_change,
    write_day,
    write_name,
    write_names,
    write_number,
    write_value,
    write_words,
)
from app.domain.review.facts import DecisionFact, Reading, ReviewFacts, Slot, Tile, UnitReading
from app.domain.review.readings import is_green_short_of_target
from app.domain.scoring import Direction

_SHAPES = {"green": "●", "amber": "▲", "red": "◆", "unknown": "○"}


def write_tiles(facts: ReviewFacts) -> Markup:
    """A card for each alignment KPI, and its departments in tables below."""
    least = facts.minimum_group
    cards = tag("div", *(_write_tile(each, least) for each in facts.tiles), class_="tiles")
    tables = [
        _write_units(f"{each.kpi.name} by department", each.departments, each.unit, least)
        for each in facts.tiles
    ]
    return join([cards, *tables]) if facts.tiles else Markup("")


def _write_status(reading: Reading) -> Markup:
    status = reading.status.value
    return tag("span", f"{_SHAPES[status]} {status}", class_=f"status {status}")


def _write_tile(tile: Tile, least: int | None) -> Markup:
    reading, change = tile.reading, write_change(tile.reading.change, tile.unit)
    notes = [f"Target {write_number(reading.target, tile.unit)}", write_period(tile.period, change)]
    if is_green_short_of_target(reading, tile.direction):
        way = "up to" if tile.direction is Direction.LOWER else "from"
        notes.insert(1, f"green {way} {write_number(reading.green_from, tile.unit)}")
    if tile.variation is not None:
        notes.append(tile.variation.value)
    if reading.n is not None:
        notes.append(f"n = {reading.n}")
    if reading.coverage is not None:
        notes.append(f"{write_number(reading.coverage * 100, 'percent')} of the departments")
    beside = [f"{each.kpi.name}: {write_value(each.reading, each.unit, least)}" for each in tile.beside]
    return tag(
        "article",
        tag("h3", tile.kpi.name),
        tag("p", write_value(reading, tile.unit, least), " ", _write_status(reading), class_="figure"),
        draw_tile(tile),
        tag("p", ", ".join(notes), class_="quiet"),
        *(tag("p", each) for each in (tile.explanation, reading.note) if each),
        bullets(beside),
        class_="tile",
    )


def write_period(period: str, change: str) -> str:
    """The period with the change since the one before, if there is one."""
    return f"{period} ({change})" if change else period


def _write_units(caption: str, units: Sequence[UnitReading], unit: str, least: int | None) -> Markup:
    rows = [
        (
            each.department.name,
            write_value(each.reading, unit, least),
            write_number(each.reading.target, unit),
            _write_status(each.reading),
            NOTHING if each.reading.n is None else str(each.reading.n),
        )
        for each in units
    ]
    return table(caption, ("Department", "Value", "Target", "Status", "n"), rows)


def write_findings(facts: ReviewFacts) -> Markup:
    """New ones and errors, with why and what to do."""
    findings = facts.findings
    rows = [
        (
            f"{each.rule} {each.title}",
            each.severity.value + (", new" if each.is_new else ""),
            each.message,
            each.fix,
            write_names(each.owners),
            "" if each.waived_until is None else f"waived until {write_day(each.waived_until)}",
        )
        for each in findings.shown
    ]
    caption = f"{findings.open} open, {findings.new} new, {findings.fixed} fixed since the last review"
    return table(caption, ("Rule", "Weight", "What", "What to do", "Who", ""), rows)


def write_slots(facts: ReviewFacts) -> Markup:
    """The turn of each department head."""
    return join(_write_slot(each, facts.minimum_group) for each in facts.slots)


def _write_slot(slot: Slot, least: int | None) -> Markup:
    done = slot.progress
    counts = f"{done.green} green, {done.amber} amber, {done.red} red, {done.unknown} unknown"
    running = (
        f"{done.initiatives_open} initiatives, {done.initiatives_late} late, {done.initiatives_finished} done"
    )
    updates = f"{slot.updates_received} of {slot.updates_expected} updates"
    promised = f"{done.commitments_open} open commitments"
    rows = [
        (
            each.kpi.name,
            each.period,
            write_value(each.reading, each.unit, least),
            write_number(each.reading.target, each.unit),
            _write_status(each.reading),
            each.reading.note or "",
            "; ".join(f"{action.commitment.name} ({action.owner.name})" for action in each.actions),
        )
        for each in slot.kpis
    ]
    said = [("Challenge", slot.challenge), ("Asks of a peer", slot.ask)]
    return join(
        [
            tag("h3", f"{slot.department.name}: {write_name(slot.head)}"),
            tag("p", f"{counts}; {running}; {promised}; {updates}.", class_="quiet"),
            table("Red and amber", ("KPI", "Period", "Value", "Target", "Status", "Note", "Action"), rows),
            *(tag("p", f"{name}: {text}") for name, text in said if text),
        ]
    )


def write_tensions(facts: ReviewFacts) -> Markup:
    """Guards, dependencies, and what two claim or pull apart."""
    tensions = facts.tensions
    needs = [
        (
            each.needs.name,
            each.needed.name,
            f"{write_name(each.from_department)} of {write_name(each.to_department)}",
            write_day(each.need_by),
            write_words(each.state) + (f", {each.late_days} days late" if each.late_days else ""),
        )
        for each in tensions.dependencies
    ]
    words = [f"{each.kpi.name} and {each.guard.name}: {each.words}" for each in tensions.guards]
    words += [each.words for each in tensions.overlaps]
    return join([bullets(words), table("Dependencies", ("Needs", "What", "Who", "By", "State"), needs)])


def write_decisions(facts: ReviewFacts) -> Markup:
    """Those that wait too long, and those that were taken."""
    decisions = facts.decisions
    shown = [
        _write_decided("Open past their limit", decisions.overdue),
        _write_decided("Taken", decisions.taken),
    ]
    rest = tag("p", f"{decisions.open} decisions are open.", class_="quiet") if decisions.open else Markup("")
    return join([*shown, rest])


def _write_decided(caption: str, decisions: Sequence[DecisionFact]) -> Markup:
    rows = [
        (
            each.decision.name,
            each.type.name,
            _write_decider(each),
            f"{each.open_days} days" + ("" if each.limit_days is None else f" of {each.limit_days}"),
            each.chosen or write_words(each.state),
            write_day(each.review_on),
        )
        for each in decisions
    ]
    return table(caption, ("Decision", "Type", "Who", "Open", "Chosen", "Review on"), rows)


def _write_decider(decision: DecisionFact) -> str:
    who = write_name(decision.decider)
    return f"{who} (written down by {decision.written_by.name})" if decision.written_by else who


def write_pulse(facts: ReviewFacts) -> Markup:
    """Engagement per department, and where levels lie apart."""
    pulse, least = facts.pulse, facts.minimum_group
    whole = Markup("")
    if pulse.whole is not None:
        told = f"{write_name(pulse.kpi)}, {pulse.period}: {write_value(pulse.whole, pulse.unit, least)} "
        whole = tag("p", told, _write_status(pulse.whole))
    gaps = [
        f"{each.kpi.name}: {each.high_level} {write_number(each.high, each.unit)}, "
        f"{each.low_level} {write_number(each.low, each.unit)}"
        for each in pulse.gaps
    ]
    return join([whole, _write_units("By department", pulse.units, pulse.unit, least), bullets(gaps)])


def write_parked(facts: ReviewFacts) -> Markup:
    """What was put aside."""
    return bullets(f"{each.item.name} ({each.by.name}, {write_words(each.state)})" for each in facts.parked)


def write_checklist(facts: ReviewFacts) -> Markup:
    """What was to be done before closing, and why it closed although something was not."""
    points = [
        f"{'✓' if each.done else '✗'} {each.title}" + (f": {write_names(each.open)}" if each.open else "")
        for each in facts.checklist
    ]
    despite = Markup("") if facts.despite is None else tag("p", f"Closed despite that: {facts.despite}")
    return join([bullets(points), despite])
