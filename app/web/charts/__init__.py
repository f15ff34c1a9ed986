"""Charts as SVG, made on the server: they print, need no script, and tell a screen reader what they show.

The one place where markup is written in Python. What the numbers mean is decided in `domain`; the table
that stands beside each chart is the macro `ui.figures`.
"""

from app.web.charts.answers import Dot, Part, group_strip, share_bar, spread_bar
from app.web.charts.bars import Bar, bars
from app.web.charts.levels import ChartLine
from app.web.charts.sparklines import sparkline
from app.web.charts.strategy_map import MapCard, MapMark, draw_strategy_map
from app.web.charts.xmr import ChartPoint, xmr_chart

__all__ = [
    "Bar",
    "ChartLine",
    "ChartPoint",
    "Dot",
    "MapCard",
    "MapMark",
    "Part",
    "bars",
    "draw_strategy_map",
    "group_strip",
    "share_bar",
    "sparkline",
    "spread_bar",
    "xmr_chart",
]
