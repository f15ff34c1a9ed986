"""Every operation asks who is there, except a short public list."""

import re

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.api.deps import get_actor, get_answerer
from app.api.document import list_operations
from app.api.route import ApiRoute
from app.web.deps import get_answering_person, get_onlooker, get_person
from tests.cast import Cast

PUBLIC = {
    "/healthz": "asked by supervisors, which have no key; tells one word",
    "/readyz": "asked by supervisors, which have no key; tells one word",
    "/api/v1/openapi.json": "what the API looks like is no secret",
    "/api/docs": "what the API looks like is no secret",
    "/sign-in": "the way in",
    "/sign-in/as": "the way into the demo organization, on this machine only",
    "/surveys/answer/{token}": "whoever holds the link of an invitation answers",
    "/surveys/answered": "thanks, to whoever has answered",
    "/calendar/{token}.ics": "whoever holds a private address reads that calendar",
    "/welcome/{token}": "whoever holds the link sets the password",
    "/first-run": "whoever holds the printed code makes the first administrator",
    "/problems/{slug}": "explains errors, the missing key among them",
    "/linkage/rules": "explains what is checked, and nothing of what was found",
    "/linkage/rules/{code}": "explains what is checked, and nothing of what was found",
    "/design": "the parts of the pages with made-up content, on this machine only",
    "/static/{name:path}": "style sheets and pictures",
}


WHO_ASKS = (get_actor, get_answerer, get_person, get_answering_person, get_onlooker)


def asks_for(dependant: Dependant, wanted: object) -> bool:
    """Does a route depend on something, however deep?"""
    return dependant.call is wanted or any(asks_for(each, wanted) for each in dependant.dependencies)


async def test_every_route_asks_for_an_actor_or_is_public(app: FastAPI) -> None:
    await app.state.late_routes.load()
    routes = list(iter_route_contexts(app.routes))
    assert len(routes) > 20
    for context in routes:
        path, route = context.path, context.original_route
        if isinstance(route, APIRoute) and any(asks_for(route.dependant, who) for who in WHO_ASKS):
            assert path not in PUBLIC, f"{path} is on the public list but asks for a key"
        else:
            assert path in PUBLIC, f"{path} asks nobody who they are"


async def test_every_operation_of_the_api_is_strict(app: FastAPI) -> None:
    await app.state.late_routes.load()
    loose = [
        context.path
        for context in iter_route_contexts(app.routes)
        if str(context.path).startswith("/api/v1/")
        and context.path not in PUBLIC
        and not isinstance(context.original_route, ApiRoute)
    ]
    assert loose == []


@pytest.mark.parametrize(
    "key", [None, "cox_abcdefghijkl_" + "x" * 43, "nonsense", "\u00e9".encode().decode()]
)
async def test_nothing_is_told_without_a_valid_key(cast: Cast, app: FastAPI, key: str | None) -> None:
    browser = await cast.browse()
    headers = {} if key is None else {b"Authorization": f"Bearer {key}".encode()}
    for path, method, operation in list_operations(app.openapi()):
        if "security" not in operation:
            continue
        url = re.sub(r"\{[^}]*\}", "x", path)
        body: dict[str, str] | None = {} if "requestBody" in operation else None
        answer = await browser.request(method.upper(), url, headers=headers, json=body)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.headers["www-authenticate"] == "Bearer"
