"""Themes over the API."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Permission
from app.models import Event
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_theme

THEMES = "/api/v1/themes"


async def test_a_theme_is_added_changed_and_archived_with_its_events(
    cast: Cast, session: AsyncSession
) -> None:
    ceo = await cast.ceo()
    body = {"code": "CUSTOMER", "name": "Customers first", "rank": 1}
    theme = (await ceo.post(THEMES, json=body)).json()
    assert theme["description"] is None
    path = f"{THEMES}/customer"
    changed = await ceo.patch(path, json={"description": "Why"}, headers={"If-Match": "*"})
    assert changed.json()["description"] == "Why"
    assert (await ceo.post(f"{path}/archive")).json()["archived_at"]
    assert (await ceo.get(THEMES)).json()["items"] == []
    assert [one["code"] for one in (await ceo.get(f"{THEMES}?archived=true")).json()["items"]] == ["CUSTOMER"]
    events = await session.scalars(select(Event).where(col(Event.kind) == "theme").order_by(col(Event.id)))
    assert [event.action for event in events] == ["created", "updated", "archived"]


async def test_themes_goals_and_objectives_share_their_codes_whatever_the_case(
    cast: Cast, session: AsyncSession
) -> None:
    theme, goal = await make_theme(session), await make_goal(session)
    department = await make_department(session)
    ceo = await cast.ceo()
    await ceo.post(f"{THEMES}/{theme.code}/archive")
    for code in (theme.code.lower(), goal.code.lower()):
        bodies = {
            "themes": {"code": code, "name": "Again"},
            "goals": {"code": code, "title": "Again"},
            "objectives": {"code": code, "title": "Again", "department": department.code},
        }
        for noun, body in bodies.items():
            answer = await ceo.post(f"/api/v1/{noun}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (409, "duplicate"), noun
            assert answer.json()["errors"][0]["pointer"] == "/code"


async def test_a_code_can_change_and_then_points_to_the_same_theme(cast: Cast, session: AsyncSession) -> None:
    theme = await make_theme(session, code="OLD")
    ceo = await cast.ceo()
    changed = await ceo.patch(f"{THEMES}/OLD", json={"code": "NEWER"}, headers={"If-Match": "*"})
    assert changed.status_code == 200
    assert (await ceo.get(f"{THEMES}/newer")).json()["id"] == str(theme.id)
    assert (await ceo.get(f"{THEMES}/OLD")).status_code == 404


async def test_reserved_words_and_odd_characters_are_no_codes(cast: Cast) -> None:
    ceo = await cast.ceo()
    for code in (
        "tree",
        "Map",
        "NEW",
        "a b",
        "ä",
        "",
        "x" * 41,
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "..",
    ):
        answer = await ceo.post(THEMES, json={"code": code, "name": "Odd"})
        assert answer.status_code == 422, code
        assert answer.json()["errors"][0]["pointer"] == "/code"


async def test_who_may_write_themes(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    reader = await cast.machine(Permission.GOALS_READ)
    bound = await cast.machine(Permission.GOALS_WRITE, department_id=department.id)
    for number, client in enumerate([await cast.viewer(), await cast.head(), reader, bound]):
        answer = await client.post(THEMES, json={"code": f"T{number}", "name": "No"})
        assert answer.status_code == 403
    for number, client in enumerate([await cast.admin(), await cast.machine(Permission.GOALS_WRITE)]):
        answer = await client.post(THEMES, json={"code": f"OK{number}", "name": "Yes"})
        assert answer.status_code == 201
    assert (await (await cast.stranger()).get(THEMES)).status_code == 403
    assert (await (await cast.facilitator()).get(THEMES)).status_code == 403


async def test_who_only_writes_can_edit_what_they_made(cast: Cast) -> None:
    writer = await cast.machine(Permission.GOALS_WRITE)
    made = await writer.post(THEMES, json={"code": "MINE", "name": "Mine"})
    seen = {"If-Match": made.headers["etag"]}
    assert (await writer.patch(f"{THEMES}/MINE", json={"rank": 2}, headers=seen)).status_code == 200
    assert (await writer.get(f"{THEMES}/MINE")).status_code == 403
