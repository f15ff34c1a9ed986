"""A StratML report (ISO 17469-1, -2) as a plan file, for a test on a real plan. Read leniently: real files
break their own schema, and what one does not say is not made up here.

Goals and objectives keep their sequence numbers as codes, since identifiers come doubled. An objective
contributes to the goal that it stands in. StratML has no themes, no states and no reasons for a link: no goal
has a theme, everything is active, every rationale is missing. The only performer that an objective names is
its owner; one of several is nobody. An indicator measures its objective once a year, a number to be reached
is its target, and a result with a number or an end date is a value of that year.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from tests.domain.linkage.checking import Document

Element = ElementTree.Element
REPORTING_YEAR = "2011"


def read_report(file: Path) -> Document:
    """The plan file of a report, as of the day on which it was published."""
    root = _without_namespaces(ElementTree.parse(file).getroot())  # noqa: S314 - a file that comes with the tests
    core = root.find("StrategicPlanCore")
    assert core is not None
    department = _text(core, "Organization/Acronym")
    members = {_text(each, "Name") for each in core.iterfind("Organization/Stakeholder")}
    objectives = [(goal, each) for goal in core.iterfind("Goal") for each in goal.iterfind("Objective")]
    owners = {_find_owner(each) for _, each in objectives} - {None}
    return {
        "today": _text(root, "AdministrativeInformation/PublicationDate"),
        "departments": [{"code": department, "name": _text(core, "Organization/Name"), "parent": None}],
        "owners": [
            {"code": _slug(name), "name": name, "department": department if name in members else None}
            for name in sorted(filter(None, owners))
        ],
        "goals": [{**_convert_node(goal), "cross_functional": False} for goal in core.iterfind("Goal")],
        "objectives": [{**_convert_node(each), "department": department} for _, each in objectives],
        "links": [_convert_link(goal, each) for goal, each in objectives],
        "initiatives": [],
        "kpis": [kpi for _, each in objectives for kpi in _convert_indicators(each)],
    }


def _without_namespaces(root: Element) -> Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _text(element: Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")


def _code_of(element: Element) -> str:
    return _text(element, "SequenceIndicator").replace(" ", "-")


def _find_owner(element: Element) -> str | None:
    performers = [
        _text(each, "Name")
        for each in element.iterfind("Stakeholder")
        if "Performer" in (role.text for role in each.iterfind("Role/RoleType")) and _text(each, "Name")
    ]
    return performers[0] if len(performers) == 1 else None


def _convert_node(element: Element) -> Document:
    owner = _find_owner(element)
    named = {"code": _code_of(element), "title": _text(element, "Name"), "why": _text(element, "Description")}
    return {**named, "owner": owner and _slug(owner), "status": "active"}


def _convert_link(goal: Element, objective: Element) -> Document:
    source, target = _code_of(objective), _code_of(goal)
    ends = {"source": source, "target": target, "type": "contributes"}
    return {"code": f"{source}>{target}:contributes", **ends}


def _convert_indicators(objective: Element) -> Iterable[Document]:
    for number, indicator in enumerate(objective.iterfind("PerformanceIndicator"), 1):
        yield {
            "code": f"{_code_of(objective)}-{number}",
            "name": _text(indicator, "MeasurementDimension") or _text(objective, "Name"),
            "unit": _text(indicator, "UnitOfMeasurement"),
            "direction": "higher",
            "cadence": "yearly",
            "grace_days": 0,
            "aggregation": "none",
            "active": True,
            "built_in": False,
            "measures": [_code_of(objective)],
            "targets": list(_convert_targets(indicator)),
            "last_period": dict(_convert_results(indicator)),
        }


def _convert_targets(indicator: Element) -> Iterable[Document]:
    for result in indicator.iterfind("MeasurementInstance/TargetResult"):
        if units := _text(result, "NumberOfUnits"):
            first, last = _text(result, "StartDate")[:4], _text(result, "EndDate")[:4]
            yield {"from": first or REPORTING_YEAR, "to": last or None, "target": float(units)}


def _convert_results(indicator: Element) -> Iterable[tuple[str, str]]:
    years = [
        _text(result, "EndDate")[:4] or REPORTING_YEAR
        for result in indicator.iterfind("MeasurementInstance/ActualResult")
        if _text(result, "NumberOfUnits") or _text(result, "EndDate")
    ]
    if years:
        yield "", max(years)
