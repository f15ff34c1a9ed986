"""Where everything goes on a strategy map: boxes in bands, lines around them. Pixels, but no drawing.

From top to bottom: the vision, the themes, their goals, and under each goal what contributes to it, in as
many lanes side by side as a landscape page asks for. What leads to no goal stands apart on the right.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from app.domain.map_order import Arrangement, Branch, MapLink

VISION = ""
MARGIN = 8.0
BOX_WIDTH = 174.0
# Left of each lane: lines from the lane before, then the trunk of this one.
GUTTER = 30.0
TRUNK = 20.0
CHANNELS = (3.0, 7.0, 11.0)
INSET = 14.0
DEEPEST_INSET = 4
BETWEEN = 9.0
BAND_GAP = 26.0
TRACK = 6.0
MOST_TRACKS = 16
APART_GAP = 26.0
APART_HEAD = 40.0
# The narrowest a page should be before it grows downwards, and the shape of a sheet that lies.
COMFORTABLE = 1180.0
SHEET = 1.45
# About what vision, themes and goals take above; a lane reaches down at least that far.
HEAD = 260.0
LOWEST = 320.0
_GROWTH = 1.12
_NARROWLY = 1.03
_LANE = GUTTER + BOX_WIDTH

Height = Callable[[str, float], float]
Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle; x to the right, y down."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends on the right."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


class MapLine(NamedTuple):
    """A line along points, at right angles; `first` is the link by which a box found its place."""

    source: str
    target: str
    weight: float
    first: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class MapLayout:
    """The finished map: boxes by key (`VISION` for the vision), lines, and the frame of what stands apart."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: Sequence[MapLine]
    apart: Box | None


@dataclass(slots=True)
class _Sheet:
    height_of: Height
    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[MapLine] = field(default_factory=list)
    # Where the lane of an objective begins on the left.
    lanes: dict[str, float] = field(default_factory=dict)


def lay_out_map(arrangement: Arrangement, height_of: Height) -> MapLayout:
    """Boxes and lines of an arrangement. `height_of(key, width)`: how high a box of this width must be.

    No two boxes overlap, and no line crosses a box. Deterministic; O(boxes · widths tried + links).
    """
    sheet = _Sheet(height_of)
    limit = _choose_limit(arrangement, height_of)
    right = _place_pillars(sheet, arrangement, limit)
    end = _reserve_lanes(sheet, arrangement.apart, right + APART_GAP, limit)
    tracks = _colour_tracks(sheet, arrangement.others)
    top = _place_bands(sheet, arrangement, right, len(set(tracks.values())))
    for pillar in arrangement.pillars:
        for column in pillar.columns:
            _hang_branches(sheet, column.branches, top, limit, under=column.goal)
    apart = None
    if arrangement.apart:
        _hang_branches(sheet, arrangement.apart, top, limit, under=None)
        apart = _frame_apart(sheet, right + APART_GAP, end, top)
        right = apart.right
    _draw_others(sheet, arrangement.others, tracks)
    bottom = max([box.bottom for box in sheet.boxes.values()] + ([apart.bottom] if apart else []), default=0)
    return MapLayout(right + 2 * MARGIN, bottom + MARGIN, sheet.boxes, sheet.lines, apart)


def _choose_limit(arrangement: Arrangement, height_of: Height) -> float:
    """How far a lane may reach down, so that the whole fits a sheet that lies."""
    groups = [column.branches for pillar in arrangement.pillars for column in pillar.columns]
    groups += [arrangement.apart] if arrangement.apart else []
    heights = [[_measure_branch(branch, height_of) for branch in group] for group in groups]
    limit = max([LOWEST, *(max(group) for group in heights if group)])
    tried = []
    while True:
        lanes = [
            sum(group[place] for place in lane) for group in heights for lane in _split_lanes(group, limit)
        ]
        width = max(COMFORTABLE, len(lanes) * _LANE)
        tried.append((abs(log(width / (SHEET * (max(lanes, default=0.0) + HEAD)))), limit))
        if len(lanes) <= len(groups):
            return min(tried)[1]
        limit *= _GROWTH


def _measure_branch(branch: Branch, height_of: Height, depth: int = 0) -> float:
    return sum(
        height_of(each.key, _inner_width(level)) + BETWEEN for each, level in _list_rows([branch], depth)
    )


