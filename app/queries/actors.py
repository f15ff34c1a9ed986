"""Who is behind a key: a client with its scopes, or a person with a role, and the departments they reach."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import (
    Actor,
    ActorKind,
    Permission,
    Role,
    permissions_of_role,
    permissions_of_scopes,
)
from app.models.clients import Client
from app.models.owners import Owner

_KEY = re.compile(r"cox_([A-Za-z0-9]{8,16})_([A-Za-z0-9]{20,80})\Z")

# A role that has ended is none. The day ends where the organization is.
ROLE_IN_FORCE = """
    case when o.role_until < (now() at time zone (select time_zone from organization))::date then null
         else o.role end"""

# One statement: the key, its holder, and the department with all below it.
_FIND = text(
    """
select k.id as key_id, k.secret_hash, c.id as client_id, c.name as client_name, c.scopes, c.source,
       c.suppresses_small_groups, o.id as owner_id, o.name as owner_name, {role} as role,
       coalesce(c.department_id, case when o.role = 'head' then o.department_id end) as department_id,
       (with recursive below(id) as (
            select coalesce(c.department_id, case when o.role = 'head' then o.department_id end)
            union
            select d.id from departments d join below b on d.parent_id = b.id)
        select array_agg(id) from below where id is not null) as departments
from access_keys k
left join clients c on c.id = k.client_id
left join owners o on o.id = k.owner_id
where k.prefix = :prefix and k.revoked_at is null
  and (k.expires_at is null or k.expires_at > now())
  and (c.id is null or (c.archived_at is null and (c.expires_at is null or c.expires_at > now())))
  and (o.id is null or (o.archived_at is null and o.active))
""".replace("{role}", ROLE_IN_FORCE)
)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A valid key and who holds it."""

    key_id: UUID
    actor: Actor


def hash_secret(secret: str) -> bytes:
    """The form in which a key's secret is kept. The secret is random, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()


async def find_actor(session: AsyncSession, key: str) -> KnownKey | None:
    """The holder of a valid key, or None."""
    match = _KEY.match(key)
    if match is None:
        return None
    prefix, secret = match.groups()
    row: Any = (await session.execute(_FIND, params={"prefix": prefix})).one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, hash_secret(secret)):
        return None
    actor = _read_client(row) if row.client_id else read_person(row)
    return KnownKey(row.key_id, actor)


async def find_holder(session: AsyncSession, actor: Actor) -> Owner | Client:
    """The row of the person or machine that acts."""
    if actor.kind is ActorKind.PERSON:
        return await session.get_one(Owner, actor.id)
    return await session.get_one(Client, actor.id)


def _read_client(row: Any) -> Actor:
    reach = None if row.department_id is None else frozenset(row.departments)
    scopes = frozenset(Permission(scope) for scope in row.scopes)
    return Actor(
        id=row.client_id,
        kind=ActorKind.CLIENT,
        name=row.client_name,
        permissions=permissions_of_scopes(scopes),
        sees=reach,
        writes=reach,
        source=row.source,
        suppresses_small_groups=row.suppresses_small_groups,
    )


def read_person(row: Any) -> Actor:
    """A person from a row with owner_id, owner_name, role and, of a head, the departments."""
    role = row.role and Role(row.role)
    writes = frozenset(row.departments or ()) if role is Role.HEAD else None
    return Actor(
        id=row.owner_id,
        kind=ActorKind.PERSON,
        name=row.owner_name,
        role=role,
        permissions=permissions_of_role(role),
        writes=writes,
    )
