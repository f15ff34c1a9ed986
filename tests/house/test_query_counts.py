"""Lists cost the same number of statements however long they are: no list has a query in a loop."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions._write import add_record
from app.api.document import list_operations
from app.domain.permissions import SYSTEM
from app.main import create_app
from app.models import (
    Commitment,
    Department,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativeSupport,
    Kpi,
    Objective,
    Owner,
    Partnership,
    Review,
    Ritual,
    RitualVerdict,
)
from app.settings import Settings
from tests.cast import Cast
from tests.factories import (
    make_change_request,
    make_client,
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
    make_occurrence,
    make_owner,
    make_parked_item,
    make_partnership,
    make_peer_note,
    make_redating,
    make_review,
    make_ritual,
    make_snapshot,
    make_survey,
    make_talk,
    make_target,
    make_theme,
)

PERIODS = tuple(f"2026-{month:02}" for month in range(1, 9))
MOST_STATEMENTS = 12
# Who asks, and which review, besides what its parts are read with.
MOST_OF_A_REVIEW = 16
# Lists that do not get longer here, and what they show.
GROWS_OTHERWISE = {
    "/api/v1/organization/visions": "versions of one text",
    "/api/v1/changes": "what is not committed yet, as everything in a test",
    "/api/v1/linkage/rules": "the catalogue of this version",
    "/api/v1/surveys/templates": "what comes with the product",
    "/api/v1/surveys/invitations": "what waits for one person; see tests/api/test_surveys.py",
}


def list_lists() -> list[str]:
    """The path of every operation that answers with many things."""
    document = create_app(
        Settings(_env_file=None), make_url("postgresql+asyncpg://nobody@nowhere/none")
    ).openapi()
    return [
        path
        for path, method, operation in list_operations(document)
        if method == "get"
        and re.search(r"PageOut|PlanOut", str(operation["responses"]["200"]))
        and "security" in operation
    ]


LISTS = list_lists()


@contextmanager
def count_statements(connection: AsyncConnection) -> Iterator[list[str]]:
    """Every statement that goes over a connection, savepoints aside."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        if "SAVEPOINT" not in str(arguments[2]):
            statements.append(str(arguments[2]))

    engine = connection.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


