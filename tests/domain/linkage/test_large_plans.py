"""Plans that are too large for comparing every title with every other say so."""

from app.domain.linkage.catalogue import RULE_OF
from app.domain.linkage.check import Check, check_plan
from tests.domain.linkage.checking import Document, assemble


def check_duplicates(live: int, *, drafts: int = 0) -> Check:
    """A check for duplicate efforts among so many objectives, the first two of which are one."""
    rows: list[Document] = [
        {"code": f"OPS-{number}", "title": f"Mend lift {number}", "department": "OPS", "status": "active"}
        for number in range(live)
    ]
    rows[1] |= {"title": "MEND: lift 0", "department": "SALES"}
    for row in rows[2:]:
        row["title"] = str(row["code"])
    rows += [{**rows[0], "code": f"D-{number}", "status": "draft"} for number in range(drafts)]
    departments = [{"code": code, "name": code} for code in ("OPS", "SALES")]
    plan = assemble({"today": "2026-11-22", "departments": departments, "objectives": rows})
    return check_plan(plan, [RULE_OF["L505"]])


def test_titles_of_twenty_thousand_live_objectives_are_compared() -> None:
    check = check_duplicates(20_000, drafts=1)
    assert [[each.code for each in finding.objects] for finding in check.findings] == [["OPS-0", "OPS-1"]]
    assert check.skipped == []


def test_of_more_the_rule_is_left_out_and_the_answer_says_so() -> None:
    check = check_duplicates(20_001)
    assert check.findings == []
    [skipped] = check.skipped
    assert skipped.rule == "L505"
    assert "20,000" in skipped.reason
    assert "20,001" in skipped.reason
