"""The linkage page: what it shows to whom, its filters, and waiving in place."""

import re
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.linkage import check_linkage
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Role
from app.models import Department
from app.queries.organization import today_of
from tests.factories import make_department, make_goal, make_link, make_objective, make_owner
from tests.web.browsing import sign_in

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
ARTICLE = re.compile(r'<article[^>]*id="finding-([0-9a-f-]{36})".*?</article>', re.DOTALL)


async def plant(session: AsyncSession) -> Department:
    """An unexplained link (L109) and an orphan (L101) of one department, seen by a check."""
    department = await make_department(session, code="OPS", name="Operations")
    goal = await make_goal(session, title="Grow")
    linked = await make_objective(session, department=department, title="Ship faster")
    await make_link(session, linked, goal)
    await make_objective(session, department=department, title="Paint the <b>fence</b>")
    await check_linkage(session, check_apart, actor=SYSTEM)
    return department


def find_article(page: httpx2.Response, rule: str) -> tuple[str, str]:
    """The id and the markup of the first finding of a rule."""
    for match in ARTICLE.finditer(page.text):
        if re.search(rf"<h3[^>]*>\s*{rule} ", match[0]):
            return match[1], match[0]
    raise AssertionError(f"no finding of {rule} is shown")


async def test_the_page_shows_score_and_findings(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    page = await browser.get("/linkage")
    assert page.status_code == 200, page.text
    assert "Alignment score" in page.text
    _, article = find_article(page, "L101")
    assert "Paint the &lt;b&gt;fence&lt;/b&gt;" in article
    assert "What to do." in article
    assert "Waive" not in article
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in page.headers["content-security-policy"]


async def test_filters_are_plain_addresses(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    other = await make_department(session, code="ELSE")
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    everything = await browser.get("/linkage")
    only = await browser.get("/linkage?rule=L109&severity=&status=&department=&since=")
    assert len(ARTICLE.findall(everything.text)) > len(ARTICLE.findall(only.text)) == 1
    assert ARTICLE.findall((await browser.get(f"/linkage?department={other.code}&rule=L101")).text) == []
    compared = await browser.get("/linkage?since=2026-01-01")
    assert "new" in find_article(compared, "L101")[1]
    assert (await browser.get("/linkage?severity=fatal")).status_code == 422


async def test_a_head_waives_a_warning_in_place(app: FastAPI, session: AsyncSession) -> None:
    department = await plant(session)
    head = await make_owner(session, role=Role.HEAD, department=department)
    browser = await sign_in(app, session, head)
    page = await browser.get("/linkage")
    assert "Waive with a reason" not in find_article(page, "L101")[1]
    finding, article = find_article(page, "L109")
    assert "Waive with a reason" in article
    until = str(await today_of(session) + timedelta(days=30))
    done = await browser.post(
        f"/linkage/findings/{finding}/waive", data={"reason": "Agreed in May.", "expires_on": until}
    )
    assert (done.status_code, done.headers["location"]) == (303, f"/linkage#finding-{finding}")
    _, waived = find_article(await browser.get("/linkage"), "L109")
    assert "Agreed in May." in waived
    assert "Waive with a reason" not in waived


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"expires_on": "2020-01-01"}, "A waiver must end today or later."),
        ({"expires_on": "soon"}, "A date is written YYYY-MM-DD."),
        ({"reason": ""}, "Please fill this in."),
    ],
)
async def test_what_is_refused_is_said_beside_its_field(
    app: FastAPI, session: AsyncSession, change: dict[str, str], told: str
) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    finding, _ = find_article(await browser.get("/linkage"), "L101")
    until = str(await today_of(session) + timedelta(days=30))
    typed = {"reason": "A reason of mine", "expires_on": until} | change
    page = await browser.post(f"/linkage/findings/{finding}/waive", data=typed)
    assert page.status_code == 422
    _, article = find_article(page, "L101")
    assert told in article
    assert 'aria-invalid="true"' in article
    if "reason" not in change:
        assert 'value="A reason of mine"' in article


async def test_who_may_not_cannot_waive(app: FastAPI, session: AsyncSession) -> None:
    department = await plant(session)
    until = str(await today_of(session) + timedelta(days=30))
    typed = {"reason": "Because.", "expires_on": until}
    executive = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    finding, _ = find_article(await executive.get("/linkage"), "L101")
    for role in (Role.VIEWER, Role.CONTRIBUTOR, Role.HEAD):
        person = await make_owner(session, role=role, department=department)
        browser = await sign_in(app, session, person)
        answer = await browser.post(f"/linkage/findings/{finding}/waive", data=typed)
        assert answer.status_code == 403, role
        assert ARTICLE.findall((await executive.get("/linkage?status=waived")).text) == []


