"""What can go wrong below the doors, in words of the field. Standard library only.

Each error carries an HTTP-neutral meaning; the doors translate it (problem+json, a page, an exit code).
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input: where (a JSON pointer), which kind, and a sentence."""

    pointer: str
    code: str
    detail: str


class SeeOther(Exception):
    """Nothing is wrong: the answer is at another address, and a browser goes there."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class CoxswainError(Exception):
    """Base of every error a caller may be told about; itself it is a defect of ours.

    `meaning` and `remedy` are what the page of the error tells: what it means, and what to do about it.
    """

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Something went wrong"
    meaning: ClassVar[str] = "The program met something it was not written for. The fault is ours, not yours."
    remedy: ClassVar[str] = (
        "Give the request id of the answer to whoever runs Coxswain: the log tells the rest."
    )

    def __init__(self, detail: str, *, code: str | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        if code is not None:
            self.code = code


class Malformed(CoxswainError):
    """The request could not be read at all."""

    status, code, title = 400, "malformed", "The request cannot be read"
    meaning = "The body is not JSON, not UTF-8, or packed in a way that cannot be undone."
    remedy = "Look at the place that the detail names, mend the body, and send it again."


class Unauthenticated(CoxswainError):
    """Nobody known is asking."""

    status, code, title = 401, "unauthenticated", "A valid key is needed"
    meaning = "The request carries no key, or one that is unknown, expired or revoked."
    remedy = "Send Authorization: Bearer cox_… with a key in force. Whoever runs Coxswain issues keys."


class Forbidden(CoxswainError):
    """Visible, but not allowed."""

    status, code, title = 403, "forbidden", "Not allowed"
    meaning = "The key is valid, but the role or the scopes behind it do not reach this far."
    remedy = "Ask for the permission that the detail names, or let somebody do this who has it."


class NotFound(CoxswainError):
    """Absent, or hidden from this actor: the two cannot be told apart."""

    status, code, title = 404, "not_found", "Not found"
    meaning = (
        "Nothing of this name is there, or it is hidden from whoever asks. Which of the two is not told: "
        "else names could be guessed."
    )
    remedy = "Check the address, id or code. If it is right, it may be in a department you do not see."


class MethodNotAllowed(CoxswainError):
    """The path is there, but cannot be used in this way."""

    status, code, title = 405, "method_not_allowed", "Not in this way"
    meaning = "There is something at this path, but the method of the request does not apply to it."
    remedy = "Use one of the methods in the Allow header of the answer."


class Conflict(CoxswainError):
    """The request contradicts what is stored."""

    status, code, title = 409, "conflict", "Conflict with what is stored"
    meaning = (
        "The request is fine in itself but contradicts what is there: a code is taken, a circle would close, "
        "a period is locked, something still points at this."
    )
    remedy = "Read what is there now. The code and the detail say what stands in the way."


class Stale(CoxswainError):
    """Somebody else changed the thing first."""

    status, code, title = 412, "stale", "Changed by somebody else"
    meaning = (
        "If-Match names a version that is no longer the current one: an edit would overwrite somebody’s work."
    )
    remedy = "Read the thing again, look at what changed, and repeat the edit with the new ETag."

    def __init__(self, detail: str, *, etag: str) -> None:
        super().__init__(detail)
        self.etag = etag


class TooLarge(CoxswainError):
    """The body is larger than the limit."""

    status, code, title = 413, "too_large", "The body is too large"
    meaning = "The body is over the limit of this installation; packed bodies count once unpacked."
    remedy = "Send several smaller requests: batches may be split anywhere."


class UnsupportedMediaType(CoxswainError):
    """The body is of a kind this operation does not read."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"
    meaning = "The body is of a kind that this operation does not read."
    remedy = "Send JSON with Content-Type: application/json, or one of the kinds that the operation lists."


class Invalid(CoxswainError):
    """The input breaks a rule; each broken rule is a fault with its place."""

    status, code, title = 422, "invalid", "The input breaks a rule"
    meaning = (
        "The request could be read, but values in it break a rule. Each broken rule is listed under errors "
        "with its place: a JSON Pointer into the body, or ?name for a query parameter."
    )
    remedy = "Mend every place that is listed and send the request again. Nothing of it was stored."

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        """One fault at one place."""
        return cls(detail, code=code, faults=(Fault(pointer, code, detail),))


class PreconditionRequired(CoxswainError):
    """An edit of a shared thing came without saying which version it saw."""

    status, code, title = 428, "precondition_required", "If-Match is required"
    meaning = (
        "Several people edit this. Without knowing which version an edit saw, it could undo somebody’s work."
    )
    remedy = "Send If-Match with the ETag you read, or * to replace whatever is there."


class TooManyRequests(CoxswainError):
    """The caller is over its limit."""

    status, code, title = 429, "too_many_requests", "Too many requests"
    meaning = "This key made more requests within a minute than the installation allows."
    remedy = "Wait the seconds in Retry-After. Ask /changes instead of polling every list."

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(CoxswainError):
    """The database is away; the same request may succeed in a moment."""

    status, code, title = 503, "database_unavailable", "The database is away for a moment"
    meaning = "The database does not answer, or its schema is being brought up to date. Nothing was stored."
    remedy = "Repeat the request after the seconds in Retry-After; with an Idempotency-Key it counts once."
    retry_after = 1


class Overloaded(Unavailable):
    """More requests at once than can be answered in good time."""

    code, title = "overloaded", "Too busy for a moment"
    meaning = "More requests arrived at once than can be answered in good time. This one was not begun."
    remedy = "Repeat the same request after the seconds in Retry-After."


def list_error_kinds() -> list[type[CoxswainError]]:
    """Every kind of error, in the order of its status: what `/problems/{slug}` can explain."""
    kinds, pending = [], [CoxswainError]
    while pending:
        kind = pending.pop()
        kinds.append(kind)
        pending.extend(kind.__subclasses__())
    return sorted(kinds, key=lambda kind: (kind.status, kind.code))
