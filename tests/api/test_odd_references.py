"""Whatever stands in the place of an id or code: it is not found or refused, and never a defect."""

import re
from typing import Any

import pytest
from fastapi import FastAPI

from app.api.document import list_operations
from tests.cast import Cast

ODD = {
    "NUL": "%00",
    "newline": "G1%0A",
    "no UTF-8": "%FF%FE",
    "lone surrogate": "%ED%A0%80",
    "SQL": "G1'%3B%20drop%20table%20goals%3B--",
    "almost an id": "019a2048-1a9b-771c-9e35-9551a017583z",
    "other spelling of an id": "%7B00000000000000000000000000000000%7D",
    "two dots": "%2E%2E",
    "encoded slash": "a%2Fb",
    "very long": "x" * 5_000,
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_an_odd_reference_in_a_path_is_not_found_or_refused(cast: Cast, app: FastAPI, odd: str) -> None:
    admin = await cast.admin()
    for path, method, operation in list_operations(app.openapi()):
        if "{" not in path:
            continue
        url = re.sub(r"\{[^}]*\}", odd, path)
        answer = await admin.request(
            method.upper(), url, headers={"If-Match": "*"}, json=read_example(operation)
        )
        assert answer.status_code in (404, 405, 422), f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "x%0A", "x" * 5_000])
async def test_an_odd_value_of_a_parameter_is_refused_or_finds_nothing(
    cast: Cast, app: FastAPI, odd: str
) -> None:
    admin = await cast.admin()
    for path, method, operation in list_operations(app.openapi()):
        if "{" in path or method != "get" or "security" not in operation:
            continue
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                answer = await admin.get(f"{path}?{parameter['name']}={odd}")
                place = f"{path}?{parameter['name']}: {answer.status_code} {answer.text}"
                assert answer.status_code in (200, 404, 422), place


def read_example(operation: dict[str, Any]) -> Any:
    """The example body of an operation, as JSON, if it reads one."""
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("example")
