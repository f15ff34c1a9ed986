"""From a template and its view-model to a page: the Jinja environment and the headers of every page."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.web.static_files import static_url

TEMPLATES = Path(__file__).with_name("templates")
# Nothing from elsewhere, nothing inline, in nobody's frame.
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "referrer-policy": "same-origin",
}


@cache
def make_environment() -> Environment:
    """Strict about names that are missing, careful with what is printed. Made for the first page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static_url"] = static_url
    # Macros as a global: importing them per file would break fragments.
    environment.globals["ui"] = environment.get_template("ui.html").module
    environment.globals["fields"] = environment.get_template("fields.html").module
    return environment


def render(template: str, **context: Any) -> str:
    """A template as text; without a person who looks, unless the context names one."""
    return make_environment().get_template(template).render({"person": None} | context)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response:
    """A whole page."""
    # Who looks decides what the frame of a page offers.
    person = getattr(request.state, "person", None)
    body = render(template, path=request.url.path, person=person, **context)
    return send_html(
        body, status=status, headers=({"cache-control": "no-store"} if person else {}) | (headers or {})
    )


def send_html(body: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A page that is finished already."""
    return Response(body, status, PAGE_HEADERS | (headers or {}), "text/html; charset=utf-8")
