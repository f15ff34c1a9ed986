"""`/partnerships/CODE`: one partnership, its talks and what became of them. The list of all is elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.partnerships import (
    archive_partnership,
    hold_talk,
    plan_talk,
    skip_talk,
    update_partnership,
)
from app.deps import SessionDep
from app.domain.linkage.wording import word_cadence, word_day
from app.domain.permissions import Actor, Permission
from app.domain.words import TalkState
from app.models.partnerships import (
    Partnership,
    PartnershipInput,
    Talk,
    TalkFilter,
    TalkHeldInput,
    TalkInput,
    TalkSkippedInput,
)
from app.queries._find import load_references
from app.queries.organization import today_of
from app.queries.owners import list_owner_choices
from app.queries.partnerships import (
    find_partnership,
    find_talk,
    list_talks,
    may_write_partnership,
)
from app.web.deps import PersonDep
from app.web.filling import fill_form
from app.web.forms import Form, read_form
from app.web.partnerships import CADENCES
from app.web.render import done, fragments, go_to, is_partial, page
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/partnerships")
WRITE = Permission.PARTNERSHIPS_WRITE


@dataclass(frozen=True, slots=True)
class TalkLine:
    """A talk in words, and where its buttons lead."""

    code: str
    day: str
    state: str
    tone: str
    note: str | None
    action: str | None


@router.get("/{partnership}")
async def show_partnership_page(
    request: Request, session: SessionDep, person: PersonDep, partnership: str
) -> Response:
    """One partnership: its talks, and the form for those who keep it."""
    row = await find_partnership(session, partnership, actor=person)
    return await _show_one(request, session, person, row)


@router.post("/{partnership}")
async def save_partnership(
    request: Request, session: SessionDep, person: PersonDep, partnership: str
) -> Response:
    """Replaces what is written about a partnership; another day moves the talk that is planned."""
    form = await read_form(request, PartnershipInput)
    row = await find_partnership(session, partnership, actor=person, to=WRITE, lock=True)
    now = await _fill(session, row)

    async def save(data: PartnershipInput) -> None:
        await update_partnership(session, row, data, actor=person)

    status = await save_form(session, form, save, now=now)
    if status == OK:
        return go_to(request, f"/partnerships/{row.code}")
    row = await find_partnership(session, partnership, actor=person)
    if is_partial(request):
        context = await _gather_form(session, person, row, form)
        return fragments(request, [("partnerships/_form.html", context)], status=status)
    return await _show_one(request, session, person, row, form=form, status=status)


@router.post("/{partnership}/archive")
async def archive_one_partnership(
    request: Request, session: SessionDep, person: PersonDep, partnership: str
) -> Response:
    """Ends a partnership."""
    row = await find_partnership(session, partnership, actor=person, to=WRITE, lock=True)
    await archive_partnership(session, row, actor=person)
    return go_to(request, "/partnerships")


@router.post("/{partnership}/talks")
async def plan_one_talk(
    request: Request, session: SessionDep, person: PersonDep, partnership: str
) -> Response:
    """Plans one more talk."""
    form = await read_form(request, TalkInput)
    row = await find_partnership(session, partnership, actor=person, to=WRITE, lock=True)

    async def save(data: TalkInput) -> None:
        await plan_talk(session, row, data, actor=person)

    status = await save_form(session, form, save)
    return await _answer_talk(request, session, person, partnership, form, status=status)


@router.post("/{partnership}/talks/{talk}/hold")
async def hold_one_talk(
    request: Request, session: SessionDep, person: PersonDep, partnership: str, talk: str
) -> Response:
    """Says that a talk took place."""
    form = await read_form(request, TalkHeldInput)
    row = await find_partnership(session, partnership, actor=person, to=WRITE, lock=True)
    found = await find_talk(session, row, talk, lock=True)

    async def save(data: TalkHeldInput) -> None:
        await hold_talk(session, row, found, data, actor=person)

    status = await save_form(session, form, save)
    return await _answer_talk(request, session, person, partnership, form, status=status)


@router.post("/{partnership}/talks/{talk}/skip")
async def skip_one_talk(
    request: Request, session: SessionDep, person: PersonDep, partnership: str, talk: str
) -> Response:
    """Says why a talk does not take place."""
    form = await read_form(request, TalkSkippedInput)
    row = await find_partnership(session, partnership, actor=person, to=WRITE, lock=True)
    found = await find_talk(session, row, talk, lock=True)

    async def save(data: TalkSkippedInput) -> None:
        await skip_talk(session, row, found, data, actor=person)

    status = await save_form(session, form, save)
    return await _answer_talk(request, session, person, partnership, form, status=status)


async def _answer_talk(
    request: Request, session: SessionDep, person: Actor, partnership: str, form: Form[Any], *, status: int
) -> Response:
    """The page of the partnership as it is now, with what was refused above its talks."""
    row = await find_partnership(session, partnership, actor=person)
    talks = await _gather_talks(session, person, row, form if status != OK else None)
    if status != OK:
        if is_partial(request):
            return fragments(request, [("partnerships/_talks.html", talks)], status=status)
        return await _show_one(request, session, person, row, status=status, refused=talks["refused"])
    return done(request, [("partnerships/_talks.html", talks)], to=f"/partnerships/{row.code}#talks")


async def _fill(session: SessionDep, row: Partnership) -> Form[PartnershipInput]:
    return fill_form(PartnershipInput, row, await load_references(session, [row]))


async def _gather_form(
    session: SessionDep, person: Actor, row: Partnership, form: Form[PartnershipInput] | None
) -> dict[str, Any]:
    keeps = may_write_partnership(person, row) and row.archived_at is None
    return {
        "row": row,
        "keeps": keeps,
        "form": form or await _fill(session, row),
        "action": f"/partnerships/{row.code}",
        "people": await list_owner_choices(session, actor=person) if keeps else [],
        "cadences": CADENCES,
    }


async def _gather_talks(
    session: SessionDep, person: Actor, row: Partnership, refused: Form[Any] | None
) -> dict[str, Any]:
    talks, _ = await list_talks(session, row, TalkFilter(limit=1000), actor=person)
    today = await today_of(session)
    keeps = may_write_partnership(person, row)
    return {
        "row": row,
        "keeps": keeps and row.archived_at is None,
        "refused": " ".join(refused.errors.values()) if refused else "",
        "talks": _tell_talks(talks, today, keeps),
        "blank": Form(values={}),
    }


def _tell_talks(talks: Sequence[Talk], today: date, keeps: bool) -> list[TalkLine]:
    return [
        _tell_talk(talk, today, keeps)
        for talk in sorted(talks, key=lambda each: each.planned_on, reverse=True)
    ]


def _tell_talk(talk: Talk, today: date, keeps: bool) -> TalkLine:
    late = talk.state is TalkState.PLANNED and talk.planned_on < today
    tones = {
        TalkState.HELD: "green",
        TalkState.SKIPPED: "amber",
        TalkState.PLANNED: "red" if late else "blue",
    }
    day = word_day(talk.planned_on)
    if talk.held_on and talk.held_on != talk.planned_on:
        day = f"{word_day(talk.held_on)}, planned for {day}"
    action = f"/partnerships/{talk.code.rpartition('.')[0]}/talks/{talk.code}"
    is_open = talk.state is TalkState.PLANNED
    return TalkLine(
        code=talk.code,
        day=day,
        state="late" if late else talk.state.value,
        tone=tones[talk.state],
        note=talk.note,
        action=action if keeps and is_open else None,
    )


async def _show_one(
    request: Request,
    session: SessionDep,
    person: Actor,
    row: Partnership,
    *,
    status: int = OK,
    **refused: Any,
) -> Response:
    """The page; `refused` is what a form has to say that was sent back."""
    names = await load_references(session, [row])
    context = await _gather_form(session, person, row, None)
    context |= await _gather_talks(session, person, row, None) | refused
    return page(
        request,
        "partnerships/show.html",
        status=status,
        a=names[row.a_id],
        b=names[row.b_id],
        department=names[row.department_id],
        other_department=names[row.other_department_id],
        cadence=word_cadence(row.cadence),
        next_day=word_day(row.next_on) if row.next_on else "none planned",
        **context,
    )