async def test_a_facilitator_does_not_see_it(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.FACILITATOR))
    assert (await browser.get("/linkage")).status_code == 403
    home = await browser.get("/")
    assert home.status_code == 200
    assert "Ship faster" not in home.text


@pytest.mark.parametrize("bad", ["rule=xyz", "rule=l101", "department=%00", f"department={'x' * 321}", "x=1"])
async def test_filters_that_mean_nothing_are_refused(app: FastAPI, session: AsyncSession, bad: str) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert (await browser.get(f"/linkage?{bad}")).status_code == 422


@pytest.mark.parametrize("reason", ["x" * 10_001, "bell \x07"])
async def test_a_reason_that_cannot_be_kept_is_refused_beside_its_field(
    app: FastAPI, session: AsyncSession, reason: str
) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    finding, _ = find_article(await browser.get("/linkage"), "L109")
    form = {"reason": reason, "expires_on": str(await today_of(session))}
    answer = await browser.post(f"/linkage/findings/{finding}/waive", data=form)
    assert answer.status_code == 422
    assert f'id="reason-{finding}-wrong"' in answer.text


async def test_waiving_in_place_renews_the_finding_and_the_score(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    before = await browser.get("/linkage")
    finding, _ = find_article(before, "L101")
    form = {
        "reason": "Agreed.",
        "expires_on": str(await today_of(session)),
        "back": "/linkage?severity=error",
    }
    answer = await browser.post(f"/linkage/findings/{finding}/waive", data=form, headers=PARTIAL)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<article")
    assert "Agreed." in find_article(answer, "L101")[1]
    assert re.findall(r'hx-target="#([^"]+)" hx-swap', answer.text) == ["linkage-score", "said"]
    counts = [int(re.findall(r">(\d+) errors?<", each.text)[0]) for each in (before, answer)]
    assert counts[1] == counts[0] - 1


async def test_what_is_refused_in_place_answers_the_finding_alone(
    app: FastAPI, session: AsyncSession
) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    finding, _ = find_article(await browser.get("/linkage"), "L101")
    form = {"reason": "Mine", "expires_on": "soon"}
    answer = await browser.post(f"/linkage/findings/{finding}/waive", data=form, headers=PARTIAL)
    assert answer.status_code == 422
    assert 'value="Mine"' in find_article(answer, "L101")[1]
    assert "<main" not in answer.text


async def test_waiving_keeps_the_filters(app: FastAPI, session: AsyncSession) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    page = await browser.get("/linkage?severity=error&department=OPS")
    finding, article = find_article(page, "L101")
    back = re.findall(r'name="back"\s+value="([^"]*)"', article)
    assert back == ["/linkage?severity=error&amp;department=OPS"]
    form = {"reason": "Mine", "expires_on": "soon", "back": "/linkage?severity=error&department=OPS"}
    refused = await browser.post(f"/linkage/findings/{finding}/waive", data=form)
    assert "L109" not in re.sub("<select.*?</select>", "", refused.text, flags=re.DOTALL)
    form |= {"expires_on": str(await today_of(session))}
    done = await browser.post(f"/linkage/findings/{finding}/waive", data=form)
    wanted = f"/linkage?severity=error&department=OPS#finding-{finding}"
    assert (done.status_code, done.headers["location"]) == (303, wanted)


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/?rule=L101", "//elsewhere", "/linkage?rule=x&y=z"]
)
async def test_the_way_back_is_always_this_page(app: FastAPI, session: AsyncSession, back: str) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    finding, _ = find_article(await browser.get("/linkage"), "L101")
    form = {"reason": "Mine", "expires_on": str(await today_of(session)), "back": back}
    done = await browser.post(f"/linkage/findings/{finding}/waive", data=form)
    assert done.headers["location"].startswith("/linkage")


async def test_changes_count_all_findings_and_lead_to_them(
    app: FastAPI, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plant(session)
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    today = await today_of(session)
    everything = len(ARTICLE.findall((await browser.get(f"/linkage?since={today}")).text))
    assert everything > 2
    monkeypatch.setattr("app.web.linkage.MOST_SHOWN", 1)
    page = await browser.get(f"/linkage?since={today}")
    assert len(ARTICLE.findall(page.text)) == 1
    assert f"{everything} new" in page.text
    assert f'href="/linkage?since={today}&amp;change=new"' in page.text
    assert ARTICLE.findall((await browser.get(f"/linkage?since={today}&change=fixed")).text) == []
