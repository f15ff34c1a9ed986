"""The plan file (linkage.md): the whole graph of one day as JSON, read strictly and refused with pointers.

What a rule of the checker finds must load; only what cannot be understood is refused here.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from app.domain.decisions import LONGEST_LIMIT_DAYS, DecisionStatus
from app.domain.linkage.names import write_link_code
from app.domain.periods import LONGEST_GRACE_DAYS, BadPeriod, Cadence, parse_period
from app.domain.recurrence import BadRule, read_rule
from app.domain.rituals import OccurrenceState
from app.domain.scoring import Aggregation, Direction
from app.domain.texts import quote_text
from app.domain.words import DependencyState, LinkType, NodeStatus
from app.errors import Fault, Invalid

# What a record is called for ever, where a plan comes from our own database. An `id` in a file is any other
# field that the form does not know: it is left alone, and fingerprints of a file use codes.
IDENTITY = "coxswain_id"
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]


class _Row(msgspec.Struct, kw_only=True, gc=False, rename={"id": IDENTITY}):
    code: Key
    id: str | None = None


class PlanTheme(_Row, kw_only=True, gc=False):
    """A theme."""

    name: Text


class PlanDepartment(_Row, kw_only=True, gc=False):
    """A department; `parent` is the code of the one above it."""

    name: Text
    parent: str | None = None
    active: bool = True


class PlanOwner(_Row, kw_only=True, gc=False):
    """An owner; the code is the e-mail address."""

    name: Text
    department: str | None = None
    active: bool = True


class _PlanNode(_Row, kw_only=True, gc=False):
    title: Text
    status: NodeStatus
    why: Text | None = None
    owner: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    # When title, why or end date last changed (L115).
    changed_at: datetime | None = None


class PlanGoal(_PlanNode, kw_only=True, gc=False):
    """A strategic goal."""

    theme: str | None = None
    cross_functional: bool = False


class PlanObjective(_PlanNode, kw_only=True, gc=False):
    """A departmental objective."""

    department: str


class PlanLink(msgspec.Struct, kw_only=True, gc=False, rename={"id": IDENTITY}):
    """A link. Without a code it is called by its ends and its type."""

    source: str
    target: str
    type: LinkType
    code: str = ""
    id: str | None = None
    weight: float | None = None
    rationale: Text | None = None
    affirmed_at: datetime | None = None
    # Of a dependency: by when it is needed, and what became of it (L605, L606).
    need_by: date | None = None
    state: DependencyState | None = None
    requested_on: date | None = None
    delivered_on: date | None = None


class PlanInitiative(_Row, kw_only=True, gc=False):
    """An initiative; it supports goals and objectives. `department`: the one that leads it."""

    title: Text
    status: NodeStatus
    department: str | None = None
    owner: str | None = None
    ends_on: date | None = None
    supports: list[str] = []


class PlanTarget(msgspec.Struct, kw_only=True, gc=False, rename={"from_": "from"}):
    """What is expected of a KPI from a period to another, both included, perhaps of one department."""

    from_: str
    to: str | None = None
    department: str | None = None
    target: float | None = None
    amber: float | None = None
    red: float | None = None
    low: float | None = None
    high: float | None = None
    red_low: float | None = None
    red_high: float | None = None


class PlanKpi(_Row, kw_only=True, gc=False):
    """A KPI. `last_period` holds the latest period with a value per department ("" for the whole).

    A department whose period is null is awaited, but never had a value. `red_in`: where the latest is red.
    """

    name: Text
    unit: str
    direction: Direction
    cadence: Cadence
    metric: str | None = None
    grace_days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_GRACE_DAYS)] = 5
    aggregation: Aggregation = Aggregation.MEAN
    active: bool = True
    built_in: bool = False
    owner: str | None = None
    measures: list[str] = []
    department: str | None = None
    baseline: float | None = None
    targets: list[PlanTarget] = []
    last_period: dict[str, str | None] = {}
    red_in: list[str] = []


class PlanDecision(_Row, kw_only=True, gc=False):
    """A decision. `opened_on`: raised, or opened again for the last time; `limit_days` are those of its type.

    `reopened`: how often it was opened again.
    """

    title: Text
    status: DecisionStatus
    opened_on: date
    decider: str | None = None
    departments: list[str] = []
    limit_days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_LIMIT_DAYS)] | None = None
    review_on: date | None = None
    reviewed_on: date | None = None
    reopened: int = 0


class PlanCommitment(_Row, kw_only=True, gc=False):
    """An open commitment: what somebody does by a day, perhaps about a KPI. Closed ones are in no plan."""

    what: Text
    due_on: date
    owner: str | None = None
    department: str | None = None
    kpi: str | None = None


class PlanOccurrence(msgspec.Struct, kw_only=True, gc=False):
    """What was said of an occurrence: the day on which the rule has it, and the one it is on now."""

    day: date
    on: date
    state: OccurrenceState


class PlanRitual(_Row, kw_only=True, gc=False):
    """A ritual in force. `ruled_from`: since when its rule holds; earlier days are awaited by nobody."""

    name: Text
    rrule: str
    starts_on: date
    ruled_from: date
    host: str | None = None
    occurrences: list[PlanOccurrence] = []


class PlanFile(msgspec.Struct, kw_only=True):
    """A whole plan; every list may be left out."""

    today: date | None = None
    themes: list[PlanTheme] = []
    departments: list[PlanDepartment] = []
    owners: list[PlanOwner] = []
    goals: list[PlanGoal] = []
    objectives: list[PlanObjective] = []
    links: list[PlanLink] = []
    initiatives: list[PlanInitiative] = []
    kpis: list[PlanKpi] = []
    decisions: list[PlanDecision] = []
    commitments: list[PlanCommitment] = []
    rituals: list[PlanRitual] = []


_DECODER = msgspec.json.Decoder(PlanFile)
_MOST_FAULTS = 1000
# What names other things by single references or lists of them.
_REFERRING = (
    *("departments", "owners", "goals", "objectives", "initiatives", "kpis"),
    *("decisions", "commitments", "rituals"),
)


def read_plan_file(data: bytes) -> PlanFile:
    """The plan of a file; `Invalid` with a JSON pointer for each fault.

    Faults: what is no JSON or has another shape (the first one), then all of these together, up to 1,000:
    doubled codes (`duplicate`), references to nothing (`unknown_reference`), links that start at a goal
    (`link_from_goal`), periods and rules of recurrence that are none (`bad_period`, `bad_rule`). Codes and
    references are compared without case.
    """
    try:
        plan = _DECODER.decode(data)
    except msgspec.ValidationError as error:
        raise _point_at(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid.at("", "not_json", f"This is no JSON: {error}.") from error
    except RecursionError as error:
        raise Invalid.at("", "not_json", "This is nested too deeply for a plan.") from error
    faults = tuple(fault for _, fault in zip(range(_MOST_FAULTS), _find_faults(plan), strict=False))
    if faults:
        raise Invalid(f"The plan has {len(faults)} faults.", faults=faults)
    return plan


def _point_at(error: msgspec.ValidationError) -> Invalid:
    sentence, _, place = str(error).partition(" - at `$")
    # Where a mapping holds a wrong value, msgspec does not say under which key.
    known = place.rstrip("`").partition("[...]")[0]
    pointer = re.sub(r"[.\[]", "/", known).replace("]", "")
    return Invalid.at(pointer, "bad_shape", f"{sentence}.")


Codes = dict[str, str]


def _find_faults(plan: PlanFile) -> Iterator[Fault]:
    themes = yield from _index_codes(plan, "themes", {})
    departments = yield from _index_codes(plan, "departments", {})
    owners = yield from _index_codes(plan, "owners", {})
    goals = yield from _index_codes(plan, "goals", dict(themes))
    measurable = yield from _index_codes(plan, "objectives", dict(goals))
    initiatives = yield from _index_codes(plan, "initiatives", {})
    kpis = yield from _index_codes(plan, "kpis", {})
    for name in ("links", "decisions", "commitments", "rituals"):
        yield from _index_codes(plan, name, {})
    nodes = {code: place for code, place in measurable.items() if code not in themes}
    known = {
        "parent": departments,
        "department": departments,
        "departments": departments,
        "owner": owners,
        "decider": owners,
        "host": owners,
        "theme": themes,
        "supports": nodes,
        "measures": measurable,
        "kpi": kpis,
    }
    for name in _REFERRING:
        for index, row in enumerate(getattr(plan, name)):
            yield from _find_unknown(row, f"/{name}/{index}", known)
    # What an initiative is for stands under `supports`: links tie it in any other way.
    ends = {**initiatives, **nodes}
    for index, link in enumerate(plan.links):
        there = nodes if link.type is LinkType.CONTRIBUTES else ends
        yield from _find_unknown(link, f"/links/{index}", {"source": there, "target": there})
    yield from _find_bad_rules(plan)
    yield from _find_links_from_goals(plan)
    for index, kpi in enumerate(plan.kpis):
        yield from _find_bad_ranges(kpi, f"/kpis/{index}", departments)
        yield from _find_bad_values(kpi, f"/kpis/{index}/last_period", departments)


def _index_codes(plan: PlanFile, name: str, taken: Codes) -> Generator[Fault, None, Codes]:
    for index, row in enumerate(getattr(plan, name)):
        place, shown = f"/{name}/{index}/code", row.code or write_link_code(row.source, row.target, row.type)
        code = shown.casefold()
        if code in taken:
            yield Fault(place, "duplicate", f"{quote_text(shown)} stands at {taken[code]}, too.")
        taken.setdefault(code, place)
    return taken


def _find_unknown(row: Any, place: str, known: Mapping[str, Codes]) -> Iterator[Fault]:
    for field, codes in known.items():
        value = getattr(row, field, None)
        if isinstance(value, str) and value.casefold() not in codes:
            yield _say_unknown(f"{place}/{field}", value)
        elif isinstance(value, list):
            for index, code in enumerate(value):
                if code.casefold() not in codes:
                    yield _say_unknown(f"{place}/{field}/{index}", code)


def _say_unknown(pointer: str, code: str) -> Fault:
    return Fault(pointer, "unknown_reference", f"The plan holds no {quote_text(code)} that fits here.")


def _find_bad_rules(plan: PlanFile) -> Iterator[Fault]:
    for index, ritual in enumerate(plan.rituals):
        try:
            read_rule(ritual.rrule)
        except BadRule as error:
            yield Fault(f"/rituals/{index}/rrule", "bad_rule", str(error))


def _find_links_from_goals(plan: PlanFile) -> Iterator[Fault]:
    goals = {goal.code.casefold() for goal in plan.goals}
    for index, link in enumerate(plan.links):
        if link.source.casefold() in goals:
            sentence = f"A link starts at an objective; {quote_text(link.source)} is a goal."
            yield Fault(f"/links/{index}/source", "link_from_goal", sentence)


def _find_bad_ranges(kpi: PlanKpi, place: str, departments: Codes) -> Iterator[Fault]:
    for index, target in enumerate(kpi.targets):
        where = f"{place}/targets/{index}"
        yield from _find_bad_period(f"{where}/from", target.from_)
        yield from _find_bad_period(f"{where}/to", target.to)
        if target.department is not None and target.department.casefold() not in departments:
            yield _say_unknown(f"{where}/department", target.department)


def _find_bad_values(kpi: PlanKpi, place: str, departments: Codes) -> Iterator[Fault]:
    for department, period in kpi.last_period.items():
        where = f"{place}/{department.replace('~', '~0').replace('/', '~1')}"
        if department and department.casefold() not in departments:
            yield _say_unknown(where, department)
        yield from _find_bad_period(where, period)


def _find_bad_period(pointer: str, text: str | None) -> Iterator[Fault]:
    if text is not None:
        try:
            parse_period(text)
        except BadPeriod as error:
            yield Fault(pointer, "bad_period", f"{error}.")
