"""What surrounds every request: its id, the limits of its body, headers of every answer, one line in the log.

Pure ASGI, because the framework's own middleware helper costs more than a whole route.
"""

import asyncio
import logging
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Malformed, Overloaded, TooLarge, UnsupportedMediaType
from app.models.base import new_id

access_log = logging.getLogger("coxswain.access")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")
# What goes on for hours is bounded by whoever tells it: it takes no place of those who wait for an answer.
_STREAM = "text/event-stream"
_QUIET = ("/healthz", "/readyz")
# Addresses with a secret in them: whoever reads one in a log could use it.
_SECRET = re.compile(r"(/welcome/|/calendar/(?!address)).+")
# Where people answer: the log tells that somebody did, not who, and no id by which another log would.
_ANSWERING = re.compile(r"/surveys/([^/]+/answers?\Z|answer/)")
# Whoever sends a body so slowly keeps a place from others.
BODY_SECONDS = 60.0


# Answers an error in the voice of the door that the request knocked at.
Voice = Callable[[Request, Exception], Awaitable[Response]]


class ClientLeft(Exception):
    """The caller closed the connection before the body was whole."""


class _Room:
    """Holds so many at once and sends others away."""

    def __init__(self, places: int) -> None:
        self.free = places

    @contextmanager
    def take_place(self) -> Iterator["_Place"]:
        """A place while the block runs, or until it is left."""
        if self.free < 1:
            raise Overloaded("Too many requests at once. The same request may succeed in a second.")
        place = _Place(self)
        try:
            yield place
        finally:
            place.leave()


class _Place:
    """A place in a room."""

    def __init__(self, room: _Room) -> None:
        self._room: _Room | None = room
        room.free -= 1

    def leave(self) -> None:
        """Lets somebody else in, once."""
        if self._room is not None:
            self._room.free += 1
            self._room = None


class Envelope:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        voice: Voice,
        max_body_bytes: int,
        max_in_flight: int,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self.app = app
        self.voice = voice
        self.max_body_bytes = max_body_bytes
        self.body_seconds = body_seconds
        # Bodies on their way have a room of their own: slow senders keep nobody else from being answered.
        self._arriving = _Room(max_in_flight)
        self._in_flight = _Room(max_in_flight)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        state = scope.setdefault("state", {})
        state["request_id"] = given if _REQUEST_ID.match(given) else str(new_id())
        sending = _Sending(scope, send)
        try:
            await self._handle(headers, scope, receive, sending)
        except ClientLeft:
            return
        except Exception as error:  # the last resort: whatever happens, the caller gets an answer
            if sending.status:
                raise
            answer = await self.voice(Request(scope), error)
            if getattr(error, "code", "") == "body_too_slow":
                answer.headers["connection"] = "close"
            await answer(scope, receive, sending)
        finally:
            sending.log()

    async def _handle(self, headers: Headers, scope: Scope, receive: Receive, sending: "_Sending") -> None:
        if scope["path"] in _QUIET:  # who asks for health must hear "alive" from a full house, too
            await self.app(_read_head_as_get(scope), receive, sending)
            return
        receive = await self._read_body(headers, scope, receive)
        with self._in_flight.take_place() as place:
            sending.place = place
            await self.app(_read_head_as_get(scope), receive, sending)

    async def _read_body(self, headers: Headers, scope: Scope, receive: Receive) -> Receive:
        """Reads the body within the limit, unpacked, and hands it on whole."""
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return receive
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self.max_body_bytes:
            raise self._too_large()
        try:
            with self._arriving.take_place():
                async with asyncio.timeout(self.body_seconds):
                    body = await self._collect(receive)
        except TimeoutError as error:
            detail = f"The body did not arrive within {self.body_seconds:g} seconds."
            raise Malformed(detail, code="body_too_slow") from error
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding == "gzip":
            body = self._unpack(body)
            _drop_headers(scope, (b"content-encoding", b"content-length"))
        elif encoding != "identity":
            raise UnsupportedMediaType("Bodies may be packed with gzip, nothing else.")
        return _replay(body, receive)

    async def _collect(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            part = message.get("body", b"")
            size += len(part)
            if size > self.max_body_bytes:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    def _unpack(self, body: bytes) -> bytes:
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            unpacked = unpacking.decompress(body, self.max_body_bytes + 1)
        except zlib.error as error:
            raise Malformed("The body says it is gzip, but cannot be unpacked.", code="bad_gzip") from error
        if len(unpacked) > self.max_body_bytes:
            raise self._too_large()
        if not unpacking.eof:
            raise Malformed("The packed body ends too early.", code="bad_gzip")
        return unpacked

    def _too_large(self) -> TooLarge:
        return TooLarge(f"Bodies go up to {self.max_body_bytes} bytes, also when unpacked.")


class _Sending:
    """Adds the headers of every answer, and remembers what the log tells."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send = send
        self.status = 0
        self.started = time.perf_counter()
        self.place: _Place | None = None

    async def __call__(self, message: Message) -> None:
        """Passes one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            state = self.scope["state"]
            headers["x-request-id"] = state["request_id"]
            headers["x-content-type-options"] = "nosniff"
            if allowance := state.get("allowance"):
                headers.raw.extend(allowance.headers())
            if self.place is not None and headers.get("content-type", "").startswith(_STREAM):
                self.place.leave()
        await self.send(message)

    def log(self) -> None:
        """One line for this request."""
        if self.scope["path"] in _QUIET:
            return
        state: dict[str, Any] = self.scope["state"]
        path = self.scope["path"]
        fields = {
            "request_id": state["request_id"],
            "method": self.scope["method"],
            "path": _hide_secret(path),
            "status": self.status,
            "milliseconds": round((time.perf_counter() - self.started) * 1000, 2),
            "actor": state.get("actor_name"),
        }
        if _ANSWERING.search(path):
            fields |= {"request_id": None, "actor": None, "path": "/surveys/…", "milliseconds": None}
        access_log.info("request", extra=fields)


def _hide_secret(path: str) -> str:
    """A path as the log may tell it: whoever reads a link that sets a password could use it first."""
    return _SECRET.sub(r"\1…", path)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the whole body once, then what the connection says."""
    given = False

    async def receive_whole() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_whole


def _read_head_as_get(scope: Scope) -> Scope:
    """HEAD is answered by whatever answers GET (RFC 9110, 9.3.2); the server leaves the body out."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _drop_headers(scope: Scope, names: tuple[bytes, ...]) -> None:
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() not in names]
