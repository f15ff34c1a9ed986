"""Pushing engagement scores: every answer of the contract, every refusal with its place."""

import gzip
import json
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import EngagementScore, EngagementScoreRevision, EngagementSegment, Event
from tests.cast import Cast
from tests.factories import make_department

PATH = "/api/v1/engagement-scores"
PUSH = Permission.ENGAGEMENT_WRITE


def make_item(**fields: Any) -> dict[str, Any]:
    """A score as a careful source sends it."""
    item = {
        "department": "SALES",
        "name": "Operations",
        "metric": "engagement",
        "period": "2026-05",
        "scale": {"kind": "mean", "min": 0, "max": 10},
        "value": 7.4,
        "respondents": 38,
        "invited": 51,
        "observed_at": "2026-06-02T06:00:00Z",
    }
    return item | fields


def make_push(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A push of one source."""
    return {"source": "peakon", "survey": "pulse", "round": "2026-05", "items": list(items)} | fields


async def push(client: httpx2.AsyncClient, *items: dict[str, Any], **params: Any) -> dict[str, Any]:
    """A push that is accepted: its answer."""
    answer = await client.post(PATH, json=make_push(*items), params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert sum(body["summary"].values()) == len(body["items"]) == len(items)
    assert [item["index"] for item in body["items"]] == list(range(len(items)))
    return body


def faults(answer: httpx2.Response) -> list[tuple[str, str]]:
    """The places of a refusal and what is wrong there."""
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def count(session: AsyncSession, table: Any) -> int:
    """How many rows a table has."""
    return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
async def robot(cast: Cast, session: AsyncSession) -> httpx2.AsyncClient:
    """An HR system; the department SALES is there."""
    await make_department(session, code="SALES")
    return await cast.machine(PUSH, Permission.METRICS_READ)


async def test_a_push_stores_every_field_and_leaves_one_event(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    answer = await push(robot, make_item(window_days=90), make_item(metric="enps", period="2026-Q2"))
    assert answer["summary"]["created"] == 2
    scores = (await session.scalars(select(EngagementScore).order_by(col(EngagementScore.id)))).all()
    assert [str(score.id) for score in scores] == [item["id"] for item in answer["items"]]
    score = scores[0]
    assert (score.source, score.survey, score.round) == ("peakon", "pulse", "2026-05")
    assert (str(score.value), score.respondents, score.invited, score.window_days) == ("7.4", 38, 51, 90)
    assert (score.name, score.observed_at and score.observed_at.isoformat()) == (
        "Operations",
        "2026-06-02T06:00:00+00:00",
    )
    event = (await session.scalars(select(Event).where(col(Event.kind) == "engagement_push"))).one()
    assert (event.code, event.actor_name, event.action) == ("peakon", robot.machine.name, "received")  # type: ignore[attr-defined]
    assert event.after is not None
    assert event.after["summary"]["created"] == 2
    assert event.after["surveys"] == ["pulse"]


async def test_the_same_push_again_changes_nothing(robot: httpx2.AsyncClient, session: AsyncSession) -> None:
    items = (make_item(), make_item(department=None, segment="seg_9"), make_item(metric="b", respondents=2))
    first = await push(robot, *items)
    assert [item["status"] for item in first["items"]] == ["created", "unmapped", "suppressed"]
    events = await count(session, Event)
    again = await push(robot, *items)
    assert again["summary"]["unchanged"] == 3
    assert [item["id"] for item in again["items"]] == [item["id"] for item in first["items"]]
    assert [bool(item["note"]) for item in again["items"]] == [bool(item["note"]) for item in first["items"]]
    assert await count(session, EngagementScoreRevision) == 0
    assert await count(session, Event) == events


async def test_other_content_is_a_revision_and_the_old_one_is_kept(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    first = await push(robot, make_item(), make_item(metric="b"))
    second = await push(robot, make_item(value=7.9), make_item(metric="b"), make_item(metric="c"))
    assert [item["status"] for item in second["items"]] == ["revised", "unchanged", "created"]
    assert second["items"][0]["id"] == first["items"][0]["id"]
    old = (await session.scalars(select(EngagementScoreRevision))).one()
    assert (str(old.value), old.revision, str(old.score_id)) == ("7.4", 1, first["items"][0]["id"])
    score = await session.get_one(EngagementScore, first["items"][0]["id"], populate_existing=True)
    assert (str(score.value), score.revision) == ("7.9", 2)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"value": 7.40}, True),
        ({"scale": {"kind": "mean", "min": 0.0, "max": 10.0}}, True),
        ({"observed_at": "2026-06-02T08:00:00+02:00"}, True),
        ({"department": "sales"}, True),
        ({"name": " Operations "}, True),
        ({"window_days": None}, True),
        ({"observed_at": None}, False),
        ({"name": "Sales"}, False),
        ({"invited": 52}, False),
        ({"segment": "seg_1"}, False),
    ],
)
async def test_the_same_content_in_other_words_is_no_revision(
    robot: httpx2.AsyncClient, other: dict[str, Any], same: bool
) -> None:
    await push(robot, make_item())
    answer = await push(robot, make_item(**other))
    assert answer["summary"]["unchanged" if same else "revised"] == 1


async def test_a_small_group_keeps_the_fact_and_loses_the_value(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    answer = await push(robot, make_item(respondents=4), make_item(metric="b", respondents=5))
    assert [item["status"] for item in answer["items"]] == ["suppressed", "created"]
    assert "5 people" in answer["items"][0]["note"]
    values = await session.execute(
        select(
            col(EngagementScore.value), col(EngagementScore.suppressed), col(EngagementScore.respondents)
        ).order_by(col(EngagementScore.id))
    )
    assert [(None if row[0] is None else str(row[0]), *row[1:]) for row in values] == [
        (None, True, 4),
        ("7.4", False, 5),
    ]


async def test_a_score_that_becomes_too_small_loses_its_value_by_a_revision(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await push(robot, make_item())
    answer = await push(robot, make_item(respondents=3))
    assert answer["summary"]["suppressed"] == 1
    assert await count(session, EngagementScoreRevision) == 1


async def test_respondents_may_be_missing_only_from_a_source_that_suppresses_itself(
    robot: httpx2.AsyncClient, cast: Cast
) -> None:
    refused = await robot.post(PATH, json=make_push(make_item(respondents=None)))
    assert (refused.status_code, refused.json()["code"]) == (422, "respondents_required")
    assert faults(refused) == [("/items/0/respondents", "respondents_required")]
    trusted = await cast.machine(PUSH, suppresses_small_groups=True)
    answer = await push(trusted, make_item(respondents=None), make_item(metric="b", respondents=2))
    assert [item["status"] for item in answer["items"]] == ["created", "suppressed"]


async def test_an_unknown_segment_waits_in_the_inbox_and_makes_no_department(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    answer = await push(robot, make_item(department=None, segment="seg_22"))
    assert answer["summary"]["unmapped"] == 1
    segment = (await session.scalars(select(EngagementSegment))).one()
    assert (segment.source, segment.segment, segment.name, segment.department_id) == (
        "peakon",
        "seg_22",
        "Operations",
        None,
    )
    score = (await session.scalars(select(EngagementScore))).one()
    assert (str(score.value), score.department_id) == ("7.4", None)


REFUSED_ITEMS = [
    ({"value": 74}, "value", "out_of_scale"),
    ({"value": -0.1}, "value", "out_of_scale"),
    ({"value": 10**30}, "value", "out_of_scale"),
    ({"value": "7.4"}, "value", "not_a_number"),
    ({"value": True}, "value", "not_a_number"),
    ({"value": [7]}, "value", "not_a_number"),
    ({"value": None}, "value", "required"),
    ({"metric": None}, "metric", "required"),
    ({"metric": ""}, "metric", "string_too_short"),
    ({"metric": "x" * 201}, "metric", "string_too_long"),
    ({"metric": "a\u0000b"}, "metric", "bad_format"),
    ({"metric": 7}, "metric", "string_type"),
    ({"period": None}, "period", "required"),
    ({"period": "2026-13"}, "period", "bad_period"),
    ({"period": "2026-W54"}, "period", "bad_period"),
    ({"period": "1899"}, "period", "bad_period"),
    ({"scale": None}, "scale", "required"),
    ({"scale": "mean"}, "scale", "not_an_object"),
    ({"scale": {"min": 0, "max": 10}}, "scale/kind", "required"),
    ({"scale": {"kind": "stars", "min": 0, "max": 10}}, "scale/kind", "bad_scale"),
    ({"scale": {"kind": "mean", "min": 0}}, "scale/max", "bad_scale"),
    ({"scale": {"kind": "mean", "min": 10, "max": 0}}, "scale/max", "bad_scale"),
    ({"scale": {"kind": "mean", "min": "0", "max": 10}}, "scale/min", "not_a_number"),
    ({"scale": {"kind": "mean", "min": 0, "max": 10, "step": 1}}, "scale/step", "unknown_field"),
    ({"scale": {"kind": "enps", "max": 10}}, "scale/max", "bad_scale"),
    ({"respondents": None}, "respondents", "respondents_required"),
    ({"respondents": 52}, "respondents", "more_respondents_than_invited"),
    ({"respondents": -1}, "respondents", "greater_than_equal"),
    ({"respondents": 38.5}, "respondents", "not_an_integer"),
    ({"respondents": "38"}, "respondents", "not_a_number"),
    ({"respondents": 10**12, "invited": None}, "respondents", "less_than_equal"),
    ({"invited": True}, "invited", "not_a_number"),
    ({"window_days": 0}, "window_days", "greater_than_equal"),
    ({"department": "NOWHERE"}, "department", "unknown_department"),
    ({"department": None}, "department", "required"),
    ({"department": 5}, "department", "string_type"),
    ({"observed_at": "yesterday"}, "observed_at", "not_a_time"),
    ({"observed_at": "2026-06-02T06:00:00"}, "observed_at", "not_a_time"),
    ({"observed_at": "1899-06-02T06:00:00Z"}, "observed_at", "not_a_time"),
    ({"team": "x"}, "team", "unknown_field"),
    ({"a/b~c": "x"}, "a~1b~0c", "unknown_field"),
]


@pytest.mark.parametrize(("fields", "place", "code"), REFUSED_ITEMS)
async def test_a_broken_rule_is_named_with_its_place_and_nothing_is_stored(
    robot: httpx2.AsyncClient, session: AsyncSession, fields: dict[str, Any], place: str, code: str
) -> None:
    answer = await robot.post(PATH, json=make_push(make_item(metric="good"), make_item(**fields)))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert faults(answer) == [(f"/items/1/{place}", code)]
    assert answer.json()["code"] == code
    assert await count(session, EngagementScore) == 0
    assert await count(session, EngagementSegment) == 0


async def test_everything_that_is_wrong_is_told_at_once(robot: httpx2.AsyncClient) -> None:
    items = [make_item(value=74, period="x"), 7, make_item(metric="ok"), make_item(respondents=99)]
    answer = await robot.post(PATH, json=make_push(*items, team="x", survey=3))  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert faults(answer) == [
        ("/team", "unknown_field"),
        ("/survey", "string_type"),
        ("/items/0/period", "bad_period"),
        ("/items/0/value", "out_of_scale"),
        ("/items/1", "not_an_object"),
        ("/items/3/respondents", "more_respondents_than_invited"),
    ]


async def test_two_items_with_one_key_are_refused(robot: httpx2.AsyncClient) -> None:
    answer = await robot.post(
        PATH, json=make_push(make_item(), make_item(metric="b"), make_item(department="sales"))
    )
    assert answer.status_code == 422
    assert faults(answer) == [("/items/2", "duplicate_item")]
    assert "/items/0" in answer.json()["errors"][0]["detail"]


async def test_without_atomic_the_good_ones_are_stored_and_the_bad_ones_told(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    items = (make_item(), make_item(value=74, respondents=99), make_item(metric="b"), make_item())
    answer = await push(robot, *items, atomic="false")
    assert [item["status"] for item in answer["items"]] == ["created", "rejected", "created", "rejected"]
    assert answer["items"][1]["id"] is None
    assert [(error["pointer"], error["code"]) for error in answer["items"][1]["errors"]] == [
        ("/items/1/value", "out_of_scale"),
        ("/items/1/respondents", "more_respondents_than_invited"),
    ]
    assert answer["items"][3]["errors"][0]["code"] == "duplicate_item"
    assert await count(session, EngagementScore) == 2


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (make_push(make_item(email="a@b.c", value="wrong")), ["/items/0/email"]),
        (make_push(make_item(), employeeId=1), ["/employeeId"]),
        ({"accountEmail": "x"}, ["/accountEmail"]),
        ([{"deep": [{"Participant-Count": 3}]}], ["/0/deep/0/Participant-Count"]),
        (make_push(make_item(scale={"kind": "mean", "comment": "secret words"})), ["/items/0/scale/comment"]),
    ],
)
async def test_person_level_data_refuses_the_whole_body_first(
    robot: httpx2.AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
    body: Any,
    pointers: list[str],
) -> None:
    answer = await robot.post(PATH, json=body, params={"atomic": "false"})
    assert (answer.status_code, answer.json()["code"]) == (422, "person_level_data_refused")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert "a@b.c" not in caplog.text + answer.text
    assert "secret words" not in caplog.text + answer.text
    assert await count(session, EngagementScore) == 0


async def test_a_key_pushes_for_its_own_source_only(cast: Cast, session: AsyncSession) -> None:
    await make_department(session, code="SALES")
    glint = await cast.machine(PUSH, source="glint")
    wrong = await glint.post(PATH, json=make_push(make_item(value=74)))
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_source")
    assert faults(wrong) == [("/source", "wrong_source")]
    silent = await glint.post(PATH, json=make_push(make_item(), source=None))
    assert silent.status_code == 200, silent.text
    assert (await session.scalars(select(col(EngagementScore.source)))).all() == ["glint"]


async def test_a_push_without_source_is_refused_unless_the_key_has_one(robot: httpx2.AsyncClient) -> None:
    answer = await robot.post(PATH, json=make_push(make_item(), source=None))
    assert (answer.status_code, faults(answer)) == (422, [("/source", "required")])


async def test_a_bound_key_reaches_its_own_departments_only(cast: Cast, session: AsyncSession) -> None:
    home = await make_department(session, code="SALES")
    await make_department(session, code="SHOPS", parent=home)
    other = await make_department(session, code="IT")
    session.add(
        EngagementSegment.model_validate({"source": "peakon", "segment": "s1", "department_id": other.id})
    )
    await session.flush()
    bound = await cast.machine(PUSH, department_id=home.id)
    await push(bound, make_item(), make_item(department="shops"), make_item(department=None, segment="new"))
    answer = await bound.post(
        PATH, json=make_push(make_item(department="IT"), make_item(department=None, segment="s1"))
    )
    assert faults(answer) == [
        ("/items/0/department", "unknown_department"),
        ("/items/1/segment", "unknown_department"),
    ]


@pytest.mark.parametrize("who", ["ceo", "head", "contributor", "viewer", "facilitator", "stranger"])
async def test_most_people_may_not_push(cast: Cast, who: str) -> None:
    client = await getattr(cast, who)()
    answer = await client.post(PATH, json=make_push())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_machine_without_the_scope_may_not_push_and_nobody_without_key(cast: Cast) -> None:
    reader = await cast.machine(Permission.METRICS_READ, Permission.MEASUREMENTS_WRITE)
    assert (await reader.post(PATH, json=make_push())).status_code == 403
    assert (await (await cast.browse()).post(PATH, json=make_push())).status_code == 401


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"items": [', 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"", 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b"[]", 422, "not_an_object"),
        (b'{"source": "x"}', 422, "required"),
        (b'{"source": "x", "items": {}}', 422, "list_type"),
        (b'{"source": "x", "items": [], "items\\ud800": 1}', 422, "unknown_field"),
        (b'{"source": "\\ud800", "items": []}', 422, "bad_format"),
    ],
)
async def test_a_body_that_is_no_push_is_refused_with_words(
    robot: httpx2.AsyncClient, content: bytes, status: int, code: str
) -> None:
    answer = await robot.post(PATH, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_not_a_number_is_told_by_its_place_even_where_json_has_no_word_for_it(
    robot: httpx2.AsyncClient,
) -> None:
    text = json.dumps(make_push(make_item(value=float("nan")), make_item(metric="b", value=float("inf"))))
    answer = await robot.post(PATH, content=text, headers={"content-type": "application/json"})
    assert faults(answer) == [("/items/0/value", "not_a_number"), ("/items/1/value", "not_a_number")]


async def test_a_push_of_ten_thousand_items_is_accepted_and_one_more_is_not(
    robot: httpx2.AsyncClient, session: AsyncSession
) -> None:
    items = [make_item(metric=f"m{number}") for number in range(10_001)]
    answer = await robot.post(PATH, json=make_push(*items))
    assert faults(answer) == [("/items", "too_long")]
    packed = gzip.compress(json.dumps(make_push(*items[:-1])).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    accepted = await robot.post(PATH, content=packed, headers=headers)
    assert accepted.json()["summary"]["created"] == 10_000
    assert await count(session, EngagementScore) == 10_000


async def test_a_repeated_request_with_its_key_is_answered_from_memory(robot: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "push-1"}
    first = await robot.post(PATH, json=make_push(make_item()), headers=headers)
    again = await robot.post(PATH, json=make_push(make_item()), headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content


async def test_an_empty_push_is_fine(robot: httpx2.AsyncClient) -> None:
    assert (await push(robot))["items"] == []


async def test_an_unknown_media_type_is_refused(robot: httpx2.AsyncClient) -> None:
    answer = await robot.post(PATH, content=b"<a/>", headers={"content-type": "application/xml"})
    assert answer.status_code == 415