def _list_rows(branches: Iterable[Branch], depth: int = 0) -> Iterable[tuple[Branch, int]]:
    """Branches and their twigs, each above what stands under it, with how deep it stands."""
    waiting = [(branch, depth) for branch in reversed(list(branches))]
    while waiting:
        branch, level = waiting.pop()
        yield branch, level
        waiting += [(twig, level + 1) for twig in reversed(branch.twigs)]


def _inset(depth: int) -> float:
    return INSET * min(depth, DEEPEST_INSET)


def _inner_width(depth: int) -> float:
    return BOX_WIDTH - _inset(depth)


def _split_lanes(heights: Sequence[float], limit: float) -> list[list[int]]:
    """Positions of branches by lane: as many lanes as the limit asks for, about equally high."""
    lanes = _fill_lanes(heights, limit)
    even = max([sum(heights) / len(lanes), *heights])
    while len(balanced := _fill_lanes(heights, even)) > len(lanes):
        even *= _NARROWLY
    return balanced


def _fill_lanes(heights: Sequence[float], limit: float) -> list[list[int]]:
    """A lane is full when the next branch would reach beyond the limit."""
    lanes: list[list[int]] = [[]]
    filled = 0.0
    for position, height in enumerate(heights):
        if filled and filled + height > limit:
            lanes.append([])
            filled = 0.0
        lanes[-1].append(position)
        filled += height
    return lanes


def _place_pillars(sheet: _Sheet, arrangement: Arrangement, limit: float) -> float:
    """Gives goals and themes their place from left to right; how high and how deep comes later."""
    x = MARGIN
    for pillar in arrangement.pillars:
        start = x
        for column in pillar.columns:
            end = _reserve_lanes(sheet, column.branches, x, limit)
            sheet.boxes[column.goal] = Box(x + 6, 0, end - x - 6, 0)
            x = end
        if not pillar.columns:
            x += _LANE
        if pillar.theme is not None:
            sheet.boxes[pillar.theme] = Box(start + 6, 0, x - start - 6, 0)
    return max(x, MARGIN + _LANE)


def _reserve_lanes(sheet: _Sheet, branches: Sequence[Branch], x: float, limit: float) -> float:
    """Gives every objective of a group its lane; answers where the lanes end, one at least."""
    heights = [_measure_branch(branch, sheet.height_of) for branch in branches]
    lanes = _split_lanes(heights, limit)
    for number, positions in enumerate(lanes):
        for branch, _ in _list_rows([branches[position] for position in positions]):
            sheet.lanes[branch.key] = x + number * _LANE
    return x + len(lanes) * _LANE


def _place_bands(sheet: _Sheet, arrangement: Arrangement, right: float, tracks: int) -> float:
    """The heights of vision, themes and goals; answers where the objectives begin."""
    y = MARGIN
    sheet.boxes[VISION] = Box(MARGIN + 6, 0, right - MARGIN - 6, 0)
    goals = [column.goal for pillar in arrangement.pillars for column in pillar.columns]
    themes = [pillar.theme for pillar in arrangement.pillars if pillar.theme is not None]
    for band in ([VISION], themes, goals):
        height = max((sheet.height_of(key, sheet.boxes[key].width) for key in band), default=0.0)
        for key in band:
            sheet.boxes[key] = sheet.boxes[key]._replace(y=y, height=height)
        y += height + BAND_GAP if band else 0
    for pillar in arrangement.pillars:
        if pillar.theme is not None:
            _draw_riser(sheet, pillar.theme, VISION)
            for column in pillar.columns:
                _draw_riser(sheet, column.goal, pillar.theme)
    return y - BAND_GAP + 18 + TRACK * min(tracks, MOST_TRACKS)


def _draw_riser(sheet: _Sheet, source: str, target: str) -> None:
    x = sheet.boxes[source].middle[0]
    points = ((x, sheet.boxes[source].y), (x, sheet.boxes[target].bottom))
    sheet.lines.append(MapLine(source, target, 0, True, points))


