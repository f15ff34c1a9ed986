"""A second organization beside the healthy one, wrong in most ways, with nothing in common."""

from tests.domain.linkage.planted.plans import (
    Edit,
    commitment,
    decision,
    department,
    goal,
    initiative,
    kpi,
    link,
    objective,
    owner,
    ritual,
    target,
)

ZAC, ZOE = "zac@y.org", "zoe@y.org"
LATE = "2026-06-30"

SICK: list[Edit] = [
    *(department("ZOO"), department("ZEN", parent="ZOO"), department("ZIP")),
    *(owner(ZAC, department="ZIP"), owner(ZOE, department="ZEN", active=False)),
    goal("Z1", title="Quiet nights for neighbours", theme=None, owner=None, cross_functional=True),
    goal("Z2", title="Sold last year", status="abandoned", owner=ZAC),
    objective("ZOO-1", title="Quiet nights: for NEIGHBOURS", owner=ZOE, ends_on=LATE),
    objective("ZOO-2", title="Feed elephants before sunrise", owner=ZAC),
    objective("ZEN-1", title="Feed elephants before the sunrise", owner=None),
    objective("ZEN-2", title="Sweep paths", owner=ZOE, ends_on="2027-06-30"),
    objective("ZEN-3", title="Rest", owner=ZOE, changed_at="2026-10-01T00:00:00Z"),
    objective("ZEN-4", title="Count visitors", owner=ZOE),
    *(link("ZOO-1", "Z1", weight=70), link("ZOO-1", "Z1", "conflicts_with"), link("ZOO-1", "Z2")),
    *(link("ZEN-2", "ZOO-1"), link("ZOO-2", "ZEN-3", rationale=None)),
    *(link("ZEN-3", "ZEN-4"), link("ZEN-4", "ZEN-3")),
    initiative("Z-NEW", owner=None, supports=[], ends_on=LATE),
    initiative("Z-OLD", owner=ZAC, supports=["ZEN-2"]),
    link("Z-OLD", "ZOO-2", "depends_on", state="requested", need_by="2026-11-30"),
    link("ZEN-2", "Z-OLD", "depends_on", state="accepted", need_by="2026-03-31"),
    kpi("Z-NOISE", owner=ZAC, measures=["ZOO-1"], department="ZOO", metric="noise", cadence="weekly"),
    kpi("Z-NOISE", targets=[target("2026-W01", "2026-W09", amber=95)], last_period={"ZOO": "2026-W09"}),
    kpi("Z-HUM", name="z noise", owner=None, measures=["ZEN-2"], department="ZEN", metric="noise"),
    kpi("Z-HUM", direction="lower", targets=[], last_period={"ZEN": "2026-09"}, red_in=["ZEN"]),
    decision("Z-D1", opened_on="2026-01-01", departments=["ZOO", "ZIP"], decider=ZAC, reopened=4),
    ritual("Z-R1", host=ZAC, starts_on="2026-03-10", ruled_from="2026-03-01", occurrences=[]),
    commitment("Z-C1", owner=ZAC, department="ZOO", due_on="2026-01-01", kpi="Z-NOISE"),
    decision("Z-D2", status="decided", review_on="2026-02-01", departments=[], decider=None),
    kpi("Z-LOST", owner=ZOE, measures=[], department="ZIP", targets=[], last_period={}),
]
SICK_RULES = {
    *("L101", "L102", "L103", "L104", "L105", "L106", "L107", "L108", "L109", "L111", "L112", "L113", "L115"),
    *("L201", "L202", "L206", "L301", "L302", "L303", "L305", "L401", "L402", "L403", "L407", "L408"),
    *("L501", "L505", "L605", "L606", "L801", "L803", "L804", "L806", "L807", "L808"),
}
