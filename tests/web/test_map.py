"""The strategy map: what it shows to whom, its findings, its list, and its cost."""

import re

import pytest
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.actions.linkage import check_linkage
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Role
from app.domain.words import LinkType, NodeStatus
from app.models import Department
from app.web.charts.texts import estimate_width, wrap_text
from tests.factories import make_department, make_goal, make_link, make_objective, make_owner, make_theme
from tests.house.test_query_counts import count_statements
from tests.web.browsing import sign_in

NODE = re.compile(r'<g class="map-node (\w+)( pending)?" data-node="(\d+)"(?: id="at-([^"]*)")?>')
LINE = re.compile(r'<g class="map-line([^"]*)" data-ends="(\d+) (\d+)">')


async def plant_strategy(session: AsyncSession) -> Department:
    """A theme, two goals, an objective that serves both, one below it, and one that leads to nothing."""
    department = await make_department(session, code="OPS", name="Operations")
    theme = await make_theme(session, code="T1", name="Closer <to> people")
    first = await make_goal(session, code="G1", title="Grow", theme_id=theme.id, rank=1)
    second = await make_goal(session, code="G2", title="Stay", theme_id=theme.id, rank=2)
    both = await make_objective(session, code="OPS-1", title="Serve both", department=department)
    under = await make_objective(session, code="OPS-2", title="Hang below", department=department)
    await make_objective(session, code="OPS-3", title="Hang on nothing", department=department)
    await make_link(session, both, first, weight=70)
    await make_link(session, both, second)
    await make_link(session, under, both)
    await check_linkage(session, check_apart, actor=SYSTEM)
    return department


def read_nodes(text: str) -> dict[str, tuple[str, str]]:
    """Kind and number of every box, by code."""
    return {code: (kind, number) for kind, _, number, code in NODE.findall(text) if code}


