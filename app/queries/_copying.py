"""Reading rows of one width in bulk: binary COPY straight into numpy. What they mean is not known here."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import reach_driver

_HEADER_BYTES = 19
_TRAILER = b"\xff\xff"
# Large enough that numpy's calls cost nothing beside its work, small enough for the caches of a processor.
_CHUNK_BYTES = 4 << 20

Rows = NDArray[np.void]


def make_row(**fields: Any) -> np.dtype[np.void]:
    """What a row of a binary COPY looks like: a number of fields, then each field's length and bytes."""
    parts: list[tuple[Any, ...]] = [("fields", ">i2")]
    for name, kind in fields.items():
        shape = kind if isinstance(kind, tuple) else (kind,)
        parts += [(f"{name} length", ">i4"), (name, *shape)]
    return np.dtype(parts)


async def copy_rows(
    session: AsyncSession, query: str, row: np.dtype[np.void], take: Callable[[Rows], None]
) -> None:
    """Reads the rows of a query, none of whose fields may be null, and hands them on in chunks.

    A chunk is lent: its memory is used again for the next one.
    """
    intake = _Intake(row, take)
    driver = await reach_driver(session)
    await driver.copy_from_query(query, output=intake.write, format="binary")
    intake.hand_on()
    if intake.waiting != _TRAILER:
        raise ValueError("The rows have other widths than was said.")


class _Intake:
    """Bytes as they come, until there are enough for a chunk."""

    def __init__(self, row: np.dtype[np.void], take: Callable[[Rows], None]) -> None:
        self.row = row
        self.take = take
        self.waiting = bytearray()
        self.start = _HEADER_BYTES

    async def write(self, data: bytes) -> None:
        """Takes what came."""
        self.waiting += data
        if len(self.waiting) >= _CHUNK_BYTES:
            self.hand_on()

    def hand_on(self) -> None:
        """Gives away the whole rows and keeps the rest."""
        count = max(0, len(self.waiting) - self.start) // self.row.itemsize
        end = self.start + count * self.row.itemsize
        self.take(np.frombuffer(self.waiting, self.row, count=count, offset=self.start))
        self.waiting = self.waiting[end:]
        self.start = 0
