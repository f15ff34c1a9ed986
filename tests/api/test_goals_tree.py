"""The goal tree as a plan file: closed in itself, archived things left out, and no more than one may see."""

from datetime import UTC, date, datetime
from typing import Any

import httpx2
import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import archive_record
from app.api.v1.goals_tree import PlanOut
from app.domain.permissions import SYSTEM, Permission
from app.domain.scoring import Source
from app.domain.words import LinkType, NodeStatus
from app.models import Goal, InitiativeSupport, KpiMeasure, Link, Objective
from tests.cast import Cast
from tests.factories import (
    make_commitment,
    make_decision,
    make_decision_type,
    make_department,
    make_goal,
    make_initiative,
    make_kpi,
    make_measurement,
    make_objective,
    make_occurrence,
    make_owner,
    make_ritual,
    make_target,
    make_theme,
)

PATH = "/api/v1/goals/tree"
THEN = datetime(2026, 1, 5, tzinfo=UTC)


async def tie(session: AsyncSession, source: Objective, target: Goal | Objective, **fields: Any) -> Link:
    """A link that contributes."""
    values = {"source_id": source.id, "target_id": target.id, "type": LinkType.CONTRIBUTES}
    link = Link.model_validate(values | fields)
    session.add(link)
    await session.flush()
    return link


async def pull(client: httpx2.AsyncClient) -> dict[str, Any]:
    """The plan, which must be closed in itself and as its model says."""
    answer = await client.get(PATH)
    assert answer.status_code == 200, answer.text
    plan: dict[str, Any] = answer.json()
    assert find_dangling(plan) == []
    model = PlanOut.model_validate_json(answer.content)
    assert orjson.loads(model.model_dump_json(by_alias=True)) == plan
    return plan


def find_dangling(plan: dict[str, Any]) -> list[str]:
    """References of a plan that do not resolve in it."""
    codes = {name: {each["code"] for each in plan[name]} for name in plan if isinstance(plan[name], list)}
    nodes = codes["goals"] | codes["objectives"]
    wanted = [
        *((each["parent"], codes["departments"]) for each in plan["departments"]),
        *((each["department"], codes["departments"]) for each in plan["owners"] + plan["kpis"]),
        *((each["department"], codes["departments"]) for each in plan["objectives"] + plan["initiatives"]),
        *(
            (each["owner"], codes["owners"])
            for name in ("goals", "objectives", "initiatives", "kpis")
            for each in plan[name]
        ),
        *((each["theme"], codes["themes"]) for each in plan["goals"]),
        *((each["source"], codes["objectives"] | codes["initiatives"]) for each in plan["links"]),
        *((each["target"], nodes | codes["initiatives"]) for each in plan["links"]),
        *((code, nodes) for each in plan["initiatives"] for code in each["supports"]),
        *((code, nodes | codes["themes"]) for each in plan["kpis"] for code in each["measures"]),
        *((code or None, codes["departments"]) for each in plan["kpis"] for code in each["last_period"]),
    ]
    return [code for code, known in wanted if code is not None and code not in known]


async def make_small_plan(session: AsyncSession) -> None:
    """One of each: a theme, a goal, an objective tied to it, a KPI with its target and values."""
    head_office = await make_department(session, code="HQ", name="Head office")
    operations = await make_department(session, code="OPS", name="Operations", parent=head_office)
    ann = await make_owner(session, email="ann@x.org", name="Ann", department=operations)
    theme = await make_theme(session, code="T1", name="Customers first")
    goal = await make_goal(
        session,
        code="G1",
        title="Win back",
        why="They left",
        theme_id=theme.id,
        owner_id=ann.id,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        cross_functional=True,
        changed_at=THEN,
    )
    objective = await make_objective(
        session, code="OPS-1", title="Deliver", department=operations, owner_id=ann.id, changed_at=THEN
    )
    await tie(session, objective, goal, weight=40, rationale="Less waiting", affirmed_at=THEN)
    kpi = await make_kpi(
        session,
        code="K1",
        name="On time",
        metric="on_time",
        owner_id=ann.id,
        department_id=operations.id,
        baseline=70,
    )
    session.add_all(KpiMeasure(kpi_id=kpi.id, node_id=node.id) for node in (objective, theme))
    await make_target(session, kpi, "2026-01", "2026-12", target=90, amber=85.5, red=75)
    await make_measurement(session, kpi, "2026-09", department=operations)
    await make_measurement(session, kpi, "2026-10", department=operations)
    await make_measurement(session, kpi, "2026-10", source=Source.AGGREGATED)


