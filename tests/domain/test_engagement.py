"""Engagement scores: which are refused, which lose their value, and which KPIs they feed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.engagement import (
    DEFAULT_MINIMUM_GROUP,
    MINIMUM_GROUP_FLOOR,
    Feed,
    FeedKey,
    Scale,
    ScaleKind,
    check_score,
    feed_mismatch,
    is_comparable,
    is_fed_by,
    is_suppressed,
    normalised,
    read_scale,
)
from app.domain.numerals import MAX_NUMBER
from app.domain.periods import Cadence
from app.domain.problems import Problem
from tests.domain.strategies import numbers

TEN = Scale(ScaleKind.MEAN, Decimal(0), Decimal(10))
FIVE = Scale(ScaleKind.MEAN, Decimal(1), Decimal(5))
FAVOURABLE = Scale(ScaleKind.FAVOURABILITY, Decimal(0), Decimal(100))
ENPS = Scale(ScaleKind.ENPS, Decimal(-100), Decimal(100))
INDEX = Scale(ScaleKind.INDEX, Decimal(0), Decimal(100))

scales = st.sampled_from([TEN, FIVE, FAVOURABLE, ENPS, INDEX])


@pytest.mark.parametrize(
    ("kind", "minimum", "maximum", "scale"),
    [
        (ScaleKind.MEAN, 0, 10, TEN),
        (ScaleKind.MEAN, 1.0, Decimal("5.00"), FIVE),
        (ScaleKind.INDEX, 0, 100, INDEX),
        (ScaleKind.INDEX, -1e15, 10**15, Scale(ScaleKind.INDEX, -MAX_NUMBER, MAX_NUMBER)),
        (ScaleKind.FAVOURABILITY, None, None, FAVOURABLE),
        (ScaleKind.FAVOURABILITY, 0, None, FAVOURABLE),
        (ScaleKind.ENPS, None, 100.0, ENPS),
        (ScaleKind.ENPS, -100, 100, ENPS),
    ],
)
def test_a_scale_is_read_with_the_ends_that_its_kind_fixes(
    kind: ScaleKind, minimum: object, maximum: object, scale: Scale
) -> None:
    assert read_scale(kind, minimum, maximum) == (scale, [])


@pytest.mark.parametrize(
    ("kind", "minimum", "maximum", "problems"),
    [
        (ScaleKind.MEAN, 10, 0, [("scale/max", "bad_scale", "max 0 must be above min 10")]),
        (ScaleKind.MEAN, 5, 5.0, [("scale/max", "bad_scale", "max 5 must be above min 5")]),
        (ScaleKind.MEAN, 0, None, [("scale/max", "bad_scale", "a scale of kind mean needs max")]),
        (
            ScaleKind.INDEX,
            None,
            None,
            [
                ("scale/min", "bad_scale", "a scale of kind index needs min"),
                ("scale/max", "bad_scale", "a scale of kind index needs max"),
            ],
        ),
        (
            ScaleKind.FAVOURABILITY,
            1,
            None,
            [("scale/min", "bad_scale", "min of a scale of kind favourability is always 0, not 1")],
        ),
        (
            ScaleKind.ENPS,
            0,
            100,
            [("scale/min", "bad_scale", "min of a scale of kind enps is always -100, not 0")],
        ),
        (ScaleKind.MEAN, "0", 10, [("scale/min", "not_a_number", '"0" is not a number')]),
        (ScaleKind.MEAN, True, 10, [("scale/min", "not_a_number", "this is not a number")]),
        (ScaleKind.ENPS, -100, float("inf"), [("scale/max", "not_a_number", '"inf" is not a number')]),
        (
            ScaleKind.INDEX,
            0,
            1e300,
            [("scale/max", "bad_scale", "max must lie within ±1,000,000,000,000,000")],
        ),
    ],
)
def test_a_bad_scale_is_refused_at_the_end_that_is_wrong(
    kind: ScaleKind, minimum: object, maximum: object, problems: list[tuple[str, str, str]]
) -> None:
    assert read_scale(kind, minimum, maximum) == (None, problems)


def test_a_score_without_fault_has_no_problem() -> None:
    assert check_score(7.4, TEN, respondents=38, invited=51) == []
    assert check_score(0, TEN, respondents=38, invited=38) == []
    assert check_score(Decimal("10.0"), TEN, respondents=38, invited=None) == []
    assert check_score(-100, ENPS, respondents=5, invited=None) == []


@pytest.mark.parametrize(
    ("value", "scale", "sentence"),
    [
        (74, TEN, "74 is outside 0–10"),
        (10.0001, TEN, "10.0001 is outside 0–10"),
        (0.9, FIVE, "0.9 is outside 1–5"),
        (-1, FAVOURABLE, "-1 is outside 0–100"),
        (101, ENPS, "101 is outside -100…100"),
        (1e300, TEN, "a number of 301 digits is outside 0–10"),
        (-(10**1000), TEN, "a number of 1001 digits is outside 0–10"),
    ],
)
def test_a_value_outside_its_scale_is_refused(value: object, scale: Scale, sentence: str) -> None:
    problem = Problem("value", "out_of_scale", sentence)
    assert check_score(value, scale, respondents=38, invited=51) == [problem]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (float("nan"), '"nan" is not a number'),
        ("7.4", '"7.4" is not a number'),
        ("x" * 50, f'"{"x" * 40}…" is not a number'),
        (None, "this is not a number"),
        (False, "this is not a number"),
        ({"a": [1] * 1000}, "this is not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_or_without_a_scale(value: object, sentence: str) -> None:
    for scale in (TEN, None):
        problem = Problem("value", "not_a_number", sentence)
        assert check_score(value, scale, respondents=38, invited=51) == [problem]


def test_without_a_scale_no_number_is_outside_it() -> None:
    assert check_score(74, None, respondents=38, invited=51) == []


def test_the_number_of_respondents_is_required_unless_the_source_suppresses_by_itself() -> None:
    sentence = "respondents is required, so that small groups can be suppressed"
    expected = [Problem("respondents", "respondents_required", sentence)]
    assert check_score(7, TEN, respondents=None, invited=51) == expected
    assert check_score(7, TEN, respondents=None, invited=51, respondents_optional=True) == []


def test_more_people_than_were_invited_cannot_have_answered() -> None:
    expected = Problem(
        "respondents", "more_respondents_than_invited", "52 respondents are more than the 51 invited"
    )
    assert check_score(7, TEN, respondents=52, invited=51) == [expected]
    assert check_score(7, TEN, respondents=52, invited=51, respondents_optional=True) == [expected]


def test_all_problems_of_a_score_are_listed_together_in_the_order_of_its_fields() -> None:
    problems = check_score(74, TEN, respondents=2, invited=1)
    assert [problem.code for problem in problems] == ["out_of_scale", "more_respondents_than_invited"]


@given(numbers(-200, 200), scales)
def test_a_value_is_refused_exactly_when_it_lies_outside_its_scale(value: Decimal, scale: Scale) -> None:
    problems = check_score(value, scale, respondents=38, invited=None)
    assert bool(problems) is not (scale.minimum <= value <= scale.maximum)


@pytest.mark.parametrize(
    ("respondents", "minimum_group", "suppressed"),
    [
        (5, DEFAULT_MINIMUM_GROUP, False),
        (4, DEFAULT_MINIMUM_GROUP, True),
        (0, DEFAULT_MINIMUM_GROUP, True),
        (3, MINIMUM_GROUP_FLOOR, False),
        (2, MINIMUM_GROUP_FLOOR, True),
        (2, 0, True),
        (3, 0, False),
        (None, DEFAULT_MINIMUM_GROUP, False),
    ],
)
def test_a_small_group_is_suppressed_and_the_floor_holds_whatever_the_setting(
    respondents: int | None, minimum_group: int, suppressed: bool
) -> None:
    assert is_suppressed(respondents, minimum_group) is suppressed


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        ("7.4", TEN, "74"),
        ("4", FIVE, "75"),
        ("1", FIVE, "0"),
        ("63", FAVOURABLE, "63"),
        ("63.5", INDEX, "63.5"),
        ("20", ENPS, "60"),
        ("-100", ENPS, "0"),
        ("1", Scale(ScaleKind.MEAN, Decimal(0), Decimal(3)), "33.333333"),
    ],
)
def test_a_value_is_brought_to_a_hundred_for_charts(value: str, scale: Scale, expected: str) -> None:
    assert str(normalised(Decimal(value), scale)) == expected


@given(scales, numbers(0, 1))
def test_a_normalised_value_lies_between_nought_and_a_hundred_and_keeps_its_place(
    scale: Scale, share: Decimal
) -> None:
    value = scale.minimum + share * (scale.maximum - scale.minimum)
    assert normalised(value, scale) == 100 * share


def test_enps_is_never_set_beside_another_kind() -> None:
    for kind in ScaleKind:
        assert is_comparable(kind, ScaleKind.ENPS) is (kind is ScaleKind.ENPS)
        assert is_comparable(ScaleKind.ENPS, kind) is (kind is ScaleKind.ENPS)
        assert is_comparable(kind, ScaleKind.MEAN) is (kind is not ScaleKind.ENPS)


SCORE = FeedKey("engagement", Cadence.MONTHLY, "peakon", "pulse", TEN)


@pytest.mark.parametrize(
    ("feed", "fed"),
    [
        (Feed("ENGAGEMENT", "engagement", Cadence.MONTHLY), True),
        (Feed("ENGAGEMENT", "engagement", Cadence.MONTHLY, "peakon", "pulse"), True),
        (Feed("ENGAGEMENT", "engagement", Cadence.YEARLY, scale=FIVE), True),
        (Feed("ENGAGEMENT", "enps", Cadence.MONTHLY), False),
        (Feed("ENGAGEMENT", "engagement", Cadence.MONTHLY, "glint"), False),
        (Feed("ENGAGEMENT", "engagement", Cadence.MONTHLY, None, "yearly"), False),
    ],
)
def test_a_feed_means_the_scores_of_its_metric_source_and_survey(feed: Feed, fed: bool) -> None:
    assert is_fed_by(feed, SCORE) is fed


def test_a_feed_of_one_survey_does_not_mean_a_score_of_none() -> None:
    feed = Feed("ENGAGEMENT", "engagement", Cadence.MONTHLY, survey="pulse")
    assert not is_fed_by(feed, SCORE._replace(survey=None))
    assert is_fed_by(feed._replace(survey=None), SCORE._replace(survey=None))


@pytest.mark.parametrize(
    ("cadence", "scale", "note"),
    [
        (Cadence.MONTHLY, None, None),
        (Cadence.MONTHLY, Scale(ScaleKind.MEAN, Decimal("0.0"), Decimal("10.0")), None),
        (Cadence.YEARLY, None, "ENGAGEMENT is yearly, the score is monthly."),
        (Cadence.MONTHLY, FIVE, "ENGAGEMENT takes mean 1–5, the score is mean 0–10."),
        (Cadence.MONTHLY, ENPS, "ENGAGEMENT takes enps -100…100, the score is mean 0–10."),
        (
            Cadence.WEEKLY,
            INDEX,
            "ENGAGEMENT is weekly, the score is monthly. "
            "ENGAGEMENT takes index 0–100, the score is mean 0–10.",
        ),
    ],
)
def test_a_score_of_another_cadence_or_scale_says_why_it_feeds_nothing(
    cadence: Cadence, scale: Scale | None, note: str | None
) -> None:
    assert feed_mismatch(Feed("ENGAGEMENT", "engagement", cadence, scale=scale), SCORE) == note
