"""Nothing grows beyond its stop: `python -m tests.house.sizes` prints where it stands."""

import pytest

from tests.house.sizes import Sizes, measure, measure_all


@pytest.mark.parametrize("sizes", measure_all(), ids=lambda sizes: sizes.kind)
def test_nothing_is_larger_than_its_stop(sizes: Sizes) -> None:
    assert not sizes.too_large(), sizes.report()


@pytest.mark.parametrize("sizes", measure_all(), ids=lambda sizes: sizes.kind)
def test_nine_of_ten_are_well_below(sizes: Sizes) -> None:
    assert sizes.percentile(0.9) <= {500: 300, 60: 30, 80: 60}[sizes.stop], sizes.report()


def test_the_largest_come_first_and_the_stop_is_the_last_that_may_be() -> None:
    sizes = measure("things", 3, [(1, "a"), (4, "b"), (3, "c")])
    assert sizes.too_large() == [(4, "b")]
    assert (sizes.percentile(0.5), sizes.percentile(0.9)) == (3, 4)
    assert sizes.report().splitlines()[1].split() == ["4", "b"]
