"""`/`: what waits for the person in front of it, where things stand, and what changed since."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from app.deps import SessionDep
from app.domain.due_periods import due_periods
from app.domain.linkage.score import Score
from app.domain.linkage.states import Change
from app.domain.period_locks import PeriodLock
from app.domain.permissions import Actor, Permission, Place, may
from app.models.departments import Department
from app.models.linkage import LinkageFilter
from app.queries.events import list_news
from app.queries.linkage import count_findings, find_last_check, list_worst_findings, read_scores
from app.queries.organization import find_organization
from app.queries.owners import find_home
from app.queries.reviews import list_calling_reviews
from app.queries.sign_ins import find_last_visit
from app.queries.surveys import list_own_surveys
from app.queries.updates import list_due_values
from app.web.commitment_lines import read_own_commitments
from app.web.decision_lines import read_due_decisions
from app.web.deps import PersonDep
from app.web.event_runs import ChangeRun, tell_runs
from app.web.owners import read_partnerships
from app.web.render import page
from app.web.reviews import say_month
from app.web.surveys import make_own_line
from app.web.times import Clock, read_clock
from app.web.updates_desk import Desk, DeskHead, find_main_period, make_head

router = APIRouter(include_in_schema=False)
FINDINGS_SHOWN = 5
RUNS_SHOWN = 8
EVENTS_READ = 500
# What an empty installation waits for, in the order in which one needs the other.
FIRST_STEPS = (
    ("/settings", "Name the organization", "and say where it wants to be: its vision."),
    ("/settings/departments/new", "Add departments", "as a tree; each one has a head."),
    ("/settings/owners/new", "Add people", "and give them a link that lets them in."),
    ("/goals/new", "Agree on a goal", "that departments can contribute to."),
    ("/kpis/new", "Define a KPI", "that tells whether the goal comes nearer."),
)
FIRST_DAYS = 7
# What follows from other changes, and who came and went.
LEFT_OUT = ("aggregated", "assessed", "removed", "signed_in", "signed_out", "password_set")


@dataclass(frozen=True, slots=True)
class ScoreTile:
    """A score with the way to what it is made of."""

    name: str
    value: float
    findings: int
    href: str


@dataclass(frozen=True, slots=True)
class News:
    """What changed since a moment: how it is called, lines, and findings that came and went."""

    heading: str
    runs: list[ChangeRun]
    findings: str | None
    since: date


@router.get("/")
async def show_home(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """What I owe, where we stand, what changed; of names and goals only what the person may read."""
    organization = await find_organization(session, actor=person)
    clock = read_clock(ZoneInfo(organization.time_zone))
    context: dict[str, Any] = {
        "organization": organization,
        "day": f"{clock.now.astimezone(clock.zone):%A, %-d %B}",
        "held": None,
    }
    calling = await list_calling_reviews(session, actor=person)
    if held := next((each.code for each in calling if each.is_held), None):
        context["held"] = (f"/reviews/{held}", say_month(held))
    surveys = [make_own_line(each) for each in await list_own_surveys(session, actor=person)]
    if not may(person, Permission.GOALS_READ):
        return page(request, "home/aggregates.html", **context, surveys=surveys)
    home = await find_home(session, person)
    today = clock.now.astimezone(clock.zone).date()
    scores = await read_scores(session, await find_last_check(session))
    place = home.id if home else None
    worst, findings = await list_worst_findings(session, place, most=FINDINGS_SHOWN, actor=person)
    to_take, to_review = await read_due_decisions(session, person, today=today)
    return page(
        request,
        "home/show.html",
        **context,
        home=home,
        first_name=person.name.split()[0],
        head=await _read_head(session, person, home, clock, today),
        surveys=surveys,
        asked=[
            (f"/reviews/{each.code}#review-asked", say_month(each.code), each.asked)
            for each in calling
            if each.asked
        ],
        **await read_own_commitments(session, person, today=today),
        partnerships=await read_partnerships(session, person.id, person, today=today),
        to_take=to_take,
        to_review=to_review,
        tiles=_make_tiles(home, scores.get(None), scores.get(home.id) if home else None),
        steps=_choose_steps(person, scores.get(None)),
        findings=worst,
        all_findings=findings,
        news=await _read_news(session, person, clock, now_in=request.state.sign_in),
    )


async def _read_head(
    session: SessionDep, person: Actor, home: Department | None, clock: Clock, today: date
) -> DeskHead:
    """How far the updates of the current periods are."""
    periods = due_periods(None, today=today)
    dues = await list_due_values(session, periods, actor=person)
    main = find_main_period(dues, periods)
    return make_head(Desk(person, today, clock.zone, None, main, home, dues, [], [], PeriodLock()))


def _choose_steps(person: Actor, score: Score | None) -> tuple[tuple[str, str, str], ...]:
    """What to begin with, for those who can, until there is a plan."""
    begun = score is not None and score.has_plan
    return FIRST_STEPS if not begun and may(person, Permission.GOALS_WRITE, on=Place()) else ()


def _make_tiles(home: Department | None, overall: Score | None, own: Score | None) -> list[ScoreTile]:
    tiles = []
    if home and own:
        tiles.append(_make_tile(home.name, own, f"/departments/{home.code}"))
    if overall and overall.has_plan:
        tiles.append(_make_tile("Whole organization", overall, "/linkage"))
    return tiles


def _make_tile(name: str, score: Score, href: str) -> ScoreTile:
    return ScoreTile(name, score.value, sum(line.findings for line in score.lines), href)


async def _read_news(session: SessionDep, person: Actor, clock: Clock, *, now_in: Any) -> News:
    """Since the visit before this one; on a first visit, the last days."""
    visit = await find_last_visit(session, person.id, now_in=now_in)
    since: datetime = visit or clock.now - timedelta(days=FIRST_DAYS)
    events = await list_news(session, since, actor=person, left_out=LEFT_OUT, limit=EVENTS_READ)
    counts = await count_findings(session, LinkageFilter(since=since), actor=person)
    new, fixed = (
        sum(row.total for row in counts if row.change is each) for each in (Change.NEW, Change.FIXED)
    )
    told = [f"{new} new {'finding' if new == 1 else 'findings'}"] if new else []
    told += [f"{fixed} fixed"] if fixed else []
    return News(
        heading=f"Since you were here, {clock.say(visit)}" if visit else f"In the last {FIRST_DAYS} days",
        runs=tell_runs(events, {}, clock=clock, most=RUNS_SHOWN),
        findings=", ".join(told) or None,
        since=since.astimezone(clock.zone).date(),
    )
