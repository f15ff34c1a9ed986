"""`/api/docs`: the API reference, made from the OpenAPI document. No script, nothing from elsewhere."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from app.web.problem_kinds import ProblemKind, list_problem_kinds
from app.web.render import render, send_html
from app.web.schema_words import FieldWords, describe_field, list_fields

router = APIRouter(include_in_schema=False)
METHODS = ("get", "post", "put", "patch", "delete")
TITLES = {"kpis": "KPIs"}


@dataclass(frozen=True, slots=True)
class Body:
    """A body that an operation reads, in one media type."""

    media_type: str
    fields: tuple[FieldWords, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when the work is done."""

    status: str
    phrase: str
    description: str
    headers: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that says no, with the page that explains it."""

    status: str
    phrase: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    guarded: bool
    parameters: tuple[tuple[str, FieldWords], ...]
    bodies: tuple[Body, ...]
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    request: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one noun."""

    anchor: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it."""

    version: str
    groups: tuple[Group, ...]
    problems: tuple[ProblemKind, ...]


@router.api_route("/api/docs", methods=["GET", "HEAD"])
async def show_reference(request: Request) -> Response:
    """The API reference. It never changes while a process lives, so it is rendered once."""
    state = request.app.state
    if not hasattr(state, "reference"):
        reference = read_reference(request.app.openapi())
        state.reference = render("reference/show.html", path=request.url.path, reference=reference)
    return send_html(request, state.reference)


def read_reference(document: Mapping[str, Any]) -> Reference:
    """The OpenAPI document as a page shows it."""
    groups: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                tag = item[method].get("tags", ["other"])[0]
                groups.setdefault(tag, []).append(read_operation(path, method, item[method], document))
    return Reference(
        version=document["info"]["version"],
        groups=tuple(
            Group(tag, TITLES.get(tag, tag.replace("-", " ").capitalize()), tuple(operations))
            for tag, operations in sorted(groups.items(), key=lambda item: item[0] == "health")
        ),
        problems=tuple(list_problem_kinds()),
    )


def read_operation(
    path: str, method: str, operation: Mapping[str, Any], document: Mapping[str, Any]
) -> Operation:
    """One operation."""
    schemas = document["components"]["schemas"]
    bodies = tuple(_read_bodies(operation.get("requestBody", {}), schemas))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        guarded="security" in operation,
        parameters=tuple(_read_parameters(operation, schemas)),
        bodies=bodies,
        answers=tuple(_read_answers(operation["responses"])),
        refusals=tuple(_read_refusals(operation["responses"])),
        request=write_request(path, method, operation, bodies),
    )


def _read_parameters(
    operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, FieldWords]]:
    for parameter in operation.get("parameters", []):
        schema = {**parameter["schema"], "description": parameter.get("description", "")}
        required = parameter.get("required", False)
        yield parameter["in"], describe_field(parameter["name"], schema, schemas, required=required)


def _read_bodies(body: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Body]:
    for media_type, media in body.get("content", {}).items():
        fields = tuple(list_fields(media["schema"], schemas))
        yield Body(media_type, fields, write_example(media.get("example")))


def _read_answers(responses: Mapping[str, Any]) -> Iterator[Answer]:
    for status, response in sorted(responses.items()):
        if status < "400":
            examples = tuple(
                (media_type, write_example(media.get("example")))
                for media_type, media in response.get("content", {}).items()
            )
            headers = tuple(response.get("headers", {}))
            yield Answer(status, HTTPStatus(int(status)).phrase, response["description"], headers, examples)


def _read_refusals(responses: Mapping[str, Any]) -> Iterator[Refusal]:
    for status, response in sorted(responses.items()):
        if status >= "400":
            yield Refusal(status, HTTPStatus(int(status)).phrase, response["description"])


def write_example(example: Any) -> str:
    """An example as text: JSON is indented, other texts stay as they are."""
    if example is None:
        return ""
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)


def write_request(path: str, method: str, operation: Mapping[str, Any], bodies: tuple[Body, ...]) -> str:
    """The request as one types it."""
    lines = []
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(parameter.get("example", "")))
        elif parameter["in"] == "header" and parameter.get("required"):
            lines.append(f"-H '{parameter['name']}: {parameter.get('example', '')}'")
    if "security" in operation:
        lines.insert(0, '-H "Authorization: Bearer $KEY"')
    verb = "" if method == "get" else f"-X {method.upper()} "
    if bodies:
        lines.append(f"-H 'Content-Type: {bodies[0].media_type}' -d @body")
    return " \\\n  ".join([f"curl {verb}$COXSWAIN{path}", *lines])
