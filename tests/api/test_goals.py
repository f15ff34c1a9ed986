"""Goals over the API: the conventions every noun follows are proven here once, on the first noun."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.models import Event
from tests.cast import Cast
from tests.factories import make_goal, make_objective, make_theme


async def test_a_goal_is_created_with_its_place_and_an_event(cast: Cast, session: AsyncSession) -> None:
    theme = await make_theme(session)
    ceo = await cast.ceo()
    body = {"code": "G1", "title": "Win back customers", "theme": theme.code, "status": "active"}
    answer = await ceo.post("/api/v1/goals", json=body)
    assert answer.status_code == 201, answer.text
    goal = answer.json()
    assert goal["theme"] == {"id": str(theme.id), "code": theme.code, "name": theme.name}
    assert answer.headers["location"] == f"/api/v1/goals/{goal['id']}"
    assert (await ceo.get("/api/v1/goals/g1")).json() == goal
    event = (await session.scalars(select(Event).where(col(Event.object_id) == goal["id"]))).one()
    assert event.after is not None
    assert (event.action, event.after["title"]) == ("created", "Win back customers")


async def test_an_edit_needs_the_version_it_saw(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    seen = await ceo.get(f"/api/v1/goals/{goal.code}")
    assert (await ceo.patch(f"/api/v1/goals/{goal.code}", json={"title": "A"})).status_code == 428
    etag = {"If-Match": seen.headers["etag"]}
    first = await ceo.patch(f"/api/v1/goals/{goal.code}", json={"title": "A"}, headers=etag)
    assert first.status_code == 200, first.text
    assert first.json()["version"] == 2
    late = await ceo.patch(f"/api/v1/goals/{goal.code}", json={"title": "B"}, headers=etag)
    assert late.status_code == 412
    assert late.headers["etag"] == first.headers["etag"]


async def test_assumptions_come_back_as_they_were_written(cast: Cast) -> None:
    ceo = await cast.ceo()
    assumptions = [
        {"text": "Prices hold", "review_on": "2026-06-30"},
        {"text": "No strike", "review_on": None},
    ]
    body = {"code": "G1", "title": "Grow", "assumptions": [assumptions[0], {"text": "No strike"}]}
    made = await ceo.post("/api/v1/goals", json=body)
    assert made.json()["assumptions"] == assumptions
    bad = await ceo.post("/api/v1/goals", json=body | {"code": "G2", "assumptions": [{"text": 5}]})
    assert bad.json()["errors"][0]["pointer"] == "/assumptions/0/text"


async def test_only_title_why_and_end_date_count_as_a_change_of_content(
    cast: Cast, session: AsyncSession
) -> None:
    """Against that time links are affirmed (rule L115)."""
    goal = await make_goal(session)
    objective = await make_objective(session)
    ceo = await cast.ceo()
    for path in (f"/api/v1/goals/{goal.code}", f"/api/v1/objectives/{objective.code}"):

        async def changed_at(path: str = path, **patch: object) -> object:
            answer = await ceo.patch(path, json=patch, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text
            return answer.json()["changed_at"]

        before = await changed_at()
        assert await changed_at(status="paused", starts_on="2026-01-01") == before
        seen = {before}
        for patch in ({"title": "New"}, {"why": "Because"}, {"ends_on": "2027-01-01"}):
            seen.add(await changed_at(**patch))
        assert len(seen) == 4
