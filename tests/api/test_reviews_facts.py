"""The facts of a review over the API: the same bytes for everybody who may, under their hash."""

from hashlib import sha256

import jsonschema_rs
import msgspec
import orjson
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Permission, Role
from app.domain.review.facts import ReviewFacts
from app.domain.reviews import ReviewStatus
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_owner, make_review, make_snapshot

PATH = "/api/v1/reviews/2026-10"


async def test_a_review_is_read_under_the_hash_of_its_bytes(
    app: FastAPI, cast: Cast, session: AsyncSession
) -> None:
    await make_kpi(session, departments=[await make_department(session)])
    await make_review(session, code="2026-10")
    ceo = await cast.ceo()
    told = await ceo.get(PATH)
    assert told.status_code == 200, told.text
    assert told.headers["etag"] == f'"{sha256(told.content).hexdigest()}"'
    assert told.content == orjson.dumps(told.json(), option=orjson.OPT_SORT_KEYS)
    facts = msgspec.convert(told.json(), ReviewFacts)
    assert (facts.period, facts.header.updates_expected, facts.schema) == ("2026-10", 1, 1)
    document = app.openapi()
    shape = {"$ref": "#/components/schemas/ReviewFacts", "components": document["components"]}
    jsonschema_rs.Draft202012Validator(shape, validate_formats=True).validate(told.json())
    known = await ceo.get(PATH, headers={"If-None-Match": told.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


async def test_a_closed_review_is_what_was_frozen_byte_for_byte(cast: Cast, session: AsyncSession) -> None:
    review = await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)
    body = b'{"schema":1,"period":"2026-10"}'
    frozen = await make_snapshot(session, review, body)
    told = await (await cast.ceo()).get(PATH)
    assert (told.content, told.headers["etag"]) == (body, f'"{frozen.sha256}"')


async def test_everybody_who_may_read_a_review_reads_the_same(cast: Cast, session: AsyncSession) -> None:
    head = await make_owner(session)
    department = await make_department(session, head_id=head.id)
    await make_review(session, code="2026-10", attendance={str(head.id): "expected"})
    readers = [
        await cast.ceo(),
        await cast.person(Role.VIEWER),
        await cast.person(Role.FACILITATOR),
        await cast.machine(Permission.REVIEWS_READ),
    ]
    assert len({(await reader.get(PATH)).content for reader in readers}) == 1
    bound = await cast.machine(Permission.REVIEWS_READ, department_id=department.id)
    assert (await bound.get(PATH)).status_code == 403
    assert (await (await cast.machine(Permission.METRICS_READ)).get(PATH)).status_code == 403
    assert (await (await cast.browse()).get(PATH)).status_code == 401
    assert (await readers[0].get("/api/v1/reviews/2026-09")).status_code == 404
