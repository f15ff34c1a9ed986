"""Conventions under concurrency, on several connections: edits, codes and deletions at the same moment."""

import asyncio
from collections import Counter
from typing import Any

from app.domain.words import NodeStatus
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_objective

GOALS = "/api/v1/goals"
ANY = {"If-Match": "*"}


async def test_of_many_edits_that_saw_one_version_one_succeeds(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    made = await ceo.post(GOALS, json={"code": "G1", "title": "Grow", "status": "active"})
    seen = {"If-Match": made.headers["etag"]}
    edits = (ceo.patch(f"{GOALS}/G1", json={"title": f"By {number}"}, headers=seen) for number in range(8))
    answers = await asyncio.gather(*edits)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}
    (won,) = [answer for answer in answers if answer.status_code == 200]
    assert {answer.headers["etag"] for answer in answers} == {won.headers["etag"]}
    assert (await ceo.get(f"{GOALS}/G1")).json() == won.json()


async def test_edits_of_different_fields_that_match_anything_are_all_kept(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    await ceo.post(GOALS, json={"code": "G1", "title": "Grow"})
    patches: list[dict[str, Any]] = [{"why": "W"}, {"rank": 5}, {"ends_on": "2027-01-01"}, {"title": "T"}]
    answers = await asyncio.gather(*(ceo.patch(f"{GOALS}/G1", json=patch, headers=ANY) for patch in patches))
    assert [answer.status_code for answer in answers] == [200] * 4
    goal = (await ceo.get(f"{GOALS}/G1")).json()
    assert (goal["why"], goal["rank"], goal["ends_on"], goal["title"]) == ("W", 5, "2027-01-01", "T")
    assert goal["version"] == 5


async def test_of_many_with_one_code_one_is_made(fresh_cast: Cast) -> None:
    ceo = await fresh_cast.ceo()
    requests = [ceo.post(GOALS, json={"code": "Same", "title": "A goal"}) for _ in range(4)]
    requests += [ceo.post("/api/v1/themes", json={"code": "sAME", "name": "A theme"}) for _ in range(4)]
    answers = await asyncio.gather(*requests)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert {a.json()["errors"][0]["pointer"] for a in answers if a.status_code == 409} == {"/code"}


async def test_a_draft_that_is_linked_while_it_is_deleted_is_either_gone_or_archived(
    fresh_cast: Cast,
) -> None:
    assert fresh_cast.database is not None
    ceo = await fresh_cast.ceo()
    async with fresh_cast.database.unit_of_work() as session:
        source = (await make_objective(session, department=await make_department(session))).code
    for _ in range(15):
        async with fresh_cast.database.unit_of_work() as session:
            goal = (await make_goal(session, status=NodeStatus.DRAFT)).code
        body = {"source": source, "target": goal, "type": "supports"}
        deleted, linked = await asyncio.gather(
            ceo.delete(f"{GOALS}/{goal}", headers=ANY), ceo.post("/api/v1/links", json=body)
        )
        outcome = (deleted.status_code, linked.status_code)
        assert outcome in {(204, 422), (204, 409), (200, 201), (200, 409)}, linked.text
        assert (await ceo.get(f"{GOALS}/{goal}")).status_code == (404 if outcome[0] == 204 else 200)
