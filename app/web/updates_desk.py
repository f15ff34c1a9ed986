"""What lies on somebody's desk: the values they owe at a time, and what is needed to show them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.deps import SessionDep
from app.domain.change_requests import RequestState
from app.domain.due_periods import days_left, due_periods, offered_periods
from app.domain.period_locks import PeriodLock
from app.domain.periods import BadPeriod, Cadence, Period, parse_period
from app.domain.permissions import Actor
from app.domain.reviews import reviewing_month
from app.domain.scoring import KpiSource
from app.domain.states import TYPED
from app.errors import Invalid, NotFound
from app.models.departments import Department
from app.queries.change_requests import LastRequest, list_last_requests
from app.queries.organization import find_organization
from app.queries.owners import find_home
from app.queries.period_locks import read_period_lock
from app.queries.updates import DueValue, is_automatic, list_due_values
from app.queries.updates_around import OpenAction, list_open_actions, list_people_at
from app.web.event_words import say_period

_CADENCE_WORDS = {
    Cadence.MONTHLY: "Months",
    Cadence.WEEKLY: "Weeks",
    Cadence.QUARTERLY: "Quarters",
    Cadence.YEARLY: "Years",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a page of updates is made of.

    `picked` is the period of the address, if it names one, `main` that after which the page is named.
    """

    person: Actor
    today: date
    zone: ZoneInfo
    picked: Period | None
    main: Period
    home: Department | None
    dues: list[DueValue]
    actions: list[OpenAction]
    people: list[tuple[str, str]]
    lock: PeriodLock
    asked: Mapping[tuple[UUID, UUID | None, str], LastRequest] = field(default_factory=dict)

    def find(self, kpi: str, department: str | None, period: str | None) -> DueValue:
        """The value of that KPI, department and period, if it is theirs to tell; else NotFound."""
        for due in self.dues:
            if (
                kpi in (due.code, str(due.kpi_id))
                and (department or None) == due.department_code
                and period == due.period.text
            ):
                return due
        raise NotFound("This value is not among those you owe for this period.")

    def find_asked(self, due: DueValue) -> LastRequest | None:
        """What was last asked for instead of a value, unless that was taken back."""
        last = self.asked.get((due.kpi_id, due.department_id, due.period.text))
        return None if last is not None and last.request.state is RequestState.WITHDRAWN else last

    @property
    def month(self) -> Period:
        """The month that belongs to what is shown: what is asked once a month is about that."""
        return due_periods(self.picked, today=self.today)[Cadence.MONTHLY]

    @property
    def address(self) -> str:
        """Where this desk is shown."""
        return "/updates" if self.picked is None else f"/updates?period={self.picked.text}"


@dataclass(frozen=True, slots=True)
class DeskHead:
    """The line above the table."""

    period: str
    places: str
    due: str
    is_late: bool
    done: int
    total: int
    first_red: str | None
    address: str
    picked: str
    groups: list[tuple[str, list["Offer"]]]
    locked_by: str
    locked_month: str


class Offer(NamedTuple):
    """A period of the picker."""

    value: str
    text: str


async def open_desk(session: SessionDep, person: Actor, asked: str | None) -> Desk:
    """Reads a desk: a fixed number of statements, however many values are owed."""
    organization = await find_organization(session, actor=person)
    zone = ZoneInfo(organization.time_zone)
    today = datetime.now(zone).date()
    picked = parse_period(asked) if asked else None
    try:
        periods = due_periods(picked, today=today)
    except BadPeriod as error:
        raise Invalid.at("?period", "not_begun", f"{error}.") from error
    dues = await list_due_values(session, periods, actor=person)
    home = await find_home(session, person)
    places = {each.department_id for each in dues if each.department_id} | ({home.id} if home else set())
    return Desk(
        person=person,
        today=today,
        zone=zone,
        picked=picked,
        main=picked or find_main_period(dues, periods),
        home=home,
        dues=dues,
        actions=await list_open_actions(session, {due.kpi_id for due in dues}, places, actor=person),
        people=await list_people_at(session, places, actor=person) if dues else [],
        lock=await read_period_lock(session, _list_months(picked, today), actor=person),
        asked=await list_last_requests(session, {due.kpi_id for due in dues}, {due.period for due in dues}),
    )


