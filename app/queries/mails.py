"""Reading mails, and who is written to. What a mail says is in `domain.digests`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, require
from app.errors import NotFound
from app.models.departments import Department
from app.models.mails import DigestDay, Mail, MailKind, MailState, WithoutDigest
from app.models.owners import Owner
from app.queries.actors import ROLE_IN_FORCE, read_person

MAILS_SHOWN = 50


class DigestReader(NamedTuple):
    """Somebody who may get a mail: who acts as them, their address, who leads them, and do they want it."""

    actor: Actor
    email: str
    lead: UUID | None
    wants_digest: bool


# A person's lead is who they report to, else the head of their department, else that of the one above.
_READERS = text(
    """
select o.id as owner_id, o.name as owner_name, o.email, {role} as role,
       coalesce(o.manager_id, nullif(d.head_id, o.id), nullif(above.head_id, o.id)) as lead,
       not exists (select from without_digest w where w.owner_id = o.id) as wants_digest,
       (with recursive below(id) as (
            select o.department_id where o.role = 'head'
            union
            select d.id from departments d join below b on d.parent_id = b.id)
        select array_agg(id) from below where id is not null) as departments
from owners o
left join departments d on d.id = o.department_id
left join departments above on above.id = d.parent_id
where o.active and o.archived_at is null and ({role}) is not null
order by o.id
""".replace("{role}", ROLE_IN_FORCE)
)


async def list_digest_readers(session: AsyncSession) -> list[DigestReader]:
    """Everybody who is active and has a role today."""
    rows: Any = await session.execute(_READERS)
    return [DigestReader(read_person(row), row.email, row.lead, row.wants_digest) for row in rows]


async def find_last_digest_day(session: AsyncSession) -> date | None:
    """The last day whose digests are written."""
    found: date | None = await session.scalar(select(func.max(col(DigestDay.day))))
    return found


async def wants_digest(session: AsyncSession, person: UUID) -> bool:
    """Does a person get the mail of the day? Everybody does who did not say no."""
    return await session.get(WithoutDigest, person) is None


async def list_own_mails(session: AsyncSession, *, actor: Actor) -> Sequence[Mail]:
    """What was written to the person who asks, the newest first."""
    own = select(Mail).where(col(Mail.owner_id) == actor.id)
    return (await session.scalars(own.order_by(col(Mail.id).desc()).limit(MAILS_SHOWN))).all()


async def find_own_mail(session: AsyncSession, mail: UUID, *, actor: Actor) -> Mail:
    """One mail to the person who asks; that to somebody else is as unknown as one that never was."""
    found = await session.scalar(select(Mail).where(col(Mail.id) == mail, col(Mail.owner_id) == actor.id))
    if found is None:
        raise NotFound("There is no such mail to you.")
    return found


class Envelope(NamedTuple):
    """What an administrator may know of a mail: neither what it says nor its subject."""

    id: UUID
    to: str
    address: str
    kind: MailKind
    state: MailState
    attempts: int
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


async def list_envelopes(
    session: AsyncSession, *, state: MailState | None = None, actor: Actor
) -> list[Envelope]:
    """What was written to anybody, the newest first, for those who look after ways in and out."""
    require(actor, Permission.ROLES_WRITE)
    columns = (col(Mail.id), col(Owner.name), func.coalesce(col(Mail.address), col(Owner.email)))
    rest = (Mail.kind, Mail.state, Mail.attempts, Mail.last_error, Mail.created_at, Mail.sent_at)
    statement: Any = (
        select(*columns, *(col(each) for each in rest))
        .join(Owner, col(Owner.id) == col(Mail.owner_id))
        .order_by(col(Mail.id).desc())
        .limit(MAILS_SHOWN)
    )
    if state is not None:
        statement = statement.where(col(Mail.state) == state)
    return [Envelope(*row) for row in await session.execute(statement)]


async def count_states(session: AsyncSession, *, actor: Actor) -> dict[MailState, int]:
    """How many mails there are in each state."""
    require(actor, Permission.ROLES_WRITE)
    counted = select(col(Mail.state), func.count()).group_by(col(Mail.state))
    return {row[0]: row[1] for row in await session.execute(counted)}


async def list_slots_of(session: AsyncSession) -> dict[UUID, list[str]]:
    """The codes of the departments that each head speaks for."""
    rows: Any = await session.execute(
        select(col(Department.head_id), col(Department.code))
        .where(
            col(Department.active),
            col(Department.archived_at).is_(None),
            col(Department.head_id).is_not(None),
        )
        .order_by(col(Department.code))
    )
    slots: dict[UUID, list[str]] = {}
    for head, code in rows:
        slots.setdefault(head, []).append(code)
    return slots
