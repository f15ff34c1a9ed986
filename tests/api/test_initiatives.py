"""Initiatives over the API: baselines that stay, steps with days and reasons, who sees and who writes."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.domain.words import InitiativeStatus
from app.models import Department, Event, Initiative, Node
from app.queries.organization import today_of
from tests.cast import Cast
from tests.factories import (
    make_decision,
    make_department,
    make_goal,
    make_initiative,
    make_objective,
    make_owner,
    make_theme,
)

INITIATIVES = "/api/v1/initiatives"
ANY = {"If-Match": "*"}


def write_body(department: Department, **fields: Any) -> dict[str, Any]:
    """What makes an initiative."""
    return {"code": "TILLS", "title": "New tills", "department": department.code} | fields


async def list_told(client: httpx2.AsyncClient) -> list[str]:
    """What the feed tells of initiatives."""
    answer = await client.get("/api/v1/changes?kind=initiative")
    return [each["action"] for each in answer.json()["items"]]


async def test_an_initiative_is_added_with_all_it_names(cast: Cast, session: AsyncSession) -> None:
    stores, it = await make_department(session), await make_department(session)
    owner, goal = await make_owner(session), await make_goal(session)
    objective = await make_objective(session, department=stores)
    ceo = await cast.ceo()
    body = write_body(
        stores,
        why="Queues",
        owner=owner.email,
        departments=[it.code, stores.code],
        supports=[goal.code.lower(), str(objective.id)],
        status="active",
        starts_on="2026-01-01",
        due_on="2026-06-30",
        progress=12.5,
        action_learning=True,
    )
    answer = await ceo.post(INITIATIVES, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["department"]["code"] == stores.code
    assert [each["code"] for each in made["departments"]] == [it.code], "who leads takes part anyway"
    assert {each["code"] for each in made["supports"]} == {goal.code, objective.code}
    assert (made["due_on"], made["due_baseline"]) == ("2026-06-30", "2026-06-30")
    assert (made["progress"], made["action_learning"], made["owner"]["code"]) == (12.5, True, owner.email)
    assert (made["finished_on"], made["cancelled_on"]) == (None, None)
    assert (await ceo.get(f"{INITIATIVES}/tills")).json() == made
    node = await session.get_one(Node, made["id"])
    assert (node.kind, node.code) == ("initiative", "TILLS")
    event = (await session.scalars(select(Event).where(col(Event.object_id) == made["id"]))).one()
    assert event.after is not None
    assert (event.kind, event.action, event.department_id) == ("initiative", "created", stores.id)
    assert set(event.after["supports"]) == {str(goal.id), str(objective.id)}


async def test_codes_are_shared_with_goals_and_objectives(cast: Cast, session: AsyncSession) -> None:
    department, goal = await make_department(session), await make_goal(session)
    ceo = await cast.ceo()
    taken = await ceo.post(INITIATIVES, json=write_body(department, code=goal.code))
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/code")
    await ceo.post(INITIATIVES, json=write_body(department))
    renamed = await ceo.patch(f"{INITIATIVES}/TILLS", json={"code": "NEW-TILLS"}, headers=ANY)
    assert renamed.json()["code"] == "NEW-TILLS"
    assert (await ceo.get(f"{INITIATIVES}/NEW-TILLS")).status_code == 200
    assert (await ceo.post(INITIATIVES, json=write_body(department))).status_code == 201


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"status": "active"}, "/due_on", "required"),
        ({"status": "finished", "due_on": "2026-06-30"}, "/status", "own_step"),
        ({"status": "achieved"}, "/status", "enum"),
        ({"department": "NOWHERE"}, "/department", "unknown_reference"),
        ({"departments": ["NOWHERE"]}, "/departments/0", "unknown_reference"),
        ({"supports": ["NOWHERE"]}, "/supports/0", "unknown_reference"),
        ({"owner": "nobody@x.test"}, "/owner", "unknown_reference"),
        ({"starts_on": "2026-02-01", "due_on": "2026-01-01"}, "/due_on", "ends_before_start"),
        ({"progress": 101}, "/progress", "less_than_equal"),
        ({"progress": "50"}, "/progress", "not_a_number"),
        ({"due_baseline": "2026-06-30"}, "/due_baseline", "unknown_field"),
    ],
)
async def test_bad_input_is_refused_at_its_place(
    cast: Cast, session: AsyncSession, change: dict[str, object], pointer: str, code: str
) -> None:
    department = await make_department(session)
    ceo = await cast.ceo()
    answer = await ceo.post(INITIATIVES, json=write_body(department) | change)
    assert answer.status_code == 422
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert (await session.scalars(select(Initiative))).all() == []


async def test_a_theme_is_nothing_to_support_and_an_initiative_nothing_to_measure(
    cast: Cast, session: AsyncSession
) -> None:
    department, theme = await make_department(session), await make_theme(session)
    ceo = await cast.ceo()
    made = await ceo.post(INITIATIVES, json=write_body(department, supports=[theme.code]))
    assert made.json()["errors"][0]["code"] == "unknown_reference"
    initiative = await make_initiative(session)
    kpi = {"code": "K", "name": "K", "unit": "percent", "direction": "higher", "cadence": "monthly"}
    measured = await ceo.post("/api/v1/kpis", json=kpi | {"measures": [initiative.code]})
    assert measured.json()["errors"][0]["pointer"] == "/measures/0"


async def test_the_baseline_is_the_due_date_out_of_draft_and_stays(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    ceo = await cast.ceo()
    path = f"{INITIATIVES}/TILLS"
    made = await ceo.post(INITIATIVES, json=write_body(department, due_on="2026-05-31"))
    assert made.json()["due_baseline"] is None
    moved = await ceo.patch(path, json={"due_on": "2026-06-30"}, headers=ANY)
    assert (moved.json()["due_on"], moved.json()["due_baseline"]) == ("2026-06-30", None)
    begun = await ceo.patch(path, json={"status": "active"}, headers=ANY)
    assert begun.json()["due_baseline"] == "2026-06-30"
    silent = await ceo.patch(path, json={"due_on": "2026-09-30"}, headers=ANY)
    assert (silent.status_code, silent.json()["errors"][0]["code"]) == (422, "redate_instead")
    for due_on, reason in (("2026-09-30", "Parts are late."), ("2026-12-31", "They are still late.")):
        redated = await ceo.post(f"{path}/redate", json={"due_on": due_on, "reason": reason})
        assert redated.status_code == 200, redated.text
        assert (redated.json()["due_on"], redated.json()["due_baseline"]) == (due_on, "2026-06-30")
    dates = (await ceo.get(f"{path}/dates")).json()["items"]
    assert [(each["due_before"], each["due_on"], each["reason"]) for each in dates] == [
        (None, "2026-06-30", None),
        ("2026-06-30", "2026-09-30", "Parts are late."),
        ("2026-09-30", "2026-12-31", "They are still late."),
    ]
    assert {each["by_name"] for each in dates} == {ceo.owner.name}  # type: ignore[attr-defined]


async def test_the_history_of_dates_comes_in_pages(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    body = write_body(await make_department(session), status="active", due_on="2026-01-31")
    await ceo.post(INITIATIVES, json=body)
    path = f"{INITIATIVES}/TILLS"
    for due_on in ("2026-02-28", "2026-03-31"):
        await ceo.post(f"{path}/redate", json={"due_on": due_on, "reason": "Late."})
    first = (await ceo.get(f"{path}/dates?limit=2")).json()
    rest = (await ceo.get(f"{path}/dates?limit=2&cursor={first['next_cursor']}")).json()
    told = [each["due_on"] for each in first["items"] + rest["items"]]
    assert (told, rest["next_cursor"]) == (["2026-01-31", "2026-02-28", "2026-03-31"], None)
    assert (await ceo.get(f"{path}/dates?updated_since=2100-01-01T00:00:00Z")).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"due_on": "2026-12-31", "reason": "Same"}, 422, "same_date"),
        ({"due_on": "2027-01-31", "reason": "  "}, 422, "required"),
        ({"due_on": "2027-01-31"}, 422, "required"),
        ({"due_on": "2025-12-31", "reason": "Back"}, 422, "ends_before_start"),
    ],
)
async def test_a_redating_needs_another_day_and_a_reason(
    cast: Cast, session: AsyncSession, body: dict[str, str], status: int, code: str
) -> None:
    initiative = await make_initiative(session, starts_on=date(2026, 1, 1))
    ceo = await cast.ceo()
    answer = await ceo.post(f"{INITIATIVES}/{initiative.code}/redate", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


async def test_an_initiative_is_finished_on_its_day_and_reopened(cast: Cast, session: AsyncSession) -> None:
    initiative = await make_initiative(session, progress=80)
    path, today = f"{INITIATIVES}/{initiative.code}", await today_of(session)
    ceo = await cast.ceo()
    early = await ceo.post(f"{path}/finish", json={"finished_on": str(today + timedelta(days=1))})
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "in_the_future")
    done = (await ceo.post(f"{path}/finish", json={"finished_on": str(today)})).json()
    assert (done["status"], done["finished_on"], done["progress"]) == ("finished", str(today), 100)
    again = await ceo.post(f"{path}/finish", json={"finished_on": str(today)})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    late = await ceo.post(f"{path}/redate", json={"due_on": "2027-01-31", "reason": "Late."})
    assert late.status_code == 409
    back = (await ceo.post(f"{path}/reopen")).json()
    assert (back["status"], back["finished_on"], back["due_baseline"]) == ("active", None, "2026-12-31")
    assert (await ceo.post(f"{path}/reopen")).status_code == 409
    actions = select(col(Event.action)).where(col(Event.object_id) == initiative.id).order_by(col(Event.id))
    assert (await session.scalars(actions)).all() == ["created", "finished", "reopened"]


async def test_an_initiative_is_cancelled_with_a_reason(cast: Cast, session: AsyncSession) -> None:
    initiative = await make_initiative(session)
    path = f"{INITIATIVES}/{initiative.code}"
    ceo = await cast.ceo()
    assert (await ceo.post(f"{path}/cancel", json={"reason": " "})).status_code == 422
    gone = (await ceo.post(f"{path}/cancel", json={"reason": "Nobody wants it."})).json()
    told = (gone["status"], gone["cancelled_reason"], gone["cancelled_on"])
    assert told == ("cancelled", "Nobody wants it.", str(await today_of(session)))
    kept = await ceo.patch(path, json={"title": "Never mind"}, headers=ANY)
    assert (kept.json()["title"], kept.json()["status"]) == ("Never mind", "cancelled")


async def test_a_draft_takes_no_steps_and_nothing_becomes_a_draft_again(
    cast: Cast, session: AsyncSession
) -> None:
    department = await make_department(session)
    ceo = await cast.ceo()
    await ceo.post(INITIATIVES, json=write_body(department))
    path = f"{INITIATIVES}/TILLS"
    steps = {
        "redate": {"due_on": "2026-12-31", "reason": "x"},
        "finish": {"finished_on": "2026-01-01"},
        "cancel": {"reason": "x"},
    }
    for step, body in steps.items():
        assert (await ceo.post(f"{path}/{step}", json=body)).status_code == 409
    await ceo.patch(path, json={"status": "paused", "due_on": "2026-12-31"}, headers=ANY)
    back = await ceo.patch(path, json={"status": "draft"}, headers=ANY)
    assert (back.status_code, back.json()["errors"][0]["code"]) == (422, "left_draft")


@pytest.mark.parametrize(
    "statement",
    [
        "update initiatives set due_baseline = '2027-12-31'",
        "update initiatives set due_baseline = null",
        "delete from initiatives",
        "update initiative_dates set reason = 'none'",
        "delete from initiative_dates",
        "truncate initiative_dates",
    ],
)
async def test_the_database_itself_keeps_baselines_and_dates(session: AsyncSession, statement: str) -> None:
    await make_initiative(session)
    with pytest.raises(DBAPIError, match=r"kept for ever|only ever added"):
        await session.execute(text(statement))


async def test_only_a_mere_draft_vanishes(cast: Cast, session: AsyncSession) -> None:
    department, objective = await make_department(session), await make_objective(session)
    ceo = await cast.ceo()
    await ceo.post(INITIATIVES, json=write_body(department, supports=[objective.code]))
    assert (await ceo.delete(f"{INITIATIVES}/TILLS", headers=ANY)).status_code == 204
    running = await make_initiative(session)
    for refused in (
        await ceo.delete(f"{INITIATIVES}/{running.code}", headers=ANY),
        await ceo.post(f"{INITIATIVES}/{running.code}/archive"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    over = await make_initiative(session, status=InitiativeStatus.FINISHED, finished_on=date(2026, 1, 1))
    kept = await ceo.delete(f"{INITIATIVES}/{over.code}", headers=ANY)
    assert (kept.status_code, kept.json()["archived_at"] is None) == (200, False)
    assert kept.json()["due_baseline"] == "2026-12-31"
    assert [each["code"] for each in (await ceo.get(INITIATIVES)).json()["items"]] == [running.code]
    assert len((await ceo.get(f"{INITIATIVES}?archived=true")).json()["items"]) == 1
    second = await make_initiative(session, status=InitiativeStatus.CANCELLED)
    assert (await ceo.post(f"{INITIATIVES}/{second.code}/archive")).json()["archived_at"]


async def test_the_list_is_filtered(cast: Cast, session: AsyncSession) -> None:
    stores, it = await make_department(session), await make_department(session)
    owner, goal = await make_owner(session), await make_goal(session)
    ceo = await cast.ceo()
    await make_initiative(session, code="A", department=stores, owner_id=owner.id)
    await make_initiative(session, code="B", department=it, status=InitiativeStatus.PAUSED)
    body = write_body(it, code="C", departments=[stores.code], supports=[goal.code], due_on="2026-05-31")
    await ceo.post(INITIATIVES, json=body)
    for query, codes in {
        "": "ABC",
        f"?department={stores.code}": "AC",
        f"?department={it.code}": "BC",
        f"?owner={owner.email}": "A",
        f"?supports={goal.code}": "C",
        "?status=paused&status=draft": "BC",
        "?due_to=2026-05-31": "C",
        "?due_from=2026-06-01": "AB",
        "?updated_since=2100-01-01T00:00:00Z": "",
    }.items():
        items = (await ceo.get(INITIATIVES + query)).json()["items"]
        assert "".join(each["code"] for each in items) == codes, query
    assert (await ceo.get(f"{INITIATIVES}?colour=red")).status_code == 422


async def test_a_head_writes_what_the_own_department_leads(cast: Cast, session: AsyncSession) -> None:
    own, other = await make_department(session), await make_department(session)
    head = await cast.head(own)
    assert (await head.post(INITIATIVES, json=write_body(own))).status_code == 201
    assert (await head.post(INITIATIVES, json=write_body(other, code="X"))).status_code == 403
    moved = await head.patch(f"{INITIATIVES}/TILLS", json={"department": other.code}, headers=ANY)
    assert moved.status_code == 403
    foreign = await make_initiative(session, department=other)
    for step, body in {
        "redate": {"due_on": "2027-12-31", "reason": "x"},
        "finish": {"finished_on": "2026-01-01"},
        "cancel": {"reason": "x"},
        "reopen": None,
        "archive": None,
    }.items():
        refused = await head.post(f"{INITIATIVES}/{foreign.code}/{step}", json=body)
        assert refused.status_code == 403, step


async def test_an_owner_writes_the_initiative_wherever_it_is(cast: Cast, session: AsyncSession) -> None:
    someone = await cast.contributor()
    mine = await make_initiative(session, owner_id=someone.owner.id)  # type: ignore[attr-defined]
    path = f"{INITIATIVES}/{mine.code}"
    assert (await someone.patch(path, json={"progress": 40}, headers=ANY)).json()["progress"] == 40
    redated = await someone.post(f"{path}/redate", json={"due_on": "2027-12-31", "reason": "Late."})
    assert redated.status_code == 200
    other = await make_initiative(session)
    assert (await someone.patch(f"{INITIATIVES}/{other.code}", json={}, headers=ANY)).status_code == 403


async def test_drafts_are_for_those_who_may_write_them(cast: Cast, session: AsyncSession) -> None:
    own = await make_department(session)
    head, viewer, stranger = await cast.head(own), await cast.viewer(), await cast.stranger()
    await head.post(INITIATIVES, json=write_body(own))
    path = f"{INITIATIVES}/TILLS"
    assert (await head.get(path)).status_code == 200
    for path_of in (path, f"{path}/dates"):
        assert (await viewer.get(path_of)).status_code == 404
    assert (await viewer.get(INITIATIVES)).json()["items"] == []
    await head.patch(path, json={"status": "active", "due_on": "2026-12-31"}, headers=ANY)
    assert (await viewer.get(path)).status_code == 200
    assert (await stranger.get(path)).status_code == 403
    assert (await viewer.post(f"{path}/cancel", json={"reason": "x"})).status_code == 403


async def test_the_feed_tells_of_drafts_only_to_those_who_may_write_them(fresh_cast: Cast) -> None:
    head, viewer = await fresh_cast.head(), await fresh_cast.viewer()
    await head.post(INITIATIVES, json=write_body(head.department))  # type: ignore[attr-defined]
    assert (await list_told(head), await list_told(viewer)) == (["created"], [])
    begin = {"status": "active", "due_on": "2026-12-31"}
    await head.patch(f"{INITIATIVES}/TILLS", json=begin, headers=ANY)
    assert (await list_told(head), await list_told(viewer)) == (["created", "updated"], ["updated"])


async def test_a_bound_machine_sees_what_its_departments_lead(cast: Cast, session: AsyncSession) -> None:
    own, other = await make_department(session), await make_department(session)
    await make_initiative(session, code="A", department=own)
    await make_initiative(session, code="B", department=other)
    robot = await cast.machine(Permission.GOALS_READ, department_id=own.id)
    assert [each["code"] for each in (await robot.get(INITIATIVES)).json()["items"]] == ["A"]
    assert (await robot.get(f"{INITIATIVES}/B")).status_code == 404


async def test_a_decision_that_a_machine_does_not_see_is_as_unknown_as_none(
    cast: Cast, session: AsyncSession
) -> None:
    own, other = await make_department(session), await make_department(session)
    initiative = await make_initiative(session, department=own)
    decision = await make_decision(session, departments=[other])
    robot = await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE, department_id=own.id)
    for code in (decision.code, "D-99999"):
        body = {"reason": "x", "decision": code}
        answer = await robot.post(f"{INITIATIVES}/{initiative.code}/cancel", json=body)
        assert answer.json()["detail"] == f"There is no decision {code}."


async def test_the_same_content_is_no_change(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    await ceo.post(INITIATIVES, json=write_body(await make_department(session), supports=[goal.code]))
    path = f"{INITIATIVES}/TILLS"
    assert (await ceo.patch(path, json={"supports": [goal.code]}, headers=ANY)).json()["version"] == 1
    fewer = await ceo.patch(path, json={"supports": []}, headers=ANY)
    assert (fewer.json()["version"], fewer.json()["supports"]) == (2, [])
