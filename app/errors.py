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


class CoxswainError(Exception):
    """Base of every error a caller may be told about."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, code: str | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        if code is not None:
            self.code = code


class Malformed(CoxswainError):
    """The request could not be read at all."""

    status, code, title = 400, "malformed", "The request cannot be read"


class Unauthenticated(CoxswainError):
    """Nobody known is asking."""

    status, code, title = 401, "unauthenticated", "A valid key is needed"


class Forbidden(CoxswainError):
    """Visible, but not allowed."""

    status, code, title = 403, "forbidden", "Not allowed"


class NotFound(CoxswainError):
    """Absent, or hidden from this actor: the two cannot be told apart."""

    status, code, title = 404, "not_found", "Not found"


class Conflict(CoxswainError):
    """The request contradicts what is stored."""

    status, code, title = 409, "conflict", "Conflict with what is stored"


class Stale(CoxswainError):
    """Somebody else changed the thing first."""

    status, code, title = 412, "stale", "Changed by somebody else"

    def __init__(self, detail: str, *, etag: str) -> None:
        super().__init__(detail)
        self.etag = etag


class TooLarge(CoxswainError):
    """The body is larger than the limit."""

    status, code, title = 413, "too_large", "The body is too large"


class UnsupportedMediaType(CoxswainError):
    """The body is of a kind this operation does not read."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class Invalid(CoxswainError):
    """The input breaks a rule; each broken rule is a fault with its place."""

    status, code, title = 422, "invalid", "The input breaks a rule"

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        """One fault at one place."""
        return cls(detail, code=code, faults=(Fault(pointer, code, detail),))


class PreconditionRequired(CoxswainError):
    """An edit of a shared thing came without saying which version it saw."""

    status, code, title = 428, "precondition_required", "If-Match is required"


class TooManyRequests(CoxswainError):
    """The caller is over its limit."""

    status, code, title = 429, "too_many_requests", "Too many requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(CoxswainError):
    """The database is away; the same request may succeed in a moment."""

    status, code, title = 503, "database_unavailable", "The database is away for a moment"
    retry_after = 1


class Overloaded(Unavailable):
    """More requests at once than can be answered in good time."""

    code, title = "overloaded", "Too busy for a moment"
