"""What should be done before a review closes, and what of it is open. Advice: nothing refuses here. Pure."""

from collections.abc import Iterable
from datetime import date

from app.domain.commitments import MISSED, OPEN, PARTLY
from app.domain.review.decisions import is_overdue
from app.domain.review.facts import Check, Named, Tile
from app.domain.review.header import is_owed
from app.domain.review.names import Names, name_at, sort_named
from app.domain.review.promises import is_from_before
from app.domain.review.readings import judge_value
from app.domain.review.rows import PromiseRow, ReviewRows
from app.domain.scoring import Status


def tell_checklist(rows: ReviewRows, tiles: Iterable[Tile], names: Names) -> tuple[Check, ...]:
    """The five points, in the order in which a meeting comes to them."""
    today = rows.frame.today
    return (
        _check("updates", "Every update is in", _list_missing(rows, names)),
        _check("answers", "Every commitment that was due has an outcome", _list_unanswered(rows, today)),
        _check("actions", "Every red KPI has an action", _list_without_action(rows, tiles, names)),
        _check("decisions", "Every decision past its limit has a next step", _list_stuck(rows, today)),
        _check("owners", "Every commitment has an owner who is here", _list_ownerless(rows, names)),
    )


def _check(key: str, title: str, waiting: Iterable[Named]) -> Check:
    still_open = sort_named(waiting)
    return Check(key=key, title=title, done=not still_open, open=still_open)


def _list_missing(rows: ReviewRows, names: Names) -> Iterable[Named]:
    missing = (row for row in rows.values if is_owed(row) and not row.is_there)
    return (name_at(row.kpi, names.place(row.place)) for row in missing)


def _list_unanswered(rows: ReviewRows, today: date) -> Iterable[Named]:
    """Open beyond its day, or not quite kept without a word on what will change."""
    before = (row for row in rows.promises if is_from_before(row, rows.frame))
    return (row.commitment for row in before if _is_unanswered(row, today))


def _is_unanswered(row: PromiseRow, today: date) -> bool:
    return (row.status == OPEN and row.due_on < today) or (row.status in (MISSED, PARTLY) and not row.said)


def _list_without_action(rows: ReviewRows, tiles: Iterable[Tile], names: Names) -> Iterable[Named]:
    """Red for a department, or for the organization, and no open commitment is about it, whoever made it."""
    red = [row for row in rows.values if judge_value(row) is Status.RED]
    named = {name_at(row.kpi, names.place(row.place)) for row in red}
    named |= {tile.kpi for tile in tiles if tile.reading.status is Status.RED}
    acted = {row.kpi for row in rows.promises if row.status == OPEN}
    return (kpi for kpi in named if kpi.id not in acted)


def _list_stuck(rows: ReviewRows, today: date) -> Iterable[Named]:
    """Nobody has promised a step, and it was handed to nobody since the last review."""
    return (row.decision for row in rows.decisions if is_overdue(row, today) and not row.is_moving)


def _list_ownerless(rows: ReviewRows, names: Names) -> Iterable[Named]:
    """Its owner has left."""
    open_ones = (row for row in rows.promises if row.status == OPEN)
    return (row.commitment for row in open_ones if not names.is_here(row.owner))
