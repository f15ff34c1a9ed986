"""Numbers, days and names as the exports of schema 1 write them. They borrow no words of the pages."""

from datetime import date

from app.domain.review.facts import Named, Reading

NOTHING = "—"
_SIGNS = {"percent": " %", "days": " d", "score": "", "count": "", "currency": "", "ratio": ""}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def write_number(value: float | None, unit: str) -> str:
    """A number with its unit, to two decimals.

    >>> write_number(71.5, "percent"), write_number(1204, "count"), write_number(None, "days")
    ('71.5 %', '1,204', '—')
    """
    if value is None:
        return NOTHING
    plain = f"{round(value, 2) + 0:,.2f}".rstrip("0").rstrip(".")
    return plain + _SIGNS.get(unit, f" {unit}")


def write_value(reading: Reading, unit: str, minimum: int | None) -> str:
    """A value; one that few people gave is not told."""
    return write_few(reading, minimum) if reading.suppressed else write_number(reading.value, unit)


def write_few(reading: Reading, minimum: int | None) -> str:
    """What stands for a value that is suppressed; `minimum`: how many people it takes, if known."""
    if reading.withheld:
        return "kept back"
    return "suppressed" if minimum is None else f"n<{minimum}"


def write_change(change: float | None, unit: str) -> str:
    """How much it moved, with its sign; nothing where that is not known.

    >>> write_change(0.2, "score"), write_change(-3, "percent"), write_change(None, "days")
    ('+0.2', '−3 %', '')
    """
    if change is None:
        return ""
    sign = "−" if change < 0 else "+"
    return sign + write_number(abs(change), unit)


def write_day(day: date | None) -> str:
    """A day, without leading zeros.

    >>> write_day(date(2026, 11, 3)), write_day(None)
    ('3 November 2026', '—')
    """
    return NOTHING if day is None else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def write_month(period: str) -> str:
    """A month in words.

    >>> write_month("2026-10")
    'October 2026'
    """
    year, month = period.split("-")
    return f"{_MONTHS[int(month) - 1]} {year}"


def write_name(thing: Named | None) -> str:
    """A name, or a dash where there is none."""
    return NOTHING if thing is None else thing.name


def write_names(things: tuple[Named, ...]) -> str:
    """Several names."""
    return ", ".join(each.name for each in things)


def write_words(key: str) -> str:
    """A value of a list in words: `finding_new` is `finding new`."""
    return key.replace("_", " ")
