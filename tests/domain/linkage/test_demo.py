"""The checker finds the planted stories of the demo organization, and cries no wolf."""

from datetime import date

import pytest

from app.demo.plan import read_demo
from app.domain.linkage.findings import Named, ObjectKind
from tests.domain.demo_plans import DAYS, Demo, write_demo_file
from tests.domain.linkage.checking import find_all

STORIES = [
    # Story 3: busy, but not with strategy.
    ("L101", "error", "SERVICES-1"),
    ("L101", "error", "SERVICES-2"),
    ("L101", "error", "SERVICES-3"),
    # Story 3: and an initiative of theirs serves nothing.
    ("L105", "warning", "ARCHIVE-MOVE"),
    # Story 5: a KPI nobody updates.
    ("L401", "error", "COLLECT-WAIT", "STORES"),
    # What was due two weeks ago and is neither done nor given a new day.
    ("L403", "error", "PICKUP-SHELVES"),
    # Story 1: two owners of one thing.
    ("L505", "warning", "ONLINE-1", "STORES-3"),
    # Story 4: a goal nobody supports.
    ("L601", "error", "G5"),
    # Story 3 again: Central Services works with nobody.
    ("L603", "warning", "SERVICES"),
    # A request that nobody has answered, and a promise that was not kept.
    ("L605", "warning", "PHONE-ROSTERS>SERVICES-1:depends_on"),
    ("L606", "error", "SELF-TILLS>STOCK-FILE:depends_on"),
    # Agreed in the room, and never heard of again.
    ("L803", "warning", "Name who measures the wait at collection, or take the KPI down"),
    ("L803", "warning", "Show the board paper on returns to all heads before it goes out"),
    # Four decisions past their limits, one of them for the third time; one that nobody looked back at.
    ("L804", "warning", "Match online prices at the till?"),
    ("L804", "warning", "Raise the output of line 2 over the weekend?"),
    ("L804", "warning", "Reusable crates for all suppliers?"),
    ("L804", "warning", "Who leads the digital journey of the customer, Stores or Online?"),
    ("L806", "warning", "Who owns the master data of articles?"),
    ("L807", "warning", "Raise the output of line 2 over the weekend?"),
    # Story 4 again: where levels would hear of each other, twice in a row something came up.
    ("L808", "warning", "FORUM"),
]


def name_object(item: Named) -> str:
    """Its code; those of decisions and commitments are counted, and change with the day."""
    counted = (ObjectKind.DECISION, ObjectKind.COMMITMENT)
    return item.title if item.kind in counted else item.code


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_stories_of_the_demo_are_found_and_nothing_else(today: date) -> None:
    found = [
        (finding.rule, finding.severity, *sorted(map(name_object, finding.objects)))
        for finding in find_all(write_demo_file(Demo(today, read_demo(today))))
    ]
    assert sorted(found) == sorted(STORIES)
