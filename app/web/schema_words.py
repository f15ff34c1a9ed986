"""JSON Schema in words: what a field is, and within which limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.codes import CODE_PATTERN
from app.domain.periods import PERIOD_PATTERN
from app.models.base import LINE_PATTERN, PROSE_PATTERN, REFERENCE_PATTERN

Schema = Mapping[str, Any]
DEEPEST = 3
_FORMATS = {"date": "date", "date-time": "time", "uuid": "id", "email": "e-mail address"}
_PATTERNS = {
    CODE_PATTERN: "code",
    PERIOD_PATTERN: "period",
    LINE_PATTERN: "one line of text",
    PROSE_PATTERN: "text",
    REFERENCE_PATTERN: "id or code",
}
_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
# What a period looks like is said once, beside the conventions.
_UNSAID_LIMITS = ("id or code", "code", "period", "number")


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One field, as a row of a table."""

    name: str
    kind: str
    required: bool
    limits: str
    note: str


def follow(schema: Schema, schemas: Schema) -> Schema:
    """The schema itself: references are followed, and "or null" is left aside."""
    if "$ref" in schema:
        return follow(schemas[str(schema["$ref"]).rpartition("/")[2]], schemas)
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    return follow(options[0], schemas) if len(options) == 1 else schema


def may_be_null(schema: Schema) -> bool:
    """Is null a value of this field?"""
    return any(option.get("type") == "null" for option in schema.get("anyOf", []))


def name_kind(schema: Schema, schemas: Schema) -> str:
    """What a value is, in words."""
    bare = follow(schema, schemas)
    if "enum" in bare:
        return "one of"
    if "anyOf" in bare:
        return " or ".join(name_kind(option, schemas) for option in bare["anyOf"])
    if bare.get("type") == "array":
        return f"list of {_plural(name_kind(bare.get('items', {}), schemas))}"
    for table, keyword in ((_FORMATS, "format"), (_PATTERNS, "pattern"), (_TYPES, "type")):
        if bare.get(keyword) in table:
            return table[bare[keyword]]
    return "object"


def _plural(kind: str) -> str:
    words = {"id or code": "ids or codes", "one line of text": "lines of text", "one of": "words"}
    return words.get(kind, kind if kind.endswith("s") else f"{kind}s")


def describe_limits(schema: Schema, schemas: Schema) -> str:
    """The limits of a value, in words: lengths, ranges, the words of a list."""
    bare = follow(schema, schemas)
    kind = name_kind(schema, schemas)
    if "enum" in bare:
        return " · ".join(str(word) for word in bare["enum"])
    if bare.get("type") == "array":
        inner = follow(bare.get("items", {}), schemas)
        words = [" · ".join(inner["enum"])] if "enum" in inner else []
        return "; ".join([*words, *_range(bare, "minItems", "maxItems", "entries")])
    if kind in _UNSAID_LIMITS:
        return ""
    parts = [*_range(bare, "minLength", "maxLength", "characters"), *_range(bare, "minimum", "maximum", "")]
    return "; ".join(parts)


def _range(schema: Schema, low: str, high: str, unit: str) -> Iterator[str]:
    least, most = schema.get(low), schema.get(high)
    if most is None:
        if least:
            yield f"at least {_figure(least)} {unit}".strip()
    elif least is None or (least == 0 and unit):
        yield f"up to {_figure(most)} {unit}".strip()
    else:
        yield f"{_figure(least)}–{_figure(most)} {unit}".strip()


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else str(number)


def list_fields(schema: Schema, schemas: Schema, *, prefix: str = "", depth: int = 0) -> Iterator[FieldWords]:
    """The fields of an object, with those of the objects inside it."""
    bare = follow(schema, schemas)
    for name, inner in bare.get("properties", {}).items():
        yield describe_field(f"{prefix}{name}", inner, schemas, required=name in bare.get("required", ()))
        nested = follow(inner, schemas)
        if nested.get("type") == "array":
            nested = follow(nested.get("items", {}), schemas)
            name += "[]"
        if "properties" in nested and depth < DEEPEST:
            yield from list_fields(nested, schemas, prefix=f"{prefix}{name}.", depth=depth + 1)


def describe_field(name: str, schema: Schema, schemas: Schema, *, required: bool) -> FieldWords:
    """One field or parameter."""
    kind = name_kind(schema, schemas) + (" or null" if may_be_null(schema) else "")
    notes = [str(schema["description"])] if "description" in schema else []
    if schema.get("default") not in (None, [], ""):
        notes.append(f"Default: {_spell(schema['default'])}.")
    return FieldWords(name, kind, required, describe_limits(schema, schemas), " ".join(notes))


def _spell(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
