"""`/alignment`: a sentence and a picture for each fact, for everybody with a role."""

from uuid import UUID
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from justhtml import JustHTML
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.alignment import renew_alignment
from app.domain.alignment.facts import (
    Conflict,
    ConflictKind,
    Corner,
    Distance,
    MapGroup,
    Pair,
    PairMap,
    Quadrant,
    Stand,
    Verdict,
)
from app.domain.permissions import SYSTEM, Role
from app.measuring import measure_apart
from app.web.alignment_pictures import show_conflict, show_pairs, show_quadrant
from app.web.charts import (
    Corners,
    Interval,
    MapCell,
    PairedLine,
    QuadrantDot,
    Slope,
    draw_intervals,
    draw_pair_map,
    draw_paired_lines,
    draw_quadrant,
    draw_slopes,
)
from tests.api.test_alignment import make_company
from tests.factories import make_kpi, make_link, make_measurement, make_objective, make_owner
from tests.web.browsing import open_browser, sign_in
from tests.web.test_charts import NASTY, SVG, parse

CORNERS = Corners("together", "elsewhere", "scattered", "split", 0.05, 0.5, "far", "agreed")
SALES = UUID(int=1)
GAPS = st.floats(-1, 2)
WIDTHS = st.sampled_from([340, 720])


async def read_page(app: FastAPI, session: AsyncSession, role: Role = Role.VIEWER) -> str:
    """The page as somebody with this role gets it."""
    browser = await sign_in(app, session, await make_owner(session, role=role))
    answer = await browser.get("/alignment")
    assert answer.status_code == 200
    return answer.text


def read_text(page: str) -> str:
    return " ".join(JustHTML(page, sanitize=False).to_text().split())


async def test_the_page_says_and_draws_what_was_measured(app: FastAPI, session: AsyncSession) -> None:
    await make_company(session)
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    page = await read_page(app, session)
    text = read_text(page)
    for said in (
        "Where does the strategy get lost?",
        "The strategy breaks between senior leaders and middle managers (gap ",
        "Operations is united, but around other priorities than the executives.",
        "Of 3 pairs 2 stand out, all with Operations.",
        "23 people put the priorities in order",
        "23 of 40 answered",
        "Groups of fewer than 5, or from which so few could be derived, are not shown.",
    ):
        assert said in text
    # Each of the three pictures in two widths, with its figures beside it.
    assert page.count('class="chart ') == 6
    assert page.count("Show the figures") == 3
    assert "Make a survey" not in text


async def test_before_anything_is_measured_the_page_says_so(app: FastAPI, session: AsyncSession) -> None:
    assert "Nothing is measured yet." in read_text(await read_page(app, session))


async def test_without_a_survey_the_page_tells_how_to_get_an_answer(
    app: FastAPI, session: AsyncSession
) -> None:
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    assert "Nobody was asked yet." in read_text(await read_page(app, session))
    assert "Make a survey" in read_text(await read_page(app, session, Role.FACILITATOR))
    assert "Make a survey" not in read_text(await read_page(app, session, Role.CONTRIBUTOR))


async def test_a_facilitator_sees_conflicts_without_names_and_signals_without_ways(
    app: FastAPI, session: AsyncSession
) -> None:
    owner = await make_owner(session, name="Ada Lock")
    one = await make_objective(session, title="Cut stock", owner_id=owner.id)
    await make_link(session, one, await make_objective(session), type="conflicts_with")
    kpi = await make_kpi(session, code="LATE", name="Late orders")
    for month, value in enumerate([5, 6, 5, 6, 5, 6, 5, 30], 1):
        await make_measurement(session, kpi, f"2026-{month:02}", value=value)
    await renew_alignment(session, measure_apart, actor=SYSTEM)
    page = await read_page(app, session, Role.HEAD)
    assert "To talk about it: Ada Lock." in read_text(page)
    assert 'href="/kpis/LATE"' in page
    page = await read_page(app, session, Role.FACILITATOR)
    assert "Cut stock" in page
    assert "Ada Lock" not in page
    assert 'href="/kpis/LATE"' not in page
    assert "Late orders" in page


async def test_home_leads_to_the_page(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.HEAD))
    assert 'href="/alignment"' in (await browser.get("/")).text


async def test_nobody_reads_it_without_signing_in(app: FastAPI) -> None:
    answer = await open_browser(app).get("/alignment")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


