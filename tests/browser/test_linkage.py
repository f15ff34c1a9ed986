"""Findings in a browser: filtering in place, waiving in place, and the same without a script."""

import asyncio
from contextlib import suppress
from datetime import date, timedelta

import pytest
from playwright.async_api import Error, Route, expect

from tests.browser.site import Site

CHIEF = "tobias.renner@larkmoor.example"


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_finding_is_waived_with_a_reason(site: Site, javascript: bool) -> None:
    page = await site.open("/linkage?severity=error", as_=CHIEF, javascript=javascript)
    finding = page.get_by_role("article").filter(has_text="Move payroll").first
    await expect(finding.get_by_role("heading")).to_contain_text("L101")
    await finding.get_by_text("Waive with a reason").click()
    await finding.get_by_label("Reason").fill("The provider is chosen in May.")
    await finding.get_by_label("Until").fill("2020-01-01")
    # The browser itself refuses days that are too late, not those that are over.
    await finding.get_by_role("button", name="Waive").click()
    reason = finding.get_by_label("Reason")
    await expect(finding.get_by_text("A waiver must end today or later.")).to_be_visible()
    await expect(reason).to_have_value("The provider is chosen in May.")
    await expect(finding.get_by_label("Until")).to_have_attribute("aria-invalid", "true")
    until = date.today() + timedelta(days=30)  # noqa: DTZ011  (any day to come)
    await finding.get_by_label("Until").fill(until.isoformat())
    await finding.get_by_role("button", name="Waive").click()
    await expect(finding).to_contain_text("Waived until")
    await expect(finding.get_by_label("Reason")).to_have_count(0)
    assert "severity=error" in page.url
    await page.reload()
    await expect(finding).to_contain_text("The provider is chosen in May.")


async def test_filters_change_the_address_and_back_takes_them_back(site: Site) -> None:
    page = await site.open("/linkage", as_=CHIEF)
    everything = await page.get_by_role("article").count()
    await page.get_by_label("Rule").select_option("L101")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("article")).to_have_count(3)
    assert "rule=L101" in page.url
    await page.go_back()
    await expect(page.get_by_role("article")).to_have_count(everything)
    await page.go_forward()
    await expect(page.get_by_role("article")).to_have_count(3)
    await expect(page.get_by_label("Rule")).to_have_value("L101")


async def test_looking_twice_is_one_step_back_and_a_late_answer_steps_not_forward(site: Site) -> None:
    page = await site.open("/linkage", as_=CHIEF)
    everything = await page.get_by_role("article").count()
    await page.get_by_label("Rule").select_option("L101")
    await expect(page.get_by_role("article")).to_have_count(3)
    async with page.expect_response("**/linkage?rule=L101**") as again:
        await page.get_by_role("button", name="Show").click()
    await (await again.value).finished()
    await page.route("**/linkage?rule=L101**", _answer_late)
    async with page.expect_request("**/linkage?rule=L101**"):
        await page.get_by_role("button", name="Show").click()
    await page.go_back()
    await expect(page.get_by_role("article")).to_have_count(everything)
    await page.wait_for_timeout(1_000)
    await expect(page.get_by_role("article")).to_have_count(everything)
    assert "rule=" not in page.url


async def _answer_late(route: Route) -> None:
    """Lets an answer come 0.7 s late; one that nobody waits for any more cannot go on."""
    await asyncio.sleep(0.7)
    with suppress(Error):
        await route.continue_()
