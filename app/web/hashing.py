"""Passwords beside the event loop: hashed in threads, two at once, outside of every transaction."""

import asyncio

from app.domain.passwords import hash_password, password_problem, verify_password
from app.errors import Invalid

# A hash takes 64 MB and a tenth of a second of a processor: two at once, whoever knocks.
_AT_ONCE = asyncio.Semaphore(2)


async def check_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept; takes as long where there is none."""
    async with _AT_ONCE:
        return await asyncio.to_thread(verify_password, password, kept)


async def hash_new_password(password: str, *, known: tuple[str, ...] = ()) -> str:
    """The hash of a password that is good enough; `Invalid` with what is wrong."""
    if problem := password_problem(password, known=known):
        raise Invalid.at("/password", "weak_password", problem)
    async with _AT_ONCE:
        return await asyncio.to_thread(hash_password, password)
