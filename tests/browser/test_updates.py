"""My updates in a browser: typed without a mouse, refused in place, undone, pasted, without a script."""

import pytest
from justhtml import JustHTML
from playwright.async_api import Locator, Page, expect

from app.domain.periods import Cadence, last_ended
from app.domain.permissions import Role
from app.domain.scoring import KpiSource, Source
from app.queries.organization import today_of
from tests.browser.site import Site, find_barriers
from tests.factories import (
    make_department,
    make_goal,
    make_kpi,
    make_link,
    make_measurement,
    make_objective,
    make_owner,
    make_target,
)

HEAD = "hanna@larkmoor.example"
CHIEF = "helena.marsh@larkmoor.example"


async def give_work(site: Site, *, kpis: int = 6) -> None:
    """A head who owes values of the last month: at least 85 is green, below 70 red; and one that is fed."""
    async with site.database.unit_of_work() as session:
        month = last_ended(await today_of(session), Cadence.MONTHLY)
        department = await make_department(session, code="ATELIER", name="Atelier")
        head = await make_owner(session, email=HEAD, name="Hanna Holt", role=Role.HEAD, department=department)
        department.head_id = head.id
        for number in range(kpis):
            kpi = await make_kpi(
                session, code=f"A-{number:02}", name=f"Measure {number}", departments=[department]
            )
            await make_target(session, kpi, "2020", target=90, amber=85, red=70)
            for back in (1, 2, 3):
                past = month.previous(back).text
                await make_measurement(session, kpi, past, department=department, value=80 + back)
        fed = await make_kpi(session, code="FED", name="Mood", departments=[department], source=KpiSource.FED)
        await make_measurement(
            session, fed, month.text, department=department, value=7, source=Source.FED, n=31
        )
        objective = await make_objective(
            session, department=department, owner_id=head.id, title="Bind more books"
        )
        await make_link(session, objective, await make_goal(session, title="Be read"))


def find_value(page: Page, number: int) -> Locator:
    """The value field of a KPI, by its name."""
    return page.get_by_role("textbox", name=f"Measure {number}", exact=True)


def find_update(page: Page, number: int) -> Locator:
    """The row of a KPI and what unfolds below it."""
    return page.locator("tbody.update").filter(
        has=page.get_by_role("rowheader", name=f"Measure {number}", exact=True)
    )


