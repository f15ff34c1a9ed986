"""Editing shared things: If-Match against lost updates, and JSON Merge Patch onto the current input.

`Editable` names the functions of one noun; `put_one`, `patch_one`, `archive_one` and `delete_one` are the
bodies of its routes, written once.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, RootModel, ValidationError

from app.api.answers import make_etag, send_item
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.errors import PreconditionRequired, Stale
from app.models.base import Record

R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)
R_contra = TypeVar("R_contra", bound=Record, contravariant=True)
I = TypeVar("I", bound=BaseModel)  # noqa: E741
I_contra = TypeVar("I_contra", bound=BaseModel, contravariant=True)

IF_MATCH_PATTERN = r'^(\*|"[0-9a-f-]+"(, *"[0-9a-f-]+")*)$'
GONE: dict[int | str, dict[str, Any]] = {204: {"description": "It was a mere draft, and is gone."}}
_OUR_ETAG = re.compile(r'"(\d+)-[0-9a-f]+"\Z')

# `x-required` tells the document (not the framework, which would answer 422) that an edit needs the header.
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag that was seen, or `*` for whatever is there. Required (428 without).",
        json_schema_extra={"pattern": IF_MATCH_PATTERN, "examples": ["*"], "x-required": True},
    ),
]
# For writes by natural key, which need none.
OptionalIfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag that was seen: what changed since is then not overwritten (412).",
        json_schema_extra={"pattern": IF_MATCH_PATTERN, "examples": ["*"]},
    ),
]


class Patch(RootModel[dict[str, Any]]):
    """A JSON Merge Patch (RFC 7396): null removes, objects merge, everything else replaces."""


def require_match(if_match: str | None, current: BaseModel) -> None:
    """Refuses an edit that did not see the current version. The version in the ETag decides."""
    if if_match is None:
        raise PreconditionRequired("Say which version this edit saw: If-Match with the ETag, or *.")
    etag = make_etag(current, current.model_dump_json(by_alias=True).encode())
    if if_match.strip() == "*" or read_version(etag) in [read_version(part) for part in if_match.split(",")]:
        return
    raise Stale("Somebody changed this since you read it. Read it again, then repeat the edit.", etag=etag)


def read_version(etag: str) -> str | None:
    """The version one of our ETags names, or None. Weak ones guard nothing (RFC 9110, 13.1.1)."""
    match = _OUR_ETAG.match(etag.strip())
    return match and match[1]


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


def current_input(row: Record, contract: type[BaseModel], **extra: Any) -> dict[str, Any]:
    """What the row would look like as input, as JSON values; references as ids."""
    values: dict[str, Any] = dict(extra)
    for name, info in contract.model_fields.items():
        key = info.alias or name
        if key in values:
            continue
        column = f"{name}_id" if name in row.references else name
        values[key] = getattr(row, column)
    # Exact numbers stay as they are: as JSON they would become texts, which are no numbers.
    numbers = {name for name, value in values.items() if isinstance(value, Decimal)}
    document: dict[str, Any] = RootModel[dict[str, Any]](values).model_dump(mode="json")
    document |= {name: values[name] for name in numbers}
    return {name: value for name, value in document.items() if value is not None}


def patched_input(contract: type[I], current: dict[str, Any], patch: Patch) -> I:
    """The patch merged onto the current input and checked like a full update."""
    try:
        return contract.model_validate(merge_patch(current, patch.root))
    except ValidationError as error:
        faults = [{**item, "loc": ("body", *item["loc"])} for item in error.errors(include_input=False)]
        raise RequestValidationError(faults) from error


class Find(Protocol[R_co]):
    """Finds one record for an actor, or raises NotFound or Forbidden."""

    async def __call__(
        self, session: SessionDep, reference: str, /, *, actor: Actor, to: Permission, lock: bool
    ) -> R_co:
        """The record; locked until the transaction ends."""
        ...


class Update(Protocol[R_contra, I_contra]):
    """Replaces what is written about a record."""

    async def __call__(
        self, session: SessionDep, row: R_contra, data: I_contra, /, *, actor: Actor
    ) -> object:
        """Changes the record in place."""
        ...


class Archive(Protocol[R_contra]):
    """Takes a record out of the lists."""

    async def __call__(self, session: SessionDep, row: R_contra, /, *, actor: Actor) -> object:
        """Changes the record in place."""
        ...


class Delete(Protocol[R_contra]):
    """Removes a draft without history, archives anything else."""

    async def __call__(self, session: SessionDep, row: R_contra, /, *, actor: Actor) -> bool:
        """Is the record gone?"""
        ...


@dataclass(frozen=True, slots=True)
class Editable(Generic[R, I]):
    """How one noun is edited: its functions from the rooms below, its input contract, its answer.

    `read_input` is given where the columns of the row do not tell what its input would be.
    """

    find: Find[R]
    show: Callable[[SessionDep, R], Awaitable[BaseModel]]
    contract: type[I]
    update: Update[R, I]
    permission: Permission
    archive: Archive[R] | None = None
    read_input: Callable[[SessionDep, R], Awaitable[dict[str, Any]]] | None = None


async def find_for_edit(
    session: SessionDep, noun: Editable[R, I], reference: str, *, actor: Actor, if_match: str | None
) -> R:
    """The record, locked, if the caller may write it and saw its current version."""
    row = await noun.find(session, reference, actor=actor, to=noun.permission, lock=True)
    require_match(if_match, await noun.show(session, row))
    return row


async def put_one(
    request: Request,
    session: SessionDep,
    noun: Editable[R, I],
    reference: str,
    data: I,
    *,
    actor: Actor,
    if_match: str | None,
) -> Response:
    """PUT: everything that may be written is replaced; what is left out is cleared."""
    row = await find_for_edit(session, noun, reference, actor=actor, if_match=if_match)
    await noun.update(session, row, data, actor=actor)
    return send_item(request, await noun.show(session, row))


async def patch_one(
    request: Request,
    session: SessionDep,
    noun: Editable[R, I],
    reference: str,
    patch: Patch,
    *,
    actor: Actor,
    if_match: str | None,
) -> Response:
    """PATCH: the patch is merged onto the current input, which then takes the way of PUT."""
    row = await find_for_edit(session, noun, reference, actor=actor, if_match=if_match)
    if noun.read_input is None:
        current = current_input(row, noun.contract)
    else:
        current = await noun.read_input(session, row)
    data = patched_input(noun.contract, current, patch)
    await noun.update(session, row, data, actor=actor)
    return send_item(request, await noun.show(session, row))


async def archive_one(
    request: Request,
    session: SessionDep,
    noun: Editable[R, I],
    reference: str,
    *,
    actor: Actor,
    if_match: str | None,
) -> Response:
    """DELETE of what always has history, and POST …/archive (which says `*`)."""
    assert noun.archive is not None  # noqa: S101  (whoever has this route says how)
    row = await find_for_edit(session, noun, reference, actor=actor, if_match=if_match)
    await noun.archive(session, row, actor=actor)
    return send_item(request, await noun.show(session, row))


async def delete_one(
    request: Request,
    session: SessionDep,
    noun: Editable[R, I],
    reference: str,
    delete: Delete[R],
    *,
    actor: Actor,
    if_match: str | None,
) -> Response:
    """DELETE of what may be a draft: 204 when it is gone, else the archived thing."""
    row = await find_for_edit(session, noun, reference, actor=actor, if_match=if_match)
    if await delete(session, row, actor=actor):
        return Response(status_code=204)
    return send_item(request, await noun.show(session, row))
