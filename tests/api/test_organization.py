"""The organization over the API: its settings, its vision with versions, and who may change them."""

from typing import Any
from zoneinfo import available_timezones

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import Event
from tests.cast import Cast
from tests.factories import make_department

PATH = "/api/v1/organization"
ANY = {"If-Match": "*"}
WHOLE: dict[str, Any] = {
    "name": "Larkmoor",
    "vision": {
        "statement": "Every household finds what it needs",
        "why": "Because",
        "horizon": "2030",
        "core_terms": ["household"],
    },
    "mission": "Keep goods in stock",
    "values": [{"name": "Customer first", "behaviours": ["Says what the customer will notice"]}],
    "fiscal_year_start": 4,
    "minimum_group": 7,
    "time_zone": "Europe/London",
}


async def test_a_new_installation_has_one_organization(cast: Cast) -> None:
    for client in (
        await cast.viewer(),
        await cast.facilitator(),
        await cast.machine(Permission.METRICS_READ),
    ):
        answer = await client.get(PATH)
        assert answer.status_code == 200
        assert answer.json()["vision"] is None
        assert (answer.json()["minimum_group"], answer.json()["time_zone"]) == (5, "UTC")
    assert (await (await cast.stranger()).get(PATH)).status_code == 403
    assert (await (await cast.machine(Permission.AUDIT_READ)).get(PATH)).status_code == 403


async def test_put_replaces_everything_and_what_is_left_out_has_its_default(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    seen = await ceo.get(PATH)
    answer = await ceo.put(PATH, json=WHOLE, headers={"If-Match": seen.headers["etag"]})
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in WHOLE} == WHOLE
    assert (await ceo.get(PATH)).json() == answer.json()
    event = (await session.scalars(select(Event).where(col(Event.kind) == "organization"))).one()
    assert event.before is not None
    assert event.after is not None
    assert (event.before["minimum_group"], event.after["minimum_group"]) == (5, 7)
    bare = await ceo.put(PATH, json={"name": "Larkmoor"}, headers=ANY)
    assert bare.json() | {"version": 0, "updated_at": ""} == seen.json() | {
        "name": "Larkmoor",
        "version": 0,
        "updated_at": "",
    }


async def test_an_edit_needs_the_version_it_saw(cast: Cast) -> None:
    ceo = await cast.ceo()
    seen = {"If-Match": (await ceo.get(PATH)).headers["etag"]}
    assert (await ceo.patch(PATH, json={"name": "A"})).status_code == 428
    first = await ceo.patch(PATH, json={"name": "A"}, headers=seen)
    assert first.status_code == 200
    late = await ceo.put(PATH, json=WHOLE, headers=seen)
    assert (late.status_code, late.headers["etag"]) == (412, first.headers["etag"])
    assert (await ceo.get(PATH, headers={"If-None-Match": first.headers["etag"]})).status_code == 304


