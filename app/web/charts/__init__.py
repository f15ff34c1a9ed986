"""Charts as SVG, made on the server: they print, need no script, and tell a screen reader what they show.

The one place where markup is written in Python. What the numbers mean is decided in `domain`; the table
that stands beside each chart is the macro `ui.figures`.
"""

from app.web.charts.answers import Dot, Part, group_strip, share_bar, spread_bar
from app.web.charts.bars import Bar, bars
from app.web.charts.intervals import Interval, draw_intervals
from app.web.charts.levels import ChartLine
from app.web.charts.pair_map import MapCell, draw_pair_map
from app.web.charts.paired_lines import PairedLine, draw_paired_lines
from app.web.charts.quadrant import Corners, QuadrantDot, draw_quadrant
from app.web.charts.slopes import Slope, draw_slopes
from app.web.charts.sparklines import sparkline
from app.web.charts.strategy_map import MapCard, MapMark, draw_strategy_map
from app.web.charts.time_bars import TimeBar, TimeScale, fit_time, time_axis, time_bar
from app.web.charts.xmr import ChartPoint, xmr_chart

__all__ = [
    "Bar",
    "ChartLine",
    "ChartPoint",
    "Corners",
    "Dot",
    "Interval",
    "MapCard",
    "MapCell",
    "MapMark",
    "PairedLine",
    "Part",
    "QuadrantDot",
    "Slope",
    "TimeBar",
    "TimeScale",
    "bars",
    "draw_intervals",
    "draw_pair_map",
    "draw_paired_lines",
    "draw_quadrant",
    "draw_slopes",
    "draw_strategy_map",
    "fit_time",
    "group_strip",
    "share_bar",
    "sparkline",
    "spread_bar",
    "time_axis",
    "time_bar",
    "xmr_chart",
]
