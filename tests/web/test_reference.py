"""The API reference at /api/docs: everything the document says, from our own files, without script."""

import re

from fastapi import FastAPI

from app.api.document import list_operations
from app.web.reference import read_reference
from tests.cast import Cast


async def test_the_reference_shows_every_operation(cast: Cast, app: FastAPI) -> None:
    browser = await cast.browse()
    answer = await browser.get("/api/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for path, _, operation in list_operations(app.openapi()):
        assert f'<article class="operation" id="{operation["operationId"]}">' in answer.text, path


async def test_the_reference_needs_nothing_from_elsewhere_and_no_script(cast: Cast) -> None:
    browser = await cast.browse()
    answer = await browser.get("/api/docs")
    loaded = re.findall(r'<(?:link|img|script)[^>]*(?:href|src)="([^"]+)"', answer.text)
    assert len(loaded) >= 2
    assert [url for url in loaded if not url.startswith("/static/")] == []
    assert "<script" not in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")


async def test_every_link_within_the_reference_has_a_target(cast: Cast) -> None:
    browser = await cast.browse()
    html = (await browser.get("/api/docs")).text
    targets = re.findall(r' id="([^"]+)"', html)
    assert len(targets) == len(set(targets))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(targets)


def test_an_operation_tells_parameters_body_limits_and_answers(app: FastAPI) -> None:
    groups = read_reference(app.openapi()).groups
    operations = {each.anchor: each for group in groups for each in group.operations}
    create = operations["create_goal"]
    fields = {field.name: field for field in create.bodies[0].fields}
    assert fields["code"].required
    assert (fields["rank"].kind, fields["rank"].limits) == ("whole number or null", "1–1,000")
    assert fields["theme"].kind == "id or code or null"
    assert fields["assumptions"].limits == "up to 50 entries"
    assert fields["assumptions[].text"].required
    assert fields["status"].limits == "draft · active · paused · achieved · abandoned"
    assert '"code": "G2"' in create.bodies[0].example
    assert [answer.status for answer in create.answers] == ["201"]
    assert {"400", "401", "403", "409", "413", "415", "422", "429", "503"} <= {
        refusal.status for refusal in create.refusals
    }
    change = operations["patch_goal"]
    assert "-H 'If-Match: *'" in change.request
    assert "/api/v1/goals/G2" in change.request


async def test_a_stranger_at_the_front_door_is_sent_to_sign_in(cast: Cast) -> None:
    browser = await cast.browse()
    answer = await browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")
