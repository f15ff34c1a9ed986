"""`/settings/clients`: machines, their scopes, and keys that are shown once."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.actions.keys import issue_client_key
from app.domain.permissions import SYSTEM, Permission, Role
from app.models import AccessKey, Client
from tests.cast import Cast
from tests.factories import make_client, make_department
from tests.house.test_query_counts import count_statements
from tests.web.test_settings import PARTIAL, open_as, read_version

PATH = "/settings/clients"
SENT: dict[str, object] = {"name": "Payroll", "scopes": ["metrics:read", "engagement:write"]}


async def find_by_name(session: AsyncSession, name: str) -> Client:
    """A client as it is stored."""
    row = (await session.scalars(select(Client).where(col(Client.name) == name))).one()
    await session.refresh(row)
    return row


def read_key(answer: httpx2.Response) -> str:
    """The key that a page shows."""
    (key,) = re.findall(r"<code[^>]*>(cox_\w{12}_\w{43})</code>", answer.text)
    return str(key)


async def test_a_client_is_added_and_its_key_shown_once(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    sales = await make_department(session, code="SALES")
    browser = await open_as(app, session, Role.ADMIN)
    more = {"department": "SALES", "source": "peakon", "expires_at": "2199-12-31"}
    answer = await browser.post(PATH, data=SENT | more)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    key = read_key(answer)
    row = await find_by_name(session, "Payroll")
    assert (row.scopes, row.department_id, row.source) == (
        ["engagement:write", "metrics:read"],
        sales.id,
        "peakon",
    )
    assert row.expires_at == datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)
    machine = await cast.browse(key)
    assert (await machine.get("/api/v1/metrics")).status_code == 200
    for path in (PATH, f"{PATH}/{row.id}"):
        shown = (await browser.get(path)).text
        assert key[:16] in shown
        assert key not in shown
    assert 'value="2199-12-31"' in shown


async def test_rotating_shows_a_new_key_and_ends_the_old_one(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    robot = await cast.machine(Permission.METRICS_READ, name="BI")
    browser = await open_as(app, session, Role.ADMIN)
    answer = await browser.post(f"{PATH}/BI/rotate")
    renewed = await cast.browse(read_key(answer))
    assert (await robot.get("/api/v1/metrics")).status_code == 401
    assert (await renewed.get("/api/v1/metrics")).status_code == 200


async def test_a_revoked_client_is_out_for_good(app: FastAPI, session: AsyncSession, cast: Cast) -> None:
    robot = await cast.machine(Permission.METRICS_READ, name="BI")
    browser = await open_as(app, session, Role.ADMIN)
    assert (await browser.post(f"{PATH}/BI/revoke")).status_code == 303
    assert (await robot.get("/api/v1/metrics")).status_code == 401
    assert ">BI</a>" not in (await browser.get(PATH)).text
    assert ">BI</a>" in (await browser.get(f"{PATH}?archived=true")).text
    page = (await browser.get(f"{PATH}/BI")).text
    assert "revoked" in page
    assert "Make a new key" not in page
    assert (await browser.post(f"{PATH}/BI/rotate")).status_code == 409


async def test_a_clients_scopes_follow_at_once(app: FastAPI, session: AsyncSession, cast: Cast) -> None:
    robot = await cast.machine(Permission.METRICS_READ, name="BI")
    browser = await open_as(app, session, Role.ADMIN)
    page = (await browser.get(f"{PATH}/BI")).text
    assert re.search(r'value="metrics:read"\s+checked', page)
    sent = {"name": "BI", "scopes": ["audit:read"], "version": read_version(page)}
    saved = await browser.post(f"{PATH}/BI", data=sent, headers=PARTIAL)
    assert saved.status_code == 200
    assert "BI is saved." in saved.text
    assert (await robot.get("/api/v1/metrics")).status_code == 403
    assert (await robot.get("/api/v1/events")).status_code == 200


async def test_executives_see_clients_and_change_none(
    app: FastAPI, session: AsyncSession, cast: Cast
) -> None:
    robot = await cast.machine(Permission.METRICS_READ, name="BI")
    browser = await open_as(app, session, Role.EXECUTIVE)
    assert ">BI</a>" in (await browser.get(PATH)).text
    page = (await browser.get(f"{PATH}/BI")).text
    assert "Save</button>" not in page
    assert "Revoke" not in page
    version = read_version(page)
    for path in (PATH, f"{PATH}/BI", f"{PATH}/BI/rotate", f"{PATH}/BI/revoke"):
        assert (await browser.post(path, data=SENT | {"version": version})).status_code == 403, path
    assert (await robot.get("/api/v1/metrics")).status_code == 200
    assert len((await session.scalars(select(Client))).all()) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["roles:write"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"department": "NOWHERE"}, "department"),
        ({"expires_at": "soon"}, "expires_at"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    app: FastAPI, session: AsyncSession, change: dict[str, object], field: str
) -> None:
    await make_client(session, name="Taken", scopes=[Permission.METRICS_READ])
    browser = await open_as(app, session, Role.ADMIN)
    answer = await browser.post(PATH, data=SENT | {"source": "typed"} | change)
    assert answer.status_code in (409, 422)
    assert f'id="{field}-wrong"' in answer.text
    assert 'value="typed"' in answer.text
    assert (await session.scalars(select(AccessKey).where(col(AccessKey.client_id).is_not(None)))).all() == []


async def test_a_list_of_clients_tells_their_state_and_their_last_use(
    app: FastAPI, session: AsyncSession
) -> None:
    now = datetime.now(UTC)
    for name, expires in (
        ("Old", now - timedelta(days=400)),
        ("New", None),
        ("Soon", now + timedelta(days=400)),
    ):
        row = await make_client(session, name=name, scopes=[Permission.METRICS_READ], expires_at=expires)
        await issue_client_key(session, row, actor=SYSTEM)
    key = (await session.scalars(select(AccessKey).order_by(col(AccessKey.id)).limit(1))).one()
    key.last_used_at = now
    await session.flush()
    browser = await open_as(app, session, Role.ADMIN)
    html = (await browser.get(PATH)).text
    states = re.findall(r'class="tag (\w+)">([a-z ]+)', html)
    assert states == [("amber", "expired "), ("green", "in force"), ("green", "until ")]
    assert html.count("just now") == 1
    assert html.count("never") == 2


async def test_an_end_within_a_day_is_kept_as_it_is(app: FastAPI, session: AsyncSession) -> None:
    end = datetime(2199, 5, 1, 12, 30, tzinfo=UTC)
    await make_client(session, name="BI", scopes=[Permission.METRICS_READ], expires_at=end)
    browser = await open_as(app, session, Role.ADMIN)
    page = (await browser.get(f"{PATH}/BI")).text
    assert 'value="2199-05-01T12:30:00Z"' in page
    sent = SENT | {"name": "BI", "expires_at": "2199-05-01T12:30:00Z", "version": read_version(page)}
    assert (await browser.post(f"{PATH}/BI", data=sent)).status_code == 303
    assert (await find_by_name(session, "BI")).expires_at == end


async def test_the_list_costs_the_same_however_many_there_are(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    counts = []
    for more in (2, 60):
        for _ in range(more):
            department = await make_department(session)
            await make_client(session, scopes=[Permission.METRICS_READ], department_id=department.id)
        with count_statements(connection) as statements:
            html = (await browser.get(PATH)).text
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
    assert "Next page" in html
