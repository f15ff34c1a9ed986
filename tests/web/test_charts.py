"""The charts: well-formed pictures with a name, texts that stay texts, and gaps that stay gaps."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.web.charts import Bar, ChartLine, ChartPoint, bars, sparkline, xmr_chart
from app.web.charts.drawing import Scale, choose_ticks, draw_line, spread_out

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '</title><script>alert("1")</script>&'
VALUES = st.none() | st.floats(-1e9, 1e9) | st.decimals(-(10**9), 10**9, places=3)


def parse(drawn: Markup) -> ElementTree.Element:
    """The picture as a reader of XML takes it; it has a name and nothing that the content policy refuses."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 # our own picture
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    for each in root.iter():
        assert each.tag not in (f"{SVG}script", f"{SVG}style")
        assert not [name for name in each.attrib if name == "style" or name.startswith("on")]
    return root


def list_lines(root: ElementTree.Element) -> list[str]:
    return [each.attrib["d"] for each in root.iter(f"{SVG}path") if each.get("class") == "chart-line"]


@given(st.lists(VALUES, max_size=30), VALUES)
def test_any_series_is_a_picture(
    values: list[float | Decimal | None], target: float | Decimal | None
) -> None:
    root = parse(sparkline(values, label="On time", target=target))
    (height,) = {float(root.attrib["height"])}
    for each in root.iter(f"{SVG}circle"):
        assert 0 <= float(each.attrib["cy"]) <= height
    assert len(list_lines(root)) == (1 if any(value is not None for value in values) else 0)


def test_texts_stay_texts_in_every_chart() -> None:
    points = [ChartPoint(NASTY, 1, NASTY, is_signal=True, word=NASTY, noted=True), ChartPoint("b", 2)]
    drawings = [
        sparkline([1, 2], label=NASTY),
        xmr_chart(points, [ChartLine("centre", 1, NASTY)], label=NASTY, about=NASTY),
        bars([Bar(NASTY, 1, NASTY, NASTY)], label=NASTY, about=NASTY),
    ]
    for drawn in drawings:
        assert parse(drawn)[0].text == NASTY
        assert "<script" not in drawn


def test_a_missing_period_is_a_gap_and_no_zero() -> None:
    (line,) = list_lines(parse(sparkline([1, None, 3, 3], label="x")))
    assert line.count("M") == 2
    assert line.startswith("M3.0 21.0h0M")  # the lonely first value is a dot


def test_the_last_dot_is_that_of_the_last_known_value() -> None:
    whole = parse(sparkline([1, 5, None], label="x"))
    (dot,) = whole.iter(f"{SVG}circle")
    assert (dot.attrib["cx"], dot.attrib["cy"]) == ("48.0", "3.0")


def test_a_flat_series_runs_through_the_middle() -> None:
    assert list_lines(parse(sparkline([4, 4], label="x"))) == ["M3.0 12.0L93.0 12.0"]


def test_a_signal_is_a_diamond_with_a_word_and_a_note_is_a_ring() -> None:
    points = [
        ChartPoint("Jan", 10, "Jan: 10"),
        ChartPoint("Feb", None),
        ChartPoint("Mar", 30, "Mar: 30", is_signal=True, word="above limit", noted=True),
    ]
    lines = [ChartLine("centre", 12, "average 12"), ChartLine("limit", 20, "upper limit 20")]
    root = parse(xmr_chart(points, lines, label="Decision days", about="One signal."))
    classes = [each.get("class") for each in root.iter()]
    assert classes.count("chart-signal") == classes.count("chart-note") == 1
    assert classes.count("chart-point") == 1
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert {"above limit", "average 12", "upper limit 20", "Jan", "Mar"} <= set(texts)
    assert [each.text for each in root.iter(f"{SVG}title")] == ["Decision days", "Jan: 10", "Mar: 30"]
    assert root[1].text == "One signal."


def test_targets_are_steps_with_a_gap_where_there_was_none() -> None:
    targets = [5, 5, 7, None, 7]
    points = [ChartPoint(str(index), 6, target=target) for index, target in enumerate(targets)]
    lines = [ChartLine("aim", 7, "target ≥ 7")]
    root = parse(xmr_chart(points, lines, label="x"))
    (path,) = [each.attrib["d"] for each in root.iter(f"{SVG}path") if each.get("class") == "chart-target"]
    assert [path.count(letter) for letter in "MHV"] == [2, 4, 2]
    assert "target ≥ 7" in [each.text for each in root.iter(f"{SVG}text")]
    assert not [each for each in root.iter(f"{SVG}path") if each.get("class") == "chart-aim"]


