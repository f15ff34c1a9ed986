"""Sparklines: a series as small as a word, with a dot for its last value and a thin line for its target."""

from collections.abc import Sequence

from markupsafe import Markup

from app.web.charts.drawing import Number, draw_line, fit_scale, frame

_EDGE = 3.0


def sparkline(
    values: Sequence[Number | None],
    *,
    label: str,
    target: Number | None = None,
    limits: tuple[Number, Number, Number] | None = None,
    width: int = 96,
    height: int = 24,
) -> Markup:
    """A series from left to right; None is a gap, never a zero. Without any value: a picture of nothing.

    `label` names it ("On-time initiatives, last 12 months"); colour comes from the text around it.
    `limits`: lower limit, average and upper limit of the process, drawn as a band behind the line.
    """
    known = [value for value in values if value is not None]
    shown = [*known, *(() if target is None else (target,)), *(limits or ())]
    scale = fit_scale(shown, height - _EDGE, _EDGE)
    step = (width - 2 * _EDGE) / max(1, len(values) - 1)
    places = [
        None if value is None else (_EDGE + index * step, scale.at(value))
        for index, value in enumerate(values)
    ]
    drawn = []
    if limits is not None:
        lower, centre, upper = (scale.at(each) for each in limits)
        drawn.append(
            f'<path d="M0 {upper:.1f}H{width}V{lower:.1f}H0z" class="chart-band" fill="currentColor"/>'
            f'<path d="M0 {centre:.1f}H{width}" class="chart-centre" stroke="currentColor"/>'
        )
    # Written out, because a table has hundreds of them: numbers need no escaping.
    if target is not None:
        drawn.append(
            f'<path d="M0 {scale.at(target):.1f}H{width}" class="chart-target"'
            ' stroke="currentColor" stroke-dasharray="2 3"/>'
        )
    if known:
        x, y = next(place for place in reversed(places) if place is not None)
        drawn.append(
            f'<path d="{draw_line(places)}" class="chart-line" stroke="currentColor" stroke-width="1.5"'
            ' stroke-linecap="round" stroke-linejoin="round"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" class="chart-last" fill="currentColor"/>'
        )
    return frame(width, height, *drawn, label=label, looks="sparkline")
