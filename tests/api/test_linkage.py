"""The linkage score and findings over the API, with their life from check to check."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.linkage import check_linkage
from app.actions.sign_ins import act_as, start_sign_in
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Direction
from app.domain.words import LinkType, NodeStatus
from app.models import LinkageCheck
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_kpi, make_link, make_objective, make_target

FINDINGS = "/api/v1/linkage/findings"


async def list_found(client: httpx2.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    """Findings after a check of right now."""
    answer = await client.get(f"{FINDINGS}?fresh=true&{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_before_the_first_check_nothing_is_claimed(cast: Cast) -> None:
    answer = await (await cast.viewer()).get("/api/v1/linkage")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["checked_at"], shown["stale"], shown["score"]) == (None, True, None)


async def test_a_fault_is_found_explained_fixed_and_found_again(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    objective = await make_objective(session, code="OPS-1", title="Ship faster")
    client = await cast.viewer()
    (found,) = await list_found(client, "rule=L101")
    assert found["objects"] == [
        {"kind": "objective", "id": str(objective.id), "code": "OPS-1", "title": "Ship faster"}
    ]
    assert (found["severity"], found["group"], found["status"]) == ("error", "structure", "open")
    assert "“Ship faster” (OPS-1)" in found["message"]
    assert "OPS-1" in found["fix"]
    assert found["where"] == f"/api/v1/objectives/{objective.id}"
    link = await make_link(session, objective, goal)
    assert await list_found(client, "rule=L101") == []
    (fixed,) = await list_found(client, "rule=L101&status=fixed")
    assert (fixed["id"], fixed["status"]) == (found["id"], "fixed")
    await session.delete(link)
    await session.flush()
    (again,) = await list_found(client, "rule=L101")
    assert again["fingerprint"] == found["fingerprint"]
    assert again["first_seen"] == found["first_seen"]


async def test_a_late_value_is_mended_at_its_kpi_not_at_the_department_that_owes_it(
    cast: Cast, session: AsyncSession
) -> None:
    department = await make_department(session)
    kpi = await make_kpi(session, department_id=department.id)
    await make_target(session, kpi, "2020-01")
    (found,) = await list_found(await cast.viewer(), "rule=L401")
    assert {item["kind"] for item in found["objects"]} == {"department", "kpi"}
    assert found["where"] == f"/api/v1/kpis/{kpi.id}"


async def test_a_finding_keeps_its_identity_through_renames(cast: Cast, session: AsyncSession) -> None:
    objective = await make_objective(session)
    client = await cast.viewer()
    (before,) = await list_found(client, "rule=L101")
    objective.code, objective.title = "RENAMED-1", "Called otherwise"
    await session.execute(text("update nodes set code = 'RENAMED-1' where id = :id"), {"id": objective.id})
    await session.flush()
    (after,) = await list_found(client, "rule=L101")
    assert (after["id"], after["fingerprint"]) == (before["id"], before["fingerprint"])
    assert after["objects"][0]["code"] == "RENAMED-1"
    assert "Called otherwise" in after["message"]


async def test_the_score_shows_its_arithmetic(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session, code="OPS")
    await make_objective(session, department=department)
    answer = await (await cast.viewer()).get("/api/v1/linkage?fresh=true&department=OPS")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["department"]["code"] == "OPS"
    assert {line["group"]: line["cap"] for line in shown["score"]["groups"]} == {
        "structure": 30,
        "ownership": 20,
        "measures": 20,
        "time": 15,
        "coverage": 15,
    }
    for line in shown["score"]["groups"]:
        share = min(1, line["weight"] / line["checked"]) if line["checked"] else 0
        assert line["penalty"] == pytest.approx(line["cap"] * share, abs=0.01)
    total = sum(line["penalty"] for line in shown["score"]["groups"])
    assert shown["score"]["value"] == pytest.approx(100 - total, abs=0.01)
    # One orphan among one live objective: the whole of structure is lost.
    assert shown["score"]["groups"][0]["penalty"] == 30
    assert [(row["department"]["code"], row["value"]) for row in shown["departments"]] == [
        ("OPS", shown["score"]["value"])
    ]


async def test_a_parent_department_answers_for_those_below(cast: Cast, session: AsyncSession) -> None:
    parent = await make_department(session, code="TOP")
    child = await make_department(session, code="SUB", parent=parent)
    await make_objective(session, department=child)
    client = await cast.viewer()
    assert len(await list_found(client, "rule=L101&department=TOP")) == 1
    other = await make_department(session, code="ELSE")
    assert await list_found(client, f"rule=L101&department={other.code}") == []


async def test_the_score_of_a_department_counts_what_is_below_it_and_once(
    cast: Cast, session: AsyncSession
) -> None:
    top = await make_department(session, code="TOP")
    one = await make_department(session, code="ONE", parent=top)
    two = await make_department(session, code="TWO", parent=top)
    await make_department(session, code="ELSE")
    await make_objective(session, department=one)
    await make_objective(session, department=two)
    # One fault in two departments: their KPIs pull one figure apart.
    for department, direction in ((one, Direction.HIGHER), (two, Direction.LOWER)):
        await make_kpi(session, department_id=department.id, metric="stock", direction=direction)
    client = await cast.viewer()
    assert len(await list_found(client, "rule=L501&department=TOP")) == 1
    counted = {}
    for code in ("TOP", "ONE", "TWO", "ELSE"):
        shown = (await client.get(f"/api/v1/linkage?department={code}")).json()["score"]
        counted[code] = {line["group"]: line["findings"] for line in shown["groups"]}
        assert shown["value"] == pytest.approx(100 - sum(line["penalty"] for line in shown["groups"]))
    assert (counted["ONE"]["structure"], counted["TWO"]["structure"]) == (2, 2)
    assert (counted["TOP"]["structure"], counted["ELSE"]["structure"]) == (4, 0)
    # Each has a fault of its own and the shared one, which above both of them is still one.
    assert [counted[code]["coverage"] for code in ("ONE", "TWO", "TOP")] == [2, 2, 3]


async def test_filters_narrow_and_unknown_ones_are_refused(cast: Cast, session: AsyncSession) -> None:
    await make_objective(session)
    await make_goal(session)
    client = await cast.viewer()
    everything = await list_found(client)
    errors = await list_found(client, "severity=error")
    assert 0 < len(errors) < len(everything)
    assert {item["severity"] for item in errors} == {"error"}
    assert {item["rule"] for item in await list_found(client, "rule=L101&rule=L601")} == {"L101", "L601"}
    for bad in ("rule=101", "severity=fatal", "status=gone", "department=NOWHERE", "colour=red"):
        assert (await client.get(f"{FINDINGS}?{bad}")).status_code == 422, bad


async def test_pages_follow_each_other_without_gaps(cast: Cast, session: AsyncSession) -> None:
    for _ in range(3):
        await make_objective(session)
    client = await cast.viewer()
    everything = [item["id"] for item in await list_found(client)]
    seen: list[str] = []
    url = f"{FINDINGS}?limit=2"
    while url:
        answer = await client.get(url)
        seen += [item["id"] for item in answer.json()["items"]]
        url = answer.headers.get("link", "").partition("<")[2].partition(">")[0]
    assert seen == everything


async def test_two_moments_compare(fresh_cast: Cast) -> None:
    """Real transactions: `now()` must move between the checks."""
    assert fresh_cast.database is not None
    client = await fresh_cast.ceo()

    async def write(method: str, path: str, body: dict[str, Any] | None = None) -> None:
        answer = await client.request(method, f"/api/v1{path}", json=body, headers={"If-Match": "*"})
        assert answer.is_success, answer.text

    await write("POST", "/departments", {"code": "OPS", "name": "Operations"})
    await write("POST", "/goals", {"code": "G1", "title": "Grow", "status": "active"})
    for code in ("O1", "O2"):
        await write(
            "POST", "/objectives", {"code": code, "title": code, "department": "OPS", "status": "active"}
        )
    before = {item["objects"][0]["code"] for item in await list_found(client, "rule=L101")}
    assert before == {"O1", "O2"}
    since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    await write("POST", "/links", {"source": "O1", "target": "G1", "type": "contributes"})
    await write("POST", "/objectives", {"code": "O3", "title": "O3", "department": "OPS", "status": "active"})
    compared = await list_found(client, f"rule=L101&since={since}")
    assert {item["objects"][0]["code"]: item["change"] for item in compared} == {
        "O1": "fixed",
        "O2": "still_open",
        "O3": "new",
    }
    changes = (await client.get(f"/api/v1/linkage?since={since}")).json()["changes"]
    assert (changes["fixed"] >= 1, changes["new"] >= 1, changes["still_open"] >= 1) == (True,) * 3
    assert [
        item["objects"][0]["code"] for item in await list_found(client, f"rule=L101&change=new&since={since}")
    ] == ["O3"]


async def test_what_was_fixed_and_came_back_elsewhere_is_not_called_fixed(
    cast: Cast, session: AsyncSession
) -> None:
    goal, department = await make_goal(session), await make_department(session)
    objective = await make_objective(session, department=department)
    client = await cast.viewer()
    assert len(await list_found(client, "rule=L101")) == 1
    link = await make_link(session, objective, goal)
    assert await list_found(client, "rule=L101") == []
    since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    await session.delete(link)
    objective.department_id = (await make_department(session, code="ELSE")).id
    await session.flush()
    for query in ("status=fixed", f"since={since}", "change=fixed"):
        found = await list_found(client, f"rule=L101&department={department.code}&{query}")
        assert found == [], query
    (back,) = await list_found(client, "rule=L101&department=ELSE&status=open&status=fixed")
    assert back["status"] == "open"


async def test_a_check_that_waited_is_later_than_the_one_it_waited_for(fresh_cast: Cast) -> None:
    database = fresh_cast.database
    assert database is not None
    async with database.unit_of_work() as waiting, database.unit_of_work() as quick:
        await waiting.execute(text("select now()"))
        await make_goal(quick)
        first = await check_linkage(quick, check_apart, actor=SYSTEM)
        await quick.commit()
        second = await check_linkage(waiting, check_apart, actor=SYSTEM, always=True)
        assert second.checked_at > first.checked_at


async def test_an_unchanged_plan_is_not_checked_twice(fresh_cast: Cast) -> None:
    assert fresh_cast.database is not None
    client = await fresh_cast.ceo()
    first = (await client.get("/api/v1/linkage?fresh=true")).json()
    assert first["stale"] is False
    assert (await client.get("/api/v1/linkage?fresh=true")).json() == first
    await client.post("/api/v1/goals", json={"code": "G1", "title": "Grow", "status": "active"})
    assert (await client.get("/api/v1/linkage")).json()["stale"] is True
    second = (await client.get("/api/v1/linkage?fresh=true")).json()
    assert (second["stale"], second["checked_at"] > first["checked_at"]) == (False, True)
    async with fresh_cast.database.unit_of_work() as session:
        assert (await session.execute(select(func.count()).select_from(LinkageCheck))).scalar_one() == 2


async def test_a_sign_in_makes_no_check_stale(fresh_cast: Cast) -> None:
    client = await fresh_cast.ceo()
    assert (await client.get("/api/v1/linkage?fresh=true")).json()["stale"] is False
    assert fresh_cast.database is not None
    async with fresh_cast.database.unit_of_work() as session:
        owner = client.owner  # type: ignore[attr-defined]
        await start_sign_in(session, owner, browser="", actor=act_as(owner))
    assert (await client.get("/api/v1/linkage")).json()["stale"] is False


async def test_drafts_are_not_given_away(cast: Cast, session: AsyncSession) -> None:
    """A circle among drafts is found, but told only to those who may write them."""
    department = await make_department(session)
    one, other = [
        await make_objective(session, department=department, status=NodeStatus.DRAFT) for _ in range(2)
    ]
    await make_link(session, one, other)
    await make_link(session, other, one)
    assert len(await list_found(await cast.ceo(), "rule=L107")) == 1
    viewer = await cast.viewer()
    assert await list_found(viewer, "rule=L107") == []


async def test_a_bound_machine_hears_only_of_its_departments(cast: Cast, session: AsyncSession) -> None:
    mine, other = [await make_department(session) for _ in range(2)]
    own = await make_objective(session, department=mine)
    foreign = await make_objective(session, department=other)
    await make_link(session, own, foreign, rationale=None)
    reader = await cast.machine(Permission.GOALS_READ, department_id=mine.id)
    told = await list_found(reader)
    assert told
    assert foreign.code not in str(told)
    assert other.name not in str(told)
    shown = (await reader.get("/api/v1/linkage")).json()
    assert shown["department"]["code"] == mine.code
    assert [row["department"]["code"] for row in shown["departments"]] == [mine.code]
    assert (await reader.get(f"/api/v1/linkage?department={other.code}")).status_code == 422


async def test_without_goals_read_nothing_is_told(cast: Cast) -> None:
    stranger = await cast.stranger()
    machine = await cast.machine(Permission.METRICS_READ)
    for client in (stranger, machine):
        for path in ("", "/findings", "/rules", "/waivers"):
            assert (await client.get(f"/api/v1/linkage{path}")).status_code == 403, path


async def test_the_catalogue_explains_every_rule(cast: Cast) -> None:
    rules = (await (await cast.viewer()).get("/api/v1/linkage/rules")).json()["items"]
    assert [rule["code"] for rule in rules] == sorted(rule["code"] for rule in rules)
    assert {"L101", "L107", "L601"} <= {rule["code"] for rule in rules}
    for rule in rules:
        assert all(rule[name] for name in ("slug", "finds", "why", "fix", "example")), rule
        assert "{" not in rule["fix"]


async def test_contradictions_are_found_whatever_their_state(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    objective = await make_objective(session)
    await make_link(session, objective, goal, rationale="By selling more.")
    await make_link(session, objective, goal, type=LinkType.CONFLICTS_WITH)
    (found,) = await list_found(await cast.viewer(), "rule=L113")
    assert {item["code"] for item in found["objects"]} == {goal.code, objective.code}
