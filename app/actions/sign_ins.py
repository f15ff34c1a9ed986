"""Signing in and out, and setting passwords. Hashes come ready: they are computed outside of transactions."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._audit import record_event
from app.actions._write import add_record, take_lock
from app.domain.permissions import Actor, ActorKind, Permission, Role, permissions_of_role, require
from app.errors import Conflict, Invalid, NotFound
from app.models.owners import Owner
from app.models.sign_ins import FailedTry, LinkPurpose, Password, PasswordLink, SignIn
from app.queries.sign_ins import find_first_run_code, hash_token, name_account, needs_first_run

LINK_DAYS = 7
TOKEN_BYTES = 32
MOST_BROWSER_LETTERS = 200
BAD_CODE = "This code has been used, or is not the one that was printed last."


def make_token() -> str:
    """A random token of 256 bits, as letters that fit into a cookie or an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def start_sign_in(session: AsyncSession, owner: Owner, *, browser: str, actor: Actor) -> str:
    """Signs a person in and forgets their failed tries: the token of the browser, told once."""
    token = make_token()
    session.add(
        SignIn(token_hash=hash_token(token), owner_id=owner.id, browser=browser[:MOST_BROWSER_LETTERS])
    )
    subject = name_account(owner.email)
    await session.execute(delete(FailedTry).where(col(FailedTry.subject) == subject))
    await record_event(session, actor, "signed_in", owner, after={})
    return token


async def end_sign_in(session: AsyncSession, sign_in: UUID, *, actor: Actor) -> None:
    """Ends one of the actor's sign-ins, at once."""
    ended = await session.execute(
        update(SignIn)
        .where(col(SignIn.id) == sign_in, col(SignIn.owner_id) == actor.id, col(SignIn.ended_at).is_(None))
        .values(ended_at=datetime.now(UTC))
        .returning(col(SignIn.id))
    )
    if ended.first() is None:
        raise NotFound("You are not signed in there any more.")
    owner = await session.get_one(Owner, actor.id)
    await record_event(session, actor, "signed_out", owner, after={})


async def end_other_sign_ins(session: AsyncSession, kept: UUID, *, actor: Actor) -> int:
    """Ends all of the actor's sign-ins but one, at once; how many there were."""
    ended = await session.execute(
        update(SignIn)
        .where(col(SignIn.id) != kept, col(SignIn.owner_id) == actor.id, col(SignIn.ended_at).is_(None))
        .values(ended_at=datetime.now(UTC))
        .returning(col(SignIn.id))
    )
    count = len(ended.all())
    if count:
        owner = await session.get_one(Owner, actor.id)
        await record_event(session, actor, "signed_out", owner, after={})
    return count


async def make_password_link(
    session: AsyncSession, owner: Owner, purpose: LinkPurpose, *, actor: Actor
) -> str:
    """A link by which a person sets a password; earlier ones stop working. Its token is told once."""
    require(actor, Permission.ROLES_WRITE)
    if owner.role is None or not owner.active:
        raise Invalid.at("/owner", "no_role", f"{owner.name} has no role, and could do nothing here.")
    return await _make_link(session, purpose, owner_id=owner.id, actor=actor)


async def make_first_run_code(session: AsyncSession, *, actor: Actor) -> str | None:
    """A code with which the first administrator is made; None when there is one already."""
    require(actor, Permission.ROLES_WRITE)
    await take_lock(session, "first run")
    if not await needs_first_run(session):
        return None
    return await _make_link(session, LinkPurpose.FIRST_RUN, owner_id=None, actor=actor)


async def _make_link(
    session: AsyncSession, purpose: LinkPurpose, *, owner_id: UUID | None, actor: Actor
) -> str:
    now = datetime.now(UTC)
    stop = update(PasswordLink).where(
        col(PasswordLink.owner_id).is_not_distinct_from(owner_id), col(PasswordLink.used_at).is_(None)
    )
    await session.execute(stop.values(used_at=now))
    token = make_token()
    values: dict[str, Any] = {
        "token_hash": hash_token(token),
        "owner_id": owner_id,
        "purpose": purpose,
        "expires_at": now + timedelta(days=LINK_DAYS),
    }
    session.add(PasswordLink.model_validate(values))
    await session.flush()
    if owner_id is not None:
        owner = await session.get_one(Owner, owner_id)
        await record_event(session, actor, "password_link_made", owner, after={"purpose": purpose.value})
    return token


async def set_password(
    session: AsyncSession, owner: Owner, link: PasswordLink, hashed: str, *, actor: Actor
) -> None:
    """Uses up a person's link: this is their password now, and they are signed out everywhere."""
    link.used_at = datetime.now(UTC)
    await keep_password(session, owner, hashed, actor=actor)


async def make_first_admin(
    session: AsyncSession, code: str, *, name: str, email: str, hashed: str, actor: Actor
) -> Owner:
    """Uses up the one-time code: the first administrator of an empty installation."""
    await take_lock(session, "first run")
    link = await find_first_run_code(session, code, lock=True)
    if link is None:
        raise Conflict(BAD_CODE, code="bad_code")
    link.used_at = datetime.now(UTC)
    values = {"name": name, "email": email, "role": Role.ADMIN}
    owner = await add_record(session, Owner, values, actor=actor)
    await keep_password(session, owner, hashed, actor=act_as(owner))
    return owner


async def keep_password(session: AsyncSession, owner: Owner, hashed: str, *, actor: Actor) -> None:
    """This is the person's password from now on; they are signed out everywhere."""
    now = datetime.now(UTC)
    statement = insert(Password).values(owner_id=owner.id, hash=hashed, changed_at=now)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["owner_id"], set_={"hash": hashed, "changed_at": now})
    )
    await session.execute(
        update(SignIn)
        .where(col(SignIn.owner_id) == owner.id, col(SignIn.ended_at).is_(None))
        .values(ended_at=now)
    )
    await record_event(session, actor, "password_set", owner, after={})


def act_as(owner: Owner) -> Actor:
    """The person who has just proven who they are."""
    return Actor(
        id=owner.id,
        kind=ActorKind.PERSON,
        name=owner.name,
        role=owner.role,
        permissions=permissions_of_role(owner.role),
    )
