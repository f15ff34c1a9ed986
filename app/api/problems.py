"""Errors → application/problem+json (RFC 9457): one shape, a place for every fault, never a stack trace."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.api.idempotency import Replay
from app.errors import (
    CoxswainError,
    Fault,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Stale,
    TooManyRequests,
    Unavailable,
)
from app.models.base import say_fault

MEDIA_TYPE = "application/problem+json"
# Room for every item of the largest push, each wrong in two ways.
LARGEST_FAULTS = 20_000
logger = logging.getLogger("coxswain")

# What pydantic calls a fault, and what we call it where its word is not the caller's.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_pattern_mismatch": "bad_format",
    "json_invalid": "malformed_json",
    "model_attributes_type": "not_an_object",
    "string_unicode": "bad_text",
}
_PLACES = {"query": "?", "path": "path ", "header": "header "}


class FaultOut(BaseModel):
    """One thing that is wrong, and where: a JSON pointer into the body, or `?name` for a query parameter."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """Every error answer."""

    type: str = Field(examples=["/problems/invalid"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request id, as in `X-Request-Id` and the logs.")
    code: str
    errors: list[FaultOut]


def problem_response(
    request: Request, error: CoxswainError, *, headers: dict[str, str] | None = None
) -> Response:
    """The answer for an error of ours."""
    faults = error.faults[:LARGEST_FAULTS]
    body = {
        "type": f"/problems/{type(error).code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": request.state.request_id,
        "code": error.code,
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults],
    }
    return Response(orjson.dumps(body), error.status, headers, MEDIA_TYPE)


async def answer_problem(request: Request, error: Exception) -> Response:
    """The JSON door's answer to any error."""
    if isinstance(error, CoxswainError):
        return _answer_coxswain_error(request, error)
    if isinstance(error, RequestValidationError):
        return _answer_validation_error(request, error)
    if isinstance(error, HTTPException):
        return _answer_http_error(request, error)
    return _answer_unknown_error(request, error)


def _answer_coxswain_error(request: Request, error: CoxswainError) -> Response:
    """An error raised below the door, or by it."""
    headers: dict[str, str] = {}
    if isinstance(error, Stale):
        headers["etag"] = error.etag
    if isinstance(error, TooManyRequests | Unavailable):
        headers["retry-after"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return problem_response(request, error, headers=headers)


def _answer_validation_error(request: Request, error: RequestValidationError) -> Response:
    """Input that does not fit its contract. What was sent is never echoed: it may be private."""
    faults = tuple(read_fault(item) for item in error.errors())
    if any(fault.code == "malformed_json" for fault in faults):
        broken = Malformed(faults[0].detail, code="malformed_json", faults=faults)
        return problem_response(request, broken)
    return problem_response(request, summarise(faults))


def summarise(faults: Sequence[Fault]) -> CoxswainError:
    """One error for several faults."""
    code = faults[0].code if len({fault.code for fault in faults}) == 1 else None
    many = f"{len(faults)} places break a rule; the first: " if len(faults) > 1 else ""
    return Invalid(many + faults[0].detail, code=code, faults=tuple(faults))


def read_fault(item: dict[str, Any]) -> Fault:
    """A fault as pydantic tells it, in our form."""
    kind = str(item["type"])
    place, *path = [str(part) for part in item["loc"]] or ["body"]
    if kind == "json_invalid":
        where = f" at character {path[0]}" if path else ""
        return Fault(
            "", "malformed_json", f"This is not JSON{where}: {item.get('ctx', {}).get('error', '')}."
        )
    code = _CODES.get(kind, kind)
    message = (
        "A field of this name is not known here." if code == "unknown_field" else _sentence(say_fault(item))
    )
    if place in _PLACES:
        return Fault(_PLACES[place] + "/".join(path), code, message)
    return Fault("".join(f"/{_escape(part)}" for part in path), code, message)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").encode("utf-8", "replace").decode()


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _answer_http_error(request: Request, error: HTTPException) -> Response:
    """An error of the framework: unknown path, wrong method, unreadable body."""
    headers = {}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = find_allowed(request)
        refused: CoxswainError = MethodNotAllowed(f"{request.method} is not possible here.")
    elif error.status_code == HTTPStatus.NOT_FOUND:
        refused = NotFound("There is nothing at this path.")
    else:
        refused = Malformed(f"{HTTPStatus(error.status_code).description or error.detail}.")
    return problem_response(request, refused, headers=headers)


async def handle_replay(_: Request, error: Exception) -> Response:
    """The kept answer of a repeated request."""
    assert isinstance(error, Replay)  # noqa: S101  (the framework's signature is wider than the truth)
    return error.response


def _answer_unknown_error(request: Request, error: Exception) -> Response:
    """A defect of ours: logged with the request id, told without detail."""
    logger.error("unexpected error", exc_info=error, extra={"request_id": request.state.request_id})
    detail = "This is a defect on our side. The request id helps to find it in the log."
    return problem_response(request, CoxswainError(detail))


def find_allowed(request: Request) -> str:
    """The methods that the path of this request allows: the framework names only those of one route."""
    for pattern, methods in request.app.state.list_methods():
        if pattern.match(request.url.path):
            return str(methods)
    return "GET"
