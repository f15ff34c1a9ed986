"""The head of a review: who is there, whose updates are missing, the score, and what changed. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from app.domain.review.facts import Attendant, ChangeSince, Header, Missing, Named
from app.domain.review.names import Names, order_of, sort_named
from app.domain.review.rows import Frame, ReviewRows, ValueRow
from app.domain.reviews import Attendance


def tell_header(rows: ReviewRows, names: Names, changes: Sequence[ChangeSince]) -> Header:
    """Everything above the tiles."""
    frame = rows.frame
    owed = [row for row in rows.values if is_owed(row)]
    return Header(
        chair=names.person(frame.chair),
        meets_on=frame.meets_on,
        previous=frame.previous,
        attendance=_tell_attendance(frame, names),
        updates_received=sum(row.is_there for row in owed),
        updates_expected=len(owed),
        missing=_tell_missing(owed, names),
        score=rows.score,
        score_before=frame.score_before,
        changes=tuple(changes),
    )


def is_owed(row: ValueRow) -> bool:
    """Does a person have to tell this value? What comes by itself nobody owes."""
    return not row.is_fed


def _tell_attendance(frame: Frame, names: Names) -> tuple[Attendant, ...]:
    told = (
        Attendant(person=person, state=Attendance(state))
        for owner, state in frame.attendance.items()
        if (person := names.person(owner)) is not None
    )
    return tuple(sorted(told, key=lambda each: order_of(each.person)))


def _tell_missing(owed: Sequence[ValueRow], names: Names) -> tuple[Missing, ...]:
    """By person and department; what nobody owes is missing from nobody (rule L201 tells of it)."""
    kpis: dict[tuple[UUID | None, UUID | None], list[Named]] = defaultdict(list)
    for row in owed:
        if not row.is_there:
            kpis[row.owes, row.place].append(row.kpi)
    return tuple(sorted(_name_missing(kpis, names), key=_order_missing))


def _name_missing(
    kpis: dict[tuple[UUID | None, UUID | None], list[Named]], names: Names
) -> Iterator[Missing]:
    for (owes, place), named in kpis.items():
        if (person := names.person(owes)) is not None:
            yield Missing(person=person, department=names.place(place), kpis=sort_named(named))


def _order_missing(missing: Missing) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    return order_of(missing.person), order_of(missing.department)