def _hang_branches(
    sheet: _Sheet, branches: Sequence[Branch], top: float, limit: float, *, under: str | None
) -> None:
    heights = [_measure_branch(branch, sheet.height_of) for branch in branches]
    for lane in _split_lanes(heights, limit):
        y = top
        for branch, depth in _list_rows([branches[position] for position in lane]):
            width = _inner_width(depth)
            x = sheet.lanes[branch.key] + GUTTER + _inset(depth)
            box = sheet.boxes[branch.key] = Box(x, y, width, sheet.height_of(branch.key, width))
            y = box.bottom + BETWEEN
            if branch.link is not None:
                _draw_first(sheet, branch.link, under=under if depth == 0 else None)


def _draw_first(sheet: _Sheet, link: MapLink, *, under: str | None) -> None:
    """From the left of a box to the trunk of its goal, or to the lower left of the box it stands under."""
    box, target = sheet.boxes[link.source], sheet.boxes[link.target]
    y = box.middle[1]
    if under is None and box.x > target.x:
        points: tuple[Point, ...] = (
            (box.x, y),
            (target.x + INSET / 2, y),
            (target.x + INSET / 2, target.bottom),
        )
    elif under is None:
        # As deep as boxes are set in: around the left side.
        x = target.x - CHANNELS[-1] / 2
        points = ((box.x, y), (x, y), (x, target.middle[1]), (target.x, target.middle[1]))
    else:
        x = sheet.lanes[link.source] + TRUNK
        points = ((box.x, y), (x, y), (x, target.bottom))
    sheet.lines.append(MapLine(link.source, link.target, link.weight, True, points))


def _frame_apart(sheet: _Sheet, x: float, end: float, top: float) -> Box:
    """Around everything that stands apart, with room for a heading above it."""
    start = top - APART_HEAD
    bottom = max(box.bottom for key, box in sheet.boxes.items() if sheet.lanes.get(key, 0) >= x)
    return Box(x + 8, start, end - x + CHANNELS[-1], bottom + 12 - start)


def _colour_tracks(sheet: _Sheet, links: Sequence[MapLink]) -> dict[int, int]:
    """A horizontal track for each link between lanes, so that those side by side share none (greedy)."""
    spans = []
    for number, link in enumerate(links):
        start, end = (_right_of(sheet, key) for key in (link.source, link.target))
        if start != end or link.target not in sheet.lanes:
            spans.append((min(start, end), max(start, end), number))
    free: list[float] = []
    tracks = {}
    for low, high, number in sorted(spans):
        track = next((each for each, until in enumerate(free) if until < low), len(free))
        free[track : track + 1] = [high]
        tracks[number] = track % MOST_TRACKS
    return tracks


def _right_of(sheet: _Sheet, key: str) -> float:
    """Where the lane of an objective ends, or a goal: from there lines leave and enter."""
    return sheet.lanes[key] + _LANE if key in sheet.lanes else sheet.boxes[key].right


def _draw_others(sheet: _Sheet, links: Sequence[MapLink], tracks: Mapping[int, int]) -> None:
    """Links beside the first ones: up beside the own lane, along a track, and to the target."""
    base = max((box.bottom for key, box in sheet.boxes.items() if key not in sheet.lanes), default=0.0)
    entries: dict[str, int] = {}
    for number, link in enumerate(links):
        source, target = sheet.boxes[link.source], sheet.boxes[link.target]
        channel = CHANNELS[number % len(CHANNELS)]
        out = sheet.lanes[link.source] + _LANE + channel
        y = source.middle[1] + channel - CHANNELS[1]
        points: list[Point] = [(source.right, y), (out, y)]
        if number in tracks:
            over = base + 10 + TRACK * tracks[number]
            points.append((out, over))
            if link.target in sheet.lanes:
                out = sheet.lanes[link.target] + _LANE + channel
                points.append((out, over))
            else:
                entries[link.target] = entries.get(link.target, 0) + 1
                points += _enter_goal(target, entries[link.target], over)
        if link.target in sheet.lanes:
            points += [(out, target.middle[1]), (target.right, target.middle[1])]
        sheet.lines.append(MapLine(link.source, link.target, link.weight, False, tuple(points)))


def _enter_goal(goal: Box, entry: int, over: float) -> list[Point]:
    """From below, the one after the other from the right end of a goal, round and round."""
    room = max(goal.width / 2, 1.0)
    x = goal.right - 12 - (entry * 11 - 11) % room
    return [(x, over), (x, goal.bottom)]
