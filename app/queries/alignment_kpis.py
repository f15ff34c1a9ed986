"""Reading what the alignment KPIs are computed from, what changed since, and what was computed last."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, TEXT, and_, any_, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import AlignmentRows
from app.domain.changes import PRIVATE_ACTIONS, Kind
from app.domain.periods import Cadence, Period, last_ended, parse_period
from app.domain.permissions import Actor, Permission, require
from app.domain.recomputing import WATCHED_RECORDS, News
from app.domain.scoring import KpiSource, Source
from app.domain.states import Key, State
from app.models.alignment_kpis import KpiComputation, LevelFigure, LevelFilter
from app.models.decisions import Decision
from app.models.initiatives import Initiative
from app.models.kpis import Kpi
from app.models.measurements import Measurement
from app.queries._find import resolve_visible
from app.queries.boards import read_state_row
from app.queries.decisions import visible_decisions
from app.queries.decisions_rows import list_decision_rows
from app.queries.initiatives import visible_initiatives
from app.queries.initiatives_rows import list_initiative_rows
from app.queries.links_rows import list_dependency_rows, list_link_ties
from app.queries.measurements import say_how_far_explained
from app.queries.organization import today_of
from app.queries.partnerships_rows import list_partner_ties, list_talk_rows
from app.queries.survey_rows import list_survey_rows

_MOMENT = text("""
select pg_current_snapshot()::text as snapshot, clock_timestamp() as at,
       (now() at time zone time_zone)::date as today, time_zone
from organization
""")
# A snapshot does not hold the transaction that took it: what this one has written counts as unseen.
_NEWS = text("""
select e.object_id, e.kind, e.action, e.code, (e.at at time zone o.time_zone)::date, e.before, e.after
from events e, organization o
where e.transaction >= pg_snapshot_xmin(cast(cast(:snapshot as text) as pg_snapshot))
  and (not pg_visible_in_snapshot(e.transaction, cast(cast(:snapshot as text) as pg_snapshot))
       or e.transaction = pg_current_xact_id_if_assigned())
  and e.kind = any(:kinds) and e.action <> all(:private)
  and (e.kind <> 'measurement' or e.action = 'withdrawn' and e.actor_kind <> 'system')
order by e.id
""")
# People who lead or own something, or talk for it: those among whom ties are expected.
_PEOPLE = text("""
select o.id, o.department_id
from owners o
where o.department_id is not null and o.archived_at is null and o.active and exists (
    select from departments where head_id = o.id
    union all select from goals where owner_id = o.id and archived_at is null
    union all select from objectives where owner_id = o.id and archived_at is null
    union all select from initiatives where owner_id = o.id and archived_at is null
    union all select from partnerships where o.id in (a_id, b_id))
""")
_TREE = text("select id, parent_id from departments")


class Moment(NamedTuple):
    """When a computing begins: which changes it sees, and which day it is where the organization is."""

    snapshot: str
    at: Any
    today: date
    zone: str


async def read_moment(session: AsyncSession) -> Moment:
    """Now. What is committed after it is seen by the next computing, even if this one reads it already."""
    return Moment(*(await session.execute(_MOMENT)).one())


async def find_last_computation(session: AsyncSession) -> KpiComputation | None:
    """Up to where everything is computed; None before the first time."""
    return await session.get(KpiComputation, True)


async def list_record_news(session: AsyncSession, last: KpiComputation) -> list[News]:
    """The changes of records since a computing, in their order."""
    parameters = {
        "snapshot": last.snapshot,
        "kinds": list(WATCHED_RECORDS),
        "private": list(PRIVATE_ACTIONS),
    }
    return [News(*row) for row in await session.execute(_NEWS, parameters)]


async def list_computed_kpis(session: AsyncSession) -> dict[AlignmentKpi, Kpi]:
    """The alignment KPIs that are computed, in the order of their ids: inactive and typed ones are not."""
    statement = select(Kpi).where(
        col(Kpi.code).in_([each.value for each in AlignmentKpi]),
        col(Kpi.built_in),
        col(Kpi.source) == KpiSource.COMPUTED,
        col(Kpi.active),
        col(Kpi.archived_at).is_(None),
    )
    found = await session.scalars(statement.order_by(col(Kpi.id)))
    return {AlignmentKpi(kpi.code): kpi for kpi in found}


async def read_alignment_rows(session: AsyncSession, *, zone: str) -> AlignmentRows:
    """Every record that counts, in a fixed number of statements, however many there are."""
    surveys = await list_survey_rows(session)
    return AlignmentRows(
        parent_of={row.id: row.parent_id for row in await session.execute(_TREE)},
        department_of={row.id: row.department_id for row in await session.execute(_PEOPLE)},
        initiatives=await list_initiative_rows(session, zone=zone),
        decisions=await list_decision_rows(session),
        questions=surveys.questions,
        answers=surveys.answers,
        agreement=surveys.agreement,
        dependencies=await list_dependency_rows(session),
        talks=await list_talk_rows(session),
        ties=[
            *await list_link_ties(session, zone=zone),
            *await list_partner_ties(session, zone=zone),
        ],
    )


def find_first_day(rows: AlignmentRows) -> date | None:
    """The first day that any record names."""
    return min(_list_days(rows), default=None)


def _list_days(rows: AlignmentRows) -> Iterator[date]:
    for initiative in rows.initiatives:
        yield min(initiative.begun_on, initiative.due_baseline)
    for decision in rows.decisions:
        yield decision.rounds[0].opened_on
    yield from (question.closed_on for question in rows.questions)
    yield from (dependency.need_by for dependency in rows.dependencies)
    yield from (talk.planned_on for talk in rows.talks)


async def find_first_computed_day(session: AsyncSession, kpis: Collection[UUID]) -> date | None:
    """The first day of the oldest computed value that stands."""
    statement = select(func.min(Measurement.first_day)).where(
        col(Measurement.kpi_id).in_(kpis),
        col(Measurement.source) == Source.COMPUTED,
        col(Measurement.known_to).is_(None),
    )
    found: date | None = await session.scalar(statement)
    return found


async def read_computed_states(
    session: AsyncSession, kpis: Collection[UUID], periods: Collection[Period]
) -> dict[UUID, dict[Key, State]]:
    """The states that stand of these KPIs in these periods, whoever told them; aggregates are left out."""
    table = Measurement.__table__  # type: ignore[attr-defined]
    texts = literal([period.text for period in periods], ARRAY(TEXT))
    statement = select(table).where(
        table.c.kpi_id.in_(kpis),
        table.c.period == any_(texts),
        table.c.known_to.is_(None),
        table.c.source != Source.AGGREGATED,
    )
    states: dict[UUID, dict[Key, State]] = {kpi: {} for kpi in kpis}
    for row in await session.execute(statement):
        key = Key(row.department_id, parse_period(row.period))
        states[row.kpi_id][key] = read_state_row(row, key)
    return states


async def list_told_periods(session: AsyncSession, kpis: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Of which KPI the whole organization has heard something about which period."""
    statement = select(col(Measurement.kpi_id), col(Measurement.period)).where(
        col(Measurement.kpi_id).in_(kpis),
        col(Measurement.department_id).is_(None),
        col(Measurement.known_to).is_(None),
        ~col(Measurement.withdrawn),
    )
    return {(row[0], row[1]) for row in await session.execute(statement)}


