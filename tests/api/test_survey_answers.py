"""Answering over the API: once, by one's own invitation or a link, and never half."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions import survey_answers
from app.database import Database
from app.domain.permissions import Permission
from app.models import Event, KeptAnswer, Owner, SurveyAnswer
from tests.cast import Cast
from tests.factories import make_owner

URL = "/api/v1/surveys"
ANSWER = {"answers": {"Q1": 4}}


async def ask(client: httpx2.AsyncClient, **fields: Any) -> None:
    """Opens a survey of one question for everybody there is."""
    question = {"code": "Q1", "kind": "agree", "text": "I know our goals."}
    body = {"code": "S1", "title": "Goals", "questions": [question]} | fields
    assert (await client.post(URL, json=body)).status_code == 201
    opened = await client.post(f"{URL}/S1/open")
    assert opened.status_code == 200, opened.text


async def make_crowd(session: AsyncSession, number: int = 6) -> None:
    """People who can be asked."""
    for _ in range(number):
        await make_owner(session)


async def test_a_person_answers_their_own_invitation_once(cast: Cast, session: AsyncSession) -> None:
    await make_crowd(session)
    ceo, viewer = await cast.ceo(), await cast.viewer()
    await ask(ceo)
    (waiting,) = (await viewer.get(f"{URL}/invitations")).json()["items"]
    assert (waiting["survey"]["code"], waiting["questions"][0]["code"]) == ("S1", "Q1")
    kept = await viewer.post(f"{URL}/s1/answers", json=ANSWER)
    assert (kept.status_code, kept.json()) == (200, {"kept": True})
    assert (await viewer.get(f"{URL}/invitations")).json()["items"] == []
    again = await viewer.post(f"{URL}/S1/answers", json={"answers": {"Q1": 1}})
    assert again.status_code == 404
    (answer,) = (await session.scalars(select(SurveyAnswer))).all()
    assert answer.values == {"Q1": 4}
    assert (await session.scalars(select(Event).where(col(Event.kind).like("%answer%")))).all() == []


async def test_whoever_has_no_role_answers_what_they_are_asked(cast: Cast, session: AsyncSession) -> None:
    await make_crowd(session)
    stranger = await cast.stranger()
    await ask(await cast.ceo())
    assert len((await stranger.get(f"{URL}/invitations")).json()["items"]) == 1
    assert (await stranger.post(f"{URL}/S1/answers", json=ANSWER)).status_code == 200
    assert (await stranger.get(f"{URL}/S1")).status_code == 403


async def test_a_link_lets_its_holder_answer_once(cast: Cast, session: AsyncSession) -> None:
    await make_crowd(session)
    ceo, machine = await cast.ceo(), await cast.machine(Permission.METRICS_READ)
    await ask(ceo)
    (first, second, *_) = (await ceo.post(f"{URL}/S1/invitations")).json()["items"]
    assert (await machine.post(f"{URL}/S1/answers", json=ANSWER)).status_code == 404
    body = ANSWER | {"token": first["token"]}
    assert (await machine.post(f"{URL}/S1/answers", json=body)).status_code == 200
    assert (await machine.post(f"{URL}/S1/answers", json=body)).status_code == 404
    unfit = {"token": second["token"], "answers": {"Q1": 6}}
    assert (await machine.post(f"{URL}/S1/answers", json=unfit)).status_code == 422
    body = ANSWER | {"token": second["token"]}
    assert (await machine.post(f"{URL}/OTHER/answers", json=body)).status_code == 404
    assert (await machine.post(f"{URL}/S1/answers", json=body)).status_code == 200


async def test_after_the_last_day_no_answer_is_taken(cast: Cast, session: AsyncSession) -> None:
    await make_crowd(session)
    ceo = await cast.ceo()
    today = datetime.now(UTC).date()
    await ask(ceo, closes_on=str(today - timedelta(days=1)))
    late = await ceo.post(f"{URL}/S1/answers", json=ANSWER)
    assert (late.status_code, late.json()["code"]) == (409, "not_open")
    assert (await ceo.get(f"{URL}/invitations")).json()["items"] == []
    await ceo.patch(f"{URL}/S1", json={"closes_on": str(today)}, headers={"If-Match": "*"})
    assert (await ceo.post(f"{URL}/S1/answers", json=ANSWER)).status_code == 200


async def test_the_counter_moves_in_steps_only(cast: Cast, session: AsyncSession) -> None:
    await make_crowd(session, 11)
    ceo = await cast.ceo()
    await ask(ceo)
    links = (await ceo.post(f"{URL}/S1/invitations")).json()["items"]
    told = []
    for link in links:
        await ceo.post(f"{URL}/S1/answers", json=ANSWER | {"token": link["token"]})
        told.append((await ceo.get(f"{URL}/S1")).json()["answered_at_least"])
    assert told == [0] * 9 + [10] * 3


async def test_no_body_is_remembered_for_a_repeated_request(cast: Cast, session: AsyncSession) -> None:
    await make_crowd(session)
    ceo = await cast.ceo()
    await ask(ceo)
    headers = {"Idempotency-Key": "mine"}
    assert (await ceo.post(f"{URL}/S1/answers", json=ANSWER, headers=headers)).status_code == 200
    assert (await ceo.post(f"{URL}/S1/answers", json=ANSWER, headers=headers)).status_code == 404
    assert (await session.scalars(select(KeptAnswer))).all() == []


async def test_the_log_tells_that_somebody_answered_and_not_who(
    cast: Cast, session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    await make_crowd(session)
    ceo = await cast.ceo()
    await ask(ceo)
    caplog.clear()
    with caplog.at_level("INFO", logger="coxswain.access"):
        await ceo.post(f"{URL}/S1/answers", json=ANSWER, headers={"X-Request-Id": "known"})
    (line,) = (record for record in caplog.records if record.name == "coxswain.access")
    told = vars(line)
    assert (told["path"], told["status"]) == ("/surveys/…", 200)
    assert (told["actor"], told["request_id"], told["milliseconds"]) == (None, None, None)


async def list_sheets(database: Database) -> list[Any]:
    """What was answered."""
    async with database.unit_of_work() as session:
        return list(await session.scalars(select(col(SurveyAnswer.values))))


async def make_real_crowd(database: Database, number: int = 6) -> None:
    """People in the database itself."""
    async with database.unit_of_work() as session:
        await make_crowd(session, number)


async def test_of_one_invitation_sent_many_times_at_once_one_answer_is_kept(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    await make_real_crowd(fresh_database)
    ceo, viewer = await fresh_cast.ceo(), await fresh_cast.viewer()
    await ask(ceo)
    bodies = ({"answers": {"Q1": 1 + number % 5}} for number in range(12))
    answers = await asyncio.gather(*(viewer.post(f"{URL}/S1/answers", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 11
    assert len(await list_sheets(fresh_database)) == 1


async def test_many_answer_at_once_and_none_is_lost(fresh_cast: Cast, fresh_database: Database) -> None:
    await make_real_crowd(fresh_database, 30)
    ceo = await fresh_cast.ceo()
    await ask(ceo)
    links = (await ceo.post(f"{URL}/S1/invitations")).json()["items"]
    bodies = (ANSWER | {"token": link["token"]} for link in links)
    answers = await asyncio.gather(*(ceo.post(f"{URL}/S1/answers", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await list_sheets(fresh_database)) == len(links) == 31


class Death(Exception):
    """The process ends here."""


@pytest.mark.parametrize(
    ("dies_at", "kept"),
    [("mix_answers", 0), ("spend_claim", 1)],
    ids=["before it is kept", "after it is kept"],
)
async def test_a_process_that_dies_in_between_loses_no_answer_and_counts_none_twice(
    fresh_cast: Cast,
    fresh_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    dies_at: str,
    kept: int,
) -> None:
    await make_real_crowd(fresh_database)
    ceo, viewer = await fresh_cast.ceo(), await fresh_cast.viewer()
    await ask(ceo)

    async def die(*_: object) -> None:
        raise Death

    with monkeypatch.context() as patched:
        patched.setattr(survey_answers, dies_at, die)
        assert (await viewer.post(f"{URL}/S1/answers", json=ANSWER)).status_code == 500
    assert len(await list_sheets(fresh_database)) == kept
    # Somebody else comes first, then the same person tries again.
    assert (await ceo.post(f"{URL}/S1/answers", json=ANSWER)).status_code == 200
    again = await viewer.post(f"{URL}/S1/answers", json=ANSWER)
    assert again.status_code == (404 if kept else 200)
    assert len(await list_sheets(fresh_database)) == 2
    waiting: list[Owner] = (await viewer.get(f"{URL}/invitations")).json()["items"]
    assert waiting == []


@pytest.mark.parametrize("dies_at", ["mix_answers", "spend_claim"])
async def test_a_connection_that_is_cut_frees_the_lock_and_undoes_its_step(
    fresh_cast: Cast,
    fresh_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    dies_at: str,
) -> None:
    await make_real_crowd(fresh_database)
    ceo, viewer = await fresh_cast.ceo(), await fresh_cast.viewer()
    await ask(ceo)
    step = getattr(survey_answers, dies_at)

    async def be_cut(session: AsyncSession, *rest: object) -> None:
        await step(session, *rest)
        await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    with monkeypatch.context() as patched:
        patched.setattr(survey_answers, dies_at, be_cut)
        cut = await viewer.post(f"{URL}/S1/answers", json=ANSWER)
        assert (cut.status_code, cut.headers["retry-after"]) == (503, "1")
    again = await viewer.post(f"{URL}/S1/answers", json=ANSWER)
    assert again.status_code == (200 if dies_at == "mix_answers" else 404)
    assert len(await list_sheets(fresh_database)) == 1
    assert (await viewer.get(f"{URL}/invitations")).json()["items"] == []


async def test_closing_settles_what_a_dead_process_left(
    fresh_cast: Cast, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_real_crowd(fresh_database)
    ceo = await fresh_cast.ceo()
    await ask(ceo)

    async def die(*_: object) -> None:
        raise Death

    monkeypatch.setattr(survey_answers, "spend_claim", die)
    assert (await ceo.post(f"{URL}/S1/answers", json=ANSWER)).status_code == 500
    closed = await ceo.post(f"{URL}/S1/close")
    assert closed.status_code == 200, closed.text
    assert len(await list_sheets(fresh_database)) == 1
    async with fresh_database.unit_of_work() as session:
        assert await session.scalar(text("select count(*) from survey_invitations")) == 0
