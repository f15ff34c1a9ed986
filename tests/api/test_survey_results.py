"""Results over the API: after closing only, the same for everybody, small groups without numbers."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import msgspec
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.survey_closing import close_survey
from app.actions.traffic import note_results_views
from app.domain.alignment_kpis.compute import compute_figures
from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import AskedFor
from app.domain.periods import Cadence, period_of
from app.domain.permissions import SYSTEM, Permission
from app.domain.survey_groups import Exposure
from app.domain.survey_results import Results
from app.domain.surveys import SurveyStatus
from app.domain.words import Level
from app.models import Department, Event, Survey, SurveyAnswer, SurveyResult
from app.models.surveys import Question
from app.queries.alignment_kpis import read_alignment_rows, read_moment
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
    for place, (department, size) in enumerate(zip(departments, sizes, strict=True)):
        for number in range(size):
            # Links are given out in the order of addresses: one department after the other.
            email = f"{place}-{number}@coxswain.test"
            await make_owner(session, department=department, level=Level.MIDDLE, email=email)
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


async def test_a_department_whose_answers_were_moved_up_at_closing_is_no_blind_spot(
    cast: Cast, session: AsyncSession
) -> None:
    await hold(cast, session, 8, 8, answering=12)
    frozen = (await session.scalars(select(SurveyResult))).one()
    coverage = msgspec.convert(frozen.tables, Results).coverage
    # Of eight each, eight and four answered: told together, or the four could be found by subtracting.
    told = {each.cell.exposure: each.share for each in coverage if each.cell.department}
    assert told == {Exposure.MERGED: None, Exposure.FEW: None}
    assert not any(each.is_blind for each in coverage)


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
    questions, counts, _ = await list_survey_rows(session)
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


async def test_a_tree_that_is_edited_later_tells_nothing_new_of_a_closed_survey(
    cast: Cast, session: AsyncSession
) -> None:
    """A department of six, in which two answered a question, moves: what is left above must not be told."""
    above, within, _ = await make_branch(session)
    before = await read_communication(session)
    assert before[above.id] is not None
    within.parent_id = None
    await session.flush()
    assert await read_communication(session) == before


async def make_branch(session: AsyncSession) -> tuple[Department, Department, Survey]:
    """Seven answered above, two within; the cells hold enough who answered other questions."""
    above = await make_department(session)
    within = await make_department(session, parent=above)
    cast_survey = Survey(
        code="S1",
        title="Pulse",
        status=SurveyStatus.OPEN,
        minimum_group=5,
        questions=[Question.model_validate(each).model_dump(mode="json") for each in QUESTIONS],
        opened_at=datetime.now(UTC),
    )
    session.add(cast_survey)
    await session.flush()
    chosen = ["G1", "G2", "G2", "G1", "G2", "G1", "G2"]
    sheets: list[tuple[Any, dict[str, Any]]] = [(above.id, {"M1": each}) for each in chosen] + [
        (within.id, {"M1": "G2"})
    ] * 2
    sheets += [(within.id, {"Q1": 4})] * 4
    for department, values in sheets:
        session.add(SurveyAnswer(survey_id=cast_survey.id, department_id=department, values=values))
    await session.flush()
    await close_survey(session, cast_survey, actor=SYSTEM)
    return above, within, cast_survey


async def read_communication(session: AsyncSession) -> dict[Any, float | None]:
    """COMMUNICATION by department, as it would be computed now."""
    moment = await read_moment(session)
    rows = await read_alignment_rows(session, zone=moment.zone)
    period = period_of(rows.questions[0].closed_on, Cadence.MONTHLY)
    figures = compute_figures(rows, period, moment.today, kpis=[AlignmentKpi.COMMUNICATION])
    return {each.scope.department: each.value for each in figures if each.scope.level is None}