async def test_the_plan_is_the_one_the_checker_reads(cast: Cast, session: AsyncSession) -> None:
    await make_small_plan(session)
    plan = await pull(await cast.viewer())
    assert plan["today"] == datetime.now(UTC).date().isoformat()
    assert plan["themes"] == [{"code": "T1", "name": "Customers first"}]
    assert plan["departments"] == [
        {"code": "HQ", "name": "Head office", "parent": None, "active": True},
        {"code": "OPS", "name": "Operations", "parent": "HQ", "active": True},
    ]
    assert plan["owners"][0] == {"code": "ann@x.org", "name": "Ann", "department": "OPS", "active": True}
    assert plan["goals"] == [
        {
            "code": "G1",
            "title": "Win back",
            "why": "They left",
            "theme": "T1",
            "owner": "ann@x.org",
            "status": "active",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
            "cross_functional": True,
            "changed_at": "2026-01-05T00:00:00Z",
        }
    ]
    assert plan["objectives"] == [
        {
            "code": "OPS-1",
            "title": "Deliver",
            "why": None,
            "department": "OPS",
            "owner": "ann@x.org",
            "status": "active",
            "starts_on": None,
            "ends_on": None,
            "changed_at": "2026-01-05T00:00:00Z",
        }
    ]
    assert plan["links"] == [
        {
            "code": "OPS-1>G1:contributes",
            "source": "OPS-1",
            "target": "G1",
            "type": "contributes",
            "weight": 40,
            "rationale": "Less waiting",
            "affirmed_at": "2026-01-05T00:00:00Z",
            "need_by": None,
            "state": None,
            "requested_on": None,
            "delivered_on": None,
        }
    ]
    assert plan["initiatives"] == []


async def test_the_plan_tells_of_initiatives_and_of_what_they_depend_on(
    cast: Cast, session: AsyncSession
) -> None:
    await make_small_plan(session)
    department = await make_department(session, code="IT")
    initiatives = [
        await make_initiative(
            session,
            **{"code": f"I{number}", "title": "Tills", "status": status},
            department=department,
            starts_on=date(2026, 2, 1),
        )
        for number, status in enumerate(("active", "finished", "cancelled", "draft"), start=1)
    ]
    objective = (await session.scalars(select(Objective))).one()
    session.add(InitiativeSupport(initiative_id=initiatives[0].id, node_id=objective.id))
    await session.flush()
    ceo = await cast.ceo()
    link = {"source": "I1", "target": "I2", "type": "depends_on", "need_by": "2026-06-30"}
    assert (await ceo.post("/api/v1/links", json=link)).status_code == 201
    plan = await pull(await cast.viewer())
    states = {each["code"]: each["status"] for each in plan["initiatives"]}
    assert states == {"I1": "active", "I2": "achieved", "I3": "abandoned"}
    assert plan["initiatives"][0] == {
        "code": "I1",
        "title": "Tills",
        "why": None,
        "department": "IT",
        "owner": None,
        "status": "active",
        "starts_on": "2026-02-01",
        "ends_on": "2026-12-31",
        "supports": [objective.code],
    }
    (told,) = [each for each in plan["links"] if each["type"] == "depends_on"]
    assert (told["code"], told["state"], told["need_by"]) == ("I1>I2:depends_on", "requested", "2026-06-30")
    assert len((await pull(ceo))["initiatives"]) == 4


async def test_the_plan_tells_what_is_measured_and_until_when(cast: Cast, session: AsyncSession) -> None:
    await make_small_plan(session)
    plan = await pull(await cast.viewer())
    (shown,) = [each for each in plan["kpis"] if not each["built_in"]]
    targets = shown.pop("targets")
    assert shown == {
        "code": "K1",
        "name": "On time",
        "metric": "on_time",
        "unit": "percent",
        "direction": "higher",
        "cadence": "monthly",
        "grace_days": 5,
        "aggregation": "mean",
        "active": True,
        "built_in": False,
        "owner": "ann@x.org",
        "measures": ["OPS-1", "T1"],
        "department": "OPS",
        "baseline": 70,
        "last_period": {"OPS": "2026-10"},
        "red_in": [],
    }
    assert [{name: value for name, value in each.items() if value is not None} for each in targets] == [
        {"from": "2026-01", "to": "2026-12", "target": 90, "amber": 85.5, "red": 75}
    ]
    assert len(plan["kpis"]) > 1


