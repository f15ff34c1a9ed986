"""`/commitments`: what I promised, what I ask after, what my department promised; one line that promises."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from annotated_types import Ge, Le
from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from app.actions.commitments import settle_commitment
from app.actions.commitments_captured import capture_commitment
from app.deps import SessionDep
from app.domain.commitments import Outcome
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, may, require
from app.errors import CoxswainError, Invalid
from app.models.base import Email, Reference
from app.models.commitments import CommitmentSettling
from app.models.typed_lines import TypedLine, clean_line
from app.queries._find import resolve_reference
from app.queries.commitments import find_commitment
from app.queries.commitments_captured import CapturedCommitment, read_commitment_line
from app.queries.commitments_lists import CommitmentLineRow, CommitmentsWanted, list_commitment_lines
from app.queries.departments import list_department_places
from app.queries.organization import today_of
from app.queries.owners import find_home
from app.web.commitment_lines import CommitmentLine, read_own_commitments, tell_commitment
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none, read_form
from app.web.kpis import find_departments_below
from app.web.render import done, fragments, go_to, is_partial, page
from app.web.told_lines import ToldLine

router = APIRouter(include_in_schema=False)
SHOWN = 100
MOST_AROUND = 300
LATELY = timedelta(days=92)
EXAMPLE = "Open a third till on Saturdays @gareth.lowell 12 Dec #QUEUE-TIME"
State = Literal["open", "overdue", "closed"]
STATES: tuple[tuple[State, str], ...] = (("open", "open"), ("overdue", "overdue"), ("closed", "closed"))


class CommitmentsQuery(Contract):
    """What the filters of the page ask for; blank fields ask for nothing. `line`: one to be captured."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    state: Annotated[State | None, BeforeValidator(blank_is_none)] = None
    owner: Annotated[Email | None, BeforeValidator(blank_is_none)] = None
    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    archived: bool = False
    page: Annotated[int, Ge(1), Le(10_000)] = 1
    line: TypedLine = ""
    made: Reference | None = None


class PromiseForm(Contract):
    """A line that promises."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    line: TypedLine = ""


class KeepForm(Contract):
    """Where the button stands to which one comes back."""

    back: Literal["home", "list"] = "home"


@dataclass(frozen=True, slots=True)
class CommitmentPart:
    """Some commitments under a heading."""

    id: str
    heading: str
    lines: list[CommitmentLine]
    empty: str | None = None


@router.get("/commitments")
async def show_commitments(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[CommitmentsQuery, Query()]
) -> Response:
    """Mine, those I ask after, those of my department; or what the filters ask for."""
    require(person, Permission.COMMITMENTS_READ)
    return await _show(request, session, person, asked, await _preview(session, person, asked.line))


@router.post("/commitments")
async def capture_commitment_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Makes the commitment that a line tells, unless a part of it says nothing."""
    require(person, Permission.COMMITMENTS_WRITE)
    form = await read_form(request, PromiseForm)
    line = form.data.line if form.data else str(clean_line(form.values.get("line") or ""))
    try:
        async with session.begin_nested():
            if form.data is None or not line:
                raise Invalid(form.errors.get("line", "Say what will be done, by whom and until when."))
            made = await capture_commitment(session, line, actor=person)
    except CoxswainError as error:
        told = await _preview(session, person, line)
        refused = replace(told, refusal=_say_refusal(error))
        if is_partial(request):
            context = {"capture": refused, "example": EXAMPLE}
            return fragments(request, [("commitments/_capture.html", context)], status=error.status)
        return await _show(request, session, person, CommitmentsQuery(), refused, status=error.status)
    return go_to(request, f"/commitments?{urlencode({'made': made.code})}")


@router.post("/commitments/{commitment}/keep")
async def keep_commitment_button(
    request: Request, session: SessionDep, person: PersonDep, commitment: str
) -> Response:
    """Says in one click that it is kept. The page of the commitment corrects it."""
    form = await read_form(request, KeepForm)
    write = Permission.COMMITMENTS_WRITE
    row = await find_commitment(session, commitment, actor=person, to=write, lock=True)
    await settle_commitment(session, row, CommitmentSettling(outcome=Outcome.KEPT), actor=person)
    if form.data is None or form.data.back == "list":
        return go_to(request, f"/commitments?{urlencode({'made': row.code})}")
    own = await read_own_commitments(session, person, today=await today_of(session))
    return done(request, [("home/_commitments.html", own)], to="/", said=f"Kept: {row.what}")


def _say_refusal(error: CoxswainError) -> str:
    return (
        "A part of the line is missing or not understood." if error.code == "not_understood" else error.detail
    )


