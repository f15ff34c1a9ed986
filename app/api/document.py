"""The OpenAPI document, completed: exact parameters, the headers and error answers of every operation."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI

from app.api.problems import MEDIA_TYPE, Problem
from app.api.sketches import add_examples
from app.models.base import REFERENCE_PATTERN

_REFUSALS = {
    "400": "The request cannot be read.",
    "401": "No valid key.",
    "403": "The key does not allow this.",
    "404": "Not there, or not visible to this key.",
    "409": "Contradicts what is stored.",
    "412": "Changed by somebody else since it was read; carries the current ETag.",
    "413": "The body is too large.",
    "415": "The body is not of a media type that is read here.",
    "422": "The input breaks a rule; `errors` names each place.",
    "428": "If-Match is missing.",
    "429": "Over the limit; see Retry-After.",
    "503": "The database is away; see Retry-After.",
}
_DONE = {"200": "Done.", "201": "Added; `Location` says where it is."}
_BODY_ONLY = ("413", "415")
_METHODS = ("get", "post", "put", "patch", "delete")
_HEADERS = {
    "ETag": "The version of what is shown: send it as If-Match to edit, as If-None-Match to poll.",
    "Location": "Where the new thing is.",
    "Retry-After": "Seconds after which the same request makes sense again.",
}
# Which answers carry which header.
_CARRIED = {"ETag": ("200", "201", "304", "412"), "Location": ("201",), "Retry-After": ("429", "503")}


def complete_document(app: FastAPI, *, load: Callable[[], None]) -> None:
    """Replaces the framework's document by one that says everything, once all operations are loaded."""
    plain = app.openapi

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            load()
            app.openapi_schema = complete(plain())
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The framework's document with everything it leaves out."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    _add_problem_shape(schemas)
    components["headers"] = {
        name: {"description": description, "schema": {"type": "string"}, "required": True}
        for name, description in _HEADERS.items()
    }
    for _, method, operation in list_operations(document):
        _sharpen_parameters(operation)
        _add_refusals(method, operation)
        _add_headers(operation)
    add_examples(document)
    return document


def list_operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of every operation."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _add_problem_shape(schemas: dict[str, Any]) -> None:
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(shape.pop("$defs", {}))
    schemas["Problem"] = shape


def _sharpen_parameters(operation: dict[str, Any]) -> None:
    """A query or a header cannot be null, a path names one thing, and an edit without If-Match is refused."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
        if len(options) == 1:
            schema.update(options[0])
        elif options:
            schema["anyOf"] = options
        if parameter["in"] == "path" and schema.keys() <= {"type", "title"}:
            schema.update(minLength=1, maxLength=320, pattern=REFERENCE_PATTERN)
            parameter["description"] = "Its id or its code (of people: the e-mail address)."
        if schema.pop("x-required", False):
            parameter["required"] = True


def _add_refusals(method: str, operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    guarded = "security" in operation
    for status, description in _REFUSALS.items():
        if not guarded and status != "503":
            continue
        if status in _BODY_ONLY and "requestBody" not in operation:
            continue
        if status == "412" and find_header(operation, "If-Match") is None:
            continue
        if status == "428" and not (find_header(operation, "If-Match") or {}).get("required"):
            continue
        if status == "409" and method == "get":
            continue
        responses[status] = {"description": description, "content": _problem_content()}
    if guarded and method == "get":
        responses["304"] = {"description": "Not changed: If-None-Match names the current ETag."}


def _problem_content() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def find_header(operation: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The header parameter of an operation, if it has one of that name."""
    return next(
        (part for part in operation.get("parameters", []) if (part["in"], part["name"]) == ("header", name)),
        None,
    )


def _add_headers(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if response["description"] == "Successful Response":
            response["description"] = _DONE.get(status, "Done.")
        for name, statuses in _CARRIED.items():
            tagged = name != "ETag" or "security" in operation
            if status in statuses and tagged:
                header = {"$ref": f"#/components/headers/{name}"}
                response.setdefault("headers", {})[name] = header


def compile_methods(app: FastAPI) -> list[tuple[re.Pattern[str], str]]:
    """Each documented path with the methods it allows, for the Allow header of 405."""
    compiled = []
    for path, item in app.openapi()["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
        methods = ", ".join(method.upper() for method in _METHODS if method in item)
        methods = methods.replace("GET", "GET, HEAD")
        compiled.append((re.compile(pattern + r"\Z"), methods))
    return compiled
