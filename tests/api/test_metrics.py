"""Pulling metrics: rows and their shape, filters, series, as of, CSV, paging, and who sees what."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import archive_record, change_record
from app.api.answers import PageOut
from app.api.v1.metrics import COLUMNS, MetricOut
from app.database import Database
from app.domain.measurements import NO_VALUE_REASON, NOT_ENDED_REASON, OVERDUE_REASON
from app.domain.periods import Cadence, Period, last_ended, period_of
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Source, Status
from app.models import Kpi, Target
from tests.cast import Cast
from tests.conftest import PinnedDatabase
from tests.factories import make_department, make_kpi, make_measurement, make_target

PATH = "/api/v1/metrics"


async def pull(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """The rows of one page."""
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


async def test_a_value_comes_with_its_kpi_department_and_story(cast: Cast, session: AsyncSession) -> None:
    sales = await make_department(session)
    kpi = await make_kpi(session, department_id=sales.id)
    when = datetime(2026, 10, 3, 9, 30, tzinfo=UTC)
    await make_measurement(
        session,
        kpi,
        "2026-09",
        department=sales,
        value=Decimal("78.50"),
        numerator=39,
        denominator=50,
        n=50,
        interval_low=Decimal("64.1"),
        interval_high=Decimal("87.0"),
        target=80,
        status=Status.AMBER,
        status_reason="78.5 is below target 80.",
        trend="up",
        recorded_at=when,
        known_from=when,
    )
    assert await pull(await cast.viewer(), period="2026-09", kpi=kpi.code) == [
        {
            "kpi": {
                "id": str(kpi.id),
                "code": kpi.code,
                "name": kpi.name,
                "unit": "percent",
                "direction": "higher",
                "cadence": "monthly",
            },
            "department": {"id": str(sales.id), "code": sales.code, "name": sales.name},
            "period": "2026-09",
            "value": 78.5,
            "numerator": 39,
            "denominator": 50,
            "n": 50,
            "interval": [64.1, 87],
            "target": 80,
            "status": "amber",
            "status_reason": "78.5 is below target 80.",
            "stale": False,
            "suppressed": False,
            "trend": "up",
            "signal": None,
            "source": "manual",
            "revision": 1,
            "recorded_at": "2026-10-03T09:30:00Z",
        }
    ]


def today() -> date:
    """The organization's date: its time zone is UTC unless a test changes it."""
    return datetime.now(UTC).date()


def last_month() -> Period:
    """The last ended month."""
    return last_ended(today(), Cadence.MONTHLY)


async def test_without_a_period_each_kpi_shows_its_last_ended_one(cast: Cast, session: AsyncSession) -> None:
    kpis = [await make_kpi(session, cadence=cadence) for cadence in Cadence]
    for kpi in kpis:
        current = period_of(today(), Cadence(kpi.cadence))
        for back, value in enumerate((1, 2, 3)):
            await make_measurement(session, kpi, current.previous(back).text, value=value)
    rows = await pull(await cast.viewer(), kpi=[kpi.code for kpi in kpis])
    expected = {kpi.code: (last_ended(today(), Cadence(kpi.cadence)).text, 2) for kpi in kpis}
    assert {row["kpi"]["code"]: (row["period"], row["value"]) for row in rows} == expected


async def test_a_due_value_that_is_not_there_is_a_row_that_says_so(cast: Cast, session: AsyncSession) -> None:
    sales = await make_department(session, code="SALES")
    legal = await make_department(session, code="LEGAL")
    month = last_month()
    grace = (today() - month.last_day).days
    kpi = await make_kpi(session, code="A", departments=[sales, legal], grace_days=grace)
    late = await make_kpi(session, code="B", departments=[sales], grace_days=grace - 1)
    await make_target(session, kpi, month.text, month.text, target=90)
    await make_target(session, kpi, month.text, month.text, target=70, department_id=legal.id)
    viewer = await cast.viewer()
    found = [
        (row["department"]["code"], row["target"], row["status"], row["status_reason"], row["stale"])
        for row in await pull(viewer, kpi=[kpi.code, late.code])
    ]
    assert found == [
        ("LEGAL", 70, "unknown", NO_VALUE_REASON, False),
        ("SALES", 90, "unknown", NO_VALUE_REASON, False),
        ("SALES", None, "unknown", OVERDUE_REASON, True),
    ]
    (row,) = await pull(viewer, kpi=late.code)
    absent = ("value", "source", "revision", "recorded_at", "trend", "signal", "interval", "n", "numerator")
    assert [row[name] for name in absent] == [None] * len(absent)
    assert row["suppressed"] is False


