"""Pasting: every line is looked at before anything is stored; then the good ones are."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.domain.scoring import Direction, KpiSource, Source
from tests.factories import make_kpi, make_measurement, make_owner, make_target
from tests.web.browsing import sign_in
from tests.web.test_updates_save import read_states
from tests.web.updating import LAST, HeadDesk, make_desk, read_text


async def preview(desk: HeadDesk, text: str) -> str:
    """The page with what would come of a text."""
    answer = await desk.browser.get("/updates/paste", params={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.text


def list_results(page: str) -> list[str]:
    """The last cell of every line."""
    body = page.partition("What would come of it")[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return [read_text(row.rpartition("<td")[2].partition(">")[2]) for row in body.split("</tr>")[:-1]]


async def apply(desk: HeadDesk, page: str) -> httpx2.Response:
    """Presses the button of the preview."""
    lines = re.search(r'<textarea name="text" hidden>(.*?)</textarea>', page, re.DOTALL)
    assert lines is not None
    body = {"text": html.unescape(lines[1]), "seen": re.findall(r'name="seen" value="([^"]+)"', page)}
    return await desk.browser.post("/updates/paste", data=body)


async def test_a_column_is_previewed_and_applied(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=3)
    await make_measurement(session, desk.kpis[2], LAST.text, department=desk.department, value=80)
    page = await preview(desk, "91,5\n\n88\n")
    assert list_results(page) == ["new", "replaces 80 %"]
    assert "Apply 2 values" in page
    assert "KPI-0, KPI-1, KPI-2" in page
    assert await read_states(session, desk.kpis[0]) == []
    answer = await apply(desk, page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/updates")
    assert [float(each.value) for each in await read_states(session, desk.kpis[0])] == [91.5]
    assert [float(each.value) for each in await read_states(session, desk.kpis[2])] == [80, 88]
    assert await read_states(session, desk.kpis[1]) == []


async def test_of_twenty_lines_three_bad_ones_are_said_and_the_others_stored(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session, kpis=20)
    values = {f"KPI-{number}": "90" for number in range(20)} | {"KPI-4": "many", "KPI-9": "3"}
    text = "\n".join(f"{code}\t{value}" for code, value in values.items()) + "\nKPI-77\t1"
    page = await preview(desk, text.replace("KPI-11\t90", "KPI-11\t"))
    results = list_results(page)
    assert len(results) == 21
    assert results.count("new") == 17
    assert "Apply 17 values" in page
    assert "A number is expected here, like 12.5 or 12,5." in results
    assert any(result.startswith("Red: it needs a note.") for result in results)
    assert 'None of your rows is called "KPI-77".' in results
    assert "There is no value in this line." in results
    answer = await apply(desk, page)
    location = urlsplit(answer.headers["location"])
    query = parse_qs(location.query)
    assert (location.path, query["saved"]) == ("/updates/paste", ["17"])
    assert query["text"] == ["KPI-4\tmany\nKPI-9\t3\nKPI-11\nKPI-77\t1"]
    left = await desk.open(answer.headers["location"])
    assert "17 values were saved. What is left could not be:" in left
    assert "None of these can be applied as it is." in left
    assert "17 of 20 done" in await desk.open()


async def test_a_third_column_is_the_note_of_a_red_value(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    page = await preview(desk, "Measure 0\t20\tTwo tills are broken")
    assert list_results(page) == ["new"]
    assert "Apply 1 value" in page
    await apply(desk, page)
    (state,) = await read_states(session, desk.kpis[0])
    assert (float(state.value), state.note) == (20, "Two tills are broken")


async def test_what_somebody_changed_since_the_preview_is_left(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    page = await preview(desk, "91")
    await make_measurement(session, desk.kpis[0], LAST.text, department=desk.department, value=76)
    answer = await apply(desk, page)
    assert "saved=0" in answer.headers["location"]
    assert "KPI-0" in answer.headers["location"]
    assert len(await read_states(session, desk.kpis[0])) == 1
    again = await desk.open(answer.headers["location"])
    assert list_results(again) == ["replaces 76 %"]


async def test_the_same_value_is_said_to_be_there(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    await make_measurement(session, desk.kpis[0], LAST.text, department=desk.department, value=90)
    assert list_results(await preview(desk, "90,0")) == ["as it is"]


async def test_automatic_rows_are_not_pasted_over(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    fed = await make_kpi(session, code="A-FED", departments=[desk.department], source=KpiSource.FED)
    await make_measurement(session, fed, LAST.text, department=desk.department, source=Source.FED)
    assert list_results(await preview(desk, "A-FED\t90")) == ['None of your rows is called "A-FED".']


async def test_whoever_may_not_type_a_value_may_not_paste_it(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    viewer = await make_owner(session, role=Role.VIEWER)
    kpi = await make_kpi(session, updater_id=viewer.id, direction=Direction.LOWER)
    await make_target(session, kpi, "2020")
    desk.browser = await sign_in(app, session, viewer)
    assert list_results(await preview(desk, "1")) == ["Only its updater or owner may type it."]


async def test_a_period_is_kept_on_the_way(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    earlier = LAST.previous(2).text
    answer = await desk.browser.get("/updates/paste", params={"text": "90", "period": earlier})
    picked = re.findall(r'name="(?:period|picked)" value="([^"]+)"', answer.text)
    assert picked == [earlier, earlier]
    body = {"text": "KPI-0\t90", "picked": earlier}
    done = await desk.browser.post("/updates/paste", data=body)
    assert done.headers["location"] == f"/updates?period={earlier}"
    assert [state.period for state in await read_states(session, desk.kpis[0])] == [earlier]


async def test_nothing_pasted_is_no_error(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    assert "What would come of it" not in await preview(desk, "")
    answer = await desk.browser.post("/updates/paste", data={})
    assert answer.headers["location"] == "/updates/paste"


async def test_what_is_too_long_to_be_read_is_kept_and_said(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    answer = await desk.browser.post("/updates/paste", data={"text": "1\n" * 10_001})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert answer.text.count("1\n") >= 10_000
    assert "What would come of it" not in answer.text