async def test_an_empty_organization_is_a_plan_too(cast: Cast) -> None:
    plan = await pull(await cast.viewer())
    assert [plan[name] for name in ("themes", "departments", "goals", "objectives", "links")] == [[]] * 5


async def test_archived_things_are_left_out_or_inactive_where_they_are_named(
    cast: Cast, session: AsyncSession
) -> None:
    above, closed, gone = [await make_department(session, code=code) for code in ("ABOVE", "CLOSED", "GONE")]
    closed.parent_id = above.id
    ann, bob = [await make_owner(session, email=f"{name}@x.org", department=gone) for name in ("ann", "bob")]
    theme, goal, old_goal = await make_theme(session), await make_goal(session), await make_goal(session)
    goal.theme_id, goal.owner_id = theme.id, ann.id
    objective = await make_objective(session, department=closed)
    old_objective = await make_objective(session, department=closed)
    await tie(session, objective, old_goal)
    await tie(session, old_objective, goal)
    await tie(session, objective, goal, archived_at=THEN)
    kpi, old_kpi = await make_kpi(session, code="LIVE"), await make_kpi(session, code="OLD")
    session.add(KpiMeasure(kpi_id=kpi.id, node_id=old_goal.id))
    await make_target(session, kpi, "2026", archived_at=THEN)
    for row in (above, closed, gone, ann, bob, theme, old_goal, old_objective, old_kpi):
        await archive_record(session, row, actor=SYSTEM)
    await session.flush()
    plan = await pull(await cast.viewer())
    assert (plan["themes"], plan["links"]) == ([], [])
    assert [(each["code"], each["theme"], each["owner"]) for each in plan["goals"]] == [
        (goal.code, None, "ann@x.org")
    ]
    assert [each["code"] for each in plan["objectives"]] == [objective.code]
    assert [(each["code"], each["active"]) for each in plan["departments"]] == [
        ("ABOVE", False),
        ("CLOSED", False),
        ("GONE", False),
    ]
    people = {each["code"]: each["active"] for each in plan["owners"]}
    assert people["ann@x.org"] is False
    assert "bob@x.org" not in people
    kpis = {each["code"]: each for each in plan["kpis"]}
    assert "OLD" not in kpis
    assert (kpis["LIVE"]["measures"], kpis["LIVE"]["targets"]) == ([], [])


async def test_last_periods_are_those_of_awaited_departments(cast: Cast, session: AsyncSession) -> None:
    north, south = await make_department(session, code="N"), await make_department(session, code="S")
    closed = await make_department(session, code="C", active=False)
    listed = await make_kpi(session, code="LISTED", departments=[north])
    free = await make_kpi(session, code="FREE")
    for kpi in (listed, free):
        for place in (north, south, closed, None):
            await make_measurement(session, kpi, "2026-09", department=place)
        await make_measurement(session, kpi, "2026-10", department=north, withdrawn=True)
        await make_measurement(session, kpi, "2026-11", department=north, known_to=THEN)
    plan = await pull(await cast.viewer())
    found = {each["code"]: each["last_period"] for each in plan["kpis"] if not each["built_in"]}
    everywhere = {"": "2026-09", "N": "2026-09", "S": "2026-09"}
    assert found == {"LISTED": {"N": "2026-09"}, "FREE": everywhere}


