"""Reading what alignment facts are made of, and the facts as they were measured last."""

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment.facts import AlignmentFacts
from app.domain.alignment.rows import (
    CourseRows,
    DeclaredRow,
    DepartmentRow,
    EffortRow,
    GoalRow,
    ObjectiveRow,
    OptionRow,
    OrderRow,
    SeriesRow,
    SurveyRow,
)
from app.domain.periods import parse_period, periods_between
from app.domain.permissions import Actor, Permission, may, require
from app.domain.surveys import QuestionKind, SurveyStatus
from app.errors import Forbidden
from app.models.alignment import AlignmentMeasure
from app.models.surveys import Survey, SurveyResult
from app.queries._missed import has_missed_changes
from app.queries.surveys import read_parents

# What the facts depend on.
WATCHED_KINDS = ("survey", "goal", "objective", "link", "kpi", "measurement", "department", "owner")
# Fewer options have no order worth asking for.
FEWEST_OPTIONS = 3
# Nothing older is drawn or compared.
_MONTHS = 36


class Moment(NamedTuple):
    """When rows are read: the day of the organization, the time, and what this has seen of all changes."""

    today: date
    now: Any
    snapshot: str


async def find_last_alignment(session: AsyncSession) -> AlignmentMeasure | None:
    """What was measured last, or None before the first time."""
    newest = select(AlignmentMeasure).order_by(col(AlignmentMeasure.measured_at).desc()).limit(1)
    return await session.scalar(newest)


async def is_alignment_stale(session: AsyncSession, last: AlignmentMeasure | None) -> bool:
    """Has anything changed that the facts are made of?"""
    return last is None or await has_missed_changes(session, last.snapshot, last.today, WATCHED_KINDS)


class Alignment(NamedTuple):
    """The facts that somebody may read, and whether they are about to be renewed."""

    measure: AlignmentMeasure | None
    facts: AlignmentFacts | None
    is_stale: bool


async def read_alignment(session: AsyncSession, *, actor: Actor) -> Alignment:
    """The facts as they stand. They compare departments: for those who see all of them.

    Names of owners are for those who may read the directory.
    """
    require(actor, Permission.METRICS_READ)
    if actor.sees is not None:
        raise Forbidden("Alignment compares departments: a client bound to some of them may not read it.")
    last = await find_last_alignment(session)
    stale = await is_alignment_stale(session, last)
    if last is None:
        return Alignment(None, None, stale)
    facts = msgspec.convert(last.facts, AlignmentFacts)
    if not may(actor, Permission.DIRECTORY_READ):
        conflicts = tuple(replace(each, owners=()) for each in facts.course.conflicts)
        facts = replace(facts, course=replace(facts.course, conflicts=conflicts))
    return Alignment(last, facts, stale)


async def read_moment(session: AsyncSession) -> Moment:
    """Now, as this transaction sees it."""
    row = (await session.execute(_MOMENT)).one()
    return Moment(*row)


async def find_latest_ranking(session: AsyncSession) -> Survey | None:
    """The survey that was closed last among those that ask for an order of three things or more."""
    closed = (
        select(Survey)
        .where(col(Survey.status) == SurveyStatus.CLOSED, col(Survey.archived_at).is_(None))
        .order_by(col(Survey.closed_at).desc())
    )
    surveys = await session.scalars(closed)
    return next((survey for survey in surveys if find_ranking(survey) is not None), None)


def find_ranking(survey: Survey) -> dict[str, Any] | None:
    """The question of a survey that asks for an order; the first if there are several."""
    asked = (
        each
        for each in survey.questions
        if each["kind"] == QuestionKind.RANK and len(each["options"]) >= FEWEST_OPTIONS
    )
    return next(asked, None)


async def read_ranking(session: AsyncSession, survey: Survey) -> SurveyRow:
    """The ranking question of a survey with the order that everybody gave, in no telling order."""
    question = find_ranking(survey)
    assert question is not None and survey.closed_at is not None  # noqa: S101,PT018  (the caller's contract)
    rows = await session.execute(_ORDERS, {"survey": survey.id, "question": question["code"]})
    orders = sorted((OrderRow(row[0], row[1], tuple(row[2])) for row in rows), key=repr)
    return SurveyRow(
        survey.id,
        survey.code,
        survey.title,
        survey.closed_at.date(),
        survey.minimum_group,
        survey.invited,
        tuple(OptionRow(each["code"], each["text"]) for each in question["options"]),
        tuple(orders),
    )


async def list_ranked_departments(session: AsyncSession, survey: Survey) -> tuple[DepartmentRow, ...]:
    """The departments as they lay when a survey closed, archived ones too: answers may stand there.

    Not as they lie today: what is told in two trees could be subtracted.
    """
    rows = await session.execute(text("select id, name, parent_id from departments order by id"))
    departments = [DepartmentRow(*row) for row in rows]
    frozen = await session.get(SurveyResult, survey.id)
    if frozen is not None:
        parents = read_parents(frozen.parents)
        departments = [replace(row, parent=parents[row.id]) for row in departments if row.id in parents]
    return tuple(departments)


