"""Waiving findings: who may, until when, and what becomes of it."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.linkage.lateness import latest_closed
from app.domain.periods import Cadence
from app.domain.permissions import SCOPES, Permission
from app.domain.words import NodeStatus
from app.models import Department, Event
from app.queries.organization import today_of
from tests.api.test_linkage import list_found
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_kpi, make_link, make_objective, make_target

WAIVERS = "/api/v1/linkage/waivers"


async def make_warning(session: AsyncSession, department: Department) -> None:
    """An objective of the department that is linked without a word on how (L109)."""
    objective = await make_objective(session, department=department)
    await make_link(session, objective, await make_goal(session))


async def waive(
    client: httpx2.AsyncClient, session: AsyncSession, finding: dict[str, Any], *, days: int = 30
) -> httpx2.Response:
    """Waives a finding for a number of days."""
    expires_on = await today_of(session) + timedelta(days=days)
    body = {"finding": finding["id"], "reason": "Known.", "expires_on": str(expires_on)}
    return await client.post(WAIVERS, json=body)


async def test_a_head_waives_a_warning_of_the_own_department(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    await make_warning(session, head.department)  # type: ignore[attr-defined]
    (finding,) = await list_found(head, "rule=L109")
    answer = await waive(head, session, finding)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["made_by"]["name"] == head.owner.name  # type: ignore[attr-defined]
    assert (await head.get(answer.headers["location"])).json() == made
    (waived,) = await list_found(head, "rule=L109")
    assert (waived["status"], waived["waiver"]["reason"]) == ("waived", "Known.")
    events = (await session.scalars(select(Event).where(col(Event.kind) == "waiver"))).all()
    assert [(event.action, event.code) for event in events] == [("created", finding["fingerprint"])]


async def test_a_waived_finding_costs_nothing(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session, code="OPS")
    await make_warning(session, department)
    ceo = await cast.ceo()
    before = (await ceo.get("/api/v1/linkage?fresh=true&department=OPS")).json()
    (finding,) = await list_found(ceo, "rule=L109")
    await waive(ceo, session, finding)
    after = (await ceo.get("/api/v1/linkage?department=OPS")).json()
    assert after["score"]["value"] > before["score"]["value"]
    assert (after["counts"]["waived"], after["counts"]["open"]) == (1, before["counts"]["open"] - 1)


async def test_errors_are_for_executives(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    await make_objective(session, department=head.department)  # type: ignore[attr-defined]
    (error,) = await list_found(head, "rule=L101")
    refused = await waive(head, session, error)
    assert refused.status_code == 403
    assert "executive" in refused.json()["detail"]
    assert (await waive(await cast.ceo(), session, error)).status_code == 201


async def test_other_departments_are_out_of_a_heads_reach(cast: Cast, session: AsyncSession) -> None:
    await make_warning(session, await make_department(session))
    head = await cast.head()
    (finding,) = await list_found(head, "rule=L109")
    assert (await waive(head, session, finding)).status_code == 403
    contributor, viewer, machine = await cast.contributor(), await cast.viewer(), await cast.machine(*SCOPES)
    for client in (contributor, viewer, machine):
        assert (await waive(client, session, finding)).status_code == 403


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 201), (365, 201), (366, 422)])
async def test_a_waiver_ends_within_a_year(cast: Cast, session: AsyncSession, days: int, status: int) -> None:
    await make_goal(session)
    ceo = await cast.ceo()
    (finding,) = await list_found(ceo, "rule=L601")
    answer = await waive(ceo, session, finding, days=days)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "/expires_on"


async def test_an_expired_waiver_opens_its_finding_again(cast: Cast, session: AsyncSession) -> None:
    await make_goal(session)
    ceo = await cast.ceo()
    (finding,) = await list_found(ceo, "rule=L601")
    made = (await waive(ceo, session, finding)).json()
    await session.execute(
        text("update waivers set expires_on = expires_on - 31 where id = :id"), {"id": made["id"]}
    )
    (opened,) = await list_found(ceo, "rule=L601")
    assert (opened["status"], opened["waiver"]) == ("open", None)
    assert (await waive(ceo, session, finding)).status_code == 201


async def test_one_waiver_at_a_time_and_it_can_be_taken_back(cast: Cast, session: AsyncSession) -> None:
    await make_goal(session)
    ceo = await cast.ceo()
    (finding,) = await list_found(ceo, "rule=L601")
    made = await waive(ceo, session, finding)
    twice = await waive(ceo, session, finding)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_waived")
    path = made.headers["location"]
    assert (await ceo.delete(path)).status_code == 428
    gone = await ceo.delete(path, headers={"If-Match": made.headers["etag"]})
    assert gone.status_code == 200, gone.text
    assert gone.json()["archived_at"] is not None
    (opened,) = await list_found(ceo, "rule=L601")
    assert opened["status"] == "open"
    listed = (await ceo.get(WAIVERS)).json()["items"]
    assert listed == []
    (old,) = (await ceo.get(f"{WAIVERS}?archived=true")).json()["items"]
    assert old["id"] == made.json()["id"]


async def test_a_head_takes_back_only_the_own_waiver(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    await make_warning(session, head.department)  # type: ignore[attr-defined]
    (finding,) = await list_found(head, "rule=L109")
    made = await waive(await cast.ceo(), session, finding)
    path, anything = made.headers["location"], {"If-Match": "*"}
    assert (await head.delete(path, headers=anything)).status_code == 403
    assert (await (await cast.viewer()).delete(path, headers=anything)).status_code == 403
    assert (await (await cast.ceo()).delete(path, headers=anything)).status_code == 200


async def test_what_is_not_found_cannot_be_waived(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    for reference in ("L601-" + "0" * 24, "01a20498-8d0c-707e-b71b-37e752e911c1", "nonsense"):
        answer = await waive(ceo, session, {"id": reference})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/finding"


@pytest.mark.parametrize("missing", ["finding", "reason", "expires_on"])
async def test_a_waiver_needs_everything(cast: Cast, missing: str) -> None:
    body = {"finding": "x", "reason": "Because.", "expires_on": "2026-12-31"}
    del body[missing]
    answer = await (await cast.ceo()).post(WAIVERS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{missing}"


async def test_a_waiver_of_a_warning_does_not_hold_for_the_error_it_becomes(
    cast: Cast, session: AsyncSession
) -> None:
    head, today = await cast.head(), await today_of(session)
    closed = latest_closed(Cadence.MONTHLY, 5, today=today)
    kpi = await make_kpi(session, department_id=head.department.id)  # type: ignore[attr-defined]
    target = await make_target(session, kpi, closed.text)
    (warning,) = await list_found(head, "rule=L401")
    assert warning["severity"] == "warning"
    made = await waive(head, session, warning)
    assert (made.status_code, made.json()["severity"]) == (201, "warning")
    assert [each["status"] for each in await list_found(head, "rule=L401")] == ["waived"]

    target.first_period = closed.previous().text
    await session.flush()
    (error,) = await list_found(head, "rule=L401&severity=error")
    assert (error["id"], error["status"], error["waiver"]) == (warning["id"], "open", None)
    shown = (await head.get("/api/v1/linkage")).json()
    assert shown["rules"][-1] | {"rule": "L401"} == {"rule": "L401", "open": 1, "waived": 0}
    assert next(line for line in shown["score"]["groups"] if line["group"] == "time")["findings"] >= 1
    assert await list_found(head, "status=waived") == []
    assert (await waive(head, session, error)).status_code == 403
    ceo = await cast.ceo()
    assert (await waive(ceo, session, error)).json()["severity"] == "error"

    target.first_period = closed.text
    await session.flush()
    assert [each["status"] for each in await list_found(head, "rule=L401")] == ["waived"]


async def test_the_waiver_of_a_draft_s_finding_is_told_to_who_may_write_drafts(fresh_cast: Cast) -> None:
    """Real transactions: the feed tells only what is committed."""
    assert fresh_cast.database is not None
    async with fresh_cast.database.unit_of_work() as session:
        draft = await make_goal(session, status=NodeStatus.DRAFT)
        await make_link(session, await make_objective(session), draft)
    ceo = await fresh_cast.ceo()
    (finding,) = await list_found(ceo, "rule=L104")
    async with fresh_cast.database.unit_of_work() as session:
        made = (await waive(ceo, session, finding)).json()
    changes = "/api/v1/changes?kind=waiver"
    assert [item["id"] for item in (await ceo.get(changes)).json()["items"]] == [made["id"]]
    for client in (await fresh_cast.viewer(), await fresh_cast.head()):
        assert (await client.get(f"{WAIVERS}/{made['id']}")).status_code == 404
        assert (await client.get(changes)).json()["items"] == []


async def test_a_waiver_moves_with_its_finding_to_another_department(
    cast: Cast, session: AsyncSession
) -> None:
    old, new = [await make_department(session) for _ in range(2)]
    objective = await make_objective(session, department=old)
    await make_link(session, objective, await make_goal(session))
    ceo = await cast.ceo()
    (finding,) = await list_found(ceo, "rule=L109")
    made = await waive(ceo, session, finding)
    objective.department_id = new.id
    await session.flush()
    (moved,) = await list_found(ceo, "rule=L109")
    assert moved["status"] == "waived"
    for department, seen in ((old, 0), (new, 1)):
        reader = await cast.machine(Permission.GOALS_READ, department_id=department.id)
        assert len((await reader.get("/api/v1/linkage/findings?rule=L109")).json()["items"]) == seen
        assert len((await reader.get(WAIVERS)).json()["items"]) == seen
        assert (await reader.get(made.headers["location"])).status_code == (200 if seen else 404)
    shown = await ceo.get(made.headers["location"])
    assert shown.headers["etag"] == made.headers["etag"]
