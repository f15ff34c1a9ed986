"""The commitments of the demo organization, and the steps that they went through."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.commitments import (
    create_commitment,
    drop_commitment,
    redate_commitment,
    settle_commitment,
)
from app.domain.permissions import SYSTEM
from app.models.commitments import (
    Commitment,
    CommitmentDropping,
    CommitmentInput,
    CommitmentRedating,
    CommitmentSettling,
)

Row = dict[str, Any]

_STEPS: dict[str, tuple[Any, Any]] = {
    "redate": (CommitmentRedating, redate_commitment),
    "drop": (CommitmentDropping, drop_commitment),
    "settle": (CommitmentSettling, settle_commitment),
}


async def load_commitments(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Commitments that were made outside of reviews, each with all its steps."""
    for row in rows:
        commitment = await promise(session, {name: row[name] for name in row if name != "steps"})
        for told in row.get("steps", ()):
            ((verb, said),) = told.items()
            await take_commitment_step(session, commitment, verb, said)


async def promise(session: AsyncSession, row: Row) -> Commitment:
    """One commitment."""
    return await create_commitment(session, CommitmentInput.model_validate(row), actor=SYSTEM)


async def take_commitment_step(session: AsyncSession, commitment: Commitment, verb: str, said: Row) -> None:
    """One step: it is moved, dropped or answered for."""
    contract, take_step = _STEPS[verb]
    await take_step(session, commitment, contract.model_validate(said), actor=SYSTEM)
