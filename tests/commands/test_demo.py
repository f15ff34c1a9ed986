"""The demo organization loads through the actions, once, and tells its stories over the API."""

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import URL, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.commands.demo import load_demo
from app.demo.plan import read_demo
from app.domain.review.canonical import hash_canonical, read_canonical
from app.models import Department, EngagementSegment, Event, Goal, Initiative, Kpi, Link, Objective, Owner
from app.models.mails import Mail
from app.models.reviews import ReviewSnapshot
from tests.cast import Cast
from tests.commands.running import run_coxswain

TODAY = date(2026, 11, 22)


async def test_it_loads_into_an_empty_database_and_only_there(fresh_url: URL) -> None:
    assert run_coxswain("demo", url=fresh_url).returncode == 0
    again = run_coxswain("demo", url=fresh_url)
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert run_coxswain("demo", "--when-empty", url=fresh_url).returncode == 0


async def test_everything_of_the_plan_is_there_and_left_an_event(session: AsyncSession) -> None:
    plan = read_demo(TODAY)
    await load_demo(session, plan)
    for model, rows in (
        (Department, plan.departments),
        (Owner, [*plan.owners, *plan.staff]),
        (Goal, plan.goals),
        (Objective, plan.objectives),
        (Initiative, plan.initiatives),
        (Link, plan.links + plan.dependencies),
    ):
        assert await session.scalar(select(func.count()).select_from(model)) == len(rows)
    made = await session.scalar(select(func.count()).select_from(Kpi).where(text("not built_in")))
    assert made == len(plan.kpis) == 20
    assert (await session.execute(select(func.count()).select_from(Event))).scalar_one() > 1_000


@pytest.mark.parametrize("today", [date(2024, 2, 29)])
async def test_it_loads_on_odd_days_too(session: AsyncSession, today: date) -> None:
    await load_demo(session, read_demo(today))
    assert await session.scalar(select(func.count()).select_from(Goal)) == 5


async def test_its_stories_are_told(cast: Cast, session: AsyncSession) -> None:
    # The API tells time by the clock, so the plan is laid for today.
    today = await session.scalar(text("select current_date"))
    await load_demo(session, read_demo(today))
    ceo = await cast.ceo()
    tree = (await ceo.get("/api/v1/goals/tree")).json()
    supported = {link["target"] for link in tree["links"]}
    assert "G5" not in supported
    conflicts = [link for link in tree["links"] if link["type"] == "conflicts_with"]
    assert [(link["source"], link["target"]) for link in conflicts] == [("SUPPLY-1", "QUALITY-1")]
    services = {one["code"] for one in tree["objectives"] if one["department"] == "SERVICES"}
    assert not [
        link for link in tree["links"] if link["source"] in services and link["type"] == "contributes"
    ]
    forgotten = (await ceo.get("/api/v1/metrics?kpi=COLLECT-WAIT")).json()["items"]
    assert {row["status"] for row in forgotten} == {"unknown"}
    assert all(row["stale"] for row in forgotten)
    red = (await ceo.get("/api/v1/metrics?status=red")).json()["items"]
    assert "COMPLAINTS" in {row["kpi"]["code"] for row in red}
    fed = (await ceo.get("/api/v1/metrics?kpi=ENGAGEMENT")).json()["items"]
    assert {row["source"] for row in fed} >= {"fed", "aggregated"}
    waiting = await session.scalars(select(EngagementSegment).where(text("department_id is null")))
    assert len(waiting.all()) == 1


async def test_its_decisions_tell_what_a_ledger_is_for(cast: Cast, session: AsyncSession) -> None:
    plan = read_demo(await session.scalar(text("select current_date")))
    await load_demo(session, plan)
    ceo = await cast.ceo()
    items = (await ceo.get("/api/v1/decisions?limit=1000")).json()["items"]
    assert len(items) == len(plan.decisions) > 80
    assert len((await ceo.get("/api/v1/decisions?past_limit=true")).json()["items"]) >= 3
    assert {item["reopened"] for item in items} == {0, 1, 2}
    assert {item["status"] for item in items} == {"open", "decided", "withdrawn"}
    assert len([item for item in items if item["dissents"]]) >= 5
    assert len([item for item in items if item["outcome"]]) >= 8
    assert len((await ceo.get("/api/v1/decisions?review_due=true")).json()["items"]) >= 1
    assert len((await ceo.get("/api/v1/decision-types")).json()["items"]) == 6