class World:
    """An organization that grows: every call adds some of everything, tied to each other."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.kpi: Kpi | None = None
        self.first_kpi = "K-FIRST"
        self.initiative: Initiative | None = None
        self.first_initiative = "I-FIRST"
        self.departments: list[Department] = []
        self.partnership: Partnership | None = None
        self.commitment: Commitment | None = None
        self.ritual: Ritual | None = None
        self.review: Review | None = None
        self.earlier: Owner | None = None

    async def grow(self, periods: tuple[str, ...]) -> None:
        """Adds as many of everything as there are periods."""
        for period in periods:
            department, owner = await self._add_directory()
            goal, objective = await self._add_strategy(department, owner)
            await make_link(self.session, objective, goal)
            await self._add_initiatives(department, owner, goal)
            await self._add_values(department, owner, period)
            await self._add_commitment(owner)
            await make_peer_note(self.session, department, period=period)
            await self._add_partnership(owner)
            await self._add_review(owner)
            await self._add_ritual(owner, period)
            await make_survey(self.session, departments=[str(department.id)])
            await make_client(self.session, scopes=[], department_id=department.id)
            kind = await make_decision_type(self.session)
            of_kind = {"type_id": kind.id, "decider_id": owner.id}
            await make_decision(self.session, departments=[department], goals=[goal], **of_kind)

    async def _add_review(self, owner: Owner) -> None:
        review = await make_review(self.session)
        await make_parked_item(self.session, review, by_id=owner.id)
        assert self.kpi is not None
        await make_change_request(self.session, self.kpi, review, owner)
        self.review = self.review or review
        self.review.revision += 1
        await make_snapshot(self.session, self.review)

    async def _add_commitment(self, owner: Owner) -> None:
        made = await make_commitment(self.session, owner, kpi_id=self.kpi and self.kpi.id)
        self.commitment = self.commitment or made
        await make_redating(self.session, self.commitment, date(2027, 1, 31))

    async def _add_partnership(self, owner: Owner) -> None:
        if self.earlier is not None:
            made = await make_partnership(self.session, self.earlier, owner)
            self.partnership = self.partnership or made
            await make_talk(self.session, self.partnership)
        self.earlier = owner

    async def _add_ritual(self, owner: Owner, period: str) -> None:
        invited = [str(owner.id)]
        made = await make_ritual(self.session, owner, invited=invited)
        self.ritual = self.ritual or made
        # Among the days that are listed without asking for others.
        day = datetime.now(UTC).date() - timedelta(days=int(period[-2:]))
        await make_occurrence(self.session, self.ritual, day, attended=invited)
        quarter = f"20{int(period[-2:]) + 10}-Q1"
        values = {"code": f"{made.code}:{quarter}", "ritual_id": self.ritual.id, "quarter": quarter}
        verdict = {"verdict": "keep", "reason": "Useful.", "decided_by": "Ada"}
        await add_record(self.session, RitualVerdict, values | verdict, actor=SYSTEM)

    def address(self, path: str) -> str:
        """The path of a list with what it belongs to."""
        codes = {
            "kpi": self.first_kpi,
            "initiative": self.first_initiative,
            "partnership": self.partnership.code if self.partnership else "",
            "commitment": self.commitment.code if self.commitment else "",
            "ritual": self.ritual.code if self.ritual else "",
            "review": self.review.code if self.review else "",
        }
        return path.format(**codes)

    async def _add_directory(self) -> tuple[Department, Owner]:
        parent = self.departments[-1] if self.departments else None
        department = await make_department(self.session, parent=parent)
        self.departments.append(department)
        owner = await make_owner(self.session, department=department)
        await make_owner(self.session, department=department, manager_id=owner.id)
        return department, owner

    async def _add_strategy(self, department: Department, owner: Owner) -> tuple[Goal, Objective]:
        theme = await make_theme(self.session)
        goal = await make_goal(self.session, theme_id=theme.id, owner_id=owner.id)
        return goal, await make_objective(self.session, department=department, owner_id=owner.id)

    async def _add_initiatives(self, department: Department, owner: Owner, goal: Goal) -> None:
        first, due_on = self.first_initiative, date(2027, 1, 31)
        if self.initiative is None:
            self.initiative = await make_initiative(self.session, code=first, department=department)
        await make_due_date(self.session, self.initiative, due_on)
        made = await make_initiative(self.session, department=department, owner_id=owner.id)
        self.session.add(InitiativeDepartment(initiative_id=made.id, department_id=self.departments[0].id))
        self.session.add(InitiativeSupport(initiative_id=made.id, node_id=goal.id))

    async def _add_values(self, department: Department, owner: Owner, period: str) -> None:
        self.kpi = self.kpi or await make_kpi(self.session, code=self.first_kpi, departments=[department])
        kpi = await make_kpi(self.session, departments=[department], owner_id=owner.id)
        for each in (self.kpi, kpi):
            await make_target(self.session, each, period, period, department_id=department.id)
            await make_measurement(self.session, each, period, department=department)


def make_push(periods: tuple[str, ...]) -> dict[str, object]:
    """Scores of one segment after the other."""
    scale = {"kind": "mean", "min": 0, "max": 10}
    items = [
        {
            "segment": f"seg-{period}",
            "metric": "mood",
            "period": period,
            "scale": scale,
            "value": 7,
            "respondents": 9,
        }
        for period in periods
    ]
    return {"source": "peakon", "survey": "pulse", "round": "2026", "items": items}


async def waive_something(client: httpx2.AsyncClient) -> None:
    """Checks the plan and waives the first finding that is open."""
    found = await client.get("/api/v1/linkage/findings?fresh=true&status=open&limit=1")
    (finding,) = found.json()["items"]
    expires_on = str(datetime.now(UTC).date() + timedelta(days=30))
    body = {"finding": finding["id"], "reason": "Known.", "expires_on": expires_on}
    made = await client.post("/api/v1/linkage/waivers", json=body)
    assert made.status_code == 201, made.text


async def test_a_review_needs_no_more_statements_when_everything_doubles(
    cast: Cast, session: AsyncSession, connection: AsyncConnection
) -> None:
    world, ceo = World(session), await cast.ceo()
    await make_review(session, code="2026-08")
    counts, sizes = [], []
    for periods in (PERIODS[:4], PERIODS[4:]):
        await world.grow(periods)
        await session.flush()
        with count_statements(connection) as statements:
            told = await ceo.get("/api/v1/reviews/2026-08")
        counts.append(len(statements))
        sizes.append(len(told.json()["slots"]))
    assert (sizes, told.status_code) == ([4, 8], 200)
    assert counts[0] == counts[1] <= MOST_OF_A_REVIEW, statements


def test_there_are_lists() -> None:
    assert len(LISTS) >= 8


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_needs_no_more_statements_when_it_doubles(
    path: str, cast: Cast, session: AsyncSession, connection: AsyncConnection
) -> None:
    world = World(session)
    admin = await cast.admin()
    counts, sizes = [], []
    for periods in (PERIODS[:4], PERIODS[4:]):
        await world.grow(periods)
        await session.flush()
        pushed = await admin.post("/api/v1/engagement-scores", json=make_push(periods))
        assert pushed.status_code == 200, pushed.text
        if "linkage" in path:
            await waive_something(admin)
        # More events than a page has are written already by the first half.
        asked = {"limit": 1000} if path == "/api/v1/events" else {}
        with count_statements(connection) as statements:
            answer = await admin.get(world.address(path), params=asked)
        assert answer.status_code == 200, answer.text
        counts.append(len(statements))
        sizes.append(len(answer.content))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
    assert sizes[1] > sizes[0] or path in GROWS_OTHERWISE
