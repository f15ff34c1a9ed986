"""`/partnerships`: leaders of different departments who talk regularly, and which pair is missing most."""

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from app.actions.partnerships import create_partnership
from app.deps import SessionDep
from app.domain.linkage.wording import word_cadence, word_count, word_day
from app.domain.periods import Cadence
from app.domain.permissions import Actor, Permission, may
from app.errors import Forbidden
from app.models.partnerships import Partnership, PartnershipInput
from app.queries.organization import today_of
from app.queries.owners import list_owner_choices
from app.queries.partnerships import (
    PartnershipRow,
    list_partnership_rows,
    list_suggestions,
    may_write_partnership,
)
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.render import fragments, go_to, is_partial, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/partnerships")
WRITE = Permission.PARTNERSHIPS_WRITE
A_YEAR = timedelta(days=365)
CADENCES = [(each.value, word_cadence(each)) for each in Cadence]
ABOUT_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PartnershipLine:
    """A partnership in words: who, about what, when next, and how it went in the last year."""

    code: str
    a: tuple[str, str]
    a_department: str
    b: tuple[str, str]
    b_department: str
    about: str
    cadence: str
    next_day: str
    is_late: bool
    went: str
    hold: str | None


@dataclass(frozen=True, slots=True)
class SuggestionLine:
    """Two heads who should talk: how often their departments depend on each other, and an address."""

    names: str
    why: str
    said: list[str]
    values: dict[str, str]


@router.get("")
async def list_partnerships_page(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """All of them, the next talk first; and for those who pair people the pairs that are missing."""
    form: Form[PartnershipInput] = Form(values={"cadence": Cadence.MONTHLY.value})
    return await _show_list(request, session, person, form)


@router.post("")
async def add_partnership(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Pairs two leaders."""
    form = await read_form(request, PartnershipInput)
    made: list[Partnership] = []

    async def save(data: PartnershipInput) -> None:
        made.append(await create_partnership(session, data, actor=person))

    status = await save_form(session, form, save)
    if status == Forbidden.status or not may(person, WRITE):
        raise Forbidden(
            form.errors.get("", "Partnerships are made by heads, executives and the two themselves.")
        )
    if status != OK:
        if is_partial(request):
            people = await list_owner_choices(session, actor=person)
            context = {"form": form, "action": "/partnerships", "row": None}
            parts = [("partnerships/_form.html", context | {"people": people, "cadences": CADENCES})]
            return fragments(request, parts, status=status)
        return await _show_list(request, session, person, form, status=status)
    return go_to(request, f"/partnerships/{made[0].code}")


async def _show_list(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[PartnershipInput],
    *,
    status: int = OK,
) -> Response:
    today = await today_of(session)
    rows = await list_partnership_rows(session, actor=person, since=today - A_YEAR)
    keeps = may(person, WRITE)
    return page(
        request,
        "partnerships/list.html",
        status=status,
        lines=[tell_partnership(row, person, today) for row in rows],
        suggestions=await _suggest(session, person) if keeps else [],
        keeps=keeps,
        row=None,
        form=form,
        action="/partnerships",
        people=await list_owner_choices(session, actor=person) if keeps else [],
        cadences=CADENCES,
    )


def tell_partnership(row: PartnershipRow, person: Actor, today: date) -> PartnershipLine:
    """A partnership as a line of a list."""
    it = row.row
    keeps = may_write_partnership(person, it)
    late = it.next_on is not None and it.next_on < today
    return PartnershipLine(
        code=it.code,
        a=(row.a, row.a_email),
        a_department=row.a_department,
        b=(row.b, row.b_email),
        b_department=row.b_department,
        about=it.about,
        cadence=word_cadence(it.cadence),
        next_day=_say_next(it.next_on, today),
        is_late=late,
        went=_say_went(row),
        hold=f"/partnerships/{it.code}/talks/{row.next_talk}/hold"
        if keeps and row.next_talk and it.next_on and it.next_on <= today
        else None,
    )


def _say_next(day: date | None, today: date) -> str:
    if day is None:
        return "no talk is planned"
    if day < today:
        return f"was planned for {word_day(day)}"
    return "today" if day == today else f"next on {word_day(day)}"


def _say_went(row: PartnershipRow) -> str:
    if not row.settled:
        return "No talk yet"
    last = f", the last on {word_day(row.last_held_on)}" if row.last_held_on else ""
    return f"{row.held} of {row.settled} talks held in twelve months{last}"


async def _suggest(session: SessionDep, person: Actor) -> list[SuggestionLine]:
    return [
        SuggestionLine(
            names=f"{each.a} and {each.b}",
            why=f"{each.a_department} with {each.b_department}: "
            f"{word_count(each.dependencies, 'link')} between them",
            said=each.about[:ABOUT_SHOWN],
            values={
                "a": each.a_email,
                "b": each.b_email,
                "about": "; ".join(each.about),
                "cadence": Cadence.MONTHLY.value,
            },
        )
        for each in await list_suggestions(session, actor=person)
    ]
