"""The goal tree as one document: the plan file of `coxswain check --file`. References are bare codes."""

from datetime import date

from fastapi import Request, Response
from pydantic import AwareDatetime, Field

from app.api.answers import Out, send_bytes
from app.api.deps import ActorDep
from app.api.route import ApiRouter
from app.deps import SessionDep
from app.domain.decisions import DecisionStatus
from app.domain.periods import Cadence
from app.domain.rituals import OccurrenceState
from app.domain.scoring import Aggregation, Direction
from app.domain.words import DependencyState, LinkType, NodeStatus
from app.models.base import Number
from app.queries.goals_tree import read_goal_tree

router = ApiRouter("/goals", tag="goals")


class PlanTheme(Out):
    """A theme of the plan."""

    code: str
    name: str


class PlanDepartment(Out):
    """A department of the plan, with the code of the one above it."""

    code: str
    name: str
    parent: str | None
    active: bool


class PlanOwner(Out):
    """An owner of the plan; the code is the e-mail address."""

    code: str
    name: str
    department: str | None
    active: bool


class PlanGoal(Out):
    """A goal of the plan."""

    code: str
    title: str
    why: str | None
    theme: str | None
    owner: str | None
    status: NodeStatus
    starts_on: date | None
    ends_on: date | None
    cross_functional: bool
    changed_at: AwareDatetime


class PlanObjective(Out):
    """An objective of the plan."""

    code: str
    title: str
    why: str | None
    department: str
    owner: str | None
    status: NodeStatus
    starts_on: date | None
    ends_on: date | None
    changed_at: AwareDatetime


class PlanLink(Out):
    """A link of the plan; its code is `SOURCE>TARGET:type`. A dependency has a state."""

    code: str
    source: str
    target: str
    type: LinkType
    weight: Number | None
    rationale: str | None
    affirmed_at: AwareDatetime | None
    need_by: date | None
    state: DependencyState | None
    requested_on: date | None
    delivered_on: date | None


class PlanInitiative(Out):
    """An initiative of the plan: finished is achieved here, cancelled abandoned, the due date its end."""

    code: str
    title: str
    why: str | None
    department: str
    owner: str | None
    status: NodeStatus
    starts_on: date | None
    ends_on: date | None
    supports: list[str]


class PlanTarget(Out):
    """What is expected of a KPI in a range of periods."""

    from_: str = Field(alias="from")
    to: str | None
    department: str | None
    target: Number | None
    amber: Number | None
    red: Number | None
    low: Number | None
    high: Number | None
    red_low: Number | None
    red_high: Number | None


class PlanKpi(Out):
    """A KPI of the plan. `last_period` is the latest period with a value per department ("": the whole).

    `red_in`: where that value is red, for whoever may read values.
    """

    code: str
    name: str
    metric: str | None
    unit: str
    direction: Direction
    cadence: Cadence
    grace_days: int
    aggregation: Aggregation
    active: bool
    built_in: bool
    owner: str | None
    measures: list[str]
    department: str | None
    baseline: Number | None
    targets: list[PlanTarget]
    last_period: dict[str, str | None]
    red_in: list[str]


class PlanDecision(Out):
    """A decision of the plan; it is there for whoever may read decisions."""

    code: str
    title: str
    status: DecisionStatus
    decider: str | None
    departments: list[str]
    raised_on: date
    opened_on: date
    needed_by: date | None
    limit_days: int | None
    ended_on: date | None
    review_on: date | None
    reviewed_on: date | None
    reopened: int


class PlanCommitment(Out):
    """An open commitment of the plan; it is there for whoever may read commitments."""

    code: str
    what: str
    owner: str | None
    department: str | None
    kpi: str | None
    due_on: date


class PlanOccurrence(Out):
    """What was said of one occurrence. `day`: that on which the rule has it; `on`: that it is on now."""

    day: date
    on: date
    state: OccurrenceState


class PlanRitual(Out):
    """A ritual of the plan, for whoever may read rituals. `ruled_from`: since when this rule holds."""

    code: str
    name: str
    host: str | None
    rrule: str
    starts_on: date
    ruled_from: date
    occurrences: list[PlanOccurrence]


class PlanOut(Out):
    """The whole graph of one day."""

    today: date
    themes: list[PlanTheme]
    departments: list[PlanDepartment]
    owners: list[PlanOwner]
    goals: list[PlanGoal]
    objectives: list[PlanObjective]
    links: list[PlanLink]
    initiatives: list[PlanInitiative]
    kpis: list[PlanKpi]
    decisions: list[PlanDecision]
    commitments: list[PlanCommitment]
    rituals: list[PlanRitual]


@router.get("/tree", summary="Pull the goal tree", response_model=PlanOut)
async def show_goal_tree_route(request: Request, session: SessionDep, actor: ActorDep) -> Response:
    """Themes, goals, objectives, initiatives, links, owners, departments and KPIs, as a plan file."""
    return send_bytes(request, (await read_goal_tree(session, actor=actor)).encode())
