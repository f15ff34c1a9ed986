"""Pulling metrics: which values say that something changed, now and as known before."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tests.api.test_metrics import pull
from tests.cast import Cast
from tests.factories import make_kpi


async def test_a_value_beyond_what_is_usual_is_pulled_as_a_signal(cast: Cast, session: AsyncSession) -> None:
    kpi = await make_kpi(session)
    values = (5, 6, 5, 6, 5, 6, 30)
    items = [{"period": f"2026-{month:02}", "value": value} for month, value in enumerate(values, start=1)]
    admin = await cast.admin()
    sent = await admin.post(f"/api/v1/kpis/{kpi.code}/measurements", json={"items": items})
    assert sent.json()["summary"]["created"] == len(items), sent.text
    series = {"from": "2026-01", "to": "2026-07", "kpi": kpi.code}
    rows = await pull(await cast.viewer(), **series)
    assert [row["signal"] for row in rows] == [None] * 5 + ["routine", "signal"]
    before = datetime.now(UTC).isoformat()
    again = {"items": [{"period": "2026-07", "value": 5, "reason": "A slip."}]}
    await admin.post(f"/api/v1/kpis/{kpi.code}/measurements", json=again)
    rows = await pull(await cast.viewer(), **series)
    assert [row["signal"] for row in rows] == [None] * 5 + ["routine"] * 2
    then = await pull(await cast.viewer(), **series, as_of=before)
    assert then[-1]["signal"] == "signal"
