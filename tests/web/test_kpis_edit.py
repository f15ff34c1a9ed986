"""Defining, changing and archiving a KPI in the browser: with and without htmx, refused, at one time."""

import re
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.models import Event, Kpi, Owner
from app.models.kpis import KpiMeasure
from tests.factories import make_department, make_goal, make_kpi, make_owner
from tests.web.browsing import sign_in

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
NEW = {
    "name": "Decision days",
    "code": "DECISIONS",
    "unit": "days",
    "direction": "lower",
    "cadence": "monthly",
    "grace_days": "7",
    "aggregation": "median",
    "kind": "numeric",
    "source": "manual",
    "active": "on",
}


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    return await make_owner(session, role=Role.EXECUTIVE, name="Ada", email="ada@coxswain.test")


@pytest.fixture
async def browser(app: FastAPI, session: AsyncSession, ada: Owner) -> httpx2.AsyncClient:
    return await sign_in(app, session, ada)


async def find_by_code(session: AsyncSession, code: str) -> Kpi | None:
    found = select(Kpi).where(col(Kpi.code) == code).execution_options(populate_existing=True)
    return await session.scalar(found)


def read_values(page: str) -> dict[str, str]:
    """What a form holds, as the browser would send it."""
    form = page[page.index('id="kpis-form"') :]
    values = dict(
        re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form[: form.index("</form>")])
    )
    values |= dict(re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL))
    for name, options in re.findall(r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        values[name] = chosen[0] if chosen else ""
    return values | {"active": "on"}


async def test_a_kpi_is_defined_and_its_page_opens(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: Owner
) -> None:
    goal = await make_goal(session, code="G1")
    form = (await browser.get("/kpis/new?measures=G1")).text
    assert read_values(form)["measures"] == "G1"
    answer = await browser.post(
        "/kpis", data=NEW | {"measures": "G1", "owner": ada.email, "baseline": "12,5"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/kpis/DECISIONS")
    kpi = await find_by_code(session, "DECISIONS")
    assert kpi is not None
    assert (kpi.unit, kpi.grace_days, float(kpi.baseline or 0), kpi.owner_id) == ("days", 7, 12.5, ada.id)
    measured = await session.scalars(select(col(KpiMeasure.node_id)).where(col(KpiMeasure.kpi_id) == kpi.id))
    assert list(measured) == [goal.id]
    told = await session.scalar(select(Event).where(col(Event.object_id) == kpi.id))
    assert told is not None
    assert (told.action, told.actor_name) == ("created", "Ada")


async def test_with_htmx_the_browser_is_sent_on(browser: httpx2.AsyncClient) -> None:
    answer = await browser.post("/kpis", data=NEW, headers=HTMX)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/kpis/DECISIONS")


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"name": ""}, "name", "Please fill this in."),
        ({"direction": "sideways"}, "direction", "Choose one of the list."),
        ({"baseline": "many"}, "baseline", ""),
        ({"grace_days": "soon"}, "grace_days", "A whole number is expected here."),
        ({"owner": "nobody@coxswain.test"}, "owner", "There is no owner nobody@coxswain.test."),
        ({"measures": "G1\nNOWHERE"}, "measures", "G1 does not exist."),
        ({"source": "fed"}, "feed", "A fed KPI says which scores feed it."),
    ],
)
async def test_what_is_refused_is_told_beside_its_field_and_what_was_typed_stays(
    browser: httpx2.AsyncClient, session: AsyncSession, wrong: dict[str, str], field: str, told: str
) -> None:
    answer = await browser.post("/kpis", data=NEW | {"description": "Typed."} | wrong)
    assert answer.status_code == 422
    assert "Typed." in answer.text
    assert told in answer.text
    if field != "feed":
        marked = re.search(rf'id="{field}" name="{field}"\s+aria-invalid="true"', answer.text)
        assert marked, answer.text
    assert await find_by_code(session, "DECISIONS") is None
    partial = await browser.post("/kpis", data=NEW | wrong, headers=HTMX)
    assert partial.status_code == 422
    assert partial.text.lstrip().startswith('<form id="kpis-form"')


