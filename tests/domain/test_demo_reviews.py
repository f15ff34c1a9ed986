"""The demo's year of reviews: whole on every day, in an order that can have been, with its stories."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from app.demo.plan import DemoPlan, read_demo
from app.domain.periods import parse_period
from tests.domain.demo_plans import DAYS, list_promises


@pytest.fixture(scope="module", params=[*DAYS, date(2026, 11, 1), date(2026, 11, 30)], ids=str)
def plan(request: pytest.FixtureRequest) -> tuple[date, DemoPlan]:
    return request.param, read_demo(request.param)


def test_twelve_months_are_over_and_the_thirteenth_is_to_come(plan: tuple[date, DemoPlan]) -> None:
    today, demo = plan
    periods = [parse_period(review["period"]) for review in demo.reviews]
    assert all(before.next() == after for before, after in pairwise(periods))
    assert periods[-1].last_day < today <= periods[-1].next().last_day
    held = [review for review in demo.reviews if review["is_held"]]
    assert held == demo.reviews[:-1]
    assert len(held) == 12
    assert all(parse_period(each["period"]).last_day.isoformat() < each["meets_on"] for each in held)
    assert all(each["meets_on"] < today.isoformat() for each in held)
    assert demo.reviews[-1]["meets_on"] > today.isoformat()


def test_what_was_promised_is_answered_after_it_was_and_before_today(plan: tuple[date, DemoPlan]) -> None:
    today, demo = plan
    for promise in list_promises(demo):
        made_on, due_on = promise["made_on"], promise["due_on"]
        assert promise["owner"] != promise["partner"]
        assert made_on < due_on
        for step in promise["steps"]:
            ((verb, said),) = step.items()
            assert made_on <= said["on"] <= today.isoformat()
            if verb != "settle":
                assert said["on"] <= due_on
            elif said["outcome"] != "kept":
                assert said["said"]


def test_nothing_is_answered_on_the_day_of_a_meeting(plan: tuple[date, DemoPlan]) -> None:
    """Two reviews would tell of it: the one that met then, and the next."""
    _, demo = plan
    meetings = {review["meets_on"] for review in demo.reviews if review["is_held"]}
    answers = {
        said["on"] for promise in list_promises(demo) for step in promise["steps"] for said in step.values()
    }
    assert not meetings & answers


def test_a_month_brings_four_to_eight_promises_kept_and_missed() -> None:
    demo = read_demo(date(2026, 11, 23))
    assert {len(review["promised"]) for review in demo.reviews[:-1]} <= set(range(4, 9))
    became = Counter(
        step["settle"]["outcome"]
        for each in list_promises(demo)
        for step in each["steps"]
        if "settle" in step
    )
    assert became["kept"] > became["missed"] > 8
    assert became["partly"] > 8
    assert len([each for each in list_promises(demo) if not each["steps"]]) >= 4


def test_the_chief_executive_says_missed_too() -> None:
    demo = read_demo(date(2026, 11, 23))
    hers = [each for each in list_promises(demo) if each["owner"].startswith("helena.")]
    told = [step["settle"]["outcome"] for each in hers for step in each["steps"] if "settle" in step]
    assert told == ["missed", "missed", "kept"]
