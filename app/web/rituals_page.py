"""`/rituals/CODE`: one ritual, its occurrences, how useful they were, and the verdict of each quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from app.actions.rituals import archive_ritual, record_verdict
from app.deps import SessionDep
from app.domain.linkage.wording import word_count
from app.domain.periods import Cadence, period_of
from app.domain.permissions import Actor, Permission
from app.domain.recurrence_words import tell_rule
from app.domain.rituals import Verdict, list_occurrences
from app.models.rituals import Ritual, RitualVerdict, VerdictInput
from app.queries._find import load_references
from app.queries.organization import today_of
from app.queries.rituals import (
    count_votes,
    find_ritual,
    list_participants,
    list_stored,
    list_verdicts,
    may_write_ritual,
    read_kept,
    read_schedule,
)
from app.web.deps import PersonDep
from app.web.forms import Form, read_form
from app.web.render import done, fragments, go_to, is_partial, page
from app.web.ritual_lines import A_YEAR, KINDS, Told, read_votes, say_duration, tell_occurrence, tell_ritual
from app.web.saving import OK, save_form

router = APIRouter(include_in_schema=False, prefix="/rituals")
WRITE = Permission.RITUALS_WRITE
AHEAD = timedelta(days=120)
MOST_AHEAD = 4
VERDICTS = [
    (Verdict.KEEP.value, "keep it as it is"),
    (Verdict.CHANGE.value, "change it"),
    (Verdict.STOP.value, "stop it: nothing comes after today"),
]
_TONES = {Verdict.KEEP: "green", Verdict.CHANGE: "amber", Verdict.STOP: "red"}


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """What was decided for a quarter."""

    quarter: str
    verdict: str
    tone: str
    reason: str
    by: str


@router.get("/{ritual}")
async def show_ritual_page(request: Request, session: SessionDep, person: PersonDep, ritual: str) -> Response:
    """One ritual: when, who, what came of it."""
    row = await find_ritual(session, ritual, actor=person)
    return await _show_one(request, session, person, row, Form(values={}))


@router.post("/{ritual}/archive")
async def archive_one_ritual(
    request: Request, session: SessionDep, person: PersonDep, ritual: str
) -> Response:
    """Ends a ritual."""
    row = await find_ritual(session, ritual, actor=person, to=WRITE, lock=True)
    await archive_ritual(session, row, actor=person)
    return go_to(request, f"/rituals/{row.code}")


@router.post("/{ritual}/verdict")
async def decide_about_ritual(
    request: Request, session: SessionDep, person: PersonDep, ritual: str
) -> Response:
    """Keep, change or stop, and why."""
    form = await read_form(request, VerdictInput)
    row = await find_ritual(session, ritual, actor=person, to=WRITE, lock=True)

    async def save(data: VerdictInput) -> None:
        await record_verdict(session, row, data, actor=person)

    status = await save_form(session, form, save)
    if status == OK and row.archived_at is not None:
        return go_to(request, f"/rituals/{row.code}")
    context = await _gather_verdicts(session, person, row, Form(values={}) if status == OK else form)
    if status != OK and not is_partial(request):
        return await _show_one(request, session, person, row, form, status=status)
    if status != OK:
        return fragments(request, [("rituals/_verdicts.html", context)], status=status)
    return done(request, [("rituals/_verdicts.html", context)], to=f"/rituals/{row.code}#rituals-verdicts")


async def _gather_verdicts(
    session: SessionDep, person: Actor, row: Ritual, form: Form[VerdictInput]
) -> dict[str, Any]:
    verdicts = await list_verdicts(session, row.id)
    today = await today_of(session)
    return {
        "row": row,
        "form": form,
        "quarter": period_of(today, Cadence.QUARTERLY).text,
        "keeps": may_write_ritual(person, row) and row.archived_at is None,
        "verdicts": _tell_verdicts(verdicts),
        "choices": VERDICTS,
    }


def _tell_verdicts(rows: Sequence[RitualVerdict]) -> list[VerdictLine]:
    return [
        VerdictLine(each.quarter, each.verdict.value, _TONES[each.verdict], each.reason, each.decided_by)
        for each in rows
    ]


async def _show_one(
    request: Request,
    session: SessionDep,
    person: Actor,
    row: Ritual,
    form: Form[VerdictInput],
    *,
    status: int = OK,
) -> Response:
    today = await today_of(session)
    stored = (await list_stored(session, [row.id]))[row.id]
    counts: dict[Any, dict[int, int]] = dict(await count_votes(session, [each.id for each in stored]))
    names = await load_references(session, [row])
    people = await list_participants(session, row)
    kept, said = [read_kept(each) for each in stored], {each.day: each for each in stored}
    found = list_occurrences(read_schedule(row), kept, first=today - 2 * A_YEAR, last=today + AHEAD)
    if row.archived_at is not None:
        found = [each for each in found if each.said]
    lines = [tell_occurrence(row, each, said.get(each.day), today) for each in found]
    ahead = [line for line in lines if line.starts_at.date() >= today and line.state != "kept"]
    told = Told(row, stored, read_votes(stored, counts, today))
    return page(
        request,
        "rituals/show.html",
        status=status,
        line=tell_ritual(told, names[row.host_id][1], today),
        host=names[row.host_id],
        kind=KINDS[row.kind],
        rhythm=tell_rule(read_schedule(row).rule, row.starts_at.date()),
        length=say_duration(row.duration_minutes),
        people=people,
        invited=word_count(len(people), "person") if len(people) == 1 else f"{len(people)} people",
        ahead=ahead[:MOST_AHEAD],
        past=[line for line in reversed(lines) if line not in ahead],
        **await _gather_verdicts(session, person, row, form),
    )
