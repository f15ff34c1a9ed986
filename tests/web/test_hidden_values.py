"""Values that are not shown, because few people gave them or because they would tell of fewer."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.periods import Cadence, last_ended
from app.domain.permissions import Role
from app.domain.review.canonical import write_canonical
from app.domain.reviews import ReviewStatus
from app.domain.scoring import KpiSource, Source
from app.models import KpiMeasure, Organization, Owner
from app.queries.organization import read_house_rules, today_of
from tests.factories import (
    make_department,
    make_goal,
    make_kpi,
    make_measurement,
    make_owner,
    make_review,
    make_snapshot,
)
from tests.review_facts import make_facts
from tests.web.browsing import sign_in


async def plant_hidden_value(session: AsyncSession, *, n: int | None) -> Owner:
    """Somebody whose department has a suppressed value of a KPI that measures a goal and is theirs."""
    head = await make_owner(session, role=Role.EXECUTIVE)
    shop = await make_department(session, code="SHOP", head_id=head.id)
    head.department_id = shop.id
    goal = await make_goal(session, code="G1")
    answers: dict[str, Any] = {"owner_id": head.id, "updater_id": head.id, "source": KpiSource.FED}
    kpi = await make_kpi(session, code="MOOD", name="Mood", department_id=shop.id, **answers)
    session.add(KpiMeasure(kpi_id=kpi.id, node_id=goal.id))
    period = last_ended(await today_of(session), Cadence.MONTHLY).text
    hidden: dict[str, Any] = {"value": None, "suppressed": True, "n": n, "source": Source.FED}
    await make_measurement(session, kpi, period, department=shop, **hidden)
    return head


@pytest.mark.parametrize(
    ("n", "minimum", "word"), [(3, 5, "n&lt;5"), (9, 5, "kept back"), (9, 10, "n&lt;10"), (None, 5, "n&lt;5")]
)
async def test_every_page_has_the_same_words_for_a_value_that_is_not_shown(
    app: FastAPI, session: AsyncSession, n: int | None, minimum: int, word: str
) -> None:
    (await session.scalars(select(Organization))).one().minimum_group = minimum
    head = await plant_hidden_value(session, n=n)
    browser = await sign_in(app, session, head)
    for address in (
        *("/kpis?q=mood", "/kpis/MOOD", "/goals", "/goals/G1", "/departments/SHOP"),
        *(f"/owners/{head.email}", "/updates"),
    ):
        page = (await browser.get(address)).text
        assert page.count("Mood"), address
        told = re.findall(r"n&lt;\d+|\bkept back\b|\bhidden\s*<|to protect who answered", page)
        assert set(told) == {word}, address


async def test_the_rules_of_the_house_are_those_of_the_organization(session: AsyncSession) -> None:
    (await session.scalars(select(Organization))).one().minimum_group = 7
    await session.flush()
    rules = await read_house_rules(session)
    assert (rules.minimum_group, rules.today) == (7, await today_of(session))


async def test_a_closed_review_says_so_where_values_are_compared(app: FastAPI, session: AsyncSession) -> None:
    now = make_facts(departments=8)
    few, *rest = now.pulse.units
    shown = replace(few, reading=replace(few.reading, value=7.5, suppressed=False))
    before = replace(now, period="2026-09", pulse=replace(now.pulse, units=(shown, *rest)))
    for facts in (before, now):
        review = await make_review(
            session, code=facts.period, status=ReviewStatus.CLOSED, closed_at=datetime.now(UTC)
        )
        await make_snapshot(session, review, write_canonical(facts))
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    compared = (await browser.get("/reviews/2026-10/compare?with=2026-09")).text
    assert re.search(r"<td>7.5</td>\s*<td>\s*kept back\b", compared)
    revised = (await browser.get("/reviews/2026-10")).text.partition('id="review-revised"')[2]
    assert "<td>kept back</td>" in revised
    assert "suppressed" not in compared + revised
