"""Results over the API: after closing only, the same for everybody, small groups without numbers."""

from typing import Any

import httpx2
import msgspec
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.traffic import note_results_views
from app.domain.alignment_kpis.rows import AskedFor
from app.domain.permissions import Permission
from app.domain.survey_results import Results
from app.domain.words import Level
from app.models import Department, Event, Survey, SurveyResult
from app.queries.survey_rows import list_survey_rows
from tests.cast import Cast
from tests.factories import make_department, make_owner

URL = "/api/v1/surveys"
QUESTIONS = [
    {
        "code": "Q1",
        "kind": "agree",
        "text": "We say it in the room.",
        "area": "culture",
        "behaviour": "Says it.",
    },
    {
        "code": "M1",
        "kind": "choose",
        "text": "Which is our priority?",
        "options": [{"code": "G1", "text": "One"}, {"code": "G2", "text": "Two"}],
        "intended": "G2",
    },
    {"code": "W1", "kind": "words", "text": "What should change?"},
]


async def hold(
    cast: Cast, session: AsyncSession, *sizes: int, answering: int | None = None
) -> tuple[httpx2.AsyncClient, list[Department]]:
    """A survey of departments of these sizes, answered by link and closed."""
    departments = [await make_department(session) for _ in sizes]
    for department, size in zip(departments, sizes, strict=True):
        for _ in range(size):
            await make_owner(session, department=department, level=Level.MIDDLE)
    ceo = await cast.ceo()
    body = {
        "code": "S1",
        "title": "Pulse",
        "questions": QUESTIONS,
        "departments": [department.code for department in departments],
    }
    assert (await ceo.post(URL, json=body)).status_code == 201
    assert (await ceo.post(f"{URL}/S1/open")).status_code == 200
    assert (await ceo.get(f"{URL}/S1/results")).json()["code"] == "not_closed"
    links = (await ceo.post(f"{URL}/S1/invitations")).json()["items"]
    for number, link in enumerate(links[:answering]):
        answers = {"Q1": 1 + number % 5, "M1": "G2" if number % 3 else "G1", "W1": f"Thing {number}"}
        kept = await ceo.post(f"{URL}/S1/answers", json={"token": link["token"], "answers": answers})
        assert kept.status_code == 200, kept.text
    closed = await ceo.post(f"{URL}/S1/close")
    assert closed.status_code == 200, closed.text
    return ceo, departments


async def read(client: httpx2.AsyncClient, query: str = "") -> dict[str, Any]:
    """The results."""
    answer = await client.get(f"{URL}/S1/results{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_results_show_groups_of_enough_and_no_number_of_others(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, (large, second, small) = await hold(cast, session, 8, 7, 3)
    told = await read(ceo)
    first = told["questions"][0]
    assert (first["question"], first["total"]["n"], first["total"]["suppressed"]) == ("Q1", 18, False)
    shown = {cell["department"]["code"]: cell for cell in first["departments"]}
    # Eight and three are shown together or not at all: the three cannot be found by subtracting.
    exact = [code for code, cell in shown.items() if not cell["suppressed"]]
    assert set(exact) < {large.code, second.code}
    for cell in first["departments"]:
        if cell["suppressed"]:
            assert cell["figures"] is None
            assert cell["reason"] in ("few", "merged", "agrees")
    assert small.code not in exact


async def test_the_results_are_those_of_the_closing(cast: Cast, session: AsyncSession) -> None:
    ceo, (first, second) = await hold(cast, session, 8, 9)
    before = await read(ceo)
    moved = await ceo.patch(
        f"/api/v1/departments/{first.code}", json={"parent": second.code}, headers={"If-Match": "*"}
    )
    assert moved.status_code == 200
    assert await read(ceo) == before
    (frozen,) = (await session.scalars(select(SurveyResult))).all()
    assert msgspec.convert(frozen.tables, Results).k == 5


async def test_own_words_come_from_ten_on_and_to_those_who_make_surveys(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, _ = await hold(cast, session, 11)
    words = next(each for each in (await read(ceo))["words"] if each["department"] is None)
    assert sorted(words["texts"]) == sorted(f"Thing {number}" for number in range(11))
    facilitator, viewer = await cast.facilitator(), await cast.viewer()
    assert (await read(facilitator)) == (await read(ceo))
    told = await read(viewer)
    assert told["words"] == []
    assert told["questions"] == (await read(ceo))["questions"]


async def test_nine_who_wrote_are_not_quoted(cast: Cast, session: AsyncSession) -> None:
    ceo, _ = await hold(cast, session, 11, answering=9)
    assert all(each["texts"] == [] for each in (await read(ceo))["words"])


async def test_a_survey_that_nobody_answered_is_closed_all_the_same(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, _ = await hold(cast, session, 6, answering=0)
    told = await read(ceo)
    assert told["questions"][0]["total"]["suppressed"]


async def test_who_reads_results(cast: Cast, session: AsyncSession) -> None:
    _, (first, second) = await hold(cast, session, 8, 8)
    for client in (await cast.head(), await cast.contributor(), await cast.machine(Permission.SURVEYS_READ)):
        await read(client)
    for client in (await cast.stranger(), await cast.machine(Permission.METRICS_READ)):
        assert (await client.get(f"{URL}/S1/results")).status_code == 403
    bound = await cast.machine(Permission.SURVEYS_READ, department_id=first.id)
    told = await read(bound)
    seen = {cell["department"]["code"] for table in told["questions"] for cell in table["departments"]}
    assert seen == {first.code}
    assert (await bound.get(f"{URL}/S1/results?department={second.code}")).status_code == 422


async def test_a_filtered_view_shows_its_part_and_leaves_an_event(
    cast: Cast, session: AsyncSession, app: FastAPI
) -> None:
    ceo, (first, _) = await hold(cast, session, 8, 8)
    told = await read(ceo, f"?department={first.code}&question=Q1")
    (table,) = told["questions"]
    assert [cell["department"]["code"] for cell in table["departments"]] == [first.code]
    assert table["levels"] == []
    await read(ceo)
    views = app.state.results_views
    assert len(views) == 1
    await note_results_views(session, views)
    (event,) = await session.scalars(select(Event).where(col(Event.action) == "results_viewed"))
    assert (event.code, event.after) == ("S1", {"department": first.code, "question": "Q1"})
    assert event.actor_id == ceo.owner.id  # type: ignore[attr-defined]
    viewer = await cast.viewer()
    changes = (await viewer.get("/api/v1/changes?kind=survey")).json()["items"]
    assert "results_viewed" not in {change["action"] for change in changes}


async def test_closed_answers_become_rows_of_the_alignment_kpis(cast: Cast, session: AsyncSession) -> None:
    await hold(cast, session, 8, 7)
    questions, counts = await list_survey_rows(session)
    survey = (await session.scalars(select(Survey))).one()
    assert survey.closed_at is not None
    by_code = {row.question: row for row in questions}
    assert by_code.keys() == {"Q1", "M1"}
    assert (by_code["Q1"].asks_for, by_code["Q1"].about) == (AskedFor.BEHAVIOUR, "Says it.")
    assert (by_code["M1"].intended, by_code["M1"].closed_on) == ("G2", survey.closed_at.date())
    assert sum(row.count for row in counts if row.question == "M1") == 15
    cells: dict[Any, int] = {}
    for row in counts:
        if row.question == "M1":
            cells[row.department, row.level] = cells.get((row.department, row.level), 0) + row.count
    assert all(n >= 5 for n in cells.values())
