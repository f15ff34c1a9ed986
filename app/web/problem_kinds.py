"""`/problems/{slug}`: what the `type` of an error answer means, and what to do about it."""

import json
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.errors import (
    Conflict,
    CoxswainError,
    Fault,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    list_error_kinds,
)
from app.web.render import page

router = APIRouter(include_in_schema=False)
_TAKEN = "This code is taken (archived things keep theirs)."
# Where a real answer says more than its kind alone.
_EXAMPLES: dict[type[CoxswainError], CoxswainError] = {
    Malformed: Malformed("This is not JSON at character 12: Expecting value.", code="malformed_json"),
    Forbidden: Forbidden("This needs the permission goals:write, which HR system does not have."),
    NotFound: NotFound("There is no goal G9."),
    Conflict: Conflict(_TAKEN, code="duplicate", faults=(Fault("/code", "duplicate", _TAKEN),)),
    Invalid: Invalid.at("/items/3/value", "out_of_scale", "74 is outside 0–10."),
}


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of error, as its page explains it."""

    slug: str
    status: int
    title: str
    meaning: str
    remedy: str
    example: str


def describe_kind(kind: type[CoxswainError]) -> ProblemKind:
    """The page of one kind of error."""
    error = _EXAMPLES.get(kind)
    body = {
        "type": f"/problems/{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": error.detail if error else kind.meaning,
        "instance": "019a2048-1a9b-771c-9e35-9551a017583b",
        "code": error.code if error else kind.code,
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
            for fault in (error.faults if error else ())
        ],
    }
    example = json.dumps(body, indent=2, ensure_ascii=False)
    return ProblemKind(kind.code, kind.status, kind.title, kind.meaning, kind.remedy, example)


def list_problem_kinds() -> list[ProblemKind]:
    """Every kind of error, by status."""
    return [describe_kind(kind) for kind in list_error_kinds()]


@router.api_route("/problems/{slug}", methods=["GET", "HEAD"])
async def show_problem_kind(request: Request, slug: str) -> Response:
    """Explains one kind of error."""
    kinds = list_problem_kinds()
    found = next((kind for kind in kinds if kind.slug == slug), None)
    if found is None:
        raise NotFound("There is no kind of error of this name.")
    return page(request, "problems/show.html", problem=found, others=kinds)
