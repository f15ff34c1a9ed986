"""A commitment in one line: what is understood, and what is said of the rest."""

from datetime import UTC, date, datetime

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Permission
from tests.api.test_commitments import URL, who
from tests.cast import Cast
from tests.factories import make_decision, make_department, make_goal, make_kpi, make_objective, make_owner

NEXT = datetime.now(UTC).year + 1


async def capture(client: httpx2.AsyncClient, line: str) -> httpx2.Response:
    """Posts a line."""
    return await client.post(f"{URL}/capture", json={"line": line})


async def test_a_line_tells_what_who_when_and_about_what(cast: Cast, session: AsyncSession) -> None:
    amy = await make_owner(session, name="Amy Ford", email="amy.ford@coxswain.test")
    await make_owner(session, name="Bob Amyson", email="bob@coxswain.test")
    goal = await make_goal(session, code="G2")
    kpi = await make_kpi(session, code="QUEUE-TIME")
    decision = await make_decision(session, code="D-7")
    ceo = await cast.ceo()
    made = await capture(ceo, f"Open a third till @amy.ford 30 Jun {NEXT} #g2 #QUEUE-TIME, #D-7")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["what"], told["owner"]["code"], told["due_on"]) == (
        "Open a third till",
        amy.email,
        str(date(NEXT, 6, 30)),
    )
    assert (told["goal"]["id"], told["kpi"]["id"], told["decision"]["id"]) == (
        str(goal.id),
        str(kpi.id),
        str(decision.id),
    )
    assert (await ceo.get(made.headers["location"])).json()["code"] == told["code"]


async def test_what_nobody_sees_is_left_out_and_what_cannot_be_kept_is_refused(cast: Cast) -> None:
    ceo = await cast.ceo()
    assert (await capture(ceo, f"zero\u200bwi\u00addth 5 Dec {NEXT}")).json()["what"] == "zerowidth"
    refused = await capture(ceo, f"\u200d 5 Dec {NEXT}")
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == "/line"
    assert refused.json()["errors"][0]["detail"].startswith("What: One line of text")


async def test_without_a_name_it_is_ones_own(cast: Cast, session: AsyncSession) -> None:
    objective = await make_objective(session, title="Serve at the till")
    contributor = await cast.contributor()
    made = await capture(contributor, "Train two people by tomorrow #serve")
    assert made.status_code == 201, made.text
    assert made.json()["owner"]["code"] == who(contributor).email
    assert made.json()["goal"]["id"] == str(objective.id)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Open a till @nobody tomorrow", "@nobody: nobody is called so."),
        ("Open a till @amy tomorrow", "@amy: fits amy.ford@coxswain.test, amy.lee@coxswain.test."),
        ("Open a till @amy.ford", "when: say by when: 30 Jun."),
        ("Open a till @amy.ford 31 Jun", "31 Jun: there is no such day."),
        ("@amy.ford tomorrow", "what: say what will be done."),
        ("Open a till @amy.ford tomorrow #G9", "#G9: there is no such code."),
        (
            "Open a till @amy.ford tomorrow #G1 #G2",
            "#G2: a second goal or objective; only one can be named.",
        ),
        ("x" * 201 + " @amy.ford tomorrow", "xxxxxxxxxxxxxxxxxxxx…: at most 200 characters fit in."),
    ],
)
async def test_what_says_nothing_is_named(cast: Cast, session: AsyncSession, line: str, said: str) -> None:
    for name in ("Amy Ford", "Amy Lee"):
        await make_owner(session, name=name, email=f"{name.lower().replace(' ', '.')}@coxswain.test")
    for code in ("G1", "G2"):
        await make_goal(session, code=code)
    ceo = await cast.ceo()
    answer = await capture(ceo, line)
    assert answer.status_code == 422
    assert [(each["pointer"], each["detail"]) for each in answer.json()["errors"]] == [("/line", said)]


async def test_a_machine_says_whose_it_is(cast: Cast) -> None:
    machine = await cast.machine(Permission.COMMITMENTS_WRITE, Permission.COMMITMENTS_READ)
    answer = await capture(machine, "Open a till tomorrow")
    assert answer.json()["errors"][0]["detail"] == "who: say whose it is: @name."


async def test_who_may_promise_by_a_line(cast: Cast, session: AsyncSession) -> None:
    home = await make_department(session)
    own = await make_owner(session, department=home, email="own@coxswain.test")
    head, foreign = await cast.head(home), await cast.head()
    line = f"Open a till @{own.email} tomorrow"
    assert (await capture(head, line)).status_code == 201
    assert (await capture(foreign, line)).status_code == 403
    assert (await capture(await cast.viewer(), line)).status_code == 403


async def test_a_sign_of_a_search_pattern_means_itself(cast: Cast, session: AsyncSession) -> None:
    await make_goal(session, code="G1", title="Everything")
    answer = await capture(await cast.ceo(), "Open a till by tomorrow #% @_")
    said = [each["detail"] for each in answer.json()["errors"]]
    assert said == ["#%: there is no such code.", "@_: nobody is called so."]
