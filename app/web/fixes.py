"""Where a finding is mended: for each rule the address of the form that does it. No form lives here."""

from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from app.domain.linkage.findings import ObjectKind
from app.domain.linkage.names import read_link_code
from app.domain.permissions import Actor, Permission, Place, may
from app.models.linkage import LinkageFinding


class Fix(NamedTuple):
    """A link to a form, and its words."""

    href: str
    text: str


_PAGES = {
    ObjectKind.GOAL: "/goals/{it}",
    ObjectKind.OBJECTIVE: "/objectives/{it}",
    ObjectKind.INITIATIVE: "/initiatives/{it}",
    ObjectKind.LINK: "/links/{it}",
    ObjectKind.KPI: "/kpis/{it}",
    ObjectKind.OWNER: "/owners/{it}",
    ObjectKind.DEPARTMENT: "/departments/{it}",
    ObjectKind.DECISION: "/decisions/{it}",
    ObjectKind.COMMITMENT: "/commitments/{it}",
    ObjectKind.RITUAL: "/rituals/{it}",
}
# `{it}` is the first object, `{page}` its page, `{source}` where the link starts that it is.
_FIXES = {
    "L101": ("{page}/link", "Link it to a goal"),
    "L102": ("{page}/edit#theme", "Choose its theme"),
    "L103": ("{page}/link", "Link it to a goal"),
    "L104": ("{page}", "Change the link"),
    "L105": ("{page}/edit#supports", "Say what it is for"),
    "L106": ("{page}/edit#measures", "Say what it measures"),
    "L107": ("{page}#links", "Take out a link"),
    "L108": ("{page}", "Change the link"),
    "L109": ("{page}#rationale", "Write the reason"),
    "L111": ("/objectives/{source}/edit#title", "Change the title"),
    "L112": ("{page}#links", "Correct the weights"),
    "L113": ("{page}#links", "Decide between the links"),
    "L114": ("{page}#links", "See what contributes"),
    "L115": ("{page}#affirm", "Read and affirm"),
    "L201": ("{page}/edit#owner", "Name an owner"),
    "L202": ("{page}/edit#owner", "Hand it over"),
    "L206": ("{page}/edit#owner", "Choose an owner"),
    "L207": ("{page}", "See what they own"),
    "L301": ("/kpis/new?measures={it}", "Define a KPI"),
    "L302": ("{page}/targets", "Set a target"),
    "L303": ("{page}/targets", "Correct the targets"),
    "L305": ("{page}/edit", "Correct the definition"),
    "L401": ("{page}", "Report the value"),
    "L402": ("/objectives/{source}/edit#ends_on", "Move the end"),
    "L403": ("{page}/edit#status", "Say how it ended"),
    "L407": ("/objectives/new?department={it}", "Add an objective"),
    "L408": ("{page}/edit#cadence", "Change how often"),
    "L501": ("{page}/edit#direction", "Correct the direction"),
    "L505": ("{page}/link", "Link them"),
    "L601": ("/objectives/new?goal={it}", "Add an objective"),
    "L602": ("/objectives/new?goal={it}", "Add another department’s part"),
    "L603": ("/goals?department={it}", "Look at its objectives"),
    "L605": ("{page}", "Look at what is asked"),
    "L606": ("{page}", "Look at what was promised"),
    "L801": ("/commitments/new?kpi={it}", "Commit to an action"),
    "L803": ("{page}#steps", "Say what became of it"),
    "L804": ("{page}#steps", "Decide or hand it over"),
    "L806": ("{page}#steps", "Review the outcome"),
    "L807": ("{page}#story", "Read its story"),
    "L808": ("{page}#rituals-verdicts", "Keep, change or stop it"),
}
# Too many (L110): goals of the organization, objectives of a department, KPIs of an objective.
_TOO_MANY = {
    ObjectKind.ORGANIZATION: "/goals?status=active",
    ObjectKind.DEPARTMENT: "/goals?department={it}",
    ObjectKind.OBJECTIVE: "{page}#kpis",
}

_MENDED_BY_PROMISES = ("L801", "L803")
_MENDED_BY_HOSTS = "L808"
# What is closed by steps of its own is not mended by its form.
_OF_INITIATIVES = {"L403": ("{page}", "Finish it, or move the day")}


def fix_place(finding: LinkageFinding) -> Fix:
    """The form that mends a finding; where no one form does, the page of what it is about."""
    first = finding.objects[0]
    kind, code = ObjectKind(first["kind"]), first["code"]
    place, text = _FIXES.get(finding.rule, ("{page}", "Look at it"))
    if kind is ObjectKind.INITIATIVE:
        place, text = _OF_INITIATIVES.get(finding.rule, (place, text))
    if finding.rule == "L110":
        place, text = _TOO_MANY.get(kind, "{page}"), "Choose what matters most"
    link = read_link_code(code) if kind is ObjectKind.LINK else None
    it = quote(code, safe=":@")
    page = _PAGES.get(kind, "/goals").format(it=it)
    return Fix(place.format(it=it, page=page, source=quote(link.source) if link else it), text)


def may_mend(person: Actor, finding: LinkageFinding) -> bool:
    """May this person change what the finding is first about?"""
    if finding.objects[0]["kind"] == ObjectKind.DECISION:
        places = [Place(department) for department in finding.department_ids] or [Place()]
        return any(may(person, Permission.DECISIONS_WRITE, on=place) for place in places)
    department = finding.objects[0]["department"]
    if finding.rule == _MENDED_BY_HOSTS:
        return Permission.RITUALS_WRITE in person.permissions
    mends = Permission.GOALS_WRITE
    if finding.rule in _MENDED_BY_PROMISES:
        mends = Permission.COMMITMENTS_WRITE
    return may(person, mends, on=Place(department and UUID(department)))
