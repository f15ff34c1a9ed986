"""The OpenAPI document, completed: the error answers of every operation, one problem shape, who may call."""

import re
from typing import Any

from fastapi import FastAPI

from app.api.problems import MEDIA_TYPE, Problem

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
_BODY_ONLY = ("413", "415")
_EDIT_ONLY = ("412", "428")
_METHODS = ("get", "post", "put", "patch", "delete")


def complete_document(app: FastAPI) -> None:
    """Replaces the framework's document by one that says everything."""
    plain = app.openapi

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _add_problem_shape(document)
            for item in document["paths"].values():
                for method in _METHODS & item.keys():
                    _add_refusals(method, item[method])
            document["components"]["schemas"].pop("HTTPValidationError", None)
            document["components"]["schemas"].pop("ValidationError", None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]


def _add_problem_shape(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(shape.pop("$defs", {}))
    schemas["Problem"] = shape


def _add_refusals(method: str, operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    guarded = "security" in operation
    for status, description in _REFUSALS.items():
        if not guarded and status != "503":
            continue
        if status in _BODY_ONLY and "requestBody" not in operation:
            continue
        if status in _EDIT_ONLY and not _has_header(operation, "If-Match"):
            continue
        if status == "409" and method == "get":
            continue
        responses[status] = {"description": description, "content": _problem_content()}
    if guarded and method == "get":
        responses["304"] = {"description": "Not changed: If-None-Match names the current ETag."}


def _problem_content() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _has_header(operation: dict[str, Any], name: str) -> bool:
    return any(part["in"] == "header" and part["name"] == name for part in operation.get("parameters", []))


def compile_methods(app: FastAPI) -> list[tuple[re.Pattern[str], str]]:
    """Each documented path with the methods it allows, for the Allow header of 405."""
    compiled = []
    for path, item in app.openapi()["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
        methods = ", ".join(method.upper() for method in _METHODS if method in item)
        compiled.append((re.compile(pattern + r"\Z"), methods))
    return compiled