async def _preview(session: SessionDep, person: Actor, line: str) -> ToldLine:
    """What a line says; nothing for an empty one."""
    if not line or not may(person, Permission.COMMITMENTS_WRITE):
        return ToldLine(line)
    return _tell(line, await read_commitment_line(session, line, actor=person))


def _tell(line: str, read: CapturedCommitment) -> ToldLine:
    about = ", ".join(f"{each.code} {each.name}" for each in read.about)
    told = (
        ("Who", read.owner.name if read.owner else "nobody yet: add @name"),
        ("By", word_day(read.due_on) if read.due_on else "no day yet: add 30 Jun"),
        ("About", about or "nothing yet: add #G1, a KPI or a decision"),
    )
    return ToldLine(line, read.what, told, read.unknown)


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    asked: CommitmentsQuery,
    capture: ToldLine,
    *,
    status: int = 200,
) -> Response:
    today = await today_of(session)
    places = await list_department_places(session, actor=person)
    is_filtered = asked.model_dump(exclude_defaults=True, exclude={"line", "made"}) != {}
    if is_filtered:
        parts, more = await _find_some(session, person, asked, today, places)
    else:
        parts, more = await _gather_around(session, person, today, places), False
    return page(
        request,
        "commitments/list.html",
        status=status,
        asked=asked,
        capture=capture,
        example=EXAMPLE,
        parts=parts,
        states=STATES,
        departments=[(place.code, place.name) for place in places],
        is_filtered=is_filtered,
        may_promise=may(person, Permission.COMMITMENTS_WRITE),
        next_url=_turn(asked, asked.page + 1) if more else None,
        first_url=_turn(asked, 1) if asked.page > 1 else None,
    )


async def _find_some(
    session: SessionDep, person: Actor, asked: CommitmentsQuery, today: date, places: Any
) -> tuple[list[CommitmentPart], bool]:
    """What fits the filters, and whether there is more of it."""
    _, departments = find_departments_below(asked.department, places)
    owner = asked.owner and await resolve_reference(session, "owners", asked.owner, "?owner", actor=person)
    wanted = CommitmentsWanted(
        today,
        open={"open": True, "closed": False}.get(asked.state or ""),
        overdue=asked.state == "overdue",
        text=asked.q or None,
        owner=owner or None,
        departments=departments,
        archived=asked.archived,
        limit=SHOWN + 1,
        offset=(asked.page - 1) * SHOWN,
    )
    rows = await list_commitment_lines(session, wanted, actor=person)
    lines = _tell_all(rows[:SHOWN], person, today)
    return [CommitmentPart("found", "What fits", lines)] if lines else [], len(rows) > SHOWN


async def _gather_around(
    session: SessionDep, person: Actor, today: date, places: Any
) -> list[CommitmentPart]:
    """What concerns a person, in parts."""
    home = await find_home(session, person)
    _, below = find_departments_below(home.code if home else None, places)
    around = CommitmentsWanted(today, open=True, around=person.id, departments=below, limit=MOST_AROUND)
    closed = CommitmentsWanted(today, open=False, around=person.id, closed_since=today - LATELY)
    doubted = CommitmentsWanted(today, answerer=person.id)
    doubts = await list_commitment_lines(session, doubted, actor=person)
    rows = await list_commitment_lines(session, around, actor=person)
    ended = await list_commitment_lines(session, closed, actor=person)
    asks = {row.commitment.code for row in rows if row.commitment.partner_id == person.id}
    lines = _tell_all(rows, person, today)
    mine = [line for line in lines if line.is_own]
    asked_after = [line for line in lines if line.code in asks]
    others = [line for line in lines if not line.is_own and line.code not in asks]
    parts = [
        CommitmentPart("mine", "Mine", mine, "You have promised nothing that is open."),
        CommitmentPart("concerns", "With a concern that waits for you", _tell_all(doubts, person, today)),
        CommitmentPart("asked", "I ask after", asked_after),
        CommitmentPart("department", f"Of {home.name}" if home else "Of my department", others),
        CommitmentPart("lately", "Answered in the last three months", _tell_all(ended, person, today)),
    ]
    return [part for part in parts if part.lines or part.empty]


def _tell_all(rows: Sequence[CommitmentLineRow], person: Actor, today: date) -> list[CommitmentLine]:
    return [tell_commitment(row, person, today) for row in rows]


def _turn(asked: CommitmentsQuery, number: int) -> str:
    """The address of another page of the same list."""
    kept = asked.model_dump(exclude_defaults=True, exclude={"line", "made", "page"})
    told = {name: "true" if value is True else str(value) for name, value in kept.items()}
    return "/commitments?" + urlencode(told | {"page": str(number)})
