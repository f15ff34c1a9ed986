"""Structure, as far as it is about links and their ends: L104, L108, L109, L111-L113, L115."""

from collections.abc import Iterator

from tests.domain.linkage.planted.plans import (
    Edit,
    case,
    department,
    error,
    goal,
    info,
    link,
    objective,
    warning,
    without,
)


def titled(target: str, source: str, **fields: str) -> Iterator[Edit]:
    """A goal and an objective with these titles; the objective contributes to the goal."""
    yield from (goal("G3", title=target), objective("OPS-2", title=source, **fields), link("OPS-2", "G3"))


def weighed(*weights: float | None, **fields: str) -> Iterator[Edit]:
    """Objectives that contribute to G3 with these weights."""
    yield goal("G3", **fields)
    for number, weight in enumerate(weights, 2):
        yield from (objective(f"OPS-{number}"), link(f"OPS-{number}", "G3", weight=weight))


def changed(at: str, *, affirmed: str | None, **fields: str) -> Iterator[Edit]:
    """A goal that changed at one moment, and a link to it that was affirmed at another."""
    yield from (
        goal("G3", changed_at=at),
        objective("OPS-2", **fields),
        link("OPS-2", "G3", affirmed_at=affirmed),
    )


DANGLING_LINKS = [
    case(
        "L104",
        "links to goals that are not live",
        [
            *(goal("G3", status="draft"), goal("G4", status="paused"), goal("G5", status="abandoned")),
            *(link("OPS-1", "G3"), link("OPS-1", "G4"), link("OPS-1", "G5"), link("SALES-1", "G9")),
        ],
        *(error(link="OPS-1>G3:contributes"), error(link="OPS-1>G4:contributes")),
        *(error(link="OPS-1>G5:contributes"), error(link="SALES-1>G9:contributes")),
    ),
    case(
        "L104",
        "a link to an objective that is paused",
        [objective("OPS-1", status="paused")],
        error(link="LINE-1>OPS-1:contributes"),
    ),
    case(
        "L104",
        "the only link of an objective",
        [objective("OPS-2"), link("OPS-2", "SALES-9")],
        error(link="OPS-2>SALES-9:contributes"),
    ),
    case("L104", "a link of a draft to what is not live", [link("SALES-9", "G9")]),
    case(
        "L104",
        "a link of a paused objective to itself",
        [objective("OPS-2", status="paused"), link("OPS-2", "OPS-2")],
    ),
    case(
        "L104",
        "links of other types",
        [
            link("OPS-1", "G9", "supports"),
            link("OPS-1", "SALES-9", "depends_on"),
            link("OPS-1", "G9", "conflicts_with"),
        ],
    ),
]

LEVEL_INVERSIONS = [
    case(
        "L108",
        "a link to a department two levels below",
        [link("OPS-1", "LINE-1")],
        error(link="OPS-1>LINE-1:contributes"),
    ),
    case(
        "L108",
        "links to the department right below, whatever else they reach",
        [objective("PLANT-1"), link("PLANT-1", "LINE-1"), link("OPS-1", "PLANT-1"), link("PLANT-1", "G1")],
        *(error(link="PLANT-1>LINE-1:contributes"), error(link="OPS-1>PLANT-1:contributes")),
    ),
    case(
        "L108",
        "a link past a department that is closed",
        [department("PLANT", active=False), link("OPS-1", "LINE-1")],
        error(link="OPS-1>LINE-1:contributes"),
    ),
    case(
        "L108",
        "a link within a department",
        [objective("OPS-2"), link("OPS-1", "OPS-2"), link("OPS-2", "G1")],
    ),
    case("L108", "a link to itself", [link("OPS-1", "OPS-1")]),
    case(
        "L108",
        "links up and across",
        [link("LINE-1", "SALES-1"), objective("PLANT-1"), link("LINE-1", "PLANT-1")],
    ),
    case(
        "L108",
        "a link across to the child of another department",
        [department("SHOPS", parent="SALES"), objective("SHOPS-1"), link("OPS-1", "SHOPS-1")],
    ),
    case(
        "L108",
        "links of other types",
        [link("OPS-1", "LINE-1", "supports"), link("OPS-1", "LINE-1", "depends_on")],
    ),
    case(
        "L108",
        "links of which an end is not live",
        [
            *(objective("OPS-2", status="draft"), link("OPS-2", "LINE-1")),
            *(objective("LINE-2", status="paused"), link("OPS-1", "LINE-2")),
        ],
    ),
]

