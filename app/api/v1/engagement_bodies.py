"""The bodies of a push as the OpenAPI document tells them, made from the contract that reads them."""

from typing import Any

import msgspec

from app.domain.intake.contract import ScoreBatch
from app.domain.intake.table import COLUMNS

EXAMPLE = {
    "source": "peakon",
    "survey": "pulse",
    "round": "2026-05",
    "items": [
        {
            "segment": "seg_22",
            "department": None,
            "name": "Operations",
            "metric": "engagement",
            "period": "2026-05",
            "scale": {"kind": "mean", "min": 0, "max": 10},
            "value": 7.4,
            "respondents": 38,
            "invited": 51,
            "observed_at": "2026-06-02T06:00:00Z",
        }
    ],
}

ANYTHING_ELSE = "Anything else is rejected: the whole push, or with `atomic=false` the item alone."
TABLE = (
    "UTF-8 with a header line, commas, one score a line, an empty cell for none. Columns in any order: "
    + ", ".join(COLUMNS)
    + "."
)
EXAMPLE_TABLE = (
    "source,survey,round,segment,department,name,metric,period,scale_kind,scale_min,scale_max,value,"
    "respondents,invited,observed_at\n"
    "peakon,pulse,2026-05,seg_22,,Operations,engagement,2026-05,mean,0,10,7.4,38,51,2026-06-02T06:00:00Z\n"
)


def inline_references(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema that needs no definitions beside it."""
    if isinstance(schema, list):
        return [inline_references(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if name := schema.get("$ref"):
        return inline_references(definitions[name.rpartition("/")[2]], definitions)
    return {key: inline_references(part, definitions) for key, part in schema.items() if key != "$defs"}


def describe_batch() -> dict[str, Any]:
    """The JSON schema of a push. With `atomic=false` a bad item does not refuse it, so any may come."""
    schema = msgspec.json.schema(ScoreBatch)
    described: dict[str, Any] = inline_references(schema, schema["$defs"])
    items = described["properties"]["items"]
    items["items"] = {"anyOf": [items["items"], {"description": ANYTHING_ELSE}]}
    return described


BODIES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": describe_batch(), "example": EXAMPLE},
            "text/csv": {"schema": {"type": "string", "description": TABLE}, "example": EXAMPLE_TABLE},
        },
    }
}
