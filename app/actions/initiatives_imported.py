"""Bringing an initiative with its history: begun on its baseline, moved, then finished or cancelled."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.initiatives import (
    cancel_initiative,
    create_initiative,
    finish_initiative,
    redate_initiative,
)
from app.domain.initiatives import CLOSED
from app.domain.permissions import Actor
from app.domain.words import InitiativeStatus
from app.errors import Invalid
from app.models.initiatives import (
    Initiative,
    InitiativeCancellation,
    InitiativeFinish,
    InitiativeInput,
    InitiativeRedating,
)
from app.models.initiatives_imported import ImportedInitiative

IMPORTED = "Imported: the date was moved before."


async def bring_initiative(session: AsyncSession, data: ImportedInitiative, *, actor: Actor) -> Initiative:
    """Adds an initiative and takes it through the steps that it has behind it."""
    baseline = data.due_baseline or data.due_on
    values = data.model_dump(include=set(InitiativeInput.model_fields))
    begun = InitiativeStatus.ACTIVE if data.status in CLOSED else data.status
    row = await create_initiative(
        session,
        InitiativeInput.model_validate(values | {"status": begun, "due_on": baseline}),
        actor=actor,
    )
    if data.due_on is not None and baseline != data.due_on:
        moved = InitiativeRedating(due_on=data.due_on, reason=IMPORTED)
        await redate_initiative(session, row, moved, actor=actor)
    if data.status is InitiativeStatus.FINISHED:
        if data.finished_on is None:
            raise Invalid.at("/finished_on", "required", "A finished initiative needs the day it was done.")
        await finish_initiative(session, row, InitiativeFinish(finished_on=data.finished_on), actor=actor)
    if data.status is InitiativeStatus.CANCELLED:
        why = InitiativeCancellation(reason=data.cancelled_reason or "Imported as cancelled.")
        await cancel_initiative(session, row, why, actor=actor)
    return row
