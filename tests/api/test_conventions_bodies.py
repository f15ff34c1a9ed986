"""Conventions of bodies, proven on goals: unreadable, too large, not packed or not what they say."""

import gzip
import json
import zlib
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Goal
from tests.cast import Cast
from tests.factories import make_theme

GOALS = "/api/v1/goals"
JSON = {"Content-Type": "application/json"}
GOOD: dict[str, Any] = {"code": "G1", "title": "Grow"}
LARGEST = 10 * 1024 * 1024


async def send(cast: Cast, body: bytes, headers: dict[str, str] | None = None) -> Any:
    """A POST of raw bytes by the CEO."""
    return await (await cast.ceo()).post(GOALS, content=body, headers=JSON | (headers or {}))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"code": "G1",}',
        b"{'code': 'G1'}",
        b'{"code": "G1"} {}',
        b'{"code": "\xff\xfe"}',
        b'\xff\xfe{\x00"\x00}\x00',
        b'{"code": "G\n1"}',
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"[" * 200_000,
        b'{"code": "G1", "title": "' + b"\xed\xa0\x80" + b'"}',
        b"\x00",
    ],
    ids=[
        "cut off",
        "trailing comma",
        "single quotes",
        "two documents",
        "not UTF-8",
        "UTF-16",
        "bare line break",
        "deep object",
        "deep array",
        "encoded surrogate",
        "NUL alone",
    ],
)
async def test_what_is_no_json_is_malformed(cast: Cast, session: AsyncSession, body: bytes) -> None:
    answer = await send(cast, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await session.scalars(select(Goal))).all() == []


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b"[]", "", "not_an_object"),
        (b"", "", "required"),
        (b"null", "", "not_an_object"),
        (b'"G1"', "", "not_an_object"),
        (b'{"code": "G1"}', "/title", "required"),
        (b'{"code": "G1", "title": null}', "/title", "string_type"),
        (b'{"code": "G1", "title": ["a"]}', "/title", "string_type"),
        (b'{"code": "G1", "title": "a", "rank": NaN}', "/rank", "int_type"),
        (b'{"code": "G1", "title": "a", "rank": Infinity}', "/rank", "int_type"),
        (b'{"code": "G1", "title": "a", "rank": 1e400}', "/rank", "int_type"),
        (b'{"code": "G1", "title": "a", "rank": 99999999999999999999999}', "/rank", "int_type"),
        (b'{"code": "G1", "title": "a", "rank": "1"}', "/rank", "int_type"),
        (b'{"code": "G1", "title": "a", "rank": 1.5}', "/rank", "int_type"),
        (b'{"code": "G1", "title": "a", "cross_functional": 1}', "/cross_functional", "bool_type"),
        (b'{"code": "G1", "title": "a\\u0000b"}', "/title", "bad_format"),
        (b'{"code": "G1", "title": "a\\ud800b"}', "/title", "bad_text"),
        (b'{"code": "G1", "title": "a\\nb"}', "/title", "bad_format"),
        (b'{"code": "G1", "title": "a", "colour": 1}', "/colour", "unknown_field"),
        (b'{"code": "G1", "title": "a", "a/b~c": 1}', "/a~1b~0c", "unknown_field"),
        (b'{"code": "G1", "title": "a", "\\ud800": 1}', "", "bad_text"),
        (b'{"code": "G1", "title": "a", "id": "x"}', "/id", "unknown_field"),
        (
            b'{"code": "G1", "title": "a", "assumptions": [{"text": "x", "by": 1}]}',
            "/assumptions/0/by",
            "unknown_field",
        ),
        (
            b'{"code": "G1", "title": "a", "starts_on": "2026-02-30"}',
            "/starts_on",
            "date_from_datetime_parsing",
        ),
        (b'{"code": "G1", "title": "a", "starts_on": "2026-1-1"}', "/starts_on", "not_a_date"),
        (b'{"code": "G1", "title": "a", "starts_on": "1899-12-31"}', "/starts_on", "date_out_of_range"),
    ],
)
async def test_a_body_that_breaks_its_contract_is_refused_at_its_place(
    cast: Cast, session: AsyncSession, body: bytes, pointer: str, code: str
) -> None:
    answer = await send(cast, body)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert (await session.scalars(select(Goal))).all() == []


