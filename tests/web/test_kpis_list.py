"""`/kpis`: what each row says, filters, order, pages, who sees it, and a fixed number of statements."""

import re
from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions._assess import record_values
from app.actions._write import archive_record
from app.domain.periods import Cadence, Period, last_ended
from app.domain.permissions import SYSTEM, Role
from app.domain.scoring import Direction, Source
from app.domain.states import NewValue
from app.models import Department, Kpi, Owner
from app.web.kpis import KPIS_SHOWN
from tests.actions.test_record_values import tell
from tests.factories import make_department, make_kpi, make_owner, make_target
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in


def last_month() -> Period:
    return last_ended(datetime.now(UTC).date(), Cadence.MONTHLY)


async def report(
    session: AsyncSession, kpi: Kpi, values: list[float | None], department: Department | None = None
) -> None:
    """Values of the last months, the last one last."""
    first = last_month().previous(len(values) - 1)
    items: list[NewValue] = [
        tell(first.next(index).text, value, department)
        for index, value in enumerate(values)
        if value is not None
    ]
    await record_values(session, kpi, items, actor=SYSTEM, source=Source.IMPORTED)


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    return await make_owner(session, role=Role.EXECUTIVE, name="Ada")


@pytest.fixture
async def browser(app: FastAPI, session: AsyncSession, ada: Owner) -> httpx2.AsyncClient:
    return await sign_in(app, session, ada)


def list_rows(page: str) -> list[str]:
    """The rows of the table as their texts, in order."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).strip() for row in rows]


async def list_names(browser: httpx2.AsyncClient, query: str = "") -> list[str]:
    page = (await browser.get(f"/kpis{query}")).text
    found = re.findall(r'<th scope="row">\s*<a href="/kpis/[^"]*">([^<]*)</a>', page)
    return [name.strip() for name in found]


async def test_a_row_says_value_target_status_and_whether_it_got_better(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: Owner
) -> None:
    built_in = await list_names(browser)
    kpi = await make_kpi(
        session, name="Decision days", unit="days", direction=Direction.LOWER, owner_id=ada.id
    )
    await make_target(session, kpi, "2020", target=12)
    await report(session, kpi, [16, 14.5, 11])
    answer = await browser.get("/kpis?q=decision+DAYS")
    assert answer.status_code == 200
    (row,) = list_rows(answer.text)
    month = f"{last_month().first_day:%B %Y}"
    assert row.startswith("Decision days")
    for told in ("11 d", month, "≤ 12", "green", "↓ 3.5 better", "too few", "Ada", "Organization"):
        assert told in row
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="sparkline"' in answer.text
    assert len(await list_names(browser)) == len(built_in) + 1


async def test_rising_is_worse_where_lower_is_better_and_a_band_judges_neither(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    for direction in Direction:
        kpi = await make_kpi(session, name=f"Going {direction}", direction=direction)
        await report(session, kpi, [5, 7])
    rows = {row.split()[1]: row for row in list_rows((await browser.get("/kpis?q=going")).text)}
    assert "↑ 2 better" in rows["higher"]
    assert "↑ 2 worse" in rows["lower"]
    assert "↑ 2" in rows["band"]
    assert "better" not in rows["band"]
    assert "worse" not in rows["band"]


async def test_a_stale_value_has_no_status_and_one_that_never_came_says_so(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    old, none = await make_kpi(session, name="Aged"), await make_kpi(session, name="Aged not at all")
    await make_target(session, old, "2020", target=1)
    await record_values(session, old, [tell("2021-01", 5)], actor=SYSTEM, source=Source.IMPORTED)
    aged, empty = list_rows((await browser.get("/kpis?q=aged&sort=name")).text)
    assert "unknown out of date" in aged
    assert "January 2021" in aged
    assert "— " in empty
    assert "unknown" in empty
    assert (await list_names(browser, "?q=aged&status=green")) == []
    assert await list_names(browser, "?q=aged&status=unknown&sort=-name") == [none.name, old.name]


async def test_a_signal_says_since_when(browser: httpx2.AsyncClient, session: AsyncSession) -> None:
    kpi = await make_kpi(session, name="Jumping")
    await report(session, kpi, [5, 6, 5, 6, 5, 6, 30])
    (row,) = list_rows((await browser.get("/kpis?q=jumping")).text)
    assert f"signal since {last_month().first_day:%b %y}" in row


async def test_filters_narrow_and_are_kept_by_the_links_that_sort(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: Owner
) -> None:
    top = await make_department(session, code="TOP")
    below = await make_department(session, code="BELOW", name="Below", parent=top)
    mine = await make_kpi(session, name="Mine", owner_id=ada.id)
    here = await make_kpi(session, name="Here", department_id=below.id)
    reported = await make_kpi(session, name="Reported", departments=[below])
    await report(session, reported, [3], below)
    assert await list_names(browser, "?department=top&sort=name") == [here.name, reported.name]
    assert await list_names(browser, f"?owner={ada.email}") == [mine.name]
    assert await list_names(browser, "?department=nowhere") == []
    (row,) = list_rows((await browser.get("/kpis?q=reported&department=BELOW")).text)
    assert "Below" in row
    page = (await browser.get("/kpis?department=top")).text
    assert 'href="/kpis?department=top&amp;sort=-status"' in page
    assert 'href="/kpis?department=top&amp;sort=name"' in page
    assert re.search(r'aria-sort="ascending">\s*<a class="sorter"\s+href="[^"]*sort=-status"', page)


async def test_archived_kpis_are_shown_on_demand(browser: httpx2.AsyncClient, session: AsyncSession) -> None:
    kpi = await make_kpi(session, name="Gone")
    await archive_record(session, kpi, actor=SYSTEM)
    assert "Gone" not in await list_names(browser)
    assert await list_names(browser, "?archived=true") == ["Gone"]


async def test_long_lists_have_pages(browser: httpx2.AsyncClient, session: AsyncSession) -> None:
    for number in range(KPIS_SHOWN + 1):
        await make_kpi(session, name=f"Many {number:03}")
    first = (await browser.get("/kpis?q=many&sort=name")).text
    assert first.count("<tr>") == KPIS_SHOWN + 1
    assert 'href="/kpis?q=many&amp;sort=name&amp;page=2"' in first
    assert await list_names(browser, "?q=many&sort=name&page=2") == [f"Many {KPIS_SHOWN:03}"]
    assert f"{KPIS_SHOWN + 1} KPIs" in first


async def test_nothing_found_and_a_bad_question_are_said(browser: httpx2.AsyncClient) -> None:
    assert "No KPI fits these filters." in (await browser.get("/kpis?q=xyzzy")).text
    assert (await browser.get("/kpis?sort=colour")).status_code == 422
    assert (await browser.get("/kpis?colour=red")).status_code == 422


async def test_only_who_keeps_goals_is_offered_to_define_one(
    app: FastAPI, session: AsyncSession, browser: httpx2.AsyncClient
) -> None:
    assert 'href="/kpis/new"' in (await browser.get("/kpis")).text
    viewer = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert 'href="/kpis/new"' not in (await viewer.get("/kpis")).text


async def test_the_table_needs_no_more_statements_when_it_grows(
    browser: httpx2.AsyncClient, session: AsyncSession, connection: AsyncConnection
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            kpi = await make_kpi(session)
            await make_target(session, kpi, "2020")
            await report(session, kpi, [5, 6, 7])
        with count_statements(connection) as statements:
            answer = await browser.get("/kpis")
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
