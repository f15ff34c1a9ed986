"""How *My updates* answers: the whole page, or the row that was sent and the line above the table."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response

from app.deps import SessionDep
from app.queries.updates import DueValue, is_automatic
from app.web.render import done, fragments, is_partial, page
from app.web.updates_desk import Desk, make_head, name_row
from app.web.updates_end import make_end
from app.web.updates_rows import CONFIDENCES, RowState, first_action_day, make_row


async def show_desk(
    request: Request,
    session: SessionDep,
    desk: Desk,
    states: Mapping[str, RowState],
    *,
    status: int = 200,
    links_after: UUID | None = None,
) -> Response:
    """The whole page; `states` say what happened to rows in this request, by their names."""
    rows = [make_row(desk, due, states.get(name_row(due))) for due in desk.dues]
    return page(
        request,
        "updates/show.html",
        status=status,
        head=make_head(desk),
        rows=rows,
        confidences=CONFIDENCES,
        action_day=first_action_day(desk),
        wide=_has_places(desk),
        end=await make_end(session, desk, after=links_after),
    )


async def answer_refused_row(
    request: Request,
    session: SessionDep,
    desk: Desk,
    due: DueValue,
    states: Mapping[str, RowState],
    *,
    status: int,
) -> Response:
    """The row of `due` as its state says; for a plain form the whole page."""
    now = desk.find(due.code, due.department_code, due.period.text)
    if is_partial(request):
        context = make_row_context(desk, now, states[name_row(now)])
        return fragments(request, [("updates/_row.html", context)], status=status)
    return await show_desk(request, session, desk, states, status=status)


def answer_saved_row(request: Request, desk: Desk, due: DueValue, state: RowState) -> Response:
    """The row and the line above the table; for a plain form the page, at the next open row."""
    now = desk.find(due.code, due.department_code, due.period.text)
    parts = [
        ("updates/_row.html", make_row_context(desk, now, state)),
        ("updates/_head.html", {"head": make_head(desk), "target": "updates-head"}),
    ]
    query = {"period": desk.picked.text} if desk.picked else {}
    row = name_row(now)
    if state.said == "Saved":
        query["saved"] = row
    address = f"/updates?{urlencode(query)}" if query else "/updates"
    # An address that names a row would keep the next field from getting the focus.
    is_next = state.said == "Saved" and find_next_due(desk, row) is not None
    return done(request, parts, to=address if is_next else f"{address}#{row}")


def make_row_context(desk: Desk, due: DueValue, state: RowState | None) -> dict[str, Any]:
    """What the fragment of a row needs."""
    return {
        "row": make_row(desk, due, state),
        "confidences": CONFIDENCES,
        "action_day": first_action_day(desk),
        "wide": _has_places(desk),
    }


def _has_places(desk: Desk) -> bool:
    """Do rows say where or when they belong, beside what the header says?"""
    places = {each.department_id for each in desk.dues}
    return len(places) > 1 or any(due.period != desk.main for due in desk.dues)


def find_next_due(desk: Desk, saved: str | None) -> DueValue | None:
    """The first open row, or the one after that which was just saved."""
    names = [name_row(due) for due in desk.dues]
    start = names.index(saved) + 1 if saved in names else 0
    ahead = desk.dues[start:] + desk.dues[:start]
    return next((due for due in ahead if not due.is_there and not is_automatic(due)), None)
