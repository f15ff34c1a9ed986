"""Numbers: what is one, how people read it and how we store it: no binary noise, no exponent."""

import math
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

STORED_PLACES = 6
# The largest number anybody reports; a quintillion of anything is a mistake.
MAX_NUMBER = Decimal(10) ** 15
# Wide enough for exact sums of products of stored numbers.
ARITHMETIC = Context(prec=100, rounding=ROUND_HALF_EVEN)

_STEP = Decimal(1).scaleb(-STORED_PLACES)
_SHOWN_DIGITS = 40


def read_number(value: object) -> Decimal | None:
    """A decoded JSON number as the decimal that was written; None for what is no finite number.

    None for NaN and infinity, for text that looks like a number, and for true and false.

    >>> read_number(7.3), read_number("7.3")
    (Decimal('7.3'), None)
    """
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value if isinstance(value, Decimal) and value.is_finite() else None


def format_number(value: Decimal) -> str:
    """A finite number without trailing zeros, sign of zero or exponent; all its digits are shown.

    A number of more than 40 digits before or after the point is named by its length, so that an
    absurd input cannot blow up the sentence that refuses it.

    >>> format_number(Decimal("7.30")), format_number(Decimal("5E+1"))
    ('7.3', '50')
    """
    if value == 0:
        return "0"
    if value.adjusted() >= _SHOWN_DIGITS:
        return f"a number of {value.adjusted() + 1} digits"
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _SHOWN_DIGITS:
        return f"a number of {-exponent} decimals"
    return _write_plainly(value)


def format_range(low: Decimal, high: Decimal) -> str:
    """A range from low to high, both belonging to it: `0–10`, and `-100…100` below zero.

    >>> format_range(Decimal(0), Decimal(10))
    '0–10'
    """
    return f"{format_number(low)}{'–' if low >= 0 else '…'}{format_number(high)}"


def round_number(value: Decimal) -> Decimal:
    """The number as it is stored: at most 6 decimals, half to even, no trailing zeros, no exponent.

    Finite, and below 10^90 like every sum of products of numbers up to `MAX_NUMBER`.

    >>> round_number(Decimal("81.50000025"))
    Decimal('81.5')
    """
    return Decimal(_write_plainly(value.quantize(_STEP, context=ARITHMETIC)))


def _write_plainly(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if value == 0 else text


_GROUPED = re.compile(r"[0-9]{1,3}(?P<apart>[ ',.])[0-9]{3}(?:(?P=apart)[0-9]{3})*(?P<rest>[.,][0-9]+)?\Z")
_UNCLEAR = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}\Z")
_PLAIN = re.compile(r"[0-9]+\.?[0-9]*\Z|\.[0-9]+\Z")
_THIN_SPACES = re.compile("[\u00a0\u2009\u202f]")


def read_typed_number(text: str) -> Decimal:
    """A number as people write it: with a decimal point or a decimal comma, thousands apart or not.

    Where both signs occur, the last one begins the decimals. `ValueError` with a sentence for what is no
    number, and for `1,234`, which is a thousand to some and a little more than one to others.

    >>> read_typed_number("12,5"), read_typed_number("-1 234.50"), read_typed_number("1.234,5")
    (Decimal('12.5'), Decimal('-1234.5'), Decimal('1234.5'))
    """
    plain = _THIN_SPACES.sub(" ", text.strip()).replace("\N{MINUS SIGN}", "-")
    sign, digits = (plain[0], plain[1:]) if plain[:1] in ("+", "-") else ("", plain)
    if _UNCLEAR.match(digits):
        whole, decimal = digits.replace(",", ""), digits.replace(",", ".")
        raise ValueError(f"Is this {sign}{whole} or {sign}{decimal}? Write it in one of these ways.")
    digits = _close_up(digits).replace(",", ".")
    if not _PLAIN.match(digits):
        raise ValueError("A number is expected here, like 12.5 or 12,5.")
    return Decimal(_write_plainly(Decimal(sign + digits)))


def _close_up(digits: str) -> str:
    """The digits without what sets thousands apart."""
    match = _GROUPED.match(digits)
    if match is None:
        return digits
    apart, rest = match["apart"], match["rest"] or ""
    is_grouped = rest[:1] != apart and (apart in " '" or rest or digits.count(apart) > 1)
    return digits.removesuffix(rest).replace(apart, "") + rest if is_grouped else digits
