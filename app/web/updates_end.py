"""What *My updates* asks after the last row: what peers should know, and whether links still hold."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.actions.links import affirm_link
from app.actions.peer_notes import archive_peer_note, create_peer_note, update_peer_note
from app.deps import SessionDep
from app.domain.permissions import Permission, may, require
from app.domain.permissions import Place as Where
from app.errors import Conflict, Invalid
from app.models.base import PeriodText, Prose, Reference
from app.models.departments import Department
from app.models.peer_notes import PeerNote, PeerNoteInput
from app.queries.links import find_link
from app.queries.updates_around import ContributingLink, find_note_of, list_asked_links
from app.web.deps import PersonDep
from app.web.event_words import say_period
from app.web.forms import VERSION, Contract, Form, read_form
from app.web.render import done, fragments, is_partial, page
from app.web.updates_desk import Desk, open_desk

router = APIRouter(include_in_schema=False)


class NoteForm(Contract):
    """What peers should know."""

    picked: PeriodText | None = None
    period: PeriodText
    department: Reference
    challenge: Prose | None = None
    ask: Prose | None = None


class LinkForm(Contract):
    """From which page a link is affirmed."""

    picked: PeriodText | None = None


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link with its question: does it still hold? `answered` once it was, since the period ended."""

    id: UUID
    source_code: str
    source: str
    target_code: str
    target: str
    rationale: str
    answered: bool
    picked: str


@dataclass(frozen=True, slots=True)
class UpdatesEnd:
    """What comes after the table. `department` is None where the person may write no note."""

    department: Department | None
    period: str
    period_words: str
    picked: str
    note: Form[NoteForm]
    links: list[LinkLine]
    links_left: int
    more_links: str
    said: str = ""


async def make_end(
    session: SessionDep, desk: Desk, *, form: Form[NoteForm] | None = None, after: UUID | None = None
) -> UpdatesEnd:
    """Reads what is asked after the last row: two statements."""
    home = desk.home
    writes = home is not None and may(desk.person, Permission.PEER_NOTES_WRITE, on=Where(home.id))
    note = None
    if home is not None and writes:
        note = await find_note_of(session, home.id, desk.month.text, actor=desk.person)
    since = _find_asking(desk)
    links, total = await list_asked_links(session, since, after=after, actor=desk.person)
    return UpdatesEnd(
        department=home if writes else None,
        period=desk.month.text,
        period_words=say_period(desk.month.text),
        picked=desk.picked.text if desk.picked else "",
        note=form or _fill_note(note),
        links=[_make_line(desk, link) for link in links],
        links_left=total - len(links),
        more_links=_name_more(desk, links[-1]) if links else "",
    )


def _fill_note(note: PeerNote | None) -> Form[NoteForm]:
    """The form of a note as it is; that of none has version 0, so that the first of two is not lost."""
    version = note.version if note else 0
    texts = {"challenge": note.challenge, "ask": note.ask} if note else {"challenge": None, "ask": None}
    return Form(values={**texts, VERSION: version}, version=version)


def _find_asking(desk: Desk) -> datetime:
    """Since when an answer counts: links are asked about once after each period."""
    ended = desk.month.last_day < desk.today
    first = desk.month.last_day + timedelta(days=1) if ended else desk.month.first_day
    return datetime.combine(first, time.min, tzinfo=desk.zone)


def _name_more(desk: Desk, last: ContributingLink) -> str:
    period = {"period": desk.picked.text} if desk.picked else {}
    return f"/updates?{urlencode({**period, 'links_after': last.id})}#updates-links"


def _make_line(desk: Desk, link: ContributingLink) -> LinkLine:
    return LinkLine(
        id=link.id,
        source_code=link.source_code,
        source=link.source,
        target_code=link.target_code,
        target=link.target,
        rationale=link.rationale or "",
        answered=link.answered,
        picked=desk.picked.text if desk.picked else "",
    )


@router.post("/updates/note")
async def save_peer_note(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Tells peers the challenge and the ask of one's department; both blank takes the note back."""
    require(person, Permission.PEER_NOTES_WRITE)
    form = await read_form(request, NoteForm)
    if form.data is None and form.errors.keys() & {"period", "department", "picked"}:
        raise Invalid("The form was not sent whole. Load the page again.")
    desk, status = await open_desk(session, person, form.values.get("picked")), Invalid.status
    if form.data is not None:
        note = await _lock_note(session, desk, form.data)
        now = _fill_note(note)
        if form.is_stale(now.version or 0):
            form.clash(now)
            status = Conflict.status
        elif (said := await _try_note(session, desk, form, note)) is not None:
            end = await make_end(session, desk)
            part = ("updates/_note.html", {"end": end, "said": said})
            return done(request, [part], to=f"{desk.address}#updates-note")
    end = await make_end(session, desk, form=form)
    if is_partial(request):
        return fragments(request, [("updates/_note.html", {"end": end, "said": ""})], status=status)
    return page(request, "updates/note.html", status=status, end=end, address=desk.address, said="")


async def _lock_note(session: SessionDep, desk: Desk, data: NoteForm) -> PeerNote | None:
    """The note that the form is about, kept until the transaction ends."""
    home = desk.home
    if home is None or home.code != data.department:
        return None
    return await find_note_of(session, home.id, data.period, actor=desk.person, lock=True)


async def _try_note(
    session: SessionDep, desk: Desk, form: Form[NoteForm], note: PeerNote | None
) -> str | None:
    """What to say when the note is kept; None when it is refused, which the form then tells."""
    assert form.data is not None  # noqa: S101  (asked before)
    try:
        async with session.begin_nested():
            return await _keep_note(session, desk, form.data, note)
    except (Conflict, Invalid) as error:
        form.refuse(error)
        return None


async def _keep_note(session: SessionDep, desk: Desk, data: NoteForm, note: PeerNote | None) -> str:
    """Makes, changes or takes back the note of a department for a period."""
    texts = {"challenge": data.challenge, "ask": data.ask}
    content = PeerNoteInput(period=data.period, department=data.department, **texts)
    if note is None:
        await create_peer_note(session, content, actor=desk.person)
        return "Your peers will see it."
    if not data.challenge and not data.ask:
        await archive_peer_note(session, note, actor=desk.person)
        return "Taken back."
    await update_peer_note(session, note, content, actor=desk.person)
    return "Your peers will see it."


@router.post("/updates/links/{link}/affirm")
async def affirm_update_link(
    request: Request, session: SessionDep, person: PersonDep, link: UUID
) -> Response:
    """Says that a link still holds."""
    form = await read_form(request, LinkForm)
    desk = await open_desk(session, person, form.data.picked if form.data else None)
    row = await find_link(session, str(link), actor=person, to=Permission.GOALS_WRITE, lock=True)
    await affirm_link(session, row, actor=person)
    links, _ = await list_asked_links(session, _find_asking(desk), only=link, actor=person)
    parts = [("updates/_link.html", {"line": _make_line(desk, each)}) for each in links]
    return done(request, parts, to=f"{desk.address}#updates-links")
