"""Rituals over the API: meetings that return by a rule, who keeps them, and the verdicts on them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.periods import Cadence, parse_period, period_of
from app.domain.permissions import Permission, Role
from app.models import Event, Owner
from app.queries._find import write_cursor
from app.queries.organization import today_of
from app.queries.rituals import find_review_day
from tests.cast import Cast
from tests.factories import make_department, make_occurrence, make_owner, make_ritual

URL = "/api/v1/rituals"
ANY = {"If-Match": "*"}


def describe(host: Owner, **fields: Any) -> dict[str, Any]:
    """The body of a monthly review on the second Tuesday."""
    body = {
        "code": "REVIEW",
        "name": "Monthly review",
        "kind": "monthly_review",
        "host": host.email,
        "starts_at": "2026-10-13T09:00",
        "rrule": "FREQ=MONTHLY;BYDAY=2TU",
    }
    return body | fields


async def test_a_ritual_is_added_changed_and_archived_with_its_events(
    cast: Cast, session: AsyncSession
) -> None:
    home = await make_department(session)
    host, guest = await make_owner(session), await make_owner(session, department=home)
    ceo = await cast.ceo()
    body = describe(host, invited=[guest.email], departments=[home.code], levels=["senior"])
    made = await ceo.post(URL, json=body)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["host"]["code"], told["invited"][0]["code"]) == (host.email, guest.email)
    assert (told["departments"][0]["code"], told["levels"]) == (home.code, ["senior"])
    assert (told["starts_at"], told["duration_minutes"]) == ("2026-10-13T09:00", 60)
    assert told["rhythm"] == "on the second Tuesday of every month"
    assert told["next_at"] > str(await today_of(session))
    changed = await ceo.patch(f"{URL}/review", json={"location": "Room 4"}, headers=ANY)
    assert (changed.json()["location"], changed.json()["host"]["code"]) == ("Room 4", host.email)
    ended = await ceo.post(f"{URL}/REVIEW/archive")
    assert (bool(ended.json()["archived_at"]), ended.json()["next_at"]) == (True, None)
    assert (await ceo.get(URL)).json()["items"] == []
    refused = await ceo.patch(f"{URL}/REVIEW", json={"location": None}, headers=ANY)
    assert (refused.status_code, refused.json()["code"]) == (409, "archived")
    events = await session.scalars(select(Event).where(col(Event.kind) == "ritual").order_by(col(Event.id)))
    assert [event.action for event in events] == ["created", "updated", "archived"]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"rrule": "FREQ=HOURLY"}, "/rrule", "bad_rule"),
        ({"rrule": "every Tuesday"}, "/rrule", "bad_rule"),
        ({"starts_at": "2026-10-14T09:00"}, "/starts_at", "not_in_rule"),
        ({"starts_at": "2026-10-13"}, "/starts_at", "not_a_local_time"),
        ({"starts_at": "2026-10-13T09:00:00Z"}, "/starts_at", "not_a_local_time"),
        ({"starts_at": 1790000000}, "/starts_at", "not_a_local_time"),
        ({"duration_minutes": 4}, "/duration_minutes", "greater_than_equal"),
        ({"kind": "alignment_session"}, "/objectives", "no_objective"),
        ({"kind": "accountability_pair"}, "/invited", "not_a_pair"),
        ({"host": "nobody@example.org"}, "/host", "unknown_reference"),
        ({"invited": ["nobody@example.org"]}, "/invited/0", "unknown_reference"),
        ({"departments": ["NOWHERE"]}, "/departments/0", "unknown_reference"),
        ({"code": "new"}, "/code", "bad_code"),
        ({"minutes": 5}, "/minutes", "unknown_field"),
    ],
)
async def test_what_is_wrong_is_named_at_its_place(
    cast: Cast, session: AsyncSession, fields: dict[str, Any], pointer: str, code: str
) -> None:
    host = await make_owner(session)
    answer = await (await cast.ceo()).post(URL, json=describe(host) | fields)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_a_code_is_taken_once(cast: Cast, session: AsyncSession) -> None:
    host = await make_owner(session)
    await make_ritual(session, host, code="review")
    answer = await (await cast.ceo()).post(URL, json=describe(host))
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")


async def test_another_rule_holds_from_today_and_what_was_said_stays(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    row = await make_ritual(session, await make_owner(session), code="R", ruled_from=date(2026, 1, 1))
    await make_occurrence(session, row, date(2026, 2, 10))
    ahead = date(2031, 1, 14)
    assert (await ceo.post(f"{URL}/R/occurrences/{ahead}/move", json={"to": "2031-01-16T09:00"})).is_success
    changed = {"rrule": "FREQ=MONTHLY;BYDAY=2WE", "starts_at": "2026-01-14T10:00"}
    assert (await ceo.patch(f"{URL}/R", json=changed, headers=ANY)).is_success
    await session.refresh(row)
    assert row.ruled_from == today
    span = {"from": "2026-01-01", "to": str(today)}
    past = (await ceo.get(f"{URL}/R/occurrences", params=span)).json()["items"]
    assert [each["day"] for each in past if each["day"] < str(today)] == ["2026-02-10"]
    # The moved one went with the rule that had it.
    span = {"from": "2031-01-01", "to": "2031-01-31"}
    later = (await ceo.get(f"{URL}/R/occurrences", params=span)).json()["items"]
    assert [each["day"] for each in later] == ["2031-01-08"]


async def test_the_host_keeps_a_ritual_and_others_read_it(cast: Cast, session: AsyncSession) -> None:
    head = await cast.person(Role.HEAD, department=await make_department(session))
    me: Owner = head.owner  # type: ignore[attr-defined]
    other = await make_owner(session)
    assert (await head.post(URL, json=describe(other))).status_code == 403
    assert (await head.post(URL, json=describe(me, code="MINE"))).status_code == 201
    assert (await head.patch(f"{URL}/MINE", json={"name": "Ours"}, headers=ANY)).is_success
    assert (await head.patch(f"{URL}/MINE", json={"host": other.email}, headers=ANY)).status_code == 403
    for role in (Role.VIEWER, Role.CONTRIBUTOR):
        reader = await cast.person(role)
        assert (await reader.get(f"{URL}/MINE")).status_code == 200
        assert (await reader.patch(f"{URL}/MINE", json={"name": "No"}, headers=ANY)).status_code == 403
        assert (await reader.post(f"{URL}/MINE/archive")).status_code == 403
    facilitator = await cast.person(Role.FACILITATOR)
    assert (await facilitator.patch(f"{URL}/MINE", json={"name": "Yes"}, headers=ANY)).is_success


async def test_machines_need_the_scope_and_no_department(cast: Cast, session: AsyncSession) -> None:
    row = await make_ritual(session, await make_owner(session))
    reader = await cast.machine(Permission.RITUALS_READ)
    assert (await reader.get(f"{URL}/{row.code}")).status_code == 200
    assert (await reader.post(f"{URL}/{row.code}/archive")).status_code == 403
    assert (await (await cast.machine(Permission.GOALS_READ)).get(URL)).status_code == 403
    home = await make_department(session)
    bound = await cast.machine(Permission.RITUALS_READ, department_id=home.id)
    assert (await bound.get(URL)).status_code == 403
    auditor = await cast.machine(Permission.AUDIT_READ, Permission.RITUALS_READ)
    assert len((await auditor.get("/api/v1/events?kind=ritual")).json()["items"]) == 1
    bound = await cast.machine(Permission.AUDIT_READ, Permission.RITUALS_READ, department_id=home.id)
    assert (await bound.get("/api/v1/events?kind=ritual")).json()["items"] == []


async def test_a_verdict_is_given_for_a_quarter_and_stopping_ends_the_ritual(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    row = await make_ritual(session, await make_owner(session), code="R")
    place = f"{URL}/R/verdicts"
    early = await ceo.post(place, json={"verdict": "keep", "reason": "It helps.", "quarter": "2026-Q1"})
    assert (early.json()["quarter"], early.json()["decided_by"]) == ("2026-Q1", ceo.owner.name)  # type: ignore[attr-defined]
    again = await ceo.post(place, json={"verdict": "change", "reason": "Shorter.", "quarter": "2026-Q1"})
    assert (again.json()["id"], again.json()["version"]) == (early.json()["id"], 2)
    ahead = await ceo.post(place, json={"verdict": "keep", "reason": "Later.", "quarter": "2199-Q4"})
    assert (ahead.status_code, ahead.json()["errors"][0]["code"]) == (422, "in_the_future")
    bare = await ceo.post(place, json={"verdict": "stop"})
    assert bare.status_code == 422
    await ceo.post(place, json={"verdict": "stop", "reason": "Nobody comes."})
    listed = (await ceo.get(place)).json()["items"]
    assert [each["verdict"] for each in listed] == ["stop", "change"]
    await session.refresh(row)
    assert row.archived_at


async def test_the_monthly_review_says_when_it_looks_back_at_a_month(session: AsyncSession) -> None:
    october = parse_period("2026-10")
    assert await find_review_day(session, october) is None
    host = await make_owner(session)
    await make_ritual(session, host, kind="informal")
    await make_ritual(session, host, archived_at=datetime.now(UTC))
    row = await make_ritual(session, host)
    assert await find_review_day(session, october) == date(2026, 11, 10)
    await make_occurrence(session, row, date(2026, 11, 10), state="skipped", reason="Fair.")
    assert await find_review_day(session, october) is None


async def test_a_review_meets_when_the_ritual_does(cast: Cast, session: AsyncSession) -> None:
    ceo, today = await cast.ceo(), await today_of(session)
    month = period_of(today, Cadence.MONTHLY).previous()
    await make_ritual(session, await make_owner(session))
    day = await find_review_day(session, month)
    opened = await ceo.post("/api/v1/reviews", json={"period": month.text})
    assert (opened.status_code, opened.json()["meets_on"]) == (201, str(day)), opened.text


async def read_items(client: httpx2.AsyncClient, path: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    return items


async def test_occurrences_are_listed_page_by_page(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await make_ritual(session, await make_owner(session), code="R")
    span = "from=2026-01-01&to=2026-12-31"
    whole = await read_items(ceo, f"{URL}/R/occurrences?{span}")
    assert len(whole) == 12
    assert await read_items(ceo, f"{URL}/R/occurrences?{span}&limit=5") == whole
    # Nine o'clock in London is another hour of UTC in summer; the organization is at UTC here.
    assert (whole[0]["begins_at"], whole[0]["ends_at"]) == ("2026-01-13T09:00:00Z", "2026-01-13T10:00:00Z")
    for query, pointer in (
        ("from=2026-05-01&to=2026-04-01", "?to"),
        ("from=2026-05-01&to=2036-04-01", "?to"),
        ("cursor=AZokSLYkehmZokSLYkehmQ", "?cursor"),
        (f"cursor={write_cursor(UUID(int=date.max.toordinal()))}", "?cursor"),
    ):
        refused = await ceo.get(f"{URL}/R/occurrences?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    for day, status in (("9999-12-31", 422), ("1000-01-01", 422), ("2200-12-30", 404), ("1900-01-01", 404)):
        assert (await ceo.get(f"{URL}/R/occurrences/{day}")).status_code == status
    assert await read_items(ceo, f"{URL}/R/occurrences?from=2200-12-31") == []
    today = await today_of(session)
    around = await read_items(ceo, f"{URL}/R/occurrences")
    first, last = str(today - timedelta(days=184)), str(today + timedelta(days=184))
    assert all(first <= each["day"] <= last for each in around)
    assert len(around) in (12, 13)
