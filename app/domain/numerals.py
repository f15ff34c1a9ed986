"""Numbers as people read them and as we store them: plain digits, no binary noise, no exponent."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

STORED_PLACES = 6

_SHOWN_DIGITS = 40
# Wide enough for sums of any products of two stored numbers.
ARITHMETIC = Context(prec=100, rounding=ROUND_HALF_EVEN)


def format_number(value: Decimal) -> str:
    """A finite number without trailing zeros, sign of zero or exponent; all its digits are shown.

    A number of more than 40 digits before or after the point is named by its length, so that an
    absurd input cannot blow up the sentence that refuses it.

    >>> format_number(Decimal("7.30")), format_number(Decimal("5E+1"))
    ('7.3', '50')
    """
    if value == 0:
        return "0"
    exponent = value.as_tuple().exponent
    if value.adjusted() >= _SHOWN_DIGITS:
        return f"a number of {value.adjusted() + 1} digits"
    if isinstance(exponent, int) and -exponent > _SHOWN_DIGITS:
        return f"a number of {-exponent} decimals"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_range(low: Decimal, high: Decimal) -> str:
    """A range from low to high, both belonging to it: `0–10`, and `-100…100` below zero.

    >>> format_range(Decimal(0), Decimal(10))
    '0–10'
    """
    return f"{format_number(low)}{'–' if low >= 0 else '…'}{format_number(high)}"


def round_number(value: Decimal) -> Decimal:
    """The number as it is stored: at most 6 decimals, half to even, no trailing zeros, no exponent.

    >>> round_number(Decimal("81.50000025"))
    Decimal('81.5')
    """
    rounded = value.quantize(Decimal(1).scaleb(-STORED_PLACES), context=ARITHMETIC)
    return Decimal(format_number(rounded))
