"""`/design`: every part of the design system on one page, with made-up content. On this machine only."""

from fastapi import APIRouter, Request, Response

from app.errors import NotFound
from app.web.charts import sparkline
from app.web.forms import Contract, Form
from app.web.linkage import Chip
from app.web.render import page
from app.web.sign_in import is_local

router = APIRouter(include_in_schema=False)
STATUSES = ("green", "amber", "red", "unknown")
COLOURS = (
    "page",
    "paper",
    "wash",
    "ink",
    "quiet",
    "line",
    "edge",
    "accent",
    "green",
    "amber",
    "red",
    "blue",
    "violet",
)


class ExampleForm(Contract):
    """Nothing is sent with it."""

    title: str
    why: str | None = None
    kind: str
    agreed: bool = False


@router.get("/design")
async def show_design(request: Request) -> Response:
    """All parts in all their states."""
    if not is_local(request):
        raise NotFound("There is no page at this address.")
    values = {"title": "Open 12 stores", "why": None, "kind": "goal", "agreed": True}
    return page(
        request,
        "design/show.html",
        statuses=STATUSES,
        colours=COLOURS,
        chips=[Chip("3 errors", "#chips", "error", True), Chip("2 new", "#chips", "red", False)],
        form=Form[ExampleForm](values=values),
        refused=Form[ExampleForm](
            values=values, errors={"title": "This code is taken.", "": "Nothing is saved."}
        ),
        line=sparkline([71, 74, None, 73, 78, 81], label="On time, six months"),
    )
