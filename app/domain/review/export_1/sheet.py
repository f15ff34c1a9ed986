"""A review as one HTML file that needs nothing else: no network, no script, its style and pictures inside."""

from app.domain.review.export_1.markup import Markup, join, tag
from app.domain.review.export_1.parts import (
    write_checklist,
    write_decisions,
    write_findings,
    write_parked,
    write_pulse,
    write_slots,
    write_tensions,
    write_tiles,
)
from app.domain.review.export_1.people import write_attendance, write_changes, write_missing, write_promises
from app.domain.review.export_1.words import write_day, write_month, write_name, write_number
from app.domain.review.facts import ReviewFacts

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2330;--quiet:#5b6472;--line:#d9dde3;--paper:#fff;--soft:#f4f6f8;
--green:#18704a;--amber:#8a5800;--red:#b3261e;--unknown:#5b6472}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--quiet:#a3adba;--line:#39424f;--paper:#14181f;
--soft:#1d232c;--green:#63c797;--amber:#e3b04b;--red:#ff8a80;--unknown:#a3adba}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem;max-width:62rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
h1{font-size:1.9rem;line-height:1.2;margin:0}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.25rem 0}ul{margin:.25rem 0;padding-left:1.25rem}
.quiet,caption{color:var(--quiet)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}
.tile{border:1px solid var(--line);border-radius:.5rem;padding:1rem;background:var(--soft);break-inside:avoid}
.tile h3{margin:0}.figure{font-size:1.6rem;font-weight:600;margin:0}
.status{font-weight:600;white-space:nowrap}.green{color:var(--green)}.amber{color:var(--amber)}
.red,.error{color:var(--red)}.unknown{color:var(--unknown)}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-size:.925rem}
.wide{overflow-x:auto}caption{text-align:left;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
th[scope=row]{font-weight:600}
svg{max-width:100%;height:auto;display:block;margin:.5rem 0}
.band{fill:var(--line);opacity:.6}.centre{stroke:var(--quiet);stroke-dasharray:3 3}
polyline{fill:none;stroke:var(--ink);stroke-width:1.5}circle{fill:var(--ink)}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.85rem;color:var(--quiet)}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
@page{margin:14mm 13mm}
@media print{:root{font-size:9.5pt}body{padding:0;max-width:none;font-size:1rem}h2{margin-top:1.5rem}
h2,h3,h3+p,caption{break-after:avoid}tr,footer{break-inside:avoid}tbody tr:first-child{break-before:avoid}
.tiles~.wide,p+.wide,.wide:not(:has(tbody>:nth-child(4))){break-inside:avoid}}
"""
# The house forbids what a file like this does not need: nothing is fetched, nothing runs.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_sheet(facts: ReviewFacts, *, sha256: str | None) -> bytes:
    """The file. `sha256`: of the snapshot; None for a review that is not closed, which the file then says."""
    title = f"Review of {write_month(facts.period)}, {facts.organization}"
    head = tag(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        tag("title", title),
        tag("style", Markup(_STYLE)),
    )
    body = tag("body", _write_header(facts, sha256), tag("main", *_list_sections(facts)), _write_end(sha256))
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'.encode()


def _list_sections(facts: ReviewFacts) -> list[Markup]:
    sections = (
        ("Who is there", write_attendance(facts)),
        ("What is missing", write_missing(facts)),
        ("What changed", write_changes(facts)),
        ("Alignment", write_tiles(facts)),
        ("Commitments", write_promises(facts)),
        ("Findings", write_findings(facts)),
        ("Departments", write_slots(facts)),
        ("Conflicts and dependencies", write_tensions(facts)),
        ("Decisions", write_decisions(facts)),
        ("People", write_pulse(facts)),
        ("Parked", write_parked(facts)),
        ("Checklist", write_checklist(facts)),
    )
    return [tag("section", tag("h2", name), body) for name, body in sections if body]


def _write_header(facts: ReviewFacts, sha256: str | None) -> Markup:
    head = facts.header
    state = f"Closed, revision {facts.revision}" if sha256 else "Not closed yet: this is how it stood"
    score = (
        "Alignment not checked"
        if head.score is None
        else f"Alignment {write_number(head.score, 'count')} of 100"
    )
    before = "" if head.score_before is None else f", before {write_number(head.score_before, 'count')}"
    lines = [
        f"{state}, {write_day(facts.as_of)}.",
        f"Chair: {write_name(head.chair)}. Meets on {write_day(head.meets_on)}.",
        f"{score}{before}. Updates received: {head.updates_received} of {head.updates_expected}.",
    ]
    if facts.reopened is not None:
        lines.append(f"Opened again because: {facts.reopened}")
    heading = tag("h1", f"{write_month(facts.period)}: alignment review")
    return tag(
        "header", tag("p", facts.organization, class_="quiet"), heading, *(tag("p", each) for each in lines)
    )


def _write_end(sha256: str | None) -> Markup:
    if sha256 is None:
        return tag("footer", tag("p", "Live figures; what a review shows is kept when it is closed."))
    said = join(["SHA-256 of the canonical JSON from which this file is made: ", tag("code", sha256)])
    return tag("footer", tag("p", said), tag("p", "The JSON export of this revision has that hash."))
