"""Links made at the same moment, on several connections: together they break no rule of the graph."""

import asyncio
import time
from itertools import pairwise
from typing import Any

from app.domain.words import NodeStatus
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_objective

LINKS = "/api/v1/links"
ROUNDS = 200
FEWEST_ROUNDS = 5
LONGEST_SECONDS = 60.0


async def prepare(cast: Cast, objectives: int, goals: int = 0) -> tuple[list[str], list[str]]:
    """Codes of live objectives and goals, committed."""
    assert cast.database is not None
    async with cast.database.unit_of_work() as session:
        department = await make_department(session)
        ours = [await make_objective(session, department=department) for _ in range(objectives)]
        theirs = [await make_goal(session, status=NodeStatus.ACTIVE) for _ in range(goals)]
        return [each.code for each in ours], [each.code for each in theirs]


async def tie(client: Any, source: str, target: str, **fields: Any) -> Any:
    """A POST of a link that contributes."""
    body = {"source": source, "target": target, "type": "contributes", **fields}
    return await client.post(LINKS, json=body)


async def test_no_two_requests_jointly_close_a_cycle(fresh_cast: Cast) -> None:
    codes, _ = await prepare(fresh_cast, 3)
    clients = [await fresh_cast.ceo() for _ in codes]
    ring = list(pairwise([*codes, codes[0]]))
    started = time.monotonic()
    for number in range(ROUNDS):
        # Two of three would be a chain, the third closes it: whichever comes last must be refused.
        pairs = ring if number % 2 else [(codes[0], codes[1]), (codes[1], codes[0])]
        answers = await asyncio.gather(*(tie(c, *pair) for c, pair in zip(clients, pairs, strict=False)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] * (len(pairs) - 1) + [409], [answer.text for answer in answers]
        assert [a.json()["code"] for a in answers if a.status_code == 409] == ["cycle"]
        made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        await asyncio.gather(
            *(c.post(f"{LINKS}/{link}/archive") for c, link in zip(clients, made, strict=False))
        )
        if time.monotonic() - started > LONGEST_SECONDS:
            # A busy machine: without the lock one of the first rounds fails already.
            assert number >= FEWEST_ROUNDS
            break


async def test_no_two_requests_jointly_give_away_more_than_the_whole_effort(fresh_cast: Cast) -> None:
    (source,), goals = await prepare(fresh_cast, 1, 2)
    one, two = await fresh_cast.ceo(), await fresh_cast.ceo()
    for _ in range(20):
        answers = await asyncio.gather(
            tie(one, source, goals[0], effort=60), tie(two, source, goals[1], effort=60)
        )
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        (made,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        await one.post(f"{LINKS}/{made}/archive")


async def test_the_same_link_from_two_at_once_is_made_once(fresh_cast: Cast) -> None:
    (source,), (goal,) = await prepare(fresh_cast, 1, 1)
    one, two = await fresh_cast.ceo(), await fresh_cast.ceo()
    for _ in range(20):
        answers = await asyncio.gather(tie(one, source, goal), tie(two, source, goal))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (made,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        await one.post(f"{LINKS}/{made}/archive")
