"""`/settings/decision-types`: the matrix of who decides, advises and is informed."""

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Role
from app.models import DecisionType
from tests.factories import make_decision_type
from tests.web.test_settings import PARTIAL, open_as, read_version

PATH = "/settings/decision-types"
DATA = {
    "name": "Prices",
    "code": "PRICING",
    "limit_days": "14",
    "decides": "Chief Operating Officer",
    "advises": "Stores\nFinance",
    "informed": "",
}


async def test_a_type_is_added_changed_and_archived(app: FastAPI, session: AsyncSession) -> None:
    browser = await open_as(app, session, Role.EXECUTIVE)
    assert "There are no types yet." in (await browser.get(PATH)).text
    assert (await browser.post(PATH, data=DATA)).headers["location"] == PATH
    row = (await session.scalars(select(DecisionType))).one()
    assert (row.limit_days, row.advises, row.informed) == (14, ["Stores", "Finance"], [])
    listed = (await browser.get(PATH)).text
    assert all(text in listed for text in ("Prices", "14 days", "Stores, Finance", "!pricing"))
    form = (await browser.get(f"{PATH}/{row.id}")).text
    changed = DATA | {"limit_days": "", "version": read_version(form)}
    saved = await browser.post(f"{PATH}/{row.id}", data=changed, headers=PARTIAL)
    assert saved.status_code == 200
    assert "Prices is saved." in saved.text
    stale = await browser.post(f"{PATH}/{row.id}", data=changed | {"name": "X"}, headers=PARTIAL)
    assert stale.status_code == 409
    await session.refresh(row)
    assert (row.limit_days, row.name) == (None, "Prices")
    assert (await browser.post(f"{PATH}/{row.id}/archive")).headers["location"] == PATH
    assert "Prices" not in (await browser.get(PATH)).text


async def test_what_does_not_fit_is_said_beside_its_field(app: FastAPI, session: AsyncSession) -> None:
    row = await make_decision_type(session, code="SITES")
    browser = await open_as(app, session, Role.EXECUTIVE)
    taken = await browser.post(PATH, data=DATA | {"code": "sites"})
    assert taken.status_code == 409
    assert 'id="code-wrong"' in taken.text
    wrong = await browser.post(PATH, data=DATA | {"limit_days": "soon"})
    assert (wrong.status_code, 'id="limit_days-wrong"' in wrong.text) == (422, True)
    version = read_version((await browser.get(f"{PATH}/{row.id}")).text)
    wrong = await browser.post(f"{PATH}/{row.id}", data=DATA | {"limit_days": "0", "version": version})
    assert (wrong.status_code, 'id="limit_days-wrong"' in wrong.text) == (422, True)


async def test_everybody_sees_who_decides_what_below_the_decisions(
    app: FastAPI, session: AsyncSession
) -> None:
    await make_decision_type(session, name="Prices", advises=["Finance"])
    html = (await (await open_as(app, session, Role.VIEWER)).get("/decisions")).text
    assert "Who decides what, and within which time" in html
    assert "Finance" in html
