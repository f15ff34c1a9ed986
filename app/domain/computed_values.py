"""A computed figure as the measurement it becomes, or as the figure of a level. Nothing is computed here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.alignment_kpis.figures import Figure, SecondFigure
from app.domain.periods import Period
from app.domain.states import NewValue

# Digits behind the point: enough for a share of any number of people, without the noise of binary numbers.
DIGITS = 4


def write_computed(
    figure: Figure, *, department: UUID | None, period: Period, is_awaited: bool = False
) -> NewValue | None:
    """The value that a figure says about a department (None: the whole organization) and period.

    A figure without a number says something only where there is something behind it (`n` or a denominator),
    or where one looks for it (`is_awaited`): it is then not applicable, with the first part of its
    explanation, which names no record, as the note. None: there is nothing to say.
    """
    evidence = _write_evidence(figure)
    if figure.value is None:
        if not (figure.n or figure.denominator or is_awaited):
            return None
        return NewValue(
            department=department,
            period=period,
            not_applicable=True,
            note=f"{figure.explanation.partition(';')[0].rstrip('.')}.",
            n=figure.n,
            explanation=figure.explanation,
            seconds=evidence["seconds"],
        )
    return NewValue(department=department, period=period, **evidence)


def write_level(figure: Figure) -> dict[str, Any] | None:
    """The columns of a level's figure, or None where there is nothing to say."""
    if figure.value is None and not (figure.n or figure.denominator):
        return None
    return _write_evidence(figure)


def _write_evidence(figure: Figure) -> dict[str, Any]:
    return {
        "value": round_number(figure.value),
        "numerator": round_number(figure.numerator),
        "denominator": round_number(figure.denominator),
        "n": figure.n,
        "interval_low": round_number(figure.low),
        "interval_high": round_number(figure.high),
        "explanation": figure.explanation,
        "seconds": [_write_second(each) for each in figure.seconds] or None,
    }


def round_number(number: float | None) -> Decimal | None:
    """A computed number as a decimal of at most four places, without trailing zeros.

    >>> round_number(77.777777), round_number(7.0)
    (Decimal('77.7778'), Decimal('7'))
    """
    if number is None:
        return None
    rounded = round(Decimal(repr(float(number))), DIGITS)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def _write_second(second: SecondFigure) -> Mapping[str, Any]:
    """A second number as JSON: `name, label, value, unit, numerator, denominator, n, interval`."""
    low, high = _plain(second.low), _plain(second.high)
    return {
        "name": second.name,
        "label": second.label,
        "value": _plain(second.value),
        "unit": second.unit,
        "numerator": _plain(second.numerator),
        "denominator": _plain(second.denominator),
        "n": second.n,
        "interval": None if low is None or high is None else [low, high],
    }


def _plain(number: float | None) -> int | float | None:
    rounded = round_number(number)
    if rounded is None:
        return None
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
