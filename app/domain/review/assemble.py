"""Rows become the facts of a review. Each part has its own module; reading rows does not live here."""

from app.domain.review.facts import Decisions as DecisionFacts
from app.domain.review.facts import Findings, Named, Parked, Pulse, ReviewFacts, Tensions
from app.domain.review.header import tell_header
from app.domain.review.names import Names
from app.domain.review.promises import tell_promises
from app.domain.review.rows import ParkedRow, ReviewRows
from app.domain.review.slots import tell_slots
from app.domain.review.tiles import tell_tiles


def assemble_facts(rows: ReviewRows) -> ReviewFacts:
    """The facts of a review: the same for the same rows, whatever their order."""
    frame, names = rows.frame, Names(rows.people, rows.places)
    return ReviewFacts(
        period=frame.period,
        revision=frame.revision,
        organization=frame.organization,
        as_of=frame.today,
        header=tell_header(rows, names, ()),
        tiles=tell_tiles(rows.tiles, rows.values, names, today=frame.today),
        promises=tell_promises(rows.promises, frame, names),
        findings=Findings(shown=(), open=0, new=0, fixed=0),
        slots=tell_slots(rows, names),
        tensions=Tensions(guards=(), dependencies=(), overlaps=()),
        decisions=DecisionFacts(overdue=(), taken=(), open=0),
        pulse=Pulse(kpi=None, unit="", period=None, whole=None, units=(), gaps=()),
        parked=tuple(_tell_parked(row, names) for row in sorted(frame.parked, key=_order_parked)),
        checklist=(),
    )


def _tell_parked(row: ParkedRow, names: Names) -> Parked:
    return Parked(item=Named(row.id, row.code, row.what), by=names.somebody(row.by), state=row.state)


def _order_parked(row: ParkedRow) -> tuple[int, str]:
    """In the order in which things were put aside: codes are counted."""
    return len(row.code), row.code
