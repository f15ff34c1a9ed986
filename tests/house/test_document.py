"""The OpenAPI document says everything about every operation, and its examples are true."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI

from app.api.document import list_operations
from app.api.examples import EXAMPLES

Document = dict[str, Any]
NO_KEY_NEEDED = {"show_health", "show_readiness"}


@pytest.fixture
def document(app: FastAPI) -> Document:
    """The document as it is served."""
    served: Document = json.loads(json.dumps(app.openapi()))
    return served


def list_media(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body and every answer of work done, with its place."""
    for path, method, operation in list_operations(document):
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{method} {path} body {media_type}", media
        for status, response in operation["responses"].items():
            if status < "300":
                for media_type, media in response.get("content", {}).items():
                    yield f"{method} {path} {status} {media_type}", media


def test_every_operation_says_what_it_does(document: Document) -> None:
    unsaid = [
        f"{method} {path}"
        for path, method, operation in list_operations(document)
        if not (operation.get("summary") and operation.get("description", "").endswith("."))
    ]
    assert unsaid == []


def test_every_operation_has_an_id_of_its_own(document: Document) -> None:
    ids = [operation["operationId"] for _, _, operation in list_operations(document)]
    assert len(ids) == len(set(ids)) > 20


def test_every_operation_names_its_refusals_with_one_shape(document: Document) -> None:
    for path, method, operation in list_operations(document):
        refusals = {status: each for status, each in operation["responses"].items() if status >= "400"}
        shapes = {json.dumps(each["content"]) for each in refusals.values()}
        assert shapes == {
            '{"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}'
        }, f"{method} {path}"
        if operation["operationId"] not in NO_KEY_NEEDED:
            assert {"400", "401", "403", "404", "422", "429", "503"} <= refusals.keys(), f"{method} {path}"
            assert operation["security"], f"{method} {path}"


def test_every_body_and_every_answer_has_an_example_that_fits(document: Document) -> None:
    wrong = []
    for place, media in list_media(document):
        if "example" not in media:
            wrong.append(f"{place}: no example")
            continue
        schema = {**media["schema"], "components": document["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        wrong += [
            f"{place}: {error.instance_path} {error.message}"
            for error in validator.iter_errors(media["example"])
        ]
    assert not wrong, "\n".join(wrong)


def test_no_example_is_left_over(document: Document) -> None:
    assert EXAMPLES.keys() <= document["components"]["schemas"].keys()


def test_bodies_refuse_what_they_do_not_know(document: Document) -> None:
    open_bodies = []
    for place, media in list_media(document):
        schema = media["schema"]
        if " body " in place and "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if (
                name != "Patch"
                and document["components"]["schemas"][name].get("additionalProperties") is not False
            ):
                open_bodies.append(place)
    assert open_bodies == []


def test_the_example_of_a_score_adds_up() -> None:
    score = EXAMPLES["LinkageScoreOut"]
    for line in score["groups"]:
        assert line["penalty"] == round(line["cap"] * min(1, line["weight"] / line["checked"]), 2)
    assert score["value"] == round(100 - sum(line["penalty"] for line in score["groups"]), 2)
