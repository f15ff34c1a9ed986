"""`coxswain demo`: the demo organization, through the same actions as everybody else, in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.actions.decision_types import create_decision_type
from app.actions.decisions import create_decision
from app.actions.decisions_steps import (
    add_dissent,
    escalate_decision,
    reopen_decision,
    review_decision,
    take_decision,
    withdraw_decision,
)
from app.actions.departments import create_department, update_department
from app.actions.dependencies import accept_dependency, decline_dependency, deliver_dependency
from app.actions.engagement import record_scores
from app.actions.engagement_segments import map_segment
from app.actions.goals import create_goal
from app.actions.initiatives import (
    cancel_initiative,
    create_initiative,
    finish_initiative,
    redate_initiative,
)
from app.actions.kpis import create_kpi, update_kpi
from app.actions.links import create_link
from app.actions.measurements import Entry, record_batch
from app.actions.objectives import create_objective
from app.actions.organization import update_organization
from app.actions.owners import create_owner
from app.actions.partnerships import create_partnership, hold_talk, plan_talk, skip_talk
from app.actions.survey_answers import load_sheets
from app.actions.survey_closing import close_survey
from app.actions.surveys import create_survey, open_survey
from app.actions.targets import create_target
from app.actions.themes import create_theme
from app.commands.context import DataDir, Refused, clear_refusals, run_work
from app.commands.demo_commitments import load_commitments
from app.commands.demo_reviews import play_reviews
from app.commands.demo_rituals import load_rituals
from app.demo.plan import DemoPlan, read_demo
from app.domain.intake.documents import decode_typed
from app.domain.permissions import SYSTEM
from app.domain.words import LinkType
from app.models.decision_types import DecisionTypeInput
from app.models.decisions import (
    DecisionChoice,
    DecisionInput,
    DecisionReopening,
    DecisionWithdrawal,
    DissentInput,
    EscalationInput,
    OutcomeInput,
)
from app.models.departments import DepartmentInput
from app.models.engagement import SegmentFilter, SegmentInput
from app.models.goals import GoalInput
from app.models.initiatives import (
    InitiativeCancellation,
    InitiativeFinish,
    InitiativeInput,
    InitiativeRedating,
)
from app.models.kpis import KpiInput
from app.models.links import DependencyDelivery, DependencyRefusal, Link, LinkInput
from app.models.measurements import MeasurementItem
from app.models.objectives import ObjectiveInput
from app.models.organization import OrganizationInput
from app.models.owners import OwnerInput
from app.models.partnerships import PartnershipInput, TalkHeldInput, TalkInput, TalkSkippedInput
from app.models.surveys import AnswerInput, NewSurvey
from app.models.targets import TargetInput
from app.models.themes import ThemeInput
from app.queries.departments import find_department
from app.queries.engagement_segments import list_segments
from app.queries.kpis import find_kpi
from app.queries.organization import find_organization, is_empty, today_of

Row = dict[str, Any]
Create = Callable[..., Awaitable[Any]]


def demo(
    data_dir: DataDir = None,
    when_empty: Annotated[
        bool, typer.Option("--when-empty", help="Do nothing where there is something already.")
    ] = False,
) -> None:
    """Loads the demo organization into an empty database."""

    async def load(session: AsyncSession) -> bool:
        if not await is_empty(session):
            return False
        await load_demo(session, read_demo(await today_of(session)))
        return True

    with clear_refusals():
        if run_work(data_dir, load):
            print("The demo organization is loaded: the Larkmoor Group.")
        elif not when_empty:
            raise Refused("The database holds people or goals already; the demo would mix with them.")


async def load_demo(session: AsyncSession, plan: DemoPlan) -> None:
    """Everything in the order in which one thing needs another."""
    organization = await find_organization(session, actor=SYSTEM, lock=True)
    data = OrganizationInput.model_validate(plan.organization)
    await update_organization(session, organization, data, actor=SYSTEM)
    organization.is_demo = True
    await _create(session, ThemeInput, create_theme, plan.themes)
    headless = [{**row, "head": None} for row in plan.departments]
    await _create(session, DepartmentInput, create_department, headless)
    await _create(session, OwnerInput, create_owner, [*plan.owners, *plan.staff])
    await _set_heads(session, plan.departments)
    await _create(session, GoalInput, create_goal, plan.goals)
    await _create(session, ObjectiveInput, create_objective, plan.objectives)
    await _create(session, LinkInput, create_link, plan.links)
    await _create(session, KpiInput, create_kpi, [{**row, "guards": []} for row in plan.kpis])
    await _set_guards(session, plan.kpis)
    await _load_values(session, plan)
    await _load_engagement(session, plan)
    await _load_partnerships(session, plan)
    await _create(session, DecisionTypeInput, create_decision_type, plan.decision_types)
    await _load_decisions(session, plan)
    await _load_initiatives(session, plan)
    await load_commitments(session, plan.commitments)
    await _load_surveys(session, plan)
    await load_rituals(session, plan.rituals)
    await compute_alignment_kpis(session, actor=COMPUTING)
    await play_reviews(session, plan.reviews)


async def _create(session: AsyncSession, contract: Any, create: Create, rows: Sequence[Row]) -> None:
    for row in rows:
        await create(session, contract.model_validate(row), actor=SYSTEM)


async def _set_heads(session: AsyncSession, rows: Sequence[Row]) -> None:
    for row in rows:
        department = await find_department(session, row["code"], actor=SYSTEM)
        await update_department(session, department, DepartmentInput.model_validate(row), actor=SYSTEM)


async def _set_guards(session: AsyncSession, rows: Sequence[Row]) -> None:
    for row in rows:
        if row.get("guards"):
            kpi = await find_kpi(session, row["code"], actor=SYSTEM)
            await update_kpi(session, kpi, KpiInput.model_validate(row), actor=SYSTEM)


async def _load_values(session: AsyncSession, plan: DemoPlan) -> None:
    for row in plan.targets:
        kpi = await find_kpi(session, row["kpi"], actor=SYSTEM)
        target = TargetInput.model_validate({name: row[name] for name in row if name != "kpi"})
        await create_target(session, kpi, target, actor=SYSTEM)
    for batch in plan.measurements:
        kpi = await find_kpi(session, batch["kpi"], actor=SYSTEM)
        items = [MeasurementItem.model_validate(item) for item in batch["items"]]
        entries = [Entry(index, item) for index, item in enumerate(items)]
        await record_batch(session, kpi, entries, actor=SYSTEM, atomic=True)


async def _load_engagement(session: AsyncSession, plan: DemoPlan) -> None:
    for batch in plan.engagement:
        push = decode_typed(orjson.dumps(batch))
        assert push is not None, "the demo's pushes are well-formed"  # noqa: S101  (data of our own, tested)
        await record_scores(session, push, actor=SYSTEM)
    decided = {(row["source"], row["segment"]): row["department"] for row in plan.segments}
    waiting, _ = await list_segments(session, SegmentFilter(), actor=SYSTEM)
    for segment in waiting:
        if department := decided.get((segment.source, segment.segment)):
            await map_segment(session, segment, SegmentInput(department=department), actor=SYSTEM)


async def _load_partnerships(session: AsyncSession, plan: DemoPlan) -> None:
    for row in plan.partnerships:
        data = PartnershipInput.model_validate({name: row[name] for name in row if name != "talks"})
        pair = await create_partnership(session, data, actor=SYSTEM)
        # All are planned first: where one is open, the rhythm plans none.
        talks = [
            await plan_talk(session, pair, TalkInput(planned_on=told["planned_on"]), actor=SYSTEM)
            for told in row["talks"]
        ]
        for told, talk in zip(row["talks"], talks, strict=True):
            if held_on := told.get("held_on"):
                held = TalkHeldInput(held_on=held_on, note=told.get("note"))
                await hold_talk(session, pair, talk, held, actor=SYSTEM)
            elif note := told.get("note"):
                await skip_talk(session, pair, talk, TalkSkippedInput(note=note), actor=SYSTEM)


async def _load_decisions(session: AsyncSession, plan: DemoPlan) -> None:
    for row in plan.decisions:
        data = DecisionInput.model_validate({name: row[name] for name in row if name != "steps"})
        decision = await create_decision(session, data, actor=SYSTEM)
        for told in row.get("steps", ()):
            ((verb, said),) = told.items()
            contract, take_step = _STEPS[verb]
            await take_step(session, decision, contract.model_validate(said), actor=SYSTEM)


async def _load_initiatives(session: AsyncSession, plan: DemoPlan) -> None:
    for row in plan.initiatives:
        data = InitiativeInput.model_validate({name: row[name] for name in row if name != "steps"})
        initiative = await create_initiative(session, data, actor=SYSTEM)
        for told in row.get("steps", ()):
            ((verb, said),) = told.items()
            contract, take_step = _STEPS[verb]
            await take_step(session, initiative, contract.model_validate(said), actor=SYSTEM)
    for row in plan.dependencies:
        asked = {name: row[name] for name in row if name != "answers"} | {"type": LinkType.DEPENDS_ON}
        link = await create_link(session, LinkInput.model_validate(asked), actor=SYSTEM)
        for told in row["answers"]:
            await _answer(session, link, told)


async def _answer(session: AsyncSession, link: Link, told: Row) -> None:
    if "accept" in told:
        await accept_dependency(session, link, actor=SYSTEM)
    elif "decline" in told:
        said = DependencyRefusal.model_validate(told["decline"])
        await decline_dependency(session, link, said, actor=SYSTEM)
    else:
        there = DependencyDelivery.model_validate(told["deliver"])
        await deliver_dependency(session, link, there, actor=SYSTEM)


async def _load_surveys(session: AsyncSession, plan: DemoPlan) -> None:
    for row in plan.surveys:
        survey = await create_survey(session, NewSurvey.model_validate(row["survey"]), actor=SYSTEM)
        await open_survey(session, survey, actor=SYSTEM, at=datetime.fromisoformat(row["opened"]))
        sheets = {email: AnswerInput(answers=sheet) for email, sheet in row["sheets"].items()}
        await load_sheets(session, survey, sheets, actor=SYSTEM)
        if "closed" in row:
            await close_survey(session, survey, actor=SYSTEM, at=datetime.fromisoformat(row["closed"]))


_STEPS: dict[str, tuple[Any, Create]] = {
    "redate": (InitiativeRedating, redate_initiative),
    "finish": (InitiativeFinish, finish_initiative),
    "cancel": (InitiativeCancellation, cancel_initiative),
    "decide": (DecisionChoice, take_decision),
    "withdraw": (DecisionWithdrawal, withdraw_decision),
    "reopen": (DecisionReopening, reopen_decision),
    "dissent": (DissentInput, add_dissent),
    "escalate": (EscalationInput, escalate_decision),
    "review": (OutcomeInput, review_decision),
}
