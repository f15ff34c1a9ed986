"""The application: create_app(settings) wires database, doors and error voices. Imported by nobody."""

import asyncio
import gc
import logging
import signal
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache, partial
from importlib import import_module
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic.warnings import UnsupportedFieldAttributeWarning
from sqlalchemy import URL
from starlette.exceptions import HTTPException

from app.actions._live import CHANNEL
from app.actions.traffic import (
    ResultsView,
    forget_traffic,
    lease_requests,
    note_key_uses,
    note_results_views,
    note_sign_ins,
)
from app.api import health
from app.api.allowances import Allowances, Lease
from app.api.document import compile_methods, complete_document
from app.api.envelope import Envelope
from app.api.idempotency import Replay
from app.api.problems import answer_problem, handle_replay
from app.api.watches import Watch
from app.database import Database, read_url
from app.domain.reminders import ReminderRule
from app.embedded import die_with_parent
from app.errors import CoxswainError, SeeOther, Unavailable
from app.hearing import Hearing
from app.late_routes import LateRoutes, is_for_machines
from app.logs import set_up_logs
from app.schema import head_revision, program_version
from app.settings import Settings
from app.stopping import call_at_signals

# Contracts are compiled late (`models.base`). The framework ignores this where it compiles them at once.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
logger = logging.getLogger("coxswain")
HOUSEKEEPING_SECONDS = 60
# Where people answer surveys: what was deleted there goes for good.
TRACES = ("survey_answers", "survey_invitations")
PAUSE_SECONDS = 5.0
# By then those who waited for the start are answered.
LATE_AFTER_SECONDS = 1.0


def create_app(settings: Settings, url: URL | None = None, *, database: Database | None = None) -> FastAPI:
    """The ASGI application over one database."""
    if database is None:
        url = url or read_url(settings.database_url.get_secret_value()) if settings.database_url else url
        assert url is not None, "a database is needed"  # noqa: S101  (the caller's contract)
        database = Database(url, pool_size=settings.database_pool)
    # Counting happens beside a request that holds a connection already: from one pool, a full house would
    # wait for itself.
    aside = Database(database.url, pool_size=1)
    # A look holds its transaction while the child computes: neither counting nor another look may wait.
    checking = Database(database.url, pool_size=5)
    app = FastAPI(
        title="Coxswain",
        version=program_version(),
        summary="Do our leaders row in the same direction?",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        # A redirect names the scheme that the proxy speaks to us: the key would travel on without TLS.
        redirect_slashes=False,
        # As they are: to include routers would make every route a second time, at the first request.
        routes=health.router.routes,
        lifespan=_lifespan(database, aside, checking),
    )
    app.state.database = database
    app.state.late_routes = LateRoutes(app.router)
    app.state.head_revision = head_revision()
    app.state.key_uses = set[UUID]()
    app.state.sign_ins_seen = set[UUID]()
    app.state.results_views = list[ResultsView]()
    app.state.hearing = Hearing(database, CHANNEL)
    post = settings.read_post()
    linkage = Watch(_look_late("check_with", checking), name="the linkage check")
    app.state.watches = (
        linkage,
        Watch(_look_late("measure_with", checking), name="the look at alignment"),
        Watch(_look_late("compute_with", checking, linkage.note_write), name="the computing of KPIs"),
        Watch(
            _look_late("write_with", checking, _read_rule(settings), post is not None),
            name="the mail of the day",
        ),
    )
    if post is not None:
        send = _look_late("send_with", checking, post, room="app.sending")
        # Waiting for a mail server costs nothing.
        app.state.watches += (Watch(send, name="the post", rest=1),)
    app.state.allowances = Allowances(settings.rate_limit_per_minute, _lease_from(aside))
    app.add_middleware(
        Envelope,
        voice=partial(_answer_error, app.state.late_routes),
        max_body_bytes=settings.max_body_bytes,
        max_in_flight=settings.max_in_flight,
    )
    _add_error_voices(app)
    complete_document(app, load=app.state.late_routes.load_nouns)
    # Made when first asked for: it needs the document, which takes longer than the rest of the start.
    app.state.list_methods = cache(partial(compile_methods, app))
    return app


