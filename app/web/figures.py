"""Numbers as people read them on pages: rounded to what matters, with their unit. Nothing is computed here."""

from decimal import Decimal

from app.domain.scoring import Direction, Unit

NOTHING = "—"
_SIGNS = {Unit.PERCENT: " %", Unit.DAYS: " d"}
_WORDLESS = frozenset({Unit.SCORE, Unit.COUNT, Unit.CURRENCY, Unit.RATIO})
_LEAST_WHOLE = 100


def write_figure(value: Decimal | None, unit: str) -> str:
    """A value with its unit: `93.1 %`, `12 d`, `1,204`. Beyond 100 without decimals, else with at most two."""
    if value is None:
        return NOTHING
    places = 0 if abs(value) >= _LEAST_WHOLE and value == value.to_integral_value() else 2
    if abs(value) >= _LEAST_WHOLE:
        places = min(places, 1)
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{write_unit(unit)}"


def write_unit(unit: str) -> str:
    """What stands behind a number of this unit; nothing where the number says it all."""
    if unit in _WORDLESS:
        return ""
    return _SIGNS[Unit(unit)] if unit in _SIGNS else f" {unit}"


def write_aim(
    direction: str, unit: str, *, target: Decimal | None, low: Decimal | None, high: Decimal | None
) -> str:
    """What a value is to reach: `≥ 85 %`, `≤ 8 d`, `7–9`; a dash where nobody has said."""
    if direction == Direction.BAND and low is not None and high is not None:
        return f"{write_figure(low, Unit.COUNT)}–{write_figure(high, unit)}"
    if target is None:
        return NOTHING
    sign = {Direction.HIGHER: "≥ ", Direction.LOWER: "≤ "}.get(Direction(direction), "")
    return f"{sign}{write_figure(target, unit)}"
