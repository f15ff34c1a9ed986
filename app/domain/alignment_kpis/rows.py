"""The records that the alignment KPIs are computed from, as plain rows. Nothing is computed here.

Departments and people are named by whatever identifies them (ids or codes, one kind throughout); dates are
days. Drafts, archived and deleted records are left out by whoever reads the rows.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeRow:
    """An initiative that has left draft. `department` leads, `departments` take part besides.

    `begun_on`: the day it starts, or else the day it left draft. `due_baseline` never changes, `due_on` is
    where its due date stands now. `cancelled_by`: the code of the decision that cancelled it. `level`: that
    of its owner.
    """

    code: str
    title: str
    department: Hashable
    departments: tuple[Hashable, ...] = ()
    level: str | None = None
    begun_on: date
    due_baseline: date
    due_on: date
    finished_on: date | None = None
    cancelled_on: date | None = None
    cancelled_by: str | None = None


class RoundEnd(StrEnum):
    """How a round of deciding ended."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """One round of deciding: from raised or re-opened to decided or withdrawn (`ended_on` None: still open).

    `forecast` in percent, `rating` 1–5; both, and `as_expected`, None where nobody said.
    """

    opened_on: date
    end: RoundEnd = RoundEnd.OPEN
    ended_on: date | None = None
    forecast: int | None = None
    reviewed_on: date | None = None
    rating: int | None = None
    as_expected: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A decision with all its rounds in order, the one in force last. `departments`: all it touches.

    `limit_days`: of its type; None without a limit. `level`: that of its decider.
    """

    code: str
    title: str
    departments: tuple[Hashable, ...]
    level: str | None = None
    limit_days: int | None = None
    rounds: tuple[RoundRow, ...]


class AskedFor(StrEnum):
    """What a question contributes to: whether a message landed, or how a behaviour is lived."""

    MESSAGE = "message"
    BEHAVIOUR = "behaviour"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question of a closed survey that asks for a message or a behaviour.

    `about`: the message or behaviour in words. `intended`: the option that was meant (of a message); `low`
    and `high`: the ends of the scale of ratings (of a behaviour). `minimum_group`: that of the survey.
    `parent_of`: the tree of departments when it closed (None: as it is today). Groups are formed in it: told
    again in a tree that was edited, the difference would tell of those who moved.
    """

    survey: str
    question: str
    closed_on: date
    asks_for: AskedFor
    about: str
    intended: str | None = None
    low: int = 1
    high: int = 5
    minimum_group: int = 5
    parent_of: Mapping[Hashable, Hashable | None] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many gave one answer to one question at one place: the cell as it is stored with the answers.

    `value`: the option chosen, or the rating. Department and level are None where the cell does not say.
    """

    survey: str
    question: str
    department: Hashable | None
    level: str | None
    value: str | int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """Within-team agreement r_wg(j) over the behaviours of one survey, as `team_agreement` measures it.

    `low`: against slightly skewed answers, `high`: against uniform ones. Department None: the organization.
    """

    survey: str
    closed_on: date
    department: Hashable | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyRow:
    """Something one department needs of another by a day: a `depends_on` link with those of its ends.

    `declined`: whoever should deliver said no.
    """

    name: str
    department: Hashable
    other_department: Hashable
    level: str | None = None
    need_by: date
    delivered_on: date | None = None
    declined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRow:
    """A talk of two partners that was planned. Held, or skipped, or neither yet."""

    department: Hashable
    other_department: Hashable
    planned_on: date
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRow:
    """Two people who worked together from a day on, until a day (None: still), for the E–I index.

    A dependency or support ties the owners of both ends, a partnership its two leaders.
    """

    a: Hashable
    b: Hashable
    from_day: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentRows:
    """Everything the KPIs of a period are computed from; rows of other periods do no harm.

    `parent_of` maps every department to the one above it, a root to None; `department_of` every person who
    leads or owns something to their department.
    """

    parent_of: Mapping[Hashable, Hashable | None]
    department_of: Mapping[Hashable, Hashable | None] = field(default_factory=dict)
    initiatives: Sequence[InitiativeRow] = ()
    decisions: Sequence[DecisionRow] = ()
    questions: Sequence[QuestionRow] = ()
    answers: Sequence[AnswerCount] = ()
    agreement: Sequence[AgreementRow] = ()
    dependencies: Sequence[DependencyRow] = ()
    talks: Sequence[TalkRow] = ()
    ties: Sequence[TieRow] = ()
