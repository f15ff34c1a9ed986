"""Surveys over the API: drafts, templates, opening, links, closing, and who may do which."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.domain.words import Level
from app.models import Event, SurveyAnswer, SurveyInvitation
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_owner, make_survey

URL = "/api/v1/surveys"
ANY = {"If-Match": "*"}
AGREE = {"code": "Q1", "kind": "agree", "text": "I know our goals."}


async def draft(client: httpx2.AsyncClient, **fields: Any) -> httpx2.Response:
    """Posts a survey of one question."""
    return await client.post(URL, json={"code": "S1", "title": "Goals", "questions": [AGREE]} | fields)


async def make_crowd(session: AsyncSession, number: int = 6, **fields: Any) -> None:
    """People who can be asked."""
    for _ in range(number):
        await make_owner(session, **fields)


async def test_a_draft_is_made_changed_and_thrown_away(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    ceo = await cast.ceo()
    made = await draft(ceo, departments=[department.code], levels=["middle"], closes_on="2026-12-31")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["status"], told["minimum_group"], told["invited"]) == ("draft", 5, 0)
    assert told["answered_at_least"] is None
    assert told["departments"][0]["code"] == department.code
    assert told["questions"][0]["text"] == AGREE["text"]
    changed = await ceo.patch(f"{URL}/s1", json={"title": "Our goals", "levels": None}, headers=ANY)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["title"], changed.json()["levels"]) == ("Our goals", [])
    assert changed.json()["departments"][0]["code"] == department.code
    assert (await ceo.delete(f"{URL}/S1", headers=ANY)).status_code == 204
    events = await session.scalars(select(Event).where(col(Event.kind) == "survey").order_by(col(Event.id)))
    assert [event.action for event in events] == ["created", "updated", "deleted"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"title": ""}, "/title"),
        ({"code": "templates"}, "/code"),
        ({"departments": ["NOWHERE"]}, "/departments/0"),
        ({"questions": [AGREE, AGREE]}, "/questions/0/code"),
        ({"questions": [AGREE | {"kind": "rank"}]}, "/questions/0/options"),
        ({"minimum_group": 4}, "/minimum_group"),
        ({"opens_on": "2026-12-02", "closes_on": "2026-12-01"}, "/closes_on"),
        ({"template": "nothing"}, "/template"),
        ({"status": "open"}, "/status"),
    ],
)
async def test_what_is_wrong_is_said_at_its_place(cast: Cast, fields: dict[str, Any], place: str) -> None:
    answer = await draft(await cast.ceo(), **fields)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == place


async def test_a_template_brings_its_questions_and_the_goals_there_are(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    await make_goal(session, code="G2", title="Second", rank=2)
    await make_goal(session, code="G1", title="First", rank=1)
    names = [each["name"] for each in (await ceo.get(f"{URL}/templates")).json()["items"]]
    assert {"audit", "priorities", "message", "safety"} <= set(names)
    for name in names:
        made = await ceo.post(URL, json={"code": name, "title": name, "template": name})
        assert made.status_code == 201, made.text
    ranking = (await ceo.get(f"{URL}/priorities")).json()["questions"][0]
    assert [(each["code"], each["text"]) for each in ranking["options"]] == [
        ("G1", "First"),
        ("G2", "Second"),
    ]
    audit = (await ceo.get(f"{URL}/audit")).json()
    assert (audit["kind"], len({each["area"] for each in audit["questions"]} - {None})) == ("audit", 5)


async def test_a_behaviour_of_a_value_becomes_a_question(cast: Cast) -> None:
    ceo = await cast.ceo()
    values = [{"name": "Candour", "behaviours": ["Says it in the room."]}]
    await ceo.patch("/api/v1/organization", json={"values": values}, headers=ANY)
    made = await ceo.post(URL, json={"code": "C", "title": "Culture", "template": "culture"})
    (question,) = made.json()["questions"]
    assert (question["about"], question["behaviour"]) == ("Candour", "Says it in the room.")
    assert "Says it in the room." in question["text"]


async def test_opening_invites_whom_the_survey_asks(cast: Cast, session: AsyncSession) -> None:
    top = await make_department(session)
    below = await make_department(session, parent=top)
    await make_crowd(session, 6, department=below, level=Level.MIDDLE)
    await make_crowd(session, 2, department=below, level=Level.FRONTLINE)
    await make_crowd(session, 3, level=Level.MIDDLE)
    await make_crowd(session, 3, department=below, level=Level.MIDDLE, active=False)
    ceo = await cast.ceo()
    await draft(ceo, departments=[top.code], levels=["middle"])
    opened = await ceo.post(f"{URL}/S1/open")
    assert opened.status_code == 200, opened.text
    assert (opened.json()["status"], opened.json()["invited"]) == ("open", 6)
    assert opened.json()["answered_at_least"] == 0
    cells = await session.execute(select(col(SurveyInvitation.department_id), col(SurveyInvitation.level)))
    assert set(map(tuple, cells)) == {(below.id, "middle")}
    assert (await ceo.post(f"{URL}/S1/open")).json()["code"] == "not_a_draft"


async def test_who_leads_a_department_is_asked_with_it_and_answers_outside_it(
    cast: Cast, session: AsyncSession
) -> None:
    leader = await make_owner(session, level=Level.SENIOR)
    department = await make_department(session, head_id=leader.id)
    await make_crowd(session, 5, department=department, level=Level.FRONTLINE)
    outside = await make_department(session)
    await make_crowd(session, 5, department=outside)
    ceo = await cast.ceo()
    await draft(ceo, departments=[department.code])
    assert (await ceo.post(f"{URL}/S1/open")).json()["invited"] == 6
    own = await session.scalar(select(SurveyInvitation).where(col(SurveyInvitation.owner_id) == leader.id))
    assert own is not None
    assert own.department_id is None


@pytest.mark.parametrize(
    ("fields", "people", "code"),
    [({}, 3, "audience_too_small"), ({"questions": []}, 6, "no_questions")],
)
async def test_what_could_show_nothing_is_not_opened(
    cast: Cast, session: AsyncSession, fields: dict[str, Any], people: int, code: str
) -> None:
    ceo = await cast.ceo()
    await make_crowd(session, people)
    await draft(ceo, **fields)
    refused = await ceo.post(f"{URL}/S1/open")
    assert (refused.status_code, refused.json()["code"]) == (409, code)


async def test_an_open_survey_asks_what_it_asked(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await make_crowd(session)
    await draft(ceo)
    await ceo.post(f"{URL}/S1/open")
    later = str(datetime.now(UTC).date() + timedelta(days=9))
    kept = await ceo.patch(f"{URL}/S1", json={"title": "Until later", "closes_on": later}, headers=ANY)
    assert kept.status_code == 200, kept.text
    changes: list[dict[str, Any]] = [{"questions": []}, {"purpose": "Another"}, {"minimum_group": 6}]
    for fields in [*changes, {"levels": ["middle"]}]:
        refused = await ceo.patch(f"{URL}/S1", json=fields, headers=ANY)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_a_draft"), fields
    assert (await ceo.delete(f"{URL}/S1", headers=ANY)).json()["code"] == "is_open"
    assert (await ceo.post(f"{URL}/S1/archive")).json()["code"] == "is_open"


async def test_links_are_told_once_and_kept_as_hashes(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await make_crowd(session)
    await draft(ceo)
    assert (await ceo.post(f"{URL}/S1/invitations")).json()["code"] == "not_open"
    await ceo.post(f"{URL}/S1/open")
    given = await ceo.post(f"{URL}/S1/invitations", headers={"Idempotency-Key": "links"})
    links = given.json()["items"]
    assert len(links) == 7
    assert given.headers["cache-control"] == "no-store"
    assert all(each["path"] == f"/surveys/answer/{each['token']}" for each in links)
    again = await ceo.post(f"{URL}/S1/invitations", headers={"Idempotency-Key": "links"})
    assert again.json()["items"] == []
    hashes = (await session.scalars(select(col(SurveyInvitation.token_hash)))).all()
    assert all(each is not None and len(each) == 32 for each in hashes)
    events = await session.scalars(select(Event).where(col(Event.action) == "links_issued"))
    (event,) = events
    assert event.after == {"links": "given"}


async def test_a_facilitator_opens_surveys_and_is_told_nobodys_link(
    cast: Cast, session: AsyncSession
) -> None:
    facilitator = await cast.facilitator()
    await make_crowd(session)
    await draft(facilitator)
    assert (await facilitator.post(f"{URL}/S1/open")).status_code == 200
    assert (await facilitator.post(f"{URL}/S1/invitations")).status_code == 403
    assert (await (await cast.ceo()).post(f"{URL}/S1/invitations")).json()["items"]


async def test_closing_forgets_who_has_not_answered(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    await make_crowd(session)
    await draft(ceo)
    assert (await ceo.post(f"{URL}/S1/close")).json()["code"] == "not_open"
    await ceo.post(f"{URL}/S1/open")
    assert (await ceo.post(f"{URL}/S1/answers", json={"answers": {"Q1": 4}})).status_code == 200
    closed = await ceo.post(f"{URL}/S1/close")
    assert closed.status_code == 200, closed.text
    assert (closed.json()["status"], closed.json()["answered_at_least"]) == ("closed", None)
    counts = [
        await session.scalar(select(func.count()).select_from(table))
        for table in (SurveyInvitation, SurveyAnswer)
    ]
    assert counts == [0, 1]
    for verb in ("open", "close", "invitations"):
        assert (await ceo.post(f"{URL}/S1/{verb}")).status_code == 409
    assert (await ceo.post(f"{URL}/S1/answers", json={"answers": {"Q1": 4}})).status_code == 404
    assert (await ceo.patch(f"{URL}/S1", json={"title": "X"}, headers=ANY)).status_code == 409
    assert (await ceo.delete(f"{URL}/S1", headers=ANY)).json()["archived_at"]


async def test_who_may_make_surveys(cast: Cast) -> None:
    expected = [
        (await cast.admin(), 201),
        (await cast.ceo(), 201),
        (await cast.facilitator(), 201),
        (await cast.machine(Permission.SURVEYS_WRITE), 201),
        (await cast.head(), 403),
        (await cast.contributor(), 403),
        (await cast.viewer(), 403),
        (await cast.stranger(), 403),
        (await cast.machine(Permission.SURVEYS_READ), 403),
    ]
    for number, (client, status) in enumerate(expected):
        assert (await draft(client, code=f"S-{number}")).status_code == status, number


async def test_drafts_are_seen_by_those_who_write_them(cast: Cast, session: AsyncSession) -> None:
    row = await make_survey(session)
    viewer, facilitator, stranger = await cast.viewer(), await cast.facilitator(), await cast.stranger()
    assert (await viewer.get(f"{URL}/{row.code}")).status_code == 404
    assert (await viewer.get(URL)).json()["items"] == []
    assert (await facilitator.get(f"{URL}/{row.code}")).status_code == 200
    assert (await stranger.get(URL)).status_code == 403
    await make_crowd(session)
    assert (await facilitator.post(f"{URL}/{row.code}/open")).status_code == 200
    assert (await viewer.get(f"{URL}/{row.code}")).status_code == 200
    for verb in ("open", "close", "invitations", "archive"):
        assert (await viewer.post(f"{URL}/{row.code}/{verb}")).status_code == 403, verb
