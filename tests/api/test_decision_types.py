"""Decision types over the API: they hold for the whole organization."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Permission
from tests.cast import Cast
from tests.factories import make_decision_type

URL = "/api/v1/decision-types"
ANY = {"If-Match": "*"}


async def test_a_type_is_added_changed_and_archived(cast: Cast) -> None:
    ceo = await cast.ceo()
    body = {"code": "SITES", "name": "Sites", "limit_days": 30, "decides": ["Chief executive"]}
    made = await ceo.post(URL, json=body)
    assert made.status_code == 201, made.text
    assert made.json()["advises"] == []
    changed = await ceo.patch(f"{URL}/sites", json={"limit_days": 14, "informed": ["All heads"]}, headers=ANY)
    told = changed.json()
    assert (told["limit_days"], told["decides"], told["informed"]) == (14, ["Chief executive"], ["All heads"])
    assert (await ceo.post(f"{URL}/SITES/archive")).json()["archived_at"]
    assert (await ceo.get(URL)).json()["items"] == []


async def test_a_code_is_taken_once(cast: Cast, session: AsyncSession) -> None:
    await make_decision_type(session, code="SITES")
    answer = await (await cast.ceo()).post(URL, json={"code": "sites", "name": "Sites"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/code")


@pytest.mark.parametrize("limit", [0, 3651, "14", 1.5])
async def test_a_limit_is_a_number_of_days(cast: Cast, limit: object) -> None:
    answer = await (await cast.ceo()).post(URL, json={"code": "S", "name": "S", "limit_days": limit})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/limit_days")


async def test_only_who_writes_for_the_whole_organization_keeps_types(
    cast: Cast, session: AsyncSession
) -> None:
    row = await make_decision_type(session)
    writers = [
        (await cast.ceo(), 201),
        (await cast.machine(Permission.DECISIONS_WRITE), 201),
        (await cast.head(), 403),
        (await cast.contributor(), 403),
        (await cast.machine(Permission.DECISIONS_READ), 403),
    ]
    for number, (client, status) in enumerate(writers):
        body = {"code": f"T{number}", "name": "New"}
        assert (await client.post(URL, json=body)).status_code == status
    assert (await (await cast.head()).get(f"{URL}/{row.code}")).status_code == 200
    assert (await (await cast.facilitator()).get(URL)).status_code == 403
