"""Home: what waits for a person, where things stand, and what changed since they were here."""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions._write import archive_record, change_record
from app.actions.linkage import check_linkage, create_waiver
from app.actions.sign_ins import act_as
from app.checking import check_apart
from app.domain.linkage.findings import Severity
from app.domain.periods import Cadence, last_ended
from app.domain.permissions import SYSTEM, Role
from app.domain.words import NodeStatus
from app.models import Owner
from app.models.linkage import FindingFilter, WaiverInput
from app.models.sign_ins import SignIn
from app.queries.linkage import list_findings
from app.queries.organization import today_of
from app.web.event_runs import CODES_NAMED
from app.web.home import FINDINGS_SHOWN
from tests.factories import (
    make_commitment,
    make_department,
    make_goal,
    make_kpi,
    make_measurement,
    make_objective,
    make_owner,
)
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in
from tests.web.test_events import read_words


async def read_home(app: FastAPI, session: AsyncSession, person: Owner) -> str:
    """What somebody reads on their home page."""
    page = await (await sign_in(app, session, person)).get("/")
    assert page.status_code == 200, page.text
    return read_words(page.text[page.text.index("<main") :])


async def visit_before(session: AsyncSession, person: Owner, *, days: int) -> None:
    """A visit in another browser, some days ago."""
    then = datetime.now(UTC) - timedelta(days=days)
    session.add(SignIn(token_hash=person.id.bytes, owner_id=person.id, made_at=then, seen_at=then))
    await session.flush()


async def test_what_is_owed_is_counted_with_the_way_to_it(app: FastAPI, session: AsyncSession) -> None:
    department = await make_department(session, name="Operations")
    head = await make_owner(session, name="Hana Head", role=Role.HEAD, department=department)
    kpis = [await make_kpi(session, departments=[department], updater_id=head.id) for _ in range(3)]
    month = last_ended(await today_of(session), Cadence.MONTHLY).text
    await make_measurement(session, kpis[0], month, department=department)
    words = await read_home(app, session, head)
    assert "Good to see you, Hana" in words
    assert "2 values to report" in words
    assert "Update my values 1 of 3 done" in words
    for kpi in kpis[1:]:
        await make_measurement(session, kpi, month, department=department)
    assert "All 3 values are in" in await read_home(app, session, head)
    assert "No values are due from you." in await read_home(
        app, session, await make_owner(session, role=Role.VIEWER)
    )


async def test_open_commitments_are_mine_alone(app: FastAPI, session: AsyncSession) -> None:
    mine, other = [await make_owner(session, role=Role.CONTRIBUTOR) for _ in range(2)]
    today = await today_of(session)
    await make_commitment(session, mine, what="Mend the crane", due_on=today - timedelta(days=1))
    await make_commitment(session, mine, what="Call the yard", due_on=today + timedelta(days=1))
    await make_commitment(session, other, what="Count the ropes")
    over = await make_commitment(session, mine, what="Paint the hull")
    await archive_record(session, over, actor=SYSTEM)
    words = (await read_home(app, session, mine)).partition("In the last")[0]
    assert "Mend the crane 1 day overdue" in words
    assert words.index("Mend the crane") < words.index("Call the yard 1 day left")
    assert "Count the ropes" not in words
    assert "Paint the hull" not in words


async def test_scores_and_findings_are_those_of_the_own_department(
    app: FastAPI, session: AsyncSession
) -> None:
    ops, other = await make_department(session, name="Operations"), await make_department(session)
    await make_objective(session, title="Drift", department=ops)
    await make_objective(session, title="Float", department=other)
    await check_linkage(session, check_apart, actor=SYSTEM)
    words = await read_home(app, session, await make_owner(session, role=Role.HEAD, department=ops))
    assert "Whole organization" in words
    shown = words[words.index("Findings in Operations") :]
    assert "“Drift”" in shown
    assert "“Float”" not in shown
    everything = await read_home(app, session, await make_owner(session, role=Role.VIEWER))
    assert "“Float”" in everything