@pytest.mark.parametrize(
    "title", ["a\u200bb", "a\u00adb", "\ufeffa", "a\u202eb\u202c", "a\u2066b", "a\u2028b", "a\x85b", "\u200d"]
)
async def test_a_line_with_signs_that_nobody_sees_is_refused(cast: Cast, title: str) -> None:
    answer = await send(cast, json.dumps(GOOD | {"title": title}).encode())
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/title", "bad_format")
    assert "signs that nobody sees" in fault["detail"]


@pytest.mark.parametrize("title", ["👩\u200d🚀 Möwe", "می\u200cخواهم", "דג", "a\u00a0b"])
async def test_every_script_and_joined_emoji_are_a_line(cast: Cast, title: str) -> None:
    answer = await send(cast, json.dumps(GOOD | {"title": title}).encode())
    assert (answer.status_code, answer.json()["title"]) == (201, title)


async def test_every_broken_place_is_named_at_once(cast: Cast) -> None:
    body = {"code": "a b", "rank": 0, "status": "green", "extra": 1}
    answer = await send(cast, json.dumps(body).encode())
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert pointers == {"/code", "/title", "/rank", "/status", "/extra"}


async def test_a_reference_that_names_nothing_is_refused_and_a_code_that_is_taken_conflicts(
    cast: Cast,
) -> None:
    ceo = await cast.ceo()
    unknown = await ceo.post(GOALS, json=GOOD | {"theme": "NOWHERE"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/theme")
    assert (await ceo.post(GOALS, json=GOOD)).status_code == 201
    taken = await ceo.post(GOALS, json=GOOD | {"code": "g1"})
    assert (taken.status_code, taken.json()["code"]) == (409, "duplicate")
    assert taken.json()["errors"][0]["pointer"] == "/code"


async def test_a_reference_may_be_an_id_or_a_code(cast: Cast, session: AsyncSession) -> None:
    theme = await make_theme(session)
    ceo = await cast.ceo()
    for number, name in enumerate((theme.code, theme.code.lower(), str(theme.id))):
        answer = await ceo.post(GOALS, json={"code": f"G{number}", "title": "T", "theme": name})
        assert answer.json()["theme"]["id"] == str(theme.id)


@pytest.mark.parametrize("kind", ["text/plain", "text/csv", "application/xml", "", "application/jsonx"])
async def test_other_media_types_are_not_read(cast: Cast, kind: str) -> None:
    answer = await send(cast, json.dumps(GOOD).encode(), {"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_the_character_set_may_be_said(cast: Cast) -> None:
    answer = await send(cast, json.dumps(GOOD).encode(), {"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 201


async def test_a_body_over_the_limit_is_refused_before_it_is_read(cast: Cast) -> None:
    ceo = await cast.ceo()
    read = 0

    async def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 65_536

    announced = await ceo.post(GOALS, content=b"x", headers=JSON | {"Content-Length": str(LARGEST + 1)})
    assert (announced.status_code, announced.json()["code"]) == (413, "too_large")
    streamed = await ceo.post(GOALS, content=endless(), headers=JSON)
    assert streamed.status_code == 413
    assert read <= LARGEST // 65_536 + 2


async def test_a_packed_body_is_read_within_the_same_limit(cast: Cast) -> None:
    packed = {"Content-Encoding": "gzip"}
    assert (await send(cast, gzip.compress(json.dumps(GOOD).encode()), packed)).status_code == 201
    bomb = gzip.compress(b" " * (LARGEST + 1))
    assert len(bomb) < 20_000
    assert (await send(cast, bomb, packed)).status_code == 413


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"not packed", "gzip", 400, "bad_gzip"),
        (gzip.compress(b"{}", mtime=0)[:-9], "gzip", 400, "bad_gzip"),
        (b"", "gzip", 400, "bad_gzip"),
        (zlib.compress(b"{}"), "deflate", 415, "unsupported_media_type"),
        (b"{}", "br", 415, "unsupported_media_type"),
        (gzip.compress(b"{}", mtime=0), "gzip, gzip", 415, "unsupported_media_type"),
    ],
)
async def test_a_body_that_is_not_packed_as_it_says_is_refused(
    cast: Cast, body: bytes, encoding: str, status: int, code: str
) -> None:
    answer = await send(cast, body, {"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
