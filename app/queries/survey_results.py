"""Reading what may be shown of closed surveys, as it was frozen."""

from dataclasses import replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, Place, may, require
from app.domain.survey_results import Cell, Results
from app.errors import NotFound
from app.models.surveys import Survey, SurveyResult


async def find_results(session: AsyncSession, survey: Survey, *, actor: Actor) -> Results:
    """The tables of a closed survey as they were frozen; a bound client sees its own departments.

    Own words are for those who make surveys: a voice is recognised sooner than a figure.
    """
    require(actor, Permission.SURVEYS_READ)
    frozen = await session.get(SurveyResult, survey.id)
    if frozen is None:
        raise NotFound("There are no results yet: they are made when the survey closes.", code="not_closed")
    results = msgspec.convert(frozen.tables, Results)
    if not may(actor, Permission.SURVEYS_WRITE, on=Place()):
        results = replace(results, words=())
    return results if actor.sees is None else _narrow_results(results, actor)


def _narrow_results(results: Results, actor: Actor) -> Results:
    def is_seen(cell: Cell) -> bool:
        return cell.department is None or actor.sees is None or cell.department in actor.sees

    questions = (
        replace(each, departments=tuple(filter(is_seen, each.departments))) for each in results.questions
    )
    sees = actor.sees or frozenset()
    return replace(
        results,
        questions=tuple(questions),
        areas=tuple(each for each in results.areas if each.department in (None, *sees)),
        words=tuple(each for each in results.words if each.department in (None, *sees)),
        coverage=tuple(each for each in results.coverage if is_seen(each.cell)),
    )