async def read_course(session: AsyncSession, today: date) -> CourseRows:
    """Plan, KPIs and declared conflicts as they are today: what is active, not what is a draft."""
    goals = await session.execute(_GOALS)
    objectives = await session.execute(_OBJECTIVES)
    efforts = await session.execute(_EFFORTS)
    series = await session.execute(_SERIES, {"today": today, "months": _MONTHS})
    declared = [*(await session.execute(_DECLARED)), *(await session.execute(_GUARDS))]
    return CourseRows(
        tuple(GoalRow(*row) for row in goals),
        tuple(ObjectiveRow(*row) for row in objectives),
        tuple(EffortRow(*row) for row in efforts),
        tuple(_read_series(row) for row in series),
        tuple(_read_declared(row) for row in declared),
    )


def _read_series(row: Any) -> SeriesRow:
    """With a place for every period, so that a missing one is a gap."""
    known = dict(zip(row.periods, row.values, strict=True))
    between = periods_between(parse_period(row.periods[0]), parse_period(row.periods[-1]))
    periods = tuple(period.text for period in between)
    return SeriesRow(
        row.kpi,
        row.name,
        row.unit,
        row.direction,
        row.cadence,
        row.department,
        row.place,
        row.owner,
        periods,
        tuple(known.get(period) for period in periods),
    )


def _read_declared(row: Any) -> DeclaredRow:
    departments: list[UUID] = sorted({each for each in row.departments if each is not None})
    named = dict(row._mapping) | {"departments": tuple(departments)}
    return DeclaredRow(**named)


_MOMENT = text("""
select (now() at time zone time_zone)::date, clock_timestamp(), pg_current_snapshot()::text from organization
""")
_ORDERS = text("""
select department_id, level, "values" -> cast(:question as text) from survey_answers
where survey_id = :survey and jsonb_typeof("values" -> cast(:question as text)) = 'array'
""")
_GOALS = text("""
select code, title from goals where archived_at is null and status = 'active' order by code
""")
_OBJECTIVES = text("""
select o.code, d.code, o.effort::float8 from objectives o join departments d on d.id = o.department_id
where o.archived_at is null and o.status = 'active' order by o.code
""")
_EFFORTS = text("""
select s.code, n.code, l.effort::float8
from links l join objectives s on s.id = l.source_id join nodes n on n.id = l.target_id
where l.archived_at is null and l.type = 'contributes' and s.archived_at is null and s.status = 'active'
  and (exists (select from goals g where g.id = n.id and g.archived_at is null and g.status = 'active')
       or exists (select from objectives o where o.id = n.id and o.archived_at is null and o.status =
       'active'))
order by s.code, n.code
""")
_SERIES = text("""
select k.code as kpi, k.name, k.unit, k.direction, k.cadence, m.department_id as department,
       coalesce(d.name, '') as place, o.name as owner,
       array_agg(m.period order by m.first_day) as periods,
       array_agg(m.value::float8 order by m.first_day) as "values"
from measurements m join kpis k on k.id = m.kpi_id
     left join departments d on d.id = m.department_id left join owners o on o.id = k.owner_id
where m.known_to is null and not m.withdrawn and not m.suppressed and m.value is not null
  -- What is added up from departments would tell again what these tell.
  and m.source <> 'aggregated'
  and k.archived_at is null and k.active and k.kind = 'numeric'
  and m.first_day > cast(:today as date) - make_interval(months => :months)
group by k.id, m.department_id, d.name, o.name
order by k.code, d.name nulls first
""")
_DECLARED = text("""
select 'link' as kind, s.code as first, n.code as second, s.title as first_name,
       coalesce(t.title, g.title) as second_name, so.name as first_owner,
       coalesce(ot.name, og.name) as second_owner,
       array[s.department_id, t.department_id] as departments, l.rationale as why
from links l join objectives s on s.id = l.source_id join nodes n on n.id = l.target_id
     left join objectives t on t.id = n.id left join goals g on g.id = n.id
     left join owners so on so.id = s.owner_id
     left join owners ot on ot.id = t.owner_id left join owners og on og.id = g.owner_id
where l.type = 'conflicts_with' and l.archived_at is null
  and s.archived_at is null and s.status = 'active'
  and coalesce(t.archived_at, g.archived_at) is null and coalesce(t.status, g.status) = 'active'
order by l.created_at, l.id
""")
_GUARDS = text("""
select 'guard' as kind, k.code as first, h.code as second, k.name as first_name, h.name as second_name,
       ko.name as first_owner, ho.name as second_owner,
       array[k.department_id, h.department_id] as departments, cast(null as text) as why
from kpi_guards p join kpis k on k.id = p.kpi_id join kpis h on h.id = p.guard_id
     left join owners ko on ko.id = k.owner_id left join owners ho on ho.id = h.owner_id
where k.archived_at is null and h.archived_at is null and k.active and h.active
order by k.code, h.code
""")
