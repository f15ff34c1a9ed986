"""Numbers as people read them on pages: rounded to what matters, with their unit."""

from decimal import Decimal

from app.domain.scoring import Direction, Unit

NOTHING = "—"
_SIGNS = {Unit.PERCENT: " %", Unit.DAYS: " d"}
_WORDLESS = frozenset({Unit.SCORE, Unit.COUNT, Unit.CURRENCY, Unit.RATIO})
_LARGE = 100


def write_figure(value: Decimal | None, unit: str = Unit.COUNT) -> str:
    """A value with its unit: `93.1 %`, `12 d`, `1,204`. At most two decimals, from 100 on one."""
    if value is None:
        return NOTHING
    places = 1 if abs(value) >= _LARGE else 2
    # Adding nothing takes the sign off a zero.
    text = f"{round(value, places) + 0:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{write_unit(unit)}"


def write_hidden(minimum: int | None, *, withheld: bool = False) -> str:
    """What stands for a value that is not shown: `n<5`; `n too few` where the number is not known.

    `withheld`: enough people answered, but the value would tell what fewer said.
    """
    if withheld:
        return "kept back"
    return "n too few" if minimum is None else f"n<{minimum}"


def write_hidden_below(below: int) -> str:
    """The same for a value of a query: below how many people nothing is told, 0: they are enough.

    >>> write_hidden_below(5), write_hidden_below(0)
    ('n<5', 'kept back')
    """
    return write_hidden(below, withheld=below == 0)


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
        return f"{write_figure(low)}–{write_figure(high, unit)}"
    if target is None:
        return NOTHING
    sign = {Direction.HIGHER: "≥ ", Direction.LOWER: "≤ "}.get(Direction(direction), "")
    return f"{sign}{write_figure(target, unit)}"