async def test_six_values_take_two_interactions_each_and_no_mouse(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    went: list[str] = []
    page.on("request", lambda sent: went.append(sent.url) if sent.is_navigation_request() else None)
    await expect(find_value(page, 0)).to_be_focused()
    interactions = 0
    for number, typed in enumerate(("91", "88,5", "90.25", "1 000", "86", "99 %")):
        await page.keyboard.type(typed)
        await page.keyboard.press("Enter")
        interactions += 2
        if number < 5:
            await expect(find_value(page, number + 1)).to_be_focused()
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_have_count(6)
    await expect(page.get_by_text("6 of 6 done")).to_be_visible()
    bar = page.get_by_role("progressbar", name="Updates done")
    assert await bar.evaluate("each => each.value === each.max")
    assert interactions <= 2 * 6
    assert went == []
    await expect(find_value(page, 1)).to_have_value("88.5")
    await expect(find_update(page, 1)).to_contain_text("green")
    await expect(page.get_by_label("Challenge")).to_be_focused()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await find_barriers(page) == [], scheme
    await page.reload()
    await expect(find_value(page, 5)).to_have_value("99")
    await expect(find_update(page, 5)).to_contain_text("entered by you")


async def test_leaving_a_changed_field_saves_it_and_keeps_what_is_typed_next(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    await find_value(page, 2).fill("91")
    await page.keyboard.press("Tab")
    await page.get_by_label("Note for Measure 2").click()
    await page.keyboard.type("Typed while it is being saved")
    await expect(find_update(page, 2).get_by_role("status")).to_have_text("Saved")
    await expect(page.get_by_label("Note for Measure 2")).to_have_value("Typed while it is being saved")
    await page.keyboard.press("Enter")
    await expect(find_value(page, 3)).to_be_focused()
    await page.get_by_label("Confidence for Measure 2").select_option("4")
    await expect(find_update(page, 2).get_by_role("status")).to_have_text("Saved")
    await page.wait_for_load_state("networkidle")
    await page.reload()
    await expect(page.get_by_label("Note for Measure 2")).to_have_value("Typed while it is being saved")
    await expect(page.get_by_label("Confidence for Measure 2")).to_have_value("4")


async def test_a_red_value_needs_a_note_and_asks_for_an_action(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    # What is typed before the scripts listen is told of with the next key, or when it is saved.
    await expect(find_value(page, 0)).to_have_attribute("data-htmx-powered", "true")
    await page.keyboard.type("20")
    # While it is being typed, and nothing is kept yet.
    await expect(find_update(page, 0)).to_contain_text("red")
    await expect(find_update(page, 0)).to_contain_text("worse")
    await expect(find_value(page, 0)).to_be_focused()
    await page.keyboard.press("Enter")
    note = page.get_by_label("Note for Measure 0")
    await expect(note).to_be_focused()
    await expect(note).to_have_attribute("aria-invalid", "true")
    await expect(note).to_have_attribute("required", "")
    await expect(find_value(page, 0)).to_have_value("20")
    await expect(find_update(page, 0)).to_contain_text("red")
    await expect(page.get_by_text("0 of 6 done")).to_be_visible()
    assert await find_barriers(page) == []
    await page.keyboard.type("The press stood still")
    await find_update(page, 0).get_by_label("What", exact=True).fill("Repair the press")
    await page.keyboard.press("Enter")
    await expect(find_update(page, 0).get_by_role("status")).to_have_text("Saved")
    await expect(find_update(page, 0)).to_contain_text("Repair the press · Hanna Holt")
    await expect(page.get_by_text("1 of 6 done")).to_be_visible()
    await page.get_by_role("link", name="Skip to red").click()
    await expect(note).to_be_focused()


async def test_a_refused_value_stays_typed_with_its_message(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    await page.keyboard.type("1,234")
    await page.keyboard.press("Enter")
    value = find_value(page, 0)
    await expect(value).to_have_attribute("aria-invalid", "true")
    await expect(value).to_have_value("1,234")
    await expect(value).to_have_accessible_description(
        "Is this 1234 or 1.234? Write it in one of these ways."
    )
    await value.fill("90")
    await page.keyboard.press("Enter")
    await expect(value).to_have_attribute("aria-invalid", "false")
    await expect(find_update(page, 0).get_by_role("status")).to_have_text("Saved")


async def test_a_slip_is_undone(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    for typed in ("91", "92"):
        await find_value(page, 0).fill(typed)
        await page.keyboard.press("Enter")
        # The revision that the next request will be about.
        await expect(find_update(page, 0).locator("[name=seen]").first).to_have_value(typed[1:])
    await page.get_by_role("button", name="Undo Measure 0").click()
    await expect(find_value(page, 0)).to_have_value("91")
    await expect(find_update(page, 0).get_by_role("status")).to_have_text("Undone")
    await expect(find_value(page, 0)).to_be_focused()
    await page.reload()
    await expect(find_value(page, 0)).to_have_value("91")


@pytest.mark.parametrize("keeps_theirs", [True, False])
async def test_two_people_who_edit_one_value_see_both_and_choose(site: Site, keeps_theirs: bool) -> None:
    await give_work(site)
    mine, theirs = await site.open("/updates", as_=HEAD), await site.open("/updates", as_=HEAD)
    await find_value(theirs, 0).fill("86")
    await theirs.keyboard.press("Enter")
    await expect(find_update(theirs, 0).get_by_role("status")).to_have_text("Saved")
    await find_value(mine, 0).fill("93")
    await mine.keyboard.press("Enter")
    clash = find_update(mine, 0).get_by_role("alert")
    await expect(clash).to_contain_text("There is 86 % now")
    await expect(clash).to_contain_text("you typed 93")
    await expect(find_value(mine, 0)).to_have_value("93")
    assert await find_barriers(mine) == []
    if keeps_theirs:
        await clash.get_by_role("link", name="Keep 86 %").click()
    else:
        await clash.get_by_role("button", name="Use 93").click()
    await expect(clash).to_have_count(0)
    await expect(find_value(mine, 0)).to_have_value("86" if keeps_theirs else "93")
    await theirs.reload()
    await expect(find_value(theirs, 0)).to_have_value("86" if keeps_theirs else "93")


async def test_of_twenty_pasted_values_three_bad_ones_are_said(site: Site) -> None:
    await give_work(site, kpis=20)
    page = await site.open("/updates", as_=HEAD)
    await page.get_by_role("link", name="Paste values").click()
    column = ["90"] * 20
    column[3], column[7], column[11] = "many", "12", "1,234"
    await page.get_by_label("From your spreadsheet").fill("\n".join(column))
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("row")).to_have_count(21)
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Apply 17 values").click()
    await expect(page.get_by_text("17 values were saved.")).to_be_visible()
    await expect(page.get_by_role("row")).to_have_count(4)
    await page.get_by_label("From your spreadsheet").fill(
        "A-03\t91\nA-07\t12\tThe press stood still\nA-11\t1234"
    )
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_role("button", name="Apply 3 values").click()
    await expect(page.get_by_text("20 of 20 done")).to_be_visible()


async def test_a_value_that_does_not_apply_needs_its_reason(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    await find_update(page, 0).get_by_label("n/a for Measure 0").check()
    note = page.get_by_label("Note for Measure 0")
    await expect(note).to_be_focused()
    await page.keyboard.type("The atelier was closed")
    await page.keyboard.press("Enter")
    await expect(find_update(page, 0).get_by_role("status")).to_have_text("Saved")
    await find_value(page, 0).fill("90")
    await page.keyboard.press("Enter")
    await expect(find_update(page, 0)).to_contain_text("green")
    await expect(find_update(page, 0).get_by_label("n/a for Measure 0")).not_to_be_checked()


async def test_what_is_fed_is_overridden_with_a_reason(site: Site) -> None:
    await give_work(site, kpis=1)
    page = await site.open("/updates", as_=HEAD)
    row = page.locator("tbody.update").filter(has_text="Mood")
    await expect(row).to_contain_text("fed, n = 31")
    await row.get_by_text("Override").click()
    await row.get_by_role("textbox", name="Mood", exact=True).fill("7.5")
    await page.keyboard.press("Enter")
    reason = row.get_by_label("Reason for overriding Mood")
    await expect(reason).to_be_focused()
    await page.keyboard.type("One team was counted twice")
    await page.keyboard.press("Enter")
    await expect(row).to_contain_text("manual")
    await expect(row.get_by_role("status")).to_have_text("Saved")


async def test_the_page_ends_with_peers_and_links(site: Site) -> None:
    await give_work(site, kpis=1)
    page = await site.open("/updates", as_=HEAD)
    await page.get_by_label("What I ask of a peer").fill("Who can lend us a binder?")
    await page.get_by_role("button", name="Tell my peers").click()
    await expect(page.get_by_text("Your peers will see it.")).to_be_visible()
    await page.get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("Still holds")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("What I ask of a peer")).to_have_value("Who can lend us a binder?")
    # What was answered is asked no more.
    await expect(page.get_by_role("heading", name="Does it still hold?")).to_have_count(0)


async def test_back_and_reload_show_the_same_period(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD)
    heading = page.locator(".updates-line strong")
    now = await heading.inner_text()
    picker = page.get_by_label("Period")
    # The months before the last one are closed.
    await picker.select_option(index=0)
    await expect(heading).not_to_have_text(now)
    other = await heading.inner_text()
    await find_value(page, 0).fill("92")
    await page.keyboard.press("Enter")
    await expect(find_update(page, 0).get_by_role("status")).to_have_text("Saved")
    await page.reload()
    await expect(heading).to_have_text(other)
    await expect(find_value(page, 0)).to_have_value("92")
    await page.go_back()
    await expect(heading).to_have_text(now)
    await expect(find_value(page, 0)).to_have_value("")
    await page.go_forward()
    await expect(heading).to_have_text(other)
    await expect(find_value(page, 0)).to_have_value("92")


async def test_without_a_script_a_row_is_saved_by_enter(site: Site) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD, javascript=False)
    await expect(find_value(page, 0)).to_be_focused()
    await page.keyboard.type("91,5")
    await page.keyboard.press("Enter")
    await expect(find_update(page, 0).get_by_role("status")).to_have_text("Saved")
    await expect(page.get_by_text("1 of 6 done")).to_be_visible()
    await expect(find_value(page, 1)).to_be_focused()
    await page.keyboard.type("20")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Note for Measure 1")).to_be_focused()
    await expect(find_value(page, 1)).to_have_value("20")
    await page.get_by_label("Note for Measure 1").fill("The press stood still")
    await find_update(page, 1).get_by_label("What", exact=True).fill("Repair the press")
    await find_update(page, 1).get_by_role("button", name="Save with action").click()
    await expect(find_update(page, 1)).to_contain_text("Repair the press")
    await page.get_by_role("button", name="Undo Measure 1").click()
    await expect(find_value(page, 1)).to_have_value("")
    await page.get_by_label("Period").select_option(index=0)
    await page.get_by_role("button", name="Show").click()
    assert "period=" in page.url


@pytest.mark.parametrize("size", ["phone", "tablet"])
async def test_on_a_small_screen_each_row_is_a_card_to_touch(site: Site, size: str) -> None:
    await give_work(site)
    page = await site.open("/updates", as_=HEAD, size=size)
    await page.keyboard.type("20")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Note for Measure 0")).to_be_focused()
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    box = await find_value(page, 1).bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert await find_barriers(page) == []
    parsed = JustHTML(await page.content(), collect_errors=True, sanitize=False)
    assert [str(error) for error in parsed.errors] == []
