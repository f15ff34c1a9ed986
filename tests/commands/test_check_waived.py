"""`coxswain check` over a database in which people have waived what is found."""

from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import URL

from app.actions.linkage import check_linkage, create_waiver
from app.checking import check_apart
from app.commands.check_report import make_report
from app.commands.plan_source import PlanSource
from app.database import Database
from app.domain.linkage.assembly import assemble_plan
from app.domain.linkage.check import check_plan
from app.domain.linkage.findings import Severity
from app.domain.linkage.plan_file import read_plan_file
from app.domain.permissions import SYSTEM
from app.models.linkage import FindingFilter, Waiver, WaiverInput
from app.queries.linkage import list_findings
from app.queries.organization import today_of
from tests.commands.running import run_coxswain
from tests.commands.test_check import LONE_OBJECTIVE
from tests.factories import make_goal


async def waive_everything(database: Database) -> None:
    """A goal that nobody works on; every finding about it is waived for a week."""
    async with database.unit_of_work() as session:
        await make_goal(session, code="G1", title="Grow")
        await check_linkage(session, check_apart, actor=SYSTEM)
        found, _ = await list_findings(session, FindingFilter(), actor=SYSTEM)
        expires_on = await today_of(session) + timedelta(days=7)
        for row in found:
            data = WaiverInput(
                finding=row.finding.fingerprint, reason="Starts in spring.", expires_on=expires_on
            )
            await create_waiver(session, data, actor=SYSTEM)


async def test_what_is_waived_costs_nothing_and_fails_nobody(
    fresh_database: Database, fresh_url: URL
) -> None:
    before = run_coxswain("check", "--format", "json", url=fresh_url)
    await waive_everything(fresh_database)
    done = run_coxswain("check", "--format", "json", url=fresh_url)
    assert (done.returncode, done.stderr) == (0, "")
    told = orjson.loads(done.stdout)
    assert told["score"]["value"] == orjson.loads(before.stdout)["score"]["value"] == 100
    assert {finding["status"] for finding in told["findings"]} == {"waived"}
    assert {finding["waiver"]["reason"] for finding in told["findings"]} == {"Starts in spring."}
    text = run_coxswain("check", url=fresh_url).stdout
    assert "WAIVED" in text
    assert "Starts in spring." in text
    assert text.endswith("\nNothing found.\n")
    log = orjson.loads(run_coxswain("check", "--format", "sarif", url=fresh_url).stdout)
    for result in log["runs"][0]["results"]:
        (suppression,) = result["suppressions"]
        assert (suppression["kind"], suppression["justification"]) == ("external", "Starts in spring.")


def test_what_has_become_worse_than_what_was_waived_is_open() -> None:
    plan = assemble_plan(read_plan_file(orjson.dumps(LONE_OBJECTIVE)))
    found = check_plan(plan).findings

    def waive_all(severity: Severity) -> PlanSource:
        fields: dict[str, Any] = {"severity": severity}
        waived = {finding.fingerprint: Waiver(**fields) for finding in found}
        return PlanSource("a plan", b"", waived=waived)

    assert {finding.severity for finding in found} == {Severity.ERROR, Severity.WARNING}
    assert make_report(plan, waive_all(Severity.ERROR)).open_findings == []
    report = make_report(plan, waive_all(Severity.WARNING))
    assert report.open_findings == [each for each in found if each.severity is Severity.ERROR]
    assert report.has_errors
