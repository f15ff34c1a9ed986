"""Rate limits: so many requests a minute and actor, shared by all processes, counted mostly in memory.

A process takes requests in leases from a shared counter, a twentieth of what is left at a time: nearly every
request costs no statement, and all processes together never allow more than the limit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from app.errors import TooManyRequests

WINDOW_SECONDS = 60
LEASE_FRACTION = 20

# (actor, minute as epoch seconds, wanted, limit) -> how many were taken before, and how many are granted now
Lease = Callable[[UUID, int, int, int], Awaitable[tuple[int, int]]]


@dataclass(slots=True)
class _Purse:
    minute: int
    left: int
    remaining: int
    # Held while the purse is filled, so that a crowd waiting for it asks once.
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an answer tells about the limit (draft-ietf-httpapi-ratelimit-headers)."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The two header fields."""
        policy = f'"default";q={self.limit};w={WINDOW_SECONDS}'
        state = f'"default";r={self.remaining};t={self.reset_seconds}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]


class Allowances:
    """Counts requests per actor. A limit of 0 switches counting off."""

    def __init__(self, limit: int, lease: Lease, *, clock: Callable[[], float] = time.time) -> None:
        self.limit = limit
        self._lease = lease
        self._clock = clock
        self._purses: dict[UUID, _Purse] = {}

    async def take(self, actor: UUID) -> Allowance | None:
        """Takes one request, or raises TooManyRequests."""
        if not self.limit:
            return None
        now = int(self._clock())
        minute = now - now % WINDOW_SECONDS
        purse = self._purses.get(actor)
        if purse is None or purse.minute != minute:
            purse = self._purses[actor] = _Purse(minute, 0, self.limit)
        reset = minute + WINDOW_SECONDS - now
        if purse.left <= 0:
            async with purse.filling:
                if purse.left <= 0:
                    await self._refill(actor, purse)
        if purse.left <= 0:
            raise TooManyRequests(f"More than {self.limit} requests in a minute.", retry_after=reset)
        purse.left -= 1
        purse.remaining = max(0, purse.remaining - 1)
        return Allowance(self.limit, purse.remaining, reset)

    async def _refill(self, actor: UUID, purse: _Purse) -> None:
        wanted = max(1, purse.remaining // LEASE_FRACTION)
        before, granted = await self._lease(actor, purse.minute, wanted, self.limit)
        purse.left += granted
        purse.remaining = max(0, self.limit - before)

    def forget(self) -> None:
        """Drops the counts of past minutes."""
        now = int(self._clock())
        minute = now - now % WINDOW_SECONDS
        self._purses = {actor: purse for actor, purse in self._purses.items() if purse.minute == minute}
