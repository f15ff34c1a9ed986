"""Which review something belongs to and which one tells how it ended: each once, whatever was open when."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.review.belonging import ReviewDays, Said, draw_timeline

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def say(hours: float) -> Said:
    """So many hours after noon of the tenth."""
    at = NOON + timedelta(hours=hours)
    return Said(at.date(), at)


def test_of_two_that_are_open_the_earlier_month_takes_what_names_none() -> None:
    october = ReviewDays("2026-10", say(-200), (say(2),))
    november = ReviewDays("2026-11", say(0))
    line = draw_timeline((november, october))
    homes = [line.find_home(None, say(hours)) for hours in (-201, -1, 1, 2, 3)]
    assert homes == [None, "2026-10", "2026-10", "2026-10", "2026-11"]
    assert line.find_home("2026-11", say(1)) == "2026-11"


def test_one_that_is_opened_again_takes_only_what_names_it() -> None:
    line = draw_timeline((ReviewDays("2026-10", say(-9), (say(0), say(5))), ReviewDays("2026-11", say(3))))
    assert [line.find_home(None, say(hours)) for hours in (0, 1, 4)] == ["2026-10", None, "2026-11"]
    assert line.find_home("2026-10", say(4)) == "2026-10"


def test_one_that_nobody_held_takes_nothing_once_a_later_month_has_closed() -> None:
    forgotten, november = ReviewDays("2026-10", say(-9)), ReviewDays("2026-11", say(-5), (say(0),))
    late = ReviewDays("2026-09", say(2))
    line = draw_timeline((forgotten, november, late))
    assert [line.find_home(None, say(hours)) for hours in (-1, 1, 3)] == ["2026-10", None, "2026-09"]


def test_what_is_known_by_its_day_counts_for_the_whole_day() -> None:
    line = draw_timeline((ReviewDays("2026-10", say(-48), (say(0),)), ReviewDays("2026-11", say(24))))
    days = [date(2026, 11, day) for day in (7, 8, 10, 11)]
    assert [line.find_home(None, Said(day)) for day in days] == [None, "2026-10", "2026-10", "2026-11"]
    assert [line.find_teller(Said(day)) for day in days] == ["2026-10"] * 3 + [None]


def test_an_end_is_told_by_the_first_review_that_is_frozen_after_it() -> None:
    may = ReviewDays("2026-05", say(-9), (say(0), say(6)))
    june = ReviewDays("2026-06", say(-5), (say(3), say(9)))
    line = draw_timeline((june, may))
    tellers = [line.find_teller(say(hours)) for hours in (-99, 0, 1, 4, 7, 10)]
    assert tellers == ["2026-05", "2026-05", "2026-06", "2026-05", "2026-06", None]


def test_what_ends_before_its_own_review_has_closed_is_told_there() -> None:
    line = draw_timeline((ReviewDays("2026-10", say(-9), (say(0),)), ReviewDays("2026-11", say(-5))))
    assert [line.was_open_at_home("2026-10", say(hours)) for hours in (-1, 1)] == [True, False]
    assert line.was_open_at_home("2026-11", say(1))
    assert not line.was_open_at_home(None, say(1))


def test_before_a_review_is_before_it_opened() -> None:
    line = draw_timeline((ReviewDays("2026-10", say(0)),))
    assert [line.is_before("2026-10", say(hours)) for hours in (-1, 0)] == [True, False]
    assert not line.is_before("2026-11", say(-1))


moments = st.integers(-50, 50).map(say)
months = st.dictionaries(
    st.sampled_from(["2026-05", "2026-06", "2026-07"]), st.tuples(moments, st.lists(moments))
)


@given(months, moments, st.lists(moments, max_size=3))
def test_nothing_moves_to_another_review_once_one_was_frozen(
    told: dict[str, tuple[Said, list[Said]]], said: Said, later: list[Said]
) -> None:
    """Closing again, or opening a month later, changes nothing of what a closed review told."""
    reviews = [
        ReviewDays(code, opened, tuple(sorted(each for each in closings if each.is_since(opened))))
        for code, (opened, closings) in told.items()
    ]
    now = max(
        [each.opened for each in reviews] + [end for each in reviews for end in each.closings], default=say(0)
    )
    line = draw_timeline(reviews)
    home, teller = line.find_home(None, said), line.find_teller(said)
    after = [end for end in later if end.is_since(now) and end != now and said.is_by(now)]
    for end in after:
        closed_again = [each._replace(closings=(*each.closings, end)) for each in reviews[:1]]
        again = draw_timeline([*closed_again, *reviews[1:], ReviewDays("2026-04", end)])
        assert again.find_home(None, said) == home
        assert teller is None or again.find_teller(said) == teller