async def test_values_beyond_what_is_due_are_shown_and_withdrawn_ones_are_not(
    cast: Cast, session: AsyncSession
) -> None:
    sales, guest = await make_department(session, code="A"), await make_department(session, code="B")
    kpi = await make_kpi(session, departments=[sales])
    await make_measurement(session, kpi, "2026-09", department=guest, value=7)
    await make_measurement(session, kpi, "2026-09", value=6, source=Source.AGGREGATED)
    await make_measurement(session, kpi, "2026-09", department=sales, withdrawn=True)
    rows = await pull(await cast.viewer(), period="2026-09", kpi=kpi.code)
    found = [(row["department"] and row["department"]["code"], row["value"], row["source"]) for row in rows]
    assert found == [(None, 6, "aggregated"), (sales.code, None, None), (guest.code, 7, "manual")]


async def test_a_suppressed_value_tells_that_it_is_suppressed_and_no_number(
    cast: Cast, session: AsyncSession
) -> None:
    kpi = await make_kpi(session)
    numbers: dict[str, Any] = {
        "value": 4,
        "numerator": 2,
        "denominator": 3,
        "interval_low": 1,
        "interval_high": 2,
    }
    await make_measurement(session, kpi, "2026-09", suppressed=True, **numbers)
    (row,) = await pull(await cast.viewer(), period="2026-09", kpi=kpi.code)
    assert row["suppressed"] is True
    assert [row[name] for name in ("value", "numerator", "denominator", "interval")] == [None] * 4


async def test_kpis_that_are_not_active_are_awaited_by_nobody_and_shown_on_request(
    cast: Cast, session: AsyncSession
) -> None:
    idle, gone = await make_kpi(session, active=False), await make_kpi(session)
    for kpi in (idle, gone):
        await make_measurement(session, kpi, "2026-09")
    await archive_record(session, gone, actor=SYSTEM)
    viewer = await cast.viewer()
    codes = {idle.code, gone.code}
    shown = {row["kpi"]["code"] for row in await pull(viewer, period="2026-09", limit=1000)}
    assert shown
    assert not shown & codes
    rows = await pull(viewer, kpi=[idle.code, gone.code], **{"from": "2026-08", "to": "2026-10"})
    assert {(row["kpi"]["code"], row["period"], row["value"]) for row in rows} == {
        (code, "2026-09", 80) for code in codes
    }


async def test_a_closed_department_is_not_awaited_but_its_past_is_shown(
    cast: Cast, session: AsyncSession
) -> None:
    closed = await make_department(session, active=False)
    kpi = await make_kpi(session, departments=[closed])
    await make_measurement(session, kpi, "2026-08", department=closed)
    rows = await pull(await cast.viewer(), kpi=kpi.code, **{"from": "2026-07", "to": "2026-09"})
    assert [(row["period"], row["value"]) for row in rows] == [("2026-08", 80)]


async def test_a_series_has_every_period_of_the_cadence_with_or_without_value(
    cast: Cast, session: AsyncSession
) -> None:
    month = last_month()
    kpi, weekly = await make_kpi(session, grace_days=366), await make_kpi(session, cadence=Cadence.WEEKLY)
    await make_measurement(session, kpi, month.previous().text)
    span = {"from": month.previous(2).text, "to": month.next(2).text}
    viewer = await cast.viewer()
    rows = await pull(viewer, kpi=kpi.code, **span)
    assert [(row["period"], row["value"], row["status_reason"]) for row in rows] == [
        (month.previous(2).text, None, NO_VALUE_REASON),
        (month.previous().text, 80, "No target covers this period."),
        (month.text, None, NO_VALUE_REASON),
        (month.next().text, None, NOT_ENDED_REASON),
        (month.next(2).text, None, NOT_ENDED_REASON),
    ]
    open_ended = await pull(viewer, kpi=kpi.code, **{"from": month.text})
    assert [row["period"] for row in open_ended] == [month.text, month.next().text]
    weeks = await pull(viewer, kpi=weekly.code, **{"from": "2026-01", "to": "2026-01"})
    assert [row["period"] for row in weeks] == [f"2026-W0{week}" for week in (1, 2, 3, 4, 5)]


async def test_a_value_of_an_earlier_cadence_is_found_by_its_period(
    cast: Cast, session: AsyncSession
) -> None:
    kpi = await make_kpi(session)
    quarter = last_ended(today(), Cadence.QUARTERLY)
    await make_measurement(session, kpi, quarter.text, value=3)
    viewer = await cast.viewer()
    assert [row["value"] for row in await pull(viewer, kpi=kpi.code, period=quarter.text)] == [3]
    assert [row["period"] for row in await pull(viewer, kpi=kpi.code)] == [last_month().text]


