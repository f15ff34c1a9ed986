"""Server-sent events (WHATWG HTML, 9.2) as an answer that goes on; what is told is the route's matter."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from starlette.types import Send

# Whoever takes nothing for so long is gone, or as good as gone; the browser begins anew when it is back.
SLOWEST_SECONDS = 30.0
HEADERS = {
    "cache-control": "no-store",
    # Proxies that collect answers would keep news for themselves.
    "x-accel-buffering": "no",
}
BEAT = b": still here\n\n"


def write_event(name: str, data: str = "-") -> bytes:
    """One event of one line. Browsers drop an event without data."""
    return f"event: {name}\ndata: {data}\n\n".encode()


class EventStream(StreamingResponse):
    """An answer that goes on until its lines end, the reader leaves, or stops reading."""

    def __init__(self, lines: AsyncGenerator[bytes, None]) -> None:
        super().__init__(lines, headers=HEADERS, media_type="text/event-stream")
        self.lines = lines

    async def stream_response(self, send: Send) -> None:
        """Sends line by line. What the generator holds is freed whatever happens."""
        async with aclosing(self.lines):
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for line in self.lines:
                async with asyncio.timeout(SLOWEST_SECONDS):
                    await send({"type": "http.response.body", "body": line, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
