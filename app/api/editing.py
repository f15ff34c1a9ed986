"""Editing shared things: If-Match against lost updates, and JSON Merge Patch onto the current input."""

from typing import Annotated, Any, TypeVar

from fastapi import Header
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, RootModel, ValidationError
from sqlmodel import SQLModel

from app.api.answers import make_etag
from app.errors import PreconditionRequired, Stale
from app.models.base import Record

I = TypeVar("I", bound=SQLModel)  # noqa: E741

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag that was seen, or `*` for whatever is there. Required (428 without).",
    ),
]


class Patch(RootModel[dict[str, Any]]):
    """A JSON Merge Patch (RFC 7396): null removes, objects merge, everything else replaces."""


def require_match(if_match: str | None, current: BaseModel) -> None:
    """Refuses an edit that did not see the current version. The version in the ETag decides."""
    if if_match is None:
        raise PreconditionRequired("Say which version this edit saw: If-Match with the ETag, or *.")
    etag = make_etag(current, current.model_dump_json(by_alias=True).encode())
    version = etag.partition("-")[0]
    seen = [part.strip() for part in if_match.split(",")]
    if "*" in seen or any(part.partition("-")[0] == version for part in seen):
        return
    raise Stale("Somebody changed this since you read it. Read it again, then repeat the edit.", etag=etag)


def merge_patch(current: Any, patch: Any) -> Any:
    """RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(current) if isinstance(current, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def current_input(row: Record, contract: type[SQLModel], **extra: Any) -> dict[str, Any]:
    """What the row would look like as input, as JSON values; references as ids."""
    values: dict[str, Any] = dict(extra)
    for name, info in contract.model_fields.items():
        key = info.alias or name
        if key in values:
            continue
        column = f"{name}_id" if name in row.references else name
        values[key] = getattr(row, column)
    document: dict[str, Any] = RootModel[dict[str, Any]](values).model_dump(mode="json")
    return {name: value for name, value in document.items() if value is not None}


def patched_input(contract: type[I], current: dict[str, Any], patch: Patch) -> I:
    """The patch merged onto the current input and checked like a full update."""
    try:
        return contract.model_validate(merge_patch(current, patch.root))
    except ValidationError as error:
        faults = [{**item, "loc": ("body", *item["loc"])} for item in error.errors(include_input=False)]
        raise RequestValidationError(faults) from error
