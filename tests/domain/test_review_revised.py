"""What a closed review shows otherwise than it is known now: values, targets and outcomes that were told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.review.facts import Tile
from app.domain.review.revised import (
    CurrentOutcome,
    CurrentValue,
    Place,
    find_revisions,
    list_places_to_compare,
    list_shown_promises,
    list_shown_values,
)
from tests.domain.closed_reviews import EMPTY, FULL, TILES

CLOSED = datetime(2026, 11, 10, 15, tzinfo=UTC)
LATER = CLOSED + timedelta(days=3)
OF_TILE: Place = ("k1", None, "2026-10")


def know_as_shown() -> dict[Place, CurrentValue]:
    """What is known now, the same as the review shows."""
    known: dict[Place, CurrentValue] = {}
    for each in list_shown_values(FULL):
        place = (each.kpi.id, each.department.id if each.department else None, each.period)
        target = each.reading.target if each.reading else 85.0
        hidden = each.reading is not None and each.reading.suppressed
        known[place] = CurrentValue(each.value, target, "red", hidden, LATER, "Ada", "Counted again.")
    return known


def tell(known: dict[Place, CurrentValue], outcome: str = "missed") -> list[tuple[str, object, object]]:
    outcomes = {
        each.commitment.id: CurrentOutcome(outcome, LATER, "Ben") for each in list_shown_promises(FULL)
    }
    found = find_revisions(FULL, known, outcomes, closed_at=CLOSED)
    return [(each.key, each.before, each.after) for each in found]


def test_what_is_known_as_it_was_shown_is_no_revision() -> None:
    assert tell(know_as_shown()) == []
    assert find_revisions(EMPTY, {}, {}, closed_at=CLOSED) == []


def test_a_corrected_value_tells_both_and_who_and_why() -> None:
    known = know_as_shown()
    known[OF_TILE] = known[OF_TILE]._replace(value=61.0, status="amber")
    (found,) = find_revisions(FULL, known, {}, closed_at=CLOSED)
    assert (found.key, found.before, found.after, found.status) == ("k1::2026-10", 58.5, 61.0, "amber")
    assert (found.by, found.reason, found.at) == ("Ada", "Counted again.", LATER)
    known[OF_TILE] = known[OF_TILE]._replace(at=CLOSED)
    assert find_revisions(FULL, known, {}, closed_at=CLOSED) == []


@pytest.mark.parametrize(
    ("place", "change", "after"),
    [
        (OF_TILE, {"target": 80.0}, 58.5),
        (OF_TILE, {"value": None}, None),
        (OF_TILE, {"suppressed": True, "value": None}, "suppressed"),
        (("k1", "d2", "2026-10"), {"suppressed": False, "value": 60.0}, 60.0),
        (("k1", None, "2026-07"), {"value": 62.0}, 62.0),
        (("k3", None, "2026-09"), {"value": 7.5}, 7.5),
        (("k4", "d1", "2026-10"), {"value": 7.5}, 7.5),
    ],
)
def test_every_value_on_the_page_is_looked_at(place: Place, change: dict[str, Any], after: object) -> None:
    known = know_as_shown()
    known[place] = known[place]._replace(**change)
    assert [told[2] for told in tell(known)] == [after]


def test_a_value_that_is_there_no_more_is_a_revision() -> None:
    known = know_as_shown()
    for place in (OF_TILE, ("k1", "d2", "2026-10")):
        del known[place]
    assert tell(known) == [("k1::2026-10", 58.5, None), ("k1:d2:2026-10", "suppressed", None)]


def test_a_card_may_show_the_value_of_the_whole_organization() -> None:
    facts = replace(FULL, tiles=(), pulse=EMPTY.pulse)
    whole = know_as_shown()[OF_TILE]._replace(value=70.0)
    (found,) = find_revisions(facts, {OF_TILE: whole}, {}, closed_at=CLOSED)
    assert (found.key, found.after) == ("k1:d1:2026-10", 70.0)
    assert found.department is not None
    assert found.key.split(":")[1] == found.department.id


def test_an_outcome_that_was_told_and_corrected_is_a_revision_an_open_one_is_not() -> None:
    assert tell(know_as_shown(), "kept") == [("c1", "missed", "kept")]
    assert [each.commitment.code for each in list_shown_promises(FULL)] == ["C-1"]
    tile: Tile = TILES[2]
    hidden = replace(EMPTY, tiles=(tile,), pulse=replace(FULL.pulse, whole=None, units=()))
    assert find_revisions(hidden, {}, {}, closed_at=CLOSED)[0].before == "suppressed"


def test_what_is_to_be_read_is_what_is_shown_and_for_cards_the_whole_organization_beside() -> None:
    shown = know_as_shown().keys()
    cards = {(kpi, None, period) for kpi, department, period in shown if department is not None}
    assert shown <= list_places_to_compare(FULL) <= shown | cards
    assert ("k4", None, "2026-10") in list_places_to_compare(FULL)
    assert list_places_to_compare(EMPTY) == set()
