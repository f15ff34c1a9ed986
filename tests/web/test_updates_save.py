"""Saving a row: what is kept, what is refused with what was typed, and what somebody else did meanwhile."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Role
from app.domain.scoring import Direction, KpiSource, Source, Status
from app.models import Commitment, Event, Kpi, Measurement
from tests.factories import make_commitment, make_department, make_kpi, make_measurement, make_owner
from tests.web.browsing import sign_in
from tests.web.updating import (
    LAST,
    PARTIAL,
    find_row,
    make_desk,
    read_attributes,
    read_fields,
    read_text,
)


async def read_states(session: AsyncSession, kpi: Kpi) -> list[Any]:
    """Every state of a KPI's values in departments, in order."""
    table = Measurement.__table__  # type: ignore[attr-defined]
    chosen = select(table).where(table.c.kpi_id == kpi.id, table.c.department_id.is_not(None))
    return list(await session.execute(chosen.order_by(table.c.row)))


async def test_a_row_is_saved_in_place(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=2)
    answer = await desk.send(desk.kpis[0], value="87,5", note="Better", confidence=4)
    assert answer.status_code == 200, answer.text
    row = find_row(answer.text, desk.kpis[0])
    assert '-said">Saved</span>' in row
    assert "Undo" in row
    assert "green" in row
    assert "replaces" not in row
    assert "autofocus" not in row
    assert 'hx-target="#updates-head"' in answer.text
    assert "1 of 2 done" in answer.text
    assert "<html" not in answer.text
    (state,) = await read_states(session, desk.kpis[0])
    assert (float(state.value), state.note, state.confidence) == (87.5, "Better", 4)
    assert (state.source, state.recorded_by, state.status) == (Source.MANUAL, desk.head.id, Status.GREEN)
    events = select(Event).where(col(Event.object_id) == state.id)
    assert [event.action for event in await session.scalars(events)] == ["created"]


async def test_without_scripts_a_row_is_saved_and_the_next_one_has_the_focus(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session, kpis=3)
    answer = await desk.send(desk.kpis[0], value=90, plain=True)
    assert answer.status_code == 303
    address = answer.headers["location"]
    page = await desk.open(address)
    saved, following = find_row(page, desk.kpis[0]), find_row(page, desk.kpis[1])
    assert "Saved" in saved
    assert "Undo" in saved
    assert "autofocus" in following
    assert page == await desk.open(address)
    for kpi in desk.kpis[1:]:
        answer = await desk.send(kpi, value=90, plain=True)
    assert f'id="{answer.headers["location"].partition("#")[2]}"' in page


async def test_the_same_again_changes_nothing_and_offers_no_undo(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    await desk.send(desk.kpis[0], value=90)
    again = await desk.send(desk.kpis[0], value="90.0")
    assert "Saved" in again.text
    assert "Undo" not in again.text
    assert len(await read_states(session, desk.kpis[0])) == 1


@pytest.mark.parametrize("typed", ["74 %", " 74", "74,0", "74.00%"])
async def test_a_number_is_read_as_people_write_it(app: FastAPI, session: AsyncSession, typed: str) -> None:
    desk = await make_desk(app, session)
    answer = await desk.send(desk.kpis[0], value=typed)
    assert answer.status_code == 200, answer.text
    assert read_fields(find_row(answer.text, desk.kpis[0]))["value"] == "74"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc <b>", "A number is expected here"),
        ("1,234", "Is this 1234 or 1.234?"),
        ("", "Type a value, or tick n/a"),
        ("1e99", "A number is expected here"),
        ("9" * 20, "10 to the power of 15"),
    ],
)
async def test_what_is_no_number_stays_typed_with_its_message(
    app: FastAPI, session: AsyncSession, typed: str, said: str
) -> None:
    desk = await make_desk(app, session)
    answer = await desk.send(desk.kpis[0], value=typed, note="Kept")
    assert answer.status_code == 422
    row = find_row(answer.text, desk.kpis[0])
    value = read_attributes(row, "value")
    assert (value["value"], value["aria-invalid"]) == (typed, "true")
    assert f'id="{value["aria-describedby"]}"' in row
    assert said in read_text(row)
    assert read_fields(row)["note"] == "Kept"
    assert await read_states(session, desk.kpis[0]) == []


