"""Reading reviews as records: their list, one of them, who is expected, what was parked. No facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.domain.change_requests import RequestState
from app.domain.period_locks import may_correct
from app.domain.permissions import Actor, Permission, Role, may, require
from app.domain.reviews import CHAIR_ROLES, ReviewStatus, may_name_chair
from app.errors import Forbidden
from app.models.change_requests import ChangeRequest
from app.models.departments import Department
from app.models.owners import Owner
from app.models.reviews import ParkedItem, ParkedItemFilter, Review, ReviewFilter
from app.queries._find import find_one, list_page, resolve_reference

READ = Permission.REVIEWS_READ


def visible_reviews(actor: Actor, *, to: Permission = READ) -> Select[Review]:
    """Every review. It compares departments: for those who see all of them."""
    require_whole(actor, to)
    return select(Review)


def require_whole(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden unless the actor may, and sees every department."""
    require(actor, permission)
    if actor.sees is not None:
        raise Forbidden("A review compares departments: a client bound to some of them has no part in it.")


async def find_review(
    session: AsyncSession, reference: str, *, actor: Actor, to: Permission = READ, lock: bool = False
) -> Review:
    """One review by its month or id."""
    return await find_one(session, visible_reviews(actor, to=to), Review, reference, lock=lock)


async def list_reviews(
    session: AsyncSession, filters: ReviewFilter, *, actor: Actor
) -> tuple[Sequence[Review], str | None]:
    """A page of reviews, in the order of opening."""
    return await list_page(session, visible_reviews(actor), Review, filters, actor=actor)


class ReviewRow(NamedTuple):
    """A review with the name of its chair."""

    review: Review
    chair: str | None


async def list_recent_reviews(session: AsyncSession, *, actor: Actor, most: int = 60) -> list[ReviewRow]:
    """The latest months first."""
    chairs = visible_reviews(actor).outerjoin(Owner, col(Owner.id) == col(Review.chair_id))
    rows = chairs.add_columns(col(Owner.name)).order_by(col(Review.code).desc()).limit(most)
    return [ReviewRow(*row) for row in await session.execute(rows)]


async def has_review(session: AsyncSession, period: str) -> bool:
    """Is there a review of this month?"""
    found = select(col(Review.id)).where(col(Review.code) == period)
    return (await session.execute(found)).first() is not None


def newest_chair() -> ScalarSelect[UUID]:
    """Who chairs the newest review, as part of a statement; who could not chair any more does not count."""
    chairs = select(col(Owner.id)).join(Review, col(Review.chair_id) == col(Owner.id))
    newest = chairs.where(_could_chair())
    return newest.order_by(col(Review.code).desc()).limit(1).scalar_subquery()


def _could_chair() -> ColumnElement[bool]:
    return and_(col(Owner.role).in_(CHAIR_ROLES), col(Owner.active), col(Owner.archived_at).is_(None))


async def list_chair_choices(session: AsyncSession, *, actor: Actor) -> list[tuple[str, str]]:
    """E-mail and name of those who may chair, by name, for whoever may choose among them; else nobody."""
    if not may_name_chair(actor):
        return []
    people = select(col(Owner.email), col(Owner.name)).where(_could_chair())
    rows = await session.execute(people.order_by(func.lower(col(Owner.name)), col(Owner.id)))
    return [(email, name) for email, name in rows]


async def find_chair(session: AsyncSession) -> UUID | None:
    """Who chairs the newest review: the one to whom kept-or-missed records are open besides their person."""
    return (await session.execute(select(newest_chair()))).scalar_one()


async def list_open_reviews(session: AsyncSession) -> list[str]:
    """The months whose review is not closed."""
    open_ones = select(col(Review.code)).where(col(Review.status) != ReviewStatus.CLOSED)
    return list(await session.scalars(open_ones.order_by(col(Review.code))))


async def count_closed_after(session: AsyncSession, period: str) -> int:
    """How many reviews of later months are closed."""
    later = select(func.count()).where(col(Review.code) > period, col(Review.status) == ReviewStatus.CLOSED)
    return (await session.execute(later)).scalar_one()


