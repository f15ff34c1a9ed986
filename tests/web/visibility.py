"""Who may use what of the pages, route by route: one letter for each of `ROLES`.

`y` the page answers; `f` visible but not allowed (403); `h` hidden (404); `s` sent to sign in. A route that
is not here fails the test, which tells what it answers today: read it against who may, then add it.
"""

from datetime import UTC, datetime, timedelta

SOON = str((datetime.now(UTC) + timedelta(days=30)).date())
# admin, executive, head of the department, head of another one, contributor, viewer, facilitator, signed out
ROLES = ("admin", "executive", "head", "other head", "contributor", "viewer", "facilitator", "signed out")

# A value that nobody on the stage owes.
_VALUE = {"period": "2026-10", "department": "OPS", "seen": "0", "value": "90"}

# What is sent, where an empty form would be refused before anybody asks who sends it.
FORMS = {
    "POST /updates/kpis/{kpi}": _VALUE,
    "POST /updates/kpis/{kpi}/undo": _VALUE,
    "POST /updates/note": {"period": "2026-10", "department": "OPS", "ask": "Help?"},
    "POST /partnerships": {"a": "owner@coxswain.test", "b": "side@coxswain.test", "about": "Parts."},
    "POST /linkage/findings/{finding}/waive": {"reason": "Known.", "expires_on": SOON},
}

