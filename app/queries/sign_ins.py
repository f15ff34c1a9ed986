"""Reading who is signed in: the person behind a browser's token, their sign-ins, and tries that failed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Role
from app.models.owners import Owner
from app.models.sign_ins import LinkPurpose, Password, PasswordLink, SignIn
from app.queries.actors import ROLE_IN_FORCE, read_person
from app.queries.organization import today_there

IDLE_HOURS = 12
LONGEST_DAYS = 30


class SignedIn(NamedTuple):
    """A browser that is signed in, and the person who acts through it."""

    id: UUID
    actor: Actor


_FIND = text(
    """
select s.id as sign_in_id, o.id as owner_id, o.name as owner_name, {role} as role,
       (with recursive below(id) as (
            select o.department_id where o.role = 'head'
            union
            select d.id from departments d join below b on d.parent_id = b.id)
        select array_agg(id) from below where id is not null) as departments
from sign_ins s
join owners o on o.id = s.owner_id and o.archived_at is null and o.active
    and ({role}) is not null
where s.token_hash = :token and s.ended_at is null
  and s.seen_at > now() - make_interval(hours => :idle)
  and s.made_at > now() - make_interval(days => :longest)
""".replace("{role}", ROLE_IN_FORCE)
)


def hash_token(token: str) -> bytes:
    """The form in which a token is kept. It is random, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()


def name_account(email: str) -> bytes:
    """The subject under which failed tries of an account are counted, whether it exists or not."""
    return hash_token(f"a:{email.lower()}")


def name_address(address: str) -> bytes:
    """The subject under which failed tries from a network address are counted."""
    return hash_token(f"n:{address}")


async def find_signed_in(session: AsyncSession, token: str) -> SignedIn | None:
    """Who is signed in with a token, or None: ended, idle for too long, too old, or without a role."""
    parameters = {"token": hash_token(token), "idle": IDLE_HOURS, "longest": LONGEST_DAYS}
    row: Any = (await session.execute(_FIND, parameters)).one_or_none()
    return None if row is None else SignedIn(row.sign_in_id, read_person(row))


async def find_last_visit(session: AsyncSession, person: UUID, *, now_in: UUID) -> datetime | None:
    """When a person was last here before the sign-in they look through now; None for a first visit."""
    begun = select(col(SignIn.made_at)).where(col(SignIn.id) == now_in).scalar_subquery()
    statement = select(func.max(col(SignIn.seen_at))).where(
        col(SignIn.owner_id) == person, col(SignIn.id) != now_in, col(SignIn.made_at) < begun
    )
    found: datetime | None = await session.scalar(statement)
    return found


async def find_password(session: AsyncSession, email: str) -> tuple[Owner, str] | None:
    """The person of an e-mail address who may sign in, and the hash of their password."""
    statement = (
        select(Owner, col(Password.hash))
        .join(Password, col(Password.owner_id) == col(Owner.id))
        .where(
            func.lower(col(Owner.email)) == email.lower(),
            col(Owner.active),
            col(Owner.archived_at).is_(None),
            col(Owner.role).is_not(None),
            or_(col(Owner.role_until).is_(None), col(Owner.role_until) >= today_there()),
        )
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def find_own_password(session: AsyncSession, owner_id: UUID) -> tuple[Owner, str | None]:
    """A person and the hash of their password, if they have one."""
    statement = (
        select(Owner, col(Password.hash))
        .outerjoin(Password, col(Password.owner_id) == col(Owner.id))
        .where(col(Owner.id) == owner_id)
    )
    owner, hashed = (await session.execute(statement)).one()
    return owner, hashed


class WayIn(NamedTuple):
    """How a person gets in: their password and since when, the link that works, and in how many browsers."""

    password_since: datetime | None
    link_until: datetime | None
    browsers: int


_WAY_IN = text("""
select (select changed_at from passwords where owner_id = :owner) as password_since,
       (select max(expires_at) from password_links
        where owner_id = :owner and used_at is null and expires_at > now()) as link_until,
       (select count(*) from sign_ins
        where owner_id = :owner and ended_at is null
          and seen_at > now() - make_interval(hours => :idle)
          and made_at > now() - make_interval(days => :longest)) as browsers
""")


async def find_way_in(session: AsyncSession, owner_id: UUID) -> WayIn:
    """What an administrator may know of how a person gets in."""
    parameters = {"owner": owner_id, "idle": IDLE_HOURS, "longest": LONGEST_DAYS}
    return WayIn(*(await session.execute(_WAY_IN, parameters)).one())


async def find_link(session: AsyncSession, token: str, *, lock: bool = False) -> PasswordLink | None:
    """A link that still works, or None."""
    statement = select(PasswordLink).where(
        col(PasswordLink.token_hash) == hash_token(token),
        col(PasswordLink.used_at).is_(None),
        col(PasswordLink.expires_at) > func.now(),
    )
    return await session.scalar(statement.with_for_update() if lock else statement)


async def needs_first_run(session: AsyncSession) -> bool:
    """Is there nobody yet who could let others in?"""
    admins = select(col(Owner.id)).where(
        col(Owner.role) == Role.ADMIN, col(Owner.active), col(Owner.archived_at).is_(None)
    )
    return (await session.execute(admins.limit(1))).first() is None


async def find_first_run_code(session: AsyncSession, code: str, *, lock: bool = False) -> PasswordLink | None:
    """The one-time code of an installation that nobody administers yet, or None when it is another one."""
    link = await find_link(session, code, lock=lock)
    if link is None or link.purpose is not LinkPurpose.FIRST_RUN or not await needs_first_run(session):
        return None
    return link


# Of the demo organization's people those who show what each role sees.
_DEMO_CAST = text("""
select distinct on (o.role) o.id
from owners o join organization g on g.is_demo
where o.role is not null and o.active and o.archived_at is null
order by o.role, o.id
""")


async def list_demo_cast(session: AsyncSession) -> Sequence[Owner]:
    """One person of each role, while the demo organization is loaded; else nobody."""
    ids = (await session.execute(_DEMO_CAST)).scalars().all()
    return (
        await session.scalars(select(Owner).where(col(Owner.id).in_(ids)).order_by(col(Owner.name)))
    ).all()


async def list_sign_ins(session: AsyncSession, owner_id: UUID) -> Sequence[SignIn]:
    """Where a person is signed in, the newest first."""
    statement = (
        select(SignIn)
        .where(
            col(SignIn.owner_id) == owner_id,
            col(SignIn.ended_at).is_(None),
            col(SignIn.seen_at) > func.now() - text(f"interval '{IDLE_HOURS} hours'"),
            col(SignIn.made_at) > func.now() - text(f"interval '{LONGEST_DAYS} days'"),
        )
        .order_by(col(SignIn.id).desc())
    )
    return (await session.scalars(statement)).all()
