"""Rituals: occurrences from rule and record, the next one, the day of a review, votes, and skipping."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.periods import parse_period
from app.domain.recurrence import read_rule
from app.domain.rituals import (
    Kept,
    Missed,
    OccurrenceState,
    RitualKind,
    Schedule,
    count_missed,
    find_ritual_problems,
    last_vote_day,
    list_occurrences,
    next_occurrence,
    publish_votes,
    review_month,
)

KEPT, SKIPPED, PLANNED = OccurrenceState.KEPT, OccurrenceState.SKIPPED, OccurrenceState.PLANNED
_at = datetime.fromisoformat
NINE = _at("2026-01-13T09:00")  # a second Tuesday
SECOND_TUESDAY = Schedule(read_rule("FREQ=MONTHLY;BYDAY=2TU"), NINE, date(2026, 1, 1))


def test_occurrences_come_from_the_rule_and_what_is_stored_tells_the_rest() -> None:
    moved = Kept(date(2026, 3, 10), PLANNED, _at("2026-03-12T14:00"))
    stored = [Kept(date(2026, 2, 10), SKIPPED), moved, Kept(date(2025, 12, 9), KEPT)]
    found = list_occurrences(SECOND_TUESDAY, stored, first=date(2026, 2, 1), last=date(2026, 4, 30))
    assert [(str(each.day), each.state, each.moved, each.said) for each in found] == [
        ("2026-02-10", "skipped", False, True),
        ("2026-03-10", "planned", True, True),
        ("2026-04-14", "planned", False, False),
    ]
    assert found[1].starts_at == _at("2026-03-12T14:00")


def test_days_before_the_rule_held_are_shown_only_where_something_is_stored() -> None:
    late = Schedule(SECOND_TUESDAY.rule, NINE, date(2026, 3, 1))
    stored = [Kept(date(2026, 1, 21), KEPT)]
    found = list_occurrences(late, stored, first=date(2026, 1, 1), last=date(2026, 3, 31))
    assert [str(each.day) for each in found] == ["2026-01-21", "2026-03-10"]
    assert list_occurrences(late, [], first=date(2026, 1, 1), last=date(2026, 2, 1)) == []


def test_a_meeting_stays_at_nine_when_the_clocks_change() -> None:
    found = list_occurrences(SECOND_TUESDAY, [], first=date(2026, 3, 1), last=date(2026, 4, 30))
    zone = ZoneInfo("Europe/Berlin")
    hours = [each.starts_at.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).hour for each in found]
    assert ([each.starts_at.hour for each in found], hours) == ([9, 9], [8, 7])


def test_the_next_one_passes_over_skipped_ones_and_finds_moved_ones_where_they_are() -> None:
    after = date(2026, 2, 1)
    plain = next_occurrence(SECOND_TUESDAY, [], after=after)
    assert plain is not None
    assert plain.day == date(2026, 2, 10)
    skipped = [Kept(date(2026, 2, 10), SKIPPED), Kept(date(2026, 3, 10), SKIPPED)]
    passed = next_occurrence(SECOND_TUESDAY, skipped, after=after)
    assert passed is not None
    assert passed.day == date(2026, 4, 14)
    moved = [Kept(date(2026, 2, 10), PLANNED, _at("2026-02-17T09:00"))]
    later = next_occurrence(SECOND_TUESDAY, moved, after=date(2026, 2, 11))
    assert later is not None
    assert (later.day, later.starts_at.day) == (date(2026, 2, 10), 17)


def test_nothing_comes_after_the_end_of_a_rule() -> None:
    over = Schedule(read_rule("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20260228"), NINE, date(2026, 1, 1))
    assert next_occurrence(over, [], after=date(2026, 2, 10)) is None


def test_a_review_takes_place_in_the_month_after_the_one_it_looks_back_at() -> None:
    month = parse_period("2026-01")
    assert review_month(SECOND_TUESDAY, [], month) == date(2026, 2, 10)
    moved = [Kept(date(2026, 2, 10), PLANNED, _at("2026-02-12T09:00"))]
    assert review_month(SECOND_TUESDAY, moved, month) == date(2026, 2, 12)
    assert review_month(SECOND_TUESDAY, [Kept(date(2026, 2, 10), SKIPPED)], month) is None
    over = Schedule(read_rule("FREQ=MONTHLY;BYDAY=2TU;COUNT=1"), NINE, date(2026, 1, 1))
    assert review_month(over, [], month) is None


TODAY = date(2026, 4, 16)  # two days after the second Tuesday of April


@pytest.mark.parametrize(
    ("stored", "missed"),
    [
        ([], Missed(3, date(2026, 3, 10), said=False)),
        ([Kept(date(2026, 3, 10), KEPT)], None),
        ([Kept(date(2026, 2, 10), KEPT)], Missed(1, date(2026, 3, 10), said=False)),
        (
            [Kept(date(2026, 2, 10), KEPT), Kept(date(2026, 3, 10), SKIPPED)],
            Missed(1, date(2026, 3, 10), said=True),
        ),
        # April is two days old: silent it says nothing yet, skipped it does.
        (
            [Kept(date(2026, 3, 10), KEPT), Kept(date(2026, 4, 14), SKIPPED)],
            Missed(1, date(2026, 4, 14), said=True),
        ),
        # Moved to the week after, or into the future.
        ([Kept(date(2026, 3, 10), PLANNED, _at("2026-05-01T09:00")), Kept(date(2026, 2, 10), KEPT)], None),
    ],
)
def test_what_did_not_take_place_is_counted_back_from_the_last_one(
    stored: list[Kept], missed: Missed | None
) -> None:
    assert count_missed(SECOND_TUESDAY, stored, today=TODAY) == missed


def test_a_ritual_that_has_not_begun_has_missed_nothing() -> None:
    fresh = Schedule(SECOND_TUESDAY.rule, NINE, TODAY)
    assert count_missed(fresh, [], today=TODAY + timedelta(days=1)) is None


def test_votes_are_shown_when_voting_is_over_and_of_three_or_more() -> None:
    counts = {5: 2, 4: 1}
    assert publish_votes(counts, closed=False) is None
    assert publish_votes({5: 2}, closed=True) is None
    shown = publish_votes(counts, closed=True)
    assert shown is not None
    assert (shown.counts, shown.voters, round(shown.mean, 2)) == ((0, 0, 0, 1, 2), 3, 4.67)


def test_voting_ends_a_week_after_it_took_place_or_was_told() -> None:
    assert last_vote_day(date(2026, 2, 10), date(2026, 2, 10)) == date(2026, 2, 17)
    assert last_vote_day(date(2026, 2, 10), date(2026, 3, 1)) == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("kind", "given", "codes"),
    [
        (RitualKind.MONTHLY_REVIEW, {}, []),
        (RitualKind.ALIGNMENT_SESSION, {}, ["no_objective"]),
        (RitualKind.ALIGNMENT_SESSION, {"objectives": 1}, []),
        (RitualKind.ACCOUNTABILITY_PAIR, {"others": 1}, []),
        (RitualKind.ACCOUNTABILITY_PAIR, {"others": 2}, ["not_a_pair"]),
        (RitualKind.ACCOUNTABILITY_PAIR, {"others": 1, "groups": 1}, ["not_a_pair"]),
        (RitualKind.INFORMAL, {"start": date(2026, 1, 14)}, ["not_in_rule"]),
    ],
)
def test_what_a_ritual_needs(kind: RitualKind, given: dict[str, object], codes: list[str]) -> None:
    values: dict[str, object] = {"objectives": 0, "others": 0, "groups": 0, "start": NINE.date()}
    found = list(find_ritual_problems(kind, rule=SECOND_TUESDAY.rule, **(values | given)))  # type: ignore[arg-type]
    assert [each.code for each in found] == codes


def test_a_first_day_beside_the_rule_is_answered_with_the_first_one_of_it() -> None:
    start = date(2026, 1, 14)
    values = {"objectives": 0, "others": 0, "groups": 0, "start": start}
    (found,) = find_ritual_problems(RitualKind.INFORMAL, rule=SECOND_TUESDAY.rule, **values)  # type: ignore[arg-type]
    assert found.sentence == "2026-01-14 is no day of this rule; the first such day is 2026-02-10."
    never = read_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    (found,) = find_ritual_problems(RitualKind.INFORMAL, rule=never, **values)  # type: ignore[arg-type]
    assert found.sentence == "2026-01-14 is no day of this rule; no day is named by it."