VISIBLE = {
    # The ways in, and what explains.
    "GET /sign-in": "yyyyyyyy",
    "POST /sign-in": "yyyyyyyy",
    "POST /sign-in/as": "hhhhhhhh",
    "GET /first-run": "yyyyyyyy",
    "POST /first-run": "yyyyyyyy",
    "GET /welcome/{token}": "hhhhhhhh",
    "POST /welcome/{token}": "hhhhhhhh",
    "GET /api/docs": "yyyyyyyy",
    "GET /design": "yyyyyyyy",
    "GET /linkage/rules": "yyyyyyyy",
    "GET /linkage/rules/{code}": "yyyyyyyy",
    "GET /problems/{slug}": "yyyyyyyy",
    # What is one's own.
    "GET /": "yyyyyyys",
    "GET /search": "yyyyyyys",
    "GET /sign-ins": "yyyyyyys",
    "POST /sign-ins/end-others": "yyyyyyys",
    "POST /sign-ins/password": "yyyyyyys",
    "POST /sign-ins/{sign_in}/end": "hhhhhhhs",
    "POST /sign-out": "yyyyyyys",
    # Who does what.
    # What compares groups without naming anybody, for facilitators, too.
    "GET /alignment": "yyyyyyys",
    "GET /kpis": "yyyyyyfs",
    "GET /kpis/new": "yyyyfffs",
    "POST /kpis": "yyyyfffs",
    "GET /kpis/{kpi}": "yyyyyyfs",
    "GET /kpis/{kpi}/edit": "yyyffffs",
    "POST /kpis/{kpi}": "yyyffffs",
    "POST /kpis/{kpi}/archive": "yyyffffs",
    "GET /kpis/{kpi}/targets": "yyyffffs",
    "POST /kpis/{kpi}/targets": "yyyffffs",
    "GET /kpis/{kpi}/targets/{target}": "yyyffffs",
    "POST /kpis/{kpi}/targets/{target}": "yyyffffs",
    "POST /kpis/{kpi}/targets/{target}/archive": "yyyffffs",
    "GET /goals/map": "yyyyyyfs",
    "GET /departments/{department}": "yyyyyyfs",
    "GET /owners/{owner}": "yyyyyyfs",
    "GET /updates": "yyyyyyys",
    "GET /updates/paste": "yyyyyyys",
    "POST /updates/paste": "yyyyyffs",
    "GET /updates/kpis/{kpi}/standing": "hhhhhhhs",
    "POST /updates/kpis/{kpi}": "hhhhhffs",
    "POST /updates/kpis/{kpi}/undo": "hhhhhffs",
    "POST /updates/note": "yyyffffs",
    "POST /updates/links/{link}/affirm": "yyyffffs",
    # Partnerships are kept by the two, and by the heads of both departments.
    "GET /partnerships": "yyyyyyfs",
    "POST /partnerships": "yyyyfffs",
    "GET /partnerships/{partnership}": "yyyyyyfs",
    "POST /partnerships/{partnership}": "yyyyfffs",
    "POST /partnerships/{partnership}/archive": "yyyyfffs",
    "POST /partnerships/{partnership}/talks": "yyyyfffs",
    "POST /partnerships/{partnership}/talks/{talk}/hold": "yyyyfffs",
    "POST /partnerships/{partnership}/talks/{talk}/skip": "yyyyfffs",
    # The plan.
    "GET /goals": "yyyyyyfs",
    "GET /goals/{goal}": "yyyyyyfs",
    "GET /objectives/{objective}": "yyyyyyfs",
    # Goals and objectives are edited by those who keep goals, and by the head of the department.
    "GET /goals/new": "yyfffffs",
    "POST /goals/new": "yyfffffs",
    "GET /goals/{goal}/edit": "yyfffffs",
    "POST /goals/{goal}/edit": "yyfffffs",
    "GET /goals/{goal}/archive": "yyfffffs",
    "POST /goals/{goal}/archive": "yyfffffs",
    "GET /goals/{goal}/link": "yyyyyffs",
    "POST /goals/{goal}/link": "yyyyyffs",
    "GET /objectives/new": "yyyyfffs",
    "POST /objectives/new": "yyyyfffs",
    "GET /objectives/{objective}/edit": "yyyffffs",
    "POST /objectives/{objective}/edit": "yyyffffs",
    "GET /objectives/{objective}/archive": "yyyffffs",
    "POST /objectives/{objective}/archive": "yyyffffs",
    "GET /objectives/{objective}/link": "yyyffffs",
    "POST /objectives/{objective}/link": "yyyffffs",
    "GET /links/{link}": "yyyyyyfs",
    "POST /links/{link}": "yyyffffs",
    "POST /links/{link}/affirm": "yyyffffs",
    "GET /links/{link}/remove": "yyyffffs",
    "POST /links/{link}/remove": "yyyffffs",
    "GET /linkage": "yyyyyyfs",
    "POST /linkage/findings/{finding}/waive": "yyfffffs",
    # Surveys: made by administrators, executives and facilitators; a draft is theirs alone.
    "GET /surveys": "yyyyyyys",
    "GET /surveys/{survey}": "yyhhhhys",
    "GET /surveys/new": "yyffffys",
    "POST /surveys/new": "yyffffys",
    "GET /surveys/{survey}/edit": "yyffffys",
    "POST /surveys/{survey}/edit": "yyffffys",
    "GET /surveys/{survey}/preview": "yyffffys",
    "POST /surveys/{survey}/archive": "yyffffys",
    "GET /surveys/{survey}/questions/new": "yyffffys",
    "POST /surveys/{survey}/questions/new": "yyffffys",
    "GET /surveys/{survey}/questions/{question}": "yyffffys",
    "POST /surveys/{survey}/questions/{question}": "yyffffys",
    "POST /surveys/{survey}/questions/{question}/move": "yyffffys",
    "POST /surveys/{survey}/questions/{question}/remove": "yyffffys",
    "GET /surveys/{survey}/open": "yyffffys",
    "POST /surveys/{survey}/open": "yyffffys",
    "POST /surveys/{survey}/links": "yyffffys",
    "GET /surveys/{survey}/close": "yyffffys",
    "POST /surveys/{survey}/close": "yyffffys",
    "GET /surveys/{survey}/results": "yyhhhhys",
    # Answered by whoever holds a link, or was asked; the stage asks nobody.
    "GET /surveys/answered": "yyyyyyyy",
    "GET /surveys/answer/{token}": "hhhhhhhh",
    "POST /surveys/answer/{token}": "hhhhhhhh",
    "GET /surveys/{survey}/answer": "hhhhhhhs",
    "POST /surveys/{survey}/answer": "hhhhhhhs",
    # Who did what.
    "GET /events": "yyfffffs",
    # What the organization is made of: administrators and executives; keys and ways in: administrators.
    "GET /settings": "yyfffffs",
    "POST /settings": "yyfffffs",
    "GET /settings/departments": "yyfffffs",
    "GET /settings/departments/new": "yyfffffs",
    "POST /settings/departments": "yyfffffs",
    "GET /settings/departments/{department}": "yyfffffs",
    "POST /settings/departments/{department}": "yyfffffs",
    "POST /settings/departments/{department}/archive": "yyfffffs",
    "GET /settings/owners": "yyfffffs",
    "GET /settings/owners/new": "yyfffffs",
    "POST /settings/owners": "yyfffffs",
    "GET /settings/owners/{owner}": "yyfffffs",
    "POST /settings/owners/{owner}": "yyfffffs",
    "POST /settings/owners/{owner}/archive": "yyfffffs",
    "POST /settings/owners/{owner}/link": "yffffffs",
    "GET /settings/segments": "yyfffffs",
    "POST /settings/segments/{segment}": "hhfffffs",
    "GET /settings/clients": "yyfffffs",
    "GET /settings/clients/new": "yffffffs",
    "POST /settings/clients": "yffffffs",
    "GET /settings/clients/{client}": "yyfffffs",
    "POST /settings/clients/{client}": "yffffffs",
    "POST /settings/clients/{client}/revoke": "yffffffs",
    "POST /settings/clients/{client}/rotate": "yffffffs",
}