async def test_the_worst_findings_come_first_and_those_let_be_are_left_out(
    app: FastAPI, session: AsyncSession
) -> None:
    person = await make_owner(session, role=Role.VIEWER)
    for number in range(FINDINGS_SHOWN):
        await make_objective(session, code=f"DRIFT-{number}", title=f"Drift {number}")
    await make_goal(session, code="LONELY", title="Lonely", theme_id=None)
    await check_linkage(session, check_apart, actor=SYSTEM)
    rows, _ = await list_findings(session, FindingFilter(), actor=SYSTEM)
    errors = [row.finding for row in rows if row.finding.severity is Severity.ERROR]
    assert len(rows) > len(errors) > FINDINGS_SHOWN
    words = await read_home(app, session, person)
    shown = words[words.index("Findings") :]
    assert sum(each.message in shown for each in errors) == FINDINGS_SHOWN
    assert f"See all {len(rows)}" in words
    warning = next(row.finding for row in rows if row.finding.severity is Severity.WARNING)
    until = await today_of(session) + timedelta(days=9)
    waiver = WaiverInput(finding=str(warning.id), reason="Known.", expires_on=until)
    await create_waiver(session, waiver, actor=SYSTEM)
    assert f"See all {len(rows) - 1}" in await read_home(app, session, person)


async def test_what_others_changed_since_the_last_visit_is_told(app: FastAPI, session: AsyncSession) -> None:
    person = await make_owner(session, role=Role.VIEWER, name="Vera Viewer")
    colleague = await make_owner(session, role=Role.EXECUTIVE, name="Carl Colleague")
    goal = await make_goal(session, title="Grow")
    await change_record(session, goal, {"title": "Grow more"}, actor=act_as(colleague))
    await change_record(session, goal, {"title": "Grow most"}, actor=act_as(person))
    first = await read_home(app, session, person)
    assert "In the last 7 days" in first
    assert "Carl Colleague changed the title of goal" in first
    assert "Vera Viewer changed" not in first
    await sign_in(app, session, person)
    assert "signed in" not in await read_home(app, session, colleague)
    await visit_before(session, person, days=2)
    assert "Since you were here," in await read_home(app, session, person)


async def test_many_changes_of_one_kind_are_one_line(app: FastAPI, session: AsyncSession) -> None:
    for number in range(CODES_NAMED + 2):
        await make_goal(session, code=f"GOAL-{number}")
    words = await read_home(app, session, await make_owner(session, role=Role.VIEWER))
    assert "The command line created 6 goals: GOAL-5, GOAL-4, GOAL-3, GOAL-2 and 2 more." in words


async def test_nobody_is_told_of_drafts_or_keys_and_a_facilitator_of_no_names(
    app: FastAPI, session: AsyncSession
) -> None:
    await make_goal(session, code="DREAM", title="A dream", status=NodeStatus.DRAFT)
    for role in Role:
        words = await read_home(app, session, await make_owner(session, role=role, name="Some Body"))
        assert ("DREAM" in words) == (role in (Role.ADMIN, Role.EXECUTIVE)), role
    facilitator = await read_home(app, session, await make_owner(session, role=Role.FACILITATOR))
    assert "The command line" not in facilitator
    assert "kept from that role" in facilitator


async def test_a_full_home_costs_as_many_statements_as_an_empty_one(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    department = await make_department(session)
    person = await make_owner(session, role=Role.HEAD, department=department)
    browser = await sign_in(app, session, person)
    counts = []
    for number in (0, 5):
        for _ in range(number):
            await make_objective(session, department=department)
            await make_kpi(session, departments=[department], updater_id=person.id)
            await make_commitment(session, person)
        await check_linkage(session, check_apart, actor=SYSTEM)
        with count_statements(connection) as statements:
            assert (await browser.get("/")).status_code == 200
        counts.append(len(statements))
    assert counts[0] <= counts[1] <= 18


async def test_an_empty_installation_shows_first_steps_to_who_can_take_them(
    app: FastAPI, session: AsyncSession
) -> None:
    await check_linkage(session, check_apart, actor=SYSTEM)
    words = await read_home(app, session, await make_owner(session, role=Role.ADMIN))
    assert "First steps" in words
    assert "alignment score of 100" not in words
    assert "First steps" not in await read_home(app, session, await make_owner(session, role=Role.VIEWER))
    await make_goal(session)
    await check_linkage(session, check_apart, actor=SYSTEM)
    words = await read_home(app, session, await make_owner(session, role=Role.ADMIN))
    assert "First steps" not in words
    assert "alignment score of 100" in words
