"""The steps of a decision over the API: decide, withdraw, re-open, dissent, escalate, review."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import Decision, Event
from tests.api.test_decisions import URL, day, log, who
from tests.cast import Cast
from tests.factories import make_decision, make_department, make_owner


async def step(client: httpx2.AsyncClient, code: str, verb: str, **fields: Any) -> httpx2.Response:
    """Takes a step."""
    return await client.post(f"{URL}/{code}/{verb}", json=fields)


async def log_one(client: httpx2.AsyncClient, raised: int = 40) -> str:
    """The code of a new decision, raised so many days ago."""
    return str((await log(client, raised_on=day(raised))).json()["code"])


async def test_a_decision_goes_all_its_way(cast: Cast, session: AsyncSession) -> None:
    ceo = await cast.ceo()
    code = await log_one(ceo)
    decided = await step(
        ceo, code, "decide", chosen="Close it", forecast=80, decided_on=day(30), review_on=day(10)
    )
    assert decided.status_code == 200, decided.text
    told = decided.json()
    assert (told["status"], told["chosen"], told["decided_on"]) == ("decided", "Close it", day(30))
    reviewed = await step(ceo, code, "review", rating=2, as_expected=False, reviewed_on=day(9))
    assert reviewed.json()["outcome"] == {
        "reviewed_on": day(9),
        "rating": 2,
        "as_expected": False,
        "note": None,
    }
    again = (await step(ceo, code, "reopen", reason="The permit is gone.", reopened_on=day(5))).json()
    assert (again["status"], again["opened_on"], again["reopened"]) == ("open", day(5), 1)
    assert (again["chosen"], again["decided_on"], again["outcome"], again["review_on"]) == (None,) * 4
    (first,) = again["rounds"]
    assert (first["opened_on"], first["ended_on"], first["status"]) == (day(40), day(30), "decided")
    assert (first["chosen"], first["forecast"], first["outcome"]["rating"]) == ("Close it", 80, 2)
    assert again["reopen_reason"] == "The permit is gone."
    gone = (await step(ceo, code, "withdraw", reason="Sold.")).json()
    assert (gone["status"], gone["withdrawn_on"], gone["decided_on"]) == ("withdrawn", day(0), None)
    events = await session.scalars(select(Event).where(col(Event.code) == code).order_by(col(Event.id)))
    assert [event.action for event in events] == ["created", "decided", "reviewed", "reopened", "withdrawn"]


async def test_what_was_raised_earlier_than_thought_moves_the_clock_of_the_first_round_only(
    cast: Cast,
) -> None:
    ceo = await cast.ceo()
    code = await log_one(ceo, raised=40)
    any_version = {"If-Match": "*"}
    moved = await ceo.patch(f"{URL}/{code}", json={"raised_on": day(50)}, headers=any_version)
    assert moved.json()["opened_on"] == day(50)
    await step(ceo, code, "decide", chosen="Yes", decided_on=day(30))
    late = await ceo.patch(f"{URL}/{code}", json={"raised_on": day(29)}, headers=any_version)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "after_decided")
    await step(ceo, code, "reopen", reason="Why not", reopened_on=day(20))
    moved = await ceo.patch(f"{URL}/{code}", json={"raised_on": day(45)}, headers=any_version)
    assert (moved.json()["raised_on"], moved.json()["opened_on"]) == (day(45), day(20))
    late = await ceo.patch(f"{URL}/{code}", json={"raised_on": day(29)}, headers=any_version)
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("verb", "fields", "place", "code"),
    [
        ("decide", {"chosen": "Yes", "decided_on": day(41)}, "/decided_on", "before_raised"),
        ("decide", {"chosen": "Yes", "decided_on": day(-1)}, "/decided_on", "in_the_future"),
        ("decide", {"chosen": "Yes", "review_on": day(1)}, "/review_on", "before_decided"),
        ("decide", {"chosen": "Yes", "forecast": 101}, "/forecast", None),
        ("decide", {}, "/chosen", "required"),
        ("withdraw", {"reason": ""}, "/reason", None),
        ("withdraw", {"reason": "No", "withdrawn_on": day(41)}, "/withdrawn_on", "before_raised"),
        ("escalate", {"to": "nobody@x.org", "reason": "Stuck"}, "/to", "unknown_reference"),
        ("dissent", {"concern": " "}, "/concern", None),
        ("dissent", {"concern": "No", "owner": "nobody@x.org"}, "/owner", "unknown_reference"),
        ("dissent", {"concern": "No", "said_on": day(41)}, "/said_on", "before_raised"),
    ],
)
async def test_what_is_wrong_with_a_step_is_said_at_its_place(
    cast: Cast, verb: str, fields: dict[str, Any], place: str, code: str | None
) -> None:
    ceo = await cast.ceo()
    answer = await step(ceo, await log_one(ceo), verb, **fields)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["pointer"] == place
    assert code is None or error["code"] == code


async def test_later_steps_come_not_before_the_decision(cast: Cast) -> None:
    ceo = await cast.ceo()
    code = await log_one(ceo)
    await step(ceo, code, "decide", chosen="Yes", decided_on=day(10))
    early: dict[str, dict[str, Any]] = {
        "reopen": {"reason": "No", "reopened_on": day(11)},
        "review": {"rating": 3, "as_expected": True, "reviewed_on": day(11)},
    }
    for verb, fields in early.items():
        answer = await step(ceo, code, verb, **fields)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "before_decided")


async def test_steps_that_do_not_fit_are_conflicts(cast: Cast) -> None:
    ceo = await cast.ceo()
    code = await log_one(ceo)
    bodies: dict[str, dict[str, Any]] = {
        "decide": {"chosen": "Yes"},
        "withdraw": {"reason": "No"},
        "reopen": {"reason": "No"},
        "escalate": {"to": who(ceo).email, "reason": "Stuck"},
        "review": {"rating": 3, "as_expected": True},
        "dissent": {"concern": "No"},
    }
    for verb in ("reopen", "review"):
        assert (await step(ceo, code, verb, **bodies[verb])).status_code == 409
    assert (await step(ceo, code, "decide", **bodies["decide"])).status_code == 200
    for verb in ("decide", "withdraw", "escalate"):
        answer = await step(ceo, code, verb, **bodies[verb])
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
        assert "is decided" in answer.json()["detail"]
    await ceo.post(f"{URL}/{code}/archive")
    for verb, fields in bodies.items():
        assert (await step(ceo, code, verb, **fields)).status_code == 409


async def test_escalating_hands_the_decision_over(cast: Cast, session: AsyncSession) -> None:
    home = await make_department(session)
    contributor, above = await cast.contributor(), await make_owner(session)
    row = await make_decision(session, departments=[home], decider_id=who(contributor).id)
    told = (await step(contributor, row.code, "escalate", to=above.email, reason="We cannot agree.")).json()
    assert told["decider"]["code"] == above.email
    (escalation,) = told["escalations"]
    assert escalation["from"]["code"] == who(contributor).email
    assert (escalation["to"]["code"], escalation["escalated_by"]) == (above.email, who(contributor).name)
    assert (await step(contributor, row.code, "decide", chosen="Mine")).status_code == 403
    ceo = await cast.ceo()
    twice = await step(ceo, row.code, "escalate", to=above.email, reason="Again")
    assert twice.json()["errors"][0]["code"] == "decides_already"


async def test_everybody_who_works_here_may_say_their_own_concern(cast: Cast, session: AsyncSession) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    row = await make_decision(session, departments=[elsewhere])
    somebody = await make_owner(session)
    head, contributor = await cast.head(home), await cast.contributor()
    expected: list[tuple[httpx2.AsyncClient, dict[str, Any], int]] = [
        (contributor, {}, 200),
        (contributor, {"owner": who(contributor).email}, 200),
        (contributor, {"owner": somebody.email}, 403),
        (head, {}, 200),
        (head, {"owner": somebody.email}, 403),
        (await cast.head(elsewhere), {"owner": somebody.email}, 200),
        (await cast.viewer(), {}, 403),
        (await cast.facilitator(), {}, 403),
        (await cast.ceo(), {"owner": somebody.email}, 200),
        (await cast.machine(Permission.DECISIONS_READ, Permission.DECISIONS_WRITE), {}, 422),
    ]
    for client, fields, status in expected:
        answer = await step(client, row.code, "dissent", concern="Mondays", **fields)
        assert answer.status_code == status, answer.text
    told = (await head.get(f"{URL}/{row.code}")).json()["dissents"]
    assert len(told) == 5
    assert told[0] == {
        "owner": {
            "id": str(who(contributor).id),
            "code": who(contributor).email,
            "name": who(contributor).name,
        },
        "concern": "Mondays",
        "said_on": day(0),
    }


async def test_what_hangs_on_a_decision_counts_in_its_version(cast: Cast, session: AsyncSession) -> None:
    row = await make_decision(session)
    ceo = await cast.ceo()
    before = await ceo.get(f"{URL}/{row.code}")
    after = await step(ceo, row.code, "dissent", concern="Mondays")
    assert after.json()["version"] == before.json()["version"] + 1
    stored = (await session.scalars(select(Decision).where(col(Decision.id) == row.id))).one()
    await session.refresh(stored)
    assert stored.version == after.json()["version"]
