"""The forms of a ritual: a new one, and editing one. A rhythm of every day's words stands for its rule."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.actions.rituals import create_ritual, update_ritual
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, may, require
from app.domain.recurrence import BadRule, Rhythm, make_rule
from app.domain.words import Level
from app.errors import Invalid
from app.models.rituals import Ritual, RitualInput, RuleText
from app.queries._find import load_named
from app.queries.departments import list_choices
from app.queries.owners import list_owner_choices
from app.queries.rituals import find_ritual
from app.web.decisions_edit import MOST_TICKED
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.nodes_edit import answer_node_form
from app.web.render import go_to
from app.web.ritual_lines import KINDS
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/rituals")
WRITE = Permission.RITUALS_WRITE
RHYTHMS = [
    (Rhythm.WEEKLY.value, "every week, on this day of the week"),
    (Rhythm.FORTNIGHTLY.value, "every second week, on this day of the week"),
    (Rhythm.MONTHLY_WEEKDAY.value, "every month, on the same weekday (like the second Tuesday)"),
    (Rhythm.MONTHLY_LAST_WEEKDAY.value, "every month, on the last such weekday"),
    (Rhythm.MONTHLY_DAY.value, "every month, on the same date"),
    (Rhythm.QUARTERLY.value, "once a quarter, on the same weekday"),
    (Rhythm.YEARLY.value, "once a year, on the same weekday of the month"),
]
NEW = {"duration_minutes": "150", "rhythm": Rhythm.MONTHLY_WEEKDAY.value, "kind": "alignment_session"}


class RitualForm(RitualInput):
    """What the form asks: a rhythm that follows the first day, or else a rule as it is written."""

    rhythm: Rhythm | None = None
    rrule: RuleText | None = None  # type: ignore[assignment]


def _read_rhythm(data: RitualForm) -> RitualInput:
    values = data.model_dump(exclude={"rhythm"})
    if data.rhythm is not None:
        try:
            values["rrule"] = make_rule(data.rhythm, data.starts_at.date())
        except BadRule as error:
            raise Invalid.at("/rhythm", "bad_rule", str(error)) from error
    if values["rrule"] is None:
        raise Invalid.at("/rrule", "no_rule", "Choose how often, or write a rule.")
    return RitualInput.model_validate(values)


@router.get("/new")
async def new_ritual(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """The form of a new ritual."""
    require(person, WRITE)
    owner = (await load_named(session, {"owners": {person.id}})).get(person.id)
    return await _show(request, session, person, Form(values=NEW | {"host": owner[0] if owner else ""}))


@router.post("/new")
async def create_ritual_button(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Adds a ritual."""
    require(person, WRITE)
    form = await read_form(request, RitualForm)
    made: list[Ritual] = []

    async def save(data: RitualForm) -> None:
        made.append(await create_ritual(session, _read_rhythm(data), actor=person))

    status = await save_form(session, form, save)
    if status != OK:
        return await _show(request, session, person, form, status=status)
    return go_to(request, f"/rituals/{made[0].code}")


@router.get("/{ritual}/edit")
async def edit_ritual(request: Request, session: SessionDep, person: PersonDep, ritual: str) -> Response:
    """The form of a ritual as it is."""
    row = await find_ritual(session, ritual, actor=person, to=WRITE)
    return await _show(request, session, person, await _fill(session, row), row.code)


@router.post("/{ritual}/edit")
async def update_ritual_button(
    request: Request, session: SessionDep, person: PersonDep, ritual: str
) -> Response:
    """Replaces what is written about a ritual."""
    form = await read_form(request, RitualForm)
    row = await find_ritual(session, ritual, actor=person, to=WRITE, lock=True)
    now, code = await _fill(session, row), row.code

    async def save(data: RitualForm) -> None:
        await update_ritual(session, row, _read_rhythm(data), actor=person)

    status = await save_form(session, form, save, now=now)
    if status != OK:
        return await _show(request, session, person, form, code, status=status)
    return go_to(request, f"/rituals/{row.code}")


async def _fill(session: SessionDep, row: Ritual) -> Form[RitualForm]:
    wanted = {"owners": {row.host_id, *_read_ids(row.invited)}, "departments": _read_ids(row.departments)}
    names = await load_named(session, wanted)
    rhythm = _find_rhythm(row)
    return fill_form(
        RitualForm,
        row,
        names,
        rhythm=rhythm,
        rrule=None if rhythm else row.rrule,
        starts_at=f"{row.starts_at:%Y-%m-%dT%H:%M}",
        invited=sorted(names[each][0] for each in _read_ids(row.invited)),
        departments=sorted(names[each][0] for each in _read_ids(row.departments)),
    )


def _read_ids(texts: list[str]) -> set[UUID]:
    return {UUID(each) for each in texts}


def _find_rhythm(row: Ritual) -> Rhythm | None:
    for rhythm in Rhythm:
        try:
            if make_rule(rhythm, row.starts_at.date()) == row.rrule:
                return rhythm
        except BadRule:
            continue
    return None


async def _show(
    request: Request,
    session: SessionDep,
    person: Actor,
    form: Form[RitualForm],
    code: str | None = None,
    *,
    status: int = OK,
) -> Response:
    # Who sees no directory types addresses and codes.
    knows = may(person, Permission.DIRECTORY_READ)
    places = await list_choices(session, actor=person) if knows else []
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "action": f"/rituals/{code}/edit" if code else "/rituals/new",
        "kinds": [(each.value, name) for each, name in KINDS.items()],
        "rhythms": RHYTHMS,
        "people": await list_owner_choices(session, actor=person) if knows else [],
        "departments": [(one, one, name) for one, name in places] if len(places) <= MOST_TICKED else [],
        "levels": [(each.value, each.value, "") for each in Level],
    }
    return answer_node_form(request, "rituals/edit.html", "rituals/_form.html", context, status=status)
