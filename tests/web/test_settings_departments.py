"""`/settings/departments`: the tree, and adding, changing, moving and archiving a department."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import Department, Event
from tests.factories import make_department, make_owner
from tests.house.test_query_counts import count_statements
from tests.web.test_settings import PARTIAL, open_as, read_version

PATH = "/settings/departments"


async def find_by_code(session: AsyncSession, code: str) -> Department:
    """A department as it is stored."""
    row = (await session.scalars(select(Department).where(col(Department.code) == code))).one()
    await session.refresh(row)
    return row


async def test_the_tree_shows_each_below_its_parent_by_name(app: FastAPI, session: AsyncSession) -> None:
    top = await make_department(session, code="TOP", name="Top")
    beta = await make_department(session, code="B", name="Beta", parent=top)
    await make_department(session, code="A", name="alpha", parent=top)
    await make_department(session, code="C", name="Gamma", parent=beta, active=False)
    browser = await open_as(app, session, Role.EXECUTIVE)
    html = (await browser.get(PATH)).text
    rows = re.findall(r'class="depth-(\d)">\s*<a href="[^"]*">([^<]*)</a>\s*(<span)?', html)
    assert rows == [("0", "Top", ""), ("1", "alpha", ""), ("1", "Beta", ""), ("2", "Gamma", "<span")]


async def test_a_department_is_added_below_the_one_whose_button_was_pressed(
    app: FastAPI, session: AsyncSession
) -> None:
    top = await make_department(session, code="TOP")
    head = await make_owner(session, email="head@coxswain.test")
    browser = await open_as(app, session, Role.ADMIN)
    form = (await browser.get(f"{PATH}/new?parent=TOP")).text
    assert re.search(r'<option value="TOP"\s+selected>', form)
    sent = {
        "name": "Sales",
        "code": "SALES",
        "parent": "TOP",
        "head": "HEAD@coxswain.test",
        "headcount": "40",
    }
    answer = await browser.post(PATH, data=sent | {"active": "on"})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    made = await find_by_code(session, "SALES")
    assert (made.parent_id, made.head_id, made.headcount, made.active) == (top.id, head.id, 40, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "TOP"}, "code"),
        ({"code": "no good"}, "code"),
        ({"code": ""}, "code"),
        ({"parent": "NOWHERE"}, "parent"),
        ({"head": "nobody@coxswain.test"}, "head"),
        ({"headcount": "-1"}, "headcount"),
        ({"headcount": "many"}, "headcount"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    app: FastAPI, session: AsyncSession, change: dict[str, str], field: str
) -> None:
    await make_department(session, code="TOP")
    browser = await open_as(app, session, Role.ADMIN)
    answer = await browser.post(PATH, data={"name": "Sales", "code": "SALES"} | change)
    assert answer.status_code in (409, 422)
    assert f'id="{field}-wrong"' in answer.text
    assert 'value="Sales"' in answer.text
    assert len((await session.scalars(select(Department))).all()) == 1


async def test_a_department_is_moved_and_its_circle_refused_by_name(
    app: FastAPI, session: AsyncSession
) -> None:
    top = await make_department(session, code="TOP")
    middle = await make_department(session, code="MID", parent=top)
    low = await make_department(session, code="LOW", parent=middle)
    browser = await open_as(app, session, Role.ADMIN)
    page = (await browser.get(f"{PATH}/LOW")).text
    sent = {"name": "Low", "code": "LOW", "parent": "TOP", "active": "on", "version": read_version(page)}
    assert (await browser.post(f"{PATH}/{low.id}", data=sent)).status_code == 303
    assert (await find_by_code(session, "LOW")).parent_id == top.id
    page = (await browser.get(f"{PATH}/TOP")).text
    circle = {"name": "Top", "code": "TOP", "parent": "LOW", "active": "on", "version": read_version(page)}
    refused = await browser.post(f"{PATH}/{top.id}", data=circle)
    assert refused.status_code == 409
    assert "would close a circle: TOP → LOW → TOP." in refused.text
    assert 'id="parent-wrong"' in refused.text


async def test_two_who_edit_at_once_see_both_values(app: FastAPI, session: AsyncSession) -> None:
    row = await make_department(session, code="SALES", name="Sales", headcount=3)
    browser = await open_as(app, session, Role.EXECUTIVE)
    version = read_version((await browser.get(f"{PATH}/SALES")).text)
    sent = {"name": "Sales", "code": "SALES", "headcount": "4", "active": "on", "version": version}
    assert (await browser.post(f"{PATH}/SALES", data=sent)).status_code == 303
    late = await browser.post(
        f"{PATH}/{row.id}", data=sent | {"name": "Selling", "headcount": "5"}, headers=PARTIAL
    )
    assert late.status_code == 409
    told = re.findall(r'class="theirs">Saved meanwhile: <strong>([^<]*)<', late.text)
    assert told == ["Sales", "4"]
    assert (await find_by_code(session, "SALES")).headcount == 4


async def test_the_heading_follows_a_new_name_in_place(app: FastAPI, session: AsyncSession) -> None:
    await make_department(session, code="SALES", name="Sales")
    browser = await open_as(app, session, Role.ADMIN)
    version = read_version((await browser.get(f"{PATH}/SALES")).text)
    sent = {"name": "Selling", "code": "SALES", "active": "on", "version": version}
    answer = await browser.post(f"{PATH}/SALES", data=sent, headers=PARTIAL)
    assert re.search(r'hx-target="#settings-heading".*<h1>Selling\s*</h1>', answer.text, re.DOTALL)
    assert "Selling is saved." in answer.text


async def test_an_archived_department_is_out_of_the_tree_and_can_be_looked_up(
    app: FastAPI, session: AsyncSession
) -> None:
    row = await make_department(session, code="OLD", name="Old one")
    browser = await open_as(app, session, Role.ADMIN)
    answer = await browser.post(f"{PATH}/{row.id}/archive")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert "Old one" not in (await browser.get(PATH)).text
    assert "Old one" in (await browser.get(f"{PATH}?archived=true")).text
    assert "Archive this department" not in (await browser.get(f"{PATH}/OLD")).text
    event = select(Event).where(col(Event.object_id) == row.id, col(Event.action) == "archived")
    assert len((await session.scalars(event)).all()) == 1


async def test_the_tree_costs_the_same_however_many_there_are(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    browser = await open_as(app, session, Role.ADMIN)
    counts = []
    for more in (2, 30):
        for _ in range(more):
            await make_department(session, head_id=(await make_owner(session)).id)
        with count_statements(connection) as statements:
            shown = await browser.get(PATH)
        assert shown.text.count("Add below</a>") >= more
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
