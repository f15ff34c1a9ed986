"""`/decisions/CODE`: the story of a decision, its steps, and its form."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.decisions_steps import add_dissent, escalate_decision, reopen_decision, take_decision
from app.domain.decisions import DecisionStatus
from app.domain.permissions import SYSTEM, Permission, Role
from app.models import Decision, DecisionDissent, Organization
from app.models.decisions import DecisionChoice, DecisionReopening, DissentInput, EscalationInput
from app.web.reviews import link_review
from tests.factories import (
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_owner,
    make_review,
)
from tests.web.browsing import sign_in
from tests.web.test_settings import PARTIAL, open_as, read_version

TODAY = datetime.now(UTC).date()


def ago(days: int) -> Any:
    """A day before today."""
    return TODAY - timedelta(days=days)


def list_story(html: str) -> list[str]:
    """What happened, in order."""
    return re.findall(r'<p class="what">([^<]*)</p>', html)


def list_steps(html: str) -> list[str]:
    """The steps that are offered."""
    return re.findall(r'<details id="decisions-step-(\w+)"', html)


async def read_again(session: AsyncSession, row: Decision) -> Decision:
    """The decision as it is stored."""
    await session.refresh(row)
    return row


async def test_the_story_is_told_in_order_with_what_lies_ahead(app: FastAPI, session: AsyncSession) -> None:
    ann, ben = await make_owner(session, name="Ann"), await make_owner(session, name="Ben")
    kind = await make_decision_type(session, limit_days=14)
    row = await make_decision(
        session, raised_on=ago(60), type_id=kind.id, decider_id=ann.id, needed_by=TODAY + timedelta(days=3)
    )
    handed = EscalationInput(to=ben.email, reason="Stuck", escalated_on=ago(50))
    await escalate_decision(session, row, handed, actor=SYSTEM)
    chosen = DecisionChoice(chosen="Sell it", decided_on=ago(40), forecast=80)
    await take_decision(session, row, chosen, actor=SYSTEM)
    doubt = DissentInput(owner=ann.email, concern="Mondays", said_on=ago(40))
    await add_dissent(session, row, doubt, actor=SYSTEM)
    again = DecisionReopening(reason="Nobody buys", reopened_on=ago(20))
    await reopen_decision(session, row, again, actor=SYSTEM)
    html = (await (await open_as(app, session, Role.VIEWER)).get(f"/decisions/{row.code}")).text
    assert list_story(html) == [
        "Raised",
        "Handed to Ben by command line",
        "Decided: Sell it",
        "Ann commits with a concern",
        "Re-opened",
        "The time limit ended",
        "It is needed by then",
    ]
    assert "by Ben, after 20 days, 80 % sure that it turns out as expected" in html
    assert "20 days open" in html


@pytest.mark.parametrize(
    ("role", "status", "expected"),
    [
        (Role.EXECUTIVE, DecisionStatus.OPEN, ["decide", "dissent", "escalate", "withdraw"]),
        (Role.EXECUTIVE, DecisionStatus.DECIDED, ["dissent", "review", "reopen"]),
        (Role.EXECUTIVE, DecisionStatus.WITHDRAWN, ["reopen"]),
        (Role.CONTRIBUTOR, DecisionStatus.OPEN, ["dissent"]),
        (Role.VIEWER, DecisionStatus.OPEN, []),
    ],
)
async def test_the_steps_are_those_that_fit(
    app: FastAPI, session: AsyncSession, role: Role, status: DecisionStatus, expected: list[str]
) -> None:
    ended: dict[str, Any] = {} if status is DecisionStatus.OPEN else {"ended_on": ago(1), "chosen": "Yes"}
    row = await make_decision(session, raised_on=ago(9), status=status, **ended)
    html = (await (await open_as(app, session, role)).get(f"/decisions/{row.code}")).text
    assert list_steps(html) == expected


async def test_a_decision_is_decided_reviewed_and_opened_again(app: FastAPI, session: AsyncSession) -> None:
    row = await make_decision(session, raised_on=ago(9), options=[{"name": "Sell it", "note": None}])
    browser = await open_as(app, session, Role.EXECUTIVE)
    steps = {
        "decide": {
            "chosen": "Sell it",
            "forecast": "70",
            "decided_on": str(ago(5)),
            "review_on": str(ago(1)),
        },
        "review": {"rating": "4", "as_expected": "on", "note": "It sold."},
        "reopen": {"reason": "It came back."},
        "withdraw": {"reason": "Enough."},
    }
    for step, data in steps.items():
        answer = await browser.post(f"/decisions/{row.code}/{step}", data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/decisions/{row.code}"), (
            answer.text
        )
        shown = (await browser.get(f"/decisions/{row.code}")).text
        if step == "decide":
            assert 'id="decisions-step-review" class="card step" open' in re.sub(r"\s+", " ", shown)
        if step == "review":
            assert (await read_again(session, row)).rating == 4
    stored = await read_again(session, row)
    assert (stored.status, stored.reopened, stored.end_reason) == ("withdrawn", 1, "Enough.")


def list_beside(html: str) -> list[str]:
    """What stands beside the steps of the story."""
    story = html.partition('id="story"')[2].partition("</section>")[0]
    return re.findall(r'<p class="quiet">([^<]*)</p>', story)


async def test_whoever_wrote_down_what_another_decided_is_named(app: FastAPI, session: AsyncSession) -> None:
    helena = await make_owner(session, name="Helena", role=Role.EXECUTIVE)
    gareth = await make_owner(session, name="Gareth", role=Role.EXECUTIVE)
    row = await make_decision(session, raised_on=ago(9), decider_id=helena.id)
    hers, his = await sign_in(app, session, helena), await sign_in(app, session, gareth)
    told = {"chosen": "Sell it", "decided_on": str(ago(5)), "review_on": str(ago(1))}
    await hers.post(f"/decisions/{row.code}/decide", data=told)
    own = (await his.get(f"/decisions/{row.code}")).text
    assert list_beside(own) == ["by Helena, after 4 days"]
    assert "written down" not in own
    await hers.post(f"/decisions/{row.code}/reopen", data={"reason": "It came back."})
    await his.post(f"/decisions/{row.code}/decide", data=told | {"decided_on": str(TODAY), "review_on": ""})
    other = (await hers.get(f"/decisions/{row.code}")).text
    assert list_beside(other) == [
        "by Helena, after 4 days",
        "by Helena, on the same day, written down by Gareth",
    ]
    assert '<small class="quiet">written down by Gareth</small>' in other
    await his.post(f"/decisions/{row.code}/reopen", data={"reason": "Again."})
    assert "<small" not in (await hers.get(f"/decisions/{row.code}")).text.partition("Decides")[2][:400]


async def test_what_the_command_line_wrote_down_has_no_writer(app: FastAPI, session: AsyncSession) -> None:
    ann = await make_owner(session, name="Ann")
    row = await make_decision(session, raised_on=ago(9), decider_id=ann.id)
    await take_decision(session, row, DecisionChoice(chosen="Sell it", decided_on=ago(2)), actor=SYSTEM)
    html = (await (await open_as(app, session, Role.VIEWER)).get(f"/decisions/{row.code}")).text
    assert list_beside(html) == ["by Ann, after 7 days"]


async def test_a_decision_says_in_which_review_it_was_raised(app: FastAPI, session: AsyncSession) -> None:
    review = await make_review(session, code="2026-10")
    raised, other = await make_decision(session, review_id=review.id), await make_decision(session)
    browser = await open_as(app, session, Role.VIEWER)
    link = 'in the <a href="/reviews/2026-10">review of October 2026</a>'
    assert link in (await browser.get(f"/decisions/{raised.code}")).text
    assert link not in (await browser.get(f"/decisions/{other.code}")).text


def test_the_way_to_a_review_is_for_those_who_may_read_it() -> None:
    reader = replace(SYSTEM, permissions=frozenset({Permission.REVIEWS_READ}))
    assert link_review(reader, "2026-10") == ("/reviews/2026-10", "October 2026")
    assert link_review(reader, None) is None
    assert link_review(replace(reader, sees=frozenset()), "2026-10") is None
    assert link_review(replace(reader, permissions=frozenset()), "2026-10") is None


async def test_a_decision_without_its_event_names_no_writer(app: FastAPI, session: AsyncSession) -> None:
    row = await make_decision(
        session, raised_on=ago(9), status=DecisionStatus.DECIDED, chosen="Sell it", ended_on=ago(2)
    )
    html = (await (await open_as(app, session, Role.VIEWER)).get(f"/decisions/{row.code}")).text
    assert list_beside(html) == ["after 7 days"]


@pytest.mark.parametrize("headers", [{}, PARTIAL])
async def test_what_does_not_fit_is_said_beside_its_field_in_the_open_step(
    app: FastAPI, session: AsyncSession, headers: dict[str, str]
) -> None:
    row = await make_decision(session, raised_on=ago(9))
    browser = await open_as(app, session, Role.EXECUTIVE)
    data = {"chosen": "Sell it", "decided_on": str(ago(10))}
    answer = await browser.post(f"/decisions/{row.code}/decide", data=data, headers=headers)
    assert answer.status_code == 422
    assert 'value="Sell it"' in answer.text
    assert re.search(r'id="decided_on-decide-wrong">[^<]*is before it was raised', answer.text)
    assert answer.text.count("<details id=") == (1 if headers else 4)
    assert (await read_again(session, row)).status == "open"


async def test_a_step_that_came_too_late_is_a_conflict(app: FastAPI, session: AsyncSession) -> None:
    row = await make_decision(session, raised_on=ago(9), status="decided", chosen="Yes", ended_on=ago(1))
    browser = await open_as(app, session, Role.EXECUTIVE)
    for headers in ({}, PARTIAL):
        answer = await browser.post(f"/decisions/{row.code}/decide", data={"chosen": "No"}, headers=headers)
        assert answer.status_code == 409
        assert "it cannot be decided now" in answer.text


async def test_a_contributor_notes_a_concern_of_their_own_only(app: FastAPI, session: AsyncSession) -> None:
    row = await make_decision(session)
    me = await make_owner(session, role=Role.CONTRIBUTOR)
    browser = await sign_in(app, session, me)
    assert 'name="owner"' not in (await browser.get(f"/decisions/{row.code}")).text
    path = f"/decisions/{row.code}/dissent"
    assert (await browser.post(path, data={"concern": "Mondays"})).status_code == 303
    other = await make_owner(session)
    assert (await browser.post(path, data={"concern": "No", "owner": other.email})).status_code == 403
    kept = (await session.scalars(select(DecisionDissent))).one()
    assert (kept.owner_id, kept.concern) == (me.id, "Mondays")


async def test_a_decision_is_logged_and_edited_with_all_its_fields(
    app: FastAPI, session: AsyncSession
) -> None:
    organization = (await session.scalars(select(Organization))).one()
    organization.values = [{"name": "One team", "behaviours": []}]
    place, goal = await make_department(session, code="OPS"), await make_goal(session, code="G2")
    kind, decider = await make_decision_type(session, code="SITES"), await make_owner(session)
    browser = await open_as(app, session, Role.EXECUTIVE)
    assert 'value="G2"' in (await browser.get("/decisions/new?goal=G2")).text
    data = {
        "title": "Sell it?",
        "why": "It stands empty.",
        "type": "SITES",
        "decider": decider.email,
        "raised_on": str(ago(3)),
        "needed_by": str(TODAY),
        "departments": "OPS",
        "goals": "G2",
        "values": "One team",
        "options.0.name": "Sell",
        "options.1.name": "Keep",
        "options.1.note": "Costs rent",
    }
    made = await browser.post("/decisions/new", data=data)
    assert made.headers["location"] == "/decisions/D-1"
    row = (await session.scalars(select(Decision))).one()
    assert (row.values, row.type_id, row.decider_id) == (["One team"], kind.id, decider.id)
    assert row.options == [{"name": "Sell", "note": None}, {"name": "Keep", "note": "Costs rent"}]
    form = (await browser.get("/decisions/D-1/edit")).text
    changed = data | {"title": "Let it?", "version": read_version(form)}
    assert (await browser.post("/decisions/D-1/edit", data=changed)).status_code == 303
    assert (await read_again(session, row)).title == "Let it?"
    stale = await browser.post("/decisions/D-1/edit", data=changed | {"title": "Burn it?"})
    assert stale.status_code == 409
    assert "Saved meanwhile: <strong>Let it?</strong>" in re.sub(r"\s+", " ", stale.text)
    shown = (await browser.get("/decisions/D-1")).text
    assert all(text in shown for text in ("Let it?", "Costs rent", place.name, goal.code, "One team"))


async def test_what_is_wrong_with_a_new_decision_is_said_at_its_field(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    data = {"title": "", "raised_on": str(TODAY), "needed_by": str(ago(2)), "decider": "nobody@x.org"}
    answer = await browser.post("/decisions/new", data=data)
    assert answer.status_code == 422
    assert 'id="title-wrong"' in answer.text
    answer = await browser.post("/decisions/new", data=data | {"title": "Sell it?", "decider": ""})
    assert "is before it was raised" in answer.text


async def test_a_large_organization_types_its_departments(app: FastAPI, session: AsyncSession) -> None:
    for _ in range(25):
        await make_department(session)
    html = (await (await open_as(app, session, Role.EXECUTIVE)).get("/decisions/new")).text
    assert re.search(r'<textarea[^>]*name="departments"', html)


async def test_one_that_was_logged_by_mistake_goes_out_of_the_list(
    app: FastAPI, session: AsyncSession
) -> None:
    row = await make_decision(session, title="Oops?")
    browser = await open_as(app, session, Role.EXECUTIVE)
    assert (await browser.post(f"/decisions/{row.code}/archive")).status_code == 303
    assert "Oops?" not in (await browser.get("/decisions")).text
    assert "Oops?" in (await browser.get("/decisions?archived=true")).text
    shown = (await browser.get(f"/decisions/{row.code}")).text
    assert list_steps(shown) == []
    assert await session.scalar(select(col(Decision.archived_at)).where(col(Decision.id) == row.id))


async def test_decisions_are_found_where_they_matter(app: FastAPI, session: AsyncSession) -> None:
    place, goal = await make_department(session, code="OPS"), await make_goal(session, code="G2")
    me = await make_owner(session, role=Role.HEAD, department=place)
    about: dict[str, Any] = {"departments": [place], "goals": [goal], "decider_id": me.id}
    await make_decision(session, title="Take it?", raised_on=ago(3), **about)
    ended: dict[str, Any] = {"status": "decided", "chosen": "Yes", "ended_on": ago(2), "review_on": TODAY}
    await make_decision(session, title="Was it good?", raised_on=ago(9), **about, **ended)
    browser = await sign_in(app, session, me)
    home = (await browser.get("/")).text
    assert home.index("Decisions I must take") < home.index("Take it?") < home.index("Outcomes to review")
    assert home.index("Outcomes to review") < home.index("Was it good?")
    for path in ("/goals/G2", "/departments/OPS"):
        html = (await browser.get(path)).text
        assert "Take it?" in html, path
        assert "Was it good?" in html, path
