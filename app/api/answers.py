"""Answers, made one way: references as objects, ETags, 304, pages with Link headers, 201 with Location."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from app.queries._find import load_references

T = TypeVar("T", bound=BaseModel)
References = Mapping[UUID, tuple[str, str]]
JSON = "application/json"


class Out(BaseModel):
    """Base of every output shape: what it lists is always there."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, defer_build=True)


class Ref(Out):
    """A reference to another thing."""

    id: UUID
    code: str
    name: str


class RecordOut(Out):
    """What every noun's answer carries."""

    id: UUID
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ArchivableOut(RecordOut):
    """A noun that is archived instead of deleted."""

    archived_at: AwareDatetime | None


class PageOut(Out, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None


@cache
def _plan(shape: type[BaseModel]) -> tuple[tuple[str, bool, type[BaseModel] | None], ...]:
    """Field names of a shape, whether each is a reference, and of what it is a list (kept as plain JSON)."""
    return tuple(
        (name, "Ref" in str(info.annotation), _item_shape(info.annotation))
        for name, info in shape.model_fields.items()
    )


def _item_shape(annotation: Any) -> type[BaseModel] | None:
    inner = get_args(annotation)[0] if get_origin(annotation) is list else None
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def make_ref(identity: UUID | None, references: References) -> Ref | None:
    """A reference as an object."""
    if identity is None:
        return None
    code, name = references[identity]
    return Ref.model_construct(id=identity, code=code, name=name)


def make_shape(shape: type[T], row: Any, references: References, **extra: Any) -> T:
    """A row as the shape tells it: `theme_id` becomes `theme: {id, code, name}`. Extra values win."""
    values = dict(extra)
    for name, is_reference, item_shape in _plan(shape):
        if name in values:
            continue
        if is_reference:
            values[name] = make_ref(getattr(row, f"{name}_id"), references)
        elif item_shape is not None:
            values[name] = [item_shape.model_validate(each) for each in getattr(row, name)]
        else:
            values[name] = getattr(row, name)
    return shape.model_construct(**values)


async def shape_one(session: Any, shape: type[T], row: Any, **extra: Any) -> T:
    """One row with its references."""
    return make_shape(shape, row, await load_references(session, [row]), **extra)


async def shape_many(session: Any, shape: type[T], rows: Sequence[Any]) -> list[T]:
    """Rows with their references, which cost one statement in all."""
    references = await load_references(session, rows)
    return [make_shape(shape, row, references) for row in rows]


def hash_body(body: bytes) -> str:
    """A short fingerprint of an answer."""
    return hashlib.blake2b(body, digest_size=9).hexdigest()


def make_etag(item: BaseModel, body: bytes) -> str:
    """A strong ETag: the version, by which edits are guarded, and a fingerprint of all that is shown."""
    return f'"{getattr(item, "version", 0)}-{hash_body(body)}"'


def send_bytes(
    request: Request,
    body: bytes,
    *,
    etag: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON,
) -> Response:
    """Finished bytes with their ETag; 304 when the caller has them already."""
    etag = etag or f'"{hash_body(body)}"'
    all_headers = {"etag": etag, **(headers or {})}
    if request.method in ("GET", "HEAD") and is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=all_headers)
    answer = Response(body, status, all_headers, media_type)
    request.state.answer = answer
    return answer


def is_known(condition: str | None, etag: str) -> bool:
    """Does If-None-Match name this ETag (weak comparison, RFC 9110 13.1.2)?"""
    if condition is None:
        return False
    return condition.strip() == "*" or etag in (
        part.strip().removeprefix("W/") for part in condition.split(",")
    )


def send_item(request: Request, item: BaseModel, *, status: int = 200) -> Response:
    """One thing."""
    body = item.model_dump_json(by_alias=True).encode()
    return send_bytes(request, body, etag=make_etag(item, body), status=status)


def send_created(request: Request, item: BaseModel, *, path: str | None = None) -> Response:
    """A new thing, with the place where it is now."""
    body = item.model_dump_json(by_alias=True).encode()
    location = path or f"{request.url.path.rstrip('/')}/{getattr(item, 'id')}"  # noqa: B009
    headers = {"location": location}
    return send_bytes(request, body, etag=make_etag(item, body), status=201, headers=headers)


def withhold_answer(request: Request, answer: Response) -> Response:
    """Keeps an answer with a secret out of what is remembered for repeated requests, and out of caches."""
    request.state.answer = None
    answer.headers["cache-control"] = "no-store"
    return answer


def send_page(request: Request, items: Sequence[BaseModel], next_cursor: str | None) -> Response:
    """A page of a list, with a Link to the next one."""
    parts = b",".join(item.model_dump_json(by_alias=True).encode() for item in items)
    body = b'{"items":[' + parts + b'],"next_cursor":' + orjson.dumps(next_cursor) + b"}"
    return send_bytes(request, body, headers=link_next(request, next_cursor))


def link_next(request: Request, next_cursor: str | None) -> dict[str, str]:
    """The Link header of a page (RFC 8288), or none on the last one."""
    if next_cursor is None:
        return {}
    target = request.url.include_query_params(cursor=next_cursor)
    return {"link": f'<{target.path}?{target.query}>; rel="next"'}
