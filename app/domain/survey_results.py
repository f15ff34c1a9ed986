"""The shapes of a closed survey: a row of answers, and the tables of what may be shown of all rows.

What is kept back carries no number at all. The tables are made in `survey_tabulation`; storing them does
not live here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from app.domain.survey_figures import Figures, Value
from app.domain.survey_groups import Exposure
from app.domain.surveys import QuestionKind

# How many people, by department and level as these stand beside an answer while the survey is open.
Stands = Mapping[tuple[UUID | None, str | None], int]


class Turnout(NamedTuple):
    """How many were asked, and how many answered: where they stood before closing made answers coarser."""

    invited: Stands
    answered: Stands


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one person answered; department and level only as coarse as they were stored, or None.

    `values` by the code of the question; questions without an answer are missing or None.
    """

    department: UUID | None
    level: str | None
    values: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One question (or none: the coverage) and one group: a department, a level, or the organization.

    `n` and `figures` are there only where they may be shown; `n` alone where nearly everyone agrees.
    """

    exposure: Exposure
    department: UUID | None = None
    level: str | None = None
    n: int | None = None
    figures: Figures | None = None


@dataclass(frozen=True, slots=True)
class MessageTable:
    """How a message landed over the smallest shown departments.

    `landed`: mean of their shares in percent; `consistency`: 100·(1 − SD/50); both whole, or None.
    """

    landed: int | None
    consistency: int | None
    departments: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Gap:
    """What leaders say of themselves against what teams say: means to 1 decimal, their difference, 95 %.

    `is_clear`: the difference is larger than its margin.
    """

    leaders: float
    teams: float
    difference: float
    margin: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """All that may be shown of the answers to one question."""

    code: str
    kind: QuestionKind
    total: Cell
    departments: tuple[Cell, ...] = ()
    levels: tuple[Cell, ...] = ()
    message: MessageTable | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Own words in random order; none where fewer than 10 wrote. None: the whole organization."""

    question: str
    department: UUID | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a group answered, of how many who were asked; `is_blind`: fewer than 30 %.

    Without numbers where too few answered, or where closing moved answers out of the group.
    """

    cell: Cell
    invited: int | None
    share: int | None
    is_blind: bool


@dataclass(frozen=True, slots=True)
class AreaCell:
    """An audit area in a department (None: the whole organization): the mean of the means that are shown.

    `based_on` questions `of` those of the area; without one there is no mean.
    """

    area: str
    department: UUID | None
    mean: float | None
    based_on: int
    of: int


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that may be shown of a closed survey, with the smallest group it was made for."""

    k: int
    questions: tuple[QuestionTable, ...]
    areas: tuple[AreaCell, ...]
    words: tuple[Words, ...]
    coverage: tuple[Coverage, ...]
