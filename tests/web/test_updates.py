"""My updates: what the page shows to whom, for which period."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.periods import Cadence, period_of
from app.domain.permissions import Role
from app.domain.scoring import Aggregation, KpiSource, Source, Status
from app.queries.organization import today_of
from app.web.event_words import say_period
from tests.factories import (
    make_commitment,
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_target,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in
from tests.web.updating import LAST, find_row, list_rows, make_desk, read_attributes, read_fields, read_text

MOST_STATEMENTS = 12


async def test_a_head_sees_what_is_owed_with_last_value_and_target(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session, kpis=2)
    for back, value in ((1, 71), (2, 64)):
        await make_measurement(
            session, desk.kpis[0], LAST.previous(back).text, department=desk.department, value=value
        )
    page = await desk.open()
    month = say_period(LAST.text)
    assert f"<title>My updates, {month}" in page
    assert "Operations" in page
    assert "0 of 2 done" in page
    assert read_attributes_of_progress(page) == {
        "aria-label": "Updates done",
        "value": "0",
        "max": "2",
    }
    row = find_row(page, desk.kpis[0])
    assert re.search(r'<th scope="row"><a [^>]*>Measure 0</a></th>', row)
    assert "71 %" in read_text(row)
    assert "≥ 90 %" in read_text(row)
    assert 'class="sparkline"' in row
    entry = read_attributes(row, "value")
    assert (entry["aria-label"], entry["inputmode"], entry["value"]) == ("Measure 0", "decimal", "")
    assert read_attributes(row, "note")["aria-label"] == "Note for Measure 0"
    assert "unknown" in row


def read_attributes_of_progress(page: str) -> dict[str, str]:
    """What the progress bar says."""
    found = re.search(r"<progress ([^>]+)>", page)
    assert found is not None
    return dict(re.findall(r'([a-z-]+)="([^"]*)"', found[1]))


async def test_the_first_open_row_has_the_focus(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=3)
    await make_measurement(session, desk.kpis[0], LAST.text, department=desk.department, value=90)
    page = await desk.open()
    assert [index for index, row in enumerate(list_rows(page)) if "autofocus" in row] == [1]
    assert "1 of 3 done" in page


async def test_a_value_that_is_there_says_whose_it_is(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    await make_measurement(
        session,
        desk.kpis[0],
        LAST.text,
        department=desk.department,
        value=74,
        recorded_by_name="Xenia <X>",
        status=Status.AMBER,
        note="Slow",
        confidence=3,
    )
    row = find_row(await desk.open(), desk.kpis[0])
    assert "replaces 74 % entered by Xenia <X> on" in read_text(row)
    assert "Xenia &lt;X&gt;" in row
    fields = read_fields(row)
    assert (fields["value"], fields["note"], fields["confidence"], fields["seen"]) == ("74", "Slow", "3", "1")
    assert "all done" in await desk.open()


async def test_fed_and_aggregated_values_are_read_only_with_their_source(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session, kpis=3, source=KpiSource.FED)
    fed, added, awaited = desk.kpis
    for kpi, source in ((fed, Source.FED), (added, Source.AGGREGATED)):
        await make_measurement(
            session, kpi, LAST.text, department=desk.department, value=7.3, source=source, n=38
        )
    page = await desk.open()
    assert "of 0 done" not in page
    assert "Updates done" not in page
    row = find_row(page, fed)
    assert "fed, n = 38" in read_text(row)
    assert "Override" in row
    assert read_attributes(row, "reason")["aria-label"] == "Reason for overriding Measure 0"
    assert read_fields(row)["value"] == ""
    assert "from the departments below" in read_text(find_row(page, added))
    assert "nothing has come yet" in read_text(find_row(page, awaited))


async def test_an_override_is_marked_manual(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, source=KpiSource.FED)
    await make_measurement(session, desk.kpis[0], LAST.text, department=desk.department, value=8)
    row = find_row(await desk.open(), desk.kpis[0])
    assert ">manual<" in row
    assert "Override" not in row


async def test_a_period_may_be_picked(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    earlier = LAST.previous(2)
    await make_measurement(session, desk.kpis[0], earlier.text, department=desk.department, value=77)
    page = await desk.open(f"/updates?period={earlier.text}")
    assert read_fields(find_row(page, desk.kpis[0]))["value"] == "77"
    assert f'value="{earlier.text}" selected' in " ".join(page.split())
    assert read_fields(find_row(page, desk.kpis[0]))["picked"] == earlier.text
    running = period_of(await today_of(session), Cadence.MONTHLY)
    assert "due in" in await desk.open(f"/updates?period={running.text}")


@pytest.mark.parametrize("query", ["period=2199-01", "period=soon", "nothing=1"])
async def test_what_is_no_period_is_refused(app: FastAPI, session: AsyncSession, query: str) -> None:
    desk = await make_desk(app, session)
    answer = await desk.browser.get(f"/updates?{query}")
    assert answer.status_code == 422


async def test_several_cadences_and_departments_are_told_apart(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    second = await make_department(
        session, code="LAB", name="Laboratory", head_id=desk.head.id, parent=desk.department
    )
    await make_kpi(session, name="Both", departments=[desk.department, second])
    await make_kpi(session, name="Yearly", departments=[desk.department], cadence=Cadence.YEARLY)
    page = await desk.open()
    assert 'aria-label="Both, Laboratory"' in page
    assert 'aria-label="Both, Operations"' in page
    assert "Laboratory and Operations" in page
    (yearly,) = [row for row in list_rows(page) if 'aria-label="Yearly"' in row]
    assert str(LAST.year) in read_text(yearly) or str(LAST.year - 1) in read_text(yearly)
    third = await make_department(session, name="Third", head_id=desk.head.id)
    await make_kpi(session, departments=[third])
    assert "3 departments" in await desk.open()


async def test_who_owes_nothing_is_told_so(app: FastAPI, session: AsyncSession) -> None:
    for role in (Role.VIEWER, Role.ADMIN, Role.FACILITATOR, Role.CONTRIBUTOR):
        browser = await sign_in(app, session, await make_owner(session, role=role))
        answer = await browser.get("/updates")
        assert answer.status_code == 200
        assert "You owe no values" in answer.text
        assert "Paste values" not in answer.text


async def test_whoever_may_not_type_what_they_owe_reads_it(app: FastAPI, session: AsyncSession) -> None:
    department = await make_department(session)
    viewer = await make_owner(session, role=Role.VIEWER, department=department)
    department.head_id = viewer.id
    kpi = await make_kpi(session, departments=[department])
    browser = await sign_in(app, session, viewer)
    row = find_row((await browser.get("/updates")).text, kpi)
    assert "Only its updater or owner may type it." in row
    assert 'name="value"' not in row


async def test_a_red_row_asks_for_an_action_unless_there_is_one(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=2)
    for kpi in desk.kpis:
        await make_measurement(
            session, kpi, LAST.text, department=desk.department, value=20, status=Status.RED, note="Ill"
        )
    await make_commitment(session, desk.head, kpi_id=desk.kpis[0].id, what="Repair the till")
    free = await make_commitment(session, desk.head, what="Hire two")
    page = await desk.open()
    promised, open_one = (find_row(page, kpi) for kpi in desk.kpis)
    assert "Repair the till · Hanna Head" in read_text(promised)
    assert "action_what" not in promised
    assert free.code in open_one
    assert "Hanna Head" in open_one
    assert re.search(r'<a [^>]*href="#(update-[^"]+)"[^>]*>Skip to red', page)[1] in promised  # type: ignore[index]


async def test_overdue_is_said(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, grace_days=0)
    page = await desk.open()
    assert "overdue by" in page


async def test_a_value_that_says_nothing_new_moves_nowhere(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=2)
    for back, values in ((1, (80, 80)), (0, (80, 70))):
        for kpi, value in zip(desk.kpis, values, strict=True):
            await make_measurement(
                session, kpi, LAST.previous(back).text, department=desk.department, value=value
            )
    page = await desk.open()
    assert "→ 0" in find_row(page, desk.kpis[0])
    assert "↓ −10 worse" in read_text(find_row(page, desk.kpis[1]))


async def test_the_page_costs_the_same_however_long_it_is(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    desk = await make_desk(app, session, kpis=2)
    goal = await make_goal(session)
    counts = []
    for _ in range(2):
        with count_statements(connection) as statements:
            await desk.open()
        counts.append(len(statements))
        for _ in range(5):
            kpi = await make_kpi(session, departments=[desk.department], aggregation=Aggregation.SUM)
            await make_target(session, kpi, "2020")
            await make_measurement(session, kpi, LAST.text, department=desk.department, status=Status.RED)
            await make_commitment(session, desk.head, kpi_id=kpi.id)
            objective = await make_objective(session, department=desk.department, owner_id=desk.head.id)
            await make_link(session, objective, goal)
    assert counts[0] == counts[1] <= MOST_STATEMENTS


async def test_a_value_is_judged_while_it_is_typed(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    kpi = desk.kpis[0]
    await make_measurement(session, kpi, LAST.previous().text, department=desk.department, value=80)
    path = f"/updates/kpis/{kpi.code}/standing?period={LAST.text}&department=OPS&value="
    expected = {"90": "green ↑ +10", "75,5": "amber ↓ −4.5 worse", "2": "red ↓ −78 worse"}
    for typed, told in (expected | {"x": "unknown", "": "unknown"}).items():
        answer = await desk.browser.get(path + typed)
        assert answer.status_code == 200
        assert read_text(answer.text).startswith(told)
        assert "<html" not in answer.text
    assert "90 is at or above amber 85." in (await desk.browser.get(f"{path}90")).text
    unknown = await desk.browser.get(f"/updates/kpis/NONE/standing?period={LAST.text}")
    assert unknown.status_code == 404
