"""`/kpis/CODE/targets`: adding, changing and taking away what is aimed at; what is refused and who may."""

import re
from decimal import Decimal
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.scoring import Direction, Status
from app.models import Kpi, Measurement, Target
from tests.factories import make_department, make_kpi, make_owner, make_target
from tests.web.browsing import sign_in
from tests.web.test_kpis_list import last_month, report

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def browser(app: FastAPI, session: AsyncSession) -> httpx2.AsyncClient:
    return await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))


async def list_stored(session: AsyncSession, kpi: Kpi) -> list[Target]:
    found = select(Target).where(col(Target.kpi_id) == kpi.id).order_by(col(Target.first_day))
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def read_status(session: AsyncSession, kpi_id: UUID) -> Status:
    current = select(Measurement).where(
        col(Measurement.kpi_id) == kpi_id, col(Measurement.known_to).is_(None)
    )
    return (await session.scalars(current)).one().status


async def test_a_new_target_judges_the_values_of_its_periods(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session, code="K")
    await report(session, kpi, [80])
    identity = kpi.id
    sent = {"from": "2020", "target": "90,5", "amber": "85", "red": "70"}
    answer = await browser.post("/kpis/K/targets", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/kpis/K/targets")
    assert await read_status(session, identity) is Status.AMBER
    page = (await browser.get("/kpis/K/targets")).text
    assert "Green from 85 %, red below 70 %, amber between; target 90.5 %." in page
    assert "in force" in page


async def test_what_breaks_a_rule_is_told_beside_its_field(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session, code="K")
    await make_target(session, kpi, "2026")
    for sent, field, status in (
        ({"from": "2026-13", "target": "5"}, "from", 422),
        ({"from": "2027", "target": ""}, "target", 422),
        ({"from": "2027", "target": "5", "amber": "9"}, "amber", 422),
        ({"from": "2028", "to": "2027", "target": "5"}, "to", 422),
        ({"from": "2027", "target": "5"}, "from", 409),
    ):
        answer = await browser.post("/kpis/K/targets", data=sent)
        assert answer.status_code == status, answer.text
        assert re.search(rf'id="{field}" name="{field}"\s+aria-invalid="true"', answer.text), field
        assert f'value="{sent["from"]}"' in answer.text
        partial = await browser.post("/kpis/K/targets", data=sent, headers=HTMX)
        assert partial.text.lstrip().startswith('<form id="kpis-target"')
    assert len(await list_stored(session, kpi)) == 1


async def test_a_target_is_changed_and_a_stale_form_shows_both(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session, code="K")
    target = await make_target(session, kpi, "2026", "2027")
    at = f"/kpis/K/targets/{target.id}"
    form = (await browser.get(at)).text
    version = re.search(r'name="version"\s+value="(\d+)"', form)
    assert version is not None
    sent = {"version": version[1], "from": "2026", "to": "2026", "target": "77"}
    assert (await browser.post(at, data=sent)).status_code == 303
    (stored,) = await list_stored(session, kpi)
    assert (stored.last_period, stored.target) == ("2026", Decimal(77))
    answer = await browser.post(at, data=sent | {"target": "66"})
    assert answer.status_code == 409
    assert "Saved meanwhile: <strong>77</strong>" in answer.text


async def test_a_target_that_is_taken_away_stays_in_the_history(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session, code="K")
    target = await make_target(session, kpi, "2020")
    await report(session, kpi, [95])
    identity = kpi.id
    answer = await browser.post(f"/kpis/K/targets/{target.id}/archive")
    assert answer.status_code == 303
    assert await read_status(session, identity) is Status.UNKNOWN
    page = (await browser.get("/kpis/K/targets")).text
    assert "taken away" in page
    assert "2020 until further notice" in page


async def test_a_band_asks_for_its_sides(browser: httpx2.AsyncClient, session: AsyncSession) -> None:
    kpi = await make_kpi(session, code="K", direction=Direction.BAND)
    assert 'name="low"' in (await browser.get("/kpis/K/targets")).text
    assert 'name="amber"' not in (await browser.get("/kpis/K/targets")).text
    sent = {"from": last_month().text, "low": "5", "high": "9"}
    assert (await browser.post("/kpis/K/targets", data=sent)).status_code == 303
    (stored,) = await list_stored(session, kpi)
    assert (stored.low, stored.high, stored.target) == (Decimal(5), Decimal(9), None)


async def test_targets_are_kept_by_those_who_keep_the_kpi(app: FastAPI, session: AsyncSession) -> None:
    ops = await make_department(session, code="OPS")
    mine = await make_kpi(session, code="MINE", department_id=ops.id)
    await make_kpi(session, code="THEIRS")
    head = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=ops))
    sent = {"from": "2026", "target": "5"}
    assert (await head.post("/kpis/MINE/targets", data=sent)).status_code == 303
    assert (await head.post("/kpis/THEIRS/targets", data=sent)).status_code == 403
    assert (await head.get("/kpis/THEIRS/targets")).status_code == 403
    (target,) = await list_stored(session, mine)
    assert (await head.get(f"/kpis/THEIRS/targets/{target.id}")).status_code == 403
    viewer = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await viewer.post("/kpis/MINE/targets", data=sent)).status_code == 403
    assert (await viewer.get("/kpis/MINE/targets")).status_code == 403