def create_served_app() -> FastAPI:
    """The application of one server process, from the settings that `coxswain serve` hands on."""
    settings = Settings()
    set_up_logs(settings.log_level)
    if settings.workers > 1:
        # A launcher that is killed must not leave workers serving.
        die_with_parent(signal.SIGTERM)
    app = create_app(settings)
    # What a start loads stays, so that no collection needs to look through it.
    gc.freeze()
    # A push makes tens of thousands of small things at once, none of them in a circle.
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
    return app


def _add_error_voices(app: FastAPI) -> None:
    for kind in (CoxswainError, SeeOther, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, partial(_answer_error, app.state.late_routes))
    app.add_exception_handler(Replay, handle_replay)


async def _answer_error(late: LateRoutes, request: Request, error: Exception) -> Response:
    """One error, two voices: machines get problem+json, people get a page."""
    if is_for_machines(request.url.path):
        return await answer_problem(request, error)
    return await late.answer_error(request, error)


def _lease_from(database: Database) -> Lease:
    async def lease(actor: UUID, minute: int, wanted: int, limit: int) -> tuple[int, int]:
        async with database.unit_of_work() as session:
            return await lease_requests(session, actor, minute, wanted=wanted, limit=limit)

    return lease


def _read_rule(settings: Settings) -> ReminderRule:
    return ReminderRule(
        days_before=settings.remind_days_before,
        days_after=settings.remind_days_after,
        lead_days_after=settings.remind_lead_days_after,
        hour=settings.digest_hour,
    )


def _look_late(make: str, *given: Any, room: str = "app.looks") -> Callable[[], Awaitable[None]]:
    """A look that is loaded when it is first taken: the start does not wait for it."""
    look: Callable[[], Awaitable[None]] | None = None

    async def take() -> None:
        nonlocal look
        if look is None:
            look = getattr(await asyncio.to_thread(import_module, room), make)(*given)
        await look()

    return take


def _lifespan(
    database: Database, aside: Database, checking: Database
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loops = {
            "housekeeping": partial(_keep_house, app, aside),
            **{watch.name: watch.run for watch in app.state.watches},
        }
        tasks = [asyncio.create_task(keep_running(name, loop)) for name, loop in loops.items()]
        tasks.append(asyncio.create_task(_load_late(app.state.late_routes)))
        # The server waits for every answer before it tells us to stop: those that go on must hear it before.
        with call_at_signals(app.state.hearing.end):
            yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await app.state.hearing.close()
        for each in (database, aside, checking):
            await each.close()

    return lifespan


async def keep_running(
    name: str, loop: Callable[[], Awaitable[None]], *, pause: float = PAUSE_SECONDS
) -> None:
    """Goes on until it is cancelled: a loop that ends by an error nobody expected is begun anew."""
    while True:
        try:
            await loop()
        except Exception:  # whatever it is: without this the process would go on and the loop would not
            logger.exception("%s ended unexpectedly and begins anew", name)
        await asyncio.sleep(pause)


async def _load_late(late: LateRoutes) -> None:
    """Soon after the start, so that nobody who asks for something first waits for it."""
    await asyncio.sleep(LATE_AFTER_SECONDS)
    try:
        await late.load()
    except Exception:  # a defect in one part: what else is there goes on working
        logger.exception("the pages or a noun of the API cannot be loaded")
    # It stays, like what the start has loaded.
    gc.freeze()


async def _keep_house(app: FastAPI, database: Database) -> None:
    """Once a minute: writes down which keys were used, forgets old answers and counts."""
    while True:
        await asyncio.sleep(HOUSEKEEPING_SECONDS)
        used: set[UUID] = app.state.key_uses
        app.state.key_uses = set()
        seen: set[UUID] = app.state.sign_ins_seen
        app.state.sign_ins_seen = set()
        views: list[ResultsView] = app.state.results_views
        app.state.results_views = []
        app.state.allowances.forget()
        try:
            async with database.unit_of_work() as session:
                await note_key_uses(session, used)
                await note_sign_ins(session, seen)
                await note_results_views(session, views)
                await forget_traffic(session)
            await database.sweep(TRACES)
        except Unavailable as error:
            app.state.key_uses |= used
            app.state.sign_ins_seen |= seen
            app.state.results_views = views + app.state.results_views
            logger.warning("housekeeping waits for the database", extra={"reason": str(error.__cause__)})
