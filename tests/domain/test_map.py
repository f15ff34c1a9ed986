"""The strategy map: who stands where, that nothing overlaps, and that no line crosses a box."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.map_layout import VISION, Box, MapLayout, lay_out_map
from app.domain.map_order import MapLink, MapPlan, arrange_map


def measure(key: str, width: float) -> float:
    """A height that differs from box to box and grows where a box is narrow."""
    return 30 + 3 * (len(key) % 7) + 2000 / width


@st.composite
def plans(draw: st.DrawFn) -> MapPlan:
    """Plans with orphans, circles, links to nowhere and goals without a theme."""
    themes = [f"t{number}" for number in range(draw(st.integers(0, 4)))]
    goals = {
        f"g{number}": draw(st.sampled_from([*themes, None, "gone"]))
        for number in range(draw(st.integers(0, 6)))
    }
    objectives = [f"o{number}" for number in range(draw(st.integers(0, 25)))]
    ends = st.sampled_from([*objectives, *goals, "nowhere"])
    link = st.builds(MapLink, source=ends, target=ends, weight=st.sampled_from([0.0, 10.0, 45.0]))
    return MapPlan(themes, goals, objectives, draw(st.lists(link, max_size=50)))


def lay_out(plan: MapPlan) -> MapLayout:
    """From a plan to its layout."""
    return lay_out_map(arrange_map(plan), measure)


def overlap(one: Box, other: Box) -> bool:
    """Do two boxes share more than an edge?"""
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return across > 0 and down > 0


@given(plans())
def test_everything_has_one_box_and_no_two_overlap(plan: MapPlan) -> None:
    layout = lay_out(plan)
    assert set(layout.boxes) == {VISION, *plan.themes, *plan.goals, *plan.objectives}
    for box in layout.boxes.values():
        assert box.x >= 0
        assert box.right <= layout.width
        assert box.y >= 0
        assert box.bottom <= layout.height
        assert min(box.width, box.height) > 0
    for (one, first), (other, second) in combinations(layout.boxes.items(), 2):
        assert not overlap(first, second), (one, other)


@given(plans())
def test_a_box_is_high_enough_for_its_text(plan: MapPlan) -> None:
    for key, box in lay_out(plan).boxes.items():
        assert box.height >= measure(key, box.width) - 1e-9


@given(plans())
def test_every_link_is_one_line_that_crosses_no_box(plan: MapPlan) -> None:
    layout = lay_out(plan)
    sources, targets = set(plan.objectives), {*plan.objectives, *plan.goals}
    wanted = {
        (link.source, link.target)
        for link in plan.links
        if link.source in sources and link.target in targets and link.source != link.target
    }
    risers = {(goal, theme) for goal, theme in plan.goals.items() if theme in plan.themes}
    risers |= {(theme, VISION) for theme in plan.themes}
    assert sorted((line.source, line.target) for line in layout.lines) == sorted(wanted | risers)
    for line in layout.lines:
        for (left, above), (right, below) in pairwise(line.points):
            assert left == right or above == below
            stroke = Box(
                min(left, right), min(above, below), abs(right - left) + 0.01, abs(below - above) + 0.01
            )
            for key, box in layout.boxes.items():
                inner = Box(box.x + 0.1, box.y + 0.1, box.width - 0.2, box.height - 0.2)
                assert not overlap(stroke, inner), (line.source, line.target, key)
        start, end = layout.boxes[line.source], layout.boxes[line.target]
        for (x, y), box in ((line.points[0], start), (line.points[-1], end)):
            assert box.x - 0.1 <= x <= box.right + 0.1
            assert box.y - 0.1 <= y <= box.bottom + 0.1


@given(plans())
def test_the_same_plan_gives_the_same_map(plan: MapPlan) -> None:
    assert lay_out(plan) == lay_out(plan)


@given(plans())
def test_what_leads_to_no_goal_stands_apart(plan: MapPlan) -> None:
    layout = lay_out(plan)
    reached = set(plan.goals)
    sources = set(plan.objectives)
    for _ in plan.objectives:
        reached |= {link.source for link in plan.links if link.target in reached and link.source in sources}
    outside = sources - reached
    assert (layout.apart is not None) == bool(outside)
    for key in sources:
        inside = layout.apart is not None and overlap(layout.boxes[key], layout.apart)
        assert inside == (key in outside)


@given(plans())
def test_goals_stand_below_their_theme_and_objectives_below_their_goal(plan: MapPlan) -> None:
    layout = lay_out(plan)
    for goal, theme in plan.goals.items():
        if theme is not None and theme in plan.themes:
            assert layout.boxes[theme].x <= layout.boxes[goal].x
            assert layout.boxes[goal].right <= layout.boxes[theme].right
    for line in layout.lines:
        if line.first and line.source in plan.objectives:
            assert layout.boxes[line.source].y >= layout.boxes[line.target].bottom


def test_goals_that_share_objectives_come_close() -> None:
    goals: dict[str, str | None] = {f"g{number}": f"t{number}" for number in range(4)}
    links = [MapLink(f"o{number}", goal, 50.0) for number in range(3) for goal in ("g0", "g3")]
    plan = MapPlan([f"t{number}" for number in range(4)], goals, ["o0", "o1", "o2"], links)
    order = [column.goal for pillar in arrange_map(plan).pillars for column in pillar.columns]
    assert abs(order.index("g0") - order.index("g3")) == 1


def test_three_hundred_objectives_fit_a_sheet_that_lies() -> None:
    goals: dict[str, str | None] = {f"g{number}": "t" for number in range(5)}
    objectives = [f"o{number}" for number in range(300)]
    links = [MapLink(key, f"g{number % 5}") for number, key in enumerate(objectives)]
    layout = lay_out(MapPlan(["t"], goals, objectives, links))
    assert 0.9 < layout.width / layout.height < 2.3


def test_a_chain_deeper_than_boxes_are_set_in_goes_around_them() -> None:
    chain = [f"o{number}" for number in range(12)]
    links = [MapLink(source, target, 10.0) for source, target in pairwise([*reversed(chain), "g"])]
    layout = lay_out(MapPlan([], {"g": None}, chain, links))
    edges = {(line.source, line.target): line for line in layout.lines if line.first}
    deep, shallow = edges["o11", "o10"], edges["o1", "o0"]
    assert len(deep.points) == 4
    assert len(shallow.points) == 3
    assert deep.points[-1] == (layout.boxes["o10"].x, layout.boxes["o10"].middle[1])
