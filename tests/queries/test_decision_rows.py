"""Decisions as the rows from which the alignment KPIs are computed."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.decisions import archive_decision
from app.actions.decisions_steps import reopen_decision, review_decision, take_decision
from app.domain.alignment_kpis.rows import DecisionRow, RoundEnd, RoundRow
from app.domain.permissions import SYSTEM
from app.domain.words import Level
from app.models.decisions import DecisionChoice, DecisionReopening, OutcomeInput
from app.queries.decisions_rows import list_decision_rows
from tests.factories import make_decision, make_decision_type, make_department, make_owner

RAISED, DECIDED, REVIEWED, REOPENED = (date(2026, 3, day) for day in (1, 9, 20, 21))


async def test_a_row_has_every_round_in_order_and_what_the_figures_need(session: AsyncSession) -> None:
    one, other = await make_department(session), await make_department(session)
    kind = await make_decision_type(session, limit_days=10)
    decider = await make_owner(session, level=Level.SENIOR)
    row = await make_decision(
        session, departments=[one, other], raised_on=RAISED, type_id=kind.id, decider_id=decider.id
    )
    chosen = DecisionChoice(chosen="Yes", decided_on=DECIDED, forecast=70)
    await take_decision(session, row, chosen, actor=SYSTEM)
    outcome = OutcomeInput(rating=2, as_expected=False, reviewed_on=REVIEWED)
    await review_decision(session, row, outcome, actor=SYSTEM)
    again = DecisionReopening(reason="It did not work.", reopened_on=REOPENED)
    await reopen_decision(session, row, again, actor=SYSTEM)
    assert await list_decision_rows(session) == [
        DecisionRow(
            code=row.code,
            title=row.title,
            departments=tuple(sorted([one.id, other.id])),
            level="senior",
            limit_days=10,
            rounds=(
                RoundRow(
                    opened_on=RAISED,
                    end=RoundEnd.DECIDED,
                    ended_on=DECIDED,
                    forecast=70,
                    reviewed_on=REVIEWED,
                    rating=2,
                    as_expected=False,
                ),
                RoundRow(opened_on=REOPENED),
            ),
        )
    ]


async def test_archived_ones_are_left_out_and_little_is_needed(session: AsyncSession) -> None:
    kept = await make_decision(session, raised_on=RAISED)
    await archive_decision(session, await make_decision(session), actor=SYSTEM)
    (row,) = await list_decision_rows(session)
    assert row == DecisionRow(
        code=kept.code, title=kept.title, departments=(), rounds=(RoundRow(opened_on=RAISED),)
    )
