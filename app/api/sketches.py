"""Examples of answers, sketched from the shape of the answer and the example body that belongs to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.api.examples import ANY_REFERENCE, EXAMPLES, PATH_VALUES, REFERENCES, TYPICAL

Schemas = Mapping[str, Any]
_PLAIN: dict[str, Any] = {"string": "text", "integer": 1, "number": 7.3, "boolean": False, "object": {}}

# What is changed in the example of a PATCH: the first of these that the noun has.
_CHANGED = ("title", "name", "rationale", "what", "ask", "about", "target", "department")
_TEXTS = {
    "date-time": "2026-10-05T08:30:00Z",
    "date": "2026-10-05",
    "uuid": "019a2048-1a9b-771c-9e35-9551a017583b",
    "uri": "/problems/invalid",
}


def add_examples(document: dict[str, Any]) -> None:
    """Gives every body and every answer of the document an example."""
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        body = _find_body(document["paths"], path)
        for method, operation in item.items():
            _add_parameter_examples(operation, body)
            for media in _contents(operation.get("requestBody", {})):
                if (example := _sketch_body(method, media, body)) is not None:
                    media.setdefault("example", example)
            for status, response in operation["responses"].items():
                for media in _contents(response) if status.startswith("2") else ():
                    media.setdefault("example", sketch(media.get("schema", {}), schemas, body))


def _add_parameter_examples(operation: dict[str, Any], body: Mapping[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path":
            own = next((body[field] for field in ("code", "email", "name") if field in body), None)
            parameter["example"] = PATH_VALUES.get(name, own or _TEXTS["uuid"])
        elif "examples" in schema:
            parameter["example"] = schema.pop("examples")[0]


def _contents(part: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    content: Mapping[str, dict[str, Any]] = part.get("content", {})
    return content.values()


def _name_of(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _sketch_body(method: str, media: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    if method == "patch":
        return next(({field: body[field]} for field in _CHANGED if field in body), None)
    return EXAMPLES.get(_name_of(media["schema"]))


def _find_body(paths: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The example body that belongs to a path: its own, or that of the collection above it or around it."""
    above = path.rpartition("/")[0]
    for each in (path, above, *(other for other in paths if other.rpartition("/")[0] == path)):
        for operation in paths.get(each, {}).values():
            for media in _contents(operation.get("requestBody", {})):
                if (body := EXAMPLES.get(_name_of(media["schema"]))) is not None:
                    return dict(body)
    return {}


def sketch(schema: Mapping[str, Any], schemas: Schemas, hint: Any = None, field: str = "") -> Any:
    """A value that fits a schema; the hint is what an example body says at this place."""
    if name := _name_of(schema):
        if name == "Ref":
            return {"id": _TEXTS["uuid"], **REFERENCES.get(field, ANY_REFERENCE)}
        return EXAMPLES.get(name) or sketch(schemas[name], schemas, hint, field)
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option != {"type": "null"}]
        nullable = len(options) < len(schema["anyOf"])
        return None if nullable and hint is None else sketch(options[0], schemas, hint, field)
    if "properties" in schema:
        return _sketch_object(schema["properties"], schemas, hint)
    if schema.get("type") == "array":
        given = hint if isinstance(hint, list) else [hint]
        return [sketch(schema["items"], schemas, each, field) for each in given]
    if hint is None or isinstance(hint, Mapping):
        return _sketch_value(schema, field)
    # What is written as a date may be shown as the moment it ends.
    return f"{hint}T23:59:59Z" if schema.get("format") == "date-time" and len(hint) == 10 else hint


def _sketch_object(properties: Mapping[str, Any], schemas: Schemas, hint: Any) -> dict[str, Any]:
    known = hint if isinstance(hint, Mapping) else {}
    # A page of a list shows the thing itself under `items`.
    around = {"items": known} | dict(known)
    return {name: sketch(inner, schemas, around.get(name), name) for name, inner in properties.items()}


def _sketch_value(schema: Mapping[str, Any], field: str) -> Any:
    for keyword in ("examples", "enum"):
        if keyword in schema:
            return schema[keyword][0]
    if "const" in schema:
        return schema["const"]
    if "format" in schema:
        return _TEXTS.get(schema["format"], "")
    if schema.get("type") == "string" and field in TYPICAL:
        return TYPICAL[field]
    return _PLAIN.get(str(schema.get("type")))
