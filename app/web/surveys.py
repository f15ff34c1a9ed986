"""`/surveys`: what waits for one's answers, what runs, what was found; and the page of one survey.

Making surveys is in `surveys_edit`, opening and closing them in `surveys_open`, answering in
`survey_answers`, results in `surveys_results`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.permissions import Actor, Permission, Place, may
from app.domain.survey_cells import Cell, assign_cells
from app.domain.surveys import SurveyKind, SurveyStatus, coarse_count
from app.errors import SeeOther
from app.models.surveys import Question, Survey, SurveyFilter
from app.queries._find import load_named
from app.queries.surveys import (
    count_left,
    find_survey,
    list_audience,
    list_own_surveys,
    list_surveys,
    read_department_tree,
)
from app.web.deps import PersonDep
from app.web.render import page
from app.web.survey_sheets import say_length
from app.web.survey_tables import AREA_WORDS, KIND_WORDS

router = APIRouter(include_in_schema=False)
MOST_SURVEYS = 1000
WRITE = Permission.SURVEYS_WRITE
SURVEY_KINDS = {
    SurveyKind.PULSE: "Pulse",
    SurveyKind.SURVEY: "Survey",
    SurveyKind.AUDIT: "Audit",
}


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A survey in a list: what it is, how far it is, where it is read."""

    code: str
    title: str
    kind: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in a draft, and whether it can move."""

    code: str
    text: str
    kind: str
    about: str
    options: tuple[str, ...]
    may_rise: bool
    may_sink: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group of those who are asked, as coarse as it will be kept with the answers."""

    name: str
    invited: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Who will be asked: how many, in which groups; `problem`: why nobody can be."""

    people: int
    groups: tuple[Group, ...]
    smallest: int

    @property
    def problem(self) -> str | None:
        """Why it cannot be opened like this."""
        if self.people >= self.smallest:
            return None
        return f"{self.people} would be asked; below {self.smallest} no result could ever be shown."


@router.get("/surveys")
async def list_surveys_page(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Mine to answer, open ones, closed ones with results, drafts."""
    own = await list_own_surveys(session, actor=person)
    rows: Sequence[Survey] = ()
    if may(person, Permission.SURVEYS_READ):
        rows, _ = await list_surveys(session, SurveyFilter(limit=MOST_SURVEYS), actor=person)
    left = await count_left(session, [row.id for row in rows])
    by_status: dict[SurveyStatus, list[SurveyLine]] = {status: [] for status in SurveyStatus}
    for row in reversed(rows):
        by_status[row.status].append(make_line(row, left.get(row.id, 0)))
    return page(
        request,
        "surveys/list.html",
        own=[make_own_line(row) for row in own],
        drafts=by_status[SurveyStatus.DRAFT],
        running=by_status[SurveyStatus.OPEN],
        closed=by_status[SurveyStatus.CLOSED],
        may_make=may(person, WRITE, on=Place()),
    )


def make_line(row: Survey, left: int) -> SurveyLine:
    """A survey in a list."""
    return SurveyLine(
        row.code, row.title, SURVEY_KINDS[row.kind], _say_standing(row, left), f"/surveys/{row.code}"
    )


def make_own_line(row: Survey) -> SurveyLine:
    """A survey that waits for somebody's answers."""
    questions = [Question.model_validate(each) for each in row.questions]
    until = f"; until {say_day(row.closes_on)}" if row.closes_on else ""
    note = f"{say_length(questions)}{until}"
    return SurveyLine(row.code, row.title, SURVEY_KINDS[row.kind], note, f"/surveys/{row.code}/answer")


def _say_standing(row: Survey, left: int) -> str:
    if row.status is SurveyStatus.DRAFT:
        count = len(row.questions)
        return f"{count or 'no'} question{'' if count == 1 else 's'}"
    if row.status is SurveyStatus.CLOSED:
        return f"closed {say_day(row.closed_at.date())}" if row.closed_at else "closed"
    until = f", until {say_day(row.closes_on)}" if row.closes_on else ""
    return f"{say_answered(row, left)}{until}"


