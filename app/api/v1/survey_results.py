"""Results of closed surveys in JSON: frozen tables, with what is kept back said as kept back."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, Ref, References, make_ref, send_item
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep, note_results_view
from app.domain.permissions import Actor
from app.domain.survey_groups import Exposure
from app.domain.survey_results import AreaCell, Cell, Coverage, QuestionTable, Results, Words
from app.domain.surveys import AuditArea, QuestionKind
from app.domain.words import Level
from app.models.surveys import ResultsFilter, Survey
from app.queries._find import load_named, resolve_reference
from app.queries.survey_results import find_results
from app.queries.surveys import find_survey

router = ApiRouter("/surveys", tag="surveys")


class RankedOut(Out):
    """An option and its mean rank; 1 is first."""

    option: str
    mean: float


class FiguresOut(Out):
    """What the answers of a group say; what does not apply to the kind of question is null or empty."""

    mean: float | None
    favourable: int | None = Field(description="Percent who agree or agree fully.")
    enps: int | None
    margin: int | None = Field(description="Half the width of the 95 % interval of the eNPS, in points.")
    intended: int | None = Field(description="Percent who chose the intended option.")
    ranks: list[RankedOut]
    agreement: float | None = Field(description="Mean correlation of the orders, −1 to 1.")
    spread: list[int] = Field(description="Percent per point or option; only of twice the minimum group.")


class CellOut(Out):
    """One group: a department, a level, or (without both) the organization."""

    department: Ref | None
    level: Level | None
    n: int | None
    suppressed: bool
    reason: Exposure | None = Field(
        description="Why: `few` answered; `merged`, because the others would tell a smaller group; `agrees`, "
        "because nearly everybody answered alike."
    )
    figures: FiguresOut | None


class MessageOut(Out):
    """How a message landed: mean share of the intended option over departments, and how even it is."""

    landed: int | None
    consistency: int | None
    departments: int
    left_out: int


class GapOut(Out):
    """What leaders say of themselves against what teams say."""

    leaders: float
    teams: float
    difference: float
    margin: float
    is_clear: bool


class QuestionResultOut(Out):
    """The answers to one question."""

    question: str
    kind: QuestionKind
    text: str
    total: CellOut
    departments: list[CellOut]
    levels: list[CellOut]
    message: MessageOut | None
    gap: GapOut | None


class AreaOut(Out):
    """An area of the audit: the mean of the means that are shown."""

    area: AuditArea
    department: Ref | None
    mean: float | None
    based_on: int
    of: int


class WordsOut(Out):
    """Own words in random order; empty where fewer than ten wrote."""

    question: str
    department: Ref | None
    texts: list[str]


class CoverageOut(Out):
    """How many of a group answered."""

    group: CellOut
    invited: int | None
    share: int | None = Field(description="Percent.")
    is_blind: bool = Field(description="Fewer than 30 % answered: this says little about the group.")


class ResultsOut(Out):
    """Everything that may be shown of a closed survey."""

    survey: Ref
    closed_at: AwareDatetime | None
    minimum_group: int
    questions: list[QuestionResultOut]
    areas: list[AreaOut]
    words: list[WordsOut] = Field(description="For those who may make surveys.")
    coverage: list[CoverageOut]


@router.get("/{survey}/results", summary="Show the results of a survey", response_model=ResultsOut)
async def show_results_route(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    survey: str,
    filters: Annotated[ResultsFilter, Query()],
) -> Response:
    """What may be shown of a closed survey, made once when it closed: the same for everybody.

    Groups that are too small, or from which one could be derived, have no numbers. A filtered view leaves
    an event.
    """
    row = await find_survey(session, survey, actor=actor)
    results = await find_results(session, row, actor=actor)
    department = await _find_department(session, filters, actor)
    if chosen := filters.model_dump(mode="json", exclude_none=True):
        note_results_view(request, actor, row.id, chosen)
    named = {each.cell.department for each in results.coverage if each.cell.department}
    references = await load_named(session, {"departments": named})
    return send_item(request, _show(row, results, filters, department, references))


async def _find_department(session: SessionDep, filters: ResultsFilter, actor: Actor) -> UUID | None:
    if filters.department is None:
        return None
    return await resolve_reference(session, "departments", filters.department, "?department", actor=actor)


def _show(
    row: Survey, results: Results, filters: ResultsFilter, department: UUID | None, references: References
) -> ResultsOut:
    texts = {each["code"]: each["text"] for each in row.questions}

    def is_asked(place: UUID | None, question: str | None = None) -> bool:
        fits = question is None or filters.question is None or question == filters.question
        return fits and (department is None or place == department)

    return ResultsOut(
        survey=Ref(id=row.id, code=row.code, name=row.title),
        closed_at=row.closed_at,
        minimum_group=results.k,
        questions=[
            _show_question(each, texts[each.code], filters, department, references)
            for each in results.questions
            if filters.question in (None, each.code)
        ],
        areas=[_show_area(each, references) for each in results.areas if is_asked(each.department)],
        words=[
            _show_words(each, references)
            for each in results.words
            if is_asked(each.department, each.question)
        ],
        coverage=[
            _show_coverage(each, references)
            for each in results.coverage
            if _fits(each.cell, filters, department)
        ],
    )


def _fits(cell: Cell, filters: ResultsFilter, department: UUID | None) -> bool:
    if department is None and filters.level is None:
        return True
    return (department is not None and cell.department == department) or (
        filters.level is not None and cell.level == filters.level
    )


def _show_question(
    table: QuestionTable,
    text: str,
    filters: ResultsFilter,
    department: UUID | None,
    references: References,
) -> QuestionResultOut:
    def show(cells: tuple[Cell, ...]) -> list[CellOut]:
        return [_show_cell(each, references) for each in cells if _fits(each, filters, department)]

    return QuestionResultOut(
        question=table.code,
        kind=table.kind,
        text=text,
        total=_show_cell(table.total, references),
        departments=show(table.departments),
        levels=show(table.levels),
        message=table.message and MessageOut.model_validate(table.message, from_attributes=True),
        gap=table.gap and GapOut.model_validate(table.gap, from_attributes=True),
    )


def _show_cell(cell: Cell, references: References) -> CellOut:
    is_shown = cell.exposure is Exposure.SHOWN
    return CellOut(
        department=make_ref(cell.department, references),
        level=cell.level and Level(cell.level),
        n=cell.n,
        suppressed=not is_shown,
        reason=None if is_shown else cell.exposure,
        figures=cell.figures and FiguresOut.model_validate(cell.figures, from_attributes=True),
    )


def _show_area(area: AreaCell, references: References) -> AreaOut:
    return AreaOut(
        area=AuditArea(area.area),
        department=make_ref(area.department, references),
        mean=area.mean,
        based_on=area.based_on,
        of=area.of,
    )


def _show_words(words: Words, references: References) -> WordsOut:
    department = make_ref(words.department, references)
    return WordsOut(question=words.question, department=department, texts=list(words.texts))


def _show_coverage(coverage: Coverage, references: References) -> CoverageOut:
    return CoverageOut(
        group=_show_cell(coverage.cell, references),
        invited=coverage.invited,
        share=coverage.share,
        is_blind=coverage.is_blind,
    )
