"""The bare graph read in bulk: the same as that of the plan file, whole, and of one moment."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.linkage.assembly import Plan, assemble_plan
from app.domain.linkage.catalogue import RULES
from app.domain.linkage.check import check_plan
from app.domain.linkage.graph import CONTRIBUTES
from app.domain.linkage.plan_file import read_plan_file
from app.domain.permissions import SYSTEM
from app.domain.words import LinkType, NodeStatus
from app.models import Goal, Objective
from app.queries import linkage_graph
from app.queries.goals_tree import read_goal_tree
from app.queries.linkage_graph import StoredGraph, read_graph
from app.queries.linkage_structure import check_structure
from tests.factories import make_department, make_goal, make_link, make_objective

STRUCTURAL = [rule for rule in RULES if rule.structural]
Named = tuple[dict[str, bool], list[tuple[str, str]]]


async def read_plan(session: AsyncSession) -> Plan:
    """What the plan file says."""
    document = await read_goal_tree(session, actor=SYSTEM)
    return assemble_plan(read_plan_file(document.encode()), today=date(2026, 11, 22))


async def name_stored(session: AsyncSession, stored: StoredGraph) -> Named:
    """The graph by codes: which node is live, and which contributes to which."""
    rows = await session.execute(text("select id, code from nodes"))
    codes = {row.id: row.code for row in rows}
    named = [codes[stored.id_of(node)] for node in range(stored.graph.size)]
    links = zip(stored.graph.source, stored.graph.target, strict=True)
    live = dict(zip(named, stored.graph.live.tolist(), strict=True))
    return live, sorted((named[source], named[target]) for source, target in links)


def name_planned(plan: Plan) -> Named:
    """The same of a plan."""
    graph = plan.graph
    live = {node.code: bool(live) for node, live in zip(plan.nodes, graph.live, strict=True)}
    ends = zip(graph.source[graph.contributing], graph.target[graph.contributing], strict=True)
    return live, sorted((plan.nodes[source].code, plan.nodes[target].code) for source, target in ends)


async def plant(session: AsyncSession) -> list[Objective]:
    """A goal that is reached, one that is not, and faults of every structural rule among the objectives."""
    department = await make_department(session)
    goal = await make_goal(session, code="G-1")
    await make_goal(session, code="G-2")
    await make_goal(session, code="G-3", status=NodeStatus.DRAFT)
    codes = ("A", "B", "C", "D", "E", "F", "SELF", "ORPHAN")
    objectives = [await make_objective(session, department=department, code=code) for code in codes]
    a, b, c, d, e, f, alone, _ = objectives
    for source, target in ((a, goal), (b, a), (b, goal), (c, d), (d, c), (e, f), (alone, alone)):
        await make_link(session, source, target)
    await make_link(session, a, b, type=LinkType.SUPPORTS)
    f.status = NodeStatus.PAUSED
    await session.flush()
    return objectives


async def test_it_is_the_graph_of_the_plan_file(session: AsyncSession) -> None:
    await plant(session)
    stored = await read_graph(session, session)
    live, links = await name_stored(session, stored)
    assert (live, links) == name_planned(await read_plan(session))
    assert live == {
        "G-1": True, "G-2": True, "G-3": False, "A": True, "B": True, "C": True, "D": True, "E": True,
        "F": False, "SELF": True, "ORPHAN": True,
    }  # fmt: skip
    assert ("B", "A") in links
    assert ("A", "B") not in links
    assert stored.graph.goal_count == 3
    assert set(stored.graph.kind) == {CONTRIBUTES}


async def test_it_finds_what_the_plan_file_shows_and_names_it_alike(session: AsyncSession) -> None:
    await plant(session)
    found = await check_structure(session, session)
    planned = check_plan(await read_plan(session), STRUCTURAL).findings
    told = [(each.rule, each.severity, each.message, each.fix, each.draft) for each in found]
    assert told == [(each.rule, each.severity, each.message, each.fix, each.draft) for each in planned]
    assert {each.rule for each in found} == {"L101", "L103", "L104", "L107", "L601"}
    objects = [[(item.kind, item.code, item.title) for item in each.objects] for each in found]
    assert objects == [[(item.kind, item.code, item.title) for item in each.objects] for each in planned]


async def test_objects_of_findings_are_known_by_their_ids(session: AsyncSession) -> None:
    objectives = await plant(session)
    found = await check_structure(session, session)
    (dangling,) = (each for each in found if each.rule == "L104")
    link = (
        await session.execute(text("select id from links where source_id = :id"), {"id": objectives[4].id})
    ).scalar_one()
    assert [item.key for item in dangling.objects] == [str(link)]
    assert dangling.departments == {str(objectives[4].department_id)}
    (unsupported,) = (each for each in found if each.rule == "L601")
    assert (
        UUID(unsupported.objects[0].key)
        == (await session.execute(text("select id from goals where code = 'G-2'"))).scalar_one()
    )


async def test_indexes_alone_answer(session: AsyncSession) -> None:
    # So few rows are read faster without, if that may be.
    await session.execute(text("set local enable_seqscan = off"))
    read = [linkage_graph._NODES, linkage_graph._LINKS]
    plans = [(await session.execute(text(f"explain {each.text}"))).scalars().all() for each in read]
    indexes = ("ix_objectives_graph", "uq_links_source_id_target_id_type")
    for plan, index in zip(plans, indexes, strict=True):
        assert any(f"Index Only Scan using {index}" in line for line in plan)
        assert "Sort" not in str(plan)


async def test_links_are_looked_up_piece_by_piece(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plant(session)
    whole = await read_graph(session, session)
    monkeypatch.setattr(linkage_graph, "_PIECE", 2)
    parted = await read_graph(session, session)
    assert parted.graph.source.tolist() == whole.graph.source.tolist()
    assert parted.graph.target.tolist() == whole.graph.target.tolist()


async def test_what_is_archived_is_not_there_and_neither_are_links_to_it(session: AsyncSession) -> None:
    goal, gone = await make_goal(session, code="G-1"), await make_goal(session, code="GONE")
    left, lost = await make_objective(session, code="LEFT"), await make_objective(session, code="LOST")
    for source, target in ((left, goal), (left, gone), (left, lost), (lost, goal)):
        await make_link(session, source, target)
    await make_link(session, left, left, archived_at=datetime.now(UTC))
    gone.archived_at = lost.archived_at = datetime.now(UTC)
    await session.flush()
    live, links = await name_stored(session, await read_graph(session, session))
    assert live == {"G-1": True, "LEFT": True}
    assert links == [("LEFT", "G-1")]


async def test_drafts_are_there_and_not_live(session: AsyncSession) -> None:
    goal = await make_goal(session, code="G-1")
    draft = await make_objective(session, code="DRAFT", status=NodeStatus.DRAFT)
    await make_link(session, draft, goal)
    live, links = await name_stored(session, await read_graph(session, session))
    assert live == {"G-1": True, "DRAFT": False}
    assert links == [("DRAFT", "G-1")]


async def test_ids_that_differ_in_one_half_only_are_kept_apart(session: AsyncSession) -> None:
    """Both halves of an id count: neither the same time nor the same chance makes two nodes one."""
    ids = [UUID(int=(first << 64) + second) for first in range(8) for second in range(8)]
    nodes: list[Goal | Objective] = [await make_goal(session, id=ids[0], code="N-0")]
    department = await make_department(session)
    for number, id_ in enumerate(ids[1:], start=1):
        node = await make_objective(session, department=department, id=id_, code=f"N-{number}")
        await make_link(session, node, nodes[(number * 7) % number])
        nodes.append(node)
    live, links = await name_stored(session, await read_graph(session, session))
    assert len(live) == len(ids)
    assert links == sorted((f"N-{number}", f"N-{number * 7 % number}") for number in range(1, len(ids)))


async def test_nothing_at_all_is_a_graph_too(session: AsyncSession) -> None:
    stored = await read_graph(session, session)
    assert (stored.graph.size, stored.graph.goal_count, len(stored.graph.source)) == (0, 0, 0)
    assert await check_structure(session, session) == []


async def test_two_sessions_see_one_moment(fresh_database: Database) -> None:
    """What is committed before they read, but after they began, is in neither of them."""
    async with fresh_database.unit_of_work() as session:
        goal, known = await make_goal(session, code="G-1"), await make_objective(session, code="A")
        await make_link(session, known, goal)
    async with fresh_database.open_snapshot() as (one, other):
        async with fresh_database.unit_of_work() as session:
            later = await make_objective(session, code="LATER")
            await make_link(session, later, goal)
            await make_link(session, known, known)
        live, links = await name_stored(one, await read_graph(one, other))
        assert live == {"G-1": True, "A": True}
        assert links == [("A", "G-1")]
    async with fresh_database.open_snapshot() as (one, other):
        live, links = await name_stored(one, await read_graph(one, other))
    assert live == {"G-1": True, "A": True, "LATER": True}
    assert links == [("A", "A"), ("A", "G-1"), ("LATER", "G-1")]
