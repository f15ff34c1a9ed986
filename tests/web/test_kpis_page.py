"""`/kpis/CODE`: how it went in words and in a picture, places, as of a day, targets, history, rights."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions._assess import record_values
from app.actions.targets import create_target
from app.domain.permissions import SYSTEM, Role
from app.domain.scoring import Direction, KpiKind, Source
from app.models import Kpi, Owner
from app.models.kpis import KpiGuard, KpiMeasure
from app.models.targets import TargetInput
from tests.actions.test_record_values import tell
from tests.factories import make_department, make_goal, make_kpi, make_owner, make_target
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in
from tests.web.test_kpis_list import last_month, report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def ada(session: AsyncSession) -> Owner:
    return await make_owner(session, role=Role.EXECUTIVE, name="Ada", email="ada@coxswain.test")


@pytest.fixture
async def browser(app: FastAPI, session: AsyncSession, ada: Owner) -> httpx2.AsyncClient:
    return await sign_in(app, session, ada)


async def read_page(browser: httpx2.AsyncClient, kpi: Kpi, query: str = "") -> str:
    answer = await browser.get(f"/kpis/{kpi.code}{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def list_charts(page: str) -> list[ElementTree.Element]:
    """The process charts of a page, the wide one first."""
    found = re.findall(r'<svg [^>]*class="chart xmr".*?</svg>', page, re.DOTALL)
    return [ElementTree.fromstring(each) for each in found]  # noqa: S314 # our own pictures


def read_words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


async def test_the_page_says_what_changed_in_words_and_as_a_picture(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session, name="Decision days", unit="days", direction=Direction.LOWER)
    await make_target(session, kpi, "2020", target=8, red=12)
    await report(session, kpi, [5, 6, 5, 6, 5, 6, 30])
    page = await read_page(browser, kpi)
    month = f"{last_month().first_day:%B %Y}"
    assert f"{month} lies above the upper limit: something really changed, for the worse." in page
    assert "The limits are soft: they come from 7 values" in page
    assert "30 is above red 12." in page
    wide, narrow = list_charts(page)
    assert (wide.attrib["width"], narrow.attrib["width"]) == ("760", "360")
    classes = [each.get("class") for each in wide.iter()]
    assert classes.count("chart-signal") == 1
    assert classes.count("chart-point") == 6
    assert classes.count("chart-limit") == 2
    texts = [each.text for each in wide.iter(f"{SVG}text")]
    assert {"average 9", "target ≤ 8", "above limit"} <= set(texts)
    assert any(text and text.startswith("lower limit 0") for text in texts)
    assert page.count('<th scope="row">') >= 7


async def test_gaps_notes_and_values_that_are_not_applicable_are_told(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session)
    first = last_month().previous(3)
    said = [
        tell(first.text, 5, note="We <b>began</b>."),
        tell(first.next(2).text, None, not_applicable=True, note="No survey."),
        tell(first.next(3).text, 7),
    ]
    await record_values(session, kpi, said, actor=SYSTEM, source=Source.IMPORTED)
    page = await read_page(browser, kpi)
    wide, _ = list_charts(page)
    (line,) = [each.attrib["d"] for each in wide.iter(f"{SVG}path") if each.get("class") == "chart-line"]
    assert line.count("M") == 2
    assert [each.get("class") for each in wide.iter()].count("chart-note") == 1
    assert "We &lt;b&gt;began&lt;/b&gt;." in page
    assert "n/a" in page
    assert "No survey." in page
    assert "2 values: too few to tell a change from routine; it takes six." in page


async def test_each_place_has_its_own_values_and_a_link(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    east = await make_department(session, code="EAST", name="East")
    west = await make_department(session, code="WEST", name="West")
    kpi = await make_kpi(session, departments=[east, west])
    await report(session, kpi, [10, 20], east)
    await report(session, kpi, [30, 50], west)
    page = await read_page(browser, kpi)
    assert "Whole organization" in page
    assert '<p class="big">35<small> %</small>' in page
    assert f'href="/kpis/{kpi.code}?department=EAST"' in page
    assert 'class="chart bars"' in page
    there = await read_page(browser, kpi, "?department=east")
    assert '<p class="big">20<small> %</small>' in there
    assert '<option value="EAST" selected>East</option>' in there
    assert '<p class="big">35' in await read_page(browser, kpi, "?department=all")
    assert (await browser.get(f"/kpis/{kpi.code}?department=NORTH")).status_code == 422


async def test_an_earlier_day_shows_what_was_known_then(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    kpi = await make_kpi(session)
    await report(session, kpi, [10])
    before = (
        "update measurements set known_from = :at, known_to = :until where kpi_id = :kpi and revision = 1"
    )
    await report(session, kpi, [77])
    old = datetime.now(UTC) - timedelta(days=9)
    await session.execute(text(before), {"at": old, "until": old + timedelta(days=5), "kpi": kpi.id})
    day = str((old + timedelta(days=2)).date())
    page = await read_page(browser, kpi, f"?as_of={day}")
    assert '<p class="big">10<small>' in page
    assert "Values as they were known at the end of" in page
    assert '<p class="big">77<small>' in await read_page(browser, kpi)
    assert "No values yet" in await read_page(browser, kpi, "?as_of=2020-01-01")


async def test_definition_targets_and_guards_are_in_words(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: Owner
) -> None:
    goal = await make_goal(session, code="G1", title="Decide fast")
    guard = await make_kpi(session, name="Quality")
    kpi = await make_kpi(
        session,
        unit="days",
        direction=Direction.LOWER,
        owner_id=ada.id,
        baseline=20,
    )
    session.add_all([KpiMeasure(kpi_id=kpi.id, node_id=goal.id), KpiGuard(kpi_id=kpi.id, guard_id=guard.id)])
    await session.flush()
    await make_target(session, kpi, "2020", "2025", target=12, amber=14, red=20)
    await make_target(session, kpi, "2026", target=8)
    words = read_words(await read_page(browser, kpi))
    for told in (
        "lower is better",
        "Every month, due within 5 days of its end",
        "Mean of the departments",
        "Baseline 20 d",
        "Green up to 14 d, red above 20 d, amber between; target 12 d.",
        "Green up to 8 d, red above 8 d.",
        "2026 until further notice",
        "Decide fast",
        "Quality",
    ):
        assert told in words, told
    page = await read_page(browser, kpi)
    assert 'href="/goals/G1"' in page
    assert f'href="/kpis/{guard.code}"' in page


async def test_a_guard_that_is_red_is_said_to_suffer(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    guard, kpi = await make_kpi(session, name="Quality"), await make_kpi(session)
    session.add(KpiGuard(kpi_id=kpi.id, guard_id=guard.id))
    await make_target(session, guard, "2020", target=50)
    await report(session, guard, [60])
    assert "suffers" not in await read_page(browser, kpi)
    await report(session, guard, [40])
    assert "suffers" in await read_page(browser, kpi)


async def test_a_band_is_drawn_with_both_sides(browser: httpx2.AsyncClient, session: AsyncSession) -> None:
    kpi = await make_kpi(session, direction=Direction.BAND, unit="days")
    await make_target(session, kpi, "2020", target=None, low=32, high=38, red_low=28)
    await report(session, kpi, [35, 36])
    page = await read_page(browser, kpi)
    texts = [each.text for each in list_charts(page)[0].iter(f"{SVG}text")]
    assert {"low 32", "high 38"} <= set(texts)
    assert "Green from 32 to 38 d, red below 28 or above 38 d." in page


async def test_words_have_no_limits(browser: httpx2.AsyncClient, session: AsyncSession) -> None:
    kpi = await make_kpi(session, kind=KpiKind.ORDINAL)
    await report(session, kpi, [1, 2, 1, 2, 1, 2, 1])
    page = await read_page(browser, kpi)
    assert "Did something really change?" not in page
    assert "chart-limit" not in page


async def test_the_history_says_who_changed_what_and_why(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: Owner
) -> None:
    kpi = await make_kpi(session)
    await report(session, kpi, [10])
    corrected = tell(last_month().text, 12, reason="Counted twice.")
    await record_values(session, kpi, [corrected], actor=SYSTEM, source=Source.IMPORTED)
    target = TargetInput.model_validate({"from": "2030", "target": 5})
    await create_target(session, kpi, target, actor=SYSTEM)
    words = read_words(await read_page(browser, kpi))
    assert f"The command line corrected {kpi.code} for {last_month().first_day:%B %Y}: 12." in words
    assert "Counted twice." in words
    assert "created the target" in words
    for value in range(10):
        said = tell(last_month().text, value, reason="Again.")
        await record_values(session, kpi, [said], actor=SYSTEM, source=Source.IMPORTED)
    few, all_of_it = await read_page(browser, kpi), await read_page(browser, kpi, "?history=all")
    assert few.count('class="event"') == 8
    assert "Show what happened before" in few
    assert all_of_it.count('class="event"') > 12
    assert "Show what happened before" not in all_of_it


async def test_what_a_person_may_do_is_offered(
    app: FastAPI, session: AsyncSession, browser: httpx2.AsyncClient
) -> None:
    ops = await make_department(session, code="OPS")
    kpi = await make_kpi(session, department_id=ops.id)
    assert f'href="/kpis/{kpi.code}/edit"' in await read_page(browser, kpi)
    for role, may_edit in ((Role.HEAD, True), (Role.VIEWER, False), (Role.CONTRIBUTOR, False)):
        person = await make_owner(session, role=role, department=ops)
        page = await read_page(await sign_in(app, session, person), kpi)
        assert (f'href="/kpis/{kpi.code}/edit"' in page) is may_edit
        assert (f'href="/kpis/{kpi.code}/targets"' in page) is may_edit
    assert (await browser.get("/kpis/NOWHERE")).status_code == 404


async def test_the_page_needs_no_more_statements_when_there_is_more_to_tell(
    browser: httpx2.AsyncClient, session: AsyncSession, connection: AsyncConnection
) -> None:
    kpi = await make_kpi(session)
    counts = []
    for number in range(2):
        for _ in range(3):
            department = await make_department(session)
            await report(session, kpi, [5, 6, 7, 6, 5, 6, 7, 9], department)
        await make_target(session, kpi, f"20{20 + number}", f"20{20 + number}")
        with count_statements(connection) as statements:
            await read_page(browser, kpi)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 16


async def test_reporting_is_offered_to_whoever_finds_the_value_among_their_updates(
    app: FastAPI, session: AsyncSession, browser: httpx2.AsyncClient
) -> None:
    department = await make_department(session)
    head = await make_owner(session, role=Role.HEAD, department=department)
    department.head_id = head.id
    # At home in the whole organization, reported by a department: its head owes it, not the executive.
    kpi = await make_kpi(session, departments=[department])
    await session.flush()
    assert "Report a value" not in await read_page(browser, kpi)
    assert "else of the head of the department" in read_words(await read_page(browser, kpi))
    heads = await sign_in(app, session, head)
    offered = re.search(r'href="/updates#(update-[^"]+)"[^>]*>\s*Report a value', await read_page(heads, kpi))
    assert offered
    assert f'id="{offered[1]}"' in (await heads.get("/updates")).text
