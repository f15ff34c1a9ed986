"""Records as the rows from which the alignment KPIs are computed."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.alignment_kpis.rows import DependencyRow, TalkRow, TieRow
from app.domain.words import DependencyState, InitiativeStatus, Level, LinkType, NodeStatus, TalkState
from app.models import InitiativeDepartment
from app.queries.alignment_kpis import find_first_day, read_alignment_rows
from tests.factories import (
    make_decision,
    make_department,
    make_initiative,
    make_link,
    make_objective,
    make_owner,
    make_partnership,
    make_talk,
)

DAY = date(2026, 3, 9)


async def test_initiatives_come_with_who_takes_part_and_what_cancelled_them(session: AsyncSession) -> None:
    one, other = await make_department(session), await make_department(session)
    owner = await make_owner(session, level=Level.MIDDLE)
    decision = await make_decision(session)
    it = await make_initiative(
        session,
        department=one,
        owner_id=owner.id,
        starts_on=DAY,
        due_baseline=date(2026, 5, 1),
        due_on=date(2026, 6, 1),
        status=InitiativeStatus.CANCELLED,
        cancelled_on=date(2026, 4, 1),
        cancelled_by_id=decision.id,
    )
    session.add(InitiativeDepartment(initiative_id=it.id, department_id=other.id))
    await make_initiative(session, status=InitiativeStatus.DRAFT, due_baseline=None)
    put_away = await make_initiative(session, archived_at=datetime.now(UTC))
    rows = await read_alignment_rows(session, zone="UTC")
    row, archived = rows.initiatives
    assert archived.code == put_away.code
    assert (row.code, row.department, row.departments, row.level) == (it.code, one.id, (other.id,), "middle")
    assert (row.begun_on, row.due_baseline, row.due_on) == (DAY, date(2026, 5, 1), date(2026, 6, 1))
    assert (row.cancelled_on, row.cancelled_by) == (date(2026, 4, 1), decision.code)
    assert rows.department_of == {}
    assert find_first_day(rows) == DAY


async def test_without_a_start_an_initiative_begins_when_it_left_draft(session: AsyncSession) -> None:
    it = await make_initiative(session, due_baseline=DAY)
    (row,) = (await read_alignment_rows(session, zone="UTC")).initiatives
    assert (row.code, row.begun_on) == (it.code, DAY)


async def test_dependencies_and_ties_come_from_links_between_owners(session: AsyncSession) -> None:
    one, other = await make_department(session), await make_department(session)
    a = await make_owner(session, department=one, level=Level.SENIOR)
    b = await make_owner(session, department=other)
    source = await make_objective(session, department=one, owner_id=a.id, code="ONE-1")
    target = await make_initiative(session, department=other, owner_id=b.id, code="TWO-1")
    needs = {"type": LinkType.DEPENDS_ON, "need_by": DAY}
    made = await make_link(session, source, target, **needs, state=DependencyState.DECLINED)
    draft = await make_objective(session, department=other, owner_id=b.id, status=NodeStatus.DRAFT)
    await make_link(session, source, draft, **needs)
    own = await make_objective(session, department=other, owner_id=a.id)
    gone = await make_link(session, source, own, **needs, archived_at=datetime.now(UTC))
    rows = await read_alignment_rows(session, zone="UTC")
    expected = DependencyRow(
        name="ONE-1>TWO-1:depends_on",
        department=one.id,
        other_department=other.id,
        level="senior",
        need_by=DAY,
        declined=True,
    )
    assert rows.dependencies == [expected]
    assert rows.ties == [TieRow(a=a.id, b=b.id, from_day=made.created_at.astimezone(UTC).date())]
    assert rows.department_of == {a.id: one.id, b.id: other.id}
    assert gone.archived_at


async def test_partners_are_tied_and_their_talks_counted(session: AsyncSession) -> None:
    one, other = await make_department(session), await make_department(session, parent=None)
    a, b = await make_owner(session, department=one), await make_owner(session, department=other)
    partnership = await make_partnership(session, a, b, archived_at=datetime(2026, 4, 1, 23, 30, tzinfo=UTC))
    await make_talk(session, partnership, planned_on=DAY, state=TalkState.HELD, held_on=DAY)
    await make_talk(session, partnership, planned_on=DAY)
    rows = await read_alignment_rows(session, zone="Europe/Berlin")
    talk = TalkRow(department=one.id, other_department=other.id, planned_on=DAY)
    assert rows.talks == [replace(talk, held=True), talk]
    assert [(tie.a, tie.b, tie.until) for tie in rows.ties] == [(a.id, b.id, date(2026, 4, 2))]
    assert rows.parent_of == {one.id: None, other.id: None}
