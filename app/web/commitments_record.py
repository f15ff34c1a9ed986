"""`/commitments/record`: what somebody kept and missed, for that person and the chair of the review."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep
from app.domain.commitments_record import QuarterRecord, compare_quarters, count_record
from app.domain.linkage.wording import word_count, word_period
from app.domain.periods import parse_period
from app.models.base import Reference
from app.queries.commitments_record import list_answered
from app.queries.organization import today_of
from app.queries.owners import list_owner_choices
from app.queries.reviews import find_chair
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none
from app.web.render import page

router = APIRouter(include_in_schema=False)
QUARTERS_SHOWN = 8


class RecordQuery(Contract):
    """Whose record is asked for."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    owner: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """A quarter in words and counts; `share`: how much was agreed and not done, in percent."""

    quarter: str
    kept: int
    late: int
    partly: int
    missed: int
    silent: int
    dropped: int
    due: int
    share: str


@router.get("/commitments/record")
async def show_record(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[RecordQuery, Query()]
) -> Response:
    """Counts by quarter, the latest first; never beside those of somebody else."""
    owner, rows = await list_answered(session, asked.owner, actor=person)
    quarters = count_record(rows, today=await today_of(session))
    is_chair = person.id == await find_chair(session)
    return page(
        request,
        "commitments/record.html",
        owner=owner,
        is_own=owner.id == person.id,
        people=await list_owner_choices(session, actor=person) if is_chair else [],
        quarters=[_tell_quarter(each) for each in quarters[:QUARTERS_SHOWN]],
        summary=say_record(quarters),
    )


def _tell_quarter(each: QuarterRecord) -> QuarterLine:
    return QuarterLine(
        quarter=word_period(parse_period(each.quarter)),
        kept=each.kept,
        late=each.late,
        partly=each.partly,
        missed=each.missed,
        silent=each.silent,
        dropped=each.dropped,
        due=each.due,
        share="–" if each.not_done is None else f"{each.not_done:.0%}",
    )


def say_record(quarters: Sequence[QuarterRecord]) -> str | None:
    """The latest quarter in a sentence, and whether it got better; None where nothing was due."""
    latest = next((each for each in quarters if each.due), None)
    if latest is None:
        return None
    when = word_period(parse_period(latest.quarter))
    ends = {
        "kept": latest.kept,
        "partly kept": latest.partly,
        "missed with a word": latest.missed,
        "silent": latest.silent,
    }
    said = ", ".join(f"{count} {word}" for word, count in ends.items() if count)
    told = f"Of {word_count(latest.due, 'commitment')} due in {when}: {said}"
    change = compare_quarters(list(quarters))
    if change is None:
        return f"{told}."
    words = "as much as" if change == 0 else "less than" if change < 0 else "more than"
    return f"{told}. Agreed and not done: {words} in the quarter before."
