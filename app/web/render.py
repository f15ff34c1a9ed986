"""From a template and its view-model to a page or to fragments: the Jinja environment, headers, packing."""

import gzip
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.runtime import Macro

from app.web.places import find_place, find_tab, list_own_places, list_places, list_tabs
from app.web.static_files import static_url, takes_gzip

TEMPLATES = Path(__file__).with_name("templates")
# Nothing from elsewhere, nothing inline, in nobody's frame.
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "referrer-policy": "same-origin",
}
# Smaller answers fit into one packet anyway.
PACKED_FROM_BYTES = 1_000
_INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)
Fragment = tuple[str, dict[str, Any]]


@cache
def make_environment() -> Environment:
    """Strict about names that are missing, careful with what is printed. Made for the first page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Unindented],
    )
    environment.globals["static_url"] = static_url
    # Macros as a global: importing them per file would break fragments. It is there before they are read,
    # because they use each other.
    for folder in ("ui", "fields"):
        macros = environment.globals[folder] = SimpleNamespace()
        for path in sorted((TEMPLATES / folder).iterdir()):
            vars(macros).update(_list_macros(environment.get_template(f"{folder}/{path.name}").module))
    return environment


class _Unindented(Extension):
    """Reads the indents of templates as one blank: they were up to a fifth of what pages weighed.

    One has to stay: it keeps an attribute apart from a block before it, whose line break is trimmed.
    """

    def preprocess(self, source: str, *_of: str | None) -> str:
        """The source with its lines as they were, for messages that name one."""
        return _INDENTS.sub(" ", source)


def _list_macros(module: object) -> list[tuple[str, Macro]]:
    return [(name, each) for name, each in vars(module).items() if isinstance(each, Macro)]


def render(template: str, **context: Any) -> str:
    """A template as text; without a person who looks, unless the context names one."""
    frame: dict[str, Any] = {"person": None, "places": list_places(None), "own_places": [], "standing": ""}
    frame |= {"frame_area": "", "frame_tabs": [], "frame_tab": ""}
    return make_environment().get_template(template).render(frame | context)


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
    frame = {"person": person, "places": list_places(person), "own_places": list_own_places(person)}
    path = request.url.path
    area, tab = find_tab(path)
    frame |= {"standing": find_place(path), "frame_area": area.name if area else ""}
    frame |= {"frame_tab": tab, "frame_tabs": list_tabs(area, person)}
    body = render(template, path=path, **frame, **context)
    return send_html(request, body, status=status, headers=headers)


def fragments(request: Request, parts: Sequence[Fragment], *, status: int = 200, said: str = "") -> Response:
    """Parts of a page for htmx: the first replaces what asked for it, the others what carries their id.

    The id of a further part is `target` of its context.
    """
    bodies = [render(*parts[0][:1], **parts[0][1])] if parts else []
    bodies += [render("shared/_partial.html", fragment=part, **context) for part, context in parts[1:]]
    if said:
        bodies.append(render("shared/_said.html", said=said))
    return send_html(request, "".join(bodies), status=status)


def is_partial(request: Request) -> bool:
    """Does htmx ask for parts of the page, and not a browser for all of it?"""
    return request.headers.get("hx-request-type") == "partial"


def done(request: Request, parts: Sequence[Fragment] = (), *, to: str, said: str = "") -> Response:
    """After a button: the parts that changed for htmx, else the page that shows what was done."""
    if is_partial(request) and parts:
        return fragments(request, parts, said=said)
    return go_to(request, to)


def go_to(request: Request, location: str) -> Response:
    """Sends a browser on, whoever asked: a form or htmx."""
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={"hx-redirect": location})
    return Response(status_code=303, headers={"location": location})


def send_html(
    request: Request, body: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Markup that is finished already. What a person sees is nobody else's."""
    private = {"cache-control": "no-store"} if getattr(request.state, "person", None) else {}
    sent, packing = body.encode(), {"vary": "accept-encoding"}
    if len(sent) >= PACKED_FROM_BYTES and takes_gzip(request):
        sent, packing = gzip.compress(sent, 5, mtime=0), packing | {"content-encoding": "gzip"}
    return Response(
        sent, status, PAGE_HEADERS | private | packing | (headers or {}), "text/html; charset=utf-8"
    )
