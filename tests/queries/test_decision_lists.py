"""Decisions as lines of lists: the most urgent first, with names and codes."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.decisions import DecisionStatus
from app.domain.permissions import SYSTEM
from app.queries.decisions_lists import (
    DecisionsWanted,
    count_decision_states,
    list_decision_lines,
    list_spans,
)
from tests.factories import make_decision, make_decision_type, make_department, make_goal, make_owner

TODAY = date(2026, 11, 23)


def ago(days: int) -> date:
    """A day before today."""
    return TODAY - timedelta(days=days)


async def make_ledger(session: AsyncSession) -> dict[str, str]:
    """The codes of decisions that stand in all ways, by what they are."""
    slow, fast = await make_decision_type(session, limit_days=60), await make_decision_type(session)
    ended: dict[str, Any] = {"status": DecisionStatus.DECIDED, "chosen": "Yes"}
    rows = {
        "no limit": await make_decision(session, raised_on=ago(90)),
        "in time": await make_decision(session, raised_on=ago(5), type_id=fast.id),
        "late": await make_decision(session, raised_on=ago(20), type_id=fast.id),
        "slow": await make_decision(session, raised_on=ago(20), type_id=slow.id),
        "old": await make_decision(session, raised_on=ago(70), ended_on=ago(40), type_id=fast.id, **ended),
        "new": await make_decision(session, raised_on=ago(70), ended_on=ago(3), review_on=TODAY, **ended),
        "gone": await make_decision(
            session, raised_on=ago(70), ended_on=ago(9), status=DecisionStatus.WITHDRAWN
        ),
    }
    return {row.code: name for name, row in rows.items()}


async def read(session: AsyncSession, names: dict[str, str], **wanted: Any) -> list[str]:
    """What a list shows, by what the decisions are."""
    rows = await list_decision_lines(session, DecisionsWanted(TODAY, **wanted), actor=SYSTEM)
    return [names[row.decision.code] for row in rows]


async def test_open_ones_come_first_by_their_limit_then_the_newest(session: AsyncSession) -> None:
    names = await make_ledger(session)
    assert await read(session, names) == ["late", "in time", "slow", "no limit", "new", "gone", "old"]
    assert await read(session, names, limit=2, offset=1) == ["in time", "slow"]


async def test_lists_are_narrowed(session: AsyncSession) -> None:
    names = await make_ledger(session)
    assert await read(session, names, past_limit=True) == ["late"]
    assert await read(session, names, review_due=True) == ["new"]
    assert await read(session, names, waiting=True) == ["late", "in time", "slow", "no limit", "new"]
    assert await read(session, names, open=False) == ["new", "gone", "old"]
    assert await read(session, names, status=DecisionStatus.WITHDRAWN) == ["gone"]
    assert await read(session, names, archived=True) == []
    counts = await count_decision_states(session, DecisionsWanted(TODAY), actor=SYSTEM)
    assert counts == (4, 1, 1, 2, 1)


async def test_a_line_has_names_and_codes_and_is_found_by_each(session: AsyncSession) -> None:
    one, other = await make_department(session, code="BETA"), await make_department(session, code="ALPHA")
    goal, decider, kind = (
        await make_goal(session),
        await make_owner(session),
        await make_decision_type(session),
    )
    row = await make_decision(
        session,
        departments=[one, other],
        goals=[goal],
        decider_id=decider.id,
        type_id=kind.id,
        title="Sell 5 %?",
    )
    await make_decision(session)
    for wanted in (
        {"departments": [one.id, other.id]},
        {"goal": goal.id},
        {"decider": decider.id},
        {"type": kind.id},
        {"text": "5 %"},
        {"text": row.code.lower()},
    ):
        (line,) = await list_decision_lines(session, DecisionsWanted(TODAY, **wanted), actor=SYSTEM)
        assert line.decision.id == row.id, wanted
    assert line[1:] == (kind.name, 14, decider.name, decider.email, ["ALPHA", "BETA"], [goal.code], 0)
    assert await list_decision_lines(session, DecisionsWanted(TODAY, departments=[]), actor=SYSTEM) == []


async def test_spans_are_days_until_decided_or_today(session: AsyncSession) -> None:
    await make_ledger(session)
    spans = await list_spans(session, ago(80), today=TODAY, actor=SYSTEM)
    assert sorted(spans) == [(5, False), (20, False), (20, False), (30, True), (67, True)]