async def test_a_bound_client_gets_the_plan_of_its_subtree(cast: Cast, session: AsyncSession) -> None:
    top = await make_department(session, code="TOP")
    sales = await make_department(session, code="SALES", parent=top)
    shop = await make_department(session, code="SHOP", parent=sales)
    legal = await make_department(session, code="LEGAL", parent=top)
    boss = await make_owner(session, email="boss@x.org", department=top)
    clerk = await make_owner(session, email="clerk@x.org", department=shop)
    await make_owner(session, email="lawyer@x.org", department=legal)
    goal = await make_goal(session, code="G1", owner_id=boss.id)
    own = await make_objective(session, code="SHOP-1", department=shop, owner_id=clerk.id)
    other = await make_objective(session, code="LEGAL-1", department=legal)
    for source, target in ((own, goal), (other, goal), (own, other)):
        await tie(session, source, target)
    whole = await make_kpi(session, code="WHOLE")
    await make_kpi(session, code="HIDDEN", department_id=legal.id)
    await make_kpi(session, code="SHARED", department_id=legal.id, departments=[shop])
    session.add_all(KpiMeasure(kpi_id=whole.id, node_id=node.id) for node in (own, other))
    for place in (shop, legal):
        await make_measurement(session, whole, "2026-09", department=place)
        await make_target(session, whole, "2026", department_id=place.id)
    robot = await cast.machine(Permission.GOALS_READ, department_id=sales.id)
    plan = await pull(robot)
    assert [(each["code"], each["parent"]) for each in plan["departments"]] == [
        ("SALES", None),
        ("SHOP", "SALES"),
    ]
    people = {each["code"]: each["department"] for each in plan["owners"]}
    assert (people["boss@x.org"], people["clerk@x.org"]) == (None, "SHOP")
    assert "lawyer@x.org" not in people
    assert [each["code"] for each in plan["objectives"]] == ["SHOP-1"]
    assert [each["code"] for each in plan["links"]] == ["SHOP-1>G1:contributes"]
    shared, kpi = [each for each in plan["kpis"] if not each["built_in"]]
    assert (shared["code"], shared["department"]) == ("SHARED", None)
    assert (kpi["code"], kpi["measures"], kpi["last_period"]) == ("WHOLE", ["SHOP-1"], {"SHOP": "2026-09"})
    assert [each["department"] for each in kpi["targets"]] == ["SHOP"]


async def test_a_poll_that_knows_the_tree_gets_304(cast: Cast, session: AsyncSession) -> None:
    viewer = await cast.viewer()
    first = await viewer.get(PATH)
    known = {"If-None-Match": first.headers["etag"]}
    assert (await viewer.get(PATH, headers=known)).status_code == 304
    await make_theme(session)
    assert (await viewer.get(PATH, headers=known)).status_code == 200


async def test_who_may_not_pull_the_tree(cast: Cast) -> None:
    assert (await (await cast.browse()).get(PATH)).status_code == 401
    assert (await (await cast.stranger()).get(PATH)).status_code == 403
    assert (await (await cast.facilitator()).get(PATH)).status_code == 403
    assert (await (await cast.machine(Permission.METRICS_READ)).get(PATH)).status_code == 403


