"""Looking through KPIs, reading one, defining one with its target; with and without a script."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.site import Site, find_barriers

CHIEF = "helena.marsh@larkmoor.example"


async def test_the_table_is_filtered_and_sorted_in_place_and_back_leads_back(site: Site) -> None:
    page = await site.open("/kpis", as_=CHIEF)
    rows = page.locator("#kpis-table tbody tr")
    everything = await rows.count()
    assert everything > 20
    await page.get_by_label("Status", exact=True).select_option("red")
    await expect(rows).not_to_have_count(everything)
    await expect(page).to_have_url(re.compile(r"status=red"))
    for state in await rows.locator(".state").all_inner_texts():
        assert state.strip() == "red"
    await page.go_back()
    await expect(rows).to_have_count(everything)
    await page.get_by_role("columnheader", name="KPI", exact=True).get_by_role("link").click()
    await expect(page.get_by_role("columnheader", name="KPI", exact=True)).to_have_attribute(
        "aria-sort", "ascending"
    )
    names = await rows.locator("th a").all_inner_texts()
    assert names == sorted(names, key=str.lower)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_kpi_tells_what_changed_and_shows_the_figures(site: Site, javascript: bool) -> None:
    page = await site.open("/kpis?q=complaints", as_=CHIEF, javascript=javascript)
    await page.get_by_role("link", name="Quality complaints").click()
    await expect(page.get_by_role("heading", name="Did something really change?")).to_be_visible()
    chart = page.get_by_role("img", name=re.compile("Quality complaints"))
    await expect(chart.first).to_be_visible()
    await page.get_by_text("Show the figures and notes").click()
    figures = page.get_by_role("region", name=re.compile("Figures of"))
    await expect(figures.get_by_role("row")).to_have_count(25)
    await page.get_by_label("Department", exact=True).select_option("all")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page).to_have_url(re.compile("department=all"))
    await expect(page.get_by_text("From the departments below").first).to_be_visible()


async def define(page: Page, code: str) -> None:
    await page.get_by_label("Name", exact=True).fill("Days to decide")
    await page.get_by_label("Code", exact=True).fill(code)
    await page.get_by_label("Unit", exact=True).fill("days")
    await page.get_by_label("What is good").select_option("lower")
    await page.get_by_role("button", name="Define the KPI").click()


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_kpi_is_defined_refused_corrected_and_gets_a_target(site: Site, javascript: bool) -> None:
    page = await site.open("/kpis/new", as_=CHIEF, javascript=javascript)
    code = f"DECIDE-{javascript}"
    await define(page, "COMPLAINTS")
    await expect(page.get_by_label("Code", exact=True)).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Days to decide")
    assert await find_barriers(page) == [] if javascript else True
    await page.get_by_label("Code", exact=True).fill(code)
    await page.get_by_role("button", name="Define the KPI").click()
    await expect(page.get_by_role("heading", name="Days to decide", level=1)).to_be_visible()
    await expect(page).to_have_url(re.compile(f"/kpis/{code}$"))
    await page.get_by_role("link", name="Change targets").click()
    await page.get_by_label("First period").fill("2026")
    await page.get_by_label("Target", exact=True).fill("12,5")
    await page.get_by_label("Amber").fill("10")
    await page.get_by_role("button", name="Add the target").click()
    await expect(page.get_by_label("Amber")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Amber").fill("15")
    await page.get_by_role("button", name="Add the target").click()
    await expect(page.get_by_text("Green up to 15 d, red above 15 d; target 12.5 d.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("in force")).to_be_visible()


async def test_two_people_who_edit_one_kpi_see_each_other(site: Site) -> None:
    mine = await site.open("/kpis/OMNI/edit", as_=CHIEF)
    theirs = await site.open("/kpis/OMNI/edit", as_=CHIEF)
    await theirs.get_by_label("Days until a value is overdue").fill("9")
    await theirs.get_by_role("button", name="Save").click()
    await expect(theirs.get_by_role("heading", level=1)).not_to_contain_text("Edit")
    await mine.get_by_label("Days until a value is overdue").fill("11")
    await mine.get_by_role("button", name="Save").click()
    await expect(mine.get_by_role("alert")).to_contain_text("Somebody changed this")
    await expect(mine.get_by_text("Saved meanwhile: 9")).to_be_visible()
    await mine.get_by_role("button", name="Save").click()
    await expect(mine.get_by_text("due within 11 days of its end")).to_be_visible()
