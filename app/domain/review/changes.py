"""What changed since the last review: findings, KPIs that turned, due dates, owners. Pure."""

from collections.abc import Iterator, Sequence

from app.domain.review.facts import ChangeSince, Named, Turn
from app.domain.review.names import Names, name_at, order_of
from app.domain.review.readings import judge_value
from app.domain.review.rows import FindingRow, MoveRow, ReviewRows, ValueRow
from app.domain.scoring import Status

# From good to bad. To or from unknown is neither better nor worse.
_LADDER = (Status.GREEN, Status.AMBER, Status.RED)


def tell_changes(rows: ReviewRows, names: Names) -> tuple[ChangeSince, ...]:
    """By kind in the order of `Turn`, then by name.

    No findings where the last review has no score: nothing was checked then, and nobody knows what is new.
    """
    findings = rows.findings if rows.frame.score_before is not None else ()
    told = [
        *_list_findings(findings),
        *_list_turned(rows.values, names),
        *_list_moved(rows.moves, names),
    ]
    return tuple(sorted(told, key=_order_change))


def _list_findings(findings: Sequence[FindingRow]) -> Iterator[ChangeSince]:
    for row in findings:
        about = Named(row.key, row.rule, row.message)
        if row.is_new:
            yield _tell(Turn.FINDING_NEW, about, "finding", None, str(row.severity), better=False)
        elif not row.is_open:
            yield _tell(Turn.FINDING_FIXED, about, "finding", str(row.severity), None, better=True)


def _list_turned(values: Sequence[ValueRow], names: Names) -> Iterator[ChangeSince]:
    for row in values:
        status = judge_value(row)
        before = row.status_before
        if before is None or not row.is_there or status is before:
            continue
        about = name_at(row.kpi, names.place(row.place))
        known = status in _LADDER and before in _LADDER
        better = _LADDER.index(status) < _LADDER.index(before) if known else None
        yield _tell(Turn.STATUS, about, "kpi", str(before), str(status), better=better)


def _list_moved(moves: Sequence[MoveRow], names: Names) -> Iterator[ChangeSince]:
    for row in moves:
        if row.is_owner:
            before, after = names.person(row.owner_before), names.person(row.owner)
            yield _tell(Turn.OWNER, row.about, row.noun, _call(before), _call(after), better=None)
        elif row.due_before is not None and row.due_on is not None:
            days = (row.due_before.isoformat(), row.due_on.isoformat())
            yield _tell(Turn.DUE_DATE, row.about, row.noun, *days, better=row.due_on < row.due_before)


def _tell(
    turn: Turn, about: Named, noun: str, before: str | None, after: str | None, *, better: bool | None
) -> ChangeSince:
    return ChangeSince(turn=turn, about=about, noun=noun, before=before, after=after, better=better)


def _call(person: Named | None) -> str | None:
    return None if person is None else person.name


def _order_change(change: ChangeSince) -> tuple[int, tuple[str, str, str], str, str]:
    turn = list(Turn).index(change.turn)
    return turn, order_of(change.about), change.before or "", change.after or ""