async def test_a_red_value_needs_a_note_before_it_is_stored(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    refused = await desk.send(desk.kpis[0], value=20)
    assert refused.status_code == 422
    row = find_row(refused.text, desk.kpis[0])
    note = read_attributes(row, "note")
    assert "required" in note
    assert "autofocus" in note
    assert f'id="{note["aria-describedby"]}"' in row
    assert read_fields(row)["value"] == "20"
    assert "state red" in row
    assert "action_what" in row
    assert await read_states(session, desk.kpis[0]) == []
    kept = await desk.send(desk.kpis[0], value=20, note="Two tills are broken")
    assert kept.status_code == 200
    assert len(await read_states(session, desk.kpis[0])) == 1


async def test_without_scripts_a_refusal_is_the_whole_page(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session, kpis=2)
    answer = await desk.send(desk.kpis[0], value=20, plain=True)
    assert answer.status_code == 422
    assert "<html" in answer.text
    assert "autofocus" in read_attributes(find_row(answer.text, desk.kpis[0]), "note")
    assert "autofocus" not in find_row(answer.text, desk.kpis[1])


async def test_an_action_is_promised_with_the_value(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    colleague = await make_owner(session, department=desk.department, name="Colin")
    answer = await desk.send(
        desk.kpis[0],
        value=20,
        note="Broken",
        action_what="Repair it",
        action_owner=colleague.email,
        action_due="2030-01-31",
    )
    assert answer.status_code == 200, answer.text
    assert "Repair it · Colin, by 31 Jan" in read_text(answer.text)
    (made,) = await session.scalars(select(Commitment))
    assert (made.owner_id, made.kpi_id, made.what) == (colleague.id, desk.kpis[0].id, "Repair it")


async def test_an_action_that_is_promised_already_may_be_picked(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    free = await make_commitment(session, desk.head)
    await desk.send(desk.kpis[0], value=20, note="Broken", action_pick=free.code)
    await session.refresh(free)
    assert free.kpi_id == desk.kpis[0].id


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"action_what": "Repair it", "action_due": ""}, "By when?"),
        ({"action_what": "Repair it", "action_due": "2030-01-31", "action_owner": "x@y.z"}, "no owner x@y.z"),
        ({"action_pick": "C-999"}, "no commitment C-999"),
    ],
)
async def test_a_refused_action_keeps_the_value_out_too(
    app: FastAPI, session: AsyncSession, action: dict[str, Any], said: str
) -> None:
    desk = await make_desk(app, session)
    answer = await desk.send(desk.kpis[0], value=20, note="Broken", **action)
    assert answer.status_code in (422, 404)
    assert said in read_text(answer.text)
    assert await read_states(session, desk.kpis[0]) == []
    assert (await session.scalars(select(Commitment))).all() == []