def _list_months(picked: Period | None, today: date) -> set[str]:
    """The months whose reviews lock what the picker offers, and what is shown."""
    periods = list(due_periods(picked, today=today).values()) + ([picked] if picked else [])
    for cadence in Cadence:
        periods += offered_periods(cadence, today=today)
    return {reviewing_month(each.last_day) for each in periods}


def find_main_period(dues: list[DueValue], periods: dict[Cadence, Period]) -> Period:
    """The period the page is named after: that of most rows, months first."""
    counted = Counter(due.period for due in dues)
    month = periods[Cadence.MONTHLY]
    return max(counted, key=lambda period: (counted[period], period == month), default=month)


def is_override(due: DueValue) -> bool:
    """Is it typed over what would come by itself?"""
    return due.is_there and due.source in TYPED and due.kpi_source is not KpiSource.MANUAL


def asks_reason(desk: Desk, due: DueValue) -> bool:
    """Does typing here need a reason: something else would say the value, or a closed review showed it?"""
    return is_automatic(due) or due.kpi_source is KpiSource.FED or desk.lock.covers(due.period)


def name_row(due: DueValue) -> str:
    """A name for the row that suits an address, an id and a selector."""
    place = f"-{_shorten(due.department_id)}" if due.department_id else ""
    return f"update-{_shorten(due.kpi_id)}{place}"


def _shorten(identity: UUID) -> str:
    return identity.hex[-12:]


def make_head(desk: Desk) -> DeskHead:
    """The line above the table: where one stands, and until when."""
    typed = [due for due in desk.dues if not is_automatic(due)]
    open_ones = [due for due in typed if not due.is_there]
    left = [days_left(due.period, due.grace_days, today=desk.today) for due in open_ones]
    reds = [name_row(due) for due in desk.dues if due.is_there and due.status == "red"]
    locked = reviewing_month(desk.main.last_day) if desk.lock.covers(desk.main) else ""
    return DeskHead(
        period=_capitalize(say_period(desk.main.text)),
        places=_name_places(desk),
        due=_say_due(min(left)) if left else "all done" if typed else "",
        is_late=bool(left) and min(left) < 0,
        done=len(typed) - len(open_ones),
        total=len(typed),
        first_red=reds[0] if reds else None,
        address=desk.address,
        picked=desk.main.text,
        groups=_offer_periods(desk),
        locked_by=locked,
        locked_month=_capitalize(say_period(locked)) if locked else "",
    )


def _capitalize(words: str) -> str:
    return words[:1].upper() + words[1:]


def _name_places(desk: Desk) -> str:
    names = sorted({due.department_name for due in desk.dues if due.department_name})
    if len(names) > 2:
        return f"{len(names)} departments"
    if names:
        return " and ".join(names)
    return desk.home.name if desk.home else ""


def _say_due(days: int) -> str:
    if days < 0:
        return f"overdue by {_count_days(-days)}"
    return f"due in {_count_days(days)}" if days else "due today"


def _count_days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _offer_periods(desk: Desk) -> list[tuple[str, list[Offer]]]:
    """The periods of the picker by cadence: of those that are owed, and the one that is shown."""
    cadences = {due.cadence for due in desk.dues} | {desk.main.cadence}
    groups = []
    for cadence, word in _CADENCE_WORDS.items():
        if cadence in cadences:
            offered = offered_periods(cadence, today=desk.today)
            if desk.main.cadence is cadence and desk.main not in offered:
                offered.append(desk.main)
            groups.append((word, [_make_offer(desk, each) for each in offered]))
    return groups


def _make_offer(desk: Desk, period: Period) -> Offer:
    text = _capitalize(say_period(period.text))
    return Offer(period.text, f"{text} · closed" if desk.lock.covers(period) else text)
