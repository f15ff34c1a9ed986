"""What the tests of the demo organization share: the days it is read for, and ways to look into a plan."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.demo.plan import DemoPlan, Row
from app.domain.linkage.cycles import find_path
from app.domain.periods import Cadence, covers, last_ended, parse_period
from app.domain.scoring import Assessment, Direction, Status, Thresholds, assess

DAYS = [
    date(2026, 11, 22),
    date(2028, 2, 29),
    date(2026, 1, 1),
    date(2026, 12, 31),
    date(2027, 1, 1),  # a Friday in 2026-W53
    date(2029, 3, 31),
]
BUILT_IN = {
    **dict.fromkeys(("ON-TIME", "DECISION-QUALITY", "COMMUNICATION", "COMMUNICATION-CONSISTENCY"), "higher"),
    **dict.fromkeys(("CULTURE", "CULTURE-UNIFORMITY", "COLLABORATION", "ENGAGEMENT"), "higher"),
    "DECISION-SPEED": "lower",
}


# Each month says something, if only that there was nothing to count.
COMPUTED = BUILT_IN.keys() - {"ENGAGEMENT"}


class Demo(NamedTuple):
    today: date
    plan: DemoPlan


def by_code(rows: list[Row]) -> dict[str, Row]:
    return {row["code"]: row for row in rows}


def live(rows: list[Row]) -> dict[str, Row]:
    return {row["code"]: row for row in rows if row["status"] == "active"}


def contributions(plan: DemoPlan) -> list[Row]:
    """The `contributes` links between live nodes."""
    nodes = live(plan.goals) | live(plan.objectives)
    links = (link for link in plan.links if link["type"] == "contributes")
    return [link for link in links if link["source"] in nodes and link["target"] in nodes]


def supporters(plan: DemoPlan) -> dict[str, set[str]]:
    """The live objectives that reach each live goal."""
    edges = defaultdict(list)
    for link in contributions(plan):
        edges[link["source"]].append(link["target"])
    return {
        goal: {code for code in live(plan.objectives) if find_path(edges, start=code, goal=goal)}
        for goal in live(plan.goals)
    }


def directions(plan: DemoPlan) -> dict[str, Direction]:
    return {
        code: Direction(name)
        for code, name in ({kpi["code"]: kpi["direction"] for kpi in plan.kpis} | BUILT_IN).items()
    }


def thresholds(target: Row) -> Thresholds:
    given = {key: target[key] for key in target.keys() - {"kpi", "department", "from", "to"}}
    return Thresholds(**{key: Decimal(str(value)) for key, value in given.items()})


def target_covers(target: Row, text: str) -> bool:
    end = None if target["to"] is None else parse_period(target["to"])
    return covers(parse_period(target["from"]), end, period=parse_period(text))


def assessment(plan: DemoPlan, kpi: str, item: Row) -> Assessment:
    """The status of a measurement by the target of its department, else by the general one."""
    value = Decimal(str(item["value"])) if "value" in item else None
    found = [row for row in plan.targets if row["kpi"] == kpi and target_covers(row, item["period"])]
    own = [row for row in found if row.get("department") == item["department"]]
    general = [row for row in found if row.get("department") is None]
    target = next(iter(own + general), None)
    return assess(value, directions(plan)[kpi], thresholds=thresholds(target) if target else None)


def measurements(plan: DemoPlan) -> Iterator[tuple[str, Row]]:
    return ((batch["kpi"], item) for batch in plan.measurements for item in batch["items"])


def latest(plan: DemoPlan, kpi: str, *, months_before: int = 0) -> Row:
    items = [item for code, item in measurements(plan) if code == kpi and "reason" not in item]
    return sorted(items, key=lambda item: parse_period(item["period"]))[-1 - months_before]


def write_demo_file(demo: Demo) -> Row:
    """The plan as a plan file (linkage.md), built-in KPIs included."""
    plan = demo.plan
    built_in = {"unit": "score", "cadence": "monthly", "grace_days": 10, "built_in": True}
    kpis = [built_in | {"code": code, "name": code, "direction": way} for code, way in BUILT_IN.items()]
    return {
        "today": demo.today.isoformat(),
        "themes": plan.themes,
        "departments": plan.departments,
        "owners": [{**row, "code": row["email"]} for row in plan.owners],
        "goals": plan.goals,
        "objectives": plan.objectives,
        "links": plan.links
        + [{**row, "type": "depends_on", **read_answer(row)} for row in plan.dependencies],
        "initiatives": [{**row, **read_steps(row)} for row in plan.initiatives],
        "kpis": [
            {
                **kpi,
                "targets": [row for row in plan.targets if row["kpi"] == kpi["code"]],
                "last_period": last_periods(demo, kpi["code"]),
                "red_in": list_red_places(plan, kpi["code"]),
            }
            for kpi in plan.kpis + kpis
        ],
        "decisions": [read_decision(plan, row, number) for number, row in enumerate(plan.decisions, 1)],
        "commitments": [
            read_commitment(plan, row, f"C-{number}")
            for number, row in enumerate([*plan.commitments, *list_promises(plan)], 1)
            if not any("settle" in step or "drop" in step for step in row.get("steps", ()))
        ],
        "rituals": [read_ritual(row, demo.today) for row in plan.rituals],
    }


def read_ritual(row: Row, today: date) -> Row:
    """A ritual that was made today, with what was said of its past."""
    occurrences = [
        {
            "day": told["day"],
            "on": told["move"]["to"][:10] if "move" in told else told["day"],
            "state": "skipped" if "skip" in told else "kept",
        }
        for told in row["occurrences"]
    ]
    days = {"starts_on": row["starts_at"][:10], "ruled_from": today.isoformat()}
    return (
        {name: row[name] for name in ("code", "name", "host", "rrule")} | days | {"occurrences": occurrences}
    )


def list_promises(plan: DemoPlan) -> list[Row]:
    """The commitments of all reviews, in the order in which they were made, with their steps."""
    promised = [promise for review in plan.reviews for promise in review["promised"]]
    return [{**promise["commitment"], "steps": promise["steps"]} for promise in promised]


def read_commitment(plan: DemoPlan, row: Row, code: str) -> Row:
    """An open commitment after all its steps, where its owner works."""
    days = [step["redate"]["due_on"] for step in row.get("steps", ()) if "redate" in step]
    home = next(each["department"] for each in plan.owners if each["email"] == row["owner"])
    told = {"code": code, "department": home, "kpi": row.get("kpi"), "due_on": [row["due_on"], *days][-1]}
    return {name: row[name] for name in ("what", "owner")} | told


def list_red_places(plan: DemoPlan, kpi: str) -> list[str]:
    """Where the latest value of a KPI is red."""
    places = {item["department"] or "" for code, item in measurements(plan) if code == kpi}
    return sorted(place for place in places if _is_red(plan, kpi, place))


def _is_red(plan: DemoPlan, kpi: str, place: str) -> bool:
    items = [item for code, item in measurements(plan) if code == kpi and (item["department"] or "") == place]
    last = sorted(items, key=lambda item: parse_period(item["period"]))[-1]
    return assessment(plan, kpi, last).status is Status.RED


def read_decision(plan: DemoPlan, row: Row, number: int) -> Row:
    """A decision after all its steps."""
    limits = {each["code"]: each["limit_days"] for each in plan.decision_types}
    state: Row = {"status": "open", "opened_on": row["raised_on"], "review_on": None, "reopened": 0}
    for step in row.get("steps", ()):
        ((verb, said),) = step.items()
        if verb == "decide":
            state |= {"status": "decided", "review_on": said.get("review_on")}
        elif verb == "reopen":
            state |= {"status": "open", "opened_on": said["reopened_on"], "reviewed_on": None}
            state["reopened"] += 1
        elif verb == "withdraw":
            state["status"] = "withdrawn"
        elif verb == "review":
            state["reviewed_on"] = said["reviewed_on"]
    decided = {"code": f"D-{number}", "limit_days": limits[row["type"]]}
    return {name: row[name] for name in ("title", "departments")} | decided | state


def read_steps(row: Row) -> Row:
    """What became of an initiative, in the words of a plan file."""
    state = {"status": row["status"], "ends_on": row["due_on"]}
    for step in row.get("steps", ()):
        state |= {"ends_on": step["redate"]["due_on"]} if "redate" in step else {}
        state |= {"status": "achieved"} if "finish" in step else {}
        state |= {"status": "abandoned"} if "cancel" in step else {}
    return state


def read_answer(row: Row) -> Row:
    """What became of a dependency."""
    said = {"accept": "accepted", "decline": "declined", "deliver": "delivered"}
    return {"state": said[next(iter(row["answers"][-1]))] if row["answers"] else "requested"}


def last_periods(demo: Demo, kpi: str) -> dict[str, str]:
    """The latest period with a value per department, "" for the whole organization."""
    plan = demo.plan
    if kpi in COMPUTED:
        return {"": last_ended(demo.today, Cadence.MONTHLY).text}
    places = {row["segment"]: row["department"] for row in plan.segments}
    fed = [
        (places[item["segment"]], item["period"])
        for batch in plan.engagement
        for item in batch["items"]
        if kpi == "ENGAGEMENT" and item["segment"] in places
    ]
    typed = [(item["department"] or "", item["period"]) for code, item in measurements(plan) if code == kpi]
    return dict(sorted(fed + typed, key=lambda one: parse_period(one[1])))