async def test_not_applicable_needs_a_reason(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    refused = await desk.send(desk.kpis[0], not_applicable="yes")
    assert refused.status_code == 422
    row = find_row(refused.text, desk.kpis[0])
    assert "checked" in read_attributes(row, "not_applicable")
    assert "autofocus" in read_attributes(row, "note")
    assert "action_what" not in row
    kept = await desk.send(desk.kpis[0], not_applicable="yes", note="The shop was closed")
    assert kept.status_code == 200
    (state,) = await read_states(session, desk.kpis[0])
    assert (state.not_applicable, state.note) == (True, "The shop was closed")
    page = await desk.open()
    assert "checked" in read_attributes(find_row(page, desk.kpis[0]), "not_applicable")
    assert "1 of 1 done" in page


async def test_not_applicable_replaces_the_value_that_the_field_still_holds(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session)
    await desk.send(desk.kpis[0], value=90)
    kept = await desk.send(desk.kpis[0], not_applicable="yes", note="Closed")
    assert kept.status_code == 200
    both = await desk.send(desk.kpis[0], value=91)
    assert both.status_code == 422
    assert "applicable" in read_text(both.text)


async def test_two_people_who_edit_one_value_see_both(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    kpi = desk.kpis[0]
    page = await desk.open()
    await make_measurement(
        session, kpi, LAST.text, department=desk.department, value=76, recorded_by_name="Otto"
    )
    mine = read_fields(find_row(page, kpi)) | {"value": "88"}
    answer = await desk.browser.post(f"/updates/kpis/{kpi.code}", data=mine, headers=PARTIAL)
    assert answer.status_code == 409
    row = find_row(answer.text, kpi)
    assert "There is 76 % now (Otto" in read_text(row)
    assert "Keep 76 %" in row
    assert "Use 88" in row
    assert read_fields(row)["value"] == "88"
    assert len(await read_states(session, kpi)) == 1
    insisted = await desk.browser.post(f"/updates/kpis/{kpi.code}", data=read_fields(row), headers=PARTIAL)
    assert insisted.status_code == 200, insisted.text
    assert [float(state.value) for state in await read_states(session, kpi)] == [76, 88]
    plain = await desk.browser.post(f"/updates/kpis/{kpi.code}", data=mine)
    assert (plain.status_code, "<html" in plain.text) == (409, True)
    assert "you, elsewhere" in plain.text


async def test_an_override_needs_a_reason_and_undoing_it_lets_the_feed_return(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session, source=KpiSource.FED)
    kpi = desk.kpis[0]
    fed = {"value": 88, "source": Source.FED, "n": 9}
    await make_measurement(session, kpi, LAST.text, department=desk.department, **fed)
    refused = await desk.send(kpi, value=95)
    assert refused.status_code == 422
    assert "autofocus" in read_attributes(find_row(refused.text, kpi), "reason")
    kept = await desk.send(kpi, value=95, reason="The feed lost a day")
    assert kept.status_code == 200, kept.text
    assert ">manual<" in kept.text
    assert (await read_states(session, kpi))[-1].reason == "The feed lost a day"


async def test_a_red_value_that_is_fed_gets_its_action_without_being_typed(
    app: FastAPI, session: AsyncSession
) -> None:
    desk = await make_desk(app, session, source=KpiSource.FED)
    kpi = desk.kpis[0]
    fed = {"value": 20, "source": Source.FED, "status": Status.RED}
    await make_measurement(session, kpi, LAST.text, department=desk.department, **fed)
    answer = await desk.send(kpi, action_what="Ask the teams", action_due="2030-01-31")
    assert answer.status_code == 200, answer.text
    assert "Ask the teams · Hanna Head" in read_text(answer.text)
    assert "Undo" not in answer.text
    assert len(await read_states(session, kpi)) == 1
    assert (await desk.send(kpi)).status_code == 422


async def test_only_what_one_owes_can_be_typed_here(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    foreign = await make_kpi(session)
    body = {"period": LAST.text, "seen": "0", "value": "9"}
    assert (await desk.browser.post(f"/updates/kpis/{foreign.code}", data=body)).status_code == 404
    kpi = desk.kpis[0]
    for wrong in ({"department": "ELSE"}, {"department": "OPS", "period": LAST.previous().text}):
        answer = await desk.browser.post(f"/updates/kpis/{kpi.code}", data=body | wrong)
        assert answer.status_code == 404
    broken = await desk.browser.post(f"/updates/kpis/{kpi.code}", data={"value": "9"})
    assert broken.status_code == 422
    for role, status in ((Role.CONTRIBUTOR, 404), (Role.VIEWER, 403)):
        stranger = await sign_in(app, session, await make_owner(session, role=role))
        answer = await stranger.post(f"/updates/kpis/{kpi.code}", data=body | {"department": "OPS"})
        assert answer.status_code == status


async def test_whoever_owes_without_the_right_is_refused(app: FastAPI, session: AsyncSession) -> None:
    other = await make_department(session, code="ELSE")
    colleague = await make_owner(session, role=Role.CONTRIBUTOR, department=other)
    other.head_id = colleague.id
    kpi = await make_kpi(session, departments=[other])
    browser = await sign_in(app, session, colleague)
    body = {"period": LAST.text, "department": "ELSE", "seen": "0", "value": "9"}
    answer = await browser.post(f"/updates/kpis/{kpi.code}", data=body, headers=PARTIAL)
    assert answer.status_code == 403
    assert await read_states(session, kpi) == []


async def test_lower_and_band_tell_which_way_is_worse(app: FastAPI, session: AsyncSession) -> None:
    desk = await make_desk(app, session)
    for direction, told in ((Direction.LOWER, "↑ +10 worse"), (Direction.BAND, "↑ +10")):
        kpi = await make_kpi(session, departments=[desk.department], direction=direction)
        await make_measurement(session, kpi, LAST.previous().text, department=desk.department, value=10)
        answer = await desk.send(kpi, value=20)
        assert told in read_text(find_row(answer.text, kpi))
        assert ("worse" in told) == ("worse" in read_text(find_row(answer.text, kpi)))
