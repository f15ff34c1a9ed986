"""The turns of department heads: one card each, calm ones as a line. Nothing is read here."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from app.domain.linkage.wording import word_count
from app.domain.review.facts import Progress, Promise, ReviewFacts, Slot, SlotKpi
from app.domain.scoring import Status
from app.web.forms import Form
from app.web.review_viewer import (
    DEPARTMENT,
    KPI,
    PERSON,
    Name,
    RevisedMark,
    Viewer,
    say_date,
    say_value,
    write_number,
)


class SlotLine(NamedTuple):
    """A KPI that is red or amber: what was said of it, and what is done about it."""

    name: Name
    value: str
    target: str
    status: str
    note: str | None
    actions: tuple[str, ...]
    lacks_action: bool
    revised: RevisedMark | None


@dataclass(frozen=True, slots=True)
class SlotView:
    """The turn of a department. `form`: of its challenge and ask, for whoever writes them."""

    code: str
    department: Name
    head: Name | None
    calm: str
    counts: tuple[tuple[str, int], ...]
    under_way: str
    updates: str
    lines: tuple[SlotLine, ...]
    challenge: str | None
    ask: str | None
    form: Form[Any] | None


def lay_out_slots(facts: ReviewFacts, viewer: Viewer) -> tuple[SlotView, ...]:
    """Every department in its order; a calm one says so in `calm`."""
    return tuple(_tell_slot(each, facts, viewer) for each in facts.slots)


def _tell_slot(slot: Slot, facts: ReviewFacts, viewer: Viewer) -> SlotView:
    progress = slot.progress
    received, expected = slot.updates_received, slot.updates_expected
    counts = (
        (Status.RED, progress.red),
        (Status.AMBER, progress.amber),
        (Status.GREEN, progress.green),
        (Status.UNKNOWN, progress.unknown),
    )
    form = None
    if viewer.is_live and viewer.department == slot.department.code:
        form = viewer.find_refused("note") or Form(values={"challenge": slot.challenge, "ask": slot.ask})
    return SlotView(
        code=slot.department.code,
        department=viewer.name(slot.department, DEPARTMENT),
        head=viewer.name(slot.head, PERSON) if slot.head else None,
        calm=_say_calm(progress) if slot.calm else "",
        counts=tuple((status.value, number) for status, number in counts if number),
        under_way=_say_under_way(progress),
        updates=f"{received} of {expected} updates" if expected else "no updates expected",
        lines=tuple(_tell_kpi(each, slot, facts, viewer) for each in slot.kpis),
        challenge=slot.challenge,
        ask=slot.ask,
        form=form,
    )


def _say_calm(progress: Progress) -> str:
    if progress.green == 0:
        return "nothing red, late or asked"
    return "green" if progress.green == 1 else f"all {progress.green} green"


def _say_under_way(progress: Progress) -> str:
    told = []
    if progress.initiatives_open:
        late = f", {progress.initiatives_late} late" if progress.initiatives_late else ""
        told.append(f"{word_count(progress.initiatives_open, 'initiative')}{late}")
    if progress.initiatives_finished:
        told.append(f"{progress.initiatives_finished} finished")
    if progress.commitments_open:
        told.append(f"{word_count(progress.commitments_open, 'open commitment')}")
    return " · ".join(told)


def _tell_kpi(line: SlotKpi, slot: Slot, facts: ReviewFacts, viewer: Viewer) -> SlotLine:
    reading = line.reading
    return SlotLine(
        name=viewer.name(line.kpi, KPI),
        value=say_value(reading, line.unit, facts.minimum_group),
        target=write_number(reading.target, line.unit),
        status=reading.status.value,
        note=reading.note,
        actions=tuple(_say_action(each, facts) for each in line.actions),
        lacks_action=reading.status is Status.RED and not line.actions,
        revised=viewer.find_revised(line.kpi, slot.department, line.period),
    )


def _say_action(promise: Promise, facts: ReviewFacts) -> str:
    due = say_date(promise.due_on, near=facts.as_of)
    return f"{promise.commitment.name} — {promise.owner.name}, {due}"
