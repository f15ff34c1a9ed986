"""Roles that end on a day: a facilitator from outside comes for a time."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Permission, Role
from tests.cast import Cast
from tests.factories import make_owner
from tests.web.browsing import sign_in

URL = "/api/v1/owners"
ANY = {"If-Match": "*"}
TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


async def test_a_facilitator_s_role_needs_an_end(cast: Cast) -> None:
    admin = await cast.admin()
    body = {"email": "coach@coxswain.test", "name": "Coach", "role": "facilitator"}
    endless = await admin.post(URL, json=body)
    assert (endless.status_code, endless.json()["errors"][0]["pointer"]) == (422, "/role_until")
    made = await admin.post(URL, json=body | {"role_until": str(TOMORROW)})
    assert (made.status_code, made.json()["role_until"]) == (201, str(TOMORROW))
    longer = await admin.patch(f"{URL}/coach@coxswain.test", json={"role_until": None}, headers=ANY)
    assert longer.status_code == 422
    renamed = await admin.patch(f"{URL}/coach@coxswain.test", json={"name": "Coach C."}, headers=ANY)
    assert renamed.status_code == 200


async def test_only_an_administrator_says_how_long_a_role_lasts(cast: Cast, session: AsyncSession) -> None:
    owner = await make_owner(session, role=Role.FACILITATOR, role_until=TODAY)
    robot = await cast.machine(Permission.DIRECTORY_WRITE)
    for client in (await cast.ceo(), robot):
        refused = await client.patch(f"{URL}/{owner.email}", json={"role_until": str(TOMORROW)}, headers=ANY)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_refused")
    assert (
        await robot.patch(f"{URL}/{owner.email}", json={"title": "Coach"}, headers=ANY)
    ).status_code == 200


@pytest.mark.parametrize(("until", "status"), [(YESTERDAY, 403), (TODAY, 200), (TOMORROW, 200), (None, 200)])
async def test_the_last_day_counts_and_the_next_does_not(cast: Cast, until: object, status: int) -> None:
    client = await cast.person(Role.FACILITATOR, role_until=until)
    assert (await client.get("/api/v1/surveys")).status_code == status


async def test_whose_role_has_ended_is_not_signed_in(app: FastAPI, session: AsyncSession) -> None:
    owner = await make_owner(session, role=Role.FACILITATOR, role_until=TODAY)
    async with await sign_in(app, session, owner) as browser:
        assert (await browser.get("/surveys")).status_code == 200
        owner.role_until = YESTERDAY
        session.add(owner)
        await session.flush()
        assert (await browser.get("/surveys")).status_code == 303
