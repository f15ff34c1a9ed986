"""Conventions of editing, proven on goals: ETag, If-Match, If-None-Match, PUT, PATCH, DELETE."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.words import NodeStatus
from app.models import Event
from tests.cast import Cast
from tests.factories import make_department, make_goal, make_objective, make_owner, make_theme

GOALS = "/api/v1/goals"
ANY = {"If-Match": "*"}


async def test_every_answer_of_one_thing_carries_a_strong_etag(cast: Cast) -> None:
    ceo = await cast.ceo()
    made = await ceo.post(GOALS, json={"code": "G1", "title": "Grow"})
    shown = await ceo.get(f"{GOALS}/G1")
    assert made.headers["etag"] == shown.headers["etag"]
    assert shown.headers["etag"].startswith('"1-')
    changed = await ceo.patch(f"{GOALS}/G1", json={"title": "Win"}, headers=ANY)
    assert changed.headers["etag"].startswith('"2-')
    assert (await ceo.get(f"{GOALS}/G1")).headers["etag"] == changed.headers["etag"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_an_edit_says_which_version_it_saw(cast: Cast, session: AsyncSession, method: str) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    path = f"{GOALS}/{goal.code}"
    body = None if method == "DELETE" else {"code": goal.code, "title": "Mine"}
    missing = await ceo.request(method, path, json=body)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    first = (await ceo.get(path)).headers["etag"]
    theirs = await ceo.patch(path, json={"title": "Theirs"}, headers={"If-Match": first})
    stale = await ceo.request(method, path, json=body, headers={"If-Match": first})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale.headers["etag"] == theirs.headers["etag"]
    assert (await ceo.get(path)).json()["title"] == "Theirs"
    again = await ceo.request(method, path, json=body, headers={"If-Match": stale.headers["etag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("tag", ['"nonsense"', "nonsense", '"9-abc"', 'W/"1-abc"', "", '"1"', '"**"'])
async def test_a_tag_that_is_not_the_current_one_guards(cast: Cast, session: AsyncSession, tag: str) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    answer = await ceo.patch(f"{GOALS}/{goal.code}", json={"title": "No"}, headers={"If-Match": tag})
    assert answer.status_code == 412
    assert (await ceo.get(f"{GOALS}/{goal.code}")).json()["title"] == goal.title


async def test_one_of_several_tags_is_enough(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    current = (await ceo.get(f"{GOALS}/{goal.code}")).headers["etag"]
    several = {"If-Match": f'"7-abc", {current}'}
    answer = await ceo.patch(f"{GOALS}/{goal.code}", json={"title": "Yes"}, headers=several)
    assert answer.status_code == 200


async def test_another_name_of_a_reference_changes_the_tag_but_guards_no_edit(
    cast: Cast, session: AsyncSession
) -> None:
    theme = await make_theme(session)
    goal = await make_goal(session, theme_id=theme.id)
    ceo = await cast.ceo()
    before = (await ceo.get(f"{GOALS}/{goal.code}")).headers["etag"]
    await ceo.patch(f"/api/v1/themes/{theme.code}", json={"name": "Renamed"}, headers=ANY)
    known = {"If-None-Match": before}
    assert (await ceo.get(f"{GOALS}/{goal.code}", headers=known)).status_code == 200
    edit = await ceo.patch(f"{GOALS}/{goal.code}", json={"rank": 1}, headers={"If-Match": before})
    assert edit.status_code == 200


async def test_what_is_known_is_not_sent_again(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    for path in (f"{GOALS}/{goal.code}", GOALS, f"{GOALS}?limit=1"):
        seen = await ceo.get(path)
        for condition in (
            seen.headers["etag"],
            f"W/{seen.headers['etag']}",
            f'"x", {seen.headers["etag"]}',
            "*",
        ):
            again = await ceo.get(path, headers={"If-None-Match": condition})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == seen.headers["etag"]
        other = await ceo.get(path, headers={"If-None-Match": '"other"'})
        assert (other.status_code, other.json()) == (200, seen.json())
    tag = (await ceo.get(GOALS)).headers["etag"]
    await make_goal(session)
    assert (await ceo.get(GOALS, headers={"If-None-Match": tag})).status_code == 200


async def test_put_replaces_everything_that_may_be_written(cast: Cast, session: AsyncSession) -> None:
    theme, owner = await make_theme(session), await make_owner(session)
    ceo = await cast.ceo()
    whole: dict[str, Any] = {
        "code": "G1",
        "title": "Grow",
        "why": "Because",
        "theme": theme.code,
        "owner": owner.email,
        "status": "active",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "rank": 3,
        "cross_functional": True,
        "assumptions": [{"text": "Prices hold", "review_on": None}],
    }
    made = (await ceo.post(GOALS, json=whole)).json()
    short = await ceo.put(f"{GOALS}/G1", json={"code": "G1", "title": "Shrink"}, headers=ANY)
    assert short.status_code == 200, short.text
    left = {name: short.json()[name] for name in whole}
    assert left == {
        "code": "G1",
        "title": "Shrink",
        "why": None,
        "theme": None,
        "owner": None,
        "status": "draft",
        "starts_on": None,
        "ends_on": None,
        "rank": None,
        "cross_functional": False,
        "assumptions": [],
    }
    assert (short.json()["id"], short.json()["created_at"]) == (made["id"], made["created_at"])
    back = await ceo.put(f"{GOALS}/G1", json=whole, headers=ANY)
    ours = {"id", "version", "created_at", "updated_at", "changed_at"}
    assert {k: v for k, v in back.json().items() if k not in ours} == {
        k: v for k, v in made.items() if k not in ours
    }


async def test_patch_changes_what_it_names_and_null_clears(cast: Cast, session: AsyncSession) -> None:
    department, owner = await make_department(session), await make_owner(session)
    objective = await make_objective(session, department=department, owner_id=owner.id, why="W", effort=2.5)
    ceo = await cast.ceo()
    path = f"/api/v1/objectives/{objective.code}"
    before = (await ceo.get(path)).json()
    patch = {"title": "New", "why": None, "ends_on": "2026-12-31"}
    merge = ANY | {"Content-Type": "application/merge-patch+json"}
    answer = await ceo.request("PATCH", path, json=patch, headers=merge)
    assert answer.status_code == 200, answer.text
    changed = {
        "version": 2,
        "updated_at": answer.json()["updated_at"],
        "changed_at": answer.json()["changed_at"],
    }
    assert answer.json() == before | patch | changed
    cleared = await ceo.patch(path, json={"owner": None, "effort": None, "status": None}, headers=ANY)
    assert (cleared.json()["owner"], cleared.json()["effort"], cleared.json()["status"]) == (None, 1, "draft")


@pytest.mark.parametrize(
    ("patch", "pointer", "code"),
    [
        ({"title": None}, "/title", "required"),
        ({"title": 5}, "/title", "string_type"),
        ({"version": 2}, "/version", "unknown_field"),
        ({"theme": {"code": "T"}}, "/theme", "string_type"),
        ({"rank": 0}, "/rank", "greater_than_equal"),
        ({"ends_on": "2020-01-01", "starts_on": "2021-01-01"}, "/ends_on", "ends_before_start"),
    ],
)
async def test_a_patch_is_checked_like_a_full_update(
    cast: Cast, session: AsyncSession, patch: dict[str, Any], pointer: str, code: str
) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    answer = await ceo.patch(f"{GOALS}/{goal.code}", json=patch, headers=ANY)
    assert answer.status_code == 422
    fault = answer.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert (await ceo.get(f"{GOALS}/{goal.code}")).json()["version"] == 1


@pytest.mark.parametrize("patch", [[], "title", 5, [{"op": "replace"}]])
async def test_a_patch_is_an_object(cast: Cast, session: AsyncSession, patch: Any) -> None:
    goal = await make_goal(session)
    answer = await (await cast.ceo()).patch(f"{GOALS}/{goal.code}", json=patch, headers=ANY)
    assert answer.status_code == 422


async def test_the_same_content_again_is_no_change(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    path = f"{GOALS}/{goal.code}"
    seen = await ceo.get(path)
    for answer in (
        await ceo.patch(path, json={}, headers=ANY),
        await ceo.patch(path, json={"title": goal.title}, headers=ANY),
        await ceo.put(path, json={"code": goal.code, "title": goal.title, "status": "active"}, headers=ANY),
    ):
        assert (answer.status_code, answer.headers["etag"]) == (200, seen.headers["etag"])
    events = (await session.scalars(select(Event).where(col(Event.object_id) == goal.id))).all()
    assert [event.action for event in events] == ["created"]


async def test_a_delete_archives_what_has_history(cast: Cast, session: AsyncSession) -> None:
    goal, other = await make_goal(session), await make_goal(session)
    ceo = await cast.ceo()
    answer = await ceo.delete(f"{GOALS}/{goal.code}", headers=ANY)
    assert (answer.status_code, bool(answer.json()["archived_at"])) == (200, True)
    assert [one["code"] for one in (await ceo.get(GOALS)).json()["items"]] == [other.code]
    assert [one["code"] for one in (await ceo.get(f"{GOALS}?archived=true")).json()["items"]] == [goal.code]
    assert (await ceo.get(f"{GOALS}/{goal.code}")).json() == answer.json()
    again = await ceo.delete(f"{GOALS}/{goal.code}", headers=ANY)
    assert (again.status_code, again.json()) == (200, answer.json())
    verb = await ceo.post(f"{GOALS}/{other.code}/archive")
    assert (verb.status_code, bool(verb.json()["archived_at"])) == (200, True)
    events = await session.scalars(
        select(Event).where(col(Event.object_id) == goal.id).order_by(col(Event.id))
    )
    assert [event.action for event in events] == ["created", "archived"]


async def test_a_mere_draft_vanishes(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session, status=NodeStatus.DRAFT)
    ceo = await cast.ceo()
    assert (await ceo.delete(f"{GOALS}/{goal.code}", headers=ANY)).status_code == 204
    assert (await ceo.get(f"{GOALS}/{goal.code}")).status_code == 404
    assert (await ceo.post(GOALS, json={"code": goal.code, "title": "Anew"})).status_code == 201


async def test_an_event_tells_who_changed_what_before_and_after(cast: Cast, session: AsyncSession) -> None:
    goal = await make_goal(session)
    ceo = await cast.ceo()
    headers = ANY | {"X-Request-Id": "req-7"}
    await ceo.patch(f"{GOALS}/{goal.code}", json={"title": "After"}, headers=headers)
    event = (await session.scalars(select(Event).where(col(Event.action) == "updated"))).one()
    assert (event.actor_kind, event.actor_id) == ("person", ceo.owner.id)  # type: ignore[attr-defined]
    assert (event.kind, event.object_id, event.code, event.version) == ("goal", goal.id, goal.code, 2)
    assert event.request_id == "req-7"
    assert event.before is not None
    assert event.after is not None
    assert (event.before["title"], event.after["title"]) == (goal.title, "After")
