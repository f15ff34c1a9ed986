"""Hearing what processes say to each other by NOTIFY: one connection per process listens, many ears hear it.

What is said is `<topic> <word>`. No HTTP lives here, and no word's meaning.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from app.database import Database, watch_database
from app.errors import Overloaded, Unavailable

logger = logging.getLogger("coxswain")
# What one process holds open; beyond that a page asks now and then instead.
MOST_EARS = 200
# Several windows and machines of one person; more is a fault, and would take the places of others.
MOST_EARS_OF_ONE = 12
# Said of every topic, and by ourselves when something may have been missed.
EVERY_TOPIC = "*"
MISSED = "missed"
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
# A network can lose a connection without a word: then only asking tells.
ALIVE_SECONDS = 20.0
ANSWER_SECONDS = 5.0


class Ear:
    """What one listener has not been told yet: each word once, so that nothing piles up behind a slow one."""

    def __init__(self, who: UUID) -> None:
        self.who = who
        self.over = False
        self._words: dict[str, None] = {}
        self._woken = asyncio.Event()

    def tell(self, word: str) -> None:
        """Keeps a word until it is asked for."""
        self._words[word] = None
        self._woken.set()

    def end(self) -> None:
        """There is nothing more to come."""
        self.over = True
        self._woken.set()

    async def wait(self, seconds: float) -> list[str]:
        """What was said since the last time, as soon as there is something; nothing when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()
        words, self._words = list(self._words), {}
        return words


class Hearing:
    """Listens to one channel from the first ear on, for all ears of this process."""

    def __init__(self, database: Database, channel: str, *, places: int = MOST_EARS) -> None:
        self._database = database
        self._channel = channel
        self._places = places
        self._ears: dict[str, set[Ear]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._over = False

    @contextmanager
    def open_ear(self, topic: str, *, who: UUID) -> Iterator[Ear]:
        """An ear for a topic while the block runs. It begins to hear with `wait_until_hearing`."""
        self._refuse_too_many(who)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen_on())
        ear = Ear(who)
        self._ears.setdefault(topic, set()).add(ear)
        try:
            yield ear
        finally:
            self._ears[topic].discard(ear)
            if not self._ears[topic]:
                del self._ears[topic]

    async def wait_until_hearing(self, seconds: float) -> None:
        """Returns when the channel is listened to; raises Unavailable when that takes too long."""
        try:
            async with asyncio.timeout(seconds):
                await self._hears.wait()
        except TimeoutError as error:
            raise Unavailable("What others write cannot be followed at the moment.") from error

    def end(self) -> None:
        """Ends every ear, and lets nobody begin: the process is about to stop."""
        self._over = True
        for ear in self._list_ears():
            ear.end()

    async def close(self) -> None:
        """Ends every ear and the connection."""
        self.end()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    def _refuse_too_many(self, who: UUID) -> None:
        ears = self._list_ears()
        if self._over:
            raise Unavailable("This process is about to stop. Another one, or its successor, goes on.")
        if len(ears) >= self._places or sum(ear.who == who for ear in ears) >= MOST_EARS_OF_ONE:
            raise Overloaded("Too many follow at once. The page asks now and then instead.")

    def _list_ears(self) -> list[Ear]:
        return [ear for ears in self._ears.values() for ear in ears]

    async def _listen_on(self) -> None:
        """Listens; when the connection is lost, listens again, and has everybody look at what they missed."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                with watch_database():
                    await self._listen()
            except Unavailable as error:
                logger.warning("hearing waits for the database", extra={"reason": str(error.__cause__)})
            except Exception:  # without this the process would go on and nobody would hear
                logger.exception("hearing ended unexpectedly and begins anew")
            pause = FIRST_PAUSE_SECONDS if self._hears.is_set() else min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._hears.clear()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        """Until the connection is lost."""
        connection = await self._database.connect_apart()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, self._hear)
            self._hears.set()
            for ear in self._list_ears():
                ear.tell(MISSED)
            while not lost.is_set():
                try:
                    async with asyncio.timeout(ALIVE_SECONDS):
                        await lost.wait()
                except TimeoutError:
                    await connection.fetchval("select 1", timeout=ANSWER_SECONDS)
        finally:
            # Nothing that is said from here on would reach anybody.
            connection.terminate()

    def _hear(self, _connection: Any, _process: int, _channel: str, said: Any) -> None:
        topic, _, word = str(said).partition(" ")
        heard = self._list_ears() if topic == EVERY_TOPIC else self._ears.get(topic, ())
        for ear in heard:
            ear.tell(word)
