"""Planted faults of rituals: the second Tuesday of each month. Today is 22 November 2026."""

from tests.domain.linkage.planted.plans import case, info, occurrence, on, ritual, warning

OCTOBER, NOVEMBER = "2026-10-13", "2026-11-10"
HELD = occurrence(OCTOBER, "kept")
CASES = [
    case(
        "L808",
        "one that was skipped",
        [ritual("R-1", occurrences=[HELD, occurrence(NOVEMBER, "skipped")])],
        info(ritual="R-1"),
    ),
    case(
        "L808",
        "one that passed without a word",
        [ritual("R-1", occurrences=[HELD])],
        info(ritual="R-1"),
    ),
    case(
        "L808",
        "two in a row",
        [ritual("R-1", occurrences=[occurrence(OCTOBER, "skipped"), occurrence(NOVEMBER, "skipped")])],
        warning(ritual="R-1"),
    ),
    case(
        "L808",
        "three in a row",
        [ritual("R-1", occurrences=[occurrence("2026-08-11", "kept")])],
        warning(ritual="R-1"),
    ),
    case(
        "L808",
        "one that was skipped before its rule changed",
        [ritual("R-1", ruled_from="2026-11-20", occurrences=[occurrence("2026-11-03", "skipped")])],
        info(ritual="R-1"),
    ),
    case("L808", "one that took place", [ritual("R-1")]),
    case(
        "L808",
        "one that was skipped before the last one",
        [ritual("R-1", occurrences=[occurrence(OCTOBER, "skipped"), occurrence(NOVEMBER, "kept")])],
    ),
    case(
        "L808",
        "one that was moved to another week",
        [ritual("R-1", occurrences=[HELD, occurrence(NOVEMBER, "planned", on="2026-11-24")])],
    ),
    case("L808", "a week without a word", [on("2026-11-17"), ritual("R-1", occurrences=[HELD])]),
    case(
        "L808",
        "a week and a day without a word",
        [on("2026-11-18"), ritual("R-1", occurrences=[HELD])],
        info(ritual="R-1"),
    ),
    case("L808", "one that has just begun", [ritual("R-1", ruled_from="2026-11-20", occurrences=[])]),
    case(
        "L808",
        "one that is skipped next time",
        [ritual("R-1", occurrences=[occurrence(NOVEMBER, "kept"), occurrence("2026-12-08", "skipped")])],
    ),
    case(
        "L808",
        "one that has come to its end",
        [ritual("R-1", rrule="FREQ=MONTHLY;BYDAY=2TU;UNTIL=20261031", occurrences=[HELD])],
    ),
]
