"""Search: what is found, by whom, and that nothing typed is too odd."""

import re
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.permissions import Role
from app.domain.words import NodeStatus
from app.models import Department
from app.queries.search import MOST_OF_A_KIND
from tests.factories import (
    make_department,
    make_goal,
    make_initiative,
    make_kpi,
    make_objective,
    make_owner,
    make_theme,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in

HIT = re.compile(r'<span class="name">([^<]*)</span>')
KIND = re.compile(r'<h2 id="found-(\w+)">')


async def plant_names(session: AsyncSession) -> Department:
    """One of each kind with the word harbour in it."""
    department = await make_department(session, code="HARB", name="Harbour works")
    await make_theme(session, code="T-HARBOUR", name="A safe harbour")
    await make_goal(session, code="G-7", title="Deepen the harbour")
    await make_objective(session, code="O-7", title="Dredge 100% of the basin", department=department)
    await make_initiative(session, code="I-7", title="Paint the harbour cranes", department=department)
    await make_kpi(session, code="DEPTH", name="Harbour depth")
    await make_owner(session, name="Hana Harbour", email="hana@coxswain.test", department=department)
    return department


async def test_every_kind_is_found_under_its_heading(app: FastAPI, session: AsyncSession) -> None:
    await plant_names(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/search?q=harbour")
    assert page.status_code == 200
    assert KIND.findall(page.text) == [
        "goal",
        "objective",
        "initiative",
        "kpi",
        "department",
        "owner",
        "theme",
    ]
    for href in (
        "/goals/G-7",
        "/objectives/O-7",
        "/initiatives/I-7",
        "/kpis/DEPTH",
        "/departments/HARB",
        "/owners/hana@coxswain.test",
    ):
        assert f'href="{href}"' in page.text, href
    assert "7 things fit" in page.text
    rules = await browser.get("/search?q=l101")
    assert 'href="/linkage/rules/L101"' in rules.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("HARBOUR deep", ["Deepen the harbour"]),
        ("depth", ["Harbour depth"]),
        ("100%", ["Dredge 100% of the basin"]),
        ("%", ["Dredge 100% of the basin"]),
        ("_", []),
        ("\\", []),
        ("dredge harb", ["Dredge 100% of the basin"]),
        ("harb basin works", ["Dredge 100% of the basin"]),
        ("nothing of the kind", []),
    ],
)
async def test_all_words_must_fit_and_wildcards_are_letters(
    app: FastAPI, session: AsyncSession, typed: str, found: list[str]
) -> None:
    await plant_names(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER, name="V"))
    page = await browser.get(f"/search?q={quote(typed)}")
    assert HIT.findall(page.text) == found


async def test_a_slip_of_the_finger_is_forgiven_only_when_nothing_fits(
    app: FastAPI, session: AsyncSession
) -> None:
    await plant_names(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    for typed in ("harbuor", "harbor depth", "harrbour depth", "hatbour depth"):
        page = await browser.get(f"/search?q={quote(typed)}")
        assert "Harbour depth" in page.text, typed
        assert "This comes close" in page.text
    await make_kpi(session, code="HARBOR", name="American spelling")
    assert HIT.findall((await browser.get("/search?q=harbor")).text) == ["American spelling"]


async def test_the_code_itself_comes_first(app: FastAPI, session: AsyncSession) -> None:
    for code, name in (
        ("A-1", "About OTIF"),
        ("OTIF-2", "Second"),
        ("OTIF", "On time"),
        ("Z", "Otif of old"),
    ):
        await make_kpi(session, code=code, name=name)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/search?q=otif")
    assert HIT.findall(page.text) == ["On time", "Second", "Otif of old", "About OTIF"]


async def test_nobody_is_told_of_what_they_may_not_see(app: FastAPI, session: AsyncSession) -> None:
    department = await plant_names(session)
    await make_goal(session, code="G-8", title="Secret harbour", status=NodeStatus.DRAFT)
    await make_objective(
        session, code="O-8", title="Quiet harbour", status=NodeStatus.DRAFT, department=department
    )
    for role, told in (
        (Role.EXECUTIVE, {"Secret harbour", "Quiet harbour"}),
        (Role.HEAD, {"Quiet harbour"}),
        (Role.VIEWER, set()),
        (Role.FACILITATOR, set()),
    ):
        person = await make_owner(session, role=role, department=department, name="Somebody")
        browser = await sign_in(app, session, person)
        found = set(HIT.findall((await browser.get("/search?q=harbour")).text))
        assert found & {"Secret harbour", "Quiet harbour"} == told, role
        assert ("Harbour depth" in found) == (role is not Role.FACILITATOR)


@pytest.mark.parametrize(
    "typed", ["", "   ", "%00", "a%00b", "%FF%FE", "x" * 5000, "%F0%9F%8C%8A", "'; drop", "<b>"]
)
async def test_nothing_typed_is_too_odd(app: FastAPI, session: AsyncSession, typed: str) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get(f"/search?q={typed}")
    assert page.status_code == 200
    assert "<b>" not in page.text
    assert len(page.text) < 20_000


async def test_many_results_cost_what_few_cost(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    counts = []
    for number in (3, MOST_OF_A_KIND):
        for _ in range(number):
            await make_kpi(session, name="Harbour depth")
        with count_statements(connection) as statements:
            page = await browser.get("/search?q=harbour")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
    assert "The first 25 are shown." in page.text
    assert len(HIT.findall(page.text)) == MOST_OF_A_KIND
