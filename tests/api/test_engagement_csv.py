"""Pushing engagement scores as CSV: the same rules, and faults that name line and column."""

import csv
import io
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.intake.table import COLUMNS
from app.domain.permissions import Permission
from app.models import EngagementScore
from tests.api.test_engagement import PATH, faults, make_item, push
from tests.cast import Cast
from tests.factories import make_department

LINE = {
    "source": "peakon",
    "survey": "pulse",
    "round": "2026-05",
    "department": "SALES",
    "name": "Operations",
    "metric": "engagement",
    "period": "2026-05",
    "scale_kind": "mean",
    "scale_min": 0,
    "scale_max": 10,
    "value": 7.4,
    "respondents": 38,
    "invited": 51,
    "observed_at": "2026-06-02T06:00:00Z",
}


def write_table(*lines: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A CSV body."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


async def send(client: httpx2.AsyncClient, body: bytes, **params: Any) -> httpx2.Response:
    """A CSV push."""
    return await client.post(PATH, content=body, headers={"content-type": "text/csv"}, params=params)


@pytest.fixture
async def robot(cast: Cast, session: AsyncSession) -> httpx2.AsyncClient:
    """An HR system; the department SALES is there."""
    await make_department(session, code="SALES")
    return await cast.machine(Permission.ENGAGEMENT_WRITE, Permission.METRICS_READ)


async def test_a_table_says_the_same_as_json(robot: httpx2.AsyncClient) -> None:
    first = await send(robot, write_table(LINE, LINE | {"metric": "b", "value": 5, "respondents": 4}))
    assert first.status_code == 200, first.text
    assert [item["status"] for item in first.json()["items"]] == ["created", "suppressed"]
    again = await push(robot, make_item(), make_item(metric="b", value=5, respondents=4))
    assert again["summary"]["unchanged"] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.replace(b"\r\n", b"\n"),
        lambda body: body.replace(b"\r\n", b"\r\n\r\n"),
        lambda body: body.replace(b"metric", b" Metric "),
        lambda body: body.replace(b"Operations", b'"Operations"'),
        lambda body: body.rstrip(b"\r\n"),
    ],
)
async def test_the_ways_programs_write_tables_are_read(robot: httpx2.AsyncClient, change: Any) -> None:
    answer = await send(robot, change(write_table(LINE)))
    assert answer.status_code == 200, answer.text
    assert (await push(robot, make_item()))["summary"]["unchanged"] == 1


async def test_columns_may_be_left_out_and_reordered(robot: httpx2.AsyncClient) -> None:
    columns = ("value", "metric", "period", "scale_kind", "respondents", "segment", "source")
    line = {"segment": "Größe, klein", "value": -7.5, "scale_kind": "enps"}
    answer = await send(robot, write_table(LINE | line, columns=columns))
    assert answer.json()["summary"]["unmapped"] == 1
    [score] = (await robot.get(PATH)).json()["items"]
    assert (score["segment"], score["value"], score["survey"]) == ("Größe, klein", -7.5, None)


async def test_a_table_may_hold_several_rounds_and_answers_in_its_own_order(
    robot: httpx2.AsyncClient,
) -> None:
    rounds = ["a", "b", "a", "b"]
    lines = [LINE | {"round": name, "metric": f"m{n}"} for n, name in enumerate(rounds)]
    answer = (await send(robot, write_table(*lines))).json()
    assert [item["index"] for item in answer["items"]] == [0, 1, 2, 3]
    scores = {score["id"]: score for score in (await robot.get(PATH)).json()["items"]}
    assert [scores[item["id"]]["round"] for item in answer["items"]] == rounds
    assert [scores[item["id"]]["metric"] for item in answer["items"]] == ["m0", "m1", "m2", "m3"]


REFUSED_LINES = [
    ({"value": 74}, "value", "out_of_scale"),
    ({"value": "7,4"}, "value", "not_a_number"),
    ({"value": "nan"}, "value", "not_a_number"),
    ({"value": "1e999"}, "value", "not_a_number"),
    ({"value": "9" * 5000}, "value", "not_a_number"),
    ({"value": " "}, "value", "required"),
    ({"metric": None}, "metric", "required"),
    ({"name": "two\nlines"}, "name", "bad_format"),
    ({"name": "nul\0"}, "name", "bad_format"),
    ({"period": "2026-13"}, "period", "bad_period"),
    ({"scale_kind": None}, "scale_kind", "required"),
    ({"scale_kind": "stars"}, "scale_kind", "bad_scale"),
    ({"scale_max": None}, "scale_max", "bad_scale"),
    ({"scale_min": "low"}, "scale_min", "not_a_number"),
    ({"respondents": None}, "respondents", "respondents_required"),
    ({"respondents": "52"}, "respondents", "more_respondents_than_invited"),
    ({"invited": "many"}, "invited", "not_a_number"),
    ({"department": "NOWHERE"}, "department", "unknown_department"),
    ({"observed_at": "02.06.2026"}, "observed_at", "not_a_time"),
    ({"source": "x" * 201}, "source", "string_too_long"),
]


