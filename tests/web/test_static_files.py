"""Static files: kept for ever under the address with the fingerprint, asked again under any other."""

from app.web.static_files import static_url
from tests.cast import Cast


async def test_a_file_is_kept_for_ever_under_its_fingerprint(cast: Cast) -> None:
    browser = await cast.browse()
    answer = await browser.get(static_url("app.css"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    other = await browser.get("/static/app.css?v=old")
    assert "immutable" not in other.headers["cache-control"]


async def test_a_file_that_is_known_is_not_sent_again(cast: Cast) -> None:
    browser = await cast.browse()
    first = await browser.get("/static/mark.svg")
    again = await browser.get("/static/mark.svg", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_only_our_own_files_are_served(cast: Cast) -> None:
    browser = await cast.browse()
    for name in ("nothing.css", "../render.py", "%2e%2e/render.py", "..%2frender.py", "a%00b", ""):
        assert (await browser.get(f"/static/{name}")).status_code == 404, name
