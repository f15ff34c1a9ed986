"""The pages, loaded beside the work: when somebody first asks for one, or a moment after the start.

Whoever waits for a start is a machine; the pages are a fifth of what there is to load. No line here or in
`main` imports `app.web`, so that no noun added there makes a start slower.
"""

import asyncio
from importlib import import_module

from fastapi import APIRouter, Request, Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

MACHINE_PATHS = ("/api/", "/healthz", "/readyz")


def is_for_machines(path: str) -> bool:
    """Does the JSON door say here what went wrong?"""
    return path.startswith(MACHINE_PATHS)


class LatePages:
    """Puts the routes of the pages behind those of a router, as soon as a path needs them."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._refuse = router.default
        router.default = self._load_and_answer

    async def load(self) -> None:
        """Returns when they are there. Requests are answered meanwhile, with pauses of some milliseconds."""
        if self._are_there():
            return
        routes = await asyncio.to_thread(_import_pages)
        # On the event loop: nobody looks for a route while they are added. Others may have waited with us.
        if not self._are_there():
            self._router.routes.extend(routes)
            self._router.default = self._refuse

    async def answer_error(self, request: Request, error: Exception) -> Response:
        """The voice of the pages, for any error."""
        await self.load()
        answer: Response = await import_module("app.web.problems").answer_page(request, error)
        return answer

    def _are_there(self) -> bool:
        return self._router.default == self._refuse

    async def _load_and_answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What no route knows: perhaps a page does. (`/api/docs` is one.)"""
        await self.load()
        await self._router(scope, receive, send)


def _import_pages() -> list[BaseRoute]:
    """The routes of all pages, and what every page is made with."""
    import_module("app.web.render").make_environment()
    routes: list[BaseRoute] = import_module("app.web").web_routes
    return routes
