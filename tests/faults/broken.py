"""The application, broken on purpose at run time: `python -m tests.faults.broken NAME serve …`.

One way per run, to show that the run fails where it must. Nothing in the product knows of this file.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app import database
from app.__main__ import run
from app.actions import _scores, engagement
from app.actions._scores import Stored
from app.api import editing, idempotency, problems
from app.database import Database, reach_driver

COMMIT_DELAY_SECONDS = 0.05
IMPATIENCE_SECONDS = 0.5
ROWS_AT_ONCE = 50
PAUSE_SECONDS = 0.03


def break_part(place: object, name: str, part: object) -> None:
    """Puts a broken part in place of a good one, which must be there."""
    assert hasattr(place, name), f"{place} has no {name} any more"
    setattr(place, name, part)


def answer_before_commit() -> None:
    """Transactions end some time after the answer has left."""
    work_properly = Database.unit_of_work
    endings: set[asyncio.Task[None]] = set()

    async def end_later(stack: AsyncExitStack) -> None:
        await asyncio.sleep(COMMIT_DELAY_SECONDS)
        await stack.aclose()

    @asynccontextmanager
    async def work_hastily(self: Database, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        stack = AsyncExitStack()
        session = await stack.enter_async_context(work_properly(self, read_only=read_only))
        try:
            yield session
        except BaseException:
            await stack.__aexit__(*sys.exc_info())
            raise
        ending = asyncio.create_task(end_later(stack))
        endings.add(ending)
        ending.add_done_callback(endings.discard)

    break_part(Database, "unit_of_work", work_hastily)


def know_no_absence() -> None:
    """A database that is away, or slow, is taken for a defect of ours."""

    def create_impatient_engine(*arguments: Any, connect_args: dict[str, Any], **options: Any) -> Any:
        impatient = {**connect_args, "command_timeout": IMPATIENCE_SECONDS}
        return create_async_engine(*arguments, connect_args=impatient, **options)

    break_part(database, "create_async_engine", create_impatient_engine)
    break_part(database, "is_away", lambda _: False)


def check_no_version() -> None:
    """The last editor wins, whatever they saw."""
    break_part(editing, "require_match", lambda *_: None)


def shed_no_load() -> None:
    """Every request is let in, however many wait already."""
    os.environ["COXSWAIN_MAX_IN_FLIGHT"] = "1000000"


def echo_what_was_sent() -> None:
    """Invalid input is answered as the framework does it: with that input."""

    def echo(_: Request, error: RequestValidationError) -> Response:
        return JSONResponse({"detail": jsonable_encoder(error.errors())}, status_code=422)

    break_part(problems, "_answer_validation_error", echo)


def keep_no_answers() -> None:
    """A repeated request is taken for a new one."""

    async def find_nothing(*_: object) -> None:
        return None

    async def claim_always(*_: object) -> bool:
        return True

    break_part(idempotency, "find_kept_answer", find_nothing)
    break_part(idempotency, "claim_key", claim_always)


def commit_in_parts() -> None:
    """A push is stored and committed a few rows at a time."""
    store_properly = _scores.store_scores

    async def store_in_parts(session: AsyncSession, rows: Sequence[Any], **options: Any) -> Stored:
        stored = Stored([])
        driver = await reach_driver(session)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = await store_properly(session, list(rows[start : start + ROWS_AT_ONCE]), **options)
            stored.ids.extend(part.ids)
            stored.earlier.update(start + number for number in part.earlier)
            stored.revised.update(start + number for number in part.revised)
            await driver.execute("commit")
            await driver.execute("begin")
            # Wide enough for a kill to fall between two parts.
            await asyncio.sleep(PAUSE_SECONDS)
        return stored

    break_part(engagement, "store_scores", store_in_parts)


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way
    for way in (
        answer_before_commit,
        know_no_absence,
        check_no_version,
        shed_no_load,
        echo_what_was_sent,
        keep_no_answers,
        commit_in_parts,
    )
}


if __name__ == "__main__":
    WAYS[sys.argv.pop(1)]()
    run()
