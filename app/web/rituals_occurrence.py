"""`/rituals/CODE/DAY`: the buttons of one occurrence: it took place or does not, it moves, it was useful.

What the page shows is gathered in `ritual_scene`.
"""

from fastapi import APIRouter, Request, Response

from app.actions.rituals_occurrences import (
    keep_occurrence,
    move_occurrence,
    skip_occurrence,
    vote_on_occurrence,
)
from app.deps import SessionDep
from app.domain.permissions import Actor, Permission
from app.errors import Fault, Invalid
from app.models.base import Day
from app.models.rituals import (
    OccurrenceKeptInput,
    OccurrenceMovedInput,
    OccurrenceSkippedInput,
    VoteInput,
)
from app.queries.rituals import find_ritual
from app.web.deps import PersonDep
from app.web.forms import read_form
from app.web.render import done, fragments, is_partial, page
from app.web.ritual_lines import KINDS, say_duration
from app.web.ritual_scene import KeptForm, Scene, gather_scene
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/rituals")
WRITE = Permission.RITUALS_WRITE


@router.get("/{ritual}/{day}")
async def show_occurrence_page(
    request: Request, session: SessionDep, person: PersonDep, ritual: str, day: Day
) -> Response:
    """One occurrence, with what is to be done about it."""
    row = await find_ritual(session, ritual, actor=person)
    return await _answer(request, session, person, Scene(row, day))


@router.post("/{ritual}/{day}/keep")
async def keep_one_occurrence(
    request: Request, session: SessionDep, person: PersonDep, ritual: str, day: Day
) -> Response:
    """Says that it took place."""
    form = await read_form(request, KeptForm)
    row = await find_ritual(session, ritual, actor=person, to=WRITE)

    async def save(data: KeptForm) -> None:
        said = [index for index, each in enumerate(data.outcomes) if each.text]
        values = data.model_dump() | {"outcomes": [data.outcomes[index].model_dump() for index in said]}
        try:
            await keep_occurrence(session, row, day, OccurrenceKeptInput.model_validate(values), actor=person)
        except Invalid as error:
            raise _find_rows(error, said) from error

    status = await save_form(session, form, save)
    refused = {"kept": form} if status != OK else {}
    return await _answer(request, session, person, Scene(row, day, status, **refused))


def _find_rows(error: Invalid, said: list[int]) -> Invalid:
    """Rows without a text were left out: faults find theirs again."""
    faults = []
    for fault in error.faults:
        parts = fault.pointer.split("/")
        if parts[1] == "outcomes" and len(parts) > 2:
            parts[2] = str(said[int(parts[2])])
        faults.append(Fault("/".join(parts), fault.code, fault.detail))
    return Invalid(error.detail, code=error.code, faults=tuple(faults))


@router.post("/{ritual}/{day}/skip")
async def skip_one_occurrence(
    request: Request, session: SessionDep, person: PersonDep, ritual: str, day: Day
) -> Response:
    """Says why it does not take place."""
    form = await read_form(request, OccurrenceSkippedInput)
    row = await find_ritual(session, ritual, actor=person, to=WRITE)

    async def save(data: OccurrenceSkippedInput) -> None:
        await skip_occurrence(session, row, day, data, actor=person)

    status = await save_form(session, form, save)
    refused = {"other": form} if status != OK else {}
    return await _answer(request, session, person, Scene(row, day, status, **refused))


@router.post("/{ritual}/{day}/move")
async def move_one_occurrence(
    request: Request, session: SessionDep, person: PersonDep, ritual: str, day: Day
) -> Response:
    """Moves it to another time."""
    form = await read_form(request, OccurrenceMovedInput)
    row = await find_ritual(session, ritual, actor=person, to=WRITE)

    async def save(data: OccurrenceMovedInput) -> None:
        await move_occurrence(session, row, day, data, actor=person)

    status = await save_form(session, form, save)
    refused = {"other": form} if status != OK else {}
    return await _answer(request, session, person, Scene(row, day, status, **refused))


@router.post("/{ritual}/{day}/vote")
async def vote_on_one_occurrence(
    request: Request, session: SessionDep, person: PersonDep, ritual: str, day: Day
) -> Response:
    """Keeps how useful I found it."""
    form = await read_form(request, VoteInput)
    row = await find_ritual(session, ritual, actor=person)

    async def save(data: VoteInput) -> None:
        await vote_on_occurrence(session, row, day, data, actor=person)

    status = await save_form(session, form, save)
    refused = {"other": form} if status != OK else {}
    return await _answer(request, session, person, Scene(row, day, status, **refused))


async def _answer(request: Request, session: SessionDep, person: Actor, scene: Scene) -> Response:
    """The occurrence as it is now: all of the page, or its changing part for htmx."""
    context = await gather_scene(session, person, scene)
    row, parts = scene.ritual, [("rituals/_occurrence.html", context)]
    if request.method == "POST" and scene.status == OK:
        return done(request, parts, to=f"/rituals/{row.code}/{scene.day}")
    if is_partial(request):
        return fragments(request, parts, status=scene.status)
    context |= {"kind": KINDS[row.kind], "length": say_duration(row.duration_minutes)}
    return page(request, "rituals/occurrence.html", status=scene.status, **context)
