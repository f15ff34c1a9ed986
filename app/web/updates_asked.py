"""What *My updates* says of a locked value: the form that asks for another one, and what became of the last.

What is sent with that form is answered in `updates_requests`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.change_requests import RequestState
from app.domain.permissions import Permission, may
from app.domain.reviews import reviewing_month
from app.models.base import PeriodText, Reference
from app.models.change_requests import Reason
from app.queries.change_requests import LastRequest
from app.queries.updates import DueValue
from app.web.figures import write_figure
from app.web.forms import Contract, Form
from app.web.review_viewer import say_date
from app.web.updates_desk import Desk


class AskedPlace(Contract):
    """Which value a request is about."""

    picked: PeriodText | None = None
    period: PeriodText
    department: Reference | None = None


class AskingForm(AskedPlace):
    """Which value is wanted instead, and why."""

    wanted: str
    why: Reason


@dataclass(frozen=True, slots=True)
class AskedView:
    """What was asked for and what became of it, in sentences. `offers`: one may ask, or take it back.

    `answered_at`: where it is answered, for whoever may answer.
    """

    told: str
    outcome: str
    is_open: bool
    offers: bool
    answered_at: str
    values: Mapping[str, Any]
    errors: Mapping[str, str]


def may_ask(desk: Desk, due: DueValue) -> bool:
    """May one ask for another value: would one type it, were it not locked?"""
    is_shut = desk.lock.covers(due.period) and not desk.lock.corrects
    return is_shut and may(desk.person, Permission.MEASUREMENTS_WRITE, on=due.place)


def make_asked(desk: Desk, due: DueValue, form: Form[AskingForm] | None) -> AskedView | None:
    """What there is to say of a row; None where nothing was asked, or what was answered is typed again."""
    last = desk.find_asked(due)
    is_open = last is not None and last.request.state is RequestState.OPEN
    offers = may_ask(desk, due)
    if not offers and not is_open and (last is None or not desk.lock.covers(due.period)):
        return None
    month = reviewing_month(due.period.last_day)
    return AskedView(
        told=_tell_asked(desk, due, last) if last else "",
        outcome=_tell_outcome(desk, last) if last and not is_open else "",
        is_open=is_open,
        offers=offers or (is_open and _is_own(desk, last)),
        answered_at=f"/reviews/{month}#review-asked" if is_open and desk.lock.corrects else "",
        values=form.values if form else {},
        errors=form.errors if form else {},
    )


def _is_own(desk: Desk, last: LastRequest | None) -> bool:
    return last is not None and last.request.asked_by_id == desk.person.id


def _tell_asked(desk: Desk, due: DueValue, last: LastRequest) -> str:
    who = "You" if _is_own(desk, last) else last.asked_by
    value = write_figure(last.request.value, due.unit)
    return f"{who} asked for {value} on {_say_day(desk, last.request.asked_on)}: {last.request.reason}"


def _tell_outcome(desk: Desk, last: LastRequest) -> str:
    row = last.request
    assert row.answered_on is not None  # noqa: S101  (it is accepted or declined)
    done = f"{row.answered_by} {row.state.value} it on {_say_day(desk, row.answered_on)}"
    return f"{done}: {row.answer}" if row.answer else f"{done}."


def _say_day(desk: Desk, day: date) -> str:
    return say_date(day, near=desk.today)
