"""An initiative as a line: in the list, on the pages of goals, objectives, departments and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from markupsafe import Markup

from app.deps import SessionDep
from app.domain.initiatives import CLOSED, Dates, Pace, judge_pace
from app.domain.linkage.wording import word_count, word_day
from app.domain.permissions import Actor
from app.domain.words import InitiativeStatus
from app.models.base import write_number
from app.queries.initiatives_table import (
    InitiativeSearch,
    InitiativeTableRow,
    list_initiative_table,
)
from app.web.charts import TimeBar, TimeScale, fit_time, time_axis, time_bar

# What ended longer ago is looked for by its state.
RECENTLY = timedelta(days=91)
OVER = "Over, in the last three months"
# Shape and colour of a pace: those of a status.
TONES = {
    Pace.PLANNED: "unknown",
    Pace.ON_PLAN: "unknown",
    Pace.MOVED: "amber",
    Pace.LATE: "red",
    Pace.ON_TIME: "green",
    Pace.FINISHED_LATE: "amber",
    Pace.GIVEN_UP: "unknown",
}


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """An initiative in words and as a bar in time."""

    href: str
    code: str
    title: str
    state: str | None
    tone: str
    pace: str
    due: str
    baseline: str | None
    progress: str
    bar: Markup
    owner: tuple[str, str] | None
    department: tuple[str, str]
    partners: list[str]
    aims: list[str]
    is_learning: bool


@dataclass(frozen=True, slots=True)
class InitiativeGroup:
    """Lines that stand alike."""

    heading: str
    key: str
    lines: list[InitiativeLine]


@dataclass(frozen=True, slots=True)
class InitiativeTable:
    """Lines on one scale of time."""

    axis: Markup
    groups: list[InitiativeGroup]
    total: int


_GROUPS = (
    ("Late", "late", {Pace.LATE}),
    ("Under way", "running", {Pace.ON_PLAN, Pace.MOVED}),
    ("Drafts", "drafts", {Pace.PLANNED}),
    ("", "over", {Pace.ON_TIME, Pace.FINISHED_LATE, Pace.GIVEN_UP}),
)


async def read_initiatives(
    session: SessionDep, wanted: InitiativeSearch, person: Actor, *, today: date
) -> InitiativeTable:
    """Initiatives of something on its page: what is not over, and what ended a short while ago."""
    recent = wanted._replace(over_since=today - RECENTLY)
    return tell_initiatives(await list_initiative_table(session, recent, actor=person), today)


def tell_initiatives(rows: Sequence[InitiativeTableRow], today: date, *, over: str = OVER) -> InitiativeTable:
    """Rows as a table: what is late first, all on one scale. `over`: what is said above what has ended."""
    bars = {row.id: make_time_bar(row, today) for row in rows}
    scale = fit_time(bars.values(), today)
    lines = [(judge_row(row, today)[0], tell_initiative(row, today, bars[row.id], scale)) for row in rows]
    groups = [
        InitiativeGroup(heading or over, key, found)
        for heading, key, paces in _GROUPS
        if (found := [line for pace, line in lines if pace in paces])
    ]
    return InitiativeTable(time_axis(scale), groups, len(rows))


def tell_initiative(row: InitiativeTableRow, today: date, bar: TimeBar, scale: TimeScale) -> InitiativeLine:
    """One row as a line."""
    pace, _ = judge_row(row, today)
    moved = row.due_on is not None and row.due_baseline not in (None, row.due_on)
    return InitiativeLine(
        href=f"/initiatives/{quote(row.code)}",
        code=row.code,
        title=row.title,
        state=row.status.value if row.status is InitiativeStatus.PAUSED else None,
        tone=TONES[pace],
        pace=say_pace(row, today),
        due=say_due(row),
        baseline=f"baseline {word_day(row.due_baseline)}" if moved and row.due_baseline else None,
        progress=f"{write_number(row.progress)} %",
        bar=time_bar(bar, scale),
        owner=(row.owner_email, row.owner) if row.owner_email and row.owner else None,
        department=(row.department_code, row.department),
        partners=row.partners,
        aims=row.aims,
        is_learning=row.action_learning,
    )


def judge_row(row: InitiativeTableRow, today: date) -> tuple[Pace, int]:
    """How an initiative stands against its dates."""
    return judge_pace(Dates(row.status, row.due_on, row.due_baseline, row.finished_on), today)


def say_pace(row: InitiativeTableRow, today: date) -> str:
    """The same in words."""
    pace, days = judge_row(row, today)
    told = word_count(days, "day")
    if pace is Pace.GIVEN_UP:
        return "cancelled, as decided" if row.decided else "cancelled, no decision"
    words = {
        Pace.PLANNED: "draft",
        Pace.ON_PLAN: "on plan",
        Pace.MOVED: f"moved by {told}",
        Pace.LATE: f"{told} late",
        Pace.ON_TIME: "finished on time",
        Pace.FINISHED_LATE: f"finished {told} late",
    }
    return words[pace]


def say_due(row: InitiativeTableRow) -> str:
    """The day that matters now: when it is due, or when it ended."""
    ended = row.finished_on or row.cancelled_on
    if row.status in CLOSED and ended is not None:
        return word_day(ended)
    return word_day(row.due_on) if row.due_on else "no date yet"


def make_time_bar(row: InitiativeTableRow, today: date) -> TimeBar:
    """What is drawn of it. A draft has no baseline yet: its day is drawn as it is."""
    pace, _ = judge_row(row, today)
    dates = row.dates or ([row.due_baseline] if row.due_baseline else [])
    if row.due_on is not None and (not dates or dates[-1] != row.due_on):
        dates = [*dates, row.due_on]
    return TimeBar(
        starts_on=row.starts_on,
        dates=dates,
        ended_on=row.finished_on or row.cancelled_on,
        progress=float(row.progress),
        tone=TONES[pace] if pace is not Pace.GIVEN_UP else "over",
        label=_describe(row, today),
    )


def _describe(row: InitiativeTableRow, today: date) -> str:
    parts = [f"{row.title}: {say_pace(row, today)}"]
    if row.due_baseline:
        parts.append(f"baseline {word_day(row.due_baseline)}")
    if row.due_on and row.due_on != row.due_baseline:
        parts.append(f"now due {word_day(row.due_on)}")
    if row.finished_on:
        parts.append(f"finished {word_day(row.finished_on)}")
    return ", ".join([*parts, f"{write_number(row.progress)} % done"])
