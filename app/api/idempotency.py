"""Idempotency-Key on POST: the answer of work done is kept a day, in the transaction of that work."""

import hashlib
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Header, Request, Response

from app.actions.traffic import store_answer
from app.api.deps import ActorDep
from app.deps import SessionDep
from app.errors import Conflict, Invalid
from app.queries.traffic import claim_key, find_kept_answer

KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"
IDEMPOTENCY_KEY = Header(
    alias="Idempotency-Key",
    description="Makes a repeated request harmless: the answer to the first is given again, for a day.",
    json_schema_extra={"pattern": KEY_PATTERN, "examples": ["7b0c7f6e-goals-import-1"]},
)
_KEY = re.compile(KEY_PATTERN.replace("$", r"\Z"))
_KEPT_HEADERS = ("content-type", "location", "etag")


class Replay(Exception):
    """Carries the kept answer of an earlier, same request."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def keep_answer(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    key: Annotated[str | None, IDEMPOTENCY_KEY] = None,
) -> AsyncIterator[None]:
    """Replays the answer kept for this key, or keeps the one that is about to be given."""
    if key is None:
        yield
        return
    if not _KEY.match(key):
        raise Invalid.at(
            "Idempotency-Key", "bad_key", "An Idempotency-Key is 1–255 visible ASCII characters."
        )
    route = f"{request.method} {request.url.path}?{request.url.query}"
    body_hash = hashlib.sha256(await request.body()).digest()
    if not await claim_key(session, actor.id, route, key):
        raise Conflict("A request with this Idempotency-Key is still being worked on.", code="in_flight")
    if kept := await find_kept_answer(session, actor.id, route, key):
        if kept.body_hash != body_hash:
            raise Invalid.at("Idempotency-Key", "key_reused", "This key was used with another body.")
        raise Replay(Response(kept.body, kept.status, {**kept.headers, "Idempotent-Replayed": "true"}))
    yield
    answer: Response | None = getattr(request.state, "answer", None)
    if answer is not None and answer.status_code < 300:
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        await store_answer(
            session,
            actor_id=actor.id,
            route=route,
            key=key,
            body_hash=body_hash,
            status=answer.status_code,
            headers=headers,
            body=bytes(answer.body),
        )
