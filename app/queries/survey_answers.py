"""Reading who may answer: by the token of a link, or by their own invitation; and answers without names."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, ActorKind
from app.errors import NotFound
from app.models.departments import Department
from app.models.owners import Owner
from app.models.surveys import Survey, SurveyAnswer, SurveyInvitation
from app.queries._find import matches_reference
from app.queries.sign_ins import hash_token

NOT_INVITED = "There is no open invitation: it was used already, or it never was one."


class Ticket(NamedTuple):
    """What lets somebody answer: the hash of a token, or who they are."""

    token_hash: bytes | None
    owner: UUID | None


def make_ticket(token: str | None, actor: Actor | None) -> Ticket:
    """A token goes first: whoever follows a link answers by it, whoever is signed in."""
    if token is not None:
        return Ticket(hash_token(token), None)
    if actor is None or actor.kind is not ActorKind.PERSON:
        raise NotFound(NOT_INVITED)
    return Ticket(None, actor.id)


def _holds(ticket: Ticket) -> ColumnElement[bool]:
    if ticket.token_hash is not None:
        return col(SurveyInvitation.token_hash) == ticket.token_hash
    return col(SurveyInvitation.owner_id) == ticket.owner


async def find_ticket(session: AsyncSession, reference: str, ticket: Ticket) -> UUID:
    """The survey that a ticket is for. No permission is asked: the invitation is it."""
    statement = (
        select(col(Survey.id))
        .join(SurveyInvitation, col(SurveyInvitation.survey_id) == col(Survey.id))
        .where(matches_reference(Survey, reference), _holds(ticket))
    )
    found: UUID | None = None if "\x00" in reference else await session.scalar(statement)
    if found is None:
        raise NotFound(NOT_INVITED)
    return found


async def find_invitation(session: AsyncSession, survey_id: UUID, ticket: Ticket) -> SurveyInvitation:
    """The invitation behind a ticket, or NotFound when it was used."""
    statement = select(SurveyInvitation).where(col(SurveyInvitation.survey_id) == survey_id, _holds(ticket))
    invitation = await session.scalar(statement)
    if invitation is None:
        raise NotFound(NOT_INVITED)
    return invitation


async def read_own_group(
    session: AsyncSession, survey_id: UUID, ticket: Ticket
) -> tuple[str | None, str | None]:
    """What will be kept beside somebody's answers: the name of a department, and a level."""
    statement = (
        select(col(Department.name), col(SurveyInvitation.level))
        .select_from(SurveyInvitation)
        .outerjoin(Department, col(Department.id) == col(SurveyInvitation.department_id))
        .where(col(SurveyInvitation.survey_id) == survey_id, _holds(ticket))
    )
    row = (await session.execute(statement)).first()
    return (row[0], row[1]) if row else (None, None)


async def find_asked_survey(session: AsyncSession, token: str) -> Survey:
    """The survey behind the token of a link, to show its questions."""
    statement = (
        select(Survey)
        .join(SurveyInvitation, col(SurveyInvitation.survey_id) == col(Survey.id))
        .where(col(SurveyInvitation.token_hash) == hash_token(token))
    )
    survey = await session.scalar(statement)
    if survey is None:
        raise NotFound(NOT_INVITED)
    return survey


async def find_own_survey(session: AsyncSession, reference: str, *, actor: Actor) -> Survey:
    """A survey that a person is invited to and has not answered, to show its questions."""
    survey_id = await find_ticket(session, reference, make_ticket(None, actor))
    return await session.get_one(Survey, survey_id)


async def list_invitations(session: AsyncSession, survey_id: UUID) -> list[tuple[SurveyInvitation, str]]:
    """Every open invitation of a survey with the e-mail address of whose it is."""
    statement = (
        select(SurveyInvitation, col(Owner.email))
        .join(Owner, col(Owner.id) == col(SurveyInvitation.owner_id))
        .where(col(SurveyInvitation.survey_id) == survey_id)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_answers(session: AsyncSession, survey_id: UUID) -> Sequence[SurveyAnswer]:
    """The answers of a survey, for computing from them; no door shows them."""
    statement = select(SurveyAnswer).where(col(SurveyAnswer.survey_id) == survey_id)
    return (await session.scalars(statement)).all()