async def hold_review(session: AsyncSession, review: Review) -> Review:
    """The review as it is now: closing waits until this transaction has ended, others who capture do not."""
    await session.refresh(review, with_for_update={"read": True})
    return review


async def hold_open_reviews(session: AsyncSession) -> None:
    """None of the reviews that are open now closes until this transaction has ended."""
    open_ones = select(col(Review.id)).where(col(Review.status) != ReviewStatus.CLOSED)
    await session.execute(open_ones.order_by(col(Review.code)).with_for_update(read=True))


async def read_instant(session: AsyncSession) -> datetime:
    """What time it is at this moment, by the one clock of the database: not when the transaction began."""
    instant: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return instant


class CallingReview(NamedTuple):
    """A review that calls somebody: it is in session, or changes of its closed month are asked for."""

    code: str
    is_held: bool
    asked: int


async def list_calling_reviews(session: AsyncSession, *, actor: Actor) -> list[CallingReview]:
    """The reviews that call somebody, the newest first. Of requests only those hear who may answer them."""
    if not may(actor, READ) or actor.sees is not None:
        return []
    mine = (col(ChangeRequest.review_id) == col(Review.id), col(ChangeRequest.state) == RequestState.OPEN)
    asked: Any = select(func.count()).where(*mine).scalar_subquery() if may_correct(actor) else literal(0)
    is_held: Any = col(Review.status) == ReviewStatus.IN_SESSION
    calling = select(col(Review.code), is_held, asked).where(or_(is_held, asked > 0))
    return [CallingReview(*row) for row in await session.execute(calling.order_by(col(Review.code).desc()))]


async def find_first_leader(session: AsyncSession) -> UUID | None:
    """The executive to whom the most others report, above whom there is none; None: there is no executive."""
    report = aliased(Owner)
    reports = select(func.count()).where(col(report.manager_id) == col(Owner.id)).scalar_subquery()
    first = (
        select(col(Owner.id))
        .where(col(Owner.role) == Role.EXECUTIVE, col(Owner.active), col(Owner.archived_at).is_(None))
        .order_by(col(Owner.manager_id).is_not(None), reports.desc(), col(Owner.id))
        .limit(1)
    )
    found: UUID | None = await session.scalar(first)
    return found


async def list_expected(session: AsyncSession) -> list[UUID]:
    """Whom a review expects: the executives, and the heads of departments that are open."""
    heads = select(col(Department.head_id)).where(
        col(Department.active), col(Department.archived_at).is_(None), col(Department.head_id).is_not(None)
    )
    leaders = select(col(Owner.id)).where(
        col(Owner.active),
        col(Owner.archived_at).is_(None),
        (col(Owner.role) == Role.EXECUTIVE) | col(Owner.id).in_(heads),
    )
    return list((await session.scalars(leaders.order_by(func.lower(col(Owner.email))))).all())


async def find_parked_item(
    session: AsyncSession, reference: str, *, actor: Actor, to: Permission = READ, lock: bool = False
) -> ParkedItem:
    """One parked item by id or code."""
    require_whole(actor, to)
    return await find_one(session, select(ParkedItem), ParkedItem, reference, lock=lock)


async def list_parked_items(
    session: AsyncSession, filters: ParkedItemFilter, *, actor: Actor
) -> tuple[Sequence[ParkedItem], str | None]:
    """A page of what was parked, of all reviews or of one; what was taken back only where it is asked for."""
    require_whole(actor, READ)
    statement = select(ParkedItem)
    if filters.review:
        review = await resolve_reference(session, "reviews", filters.review, "?review", actor=actor)
        statement = statement.where(col(ParkedItem.review_id) == review)
    plain = filters.model_copy(update={"review": None})
    return await list_page(session, statement, ParkedItem, plain, actor=actor)


async def count_parked_items(session: AsyncSession) -> int:
    """How many there ever were: none vanishes."""
    return (await session.execute(select(func.count()).select_from(ParkedItem))).scalar_one()
