"""The code of a first run: how an installation without an administrator gets one. Loaded after the start."""

from contextlib import suppress

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.sign_ins import make_first_run_code
from app.commands.context import run_on
from app.domain.permissions import SYSTEM
from app.errors import Unavailable
from app.queries.sign_ins import needs_first_run


def offer_first_run(url: URL) -> None:
    """Whoever starts an installation without an administrator gets a code to make the first one."""

    async def work(session: AsyncSession) -> str | None:
        return await make_first_run_code(session, actor=SYSTEM) if await needs_first_run(session) else None

    with suppress(Unavailable):
        if code := run_on(url, work):
            print(f"Nobody administers it yet. Begin at /first-run with this code: {code}", flush=True)