UNEXPLAINED_LINKS = [
    case(
        "L109",
        "links without a rationale, or with blanks for one",
        [
            *(link("OPS-1", "G1", rationale=None), link("LINE-1", "OPS-1", rationale="")),
            link("SALES-1", "G2", rationale=" \n\t\u00a0"),
        ],
        *(warning(link="OPS-1>G1:contributes"), warning(link="LINE-1>OPS-1:contributes")),
        warning(link="SALES-1>G2:contributes"),
    ),
    case(
        "L109",
        "a link whose target is not live: only the source matters",
        [link("OPS-1", "G9", rationale="")],
        warning(link="OPS-1>G9:contributes"),
    ),
    case(
        "L109",
        "a link to itself",
        [link("OPS-1", "OPS-1", rationale=None)],
        warning(link="OPS-1>OPS-1:contributes"),
    ),
    case("L109", "a rationale of one letter", [link("OPS-1", "G1", rationale=" x ")]),
    case("L109", "a draft", [link("SALES-9", "G1", rationale=None), link("SALES-9", "OPS-1", rationale=" ")]),
    case(
        "L109",
        "links of other types",
        [
            link("OPS-1", "SALES-1", "supports", rationale=None),
            link("SALES-1", "OPS-1", "depends_on", rationale=""),
        ],
    ),
]

COPIED_CASCADES = [
    case(
        "L111",
        "a title that differs in case, punctuation and space",
        titled("  Win back: COMMUTERS!", "win   back commuters"),
        info(link="OPS-2>G3:contributes"),
    ),
    case(
        "L111",
        "the title of another objective",
        [objective("LINE-1", title="FEWER-SIGNAL-FAULTS (on every_line)")],
        info(link="LINE-1>OPS-1:contributes"),
    ),
    case(
        "L111",
        "letters that are the same once they are compatible",
        titled("Ｆewer ﬁre alarms, CO₂ ①", "fewer fire alarms co2 1"),
        info(link="OPS-2>G3:contributes"),
    ),
    case(
        "L111",
        "letters that are the same once their case is folded",
        titled("STRASSE UND ΛΌΓΟΣ", "Straße und λόγος"),
        info(link="OPS-2>G3:contributes"),
    ),
    case(
        "L111",
        "an accent that is written as a letter and a mark",
        titled("Café für alle", "Cafe\u0301 fu\u0308r alle"),
        info(link="OPS-2>G3:contributes"),
    ),
    case(
        "L111",
        "each link between three of one title",
        [
            *titled("On time", "on time"),
            objective("OPS-3", title="ON TIME"),
            link("OPS-3", "OPS-2"),
            link("OPS-3", "G3"),
        ],
        *(info(link="OPS-2>G3:contributes"), info(link="OPS-3>OPS-2:contributes")),
        info(link="OPS-3>G3:contributes"),
    ),
    case("L111", "a space that the other title has not", titled("On time", "Ontime")),
    case("L111", "the same words in another order", titled("Trains on time", "On time trains")),
    case("L111", "another number", titled("Ten trains of 10", "Ten trains of 11")),
    case("L111", "an accent that the other title has not", titled("Résumé", "Resume")),
    case("L111", "a link to itself", [link("OPS-1", "OPS-1")]),
    case("L111", "a draft", titled("On time", "On time", status="draft")),
    case("L111", "a target that is not live", [*titled("On time", "On time"), goal("G3", status="achieved")]),
    case(
        "L111",
        "links of other types, and none",
        [
            *(
                *titled("On time", "On time"),
                without("OPS-2>G3:contributes"),
                link("OPS-2", "G3", "supports"),
            ),
            objective("OPS-3", title="On time"),
        ],
    ),
]

WEIGHT_SUMS = [
    case("L112", "weights of less than 100", [link("OPS-1", "G2", weight=30)], warning(goal="G2")),
    case("L112", "one weighted link among others", weighed(60, None, None), warning(goal="G3")),
    case("L112", "weights of a little too much", weighed(60.3, 40.3), warning(goal="G3")),
    case("L112", "weights of a little too little", weighed(59.7, 39.7), warning(goal="G3")),
    case("L112", "a thousandth more than a half too much", weighed(60.25, 40.251), warning(goal="G3")),
    case("L112", "a thousandth more than a half too little", weighed(59.75, 39.749), warning(goal="G3")),
    case("L112", "a weight of nothing, which is a weight", weighed(0, None), warning(goal="G3")),
    case(
        "L112",
        "an objective that is weighed",
        [link("LINE-1", "OPS-1", weight=101)],
        warning(objective="OPS-1"),
    ),
    case(
        "L112",
        "a link to itself, which weighs like any other",
        [link("LINE-1", "OPS-1", weight=100), link("OPS-1", "OPS-1", weight=50)],
        warning(objective="OPS-1"),
    ),
    case(
        "L112",
        "what is missing when one source is no longer live",
        [*weighed(60, 40), objective("OPS-2", status="achieved")],
        warning(goal="G3"),
    ),
    case("L112", "exactly a half too much", weighed(60.25, 40.25)),
    case("L112", "exactly a half too little, in tenths", weighed(50.8, 33.4, 15.3)),
    case("L112", "exactly a half too much, in tenths", weighed(29.1, 51.2, 20.2)),
    case(
        "L112",
        "a link to itself that makes it whole",
        [link("LINE-1", "OPS-1", weight=60), link("OPS-1", "OPS-1", weight=40)],
    ),
    case("L112", "no weights at all", weighed(None, None)),
    case("L112", "links without a weight beside enough", weighed(100, None)),
    case(
        "L112",
        "weights of sources that are not live",
        [link("SALES-9", "G2", weight=30), *weighed(None, 70), objective("OPS-3", status="paused")],
    ),
    case("L112", "a target that is not live", weighed(60, status="paused")),
    case("L112", "weights on links of other types", [link("LINE-1", "G2", "supports", weight=30)]),
]

