"""Undo: what stood before comes back as one more revision, as long as nobody came between."""

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.scoring import KpiSource, Source, Status
from app.models import Kpi
from tests.factories import make_measurement
from tests.web.test_updates_save import read_states
from tests.web.updating import LAST, PARTIAL, HeadDesk, find_row, make_desk, read_fields, read_text


async def undo(desk: HeadDesk, kpi: Kpi, markup: str, *, plain: bool = False) -> tuple[int, str]:
    """Presses Undo in a row; status and answer."""
    fields = read_fields(find_row(markup, kpi))
    body = {name: fields[name] for name in ("picked", "period", "department", "seen")}
    path = f"/updates/kpis/{kpi.code}/undo"
    answer = await desk.browser.post(path, data=body, headers={} if plain else PARTIAL)
    return answer.status_code, answer.text


async def test_undo_brings_back_what_stood_before(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    kpi = desk.kpis[0]
    await desk.send(kpi, value=91, note="First", confidence=2)
    saved = await desk.send(kpi, value=19, note="A slip")
    status, text = await undo(desk, kpi, saved.text)
    assert status == 200
    row = find_row(text, kpi)
    assert "Undone" in row
    assert "autofocus" in row
    fields = read_fields(row)
    assert (fields["value"], fields["note"], fields["confidence"]) == ("91", "First", "2")
    states = await read_states(session, kpi)
    assert [(state.revision, float(state.value)) for state in states] == [(1, 91), (2, 19), (3, 91)]
    assert states[-1].status == Status.GREEN


async def test_undoing_the_first_value_withdraws_it(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=2)
    saved = await desk.send(desk.kpis[0], value=91)
    status, text = await undo(desk, desk.kpis[0], saved.text)
    assert status == 200
    assert "0 of 2 done" in text
    assert read_fields(find_row(text, desk.kpis[0]))["value"] == ""
    states = await read_states(session, desk.kpis[0])
    assert [state.withdrawn for state in states] == [False, True]
    again = await desk.send(desk.kpis[0], value=92)
    status, text = await undo(desk, desk.kpis[0], again.text)
    assert read_fields(find_row(text, desk.kpis[0]))["value"] == ""


async def test_without_scripts_undo_leads_back_to_the_row(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    saved = await desk.send(desk.kpis[0], value=91)
    status, _ = await undo(desk, desk.kpis[0], saved.text, plain=True)
    assert status == 303
    assert "0 of 1 done" in await desk.open()


async def test_nothing_is_undone_once_somebody_came_between(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    kpi = desk.kpis[0]
    saved = await desk.send(kpi, value=91)
    await desk.send(kpi, value=93)
    status, text = await undo(desk, kpi, saved.text)
    assert status == 409
    assert "nothing to undo" in read_text(text)
    assert [float(state.value) for state in await read_states(session, kpi)] == [91, 93]


async def test_nobody_undoes_what_somebody_else_said(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    kpi = desk.kpis[0]
    await make_measurement(session, kpi, LAST.text, department=desk.department, value=80)
    status, _ = await undo(desk, kpi, await desk.open())
    assert status == 409
    assert len(await read_states(session, kpi)) == 1


async def test_undoing_an_override_withdraws_it(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, source=KpiSource.FED)
    kpi = desk.kpis[0]
    await make_measurement(session, kpi, LAST.text, department=desk.department, value=88, source=Source.FED)
    kept = await desk.send(kpi, value=95, reason="The feed lost a day")
    await undo(desk, kpi, kept.text)
    assert (await read_states(session, kpi))[-1].withdrawn


async def test_a_row_that_is_not_whole_is_refused(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    answer = await desk.browser.post(f"/updates/kpis/{desk.kpis[0].code}/undo", data={"seen": "x"})
    assert answer.status_code == 422