async def test_a_code_that_is_taken_is_a_conflict_at_its_field(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await make_kpi(session, code="decisions")
    answer = await browser.post("/kpis", data=NEW)
    assert answer.status_code == 409
    assert re.search(r'id="code" name="code"\s+aria-invalid="true"', answer.text)


async def test_the_form_of_a_kpi_sent_unchanged_changes_nothing(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: Owner
) -> None:
    await make_goal(session, code="G1")
    await make_department(session, code="OPS")
    sent: dict[str, Any] = NEW | {
        "measures": "G1",
        "departments": "OPS",
        "owner": ada.email,
        "baseline": "0.5",
    }
    await browser.post("/kpis", data=sent)
    kpi = await find_by_code(session, "DECISIONS")
    assert kpi is not None
    values = read_values((await browser.get("/kpis/DECISIONS/edit")).text)
    assert values["departments"] == "OPS"
    answer = await browser.post("/kpis/DECISIONS", data=values)
    assert answer.status_code == 303, answer.text
    events = await session.scalars(select(col(Event.action)).where(col(Event.object_id) == kpi.id))
    assert list(events) == ["created"]
    await browser.post("/kpis/DECISIONS", data=values | {"name": "Days to decide"})
    changed = await find_by_code(session, "DECISIONS")
    assert changed is not None
    assert changed.name == "Days to decide"


async def test_two_people_who_change_the_same_kpi_see_each_other(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await browser.post("/kpis", data=NEW)
    mine = theirs = read_values((await browser.get("/kpis/DECISIONS/edit")).text)
    assert (await browser.post("/kpis/DECISIONS", data=theirs | {"name": "Theirs"})).status_code == 303
    answer = await browser.post("/kpis/DECISIONS", data=mine | {"name": "Mine"})
    assert answer.status_code == 409
    assert "Saved meanwhile: <strong>Theirs</strong>" in answer.text
    again = read_values(answer.text)
    assert again["name"] == "Mine"
    assert (await browser.post("/kpis/DECISIONS", data=again)).status_code == 303
    saved = await find_by_code(session, "DECISIONS")
    assert saved is not None
    assert saved.name == "Mine"


async def test_an_archived_kpi_is_still_there_but_not_to_be_edited(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session, code="OLD")
    answer = await browser.post("/kpis/OLD/archive")
    assert (answer.status_code, answer.headers["location"]) == (303, "/kpis/OLD")
    page = (await browser.get("/kpis/OLD")).text
    assert "archived" in page
    assert f'href="/kpis/{kpi.code}/edit"' not in page


async def test_an_alignment_kpi_cannot_be_archived(browser: httpx2.AsyncClient) -> None:
    assert "Archive this KPI" not in (await browser.get("/kpis/ON-TIME/edit")).text
    assert (await browser.post("/kpis/ON-TIME/archive")).status_code == 409


async def test_a_head_defines_for_the_own_department_only(app: FastAPI, session: AsyncSession) -> None:
    ops = await make_department(session, code="OPS")
    head = await sign_in(app, session, await make_owner(session, role=Role.HEAD, department=ops))
    assert (await head.post("/kpis", data=NEW)).status_code == 403
    assert (await head.post("/kpis", data=NEW | {"department": "OPS"})).status_code == 303
    await make_kpi(session, code="ELSEWHERE")
    assert (await head.get("/kpis/ELSEWHERE/edit")).status_code == 403
    assert (await head.post("/kpis/ELSEWHERE", data=NEW)).status_code == 403
    contributor = await sign_in(
        app, session, await make_owner(session, role=Role.CONTRIBUTOR, department=ops)
    )
    assert (await contributor.get("/kpis/new")).status_code == 403
