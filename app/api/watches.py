"""When the records are looked at: once after writes, coalesced, and on a new day. Nothing is done here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.apart import JobFailed
from app.errors import Unavailable

# Writes that follow each other within this time share one look.
COALESCED_SECONDS = 1.0
# Then nothing for ten times as long as that took: it never takes more than a tenth of a processor.
REST = 10
# What was written before this process began is looked at when the start is over.
FIRST_WAIT_SECONDS = 3.0
# Without any write: other processes, the command line and a new day are noticed within a minute.
LONGEST_WAIT_SECONDS = 60.0
logger = logging.getLogger("coxswain")


class Watch:
    """Calls for a look, which finds out itself whether there is anything new to see."""

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        *,
        name: str,
        coalesced: float = COALESCED_SECONDS,
        longest_wait: float = LONGEST_WAIT_SECONDS,
        rest: float = REST,
    ) -> None:
        self.name = name
        self._look = look
        self._coalesced = coalesced
        self._longest_wait = longest_wait
        self._rest = rest
        self._written = asyncio.Event()

    def note_write(self) -> None:
        """Something was written; what a look depends on may be among it."""
        self._written.set()

    async def run(self) -> None:
        """Goes on until it is cancelled. One that fails is tried again with the next."""
        wait = min(FIRST_WAIT_SECONDS, self._longest_wait)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._written.wait(), wait)
                await asyncio.sleep(self._coalesced)
            self._written.clear()
            wait = self._longest_wait
            started = asyncio.get_running_loop().time()
            try:
                await self._look()
            except (Unavailable, JobFailed, TimeoutError) as error:
                logger.warning("%s waits", self.name, extra={"reason": str(error.__cause__ or error)})
            await asyncio.sleep(self._rest * (asyncio.get_running_loop().time() - started))