async def test_everything_is_drawn_and_linked(app: FastAPI, session: AsyncSession) -> None:
    await plant_strategy(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/goals/map")
    assert page.status_code == 200, page.text
    nodes = read_nodes(page.text)
    assert {code: kind for code, (kind, _) in nodes.items()} == {
        "T1": "theme", "G1": "goal", "G2": "goal", "OPS-1": "objective", "OPS-2": "objective",
        "OPS-3": "objective",
    }  # fmt: skip
    number = {code: number for code, (_, number) in nodes.items()}
    lines = {(source, target): looks for looks, source, target in LINE.findall(page.text)}
    assert lines[number["OPS-1"], number["G1"]] == lines[number["OPS-2"], number["OPS-1"]] == ""
    assert lines[number["OPS-1"], number["G2"]] == " other"
    assert "1 of them leads to no goal" in page.text
    assert 'href="/objectives/OPS-3#findings"' in page.text
    assert 'href="/goals/G1"' in page.text
    assert "Closer &lt;to&gt; people" in page.text
    assert "1 finding about OPS-3" in page.text or re.search(r"\d findings about OPS-3", page.text)
    assert [str(error) for error in JustHTML(page.text, collect_errors=True).errors] == []


async def test_the_list_beside_tells_the_same(app: FastAPI, session: AsyncSession) -> None:
    await plant_strategy(session)
    await make_goal(session, code="G3", title="Alone")
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    text = (await browser.get("/goals/map")).text
    told = text[text.index('<ul class="map-list">') :]
    words = " ".join(re.sub(r"<[^>]*>", " ", told).split())
    places = [
        words.index(part) for part in ("Closer", "G1 Grow", "OPS-1 Serve both", "OPS-2 Hang below", "G2 Stay")
    ]
    assert places == sorted(places)
    assert "G3 Alone Nothing contributes to this goal." in words
    assert words.index("Leads to no goal") < words.index("OPS-3 Hang on nothing")


async def test_a_department_is_shown_with_what_it_leads_to(app: FastAPI, session: AsyncSession) -> None:
    operations = await plant_strategy(session)
    below = await make_department(session, code="NIGHT", parent=operations)
    other = await make_department(session, code="ELSE")
    deep = await make_objective(session, code="NIGHT-1", department=below)
    foreign = await make_objective(session, code="ELSE-1", department=other)
    await make_objective(session, code="ELSE-2", department=other)
    await make_link(session, deep, foreign)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    shown = read_nodes((await browser.get("/goals/map?department=ops")).text)
    assert {"OPS-1", "NIGHT-1", "ELSE-1", "G1"} < set(shown)
    assert "ELSE-2" not in shown
    night = read_nodes((await browser.get("/goals/map?department=NIGHT")).text)
    assert {code for code in night if "-" in code} == {"NIGHT-1", "ELSE-1"}


async def test_what_is_over_or_archived_is_left_out_and_drafts_are_for_their_writers(
    app: FastAPI, session: AsyncSession
) -> None:
    department = await plant_strategy(session)
    await make_objective(session, code="OLD", department=department, status=NodeStatus.ACHIEVED)
    await make_objective(session, code="WAIT", department=department, status=NodeStatus.PAUSED)
    await make_objective(session, code="IDEA", department=department, status=NodeStatus.DRAFT)
    await make_goal(session, code="DREAM", title="A dream", status=NodeStatus.DRAFT)
    for role, drafts in (
        (Role.EXECUTIVE, {"IDEA", "DREAM"}),
        (Role.HEAD, {"IDEA"}),
        (Role.CONTRIBUTOR, set()),
        (Role.VIEWER, set()),
    ):
        browser = await sign_in(app, session, await make_owner(session, role=role, department=department))
        text = (await browser.get("/goals/map")).text
        assert set(read_nodes(text)) & {"IDEA", "DREAM", "OLD", "WAIT"} == drafts | {"WAIT"}, role
        assert ("A dream" in text) == ("DREAM" in drafts)
        pending = {code for _, dashed, _, code in NODE.findall(text) if dashed}
        assert pending == drafts | {"WAIT"}
    browser = await sign_in(app, session, await make_owner(session, role=Role.FACILITATOR))
    assert (await browser.get("/goals/map")).status_code == 403


async def test_an_empty_plan_and_circles_are_drawn_too(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    empty = await browser.get("/goals/map")
    assert "No vision has been written down yet" in empty.text
    one, other = [await make_objective(session, code=code) for code in ("C-1", "C-2")]
    await make_link(session, one, other)
    await make_link(session, other, one)
    await make_link(session, one, other, type=LinkType.SUPPORTS)
    page = await browser.get("/goals/map")
    assert len(LINE.findall(page.text)) == 2
    assert "2 of them lead to no goal" in page.text


@pytest.mark.parametrize(
    "bad", ["size=huge", "x=1", "department=%00", f"department={'x' * 321}", "department=NOWHERE"]
)
async def test_what_means_nothing_is_refused(app: FastAPI, session: AsyncSession, bad: str) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await browser.get(f"/goals/map?{bad}")).status_code == 422


async def test_a_large_map_costs_as_many_statements_as_a_small_one(
    app: FastAPI, session: AsyncSession, connection: AsyncConnection
) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    counts = []
    for number in (2, 30):
        goal = await make_goal(session)
        for _ in range(number):
            await make_link(session, await make_objective(session), goal)
        with count_statements(connection) as statements:
            page = await browser.get("/goals/map")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12
    assert len(LINE.findall(page.text)) == 32
    assert "Fit to width" not in page.text


@pytest.mark.parametrize("text", ["", "A", "word " * 40, "x" * 300, "Ünïcödé and 漢字 too"])
def test_broken_lines_fit_and_lose_nothing_but_their_end(text: str) -> None:
    lines = wrap_text(text, 150, size=12, most=4)
    assert 1 <= len(lines) <= 4
    assert all(estimate_width(line, 12) <= 150 for line in lines)
    kept = "".join("".join(lines).split()).removesuffix("…")
    assert "".join(text.split()).startswith(kept)
    assert kept == "".join(text.split()) or lines[-1].endswith("…")