@pytest.mark.parametrize(("fields", "column", "code"), REFUSED_LINES)
async def test_a_broken_rule_is_named_with_its_line_and_column(
    robot: httpx2.AsyncClient, session: AsyncSession, fields: dict[str, Any], column: str, code: str
) -> None:
    body = write_table(LINE | {"metric": "good"}, LINE | {"metric": "two"}, LINE | fields)
    answer = await send(robot, body)
    assert (answer.status_code, answer.json().get("code")) == (422, code), answer.text
    assert faults(answer) == [(f"line 4, column {column}", code)]
    assert await session.scalar(select(func.count()).select_from(EngagementScore)) == 0


async def test_line_numbers_are_those_of_an_editor(robot: httpx2.AsyncClient) -> None:
    text = write_table(LINE | {"name": "two\nlines"}, LINE | {"metric": "b", "value": 99}).decode()
    answer = await send(robot, text.replace("\r\n", "\r\n\r\n").encode())
    assert faults(answer) == [("line 3, column name", "bad_format"), ("line 6, column value", "out_of_scale")]


async def test_without_atomic_bad_lines_are_told_and_good_ones_stored(robot: httpx2.AsyncClient) -> None:
    body = write_table(LINE, LINE | {"metric": "b", "value": "x"}, LINE)
    answer = (await send(robot, body, atomic="false")).json()
    assert [item["status"] for item in answer["items"]] == ["created", "rejected", "rejected"]
    assert answer["items"][1]["errors"][0]["pointer"] == "line 3, column value"
    assert answer["items"][2]["errors"][0] | {"detail": ""} == {
        "pointer": "line 4",
        "code": "duplicate_item",
        "detail": "",
    }


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"", 422, ("line 1, column metric", "required")),
        (b"metric,period,scale_kind,value,colour\n", 422, ("line 1, column colour", "unknown_field")),
        (
            b"metric,metric,period,scale_kind,value,segment\n",
            422,
            ("line 1, column metric", "repeated_column"),
        ),
        (b"metric,period,scale_kind,value\n", 422, ("line 1, column department", "required")),
        (
            b"metric,period,scale_kind,value,segment,E-Mail\n",
            422,
            ("line 1, column e-mail", "person_level_data_refused"),
        ),
        (b"a,b\n\xff,x\n", 400, ("", "malformed_csv")),
        (b'metric,period,scale_kind,value,segment\n"a"b,c\n', 400, ("", "malformed_csv")),
        (b'metric,period,scale_kind,value,segment\n"a,c\n', 400, ("", "malformed_csv")),
    ],
)
async def test_a_body_that_is_no_table_of_scores_is_refused(
    robot: httpx2.AsyncClient, body: bytes, status: int, expected: tuple[str, str]
) -> None:
    answer = await send(robot, body)
    assert (answer.status_code, faults(answer)[0]) == (status, expected), answer.text


async def test_a_cell_too_many_is_named(robot: httpx2.AsyncClient) -> None:
    body = write_table(LINE).rstrip(b"\r\n") + b",extra\r\n"
    answer = await send(robot, body)
    assert faults(answer) == [(f"line 2, column {len(COLUMNS) + 1}", "unknown_field")]


async def test_a_key_with_a_source_reads_tables_of_that_source_only(
    cast: Cast, session: AsyncSession
) -> None:
    await make_department(session, code="SALES")
    glint = await cast.machine(Permission.ENGAGEMENT_WRITE, source="glint")
    mixed = await send(glint, write_table(LINE | {"source": "glint"}, LINE))
    assert (mixed.status_code, mixed.json()["code"]) == (403, "wrong_source")
    silent = await send(glint, write_table(LINE | {"source": ""}))
    assert silent.status_code == 200, silent.text


async def test_ten_thousand_lines_are_read_and_one_more_is_not(robot: httpx2.AsyncClient) -> None:
    lines = [LINE | {"metric": f"m{n}"} for n in range(10_001)]
    answer = await send(robot, write_table(*lines))
    assert [code for _, code in faults(answer)] == ["too_long"]
    assert (await send(robot, write_table(*lines[:-1]))).json()["summary"]["created"] == 10_000