async def test_its_initiatives_are_on_time_late_moved_and_cancelled(
    cast: Cast, session: AsyncSession
) -> None:
    await load_demo(session, read_demo(await session.scalar(text("select current_date"))))
    ceo = await cast.ceo()
    items = {each["code"]: each for each in (await ceo.get("/api/v1/initiatives?limit=1000")).json()["items"]}
    assert len(items) > 140
    assert {each["status"] for each in items.values()} == {"draft", "active", "finished", "cancelled"}
    cited = items["CLOSE-MILLBROOK"]["cancelled_by"]
    decision = (await ceo.get(f"/api/v1/decisions/{cited['code']}")).json()
    assert decision["title"] == "Close the Millbrook depot?"
    assert items["APP-OFFERS"]["cancelled_by"] is None
    moved = [code for code, each in items.items() if each["due_on"] != each["due_baseline"]]
    assert {"SELF-TILLS", "STOCK-FILE"} <= set(moved)
    dates = (await ceo.get("/api/v1/initiatives/STOCK-FILE/dates")).json()["items"]
    assert [each["reason"] is None for each in dates] == [True, False, False]
    links = (await ceo.get("/api/v1/links?type=depends_on")).json()["items"]
    assert {each["state"] for each in links} == {"requested", "accepted", "declined", "delivered"}


async def test_its_people_were_asked_and_answered(cast: Cast, session: AsyncSession) -> None:
    plan = read_demo(await session.scalar(text("select current_date")))
    await load_demo(session, plan)
    ceo = await cast.ceo()
    surveys = {each["code"]: each for each in (await ceo.get("/api/v1/surveys")).json()["items"]}
    closed = [code for code, each in surveys.items() if each["status"] == "closed"]
    assert len(surveys) == len(plan.surveys) == 15
    assert len(closed) == 14
    assert surveys["SAFETY-1"]["answered_at_least"] >= 10
    results = {code: (await ceo.get(f"/api/v1/surveys/{code}/results")).json() for code in closed}
    for told in results.values():
        cells = [cell for table in told["questions"] for cell in table["departments"]]
        assert any(not cell["suppressed"] for cell in cells)
        assert told["questions"][0]["total"]["n"] > 60
    ranks = results["PRIORITIES-1"]["questions"][0]
    first = {
        cell["department"]["code"]: cell["figures"]["ranks"][0]["option"]
        for cell in ranks["departments"]
        if not cell["suppressed"] and cell["department"]
    }
    assert first["ONLINE"] == "G2"
    landed = [results[f"MESSAGE-{number}"]["questions"][0]["message"]["landed"] for number in (6, 7, 8)]
    assert landed[-1] == max(landed) > landed[0]
    assert {area["area"] for area in results["AUDIT-1"]["areas"]} == {
        "strategy",
        "decisions",
        "communication",
        "goals",
        "culture",
    }


async def test_its_reviews_are_closed_month_after_month_and_one_is_prepared(
    cast: Cast, session: AsyncSession
) -> None:
    plan = read_demo(await session.scalar(text("select current_date")))
    await load_demo(session, plan)
    ceo = await cast.ceo()
    reviews = (await ceo.get("/api/v1/reviews?limit=100")).json()["items"]
    assert [each["code"] for each in reviews] == [row["period"] for row in plan.reviews]
    assert [each["status"] for each in reviews] == ["closed"] * 12 + ["preparing"]
    snapshots = (await session.scalars(select(ReviewSnapshot))).all()
    assert len(snapshots) == 12
    assert all(hash_canonical(each.body) == each.sha256 for each in snapshots)
    told = [read_canonical(each.body) for each in sorted(snapshots, key=lambda each: each.closed_at)]
    # What was promised in one review is what the next one begins with, and by then it is answered.
    for before, after in pairwise(told):
        assert after.header.previous == before.period
        made = {each.commitment.code for each in before.promises.made}
        answered = {each.commitment.code: each.outcome for each in after.promises.last}
        assert made <= answered.keys()
        assert len([code for code in made if answered[code] != "open"]) >= 4
    assert told[-1].as_of.isoformat() == plan.reviews[-2]["meets_on"]
    assert {each.kpi.code for slot in told[-1].slots for each in slot.kpis} >= {"COMPLAINTS"}
    parked = (await ceo.get("/api/v1/parked-items?limit=100")).json()["items"]
    assert {each["state"] for each in parked} == {"open", "taken_up", "dropped"}
    assert not (await session.scalars(select(Mail))).all(), "nobody is written to about what is long over"
