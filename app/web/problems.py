"""Errors as pages. The JSON door tells the same errors as application/problem+json."""

import logging

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.errors import (
    CoxswainError,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    SeeOther,
    TooManyRequests,
    Unavailable,
)
from app.web.render import go_to, is_partial, page, render, send_html

logger = logging.getLogger("coxswain")
READ_ONLY = "This page can be read, nothing else."
SENT_ONLY = "There is nothing to read here: a form of another page sends to this address. Go back there."


def read_error(error: Exception) -> CoxswainError:
    """Any error as one of ours; what is not known is a defect, and told without detail."""
    if isinstance(error, CoxswainError):
        return error
    if isinstance(error, RequestValidationError):
        return Invalid("The address or the form has values that are not understood.")
    if isinstance(error, HTTPException):
        if error.status_code == NotFound.status:
            return NotFound("There is no page at this address.")
        if error.status_code == MethodNotAllowed.status:
            is_read = "GET" in (error.headers or {}).get("Allow", "GET")
            return MethodNotAllowed(READ_ONLY if is_read else SENT_ONLY)
        return Malformed("The request cannot be read.")
    return CoxswainError("This is a defect on our side. The request id below helps to find it in the log.")


async def answer_page(request: Request, error: Exception) -> Response:
    """The HTML door's answer to any error."""
    if isinstance(error, SeeOther):
        return go_to(request, error.location)
    known = read_error(error)
    if known.status >= CoxswainError.status and not isinstance(known, Unavailable):
        logger.error("unexpected error", exc_info=error, extra={"request_id": request.state.request_id})
    headers = {}
    if isinstance(known, TooManyRequests | Unavailable):
        headers["retry-after"] = str(known.retry_after)
    if isinstance(known, MethodNotAllowed):
        headers["allow"] = "GET, HEAD"
    context = {"error": known, "slug": type(known).code, "request_id": request.state.request_id}
    if is_partial(request):
        # The page stays as it is, with all that was typed; the error is said above it.
        headers |= {"hx-retarget": "#problem", "hx-reswap": "innerHTML"}
        return send_html(
            request, render("problems/_problem.html", **context), status=known.status, headers=headers
        )
    return page(request, "problems/refusal.html", status=known.status, headers=headers, **context)
