"""Closing a review over the API: frozen once, the same for ever, opened again as a revision."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._assess import record_values
from app.domain.periods import parse_period
from app.domain.permissions import SYSTEM, Permission
from app.domain.reviews import ReviewStatus
from app.domain.scoring import Source
from app.domain.states import NewValue
from app.models import Department, Event, Goal, Kpi, Owner, ReviewSnapshot
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_kpi, make_owner, make_review, make_target

URL = "/api/v1/reviews/2026-10"


@pytest.fixture(autouse=True)
async def open_october(session: AsyncSession) -> None:
    await make_review(session, code="2026-10")


async def test_closing_keeps_what_was_shown_under_its_hash(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    closed = await ceo.post(f"{URL}/close", json={})
    assert closed.status_code == 200, closed.text
    assert (closed.json()["status"], closed.json()["revision"]) == ("closed", 1)
    (kept,) = (await session.scalars(select(ReviewSnapshot))).all()
    assert kept.sha256 == sha256(kept.body).hexdigest()
    assert (kept.schema_version, kept.closed_by) == (1, ceo.owner.name)  # type: ignore[attr-defined]
    (told,) = (await ceo.get(f"{URL}/snapshots")).json()["items"]
    assert (told["revision"], told["sha256"], told["reason"]) == (1, kept.sha256, None)
    again = await ceo.post(f"{URL}/close", json={})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    events = await session.scalars(select(col(Event.action)).where(col(Event.kind) == "review"))
    assert list(events) == ["created", "closed"]


async def test_a_closed_review_is_opened_again_with_a_reason_and_keeps_its_revisions(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    early = await ceo.post(f"{URL}/reopen", json={"reason": "A value was wrong."})
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    await ceo.post(f"{URL}/close", json={})
    assert (await ceo.post(f"{URL}/reopen", json={})).status_code == 422
    opened = await ceo.post(f"{URL}/reopen", json={"reason": "A value was wrong."})
    assert opened.json()["status"] == "preparing"
    assert (opened.json()["revision"], opened.json()["reason"]) == (2, "A value was wrong.")
    assert opened.json()["closed_at"] is None
    await ceo.post(f"{URL}/close", json={})
    first, second = (await ceo.get(f"{URL}/snapshots")).json()["items"]
    assert (first["revision"], second["revision"]) == (1, 2)
    assert second["reason"] == "A value was wrong."
    assert first["sha256"] != second["sha256"]


async def test_only_the_newest_closed_review_is_opened_again(cast: Cast, session: AsyncSession) -> None:
    ceo, reason = await cast.ceo(), {"reason": "A typo."}
    for month in ("2026-11", "2026-12"):
        await make_review(session, code=month, status=ReviewStatus.CLOSED)
    early = await ceo.post(f"{URL}/reopen", json=reason)
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    await ceo.post(f"{URL}/close", json={})
    before = (await ceo.get(URL)).content
    refused = await ceo.post(f"{URL}/reopen", json=reason)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_the_newest")
    assert refused.json()["detail"].startswith("The review of 2026-10 is history: 2 later months are closed.")
    one = await ceo.post("/api/v1/reviews/2026-11/reopen", json=reason)
    assert "1 later month is closed. An executive corrects the value" in one.json()["detail"]
    assert (await ceo.get(URL)).content == before
    head = await cast.head(await make_department(session))
    assert (await head.post(f"{URL}/reopen", json=reason)).status_code == 403
    # A later month that is still open makes no history.
    await make_review(session, code="2027-01")
    assert (await ceo.post("/api/v1/reviews/2026-12/reopen", json=reason)).status_code == 200


async def test_whoever_may_not_run_reviews_closes_none(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head(await make_department(session))
    assert (await head.post(f"{URL}/close", json={})).status_code == 403
    assert (await head.post(f"{URL}/reopen", json={"reason": "Oh."})).status_code == 403
    assert (await head.get(f"{URL}/snapshots")).status_code == 200


async def test_reopening_lets_values_be_typed_again(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    await make_target(session, kpi, "2026")
    url = f"/api/v1/kpis/{kpi.code}/measurements/2026-10"
    assert (await ceo.post(f"{URL}/close", json={"despite": "One comes late."})).status_code == 200
    assert (await ceo.put(url, json={"value": 95})).status_code == 409
    await ceo.post(f"{URL}/reopen", json={"reason": "A value was missing."})
    assert (await ceo.put(url, json={"value": 95})).status_code == 201


async def test_of_two_who_close_at_once_one_wins(fresh_cast: Cast) -> None:
    assert fresh_cast.database is not None
    async with fresh_cast.database.unit_of_work() as session:
        await make_review(session, code="2026-10")
        await make_owner(session)
    clients = [await fresh_cast.ceo() for _ in range(3)]
    answers = await asyncio.gather(*(each.post(f"{URL}/close", json={}) for each in clients))
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    async with fresh_cast.database.unit_of_work(read_only=True) as session:
        assert len((await session.scalars(select(ReviewSnapshot))).all()) == 1


async def test_what_is_not_done_is_named_and_closed_over_only_for_a_reason(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, stage = await cast.ceo(), await set_stage(session)
    await say(ceo, stage, 60)
    refused = await ceo.post(f"{URL}/close", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "checklist_open")
    assert any(stage.kpi.name in each["detail"] for each in refused.json()["errors"]), refused.text
    assert refused.json()["detail"] == (
        "1 point is open: 1 red KPI without an action. "
        "Settle them, or say why the review closes despite that."
    )
    (fault,) = refused.json()["errors"]
    assert fault["detail"].startswith("1 red KPI without an action: ")
    empty = await ceo.post(f"{URL}/close", json={"despite": ""})
    assert (empty.status_code, empty.json()["detail"]) == (422, "Something has to stand here.")
    assert (await ceo.get(URL)).json()["despite"] is None
    closed = await ceo.post(f"{URL}/close", json={"despite": "Ben names the action tomorrow."})
    assert closed.json()["despite"] == "Ben names the action tomorrow."
    event = (await session.scalars(select(Event).where(col(Event.action) == "closed"))).one()
    assert event.after is not None
    assert event.after["despite"] == "Ben names the action tomorrow."
    shown = (await ceo.get(URL)).json()
    assert shown["despite"] == "Ben names the action tomorrow."
    assert not all(check["done"] for check in shown["checklist"])


@dataclass
class Stage:
    """A KPI of a department that reports it, and its goal and head."""

    kpi: Kpi
    place: Department
    head: Owner
    goal: Goal

    @property
    def url(self) -> str:
        """Where its value of October is."""
        return f"/api/v1/kpis/{self.kpi.code}/measurements/2026-10?department={self.place.code}"


async def set_stage(session: AsyncSession) -> Stage:
    head = await make_owner(session, name="Hanna Head")
    place = await make_department(session, head_id=head.id)
    kpi = await make_kpi(session, departments=[place], owner_id=head.id)
    await make_target(session, kpi, "2026")
    return Stage(kpi, place, head, await make_goal(session))


async def say(client: httpx2.AsyncClient, stage: Stage, value: int, **fields: str) -> None:
    answer = await client.put(stage.url, json={"value": value, "note": "Two vacancies."} | fields)
    assert answer.status_code < 300, answer.text


EXPORTS = ("", "/export?format=json", "/export?format=csv", "/export?format=html")


async def read_all(client: httpx2.AsyncClient, query: str = "") -> list[bytes]:
    """The review and its exports, byte for byte."""
    sign = {path: "&" if "?" in path else "?" for path in EXPORTS}
    answers = [await client.get(f"{URL}{path}{sign[path] + query if query else ''}") for path in EXPORTS]
    assert {each.status_code for each in answers} == {200}
    return [each.content for each in answers]


async def test_whatever_changes_later_a_closed_review_is_byte_for_byte_what_it_was(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, stage = await cast.ceo(), await set_stage(session)
    await say(ceo, stage, 60)
    await ceo.post(f"{URL}/close", json={"despite": "It is late."})
    before = await read_all(ceo)
    etag = (await ceo.get(URL)).headers["etag"]
    assert etag == f'"{sha256(before[0]).hexdigest()}"'
    assert before[0] == before[1]
    await say(ceo, stage, 70, reason="Counted again.")
    await record_values(
        session,
        stage.kpi,
        [NewValue(department=None, period=parse_period("2026-10"), value=Decimal(71))],
        actor=SYSTEM,
        source=Source.FED,
    )
    stage.head.name, stage.place.name, stage.kpi.name = "Hanna Other", "Elsewhere", "Another name"
    stage.goal.archived_at = datetime.now(UTC)
    await session.flush()
    await make_target(session, stage.kpi, "2026-10", department_id=stage.place.id, target=50)
    assert await read_all(ceo) == before
    assert (await ceo.get(URL, headers={"If-None-Match": etag})).status_code == 304
    (revised,) = [
        each for each in (await ceo.get(f"{URL}/revisions")).json()["items"] if each["before"] == 60
    ]
    assert (revised["after"], revised["reason"], revised["about"]["code"]) == (
        70,
        "Counted again.",
        stage.kpi.code,
    )
    assert revised["by"] == ceo.owner.name  # type: ignore[attr-defined]
    await ceo.post(f"{URL}/reopen", json={"reason": "A value was wrong."})
    assert (await ceo.get(URL)).content != before[0]
    assert await read_all(ceo, "revision=1") == before
    assert (await ceo.get(f"{URL}?revision=2")).status_code == 404
    compared = (await ceo.get(f"{URL}/compare?with=2026-10&with_revision=1")).json()
    assert compared["before_revision"] == 1
    assert compared["after_revision"] == 2
    assert compared["differences"], "the value was 60 and red, and is 70 now"


async def test_an_export_of_an_open_review_says_so_and_names_its_file(cast: Cast) -> None:
    ceo = await cast.ceo()
    live = await ceo.get(f"{URL}/export?format=html")
    assert "Not closed yet" in live.text
    assert "review-2026-10-live.html" in live.headers["content-disposition"]
    assert (await ceo.get(f"{URL}/export?format=pdf")).status_code == 422
    assert (await ceo.get(f"{URL}/revisions")).status_code == 404


async def test_a_machine_bound_to_departments_reads_no_export(cast: Cast, session: AsyncSession) -> None:
    bound = await cast.machine(Permission.REVIEWS_READ, department_id=(await make_department(session)).id)
    for path in ("/export", "/snapshots", "/revisions", "/compare?with=2026-10"):
        assert (await bound.get(f"{URL}{path}")).status_code == 403
