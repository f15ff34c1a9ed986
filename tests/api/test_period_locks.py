"""A month whose review is closed, over the API: 409 for what is typed or imported, item by item in bulk."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.reviews import ReviewStatus
from tests.api.test_engagement import make_item, push
from tests.api.test_engagement_feeds import make_fed_kpi, read_values
from tests.cast import Cast
from tests.factories import make_department, make_kpi, make_measurement, make_review

LOCKED = (409, "period_locked")


@pytest.fixture(autouse=True)
async def close_october(session: AsyncSession) -> None:
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED)


async def test_a_typed_value_is_refused_by_name_and_place(cast: Cast, session: AsyncSession) -> None:
    sales = await make_department(session)
    head, ceo = await cast.head(sales), await cast.ceo()
    url = f"/api/v1/kpis/{(await make_kpi(session)).code}/measurements/2026-10?department={sales.code}"
    refused = await head.put(url, json={"value": 80, "reason": "Late."})
    assert (refused.status_code, refused.json()["code"]) == LOCKED
    (fault,) = refused.json()["errors"]
    assert fault["pointer"] == "/period"
    assert "the review of 2026-10 is closed" in fault["detail"]
    unsaid = await ceo.put(url, json={"value": 80})
    assert (unsaid.status_code, unsaid.json()["errors"][0]["pointer"]) == (409, "/reason")
    assert (await ceo.put(url, json={"value": 80, "reason": "Counted again."})).status_code == 201
    refused = await head.delete(url)
    assert (refused.status_code, refused.json()["code"]) == LOCKED
    assert (await ceo.delete(f"{url}&reason=Never+happened.")).json()["withdrawn"] is True


@pytest.mark.parametrize("atomic", ["true", "false"])
async def test_a_batch_tells_which_of_its_items_are_locked(
    cast: Cast, session: AsyncSession, atomic: str
) -> None:
    robot, kpi = await cast.machine(), await make_kpi(session)
    await make_measurement(session, kpi, "2026-08")
    items = [{"period": period, "value": 80} for period in ("2026-09", "2026-10")]
    answer = await robot.post(f"/api/v1/kpis/{kpi.code}/measurements?atomic={atomic}", json={"items": items})
    if atomic == "true":
        assert (answer.status_code, answer.json()["code"]) == LOCKED
        assert answer.json()["errors"][0]["pointer"] == "/items/1/period"
        return
    summary = answer.json()["summary"]
    assert (summary["created"], summary["rejected"]) == (1, 1)
    assert answer.json()["items"][1]["errors"][0]["code"] == "period_locked"


async def test_an_engagement_push_still_revises_a_closed_month(cast: Cast, session: AsyncSession) -> None:
    robot = await cast.machine()
    await make_department(session, code="SALES")
    await make_fed_kpi(session, "FED")
    await push(robot, make_item(period="2026-10"))
    assert [each[0] for each in await read_values(session, "FED")] == ["2026-10"]
