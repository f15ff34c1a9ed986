"""Rows become the facts of a review. Each part has its own module; reading rows does not live here."""

from app.domain.periods import parse_period
from app.domain.review.changes import tell_changes
from app.domain.review.checklist import tell_checklist
from app.domain.review.decisions import tell_decisions
from app.domain.review.facts import Named, Parked, ReviewFacts
from app.domain.review.findings import tell_findings
from app.domain.review.header import tell_header
from app.domain.review.names import Names
from app.domain.review.promises import tell_promises
from app.domain.review.pulse import tell_pulse
from app.domain.review.rows import ParkedRow, ReviewRows
from app.domain.review.slots import tell_slots
from app.domain.review.tensions import tell_tensions
from app.domain.review.tiles import tell_tiles


def assemble_facts(rows: ReviewRows) -> ReviewFacts:
    """The facts of a review: the same for the same rows, whatever their order."""
    frame, names = rows.frame, Names(rows.people, rows.places)
    tiles = tell_tiles(rows.tiles, rows.values, names, month=parse_period(frame.period), today=frame.today)
    return ReviewFacts(
        period=frame.period,
        revision=frame.revision,
        organization=frame.organization,
        as_of=frame.today,
        header=tell_header(rows, names, tell_changes(rows, names)),
        tiles=tiles,
        promises=tell_promises(rows.promises, frame, names),
        findings=tell_findings(rows.findings, rows.counts, names),
        slots=tell_slots(rows, names),
        tensions=tell_tensions(rows, names),
        decisions=tell_decisions(rows, names),
        pulse=tell_pulse(tiles, rows.levels),
        parked=tuple(_tell_parked(row, names) for row in sorted(frame.parked, key=_order_parked)),
        checklist=tell_checklist(rows, tiles, names),
        minimum_group=frame.minimum_group,
    )


def _tell_parked(row: ParkedRow, names: Names) -> Parked:
    return Parked(item=Named(row.id, row.code, row.what), by=names.somebody(row.by), state=row.state)


def _order_parked(row: ParkedRow) -> tuple[int, str]:
    """In the order in which things were put aside: codes are counted."""
    return len(row.code), row.code
