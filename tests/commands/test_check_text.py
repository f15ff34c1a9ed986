"""What `coxswain check` prints for people."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import orjson

from app.commands.check_report import Report
from app.commands.check_text import write_text
from app.domain.linkage.findings import Finding, Group, Named, ObjectKind, Severity, Skipped
from app.domain.linkage.score import compute_score
from tests.commands.running import ROOT

TILLS = Named(ObjectKind.OBJECTIVE, "S-1", "S-1", "Open more tills")
LONELY = Finding(
    rule="L101",
    group=Group.STRUCTURE,
    severity=Severity.ERROR,
    objects=(TILLS,),
    message="“Open more tills” (S-1) contributes to nothing.",
    why="(of the rule)",
    fix="Link it.",
    fingerprint="L101-0",
)
UNSAID = replace(
    LONELY,
    rule="L109",
    severity=Severity.WARNING,
    objects=(Named(ObjectKind.LINK, "k", "S-1>G1:contributes", "Tills → Grow"),),
    message="Nobody has said how “Open more tills” (S-1) contributes to “Grow” (G1).",
    fix="Write one sentence.",
)
CHECKED = {Group.STRUCTURE: 8, Group.OWNERSHIP: 4}


def make_report(*findings: Finding, skipped: list[Skipped] | None = None) -> Report:
    """A report of findings about structure."""
    score = compute_score([(Group.STRUCTURE, finding.severity) for finding in findings], CHECKED)
    return Report("plan.json", date(2026, 11, 22), list(findings), skipped or [], score)


def test_the_score_comes_with_its_arithmetic_and_errors_come_before_warnings() -> None:
    assert write_text(make_report(LONELY, UNSAID)) == (
        "Alignment score 94.75 of 100: plan.json, 2026-11-22\n"
        "\n"
        "              cap  findings   weight  checked  penalty\n"
        "  structure    30         2      1.4        8     5.25\n"
        "  ownership    20         0        0        4     0.00\n"
        "  measures     20         0        0        0     0.00\n"
        "  time         15         0        0        0     0.00\n"
        "  coverage     15         0        0        0     0.00\n"
        "\n"
        "  100 − 5.25 = 94.75. A penalty is cap × weight ÷ checked, at most the cap; weights: error 1,\n"
        "  warning 0.4, info 0.\n"
        "\n"
        "ERRORS\n"
        "\n"
        "L101 orphan-objective: Work that serves no goal competes for the same people as work that does.\n"
        "  • “Open more tills” (S-1) contributes to nothing.\n"
        "    → Link it.\n"
        "\n"
        "WARNINGS\n"
        "\n"
        "L109 unexplained-link: A link without a reason is a line on paper: whoever drew it can no longer"
        " say\n     why.\n"
        "  • Nobody has said how “Open more tills” (S-1) contributes to “Grow” (G1).\n"
        "    S-1>G1:contributes\n"
        "    → Write one sentence.\n"
        "\n"
        "2 findings: 1 error, 1 warning.\n"
    )


def test_a_rule_of_two_severities_stands_under_both() -> None:
    text = write_text(make_report(LONELY, replace(LONELY, severity=Severity.INFO), LONELY))
    headings = [line for line in text.splitlines() if line.isupper() or line.startswith("L101")]
    assert [line.partition(" ")[0] for line in headings] == ["ERRORS", "L101", "WORTH", "L101"]
    assert text.endswith("\n3 findings: 2 errors, 1 worth knowing.\n")


def test_a_rule_that_was_not_asked_is_said_with_its_reason() -> None:
    text = write_text(make_report(skipped=[Skipped("L101", "There are too many objectives.")]))
    assert text.endswith(
        "\nNot checked: L101 orphan-objective. There are too many objectives.\n\nNothing found.\n"
    )


def test_no_line_is_longer_than_asked_and_codes_stay_whole() -> None:
    long = replace(LONELY, message="“" + "Well-meant words " * 20 + "” (S-1) " + "x" * 250)
    for width in (40, 73, 100):
        lines = write_text(make_report(long), width=width).splitlines()
        wrapped = [line for line in lines if not line.startswith("  structure")]
        assert max(map(len, wrapped[8:])) <= width
        assert sum("Well-meant" in line or "(S-1)" in line for line in lines) > 3
        assert not [line for line in lines if line.endswith("(S-") or line.endswith("Well-")]
    assert write_text(make_report(long), width=500) == write_text(make_report(long), width=100)


def test_what_people_typed_cannot_steer_a_terminal() -> None:
    text = write_text(make_report(replace(LONELY, message="\x1b[31mred\x07 (S-1)\r\nand\tmore\u2028lines")))
    assert "  • \ufffd[31mred\ufffd (S-1) and more lines\n" in text


def test_objects_that_the_sentence_leaves_out_are_listed_up_to_a_limit() -> None:
    many = tuple(TILLS._replace(code=f"T{number:03}") for number in range(30))
    lines = write_text(make_report(replace(LONELY, objects=many))).splitlines()
    start = next(number for number, line in enumerate(lines) if "T000" in line)
    assert lines[start].startswith("    T000, T001, ")
    assert lines[start + 1].endswith("T019 and 10 more")


def test_the_organization_has_no_code_to_show() -> None:
    whole = Named(ObjectKind.ORGANIZATION, "ORGANIZATION", "ORGANIZATION", "The organization")
    assert "ORGANIZATION" not in write_text(make_report(replace(LONELY, objects=(whole,))))


def test_a_terminal_without_typography_and_a_reader_that_leaves_are_served() -> None:
    plan = {"departments": [{"code": "D", "name": "D"}], "today": "2026-11-22"}
    rows = [{"code": f"O{n}", "title": "Do", "department": "D", "status": "active"} for n in range(2000)]
    command = f"{sys.executable} -m app check --file - | head -n 20"
    done = subprocess.run(
        ["bash", "-c", command],
        input=orjson.dumps(plan | {"objectives": rows}),
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"? ?Do? (O0) contributes to nothing" in done.stdout
    assert done.stderr == b""
