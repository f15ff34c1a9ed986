"""`/problems/{slug}` and the two voices of one error."""

from fastapi import FastAPI

from app.errors import Conflict, list_error_kinds
from tests.cast import Cast


async def test_every_kind_of_error_has_a_page_that_says_what_to_do(cast: Cast) -> None:
    browser = await cast.browse()
    kinds = list_error_kinds()
    assert len({kind.code for kind in kinds}) == len(kinds) >= 14
    for kind in kinds:
        answer = await browser.get(f"/problems/{kind.code}")
        assert answer.status_code == 200, kind
        assert kind.title in answer.text
        assert "What to do" in answer.text


def test_every_kind_of_error_is_explained_in_its_own_words() -> None:
    kinds = list_error_kinds()
    assert len({kind.meaning for kind in kinds}) == len(kinds)
    assert len({kind.remedy for kind in kinds}) == len(kinds)


async def test_an_unknown_kind_is_a_page_that_is_not_found(cast: Cast) -> None:
    answer = await (await cast.browse()).get("/problems/no_such_kind")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Not found" in answer.text
    assert answer.headers["x-request-id"] in answer.text


async def test_an_unknown_page_speaks_html_and_an_unknown_operation_problem_json(cast: Cast) -> None:
    browser = await cast.browse()
    page = await browser.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem = await browser.get("/api/v1/nowhere")
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
    assert problem.json()["type"] == "/problems/not_found"


async def test_a_wrong_method_is_told_in_the_voice_of_its_door(cast: Cast) -> None:
    browser = await cast.browse()
    page = await browser.post("/problems/invalid")
    assert (page.status_code, page.headers["allow"]) == (405, "GET, HEAD")
    sent_only = await browser.get("/reviews/2026-10/close")
    assert (sent_only.status_code, "Go back there." in sent_only.text) == (405, True)
    problem = await browser.delete("/api/v1/goals")
    assert (problem.status_code, problem.headers["allow"]) == (405, "GET, HEAD, POST")
    assert problem.json()["type"] == "/problems/method_not_allowed"


async def test_a_defect_is_told_without_detail_at_both_doors(cast: Cast, app: FastAPI) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("secret")

    app.add_api_route("/api/v1/broken", fail)
    app.add_api_route("/broken", fail)
    browser = await cast.browse()
    for path in ("/api/v1/broken", "/broken"):
        answer = await browser.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "internal_error" in answer.text
        assert answer.headers["x-request-id"] in answer.text


async def test_what_was_typed_is_printed_as_text(cast: Cast, app: FastAPI) -> None:
    async def refuse(name: str) -> None:
        raise Conflict(f"{name} is taken.")

    app.add_api_route("/refuse", refuse)
    answer = await (await cast.browse()).get("/refuse", params={"name": "<script>alert(1)</script>"})
    assert answer.status_code == 409
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