async def test_rows_narrow_by_department_status_and_time_of_change(cast: Cast, session: AsyncSession) -> None:
    sales, legal = await make_department(session), await make_department(session)
    kpi = await make_kpi(session, code="A", departments=[sales, legal])
    other = await make_kpi(session, code="B", departments=[sales])
    old = datetime(2026, 10, 1, tzinfo=UTC)
    await make_measurement(session, kpi, "2026-09", department=sales, status=Status.RED, known_from=old)
    await make_measurement(session, kpi, "2026-09", department=legal, status=Status.GREEN)
    viewer = await cast.viewer()
    query = {"period": "2026-09", "kpi": [kpi.code, str(other.id)]}
    by_department = await pull(viewer, **query, department=sales.code.lower())
    assert [(row["kpi"]["code"], row["value"]) for row in by_department] == [("A", 80), ("B", None)]
    by_status = await pull(viewer, **query, status=["red", "unknown"])
    assert [(row["kpi"]["code"], row["status"]) for row in by_status] == [("A", "red"), ("B", "unknown")]
    changed = await pull(viewer, **query, updated_since=(old + timedelta(days=1)).isoformat())
    assert [row["department"]["code"] for row in changed] == [legal.code]


async def test_pages_join_to_the_whole_in_a_stable_order(cast: Cast, session: AsyncSession) -> None:
    departments = [await make_department(session) for _ in range(3)]
    for _ in range(3):
        kpi = await make_kpi(session, departments=departments)
        await make_measurement(session, kpi, "2026-08", value=1)
    viewer = await cast.viewer()
    query: dict[str, Any] = {"from": "2026-07", "to": "2026-09"}
    whole = await pull(viewer, **query, limit=1000)
    keys = [(row["kpi"]["code"], (row["department"] or {"code": ""})["code"], row["period"]) for row in whole]
    assert keys == sorted(keys)
    joined: list[dict[str, Any]] = []
    url = str(httpx2.URL(PATH, params={**query, "limit": 7}))
    while url:
        answer = await viewer.get(url)
        joined += answer.json()["items"]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
        assert (answer.json()["next_cursor"] is None) == (not url)
    assert joined == whole
    assert len(whole) > 30


async def test_a_bound_client_sees_its_subtree_and_the_whole_organization(
    cast: Cast, session: AsyncSession
) -> None:
    sales, legal = await make_department(session, code="A"), await make_department(session, code="C")
    shop = await make_department(session, code="B", parent=sales)
    kpi = await make_kpi(session, departments=[sales, shop, legal])
    for place in (None, sales, shop, legal):
        await make_measurement(session, kpi, "2026-09", department=place)
    robot = await cast.machine(Permission.METRICS_READ, department_id=sales.id)
    rows = await pull(robot, period="2026-09", kpi=kpi.code)
    assert [row["department"] and row["department"]["code"] for row in rows] == [None, sales.code, shop.code]
    secret = await make_kpi(session, department_id=legal.id)
    await make_measurement(session, secret, "2026-09")
    assert secret.code not in {row["kpi"]["code"] for row in await pull(robot, period="2026-09", limit=1000)}
    assert (await robot.get(PATH, params={"kpi": secret.code})).status_code == 422
    hidden = await robot.get(PATH, params={"department": legal.code})
    assert (hidden.status_code, hidden.json()["code"]) == (422, "unknown_reference")


async def test_who_may_not_pull_metrics(cast: Cast) -> None:
    assert (await (await cast.browse()).get(PATH)).status_code == 401
    assert (await (await cast.stranger()).get(PATH)).status_code == 403
    assert (await (await cast.machine(Permission.GOALS_READ)).get(PATH)).status_code == 403
    assert (await (await cast.facilitator()).get(PATH)).status_code == 200