CONTRADICTORY_LINKS = [
    case(
        "L113",
        "an objective in conflict with the goal it contributes to",
        [link("OPS-1", "G1", "conflicts_with")],
        error(objective="OPS-1", goal="G1"),
    ),
    case(
        "L113",
        "a conflict in the other direction",
        [link("OPS-1", "LINE-1", "conflicts_with")],
        error(objective="OPS-1 LINE-1"),
    ),
    case(
        "L113",
        "ends in any state",
        [
            *(link("SALES-9", "G9"), link("SALES-9", "G9", "conflicts_with")),
            *(
                objective("OPS-2", status="paused"),
                link("OPS-2", "SALES-9"),
                link("SALES-9", "OPS-2", "conflicts_with"),
            ),
        ],
        *(error(objective="SALES-9", goal="G9"), error(objective="OPS-2 SALES-9")),
    ),
    case(
        "L113",
        "two that are tied in all ways as one pair",
        [
            *(link("OPS-1", "LINE-1"), link("OPS-1", "LINE-1", "conflicts_with")),
            link("LINE-1", "OPS-1", "conflicts_with"),
        ],
        error(objective="OPS-1 LINE-1"),
    ),
    case("L113", "a conflict alone", [link("OPS-1", "SALES-1", "conflicts_with")]),
    case(
        "L113",
        "a conflict beside links of other types",
        [
            *(link("SALES-1", "OPS-1", "conflicts_with"), link("SALES-1", "OPS-1", "supports")),
            link("OPS-1", "SALES-1", "depends_on"),
        ],
    ),
    case("L113", "a conflict with what the target contributes to", [link("LINE-1", "G1", "conflicts_with")]),
]

STALE_AFFIRMATIONS = [
    case(
        "L115",
        "a goal that changed a second later",
        changed("2026-02-01T00:00:01Z", affirmed="2026-02-01T00:00:00Z"),
        warning(link="OPS-2>G3:contributes"),
    ),
    case(
        "L115",
        "an objective that changed, for each link to it",
        [
            *(
                objective("OPS-1", changed_at="2026-11-21T12:00:00Z"),
                objective("OPS-2"),
                link("OPS-2", "OPS-1"),
            ),
        ],
        *(warning(link="LINE-1>OPS-1:contributes"), warning(link="OPS-2>OPS-1:contributes")),
    ),
    case(
        "L115",
        "a change that is later although its clock shows less",
        changed("2026-02-01T10:30:00Z", affirmed="2026-02-01T12:00:00+02:00"),
        warning(link="OPS-2>G3:contributes"),
    ),
    case(
        "L115",
        "a link to itself",
        [objective("OPS-2", changed_at="2026-06-01T00:00:00Z"), link("OPS-2", "OPS-2"), link("OPS-2", "G1")],
        warning(link="OPS-2>OPS-2:contributes"),
    ),
    case(
        "L115",
        "a millionth of a second",
        changed("2026-02-01T00:00:00.000001Z", affirmed="2026-02-01T00:00:00Z"),
        warning(link="OPS-2>G3:contributes"),
    ),
    case(
        "L115",
        "a change of the same moment",
        changed("2026-02-01T12:00:00+02:00", affirmed="2026-02-01T10:00:00Z"),
    ),
    case(
        "L115",
        "a change that is earlier although its clock shows more",
        changed("2026-02-01T11:00:00+02:00", affirmed="2026-02-01T10:00:00Z"),
    ),
    case("L115", "a link that was never affirmed", changed("2026-06-01T00:00:00Z", affirmed=None)),
    case("L115", "a target of which no change is known", [goal("G1", changed_at=None)]),
    case("L115", "a source that changed", [objective("LINE-1", changed_at="2026-06-01T00:00:00Z")]),
    case("L115", "a draft", changed("2026-06-01T00:00:00Z", affirmed="2026-02-01T00:00:00Z", status="draft")),
    case(
        "L115",
        "a target that is not live",
        [goal("G9", changed_at="2026-06-01T00:00:00Z"), link("OPS-1", "G9")],
    ),
    case(
        "L115",
        "links of other types",
        [goal("G3", changed_at="2026-06-01T00:00:00Z"), link("OPS-1", "G3", "supports")],
    ),
]

CASES = [
    *(*DANGLING_LINKS, *LEVEL_INVERSIONS, *UNEXPLAINED_LINKS, *COPIED_CASCADES),
    *(*WEIGHT_SUMS, *CONTRADICTORY_LINKS, *STALE_AFFIRMATIONS),
]