def test_a_band_has_its_sides_as_levels() -> None:
    lines = [ChartLine("target", 5, "low 5"), ChartLine("target", 9, "high 9")]
    root = parse(xmr_chart([ChartPoint("a", 6)], lines, label="x"))
    assert [each.get("class") for each in root.iter()].count("chart-target") == 2


def test_words_that_have_no_room_are_left_out() -> None:
    points = [ChartPoint(str(index), index, word=f"a rather long word {index}") for index in range(40)]
    words = [each.text for each in parse(xmr_chart(points, label="x")).iter(f"{SVG}text")]
    assert 1 <= len([word for word in words if word and word.startswith("a rather")]) < 10
    narrow = parse(xmr_chart(points, label="x", width=340))
    assert not [each for each in narrow.iter() if each.get("class") == "chart-signal-name"]


@pytest.mark.parametrize(("locked", "marked"), [(None, 0), (2, 1), (3, 0), (0, 0)])
def test_the_place_where_limits_were_fixed_is_marked(locked: int | None, marked: int) -> None:
    points = [ChartPoint(str(index), index) for index in range(3)]
    root = parse(xmr_chart(points, label="x", locked_after=locked))
    assert [each.get("class") for each in root.iter()].count("chart-lock") == marked


@given(st.lists(VALUES, max_size=40), st.lists(st.floats(-1e6, 1e6), max_size=4))
def test_any_process_is_a_picture_and_its_points_are_inside(
    values: list[float | Decimal | None], levels: list[float]
) -> None:
    points = [ChartPoint(f"P{index}", value) for index, value in enumerate(values)]
    lines = [ChartLine("limit", level, f"{level:g}") for level in levels]
    root = parse(xmr_chart(points, lines, label="x"))
    marks = [each for each in root.iter(f"{SVG}circle") if each.get("class") == "chart-point"]
    assert len(marks) == len([value for value in values if value is not None])
    for each in marks:
        assert 0 <= float(each.attrib["cx"]) <= 760
        assert 0 <= float(each.attrib["cy"]) <= 290


def test_bars_begin_at_zero_and_what_is_missing_has_words_and_no_bar() -> None:
    rows = [Bar("Sales", 80, "80 %", "green"), Bar("Finance", 40, "40 %", "red"), Bar("People", None, "none")]
    root = parse(bars(rows, label="By department", target=90))
    drawn = list(root.iter(f"{SVG}rect"))
    first, second = (float(each.attrib["width"]) for each in drawn)
    assert first == pytest.approx(2 * second, abs=0.11)
    assert [each.get("class") for each in drawn] == ["chart-bar green", "chart-bar red"]
    assert "none" in [each.text for each in root.iter(f"{SVG}text")]


def test_negative_bars_run_to_the_other_side() -> None:
    root = parse(bars([Bar("A", -10, "-10"), Bar("B", 10, "10")], label="x"))
    left, right = (
        {name: float(each.attrib[name]) for name in ("x", "width")} for each in root.iter(f"{SVG}rect")
    )
    assert left["x"] + left["width"] == pytest.approx(right["x"], abs=0.11)


@pytest.mark.parametrize("rows", [[], [Bar("A", None, "none")], [Bar("A", 0, "0")]])
def test_bars_of_nothing_are_a_picture(rows: list[Bar]) -> None:
    parse(bars(rows, label="x"))


def test_labels_keep_their_order_and_their_distance() -> None:
    assert spread_out([10, 11, 50], apart=15, low=0, high=100) == [10, 25, 50]
    assert spread_out([98, 99], apart=15, low=0, high=100) == [85, 100]
    assert spread_out([99, 98], apart=15, low=0, high=100) == [100, 85]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_and_on_the_scale(low: float, span: float) -> None:
    scale = Scale(low, low + span, 100, 0)
    ticks = choose_ticks(scale)
    assert 1 <= len(ticks) <= 5
    assert all(scale.low - span * 1e-6 <= tick <= scale.high for tick in ticks)


def test_a_line_without_places_is_empty() -> None:
    assert draw_line([None, None]) == draw_line([]) == ""
