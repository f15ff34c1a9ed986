"""Reading rows of one width in bulk: binary COPY straight into numpy. What they mean is not known here."""

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


async def copy_rows(session: AsyncSession, query: str, row: np.dtype[np.void]) -> list[Rows]:
    """The rows of a query, none of whose fields may be null, in chunks: one array would have to be copied."""
    intake = _Intake(row)
    driver = await reach_driver(session)
    await driver.copy_from_query(query, output=intake.write, format="binary")
    intake.cut_chunk()
    if intake.waiting != _TRAILER:
        raise ValueError("The rows have other widths than was said.")
    return intake.chunks


class _Intake:
    """Bytes as they come, cut into chunks of whole rows."""

    def __init__(self, row: np.dtype[np.void]) -> None:
        self.row = row
        self.chunks: list[Rows] = []
        self.waiting = bytearray()
        self.start = _HEADER_BYTES

    async def write(self, data: bytes) -> None:
        """Takes what came."""
        self.waiting += data
        if len(self.waiting) >= _CHUNK_BYTES:
            self.cut_chunk()

    def cut_chunk(self) -> None:
        """Makes the whole rows a chunk and keeps the rest."""
        count = max(0, len(self.waiting) - self.start) // self.row.itemsize
        end = self.start + count * self.row.itemsize
        self.chunks.append(np.frombuffer(self.waiting, self.row, count=count, offset=self.start))
        self.waiting = self.waiting[end:]
        self.start = 0
