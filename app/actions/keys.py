"""Issuing and revoking keys. A key is shown once; only its hash is kept."""

import secrets
import string
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._audit import record_event
from app.domain.permissions import Actor
from app.models.base import new_id
from app.models.clients import AccessKey, Client
from app.models.owners import Owner
from app.queries.actors import hash_secret

_ALPHABET = string.ascii_letters + string.digits
PREFIX_LETTERS = 12
SECRET_LETTERS = 43


def _random_text(letters: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(letters))


async def issue_client_key(session: AsyncSession, client: Client, *, actor: Actor) -> str:
    """A new key of a machine. It ends when the client does."""
    return await _issue(session, client, actor=actor, client_id=client.id)


async def issue_person_key(
    session: AsyncSession, owner: Owner, *, actor: Actor, expires_at: datetime | None = None
) -> str:
    """A new key of a person, with what their role allows."""
    return await _issue(session, owner, actor=actor, owner_id=owner.id, expires_at=expires_at)


async def _issue(session: AsyncSession, holder: Client | Owner, *, actor: Actor, **fields: Any) -> str:
    prefix, secret = _random_text(PREFIX_LETTERS), _random_text(SECRET_LETTERS)
    session.add(AccessKey(id=new_id(), prefix=prefix, secret_hash=hash_secret(secret), **fields))
    await session.flush()
    # The prefix may be known: by it the audit trail tells which key was meant.
    await record_event(session, actor, "key_issued", holder, after={"prefix": prefix})
    return f"cox_{prefix}_{secret}"


async def revoke_keys(session: AsyncSession, holder: Client | Owner, *, actor: Actor) -> None:
    """Ends every key of a machine or person at once."""
    column = AccessKey.client_id if isinstance(holder, Client) else AccessKey.owner_id
    statement = update(AccessKey).where(col(column) == holder.id, col(AccessKey.revoked_at).is_(None))
    await session.execute(statement.values(revoked_at=datetime.now(UTC)))
    await record_event(session, actor, "keys_revoked", holder, after={})
