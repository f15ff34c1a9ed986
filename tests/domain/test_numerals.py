"""Numbers: read as they were written, shown and stored without noise."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.numerals import (
    format_number,
    format_range,
    read_number,
    read_typed_number,
    round_number,
)
from tests.domain.strategies import numbers


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("7.30", "7.3"),
        ("50.0", "50"),
        ("50", "50"),
        ("5E+1", "50"),
        ("1E-7", "0.0000001"),
        ("-0.0", "0"),
        ("0E+99", "0"),
        ("-12.500", "-12.5"),
        ("100", "100"),
        ("9" * 40, "9" * 40),
        ("1E+40", "a number of 41 digits"),
        ("1E+999999", "a number of 1000000 digits"),
        ("1E-40", "0." + "0" * 39 + "1"),
        ("1E-41", "a number of 41 decimals"),
        ("1E-999999", "a number of 999999 decimals"),
    ],
)
def test_a_number_is_shown_without_noise_or_exponent(number: str, shown: str) -> None:
    assert format_number(Decimal(number)) == shown


def test_a_range_below_zero_is_not_mistaken_for_a_minus_sign() -> None:
    assert format_range(Decimal("0.0"), Decimal("1E+1")) == "0–10"
    assert format_range(Decimal(-100), Decimal(100)) == "-100…100"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7.3, "7.3"),
        (0.1, "0.1"),
        (7, "7"),
        (-0.0, "0"),
        (1e22, "1E22"),
        (10**30, "1E30"),
        (Decimal("7.30"), "7.3"),
    ],
)
def test_a_number_is_read_as_it_was_written(value: object, number: str) -> None:
    assert read_number(value) == Decimal(number)


NOT_NUMBERS: list[object] = ["7.3", "", None, True, False, [], {}, float("nan"), float("inf"), -float("inf")]


@pytest.mark.parametrize("value", [*NOT_NUMBERS, Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")])
def test_what_is_no_finite_number_is_not_read_as_one(value: object) -> None:
    assert read_number(value) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_being_read(value: float) -> None:
    read = read_number(value)
    assert read is not None
    assert float(read) == value


@pytest.mark.parametrize(
    ("number", "stored"),
    [("1.0000005", "1"), ("1.0000015", "1.000002"), ("-0.0000001", "0"), ("1E+3", "1000"), ("2.50", "2.5")],
)
def test_a_number_is_stored_with_six_decimals_half_to_even(number: str, stored: str) -> None:
    assert str(round_number(Decimal(number))) == stored


def test_a_very_large_number_is_stored_with_all_its_digits() -> None:
    assert str(round_number(Decimal("1E+60"))) == "1" + "0" * 60


@given(numbers(places=9))
def test_a_stored_number_is_near_and_stays_as_it_is(number: Decimal) -> None:
    stored = round_number(number)
    assert abs(stored - number) <= Decimal("0.0000005")
    assert str(round_number(stored)) == str(stored) == format_number(stored)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12,5", "12.5"), ("+3", "3"), ("\u22121\u00a0234,5", "-1234.5"), ("1.234,5", "1234.5"), (" 7 ", "7")],
)
def test_a_typed_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert read_typed_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1,234", "Is this 1234 or 1.234"),
        ("-1,234", "Is this -1234 or -1.234"),
        ("seven", "A number is expected"),
    ],
)
def test_what_may_mean_two_numbers_or_none_is_asked_back(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_typed_number(typed)
