"""A crowd that asks for a part that is not loaded yet: first one, then the others, all in any case."""

import asyncio
import sys
from types import ModuleType

import httpx2
import pytest
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.api.v1 import NOUNS
from app.late_routes import LateRoutes

PATIENCE_SECONDS = 10


class Crowd:
    """A noun whose first request stays until it may go, and those who ask for it."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.may_go = asyncio.Event()
        self.router = APIRouter()
        LateRoutes(self.router)

    async def answer(self, request: Request) -> Response:
        self.begun.append(int(request.query_params["number"]))
        if len(self.begun) == 1:
            await self.may_go.wait()
        return Response()

    async def ask(self, number: int) -> int:
        transport = httpx2.ASGITransport(self.router)
        async with httpx2.AsyncClient(transport=transport, base_url="http://crowd") as client:
            return (await client.get("/api/v1/me", params={"number": number})).status_code


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """In the place of `me`, loaded as any noun."""
    made, file = Crowd(), ModuleType("app.api.v1.crowd")
    file.__dict__["router"] = APIRouter(routes=[Route("/api/v1/me", made.answer)])
    monkeypatch.setitem(sys.modules, file.__name__, file)
    monkeypatch.setitem(NOUNS, "me", ("crowd",))
    return made


async def test_the_others_begin_when_the_first_is_answered(crowd: Crowd) -> None:
    asked = [asyncio.create_task(crowd.ask(number)) for number in range(4)]
    while not crowd.begun:
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert crowd.begun == [0]
    crowd.may_go.set()
    assert await asyncio.gather(*asked) == [200] * 4
    assert sorted(crowd.begun) == [0, 1, 2, 3]


async def test_a_first_that_never_ends_keeps_nobody(crowd: Crowd) -> None:
    first, *others = (asyncio.create_task(crowd.ask(number)) for number in range(4))
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await asyncio.gather(*others) == [200] * 3
    assert not first.done()
    first.cancel()
