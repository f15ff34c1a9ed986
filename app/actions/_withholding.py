"""Keeps back scores that would tell of a smaller group beside the others of their round.

Decided anew whenever scores come in or move, with the tree of departments as it is then; a later change of
the tree leaves what was decided. What is too small by itself lost its value when it came in.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.engagement import MINIMUM_GROUP_FLOOR
from app.domain.withholding import ScoredGroup, find_withheld
from app.queries.engagement import Grouping
from app.queries.engagement_rounds import RoundKey, RoundScores, list_rounds, lock_rounds, read_nesting
from app.queries.feeds import FedPlace

_TURN = text("""
update engagement_scores s
set withheld = not s.withheld
from unnest(cast(:ids as uuid[])) as turned (id)
where s.id = turned.id
""")


async def withhold_scores(
    session: AsyncSession, keys: Collection[RoundKey], grouping: Grouping
) -> set[FedPlace]:
    """Decides for these rounds which scores are shown, and answers the places where that changed.

    Where no department lies within another nothing can be subtracted, so that nothing else is read.
    """
    if not keys or not grouping.is_nested:
        return set()
    await lock_rounds(session, {key.source for key in keys})
    tree = await read_nesting(session)
    minimum = max(grouping.minimum, MINIMUM_GROUP_FLOOR)
    turned: list[UUID] = []
    places = set()
    for each in await list_rounds(session, keys):
        for number in _find_turned(each, tree, minimum):
            turned.append(each.ids[number])
            places.add(FedPlace(each.metric, each.departments[number], each.period))
    if turned:
        await session.execute(_TURN, {"ids": turned})
    return places


def _find_turned(scores: RoundScores, tree: dict[UUID, UUID], minimum: int) -> list[int]:
    groups = list(map(ScoredGroup, scores.departments, scores.respondents))
    withheld = find_withheld(tree, groups, minimum)
    return [number for number, was in enumerate(scores.withheld) if was is not (number in withheld)]