async def test_drafts_are_in_the_plan_of_those_who_may_write_them(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    contributor = await cast.contributor()
    mine = contributor.owner.id  # type: ignore[attr-defined]
    draft = await make_objective(session, department=department, status=NodeStatus.DRAFT, owner_id=mine)
    live, goal = await make_objective(session), await make_goal(session, status=NodeStatus.DRAFT)
    await tie(session, draft, live)
    await tie(session, live, goal)

    async def seen_by(client: httpx2.AsyncClient) -> tuple[int, int, int]:
        plan = await pull(client)
        return len(plan["goals"]), len(plan["objectives"]), len(plan["links"])

    assert await seen_by(await cast.ceo()) == (1, 2, 2)
    assert await seen_by(await cast.machine(Permission.GOALS_READ, Permission.GOALS_WRITE)) == (1, 2, 2)
    assert await seen_by(await cast.head(department)) == (0, 2, 1)
    assert await seen_by(contributor) == (0, 2, 1)
    for client in (await cast.viewer(), await cast.head(), await cast.machine(Permission.GOALS_READ)):
        assert await seen_by(client) == (0, 1, 0)


async def test_decisions_are_in_it_for_whoever_may_read_them(cast: Cast, session: AsyncSession) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    kind, decider = await make_decision_type(session, limit_days=14), await make_owner(session)
    about: dict[str, Any] = {"type_id": kind.id, "decider_id": decider.id}
    row = await make_decision(session, departments=[home, elsewhere], **about)
    await make_decision(session, departments=[elsewhere], archived_at=datetime.now(UTC))
    other = await make_decision(session, departments=[elsewhere])
    plan = await pull(await cast.viewer())
    assert [each["code"] for each in plan["decisions"]] == sorted([row.code, other.code])
    assert plan["decisions"][sorted([row.code, other.code]).index(row.code)] == {
        "code": row.code,
        "title": row.title,
        "status": "open",
        "decider": decider.email,
        "departments": sorted([home.code, elsewhere.code]),
        "raised_on": "2026-10-01",
        "opened_on": "2026-10-01",
        "needed_by": None,
        "limit_days": 14,
        "ended_on": None,
        "review_on": None,
        "reviewed_on": None,
        "reopened": 0,
    }
    assert (await pull(await cast.machine(Permission.GOALS_READ)))["decisions"] == []
    bound = await cast.machine(Permission.GOALS_READ, Permission.DECISIONS_READ, department_id=home.id)
    (seen,) = (await pull(bound))["decisions"]
    assert (seen["code"], seen["departments"]) == (row.code, [home.code])


async def test_where_a_kpi_is_red_is_told_to_whoever_may_read_values(
    cast: Cast, session: AsyncSession
) -> None:
    red, green = await make_department(session, code="RED"), await make_department(session, code="SEA")
    kpi = await make_kpi(session, departments=[red, green])
    free = await make_kpi(session)
    for department, statuses in ((red, ("green", "red")), (green, ("red", "green"))):
        for month, status in zip(("2026-09", "2026-10"), statuses, strict=True):
            await make_measurement(session, kpi, month, department=department, status=status)
    await make_measurement(session, free, "2026-10", status="red")

    async def read_red(client: httpx2.AsyncClient) -> dict[str, list[str]]:
        return {each["code"]: each["red_in"] for each in (await pull(client))["kpis"]}

    told = await read_red(await cast.viewer())
    assert (told[kpi.code], told[free.code]) == (["RED"], [""])
    assert (await read_red(await cast.machine(Permission.GOALS_READ)))[kpi.code] == []


async def test_open_commitments_are_in_it_for_whoever_may_read_them(
    cast: Cast, session: AsyncSession
) -> None:
    home, elsewhere = await make_department(session), await make_department(session)
    owner = await make_owner(session, department=home)
    foreign = await make_owner(session, department=elsewhere)
    kpi = await make_kpi(session, departments=[home], department_id=home.id)
    hidden = await make_kpi(session, department_id=elsewhere.id)
    decided = await make_decision(session, departments=[elsewhere])
    goal, theirs = await make_goal(session), await make_objective(session, department=elsewhere)
    row = await make_commitment(session, owner, kpi_id=kpi.id, goal_id=goal.id)
    abouts: list[dict[str, Any]] = [
        *({"partner_id": foreign.id}, {"decision_id": decided.id}),
        *({"goal_id": theirs.id}, {"kpi_id": hidden.id}),
    ]
    others = [await make_commitment(session, owner, **about) for about in abouts]
    others.append(await make_commitment(session, foreign))
    await make_commitment(session, owner, status="missed")
    await make_commitment(session, owner, archived_at=datetime.now(UTC))
    shown = {each["code"]: each for each in (await pull(await cast.viewer()))["commitments"]}
    assert list(shown) == sorted(each.code for each in (row, *others))
    assert shown[row.code] == {
        "code": row.code,
        "what": row.what,
        "owner": owner.email,
        "department": home.code,
        "kpi": kpi.code,
        "due_on": "2026-12-31",
    }
    assert (await pull(await cast.machine(Permission.GOALS_READ)))["commitments"] == []
    bound = await cast.machine(Permission.GOALS_READ, Permission.COMMITMENTS_READ, department_id=home.id)
    assert [each["code"] for each in (await pull(bound))["commitments"]] == [row.code]


async def test_rituals_are_in_it_for_whoever_may_read_them(cast: Cast, session: AsyncSession) -> None:
    host = await make_owner(session)
    row = await make_ritual(session, host, code="REVIEW")
    await make_ritual(session, host, archived_at=datetime.now(UTC))
    moved = datetime.fromisoformat("2026-10-15T14:00")
    await make_occurrence(session, row, date(2026, 10, 13), moved_to=moved)
    await make_occurrence(session, row, date(2024, 1, 9))
    assert (await pull(await cast.viewer()))["rituals"] == [
        {
            "code": "REVIEW",
            "name": row.name,
            "host": host.email,
            "rrule": "FREQ=MONTHLY;BYDAY=2TU",
            "starts_on": "2026-01-13",
            "ruled_from": "2026-01-01",
            "occurrences": [{"day": "2026-10-13", "on": "2026-10-15", "state": "kept"}],
        }
    ]
    assert (await pull(await cast.machine(Permission.GOALS_READ)))["rituals"] == []
    home = await make_department(session)
    bound = await cast.machine(Permission.GOALS_READ, Permission.RITUALS_READ, department_id=home.id)
    assert (await pull(bound))["rituals"] == []
