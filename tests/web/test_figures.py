"""Numbers and aims as pages show them."""

from decimal import Decimal

import pytest

from app.domain.scoring import Direction
from app.web.figures import write_aim, write_figure


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("93.116667", "percent", "93.12 %"),
        ("93.10", "percent", "93.1 %"),
        ("12", "days", "12 d"),
        ("1204.56", "count", "1,204.6"),
        ("100000", "currency", "100,000"),
        ("-0.004", "score", "0"),
        ("7.7", "per 10,000", "7.7 per 10,000"),
    ],
)
def test_a_figure_is_rounded_and_has_its_unit(value: str, unit: str, text: str) -> None:
    assert write_figure(Decimal(value), unit) == text


def test_what_is_not_there_is_a_dash() -> None:
    assert write_figure(None, "percent") == "—"
    assert write_aim(Direction.HIGHER, "percent", target=None, low=None, high=None) == "—"


@pytest.mark.parametrize(
    ("direction", "text"),
    [(Direction.HIGHER, "≥ 8 %"), (Direction.LOWER, "≤ 8 %"), (Direction.BAND, "7–9 %")],
)
def test_an_aim_says_which_way_is_good(direction: Direction, text: str) -> None:
    aim = write_aim(direction, "percent", target=Decimal(8), low=Decimal(7), high=Decimal(9))
    assert aim == text
