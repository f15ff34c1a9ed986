"""What of a closed month is asked to be changed, laid out for those who may correct it."""

from dataclasses import dataclass, field
from typing import Any

from app.deps import SessionDep
from app.domain.permissions import Actor
from app.models.reviews import Review
from app.queries.change_requests import OpenRequest, list_open_requests
from app.web.event_words import say_period
from app.web.figures import write_figure, write_hidden_below
from app.web.forms import Form
from app.web.review_viewer import Refused

_WORDS = ("accept", "decline")


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A request that waits. `version`: what is seen of it; the forms say what was refused of them."""

    code: str
    version: int
    action: str
    what: str
    href: str
    where: str
    now: str
    wanted: str
    why: str
    who: str
    accepting: Form[Any]
    declining: Form[Any]


@dataclass(frozen=True, slots=True)
class AskedPart:
    """What waits for an answer. `gone`: why the one that was just answered does not wait any more."""

    lines: list[AskedLine] = field(default_factory=list)
    gone: str = ""


async def read_asked(
    session: SessionDep, review: Review, *, person: Actor, refused: Refused | None
) -> AskedPart:
    """The requests that wait, in the order of asking: one statement; none for who may not correct."""
    found = await list_open_requests(session, review.id, actor=person)
    lines = [_make_line(each, review.code, refused) for each in found]
    shown = {f"{word} {line.code}" for line in lines for word in _WORDS}
    is_gone = refused is not None and refused.which.startswith(_WORDS) and refused.which not in shown
    return AskedPart(lines, refused.form.errors.get("", "") if refused and is_gone else "")


def _make_line(request: OpenRequest, review: str, refused: Refused | None) -> AskedLine:
    period = say_period(request.period)
    return AskedLine(
        code=request.code,
        version=request.version,
        action=f"/reviews/{review}/requests/{request.code}",
        what=request.kpi,
        href=f"/kpis/{request.kpi_code}",
        where=" · ".join(filter(None, (request.department, period[:1].upper() + period[1:]))),
        now=_say_now(request),
        wanted=write_figure(request.value, request.unit),
        why=request.reason,
        who=f"{request.asked_by}, {request.asked_on:%-d %b %Y}",
        accepting=_find_form(refused, f"accept {request.code}"),
        declining=_find_form(refused, f"decline {request.code}"),
    )


def _find_form(refused: Refused | None, which: str) -> Form[Any]:
    return refused.form if refused is not None and refused.which == which else Form()


def _say_now(request: OpenRequest) -> str:
    """What is known now of the value; what protects those who answered stays hidden here, too."""
    if request.hidden_below is not None:
        return write_hidden_below(request.hidden_below)
    return "n/a" if request.not_applicable else write_figure(request.current, request.unit)