def list_texts(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


@given(st.lists(st.tuples(GAPS, GAPS, GAPS), max_size=4), WIDTHS)
def test_any_intervals_are_a_picture(gaps: list[tuple[float, float, float]], width: int) -> None:
    rows = [Interval(NASTY, min(each), sorted(each)[1], max(each), "breaks here", "red") for each in gaps]
    few = Interval("few", None, None, None, "too few")
    root = parse(draw_intervals([*rows, few], axis="gap", label="L", width=width))
    reaches = [each for each in root.iter(f"{SVG}path") if "chart-reach" in each.get("class", "")]
    assert len(reaches) == len(gaps)
    assert "too few" in list_texts(root)


@given(st.lists(st.tuples(GAPS, GAPS, GAPS, st.floats(-1, 1)), max_size=8), WIDTHS)
def test_any_departments_are_a_picture(dots: list[tuple[float, float, float, float]], width: int) -> None:
    shown = [
        QuadrantDot(f"{NASTY} {at}", middle, low, high, y, "amber")
        for at, (one, two, three, y) in enumerate(dots)
        for low, middle, high in [sorted((one, two, three))]
    ]
    root = parse(draw_quadrant(shown, CORNERS, label="L", width=width))
    assert len(list(root.iter(f"{SVG}circle"))) == len(dots)
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= width
    assert {"together", "elsewhere", "scattered", "split"} <= set(list_texts(root))


@given(st.integers(1, 20), WIDTHS)
def test_any_map_is_a_square_with_both_halves(count: int, width: int) -> None:
    cells = [
        MapCell(one, other, (one + other) / 20 if one else None, "–", "told", stands_out=one % 2 == 1)
        for one in range(count)
        for other in range(one + 1, count)
    ]
    root = parse(draw_pair_map([f"Group {at}" for at in range(count)], cells, label="L", width=width))
    squares = [each for each in root.iter(f"{SVG}rect") if "chart-cell" in each.get("class", "")]
    assert len(squares) == count * (count - 1)
    for square in root.iter(f"{SVG}rect"):
        assert float(square.attrib["x"]) + float(square.attrib["width"]) <= width


@pytest.mark.parametrize("width", [340, 720])
def test_slopes_have_a_line_for_each_goal(width: int) -> None:
    rows = [
        Slope(f"A long name of a goal that has to be broken {at}", at, 6 - at, "5 %", "red")
        for at in range(1, 6)
    ]
    root = parse(draw_slopes(rows, heads=("said", "done"), label="L", width=width))
    assert len([each for each in root.iter(f"{SVG}path") if "chart-slope" in each.get("class", "")]) == 5
    assert {"said", "done"} <= set(list_texts(root))


def test_two_lines_have_gaps_where_values_are_missing() -> None:
    lines = [PairedLine("One", [0, None, 1]), PairedLine("Two", [])]
    root = parse(draw_paired_lines(lines, first_period="May", last_period="July", label="L"))
    first = next(each for each in root.iter(f"{SVG}path") if "pair-1" in each.get("class", ""))
    assert first.attrib["d"].count("M") == 2


def test_what_has_no_figures_is_not_drawn_but_told() -> None:
    nothing = Distance(Verdict.FEW)
    stand = Stand(SALES, "Sales", 7, 0.4, None, None, nothing, Corner.UNKNOWN, "Sales: agreement .40.")
    alike = Stand(SALES, "Stores", 7, None, None, None, Distance(Verdict.ALIKE), Corner.UNKNOWN, "Alike.")
    fact = show_quadrant(Quadrant("Said.", (stand, alike), 0, 3), minimum=5, agreed=0.5, negligible=0.05)
    assert fact.picture is None
    assert fact.rows[0].cells == ("7", ".40", "–", "too few to say", "too few to say")
    assert fact.rows[1].cells[1:4] == ("–", "–", "nearly all alike")
    assert fact.hint.startswith("3 people stand in no department")
    groups = (MapGroup(SALES, "Sales", 7), MapGroup(None, "Executives", 6))
    told = show_pairs(PairMap("Said.", groups, (Pair(0, 1, nothing, False),), 2))
    assert (told.picture, told.hint) == (None, "The 2 largest groups; 2 more are left out.")


def test_a_conflict_without_series_has_no_picture() -> None:
    told = show_conflict(Conflict(ConflictKind.DECLARED, "One", "Two", (), (), "One against two."))
    assert (told.picture, told.owners) == (None, "")
