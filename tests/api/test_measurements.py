"""Measurements over the API: recorded, corrected, withdrawn, in bulk, as known then, and who may not."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.api.answers import PageOut
from app.api.v1.measurements import MeasurementOut
from app.database import Database
from app.domain.permissions import Permission
from app.domain.scoring import Aggregation
from app.models import Event, Kpi, Measurement
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_target


def values_of(kpi: Kpi, period: str = "") -> str:
    return f"/api/v1/kpis/{kpi.code}/measurements" + (f"/{period}" if period else "")


async def test_a_value_is_created_then_revised_and_its_repetition_changes_nothing(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, kpi, sales = await cast.ceo(), await make_kpi(session), await make_department(session)
    await make_target(session, kpi, "2026", amber=80, red=70)
    url = f"{values_of(kpi, '2026-10')}?department={sales.code}"
    body = {"value": 78, "numerator": 39, "denominator": 50, "note": "Two vacancies.", "confidence": 3}
    created = await ceo.put(url, json=body)
    assert created.status_code == 201, created.text
    assert created.headers["location"] == url
    shown = created.json()
    assert shown.items() >= body.items()
    assert shown["kpi"] == {"id": str(kpi.id), "code": kpi.code, "name": kpi.name}
    assert shown["department"] == {"id": str(sales.id), "code": sales.code, "name": sales.name}
    assert (shown["status"], shown["target"], shown["revision"]) == ("amber", 90, 1)
    assert (shown["source"], shown["recorded_by"]) == ("manual", ceo.owner.name)  # type: ignore[attr-defined]
    again = await ceo.put(url, json=body)
    assert (again.status_code, again.json()) == (200, shown)
    assert again.headers["etag"] == created.headers["etag"]
    revised = await ceo.put(url, json=body | {"value": 79.5, "reason": "Recounted."})
    assert (revised.status_code, revised.json()["revision"]) == (200, 2)
    assert (revised.json()["value"], revised.json()["id"]) == (79.5, shown["id"])
    read = await ceo.get(url)
    assert (read.json(), read.headers["etag"]) == (revised.json(), revised.headers["etag"])
    told = select(Event).where(col(Event.object_id) == shown["id"]).order_by(col(Event.id))
    events = (await session.scalars(told)).all()
    assert [event.action for event in events] == ["created", "revised"]
    assert events[1].before is not None
    assert (events[1].before["value"], events[1].code) == (78, f"{kpi.code}/2026-10/{sales.code}")


async def test_the_answers_are_what_the_document_says(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi, sales = await cast.ceo(), await make_kpi(session), await make_department(session)
    await make_target(session, kpi, "2026")
    await ceo.put(f"{values_of(kpi, '2026-10')}?department={sales.code}", json={"value": 90.25, "n": 12})
    await ceo.put(values_of(kpi, "2026-09"), json={"not_applicable": True, "note": "Closed."})
    page = (await ceo.get(values_of(kpi))).json()
    read = PageOut[MeasurementOut].model_validate(page, extra="forbid")
    assert read.model_dump(mode="json") == PageOut[MeasurementOut].model_validate(page).model_dump(
        mode="json"
    )
    assert [(each.period, each.value, each.status) for each in read.items] == [
        ("2026-09", None, "unknown"),
        ("2026-10", read.items[1].value, "green"),
        ("2026-10", read.items[2].value, "green"),
    ]
    assert {each["value"] for each in page["items"][1:]} == {90.25}
    assert page["items"][0]["status_reason"] == "Not applicable: Closed."


async def test_a_withdrawn_value_is_a_revision_without_content(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    url = values_of(kpi, "2026-10")
    assert (await ceo.delete(url)).status_code == 404
    await ceo.put(url, json={"value": 5})
    gone = await ceo.delete(f"{url}?reason=Wrong+month")
    assert gone.status_code == 200, gone.text
    shown = gone.json()
    assert (shown["withdrawn"], shown["value"], shown["revision"]) == (True, None, 2)
    assert (shown["status"], shown["reason"]) == ("unknown", "Wrong month")
    assert (await ceo.delete(url)).json() == shown
    back = await ceo.put(url, json={"value": 5})
    assert (back.status_code, back.json()["revision"], back.json()["withdrawn"]) == (200, 3, False)


async def test_history_is_read_as_it_was_known(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    url = values_of(kpi, "2026-10")
    first = (await ceo.put(url, json={"value": 85})).json()
    body = {"from": "2026", "target": 90, "amber": 80}
    assert (await ceo.post(f"/api/v1/kpis/{kpi.code}/targets", json=body)).status_code == 201
    second = (await ceo.get(url)).json()
    third = (await ceo.put(url, json={"value": 95, "reason": "Late orders."})).json()
    assert [each["status"] for each in (first, second, third)] == ["unknown", "green", "green"]
    then = await ceo.get(url, params={"as_of": first["known_from"]})
    assert then.json() == first | {"known_to": second["known_from"]}
    then = await ceo.get(values_of(kpi), params={"as_of": second["known_from"]})
    assert then.json()["items"] == [second | {"known_to": third["known_from"]}]
    early = await ceo.get(url, params={"as_of": "2020-01-01T00:00:00Z"})
    assert early.status_code == 404
    history = (await ceo.get(values_of(kpi), params={"revisions": True})).json()["items"]
    assert [(each["revision"], each["value"], each["status"]) for each in history] == [
        (1, 85, "green"),
        (2, 95, "green"),
    ]
    past = {"revisions": True, "as_of": first["known_from"]}
    history = (await ceo.get(values_of(kpi), params=past)).json()["items"]
    assert [(each["revision"], each["status"]) for each in history] == [(1, "unknown")]


async def test_what_has_ended_is_seen_as_of_a_time_before_only(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi, sales = await cast.ceo(), await make_kpi(session), await make_department(session)
    url = values_of(kpi, "2026-10")
    place = {"department": sales.code}
    first = (await ceo.put(url, params=place, json={"value": 4})).json()
    made = (await ceo.get(url)).json()
    gone = (await ceo.delete(url, params=place)).json()
    for as_of, aggregates in ((first["known_from"], [4]), (gone["known_from"], [])):
        one = await ceo.get(url, params={"as_of": as_of})
        assert one.status_code == (200 if aggregates else 404)
        items = (await ceo.get(values_of(kpi), params={"as_of": as_of})).json()["items"]
        assert [each["value"] for each in items if each["department"] is None] == aggregates
    history = (await ceo.get(values_of(kpi), params={"revisions": True})).json()["items"]
    assert made | {"known_to": gone["known_from"]} in history


async def test_lists_are_narrowed_and_paged_in_the_order_of_periods(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, sales = await cast.ceo(), await make_department(session)
    kpi = await make_kpi(session, aggregation=Aggregation.NONE)
    items = [{"period": f"2026-{month:02}", "value": month} for month in (3, 1, 2)]
    items.append({"period": "2026-02", "value": 20, "department": sales.code})
    assert (await ceo.post(values_of(kpi), json={"items": items})).status_code == 200
    url: str | None = f"{values_of(kpi)}?limit=2"
    seen = []
    while url:
        page = await ceo.get(url)
        seen += [each["value"] for each in page.json()["items"]]
        url = page.links["next"]["url"] if page.json()["next_cursor"] else None
    assert sorted(seen[1:3]) == [2, 20]
    assert (seen[0], seen[3], len(seen)) == (1, 3, 4)
    only = await ceo.get(f"{values_of(kpi)}?department={sales.code}")
    assert [each["value"] for each in only.json()["items"]] == [20]
    range_of = await ceo.get(f"{values_of(kpi)}?from=2026-02&to=2026-Q1")
    assert sorted(each["value"] for each in range_of.json()["items"]) == [2, 3, 20]
    assert (await ceo.get(f"{values_of(kpi)}?cursor=nonsense")).status_code == 422
    assert (await ceo.get(f"{values_of(kpi)}?from=2026&to=2025")).status_code == 422
    assert (await ceo.get(f"{values_of(kpi)}?department=NONE")).status_code == 422


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/value", "required"),
        ({"not_applicable": True}, "/note", "note_required"),
        ({"not_applicable": True, "value": 1, "note": "x"}, "/not_applicable", "value_and_not_applicable"),
        ({"value": 1, "numerator": 1}, "/denominator", "required"),
        ({"value": 1, "numerator": 1, "denominator": 0}, "/denominator", "denominator_zero"),
        ({"value": "1"}, "/value", "not_a_number"),
        ({"value": 1e300}, "/value", "number_too_large"),
        ({"value": 1, "confidence": 6}, "/confidence", "less_than_equal"),
        ({"value": 1, "n": -1}, "/n", "greater_than_equal"),
        ({"value": 1, "period": "2026-10"}, "/period", "unknown_field"),
    ],
)
async def test_bad_values_are_refused_with_their_place(
    cast: Cast, session: AsyncSession, body: dict[str, Any], pointer: str, code: str
) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    answer = await ceo.put(values_of(kpi, "2026-10"), json=body)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    item = {"period": "2026-09"} | body
    if pointer != "/period":
        many = await ceo.post(values_of(kpi), json={"items": [{"period": "2026-08", "value": 1}, item]})
        assert [each["pointer"] for each in many.json()["errors"]] == [f"/items/1{pointer}"]


@pytest.mark.parametrize(
    ("period", "code"),
    [("2026-Q3", "wrong_cadence"), ("2199-01", "not_begun"), ("2026-13", "bad_format")],
)
async def test_periods_are_of_the_cadence_and_have_begun(
    cast: Cast, session: AsyncSession, period: str, code: str
) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    answer = await ceo.put(values_of(kpi, period), json={"value": 1})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert (await ceo.get(values_of(kpi, "2026-10"))).status_code == 404


async def test_a_typed_red_value_needs_a_note_and_an_imported_one_does_not(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, robot, kpi = await cast.ceo(), await cast.machine(), await make_kpi(session)
    await make_target(session, kpi, "2026")
    url = values_of(kpi, "2026-10")
    for note in (None, "  "):
        refused = await ceo.put(url, json={"value": 1, "note": note})
        assert (refused.status_code, refused.json()["code"]) == (422, "note_required")
        assert refused.json()["errors"][0]["pointer"] == "/note"
    many = await ceo.post(values_of(kpi), json={"items": [{"period": "2026-10", "value": 1}]})
    assert many.json()["errors"][0]["pointer"] == "/items/0/note"
    assert (await session.scalars(select(Measurement))).all() == []
    imported = await robot.put(url, json={"value": 1})
    assert (imported.status_code, imported.json()["source"]) == (201, "imported")
    typed = await ceo.put(url, json={"value": 2, "note": "Strike."})
    assert (typed.status_code, typed.json()["status"]) == (200, "red")


async def test_who_may_type_values_where(cast: Cast, session: AsyncSession) -> None:
    head = await cast.head()
    own = head.department  # type: ignore[attr-defined]
    below, other = await make_department(session, parent=own), await make_department(session)
    updater = await cast.contributor()
    kpi = await make_kpi(session, updater_id=updater.owner.id)  # type: ignore[attr-defined]
    url, body = values_of(kpi, "2026-10"), {"value": 1}
    assert (await head.put(f"{url}?department={below.code}", json=body)).status_code == 201
    assert (await head.put(f"{url}?department={other.code}", json=body)).status_code == 403
    assert (await head.put(url, json=body)).status_code == 403
    assert (await updater.put(url, json=body)).status_code in (200, 201)
    assert (await updater.delete(url)).status_code == 200
    for client in (
        await cast.contributor(),
        await cast.viewer(),
        await cast.machine(Permission.METRICS_READ),
    ):
        assert (await client.put(url, json=body)).status_code == 403
        assert (await client.delete(url)).status_code == 403
        assert (await client.get(url)).status_code == 200
    assert (await (await cast.stranger()).get(url)).status_code == 403
    items = [{"period": "2026-10", "value": 1, "department": each.code} for each in (own, other)]
    refused = await head.post(values_of(kpi), json={"items": items})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/items/1/department"]


async def test_a_bound_machine_reaches_its_own_departments_only(cast: Cast, session: AsyncSession) -> None:
    own, other = await make_department(session), await make_department(session)
    kpi, foreign = await make_kpi(session), await make_kpi(session, department_id=other.id)
    ceo = await cast.ceo()
    for place in (own, other):
        await ceo.put(f"{values_of(kpi, '2026-10')}?department={place.code}", json={"value": 1})
    bound = await cast.machine(department_id=own.id)
    mine, hidden = [f"{values_of(kpi, '2026-10')}?department={each.code}" for each in (own, other)]
    assert (await bound.get(mine)).status_code == 200
    assert (await bound.get(hidden)).status_code == 404
    assert (await bound.get(values_of(foreign))).status_code == 404
    assert (await bound.put(hidden, json={"value": 2})).status_code == 404
    assert (await bound.put(values_of(kpi, "2026-10"), json={"value": 2})).status_code == 403
    listed = (await bound.get(values_of(kpi))).json()["items"]
    assert {each["department"] and each["department"]["code"] for each in listed} == {own.code, None}
    item = {"period": "2026-10", "value": 1, "department": other.code}
    many = await bound.post(values_of(kpi), json={"items": [item]})
    assert (many.status_code, many.json()["code"]) == (422, "unknown_reference")


async def test_a_facilitator_reads_figures_without_names(cast: Cast, session: AsyncSession) -> None:
    ceo, coach, kpi = await cast.ceo(), await cast.facilitator(), await make_kpi(session)
    await ceo.put(values_of(kpi, "2026-10"), json={"value": 1})
    shown = (await coach.get(values_of(kpi, "2026-10"))).json()
    assert (shown["value"], shown["recorded_by"]) == (1, None)
    assert (await coach.get(values_of(kpi))).json()["items"] == [shown]


async def test_many_values_are_stored_or_none(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi, sales = await cast.ceo(), await make_kpi(session), await make_department(session)
    good = [
        {"period": "2026-09", "value": 1, "department": sales.code.lower()},
        {"period": "2026-09", "value": 2},
    ]
    bad = [
        {"period": "2026-09", "value": 3, "department": str(sales.id)},
        {"period": "2026-08", "value": 4, "department": "NONE"},
        {"period": "2026-Q3", "value": 4},
        {"period": "2026-08", "valeu": 4},
        "nothing",
    ]
    refused = await ceo.post(values_of(kpi), json={"items": good + bad})
    assert refused.status_code == 422, refused.text
    found = [(each["pointer"], each["code"]) for each in refused.json()["errors"]]
    assert found == [
        ("/items/2/period", "duplicate_item"),
        ("/items/3/department", "unknown_reference"),
        ("/items/4/period", "wrong_cadence"),
        ("/items/5/valeu", "unknown_field"),
        ("/items/6", "not_an_object"),
    ]
    assert (await session.scalars(select(Measurement))).all() == []
    mixed = await ceo.post(f"{values_of(kpi)}?atomic=false", json={"items": good + bad})
    assert mixed.status_code == 200, mixed.text
    assert mixed.json()["summary"] == {"created": 2, "revised": 0, "unchanged": 0, "rejected": 5}
    statuses = [(each["index"], each["status"], each["id"] is None) for each in mixed.json()["items"]]
    assert statuses[:3] == [(0, "created", False), (1, "created", False), (2, "rejected", True)]
    assert mixed.json()["items"][3]["errors"][0]["pointer"] == "/items/3/department"
    again = await ceo.post(values_of(kpi), json={"items": [good[0], good[1] | {"value": 9}]})
    assert again.json()["summary"] == {"created": 0, "revised": 1, "unchanged": 1, "rejected": 0}
    assert (await ceo.post(values_of(kpi), json={"items": []})).json()["items"] == []


async def test_a_large_batch_costs_no_more_statements_than_a_small_one(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        top = await make_department(session)
        shops = [await make_department(session, parent=top) for _ in range(12)]
        kpi = await make_kpi(session, departments=shops)
        await make_target(session, kpi, "2020", amber=50, red=10)
    robot = await fresh_cast.machine()
    counted: list[int] = []
    engine = fresh_database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *_: counted.append(1))
    costs = []
    for years, statuses in (((2022,), 3), ((2023, 2024), 24)):
        items = [
            {"period": f"{year}-{month:02}", "value": 60 + month, "department": shop.code}
            for year in years
            for month in range(1, 13)
            for shop in shops[:statuses]
        ]
        counted.clear()
        answer = await robot.post(values_of(kpi), json={"items": items})
        assert answer.json()["summary"]["created"] == len(items), answer.text
        costs.append(len(counted))
    assert costs[1] <= costs[0] <= 13
    async with fresh_database.unit_of_work(read_only=True) as session:
        told = await session.scalar(select(func.count()).where(col(Event.kind) == "measurement"))
        rows = (await session.scalars(select(Measurement))).all()
    # Each month has the values of its shops, and the aggregates of the top and of the whole organization.
    assert len({row.id for row in rows}) == 12 * (3 + 2) + 24 * (12 + 2)
    # Values that rise move the limits, so that some older ones are read anew.
    assert len(rows) == told
    december = [row for row in rows if row.period == "2024-12" and row.department_id == shops[0].id]
    assert [(row.status, row.trend, row.headcount) for row in december] == [("green", "up", None)]
    asked = {"from": "2024-12", "to": "2024-12"}
    made = (await robot.get(values_of(kpi), params=asked)).json()["items"]
    assert {each["value"] for each in made} == {72}
    assert {each["status_reason"] for each in made if each["source"] == "aggregated"} == {
        "72 is at or above amber 50. Mean of 12 of 12 departments."
    }


async def test_a_typed_value_over_a_feed_needs_a_reason(cast: Cast) -> None:
    ceo = await cast.ceo()
    url = "/api/v1/kpis/ENGAGEMENT/measurements/2026-10"
    refused = await ceo.put(url, json={"value": 7})
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_required")
    typed = await ceo.put(url, json={"value": 7, "reason": "Paper survey."})
    assert typed.status_code == 201
    computed = await ceo.put("/api/v1/kpis/ON-TIME/measurements/2026-10", json={"value": 7})
    assert computed.status_code == 201


async def test_a_fed_value_returns_when_the_typed_one_is_withdrawn(cast: Cast, session: AsyncSession) -> None:
    ceo, robot, sales = await cast.ceo(), await cast.machine(source="peakon"), await make_department(session)
    url = f"/api/v1/kpis/ENGAGEMENT/measurements/2026-10?department={sales.code}"
    score = {
        "metric": "engagement",
        "period": "2026-10",
        "department": sales.code,
        "scale": {"kind": "mean", "min": 0, "max": 10},
        "respondents": 40,
    }
    for value in (7.4, 7.6):
        push = {"source": "peakon", "round": "1", "items": [score | {"value": value}]}
        pushed = await robot.post("/api/v1/engagement-scores", json=push)
        assert pushed.json()["items"][0]["feeds"] == ["ENGAGEMENT"], pushed.text
        if value == 7.4:
            typed = await ceo.put(url, json={"value": 8, "reason": "Paper survey."})
            assert (typed.status_code, typed.json()["source"]) == (200, "manual")
    assert (await ceo.get(url)).json()["value"] == 8
    back = (await ceo.delete(url)).json()
    assert (back["value"], back["source"], back["n"], back["withdrawn"]) == (7.6, "fed", 40, False)
    asked: dict[str, str | bool] = {"department": sales.code, "revisions": True}
    history = await ceo.get("/api/v1/kpis/ENGAGEMENT/measurements", params=asked)
    assert [(each["value"], each["source"]) for each in history.json()["items"]] == [
        (7.4, "fed"),
        (8, "manual"),
        (None, "manual"),
        (7.6, "fed"),
    ]


async def test_an_aggregate_is_not_withdrawn_and_an_archived_kpi_takes_nothing(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, kpi, sales = await cast.ceo(), await make_kpi(session), await make_department(session)
    url = values_of(kpi, "2026-10")
    await ceo.put(f"{url}?department={sales.code}", json={"value": 1})
    shown = (await ceo.get(url)).json()
    assert (shown["source"], shown["value"], shown["recorded_by"]) == ("aggregated", 1, None)
    refused = await ceo.delete(url)
    assert (refused.status_code, refused.json()["code"]) == (409, "aggregated")
    assert (await ceo.put(url, json={"value": 2})).status_code == 201
    await ceo.post(f"/api/v1/kpis/{kpi.code}/archive")
    refused = await ceo.put(url, json={"value": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "archived")


async def test_aggregates_follow_a_department_that_moves(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    north, south = await make_department(session), await make_department(session)
    shop = await make_department(session, parent=north)
    url = values_of(kpi, "2026-10")
    await ceo.put(f"{url}?department={shop.code}", json={"value": 4})
    assert (await ceo.get(f"{url}?department={north.code}")).json()["value"] == 4
    assert (await ceo.get(f"{url}?department={south.code}")).status_code == 404
    moved = await ceo.patch(
        f"/api/v1/departments/{shop.code}", json={"parent": south.code}, headers={"If-Match": "*"}
    )
    assert moved.status_code == 200, moved.text
    assert (await ceo.get(f"{url}?department={south.code}")).json()["value"] == 4
    assert (await ceo.get(f"{url}?department={north.code}")).status_code == 404


async def test_an_aggregate_awaits_nothing_from_a_closed_department(
    cast: Cast, session: AsyncSession
) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    east, west = await make_department(session), await make_department(session)
    for period, place in (("2026-08", east), ("2026-08", west), ("2026-09", west)):
        await ceo.put(f"{values_of(kpi, period)}?department={place.code}", json={"value": 4})
    url = values_of(kpi, "2026-09")
    assert "1 of 2 departments" in (await ceo.get(url)).json()["status_reason"]
    closed = await ceo.patch(
        f"/api/v1/departments/{east.code}", json={"active": False}, headers={"If-Match": "*"}
    )
    assert closed.status_code == 200, closed.text
    assert "1 of 1 department." in (await ceo.get(url)).json()["status_reason"]
    north = await make_department(session)
    await ceo.put(f"{url}?department={north.code}", json={"value": 4})
    assert "2 of 2 departments" in (await ceo.get(url)).json()["status_reason"]


async def test_if_match_guards_a_correction_where_it_is_given(cast: Cast, session: AsyncSession) -> None:
    ceo, kpi = await cast.ceo(), await make_kpi(session)
    url = values_of(kpi, "2026-10")
    assert (await ceo.put(url, json={"value": 1}, headers={"If-Match": '"x"'})).status_code == 412
    seen = {"If-Match": (await ceo.put(url, json={"value": 1})).headers["etag"]}
    assert (await ceo.put(url, json={"value": 2}, headers=seen)).status_code == 200
    late = await ceo.put(url, json={"value": 3}, headers=seen)
    assert late.status_code == 412
    assert late.headers["etag"] == (await ceo.get(url)).headers["etag"]


async def test_fifty_editors_of_one_value_make_as_many_revisions_as_they_won(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        kpi = await make_kpi(session)
    ceo = await fresh_cast.ceo()
    url = values_of(kpi, "2026-10")
    answers = await asyncio.gather(*(ceo.put(url, json={"value": value}) for value in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert sorted(answer.json()["revision"] for answer in answers) == list(range(1, 51))
    last = max(answers, key=lambda answer: int(answer.json()["revision"]))
    assert (await ceo.get(url)).json() == last.json()
    async with fresh_database.unit_of_work(read_only=True) as session:
        told = select(func.count()).where(col(Event.object_id) == last.json()["id"])
        assert await session.scalar(told) == 50
        intervals = (await session.scalars(select(Measurement).order_by(col(Measurement.revision)))).all()
    assert all(one.known_to == two.known_from for one, two in pairwise(intervals))
