"""The facts of a review from a database: findings and the score, links, guards, decisions, what was moved."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._write import change_record
from app.domain.decisions import DecisionStatus
from app.domain.permissions import SYSTEM
from app.domain.review.facts import Turn
from app.domain.reviews import ReviewStatus
from app.domain.scoring import Status
from app.domain.words import CommitmentStatus, DependencyState, LinkType, NodeStatus
from app.models import DecisionEscalation, Kpi, KpiGuard, LevelFigure, LinkageCheck, LinkageFinding, Waiver
from app.models.decisions import DecisionDissent
from app.queries.review_facts import read_review_facts
from tests.factories import (
    make_commitment,
    make_decision,
    make_decision_type,
    make_department,
    make_due_date,
    make_goal,
    make_initiative,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_redating,
    make_review,
    make_snapshot,
)

CLOSED = datetime(2026, 10, 13, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)
EARLIER, SINCE, LATER = (datetime(2026, *day, tzinfo=UTC) for day in ((9, 1), (11, 3), (11, 20)))


async def make_month(session: AsyncSession) -> Any:
    """The review of October, after that of September closed."""
    before = await make_review(
        session, code="2026-09", status=ReviewStatus.CLOSED, closed_at=CLOSED, created_at=EARLIER
    )
    await make_snapshot(session, before, b'{"header":{"score":61.5}}')
    return await make_review(session, code="2026-10", created_at=datetime(2026, 11, 2, tzinfo=UTC))


async def make_finding(session: AsyncSession, number: int, **fields: Any) -> LinkageFinding:
    """A warning about nothing that has been there for long."""
    told = {"message": f"Fault {number}.", "why": "w", "fix": "f", "objects": [], "department_ids": []}
    when = {"first_seen": EARLIER, "opened_at": EARLIER, "named_ids": []}
    kind = {"fingerprint": f"L109-{number}", "rule": "L109", "part": "structure", "severity": "warning"}
    row = LinkageFinding.model_validate(told | when | kind | fields)
    session.add(row)
    await session.flush()
    return row


async def let_be(session: AsyncSession, finding: LinkageFinding, since: datetime) -> None:
    """Waives a finding until the end of the year."""
    told = {"fingerprint": finding.fingerprint, "rule": finding.rule, "severity": finding.severity}
    when = {"created_at": since, "expires_on": date(2026, 12, 31), "department_ids": [], "named_ids": []}
    made_by = {"made_by": "Ada", "made_by_id": SYSTEM.id, "reason": "Known."}
    session.add(Waiver.model_validate(told | when | made_by))
    await session.flush()


async def test_findings_to_talk_about_are_new_or_errors(session: AsyncSession) -> None:
    review = await make_month(session)
    owner = await make_owner(session)
    objective = await make_objective(session, owner_id=owner.id)
    told = {"kind": "objective", "id": str(objective.id), "code": "O", "title": "Ship", "department": None}
    await make_finding(session, 1)
    await make_finding(session, 2, severity="error", objects=[told], department_ids=[objective.department_id])
    await make_finding(session, 3, opened_at=SINCE)
    await make_finding(session, 4, opened_at=SINCE, draft=True)
    await make_finding(session, 5, closed_at=SINCE)
    await make_finding(session, 6, opened_at=EARLIER, closed_at=EARLIER + timedelta(days=1))
    await let_be(session, await make_finding(session, 7, severity="error"), EARLIER)
    await let_be(session, await make_finding(session, 8, severity="error"), SINCE)
    await make_finding(session, 9, opened_at=LATER)
    facts = await read_review_facts(session, review, today=DAY)
    shown = facts.findings.shown
    assert [(each.key, each.is_new, str(each.waived_until)) for each in shown] == [
        ("L109-2", False, "None"),
        ("L109-8", False, "2026-12-31"),
        ("L109-3", True, "None"),
    ]
    assert [each.id for each in shown[0].owners] == [str(owner.id)]
    assert [each.id for each in shown[0].departments] == [str(objective.department_id)]
    assert (facts.findings.open, facts.findings.new, facts.findings.fixed) == (3, 1, 1)
    turns = [(each.turn, each.about.name) for each in facts.header.changes]
    assert turns == [(Turn.FINDING_NEW, "Fault 3."), (Turn.FINDING_FIXED, "Fault 5.")]
    now = await read_review_facts(session, review)
    assert {each.key for each in now.findings.shown} > {"L109-9"}


async def test_a_finding_that_comes_back_is_new_only_if_it_was_away(session: AsyncSession) -> None:
    review = await make_month(session)
    await make_finding(session, 1, closed_at=SINCE)
    await make_finding(session, 1, opened_at=SINCE + timedelta(days=1))
    facts = await read_review_facts(session, review, today=DAY)
    assert (facts.findings.shown, facts.findings.open, facts.findings.fixed) == ((), 1, 0)


async def test_the_score_stands_beside_that_of_the_last_review(session: AsyncSession) -> None:
    review = await make_month(session)
    assert (await read_review_facts(session, review)).header.score is None
    made = {"today": DAY, "snapshot": "1:1:", "skipped": [], "checked_at": SINCE}
    session.add(LinkageCheck.model_validate(made | {"tally": {"": {"structure": 3}}}))
    await make_finding(session, 1, severity="error")
    header = (await read_review_facts(session, review, today=DAY)).header
    assert (header.score, header.score_before) == (90, 61.5)
    assert (await read_review_facts(session, review, today=date(2026, 11, 1))).header.score is None


async def test_dependencies_and_conflicts_are_those_of_live_things(session: AsyncSession) -> None:
    review = await make_month(session)
    ada, bo = await make_owner(session, name="Ada"), await make_owner(session, name="Bo")
    one = await make_objective(session, owner_id=ada.id, title="Ship faster")
    other = await make_objective(session, owner_id=bo.id, title="Ship safer")
    draft = await make_objective(session, status=NodeStatus.DRAFT)
    asked: dict[str, Any] = {"type": LinkType.DEPENDS_ON, "requested_on": date(2026, 10, 1)}
    accepted = {"state": DependencyState.ACCEPTED, "answered_on": date(2026, 10, 2)}
    await make_link(session, one, other, **asked, **accepted, need_by=date(2026, 11, 1))
    later = {"state": DependencyState.ACCEPTED, "answered_on": date(2026, 11, 20)}
    await make_link(session, other, one, **asked, **later, need_by=date(2026, 12, 1))
    for_draft = {"state": DependencyState.REQUESTED}
    await make_link(session, one, draft, **asked, **for_draft)
    await make_link(session, one, other, type=LinkType.CONFLICTS_WITH, rationale="Speed costs care.")
    tensions = (await read_review_facts(session, review, today=DAY)).tensions
    assert [(each.needs.name, each.state, each.late_days) for each in tensions.dependencies] == [
        ("Ship faster", "late", 9),
        ("Ship safer", "requested", 0),
    ]
    (conflict,) = tensions.overlaps
    assert [person.name for person in conflict.people] == ["Ada", "Bo"]
    assert conflict.words.endswith("Speed costs care.")


async def test_a_guard_that_is_red_while_its_kpi_improves_is_told(session: AsyncSession) -> None:
    review = await make_month(session)
    shop = await make_department(session, name="Shops")
    speed, returns = [await make_kpi(session, departments=[shop], name=name) for name in ("Speed", "Returns")]
    session.add(KpiGuard(kpi_id=speed.id, guard_id=returns.id))
    for period, value in (("2026-09", 80), ("2026-10", 85)):
        await make_measurement(session, speed, period, department=shop, value=value)
    await make_measurement(session, returns, "2026-10", department=shop, status=Status.RED)
    facts = await read_review_facts(session, review)
    assert [each.words for each in facts.tensions.guards] == [
        "Speed got better while Returns, which guards it, is red in Shops."
    ]


async def test_decisions_stand_as_on_the_day(session: AsyncSession) -> None:
    review = await make_month(session)
    kind = await make_decision_type(session, name="Money")
    bo = await make_owner(session)
    ended: dict[str, Any] = {"status": DecisionStatus.DECIDED, "chosen": "Yes."}
    long: dict[str, Any] = {"type_id": kind.id, "raised_on": date(2026, 9, 1)}
    stuck = await make_decision(session, code="D-1", **long, decider_id=bo.id)
    moving = await make_decision(session, code="D-2", **long)
    handed = {"decision_id": moving.id, "to_id": bo.id, "reason": "r", "escalated_by": "Ada"}
    session.add(DecisionEscalation.model_validate(handed | {"escalated_on": date(2026, 11, 1)}))
    promised = await make_decision(session, code="D-3", **long)
    await make_commitment(session, bo, decision_id=promised.id)
    await make_decision(session, code="D-4", **long, **ended, ended_on=date(2026, 10, 20))
    await make_decision(session, code="D-5", **long, **ended, ended_on=date(2026, 11, 20))
    await make_decision(session, code="D-6", **long, **ended, ended_on=date(2026, 10, 13))
    await make_decision(session, code="D-7", raised_on=date(2026, 11, 5))
    session.add(DecisionDissent(decision_id=stuck.id, owner_id=bo.id, concern="c", said_on=date(2026, 9, 9)))
    await session.flush()
    facts = await read_review_facts(session, review, today=DAY)
    decisions = facts.decisions
    assert [each.decision.code for each in decisions.overdue] == ["D-1", "D-2", "D-3", "D-5"]
    first = decisions.overdue[0]
    assert (first.type.name, first.decider and first.decider.id, first.concerns) == ("Money", str(bo.id), 1)
    assert [(each.decision.code, each.captured) for each in decisions.taken] == [
        ("D-4", False),
        ("D-7", True),
    ]
    checks = {check.key: sorted(each.code for each in check.open) for check in facts.checklist}
    assert checks["decisions"] == ["D-1", "D-5"]
    now = (await read_review_facts(session, review)).decisions
    assert [each.decision.code for each in now.taken] == ["D-4", "D-5", "D-7"]


async def test_dates_that_moved_and_other_owners_are_told(session: AsyncSession) -> None:
    review = await make_month(session)
    ada, bo = await make_owner(session, name="Ada"), await make_owner(session, name="Bo")
    told: dict[str, Any] = {"unit": "percent", "direction": "higher", "cadence": "monthly"}
    queue, speed = [Kpi(code=name, name=name, owner_id=ada.id, **told) for name in ("QUEUE", "SPEED")]
    # These two were there before there were events of them.
    session.add_all([queue, speed])
    await session.flush()
    new = await make_kpi(session, owner_id=ada.id)
    for kpi in (queue, new):
        await change_record(session, kpi, {"owner_id": bo.id}, actor=SYSTEM)
    await change_record(session, speed, {"name": "Pace"}, actor=SYSTEM)
    made = {"what": "Open a till", "made_on": date(2026, 11, 5)}
    promise = await make_commitment(session, ada, due_on=date(2026, 12, 1), **made)
    await make_redating(session, promise, date(2026, 12, 15))
    over = await make_commitment(
        session, ada, status=CommitmentStatus.KEPT, settled_on=date(2026, 10, 2), made_on=date(2026, 9, 1)
    )
    await make_redating(session, over, date(2026, 12, 15))
    await make_due_date(session, await make_initiative(session, title="Tills"), date(2026, 12, 1))
    facts = await read_review_facts(session, review)
    moved = [
        (each.turn, each.noun, each.about.name, each.before, each.after) for each in facts.header.changes
    ]
    assert moved == [
        (Turn.DUE_DATE, "commitment", "Open a till", "2026-12-01", "2026-12-15"),
        (Turn.DUE_DATE, "initiative", "Tills", "2026-12-31", "2026-12-01"),
        (Turn.OWNER, "kpi", "QUEUE", "Ada", "Bo"),
    ]
    assert (await read_review_facts(session, review, today=date(2026, 11, 4))).header.changes == ()


async def test_what_a_commitment_is_about_names_no_draft(session: AsyncSession) -> None:
    review = await make_month(session)
    ada = await make_owner(session)
    kpi = await make_kpi(session, name="Queue")
    draft = await make_goal(session, title="Secret plan", status=NodeStatus.DRAFT)
    finding = await make_finding(session, 1)
    await make_finding(session, 2, draft=True, message="Secret fault.")
    about = {"kpi_id": kpi.id, "goal_id": draft.id, "finding": finding.fingerprint}
    await make_commitment(session, ada, **about)
    await make_commitment(session, ada, finding="L109-2", code="C-1234567890")
    facts = await read_review_facts(session, review)
    assert [[each.name for each in promise.about] for promise in facts.promises.last] == [
        ["Fault 1.", "Queue"],
        [],
    ]


async def test_levels_are_told_where_enough_people_stand_behind_them(session: AsyncSession) -> None:
    review = await make_month(session)
    culture = (await session.scalars(select(Kpi).where(col(Kpi.code) == "CULTURE"))).one()
    days = {"kpi_id": culture.id, "explanation": "x", "period": "2026-09"}
    ends = {"first_day": date(2026, 9, 1), "last_day": date(2026, 9, 30)}
    for level, value in (("executive", 4.4), ("middle", 3.2), ("frontline", None)):
        session.add(LevelFigure.model_validate(days | ends | {"level": level, "value": value, "n": 7}))
    await session.flush()
    facts = await read_review_facts(session, review)
    (gap,) = facts.pulse.gaps
    assert (gap.high_level, gap.low_level, gap.gap, gap.high_n) == ("executive", "middle", 1.2, 7)