def say_answered(row: Survey, left: int) -> str:
    """How many have answered, only as exact as nobody can be watched by it."""
    least = coarse_count(row.invited - left, row.minimum_group)
    if least:
        return f"at least {least} of {row.invited} answered"
    return f"{row.invited} asked, fewer than {2 * row.minimum_group} answered"


def say_day(day: date) -> str:
    """A day in words."""
    return f"{day:%-d %B %Y}"


@router.get("/surveys/{survey}")
async def show_survey_page(request: Request, session: SessionDep, person: PersonDep, survey: str) -> Response:
    """A draft as it is made, an open survey as it runs; a closed one is its results."""
    row = await find_survey(session, survey, actor=person)
    if row.status is SurveyStatus.CLOSED:
        raise SeeOther(f"/surveys/{row.code}/results")
    own = [each.id for each in await list_own_surveys(session, actor=person)]
    context = await describe_survey(session, row, person) | {"asks_me": row.id in own}
    return page(request, f"surveys/{row.status.value}.html", **context)


async def describe_survey(session: SessionDep, row: Survey, person: Actor) -> dict[str, Any]:
    """What the pages of a survey that is not closed need."""
    names = await load_named(session, {"departments": {UUID(each) for each in row.departments}})
    left = await count_left(session, [row.id])
    return {
        "survey": row,
        "kind": SURVEY_KINDS[row.kind],
        "lines": list_question_lines(row),
        "length": say_length([Question.model_validate(each) for each in row.questions]),
        "asked_of": _say_asked_of(row, names),
        "audience": await count_audience(session, row),
        "so_far": _say_standing(row, left.get(row.id, 0)),
        "left": left.get(row.id, 0),
        "may_write": may(person, WRITE, on=Place()),
        "may_give_links": may(person, WRITE, on=Place()) and may(person, Permission.DIRECTORY_READ),
    }


def list_question_lines(row: Survey) -> list[QuestionLine]:
    """The questions of a draft in their order."""
    questions = [Question.model_validate(each) for each in row.questions]
    return [
        QuestionLine(
            code=each.code,
            text=each.text,
            kind=KIND_WORDS[each.kind],
            about=AREA_WORDS[each.area.value] if each.area else "",
            options=tuple(
                f"{option.text} (meant)" if option.code == each.intended else option.text
                for option in each.options
            ),
            may_rise=place > 0,
            may_sink=place < len(questions) - 1,
        )
        for place, each in enumerate(questions)
    ]


def _say_asked_of(row: Survey, names: Mapping[UUID, tuple[str, str]]) -> str:
    departments = [names[UUID(each)][1] for each in row.departments]
    whom = f"{', '.join(departments)} and all below" if departments else "everybody"
    return f"{whom}, level {' or '.join(row.levels)}" if row.levels else whom


async def count_audience(session: SessionDep, row: Survey) -> Audience:
    """Who is asked, in groups as coarse as they will be kept: of an open survey as they were fixed."""
    if row.status is SurveyStatus.DRAFT:
        people = await list_audience(session, row)
        tree = await read_department_tree(session)
        cells = assign_cells([each.stands for each in people], tree, row.minimum_group)
    else:
        cells = [
            Cell(UUID(each["department"]) if each["department"] else None, each["level"])
            for each in row.cells
            for _ in range(each["invited"])
        ]
    counts: dict[Cell, int] = {}
    for cell in cells:
        counts[cell] = counts.get(cell, 0) + 1
    wanted = {cell.department for cell in counts if isinstance(cell.department, UUID)}
    names = await load_named(session, {"departments": wanted})
    groups = [Group(_name_cell(cell, names), n) for cell, n in counts.items()]
    ordered = tuple(sorted(groups, key=lambda group: group.name))
    return Audience(len(cells), ordered, row.minimum_group)


def _name_cell(cell: Cell, names: Mapping[UUID, tuple[str, str]]) -> str:
    known = names.get(cell.department) if isinstance(cell.department, UUID) else None
    place = known[1] if known else "Outside the departments"
    return f"{place}, {cell.level}" if cell.level else place
