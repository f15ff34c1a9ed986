"""Loading the rituals of the demo, each said on the day after it took place, as people would have."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.rituals import create_ritual, record_verdict
from app.actions.rituals_occurrences import (
    keep_occurrence,
    move_occurrence,
    skip_occurrence,
    vote_on_occurrence,
)
from app.actions.sign_ins import act_as
from app.domain.permissions import SYSTEM
from app.models.owners import Owner
from app.models.rituals import (
    OccurrenceKeptInput,
    OccurrenceMovedInput,
    OccurrenceSkippedInput,
    Ritual,
    RitualInput,
    VerdictInput,
    VoteInput,
)
from app.queries.owners import find_owner

Row = dict[str, Any]


async def load_rituals(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Rituals with what became of their occurrences, the votes and the verdicts."""
    people: dict[str, Owner] = {}
    for row in rows:
        data = RitualInput.model_validate(
            {name: row[name] for name in row if name not in ("occurrences", "verdicts")}
        )
        ritual = await create_ritual(session, data, actor=SYSTEM)
        for told in row["occurrences"]:
            await _load_occurrence(session, ritual, told, people)
        for told in row["verdicts"]:
            host = await session.get_one(Owner, ritual.host_id)
            await record_verdict(session, ritual, VerdictInput.model_validate(told), actor=act_as(host))


async def _load_occurrence(
    session: AsyncSession, ritual: Ritual, told: Row, people: dict[str, Owner]
) -> None:
    day = date.fromisoformat(told["day"])
    if "skip" in told:
        skipped = OccurrenceSkippedInput.model_validate(told["skip"])
        await skip_occurrence(session, ritual, day, skipped, actor=SYSTEM)
        return
    if "move" in told:
        moved = OccurrenceMovedInput.model_validate(told["move"])
        await move_occurrence(session, ritual, day, moved, actor=SYSTEM)
        day_after = moved.to.date() + timedelta(days=1)
    else:
        day_after = day + timedelta(days=1)
    kept = OccurrenceKeptInput.model_validate(told["keep"])
    await keep_occurrence(session, ritual, day, kept, actor=SYSTEM, today=day_after)
    for email, score in told["votes"].items():
        if email not in people:
            people[email] = await find_owner(session, email, actor=SYSTEM)
        voter, vote = act_as(people[email]), VoteInput(score=score)
        await vote_on_occurrence(session, ritual, day, vote, actor=voter, today=day_after)