async def test_a_changed_vision_is_a_new_version_and_the_same_one_is_not(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    await ceo.put(PATH, json=WHOLE, headers=ANY)
    before = await ceo.put(PATH, json=WHOLE, headers=ANY)
    changed = await ceo.patch(PATH, json={"vision": {"horizon": None, "core_terms": ["a", "b"]}}, headers=ANY)
    assert changed.json()["vision"] == WHOLE["vision"] | {"horizon": None, "core_terms": ["a", "b"]}
    assert changed.json()["version"] == before.json()["version"] + 1
    await ceo.patch(PATH, json={"mission": None}, headers=ANY)
    listed = (await ceo.get(f"{PATH}/visions")).json()["items"]
    assert [(one["number"], one["horizon"], one["core_terms"]) for one in listed] == [
        (1, "2030", ["household"]),
        (2, None, ["a", "b"]),
    ]
    kinds = (await session.scalars(select(col(Event.kind)).order_by(col(Event.id)))).all()
    assert [kind for kind in kinds if kind in ("organization", "vision")] == [
        "vision",
        "organization",
        "vision",
        "organization",
        "organization",
    ]


async def test_a_vision_can_be_taken_back_and_given_again(cast: Cast) -> None:
    ceo = await cast.ceo()
    await ceo.put(PATH, json=WHOLE, headers=ANY)
    assert (await ceo.patch(PATH, json={"vision": None}, headers=ANY)).json()["vision"] is None
    await ceo.patch(PATH, json={"vision": WHOLE["vision"]}, headers=ANY)
    assert [one["number"] for one in (await ceo.get(f"{PATH}/visions")).json()["items"]] == [1, 2]


async def test_versions_of_the_vision_come_in_pages(cast: Cast) -> None:
    ceo = await cast.ceo()
    for number in range(3):
        await ceo.patch(PATH, json={"vision": {"statement": f"Number {number}"}}, headers=ANY)
    first = await ceo.get(f"{PATH}/visions?limit=2")
    assert [one["statement"] for one in first.json()["items"]] == ["Number 0", "Number 1"]
    second = await ceo.get(first.links["next"]["url"])
    assert [one["statement"] for one in second.json()["items"]] == ["Number 2"]
    assert (await ceo.get(f"{PATH}/visions?archived=true")).status_code == 422


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": None}, "/name", "string_type"),
        ({"vision": {"why": "No statement"}}, "/vision/statement", "required"),
        ({"vision": {"statement": "x", "code": "V"}}, "/vision/code", "unknown_field"),
        ({"vision": {"statement": "x", "core_terms": ["a", 1]}}, "/vision/core_terms/1", "string_type"),
        ({"values": [{"name": "V", "behaviours": "Brave"}]}, "/values/0/behaviours", "list_type"),
        ({"fiscal_year_start": 13}, "/fiscal_year_start", "less_than_equal"),
        ({"fiscal_year_start": 0}, "/fiscal_year_start", "greater_than_equal"),
        ({"minimum_group": 2}, "/minimum_group", "greater_than_equal"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/time_zone", "unknown_time_zone"),
        ({"epoch": "x"}, "/epoch", "unknown_field"),
    ],
)
async def test_bad_input_is_refused_at_its_place(
    cast: Cast, change: dict[str, Any], pointer: str, code: str
) -> None:
    ceo = await cast.ceo()
    before = (await ceo.get(PATH)).json()
    answer = await ceo.put(PATH, json=WHOLE | change, headers=ANY)
    assert answer.status_code == 422
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert (await ceo.get(PATH)).json() == before


async def test_who_may_change_the_organization(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    refused = [
        await cast.viewer(),
        await cast.head(),
        await cast.contributor(),
        await cast.facilitator(),
        await cast.machine(Permission.GOALS_READ),
        await cast.machine(Permission.GOALS_WRITE, department_id=department.id),
    ]
    for client in refused:
        assert (await client.patch(PATH, json={"name": "Mine"}, headers=ANY)).status_code == 403
    for client in (await cast.admin(), await cast.ceo(), await cast.machine(Permission.GOALS_WRITE)):
        assert (await client.patch(PATH, json={"name": "Ours"}, headers=ANY)).status_code == 200


async def test_a_time_zone_must_be_known_to_python_and_to_the_database(
    cast: Cast, session: AsyncSession
) -> None:
    """The two lists differ in odd entries; whatever is accepted must not break the statements that use it."""
    ceo = await cast.ceo()
    known = set((await session.scalars(text("select name from pg_timezone_names"))).all())
    for zone in [*sorted(available_timezones() - known)[:3], *sorted(known - available_timezones())[:3]]:
        answer = await ceo.patch(PATH, json={"time_zone": zone}, headers=ANY)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_time_zone"), zone
    for zone in ("Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "UTC"):
        answer = await ceo.patch(PATH, json={"time_zone": zone}, headers=ANY)
        assert (answer.status_code, answer.json()["time_zone"]) == (200, zone)
