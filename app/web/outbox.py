"""`/outbox`: what Coxswain wrote to me, whether I want its mail of the day, and what was sent to all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.actions.digests import choose_digest
from app.deps import SessionDep
from app.domain.letters import Part, read_letter
from app.domain.permissions import Permission, may
from app.models.mails import Mail, MailKind, MailState
from app.queries.mails import (
    Envelope,
    count_states,
    find_own_mail,
    list_envelopes,
    list_own_mails,
    wants_digest,
)
from app.queries.organization import zone_of
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none, read_form
from app.web.render import done, page
from app.web.times import Clock, read_clock

router = APIRouter(include_in_schema=False)
_KINDS = {
    MailKind.DIGEST: "What waits for you",
    MailKind.REVIEW_OPENED: "A review is opened",
    MailKind.REVIEW_SUMMARY: "Summary of a review",
}
_STATES = {
    MailState.WAITING: ("on its way", "amber"),
    MailState.SENT: ("sent", "green"),
    MailState.FAILED: ("not delivered", "red"),
    MailState.KEPT: ("read here", ""),
}


class DigestForm(Contract):
    """Does the person want the mail of the day?"""

    wanted: bool = False


class SentQuery(Contract):
    """Mails of which state are shown."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    state: Annotated[MailState | None, BeforeValidator(blank_is_none)] = None


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail to the person who looks."""

    href: str
    subject: str
    kind: str
    at: str
    state: str
    tone: str
    blocks: list[list[Part]]


@dataclass(frozen=True, slots=True)
class EnvelopeLine:
    """A mail to anybody, as an administrator sees it."""

    to: str
    address: str
    kind: str
    at: str
    state: str
    tone: str
    note: str | None


@dataclass(frozen=True, slots=True)
class StateChip:
    """How many mails are in a state, as a filter."""

    text: str
    href: str
    tone: str
    is_chosen: bool


@router.get("/outbox")
async def show_outbox(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """What was written to me, and whether I want the mail of the day."""
    clock = read_clock(await zone_of(session))
    mails = await list_own_mails(session, actor=person)
    return page(
        request,
        "outbox/list.html",
        lines=[_tell_mail(mail, clock) for mail in mails],
        wanted=await wants_digest(session, person.id),
        may_see_all=may(person, Permission.ROLES_WRITE),
    )


@router.get("/outbox/sent")
async def show_sent(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[SentQuery, Query()]
) -> Response:
    """To whom mails went and what became of them; never what they say."""
    envelopes = await list_envelopes(session, state=asked.state, actor=person)
    counts = await count_states(session, actor=person)
    clock = read_clock(await zone_of(session))
    return page(
        request,
        "outbox/sent.html",
        lines=[_tell_envelope(each, clock) for each in envelopes],
        chips=_make_chips(counts, asked.state),
    )


@router.get("/outbox/{mail}")
async def show_mail(request: Request, session: SessionDep, person: PersonDep, mail: UUID) -> Response:
    """One mail to me."""
    found = await find_own_mail(session, mail, actor=person)
    return page(request, "outbox/show.html", mail=_tell_mail(found, read_clock(await zone_of(session))))


@router.post("/outbox/digest")
async def choose_own_digest(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Starts or stops the mail of the day for me."""
    form = await read_form(request, DigestForm)
    wanted = form.data is not None and form.data.wanted
    await choose_digest(session, wanted=wanted, actor=person)
    said = "You get the mail of the day." if wanted else "The mail of the day is stopped."
    return done(request, [("outbox/_wish.html", {"wanted": wanted})], to="/outbox", said=said)


def _tell_mail(mail: Mail, clock: Clock) -> MailLine:
    state, tone = _STATES[mail.state]
    return MailLine(
        href=f"/outbox/{mail.id}",
        subject=mail.subject,
        kind=_KINDS[mail.kind],
        at=clock.say(mail.created_at),
        state=state,
        tone=tone,
        blocks=read_letter(mail.body),
    )


def _tell_envelope(each: Envelope, clock: Clock) -> EnvelopeLine:
    state, tone = _STATES[each.state]
    tries = [f"{each.attempts} tries"] if each.attempts > 1 else []
    return EnvelopeLine(
        to=each.to,
        address=each.address,
        kind=_KINDS[each.kind],
        at=clock.say(each.sent_at or each.created_at),
        state=state,
        tone=tone,
        note=": ".join([*tries, each.last_error]) if each.last_error else None,
    )


def _make_chips(counts: dict[MailState, int], chosen: MailState | None) -> Sequence[StateChip]:
    return [
        StateChip(
            text=f"{counts.get(state, 0):,} {_STATES[state][0]}",
            href="/outbox/sent" if state is chosen else f"/outbox/sent?state={state.value}",
            tone=_STATES[state][1],
            is_chosen=state is chosen,
        )
        for state in MailState
        if counts.get(state) or state is chosen
    ]
