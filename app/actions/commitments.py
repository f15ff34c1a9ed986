"""Changing commitments."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import add_record, archive_record, change_record, plain_input, take_lock
from app.domain.permissions import Actor, Permission, Place, require
from app.models.commitments import Commitment, CommitmentInput
from app.queries._find import resolve_references
from app.queries.commitments import count_commitments, place_of_commitment, read_home_of

WRITE = Permission.COMMITMENTS_WRITE


async def create_commitment(session: AsyncSession, data: CommitmentInput, *, actor: Actor) -> Commitment:
    """Adds a commitment: one's own, or that of somebody in a department one writes."""
    require(actor, WRITE)
    values = await _read_input(session, data, actor, None)
    # Two that are made at once must not count the same.
    await take_lock(session, "commitments")
    code = f"C-{await count_commitments(session) + 1}"
    return await add_record(session, Commitment, values | {"code": code}, actor=actor)


async def update_commitment(
    session: AsyncSession, commitment: Commitment, data: CommitmentInput, *, actor: Actor
) -> Commitment:
    """Replaces what is written about a commitment, its owner included."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    values = await _read_input(session, data, actor, commitment)
    await change_record(session, commitment, values, actor=actor)
    return commitment


async def archive_commitment(session: AsyncSession, commitment: Commitment, *, actor: Actor) -> None:
    """Takes a commitment out of the lists; it is asked after no more."""
    require(actor, WRITE, on=place_of_commitment(commitment))
    await archive_record(session, commitment, actor=actor)


async def _read_input(
    session: AsyncSession, data: CommitmentInput, actor: Actor, current: Commitment | None
) -> dict[str, Any]:
    references = await resolve_references(session, Commitment, data, actor=actor, current=current)
    owner_id = references["owner_id"]
    assert owner_id is not None  # noqa: S101  (the input requires it)
    home = await read_home_of(session, owner_id)
    require(actor, WRITE, on=Place(home, frozenset({owner_id})))
    return plain_input(data, Commitment) | references | {"department_id": home}
