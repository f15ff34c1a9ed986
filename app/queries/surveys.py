"""Reading surveys and who is asked. Answers are read in `survey_answers`."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, ActorKind, Permission, Place, may, require
from app.domain.survey_cells import Invitee
from app.domain.surveys import SurveyStatus
from app.domain.words import Level, NodeStatus
from app.models.departments import Department
from app.models.goals import Goal
from app.models.owners import Owner
from app.models.surveys import Survey, SurveyFilter, SurveyInvitation
from app.queries._find import find_one, list_page
from app.queries.organization import today_there


def visible_surveys(actor: Actor, *, to: Permission = Permission.SURVEYS_READ) -> Select[Survey]:
    """Every survey; drafts for those who may write them."""
    require(actor, to)
    statement = select(Survey)
    if may(actor, Permission.SURVEYS_WRITE, on=Place()):
        return statement
    return statement.where(col(Survey.status) != SurveyStatus.DRAFT)


async def find_survey(
    session: AsyncSession,
    reference: str,
    *,
    actor: Actor,
    to: Permission = Permission.SURVEYS_READ,
    lock: bool = False,
) -> Survey:
    """One survey by id or code."""
    survey = await find_one(session, visible_surveys(actor, to=to), Survey, reference, lock=lock)
    require(actor, to, on=Place())
    return survey


async def list_surveys(
    session: AsyncSession, filters: SurveyFilter, *, actor: Actor
) -> tuple[Sequence[Survey], str | None]:
    """A page of surveys."""
    return await list_page(session, visible_surveys(actor), Survey, filters, actor=actor)


async def count_left(session: AsyncSession, surveys: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many of the invited have not answered, by survey."""
    left = (
        select(col(SurveyInvitation.survey_id), func.count())
        .where(col(SurveyInvitation.survey_id).in_(surveys))
        .group_by(col(SurveyInvitation.survey_id))
    )
    return {row[0]: row[1] for row in await session.execute(left)} if surveys else {}


async def list_own_surveys(session: AsyncSession, *, actor: Actor) -> Sequence[Survey]:
    """The open surveys that a person can still answer, the one that ends next first.

    No permission is asked: the invitation is it.
    """
    if actor.kind is not ActorKind.PERSON:
        return []
    in_time = or_(col(Survey.closes_on).is_(None), col(Survey.closes_on) >= today_there())
    mine = select(col(SurveyInvitation.survey_id)).where(col(SurveyInvitation.owner_id) == actor.id)
    statement = (
        select(Survey)
        .where(col(Survey.id).in_(mine), col(Survey.status) == SurveyStatus.OPEN, in_time)
        .order_by(col(Survey.closes_on).asc().nulls_last(), col(Survey.id))
    )
    return (await session.scalars(statement)).all()


class InviteeRow(NamedTuple):
    """Somebody who is asked, and where they stand."""

    owner: UUID
    stands: Invitee


async def list_audience(session: AsyncSession, survey: Survey) -> list[InviteeRow]:
    """Everybody a survey asks: active people of its levels in its departments and all below them."""
    leads = select(col(Department.id)).where(
        col(Department.head_id) == col(Owner.id), col(Department.archived_at).is_(None)
    )
    statement = select(col(Owner.id), col(Owner.department_id), col(Owner.level), leads.exists()).where(
        col(Owner.active), col(Owner.archived_at).is_(None)
    )
    if survey.levels:
        statement = statement.where(col(Owner.level).in_([Level(each) for each in survey.levels]))
    if survey.departments:
        below = _below([UUID(each) for each in survey.departments])
        heads = select(col(Department.head_id)).where(
            col(Department.id).in_(below), col(Department.head_id).is_not(None)
        )
        home = col(Owner.department_id)
        statement = statement.where(or_(home.in_(below), col(Owner.id).in_(heads)))
    rows = await session.execute(statement.order_by(col(Owner.id)))
    return [InviteeRow(row[0], Invitee(row[1], row[2] and row[2].value, is_leader=row[3])) for row in rows]


def _below(departments: Sequence[UUID]) -> Select[UUID]:
    tree = select(col(Department.id)).where(col(Department.id).in_(departments)).cte("below", recursive=True)
    tree = tree.union(select(col(Department.id)).where(col(Department.parent_id) == tree.c.id))
    return select(tree.c.id)


async def read_department_tree(session: AsyncSession) -> dict[UUID, UUID | None]:
    """Every department with the one above it."""
    rows = await session.execute(select(col(Department.id), col(Department.parent_id)))
    return {row[0]: row[1] for row in rows}


def read_parents(frozen: Mapping[str, str | None]) -> dict[UUID, UUID | None]:
    """The tree of departments as it was kept when a survey closed."""
    return {UUID(node): None if parent is None else UUID(parent) for node, parent in frozen.items()}


async def list_rankable_goals(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Code and title of every live goal, the first in rank first: what a survey may ask everybody about."""
    statement = (
        select(col(Goal.code), col(Goal.title))
        .where(col(Goal.status) == NodeStatus.ACTIVE, col(Goal.archived_at).is_(None))
        .order_by(col(Goal.rank).asc().nulls_last(), col(Goal.code))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


class InvitedRow(NamedTuple):
    """An invitation without a link, and whose it is."""

    invitation: SurveyInvitation
    email: str
    name: str


async def list_invited(session: AsyncSession, survey: Survey) -> list[InvitedRow]:
    """The invitations of a survey for which no link was given out yet, locked."""
    statement = (
        select(SurveyInvitation, col(Owner.email), col(Owner.name))
        .join(Owner, col(Owner.id) == col(SurveyInvitation.owner_id))
        .where(and_(col(SurveyInvitation.survey_id) == survey.id, col(SurveyInvitation.token_hash).is_(None)))
        .order_by(func.lower(col(Owner.email)))
        .with_for_update(of=SurveyInvitation)
    )
    return [InvitedRow(*row) for row in await session.execute(statement)]
