"""Attacks on what is hidden: naming it must look like naming nothing, whatever the door."""

from typing import Any, NamedTuple

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.words import NodeStatus
from tests.cast import Cast
from tests.conftest import run_sql
from tests.factories import make_department, make_goal, make_kpi, make_link, make_objective, make_owner

API = "/api/v1"
NOTHING = "NO-SUCH-THING"


class Scene(NamedTuple):
    """A machine bound to one department, and the names of what another department has."""

    machine: httpx2.AsyncClient
    own: dict[str, str]
    hidden: dict[str, str]


async def set_scene(cast: Cast, session: AsyncSession) -> Scene:
    own, other = await make_department(session), await make_department(session)
    stranger = await make_owner(session, department=other)
    objective = await make_objective(session, department=other, owner_id=stranger.id)
    mine = await make_objective(session, department=own)
    goal = await make_goal(session)
    link = await make_link(session, objective, goal)
    draft = await make_goal(session, status=NodeStatus.DRAFT)
    kpi, shown = (
        await make_kpi(session, department_id=other.id),
        await make_kpi(session, department_id=own.id),
    )
    return Scene(
        await cast.machine(department_id=own.id),
        {"department": own.code, "objective": mine.code, "kpi": shown.code, "goal": goal.code},
        {
            "department": other.code,
            "owner": stranger.email,
            "objective": objective.code,
            "goal": draft.code,
            "kpi": kpi.code,
            "link": str(link.id),
        },
    )


def tell(answer: httpx2.Response, name: str) -> tuple[int, str]:
    """What an answer says besides its request id and the name that was asked for."""
    body = answer.json()
    body.pop("instance", None)
    return answer.status_code, str(body).replace(name, "…")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("objectives?department={}", "department"),
        ("objectives?owner={}", "owner"),
        ("goals?owner={}", "owner"),
        ("owners?department={}", "department"),
        ("owners?manager={}", "owner"),
        ("departments?parent={}", "department"),
        ("departments?head={}", "owner"),
        ("kpis?department={}", "department"),
        ("kpis?owner={}", "owner"),
        ("kpis?measures={}", "objective"),
        ("kpis?measures={}", "goal"),
        ("links?source={}", "objective"),
        ("links?target={}", "goal"),
        ("metrics?kpi={}", "kpi"),
        ("metrics?department={}", "department"),
        ("engagement-scores?department={}", "department"),
    ],
)
async def test_a_filter_does_not_tell_hidden_from_unknown(
    cast: Cast, session: AsyncSession, path: str, kind: str
) -> None:
    scene = await set_scene(cast, session)
    name = scene.hidden[kind]
    hidden = await scene.machine.get(f"{API}/{path.format(name)}")
    unknown = await scene.machine.get(f"{API}/{path.format(NOTHING)}")
    assert tell(hidden, name) == tell(unknown, NOTHING)
    assert hidden.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("POST", "objectives", {"code": "X", "title": "X", "department": "{own}", "owner": "{}"}, "owner"),
        ("POST", "objectives", {"code": "X", "title": "X", "department": "{}"}, "department"),
        ("POST", "departments", {"code": "X", "name": "X", "parent": "{}"}, "department"),
        ("POST", "departments", {"code": "X", "name": "X", "parent": "{own}", "head": "{}"}, "owner"),
        ("PATCH", "departments/{own}", {"parent": "{}"}, "department"),
        ("PATCH", "departments/{own}", {"head": "{}"}, "owner"),
        ("POST", "owners", {"email": "x@x.test", "name": "X", "department": "{}"}, "department"),
        (
            "POST",
            "owners",
            {"email": "x@x.test", "name": "X", "department": "{own}", "manager": "{}"},
            "owner",
        ),
        ("PATCH", "kpis/{kpi}", {"owner": "{}"}, "owner"),
        ("PATCH", "kpis/{kpi}", {"departments": ["{}"]}, "department"),
        ("PATCH", "kpis/{kpi}", {"measures": ["{}"]}, "objective"),
        ("PATCH", "kpis/{kpi}", {"guards": ["{}"]}, "kpi"),
        ("POST", "links", {"source": "{objective}", "target": "{}", "type": "supports"}, "objective"),
        ("POST", "links", {"source": "{objective}", "target": "{}", "type": "supports"}, "goal"),
        ("POST", "kpis/{kpi}/targets", {"from": "2026-01", "target": 1, "department": "{}"}, "department"),
        (
            "POST",
            "kpis/{kpi}/measurements",
            {"items": [{"period": "2026-01", "value": 1, "department": "{}"}]},
            "department",
        ),
    ],
)
async def test_a_body_does_not_tell_hidden_from_unknown(
    cast: Cast, session: AsyncSession, method: str, path: str, body: dict[str, Any], kind: str
) -> None:
    scene = await set_scene(cast, session)

    async def send(name: str) -> httpx2.Response:
        def fill(value: Any) -> Any:
            if isinstance(value, list | dict):
                pairs = value.items() if isinstance(value, dict) else enumerate(value)
                filled = {key: fill(each) for key, each in pairs}
                return filled if isinstance(value, dict) else list(filled.values())
            names = {"own": scene.own["department"], **scene.own}
            return value.format(name, **names) if isinstance(value, str) else value

        return await scene.machine.request(
            method, f"{API}/{fill(path)}", json=fill(body), headers={"If-Match": "*"}
        )

    name = scene.hidden[kind]
    hidden, unknown = await send(name), await send(NOTHING)
    assert tell(hidden, name) == tell(unknown, NOTHING)
    assert hidden.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "departments/{}", "department"),
        ("PATCH", "departments/{}", "department"),
        ("GET", "owners/{}", "owner"),
        ("DELETE", "owners/{}", "owner"),
        ("GET", "goals/{}", "goal"),
        ("POST", "goals/{}/archive", "goal"),
        ("GET", "objectives/{}", "objective"),
        ("PATCH", "objectives/{}", "objective"),
        ("GET", "links/{}", "link"),
        ("POST", "links/{}/affirm", "link"),
        ("GET", "kpis/{}", "kpi"),
        ("GET", "kpis/{}/targets", "kpi"),
        ("GET", "kpis/{}/measurements", "kpi"),
        ("GET", "kpis/{}/measurements/2026-01", "kpi"),
        ("PUT", "kpis/{}/measurements/2026-01", "kpi"),
        ("DELETE", "kpis/{}/measurements/2026-01", "kpi"),
        ("POST", "kpis/{}/measurements", "kpi"),
    ],
)
async def test_a_path_does_not_tell_hidden_from_unknown(
    cast: Cast, session: AsyncSession, method: str, path: str, kind: str
) -> None:
    scene = await set_scene(cast, session)
    bodies: dict[str, Any] = {
        "PATCH": {},
        "PUT": {"value": 1},
        "POST": {"items": [{"period": "2026-01", "value": 1}]} if "measurements" in path else None,
    }

    async def send(name: str) -> httpx2.Response:
        body = bodies.get(method)
        return await scene.machine.request(
            method, f"{API}/{path.format(name)}", json=body, headers={"If-Match": "*"}
        )

    name = scene.hidden[kind]
    hidden, unknown = await send(name), await send(NOTHING)
    assert tell(hidden, name) == tell(unknown, NOTHING)
    assert hidden.status_code == 404