@pytest.mark.parametrize(
    ("query", "place", "code"),
    [
        ({"period": "2026-13"}, "?period", "bad_format"),
        ({"period": "2026-W54"}, "?period", "bad_format"),
        ({"period": "2025-W53"}, "?period", "bad_period"),
        ({"period": "2026-10", "from": "2026-10"}, "?period", "period_and_range"),
        ({"to": "2026-10"}, "?from", "required"),
        ({"from": "2026-10", "to": "2026-09"}, "?to", "ends_before_start"),
        ({"from": "1990", "to": "2026"}, "?from", "series_too_long"),
        ({"from": "1990"}, "?from", "series_too_long"),
        ({"from": "2199"}, "?from", "in_future"),
        ({"from": "1900", "as_of": "1900-01-01T00:00:00+14:00"}, "?from", "in_future"),
        ({"kpi": "NO-SUCH"}, "?kpi", "unknown_reference"),
        ({"department": "NO-SUCH"}, "?department", "unknown_reference"),
        ({"status": "fine"}, "?status/0", "enum"),
        ({"as_of": "yesterday"}, "?as_of", None),
        ({"cursor": "bm8"}, "?cursor", "bad_cursor"),
        ({"cursor": "____"}, "?cursor", "bad_cursor"),
        ({"cursor": "QQBBIEEgMjAyNg"}, "?cursor", "bad_cursor"),
        ({"limit": "0"}, "?limit", None),
        ({"colour": "red"}, "?colour", "unknown_parameter"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_at_its_place(
    cast: Cast, query: dict[str, str], place: str, code: str | None
) -> None:
    answer = await (await cast.viewer()).get(PATH, params=query)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == place
    assert code is None or fault["code"] == code


async def test_csv_tells_the_same_and_guards_formulas(cast: Cast, session: AsyncSession) -> None:
    place = await make_department(session, name='=HYPERLINK("http://x")')
    kpi = await make_kpi(session, name="-cmd", departments=[place])
    await make_measurement(
        session, kpi, "2026-09", department=place, value=Decimal("-7.250"), interval_low=-9, interval_high=-5
    )
    viewer = await cast.viewer()
    query = {"kpi": kpi.code, "from": "2026-09", "to": "2026-10"}
    answer = await viewer.get(PATH, params=query, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(lines[0]) == COLUMNS
    assert (lines[0]["department_name"], lines[0]["kpi_name"]) == ('\'=HYPERLINK("http://x")', "'-cmd")
    assert (lines[0]["value"], lines[0]["interval_low"], lines[0]["stale"]) == ("-7.25", "-9", "false")
    rows = await pull(viewer, **query)
    assert [(line["period"], line["status"], line["status_reason"]) for line in lines] == [
        (row["period"], row["status"], row["status_reason"]) for row in rows
    ]
    assert [line["value"] for line in lines] == ["-7.25", ""]


@pytest.mark.parametrize(
    ("accept", "is_csv"),
    [
        ("*/*", False),
        ("application/json, text/csv;q=0.9", False),
        ("text/csv, */*;q=0.1", True),
        ("text/csv, */*", True),
        ("text/csv;q=0.5, application/json;q=0.4", True),
        ("text/csv;q=0, application/json;q=0.4", False),
        ("text/html", False),
        ("text/csv;q=much", False),
        ("TEXT/CSV ; q=1", True),
    ],
)
async def test_accept_decides_between_json_and_csv(cast: Cast, accept: str, is_csv: bool) -> None:
    answer = await (await cast.viewer()).get(PATH, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/csv") == is_csv
    assert answer.headers["vary"] == "accept"


async def test_a_poll_that_knows_the_answer_gets_304(cast: Cast, session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    viewer = await cast.viewer()
    first = await viewer.get(PATH)
    known = {"If-None-Match": first.headers["etag"]}
    again = await viewer.get(PATH, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    await make_measurement(session, kpi, last_month().text)
    assert (await viewer.get(PATH, headers=known)).status_code == 200


async def test_the_sql_and_the_documented_model_agree_to_the_byte(cast: Cast, session: AsyncSession) -> None:
    place = await make_department(session, name="Ünïcode “quotes” \\ / 😀")
    kpi = await make_kpi(session, departments=[place])
    values = [Decimal("7.30"), Decimal("-0.001"), Decimal("1234567890.5"), Decimal("0.1"), Decimal(7)]
    for back, value in enumerate(values):
        await make_measurement(
            session,
            kpi,
            last_month().previous(back).text,
            department=place,
            value=value,
            interval_low=Decimal("1.5"),
            interval_high=Decimal("2.5"),
            target=Decimal("90.5"),
            recorded_at=datetime(2026, 10, 1, 8, 0, 0, back * 1200, tzinfo=UTC),
        )
    await make_kpi(session, cadence=Cadence.WEEKLY)
    answer = await (await cast.viewer()).get(PATH, params={"from": "2026-06", "limit": 1000})
    model = PageOut[MetricOut].model_validate_json(answer.content)
    assert orjson.loads(model.model_dump_json()) == orjson.loads(answer.content)
    lines = ",".join(item.model_dump_json() for item in model.items)
    assert f'{{"items":[{lines}],"next_cursor":null}}' == answer.text


async def test_what_was_known_then_is_read_status_and_definition_included(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    month = last_month().previous(3)
    async with fresh_database.unit_of_work() as session:
        kpi = await make_kpi(session, name="Old name", unit="days")
        target = await make_target(session, kpi, month.text, target=50)
        value = await make_measurement(session, kpi, month.text, value=1, status=Status.GREEN)
    moments = [await _clock(fresh_database)]
    async with fresh_database.unit_of_work() as session:
        now = await session.scalar(text("select now()"))
        known = await session.get_one(type(value), value.row)
        known.known_to = now
        await session.flush()
        row = await make_measurement(session, kpi, month.text, value=2, status=Status.RED, revision=2)
        row.id = value.id
        await change_record(
            session, await session.get_one(Kpi, kpi.id), {"name": "New name", "unit": "percent"}, actor=SYSTEM
        )
        await change_record(session, await session.get_one(Target, target.id), {"target": 60}, actor=SYSTEM)
    moments.append(await _clock(fresh_database))
    viewer = await fresh_cast.viewer()
    span = {"from": month.text, "to": month.next().text, "kpi": kpi.code}
    for moment, name, number, aim, revision in (
        (moments[0], "Old name", 1, 50, 1),
        (moments[1], "New name", 2, 60, 2),
    ):
        with_value, without = await pull(viewer, **span, as_of=moment.isoformat().replace("+00:00", "Z"))
        assert (with_value["kpi"]["name"], with_value["value"]) == (name, number)
        assert (with_value["status"], with_value["revision"]) == ("green" if number == 1 else "red", revision)
        assert without["target"] == aim
    before = datetime(2026, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert await pull(viewer, **span, as_of=before) == []


async def _clock(database: Database) -> datetime:
    async with database.unit_of_work() as session:
        moment: datetime = (await session.execute(text("select clock_timestamp()"))).scalar_one()
        return moment


async def test_as_of_also_sets_the_day_that_decides_what_has_ended(cast: Cast, session: AsyncSession) -> None:
    kpi = await make_kpi(session, grace_days=5, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    await session.execute(text("update organization set time_zone = 'Pacific/Kiritimati'"))
    viewer = await cast.viewer()
    built_in = {"kpi": "ENGAGEMENT"}
    await session.execute(text("update kpis set created_at = '2026-01-01Z' where code = 'ENGAGEMENT'"))
    # 14 hours ahead of UTC, April has begun.
    (row,) = await pull(viewer, **built_in, as_of="2026-03-31T11:00:00Z")
    assert (row["period"], row["stale"]) == ("2026-03", False)
    (row,) = await pull(viewer, **built_in, as_of="2026-03-31T09:00:00Z")
    assert (row["period"], row["stale"]) == ("2026-02", True)
    assert await pull(viewer, kpi=kpi.code, as_of="2025-12-31T11:00:00Z") == []
    assert await pull(viewer, as_of="1900-01-01T00:00:00Z") == []


async def test_a_built_in_kpi_reads_as_before_its_first_change(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    moment = await _clock(fresh_database)
    async with fresh_database.unit_of_work() as session:
        kpi = (await session.execute(text("select id from kpis where code = 'CULTURE'"))).scalar_one()
        row = await session.get_one(Kpi, kpi)
        await change_record(session, row, {"name": "Renamed"}, actor=SYSTEM)
    viewer = await fresh_cast.viewer()
    past = moment.isoformat().replace("+00:00", "Z")
    assert [row["kpi"]["name"] for row in await pull(viewer, kpi="CULTURE", as_of=past)] == ["Values lived"]
    assert [row["kpi"]["name"] for row in await pull(viewer, kpi="CULTURE")] == ["Renamed"]


async def test_the_number_of_statements_does_not_grow(
    cast: Cast, session: AsyncSession, database: Database
) -> None:
    assert isinstance(database, PinnedDatabase)
    viewer = await cast.viewer()
    statements: list[str] = []
    engine = database.connection.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    async def count(**query: Any) -> int:
        statements.clear()
        await pull(viewer, **query)
        return len([each for each in statements if each.lstrip().lower().startswith(("select", "with"))])

    kpis = [await make_kpi(session) for _ in range(2)]
    few = await count(period="2026-09", kpi=[kpi.code for kpi in kpis])
    places = [await make_department(session) for _ in range(5)]
    for _ in range(10):
        kpis.append(await make_kpi(session, departments=places))
        await make_measurement(session, kpis[-1], "2026-09", department=places[0])
    many = await count(period="2026-09", kpi=[kpi.code for kpi in kpis], department=[p.code for p in places])
    # Who asks, today, the KPIs, and the metrics; the departments cost one more.
    assert (few, many) == (4, 5)
