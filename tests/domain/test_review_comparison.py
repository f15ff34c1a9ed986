"""Two reviews beside each other: what is otherwise, and whether that is better."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.review.comparison import Difference, Section, compare_reviews
from app.domain.review.facts import Findings, Promises, ReviewFacts
from app.domain.scoring import Direction, Status
from tests.domain.closed_reviews import ADA, EMPTY, FINDING, FULL, GREEN, MADE, PROMISE, SLOTS, TILES, WARNING


def differ(after: ReviewFacts, before: ReviewFacts = FULL) -> list[Difference]:
    return list(compare_reviews(before, after).differences)


def test_the_same_facts_do_not_differ_nor_do_names() -> None:
    renamed = replace(PROMISE, owner=replace(PROMISE.owner, name="Ben Carter"))
    assert differ(replace(FULL, promises=Promises(last=(renamed,), made=(MADE,)))) == []
    assert compare_reviews(FULL, FULL).before_revision == 2


@pytest.mark.parametrize(
    ("direction", "better"), [(Direction.HIGHER, False), (Direction.LOWER, True), (Direction.BAND, None)]
)
def test_a_value_that_fell_is_better_or_worse_by_its_direction(
    direction: Direction, better: bool | None
) -> None:
    tile = replace(TILES[0], direction=direction, departments=())
    lower = replace(tile, reading=replace(tile.reading, value=50.0))
    (found,) = differ(replace(FULL, tiles=(lower,)), replace(FULL, tiles=(tile,)))
    assert (found.section, found.aspect, found.unit) == (Section.KPI, "value", "percent")
    assert (found.before, found.after, found.better) == (58.5, 50.0, better)


def test_a_status_turns_and_a_value_becomes_suppressed() -> None:
    calm = replace(TILES[0], reading=replace(TILES[0].reading, status=Status.GREEN), departments=())
    (turned,) = differ(
        replace(FULL, tiles=(calm,)), replace(FULL, tiles=(replace(TILES[0], departments=()),))
    )
    assert (turned.before, turned.after, turned.better) == ("red", "green", True)
    tile = replace(TILES[2], reading=replace(GREEN, target=None))
    told = differ(replace(FULL, tiles=(TILES[2],)), replace(FULL, tiles=(tile,)))
    assert [(each.aspect, each.after, each.better) for each in told] == [
        ("status", "unknown", None),
        ("value", "suppressed", None),
    ]


def test_commitments_are_opened_settled_moved_and_handed_over() -> None:
    kept = replace(MADE, outcome="kept", due_on=date(2026, 12, 1), owner=ADA)
    told = differ(replace(FULL, promises=Promises(last=(kept,), made=())))
    assert [(each.about.code, each.aspect, each.before, each.after) for each in told] == [
        ("C-1", "due", "2026-10-30", None),
        ("C-1", "outcome", "missed", None),
        ("C-1", "owner", "Ben Cole", None),
        ("C-2", "due", "2026-10-30", "2026-12-01"),
        ("C-2", "outcome", "open", "kept"),
        ("C-2", "owner", "Ben Cole", "Ada <Byrne>"),
    ]


def test_only_an_error_that_is_not_shown_any_more_is_gone() -> None:
    later = replace(FINDING, key="f3")
    told = differ(replace(FULL, findings=Findings(shown=(later,), open=5, new=1, fixed=2)))
    assert [(each.about.id, each.before, each.after) for each in told] == [
        ("f1", "error", None),
        ("f3", None, "error"),
    ]
    assert WARNING in FULL.findings.shown


def test_heads_owners_and_counts_are_compared() -> None:
    slot = replace(SLOTS[0], head=ADA, kpis=(replace(SLOTS[0].kpis[0], owner=None),))
    told = differ(replace(FULL, slots=(slot, SLOTS[1])))
    assert [(each.about.code, each.aspect, each.after) for each in told] == [
        ("ON-TIME/OPS", "owner", None),
        ("OPS", "head", "Ada <Byrne>"),
    ]


def test_everything_is_new_after_an_empty_review() -> None:
    told = differ(FULL, EMPTY)
    assert {each.section for each in told} == set(Section)
    (score,) = [each for each in told if each.aspect == "alignment"]
    assert (score.before, score.after, score.better) == (None, 71.5, None)
    (missing,) = [each for each in told if each.aspect == "updates missing"]
    assert missing.better is False
    back = differ(EMPTY, FULL)
    assert len(back) == len(told) - 1, "a warning that is not shown any more is no news"
