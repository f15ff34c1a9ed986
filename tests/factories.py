"""Factories: plain functions that make one valid thing; every field can be overridden."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record
from app.domain.periods import Cadence, parse_period
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Direction, Source, Status
from app.domain.words import InitiativeStatus, LinkType, NodeStatus
from app.models import (
    ChangeRequest,
    Client,
    Commitment,
    CommitmentDate,
    Decision,
    DecisionDepartment,
    DecisionGoal,
    DecisionType,
    Department,
    Goal,
    Initiative,
    InitiativeDate,
    Kpi,
    KpiDepartment,
    Link,
    Measurement,
    Objective,
    Owner,
    ParkedItem,
    Partnership,
    PeerNote,
    Review,
    ReviewSnapshot,
    Ritual,
    RitualOccurrence,
    Survey,
    Talk,
    Target,
    Theme,
)
from app.models.base import new_id
from app.models.surveys import Question

_numbers = count(1)
# Sixty in one test: none of the same month.
_reviews = count()


async def make_department(
    session: AsyncSession, *, parent: Department | None = None, **fields: Any
) -> Department:
    """A department."""
    number = next(_numbers)
    values = {"code": f"DEP-{number}", "name": f"Department {number}", "parent_id": parent and parent.id}
    return await add_record(session, Department, values | fields, actor=SYSTEM)


async def make_owner(session: AsyncSession, *, department: Department | None = None, **fields: Any) -> Owner:
    """A person without a role."""
    number = next(_numbers)
    values = {
        "email": f"person{number}@coxswain.test",
        "name": f"Person {number}",
        "department_id": department and department.id,
    }
    return await add_record(session, Owner, values | fields, actor=SYSTEM)


async def make_client(session: AsyncSession, *, scopes: Iterable[Permission], **fields: Any) -> Client:
    """A machine."""
    values = {"name": f"Machine {next(_numbers)}", "scopes": sorted(scope.value for scope in scopes)}
    return await add_record(session, Client, values | fields, actor=SYSTEM)


async def make_theme(session: AsyncSession, **fields: Any) -> Theme:
    """A theme."""
    number = next(_numbers)
    return await add_record(
        session, Theme, {"code": f"T-{number}", "name": f"Theme {number}"} | fields, actor=SYSTEM
    )


async def make_goal(session: AsyncSession, **fields: Any) -> Goal:
    """A live goal."""
    number = next(_numbers)
    values = {"code": f"G-{number}", "title": f"Goal {number}", "status": NodeStatus.ACTIVE}
    return await add_record(session, Goal, values | fields, actor=SYSTEM)


async def make_link(
    session: AsyncSession,
    source: Objective | Initiative,
    target: Objective | Goal | Initiative,
    **fields: Any,
) -> Link:
    """A link that contributes."""
    values = {"source_id": source.id, "target_id": target.id, "type": LinkType.CONTRIBUTES}
    return await add_record(session, Link, values | fields, actor=SYSTEM)


async def make_objective(
    session: AsyncSession, *, department: Department | None = None, **fields: Any
) -> Objective:
    """A live objective of a department (a new one when none is given)."""
    number = next(_numbers)
    department = department or await make_department(session)
    values = {
        "code": f"O-{number}",
        "title": f"Objective {number}",
        "status": NodeStatus.ACTIVE,
        "department_id": department.id,
    }
    return await add_record(session, Objective, values | fields, actor=SYSTEM)


async def make_initiative(
    session: AsyncSession, *, department: Department | None = None, **fields: Any
) -> Initiative:
    """A running initiative of a department (a new one when none is given), due by the end of 2026."""
    number = next(_numbers)
    department = department or await make_department(session)
    values = {
        "code": f"I-{number}",
        "title": f"Initiative {number}",
        "status": InitiativeStatus.ACTIVE,
        "department_id": department.id,
        "due_on": date(2026, 12, 31),
        "due_baseline": date(2026, 12, 31),
    }
    return await add_record(session, Initiative, values | fields, actor=SYSTEM)


async def make_due_date(session: AsyncSession, initiative: Initiative, due_on: date) -> InitiativeDate:
    """A due date that an initiative is said to have had."""
    values = {"initiative_id": initiative.id, "due_before": initiative.due_on, "due_on": due_on}
    row = InitiativeDate.model_validate(values | {"reason": "Late.", "by_id": SYSTEM.id, "by_name": "Ann"})
    session.add(row)
    await session.flush()
    return row


async def make_kpi(session: AsyncSession, *, departments: Iterable[Department] = (), **fields: Any) -> Kpi:
    """An active monthly KPI in percent, higher is better; `departments` are those that report."""
    number = next(_numbers)
    values = {
        "code": f"K-{number}",
        "name": f"KPI {number}",
        "unit": "percent",
        "direction": Direction.HIGHER,
        "cadence": Cadence.MONTHLY,
    }
    kpi = await add_record(session, Kpi, values | fields, actor=SYSTEM)
    session.add_all(KpiDepartment(kpi_id=kpi.id, department_id=each.id) for each in departments)
    await session.flush()
    return kpi


async def make_target(
    session: AsyncSession, kpi: Kpi, first: str, last: str | None = None, **fields: Any
) -> Target:
    """A target of 90 from one period to another, or until further notice."""
    values = {
        "kpi_id": kpi.id,
        "first_period": first,
        "last_period": last,
        "first_day": parse_period(first).first_day,
        "last_day": last and parse_period(last).last_day,
        "target": 90,
    }
    return await add_record(session, Target, values | fields, actor=SYSTEM)


async def make_commitment(session: AsyncSession, owner: Owner, **fields: Any) -> Commitment:
    """An open commitment of a person."""
    number = next(_numbers)
    values = {
        "code": f"C-{number}00",
        "what": f"Do thing {number}",
        "owner_id": owner.id,
        "department_id": owner.department_id,
        "due_on": date(2026, 12, 31),
        "made_on": date(2026, 10, 1),
    } | fields
    baseline = {"due_baseline": values["due_on"]}
    return await add_record(session, Commitment, baseline | values, actor=SYSTEM)


async def make_redating(session: AsyncSession, commitment: Commitment, due_on: date) -> CommitmentDate:
    """A due date that a commitment is said to have been given later."""
    values = {"commitment_id": commitment.id, "due_before": commitment.due_on, "due_on": due_on}
    told = {"reason": "Late.", "moved_on": commitment.made_on, "by_id": SYSTEM.id, "by_name": "Ann"}
    row = CommitmentDate.model_validate(values | told)
    session.add(row)
    await session.flush()
    return row


async def make_decision_type(session: AsyncSession, **fields: Any) -> DecisionType:
    """A type whose decisions may take two weeks."""
    number = next(_numbers)
    values = {"code": f"DT-{number}", "name": f"Decisions of kind {number}", "limit_days": 14}
    return await add_record(session, DecisionType, values | fields, actor=SYSTEM)


async def make_decision(
    session: AsyncSession,
    *,
    departments: Iterable[Department] = (),
    goals: Iterable[Goal] = (),
    **fields: Any,
) -> Decision:
    """An open decision, raised on 1 October 2026."""
    number = next(_numbers)
    raised_on = fields.get("raised_on", date(2026, 10, 1))
    values = {"code": f"D-{number}00", "title": f"Decide {number}?", "opened_on": raised_on}
    row = await add_record(session, Decision, values | {"raised_on": raised_on} | fields, actor=SYSTEM)
    session.add_all(DecisionDepartment(decision_id=row.id, department_id=each.id) for each in departments)
    session.add_all(DecisionGoal(decision_id=row.id, goal_id=each.id) for each in goals)
    await session.flush()
    return row


async def make_partnership(session: AsyncSession, a: Owner, b: Owner, **fields: Any) -> Partnership:
    """A partnership of two people with departments; no talk is planned."""
    values = {
        "code": f"P-{next(_numbers)}00",
        "a_id": a.id,
        "b_id": b.id,
        "department_id": a.department_id,
        "other_department_id": b.department_id,
        "about": "Parts and their delivery.",
    }
    return await add_record(session, Partnership, values | fields, actor=SYSTEM)


async def make_talk(session: AsyncSession, partnership: Partnership, **fields: Any) -> Talk:
    """A talk that is planned."""
    values = {
        "code": f"{partnership.code}.{next(_numbers)}",
        "partnership_id": partnership.id,
        "department_id": partnership.department_id,
        "other_department_id": partnership.other_department_id,
        "planned_on": date(2026, 10, 5),
    }
    return await add_record(session, Talk, values | fields, actor=SYSTEM)


async def make_ritual(session: AsyncSession, host: Owner, **fields: Any) -> Ritual:
    """A meeting on the second Tuesday of each month, since the first of them in 2026."""
    number = next(_numbers)
    values = {
        "code": f"RITUAL-{number}",
        "name": f"Meeting {number}",
        "kind": "monthly_review",
        "host_id": host.id,
        "starts_at": datetime.fromisoformat("2026-01-13T09:00"),
        "duration_minutes": 60,
        "rrule": "FREQ=MONTHLY;BYDAY=2TU",
        "ruled_from": date(2026, 1, 1),
    }
    return await add_record(session, Ritual, values | fields, actor=SYSTEM)


async def make_occurrence(
    session: AsyncSession, ritual: Ritual, day: date, **fields: Any
) -> RitualOccurrence:
    """An occurrence that took place, which was said on that day."""
    values = {
        "code": f"{ritual.code}:{day}",
        "ritual_id": ritual.id,
        "day": day,
        "state": "kept",
        "settled_on": day,
    }
    return await add_record(session, RitualOccurrence, values | fields, actor=SYSTEM)


async def make_peer_note(session: AsyncSession, department: Department, **fields: Any) -> PeerNote:
    """What a department tells its peers."""
    values = {"department_id": department.id, "period": "2026-10", "challenge": "Parts are late."}
    return await add_record(session, PeerNote, values | fields, actor=SYSTEM)


async def make_review(session: AsyncSession, **fields: Any) -> Review:
    """The review of a month, in preparation, that expects nobody."""
    values = {"code": f"20{next(_reviews) % 60 + 30}-10"}
    return await add_record(session, Review, values | fields, actor=SYSTEM)


async def make_parked_item(session: AsyncSession, review: Review, **fields: Any) -> ParkedItem:
    """Something for later."""
    values = {"code": f"PL-{next(_numbers)}", "what": "Two price lists?", "review_id": review.id}
    return await add_record(session, ParkedItem, values | fields, actor=SYSTEM)


async def make_change_request(
    session: AsyncSession, kpi: Kpi, review: Review, asker: Owner, **fields: Any
) -> ChangeRequest:
    """Asks for another value of the whole organization for the month of the review."""
    values = {
        "code": f"CR-{next(_numbers)}",
        "kpi_id": kpi.id,
        "review_id": review.id,
        "period": review.code,
        "value": Decimal(74),
        "reason": "One count was missing.",
        "asked_by_id": asker.id,
        "asked_on": date(2026, 11, 3),
    }
    return await add_record(session, ChangeRequest, values | fields, actor=SYSTEM)


async def make_snapshot(session: AsyncSession, review: Review, body: bytes = b"{}") -> ReviewSnapshot:
    """What a review showed when it closed."""
    row = ReviewSnapshot(
        review_id=review.id,
        revision=review.revision,
        schema_version=1,
        body=body,
        sha256=sha256(body).hexdigest(),
        closed_by="Ada",
        closed_by_id=SYSTEM.id,
        closed_at=review.closed_at or datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    return row


async def make_survey(session: AsyncSession, **fields: Any) -> Survey:
    """A draft that asks everybody one question."""
    number = next(_numbers)
    question = {"code": "Q1", "kind": "agree", "text": "I know our goals."}
    values = {
        "code": f"SURVEY-{number}",
        "title": f"Survey {number}",
        "minimum_group": 5,
        "questions": [Question.model_validate(question).model_dump(mode="json")],
    }
    return await add_record(session, Survey, values | fields, actor=SYSTEM)


async def make_measurement(
    session: AsyncSession,
    kpi: Kpi,
    period: str,
    *,
    department: Department | None = None,
    **fields: Any,
) -> Measurement:
    """One state of a typed value, as it is in the table: nothing is assessed or aggregated here."""
    when = parse_period(period)
    values = {
        "id": new_id(),
        "kpi_id": kpi.id,
        "department_id": department and department.id,
        "period": when.text,
        "first_day": when.first_day,
        "last_day": when.last_day,
        "value": 80,
        "source": Source.MANUAL,
        "status": Status.UNKNOWN,
        "status_reason": "No target covers this period.",
    }
    measurement = Measurement.model_validate(values | fields)
    session.add(measurement)
    await session.flush()
    return measurement
