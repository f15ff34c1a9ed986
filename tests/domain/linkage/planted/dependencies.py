"""Dependencies: L605, L606."""

from collections.abc import Iterator

from tests.domain.linkage.planted.plans import Edit, case, error, initiative, link, objective, on, warning

NEEDED = "SALES-1>OPS-1:depends_on"


def asked(source: str = "SALES-1", target: str = "OPS-1", **fields: str | None) -> Edit:
    """A dependency that was asked for on the day of the plan, unless it says otherwise."""
    state = {"state": "requested", "requested_on": "2026-11-22", "need_by": None}
    return link(source, target, "depends_on", **state | fields)


def between(**fields: str | None) -> Iterator[Edit]:
    """The same of one initiative to another, of another department."""
    yield initiative("I2", owner="cho@x.org", supports=["SALES-1"])
    yield asked("I2", "I1", **fields)


UNANSWERED = [
    case("L605", "a request of two weeks ago", [asked(requested_on="2026-11-08")], warning(link=NEEDED)),
    case("L605", "what is needed in two weeks", [asked(need_by="2026-12-06")], warning(link=NEEDED)),
    case("L605", "what is needed today", [asked(need_by="2026-11-22")], warning(link=NEEDED)),
    case(
        "L605",
        "a request of an initiative to another",
        between(requested_on="2026-11-01"),
        warning(link="I2>I1:depends_on"),
    ),
    case(
        "L605",
        "a request to what is not in force",
        [objective("OPS-9", status="paused"), asked("LINE-1", "OPS-9", requested_on="2026-11-01")],
        warning(link="LINE-1>OPS-9:depends_on"),
    ),
    case("L605", "a request of thirteen days ago", [asked(requested_on="2026-11-09")]),
    case("L605", "what is needed in fifteen days", [asked(need_by="2026-12-07")]),
    case("L605", "a request without any day", [asked(requested_on=None)]),
    case("L605", "what nobody has asked for yet", [asked(state=None, requested_on="2026-01-01")]),
    case("L605", "what was needed yesterday", [asked(requested_on="2026-01-01", need_by="2026-11-21")]),
    case("L605", "what was promised", [asked(state="accepted", requested_on="2026-01-01")]),
    case("L605", "what was declined", [asked(state="declined", requested_on="2026-01-01")]),
    case("L605", "a source that is paused", [initiative("I1", status="paused"), asked("I1", "SALES-1")]),
    case(
        "L605",
        "a link that only supports",
        [link("SALES-1", "OPS-1", "supports", state="requested", requested_on="2026-01-01")],
    ),
    case(
        "L605",
        "an initiative that only supports another",
        [initiative("I2", supports=["OPS-1"]), link("I2", "I1", "supports", state="requested")],
    ),
]

LATE = [
    case(
        "L606", "a promise of yesterday", [asked(state="accepted", need_by="2026-11-21")], error(link=NEEDED)
    ),
    case("L606", "what was never answered", [asked(need_by="2026-06-30")], error(link=NEEDED)),
    case(
        "L606",
        "what an initiative needs",
        between(state="accepted", need_by="2026-10-31"),
        error(link="I2>I1:depends_on"),
    ),
    case(
        "L606",
        "what an objective needs of an initiative",
        [asked("OPS-1", "I1", need_by="2026-10-31")],
        error(link="OPS-1>I1:depends_on"),
    ),
    case("L606", "a promise for today", [asked(state="accepted", need_by="2026-11-22")]),
    case("L606", "a promise without a day", [asked(state="accepted")]),
    case("L606", "what was declined", [asked(state="declined", need_by="2026-06-30")]),
    case(
        "L606",
        "what came late",
        [asked(state="delivered", need_by="2026-06-30", delivered_on="2026-07-31")],
    ),
    case("L606", "a day long past without a state", [asked(state=None, need_by="2026-01-31")]),
    case(
        "L606",
        "what an initiative needed that was given up",
        [initiative("I2", status="abandoned"), asked("I2", "I1", need_by="2026-01-31")],
    ),
    case(
        "L606", "the day before it is late", [on("2026-11-21"), asked(state="accepted", need_by="2026-11-21")]
    ),
]

CASES = UNANSWERED + LATE
