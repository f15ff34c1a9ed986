"""Reading rows of one width in bulk: binary COPY straight into numpy. What they mean is not known here."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import reach_driver

_HEADER_BYTES = 19
_TRAILER = b"\xff\xff"
# Large enough that numpy's calls cost little beside its work, small enough for the caches of a processor.
_BLOCK_BYTES = 1 << 20
# Each column in pieces: as one array it would have to be copied.
Columns = dict[str, list[NDArray[Any]]]


def make_row(**fields: Any) -> np.dtype[np.void]:
    """What a row of a binary COPY looks like: a number of fields, then each field's length and bytes."""
    parts: list[tuple[Any, ...]] = [("fields", ">i2")]
    for name, kind in fields.items():
        shape = kind if isinstance(kind, tuple) else (kind,)
        parts += [(f"{name} length", ">i4"), (name, *shape)]
    return np.dtype(parts)


async def copy_columns(session: AsyncSession, query: str, row: np.dtype[np.void]) -> Columns:
    """The columns of a query's rows, none of whose fields may be null."""
    intake = _Intake(row)
    driver = await reach_driver(session)
    await driver.copy_from_query(query, output=intake.write, format="binary")
    intake.cut_block()
    if intake.rest != _TRAILER:
        raise ValueError("The rows have other widths than was said.")
    return intake.columns


class _Intake:
    """Takes columns out of the bytes that came while these are in the caches of the processor."""

    def __init__(self, row: np.dtype[np.void]) -> None:
        self.row = row
        names = [name for name in row.names or () if name != "fields" and not name.endswith(" length")]
        self.columns: Columns = {name: [np.empty(0, row)[name]] for name in names}
        self.waiting: list[bytes] = []
        self.size = 0
        self.start = _HEADER_BYTES
        self.rest = b""

    async def write(self, data: bytes) -> None:
        """Takes what came: whole rows, because the server sends each as a message of its own."""
        self.waiting.append(data)
        self.size += len(data)
        if self.size >= _BLOCK_BYTES:
            self.cut_block()

    def cut_block(self) -> None:
        """Takes the columns out of what waits; what is left of it at the end must be the trailer."""
        data = b"".join(self.waiting)
        count = max(0, len(data) - self.start) // self.row.itemsize
        rows = np.frombuffer(data, self.row, count=count, offset=self.start)
        for name, pieces in self.columns.items():
            pieces.append(rows[name].copy())
        self.rest += data[self.start + count * self.row.itemsize :]
        self.waiting, self.size, self.start = [], 0, 0
