"""Real input: eleven years of the UK Civil Service People Survey through the doors, number for number."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Permission
from app.models import Event, Measurement
from tests.cast import Cast
from tests.commands.running import ROOT, run_coxswain
from tests.people_survey import (
    LAST_YEAR,
    SOURCE,
    SURVEY,
    SurveyDepartment,
    SurveyRow,
    list_departments,
    list_kpis,
    make_item,
    read_survey,
    write_files,
)

FILE = ROOT.parent / "shared" / "data" / "people_survey_2009_2019.csv"
pytestmark = [
    pytest.mark.skipif(
        not FILE.exists(), reason="the People Survey is not there: ../shared/data/" + FILE.name
    ),
    pytest.mark.slow,
]
# The same agency; its name was spelled with a capital letter in some years.
OTHER_NAME = "Medicines and Healthcare Products Regulatory Agency"
TODAYS_NAME = "Medicines and Healthcare products Regulatory Agency"

Figures = dict[tuple[str, str, str], float]


@pytest.fixture(scope="module")
def survey() -> list[SurveyRow]:
    """Every row of the three measures."""
    return read_survey(FILE)


@pytest.fixture
async def ceo(cast: Cast, survey: list[SurveyRow]) -> httpx2.AsyncClient:
    """Somebody who keeps departments and KPIs; both are there."""
    ceo = await cast.ceo()
    for department in list_departments(survey):
        answer = await ceo.post("/api/v1/departments", json=department._asdict())
        assert answer.status_code == 201, answer.text
    for kpi in list_kpis():
        answer = await ceo.post("/api/v1/kpis", json=kpi)
        assert answer.status_code == 201, answer.text
    return ceo


@pytest.fixture
async def robot(cast: Cast) -> httpx2.AsyncClient:
    """The survey's own client."""
    return await cast.machine(Permission.ENGAGEMENT_WRITE, source=SOURCE, suppresses_small_groups=True)


async def load(robot: httpx2.AsyncClient, survey: list[SurveyRow]) -> dict[str, int]:
    """Pushes every year, the last one first; the summaries added up."""
    total: dict[str, int] = {}
    for year in sorted({row.year for row in survey}, reverse=True):
        items = [make_item(row) for row in survey if row.year == year]
        body = {"source": SOURCE, "survey": SURVEY, "round": year, "items": items}
        answer = await robot.post("/api/v1/engagement-scores", json=body)
        assert answer.status_code == 200, answer.text
        for status, count in answer.json()["summary"].items():
            total[status] = total.get(status, 0) + count
    return total


async def read_all(client: httpx2.AsyncClient, url: str, **params: Any) -> list[dict[str, Any]]:
    """Every item of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get(url, params={"limit": 1000, **params, **cursor})
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return items
        cursor = {"cursor": answer.json()["next_cursor"]}


async def map_segment(ceo: httpx2.AsyncClient, segment: dict[str, Any], code: str) -> None:
    """Says which department a segment is."""
    url = f"/api/v1/engagement-segments/{segment['id']}"
    answer = await ceo.put(url, json={"department": code}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def map_same_names(ceo: httpx2.AsyncClient, departments: list[SurveyDepartment]) -> None:
    """Maps every waiting segment that is called like a department."""
    codes = {department.name: department.code for department in departments}
    for segment in await read_all(ceo, "/api/v1/engagement-segments", mapped="false"):
        if segment["name"] in codes:
            await map_segment(ceo, segment, codes[segment["name"]])


async def read_metrics(client: httpx2.AsyncClient) -> Figures:
    """What was fed, as the metrics tell it."""
    codes = [kpi["code"] for kpi in list_kpis()]
    rows = await read_all(client, "/api/v1/metrics", kpi=codes, **{"from": "2009", "to": "2019"})
    return {
        (row["period"], row["department"]["name"], row["kpi"]["code"].lower().replace("-", "_")): row["value"]
        for row in rows
        if row["source"] == "fed"
    }


def expect(survey: list[SurveyRow], names: set[str]) -> Figures:
    """The figures of these organisations as the file has them."""
    return {
        (row.year, row.organisation, row.measure): float(row.value)
        for row in survey
        if row.organisation in names
    }


async def test_the_people_survey_is_loaded_number_for_number(
    ceo: httpx2.AsyncClient, robot: httpx2.AsyncClient, session: AsyncSession, survey: list[SurveyRow]
) -> None:
    departments = list_departments(survey)
    names = {department.name for department in departments}
    last = [row for row in survey if row.year == LAST_YEAR]
    await load(robot, last)
    await map_same_names(ceo, departments)
    total = await load(robot, survey)
    assert (sum(total.values()), total["unchanged"]) == (len(survey), len(last))
    await map_same_names(ceo, departments)

    scores = await read_all(ceo, "/api/v1/engagement-scores", source=SOURCE)
    assert len(scores) == len(survey) == 3246
    received = {(score["period"], score["segment"], score["metric"]): score["value"] for score in scores}
    assert received == expect(survey, {row.organisation for row in survey})
    assert await read_metrics(ceo) == expect(survey, names)

    events, states = await count_all(session)
    again = await load(robot, survey)
    assert again["unchanged"] == len(survey)
    assert await count_all(session) == (events, states)

    waiting = await read_all(ceo, "/api/v1/engagement-segments", mapped="false")
    assert {segment["name"] for segment in waiting} == {row.organisation for row in survey} - names
    [other] = [segment for segment in waiting if segment["name"] == OTHER_NAME]
    code = next(department.code for department in departments if department.name == TODAYS_NAME)
    await map_segment(ceo, other, code)
    history = {
        (year, TODAYS_NAME, measure): value
        for (year, _, measure), value in expect(survey, {OTHER_NAME}).items()
    }
    assert history
    assert await read_metrics(ceo) == expect(survey, names) | history


async def count_all(session: AsyncSession) -> tuple[int, int]:
    """How many events and states of measurements there are."""
    events = await session.scalar(select(func.count()).select_from(Event))
    return events or 0, await session.scalar(select(func.count()).select_from(Measurement)) or 0


def test_the_command_line_loads_it_as_well(tmp_path: Path, survey: list[SurveyRow]) -> None:
    write_files(FILE, tmp_path)
    settings = {"COXSWAIN_DATA_DIR": str(tmp_path / "data")}
    told = {}
    for name, options in (
        ("departments", ()),
        ("kpis", ()),
        ("scores", ("--trust-source-suppression",)),
    ):
        command = "engagement" if name == "scores" else name
        file = str(tmp_path / f"{name}.csv")
        outcome = run_coxswain("import", command, file, *options, settings=settings)
        assert outcome.returncode == 0, outcome.stderr
        told[name] = outcome.stdout
    assert told["scores"] == f"{len(survey)} scores: {len(survey)} unmapped.\n"
    again = run_coxswain(
        "import",
        "engagement",
        str(tmp_path / "scores.csv"),
        "--trust-source-suppression",
        settings=settings,
    )
    assert again.stdout == f"{len(survey)} scores: {len(survey)} unchanged.\n"
