"""Reading change requests: of a value, of a desk, of a closed review, and what a mail of the day tells."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.change_requests import RequestState
from app.domain.period_locks import may_correct
from app.domain.periods import Period
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.reviews import ReviewStatus, reviewing_month
from app.domain.states import Key
from app.models.change_requests import ChangeRequest, ChangeRequestFilter
from app.models.kpis import Kpi
from app.models.owners import Owner
from app.models.reviews import Review
from app.queries._find import find_one, list_page
from app.queries._hidden import tell_hidden

READ = Permission.METRICS_READ


class LastRequest(NamedTuple):
    """What was last asked for at a place, and by whom."""

    request: ChangeRequest
    asked_by: str


class OpenRequest(NamedTuple):
    """A request that waits, in words, with what is known now of the value that it is about.

    `hidden_below`: of a value that is kept back, below how many people nothing is told.
    """

    code: str
    version: int
    kpi: str
    kpi_code: str
    unit: str
    department: str | None
    period: str
    value: Decimal
    reason: str
    asked_by: str
    asked_on: date
    current: Decimal | None
    not_applicable: bool
    hidden_below: int | None


class ToldRequest(NamedTuple):
    """A request as a mail tells it: of which value, whose it is, and what became of it."""

    asked_by_id: UUID
    asked_by: str
    kpi: str
    period: str
    review: str
    asked_on: date
    state: RequestState
    answered_on: date | None
    answered_by: str | None
    answer: str | None


def visible_change_requests(actor: Actor) -> Select[ChangeRequest]:
    """Every request, with whose it is; for a bound client those of its departments."""
    require(actor, READ)
    # It names people, and what they would rather have said.
    require(actor, Permission.DIRECTORY_READ)
    statement = select(ChangeRequest)
    if actor.sees is None:
        return statement
    return statement.where(col(ChangeRequest.department_id).in_(actor.sees))


async def find_change_request(session: AsyncSession, reference: str, *, actor: Actor) -> ChangeRequest:
    """One change request by id or code."""
    row = await find_one(session, visible_change_requests(actor), ChangeRequest, reference)
    require(actor, READ, on=Place(row.department_id))
    return row


async def hold_change_request(session: AsyncSession, reference: str, *, actor: Actor) -> ChangeRequest:
    """One change request, kept as it is until the transaction ends.

    Its KPI is taken first, as by everybody who writes values or asks: so nobody waits in a circle.
    """
    row = await find_change_request(session, reference, actor=actor)
    kpi = select(col(Kpi.id)).where(col(Kpi.id) == row.kpi_id).with_for_update(key_share=True)
    await session.execute(kpi)
    await session.refresh(row, with_for_update=True)
    return row


async def list_change_requests(
    session: AsyncSession, filters: ChangeRequestFilter, *, actor: Actor
) -> tuple[Sequence[ChangeRequest], str | None]:
    """A page of change requests."""
    return await list_page(session, visible_change_requests(actor), ChangeRequest, filters, actor=actor)


async def find_open_request(session: AsyncSession, kpi_id: UUID, key: Key) -> ChangeRequest | None:
    """The request that waits at a place. Who holds the KPI may rely on it."""
    return await session.scalar(
        select(ChangeRequest).where(
            col(ChangeRequest.kpi_id) == kpi_id,
            col(ChangeRequest.department_id).is_not_distinct_from(key.department),
            col(ChangeRequest.period) == key.period.text,
            col(ChangeRequest.state) == RequestState.OPEN,
        )
    )


async def find_locking_review(session: AsyncSession, period: Period) -> UUID | None:
    """The closed review that locks a period, if one does."""
    return await session.scalar(
        select(col(Review.id)).where(
            col(Review.code) == reviewing_month(period.last_day), col(Review.status) == ReviewStatus.CLOSED
        )
    )


async def count_change_requests(session: AsyncSession) -> int:
    """How many there ever were: none vanishes."""
    return (await session.execute(select(func.count()).select_from(ChangeRequest))).scalar_one()


async def list_last_requests(
    session: AsyncSession, kpis: Collection[UUID], periods: Collection[Period]
) -> dict[tuple[UUID, UUID | None, str], LastRequest]:
    """What was last asked for of these KPIs in these periods, by KPI, department and period.

    For whoever owes the values.
    """
    statement = (
        select(ChangeRequest, col(Owner.name))
        .join(Owner, col(Owner.id) == col(ChangeRequest.asked_by_id))
        .where(
            col(ChangeRequest.kpi_id).in_(kpis),
            col(ChangeRequest.period).in_({period.text for period in periods}),
        )
        .order_by(col(ChangeRequest.id))
    )
    # Of those of one place the last one stays: codes and ids are in the order of asking.
    rows = await session.execute(statement)
    return {(row.kpi_id, row.department_id, row.period): LastRequest(row, name) for row, name in rows}


_OPEN = text(
    """
select r.code, r.version, k.name, k.code, k.unit, d.name, r.period, trim_scale(r.value), r.reason, o.name,
       r.asked_on, case when m.suppressed then null else trim_scale(m.value) end,
       coalesce(m.not_applicable, false), HIDDEN
from change_requests r
join kpis k on k.id = r.kpi_id
join owners o on o.id = r.asked_by_id
left join departments d on d.id = r.department_id
left join measurements m on m.kpi_id = r.kpi_id and m.department_id is not distinct from r.department_id
    and m.period = r.period and m.known_to is null and not m.withdrawn
where r.review_id = :review and r.state = 'open'
order by r.id
""".replace("HIDDEN", tell_hidden("m"))
)


async def list_open_requests(session: AsyncSession, review_id: UUID, *, actor: Actor) -> list[OpenRequest]:
    """What waits for an answer in the closed month of a review; nothing for who may not correct it."""
    if not may_correct(actor):
        return []
    return [OpenRequest(*row) for row in await session.execute(_OPEN, {"review": review_id})]


_TOLD = text("""
select r.asked_by_id, o.name, k.name, r.period, v.code, r.asked_on, r.state, r.answered_on, r.answered_by,
       r.answer
from change_requests r
join kpis k on k.id = r.kpi_id
join owners o on o.id = r.asked_by_id
join reviews v on v.id = r.review_id
where r.state = 'open' or r.answered_on >= :since
order by r.id
""")


async def list_requests_to_tell(session: AsyncSession, since: date) -> list[ToldRequest]:
    """What waits for an answer, and what was answered since a day: for mails, each to their own."""
    rows = await session.execute(_TOLD, {"since": since})
    return [ToldRequest(*row)._replace(state=RequestState(row.state)) for row in rows]