async def test_what_is_hidden_stays_named_where_it_was(cast: Cast, session: AsyncSession) -> None:
    scene = await set_scene(cast, session)
    ceo = await cast.ceo()
    path = f"{API}/kpis/{scene.own['kpi']}"
    named = {"owner": scene.hidden["owner"], "guards": [scene.hidden["kpi"]]}
    assert (await ceo.patch(path, json=named, headers={"If-Match": "*"})).status_code == 200
    kept = await scene.machine.patch(path, json={"name": "Another name"}, headers={"If-Match": "*"})
    assert kept.status_code == 200, kept.text
    assert kept.json()["owner"]["code"] == scene.hidden["owner"]
    assert [each["code"] for each in kept.json()["guards"]] == [scene.hidden["kpi"]]


async def test_a_slash_too_many_is_not_redirected_to_another_scheme(cast: Cast) -> None:
    answer = await (await cast.viewer()).get(f"{API}/goals/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("feed", ["changes", "events"])
async def test_a_value_of_a_hidden_kpi_is_not_told_by_its_aggregate(
    cast: Cast, session: AsyncSession, feed: str
) -> None:
    scene = await set_scene(cast, session)
    for kpi, department in ((scene.hidden["kpi"], scene.hidden["department"]), (scene.own["kpi"], "")):
        path = f"{API}/kpis/{kpi}/measurements/2026-01"
        said = await (await cast.ceo()).put(
            path, params={"department": department or scene.own["department"]}, json={"value": 1}
        )
        assert said.status_code == 201
    # The feed shows what was written before the newest transaction that has ended: let one end.
    await run_sql("select pg_current_xact_id()")
    told = (await scene.machine.get(f"{API}/{feed}", params={"kind": "measurement", "limit": 1000})).text
    assert f"{scene.own['kpi']}/2026-01" in told
    assert f"{scene.hidden['kpi']}/2026-01" not in told
    everything = (
        await (await cast.ceo()).get(f"{API}/{feed}", params={"kind": "measurement", "limit": 1000})
    ).text
    assert f"{scene.hidden['kpi']}/2026-01" in everything
