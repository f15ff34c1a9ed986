"""Routes that are loaded beside the work: when somebody first asks for one, or a moment after the start.

Whoever waits for a start is a machine that asks for one noun; the others and the pages are most of what there
is to load. No line here or in `main` imports a noun of `app.api.v1` or `app.web`: none makes a start slower.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module

from fastapi import APIRouter, Request, Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from app.api.v1 import NOUNS, load_noun

MACHINE_PATHS = ("/api/", "/healthz", "/readyz")
PAGES = "pages"
# Together all routes that may come late, in the order in which they are asked.
PARTS = (*NOUNS, PAGES)
# So long at most do others wait for the first who asks for a part: it may be one that never ends.
FIRST_SECONDS = 0.25


def is_for_machines(path: str) -> bool:
    """Does the JSON door say here what went wrong?"""
    return path.startswith(MACHINE_PATHS)


def find_part(path: str) -> str | None:
    """The part whose routes may know a path, if any does. (`/api/docs` is a page.)"""
    if not path.startswith("/api/v1/"):
        return PAGES
    noun = path.split("/", 4)[3]
    return noun if noun in NOUNS else None


class LateRoutes:
    """Puts the routes of a part among those of a router, as soon as a path needs them."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._refuse = router.default
        self._early = list(router.routes)
        self._late: dict[str, list[BaseRoute]] = {}
        self._first: dict[str, asyncio.Event] = {}
        router.default = self._load_and_answer

    async def load(self) -> None:
        """Returns when all are there. Requests are answered meanwhile, with pauses of some milliseconds."""
        for part in PARTS:
            await self._load_part(part)

    def load_nouns(self) -> None:
        """The same at once, for those who describe the whole of the JSON door."""
        for noun in NOUNS:
            self._add(noun, load_noun(noun))

    async def answer_error(self, request: Request, error: Exception) -> Response:
        """The voice of the pages, for any error."""
        await self._load_part(PAGES)
        answer: Response = await import_module("app.web.problems").answer_page(request, error)
        return answer

    async def _load_and_answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What no route knows: perhaps one does that is not loaded yet."""
        part = find_part(scope["path"])
        if part is None or part in self._late:
            await self._refuse(scope, receive, send)
            return
        async with self._take_turn(part):
            await self._load_part(part)
            await self._router(scope, receive, send)

    @asynccontextmanager
    async def _take_turn(self, part: str) -> AsyncIterator[None]:
        """The first of a crowd makes what all need; side by side, each would be as late as the last."""
        if part in self._first:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._first[part].wait(), FIRST_SECONDS)
            yield
        else:
            answered = self._first[part] = asyncio.Event()
            try:
                yield
            finally:
                answered.set()

    async def _load_part(self, part: str) -> None:
        if part not in self._late:
            self._add(part, await asyncio.to_thread(_import_pages if part == PAGES else load_noun, part))

    def _add(self, part: str, routes: list[BaseRoute]) -> None:
        """On the event loop: nobody looks for a route meanwhile. Whichever came first, their order is one."""
        self._late[part] = routes
        late = [route for each in PARTS for route in self._late.get(each, ())]
        self._router.routes[:] = [*self._early, *late]


def _import_pages(_: str) -> list[BaseRoute]:
    """The routes of all pages, and what every page is made with."""
    import_module("app.web.render").make_environment()
    routes: list[BaseRoute] = import_module("app.web").web_routes
    return routes