async def read_level_figures(
    session: AsyncSession, kpis: Collection[UUID], periods: Collection[Period]
) -> Sequence[LevelFigure]:
    """The figures of levels that are stored for these KPIs and periods."""
    texts = [period.text for period in periods]
    statement = select(LevelFigure).where(
        col(LevelFigure.kpi_id).in_(kpis), col(LevelFigure.period).in_(texts)
    )
    return (await session.scalars(statement)).all()


class NamedRecord(NamedTuple):
    """An initiative or a decision that a sentence names."""

    kind: str
    code: str
    title: str


async def find_named_records(session: AsyncSession, said: str, *, actor: Actor) -> list[NamedRecord]:
    """The initiatives and decisions that a text names and an actor sees, in two statements."""
    if not said or say_how_far_explained(actor) == "none":
        return []
    text_said = literal(said)
    found = []
    for kind, statement, table in (
        (Kind.INITIATIVE, visible_initiatives(actor), Initiative),
        (Kind.DECISION, visible_decisions(actor), Decision),
    ):
        code, title = col(table.code), col(table.title)
        named = or_(func.strpos(text_said, title) > 0, func.strpos(text_said, "(" + code + ")") > 0)
        rows = await session.execute(statement.with_only_columns(code, title).where(named))
        found += [NamedRecord(kind.value, *row) for row in rows]
    return found


async def read_computed_at(session: AsyncSession) -> datetime | None:
    """Up to when records are computed."""
    last = await find_last_computation(session)
    return None if last is None else last.computed_at


class LevelRow(NamedTuple):
    """A figure of a level with its KPI, and what it says of itself to those who may read the records."""

    kpi: Kpi
    figure: LevelFigure
    explanation: str | None


async def list_level_figures(session: AsyncSession, filters: LevelFilter, *, actor: Actor) -> list[LevelRow]:
    """The figures of the levels in one period, or in the last one that each KPI has ended.

    They are about the whole organization: a caller who is bound to departments sees none.
    """
    require(actor, Permission.METRICS_READ)
    if actor.sees is not None:
        return []
    today = await today_of(session)
    named = await resolve_visible(session, "kpis", filters.kpi, "?kpi", actor=actor)
    statement = (
        select(Kpi, LevelFigure)
        .join(LevelFigure, col(LevelFigure.kpi_id) == col(Kpi.id))
        .order_by(col(Kpi.code), col(LevelFigure.level))
    )
    if named is not None:
        statement = statement.where(col(Kpi.id).in_(named))
    if filters.period is not None:
        statement = statement.where(col(LevelFigure.period) == filters.period)
    else:
        ended = [
            and_(col(Kpi.cadence) == each, col(LevelFigure.period) == last_ended(today, each).text)
            for each in Cadence
        ]
        statement = statement.where(or_(*ended))
    explains = say_how_far_explained(actor) == "all"
    return [
        LevelRow(kpi, figure, figure.explanation if explains else None)
        for kpi, figure in await session.execute(statement)
    ]
