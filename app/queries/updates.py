"""Reading what a person owes for some periods: one row per KPI and department, in one statement.

Whose value is due and who owes it are `due_departments` and `who_owes` of the domain, told again in SQL; a
test compares them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.periods import Cadence, Period, parse_period
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.scoring import Direction, KpiSource, Source, Status, Thresholds
from app.domain.states import TYPED, Key, State
from app.models.measurements import Measurement
from app.queries._hidden import tell_hidden
from app.queries.boards import read_state_row

SHOWN_BEFORE = 11
_AUTOMATIC = frozenset({Source.FED, Source.COMPUTED, Source.AGGREGATED})

_DUE = text(
    """
with wanted as (
    select * from unnest(
        cast(:cadences as text[]), cast(:periods as text[]), cast(:first_days as date[]),
        cast(:deciding_days as date[])
    ) as w (cadence, period, first_day, deciding_day)
),
kpi as (
    select k.*, w.period, w.first_day, w.deciding_day,
           (select array_agg(r.department_id) from kpi_departments r where r.kpi_id = k.id) as reporting
    from kpis k
    join wanted w on w.cadence = k.cadence
    where k.active and k.archived_at is null
      and (k.updater_id = :person
           or k.updater_id is null
              and (k.owner_id = :person or exists (select from departments d where d.head_id = :person)))
),
-- A KPI that names no department awaits values from where it ever had one, else from the organization.
had as (
    select k.id as kpi_id, d.id as department_id
    from kpi k
    join departments d on exists (
        select from measurements m where m.kpi_id = k.id and m.department_id = d.id
        and m.value is not null and m.source not in ('aggregated', 'computed'))
    where k.reporting is null and k.department_id is null
    union all
    select k.id, null
    from kpi k
    where k.reporting is null and k.department_id is null
      and exists (select from measurements m where m.kpi_id = k.id and m.department_id is null
                  and m.value is not null and m.source not in ('aggregated', 'computed'))
),
due as (
    select k.id as kpi_id, unnest(k.reporting) as department_id from kpi k
    union all
    select k.id, k.department_id from kpi k where k.reporting is null and k.department_id is not null
    union all
    select kpi_id, department_id from had
    union all
    select k.id, null from kpi k
    where k.reporting is null and k.department_id is null
      and not exists (select from had h where h.kpi_id = k.id)
)
select k.id as kpi_id, k.code, k.name, k.unit, k.direction, k.cadence, k.grace_days, k.source as kpi_source,
       k.owner_id, k.updater_id, k.period, d.id as department_id, d.code as department_code,
       d.name as department_name, coalesce(m.revision, 0) as revision, m.id as measurement_id,
       trim_scale(m.value) as value, coalesce(m.not_applicable, false) as not_applicable,
       coalesce(m.withdrawn, false) as withdrawn, coalesce(m.suppressed, false) as suppressed,
       HIDDEN as hidden_below, m.n, m.note,
       m.confidence, m.reason, m.source, m.status, m.status_reason, m.recorded_by, m.recorded_by_name,
       m.recorded_at, trim_scale(t.target) as target, trim_scale(t.amber) as amber, trim_scale(t.red) as red,
       trim_scale(t.low) as low, trim_scale(t.high) as high, trim_scale(t.red_low) as red_low,
       trim_scale(t.red_high) as red_high, h.periods as past_periods, h.values as past_values
from due
join kpi k on k.id = due.kpi_id
left join departments d on d.id = due.department_id
left join measurements m on m.kpi_id = k.id and m.department_id is not distinct from due.department_id
    and m.period = k.period and m.known_to is null
left join lateral (
    select t.target, t.amber, t.red, t.low, t.high, t.red_low, t.red_high
    from targets t
    where t.kpi_id = k.id and t.archived_at is null
      and (t.department_id is null or t.department_id = due.department_id)
      and t.first_day <= k.deciding_day and (t.last_day is null or t.last_day >= k.deciding_day)
    order by t.department_id is null
    limit 1
) t on true
left join lateral (
    select array_agg(p.period order by p.first_day) as periods,
           array_agg(trim_scale(p.value) order by p.first_day) as values
    from (
        select p.period, p.first_day, p.value
        from measurements p
        where p.kpi_id = k.id and p.department_id is not distinct from due.department_id
          and p.known_to is null and not p.withdrawn and p.value is not null and not p.suppressed
          and p.first_day < k.first_day
          and length(p.period) = length(k.period)
          and (substr(p.period, 6, 1) = 'Q') = (k.cadence = 'quarterly')
        order by p.first_day desc
        limit :most_before
    ) p
) h on true
where (due.department_id is null or d.active and d.archived_at is null)
  -- What is computed from records nobody owes, unless somebody is named to type it.
  and case when k.source = 'computed' then k.updater_id
           else coalesce(k.updater_id, d.head_id, k.owner_id) end = :person
order by k.code collate "C", d.code collate "C" nulls first
""".replace("HIDDEN", tell_hidden("m"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueValue:
    """A value somebody owes: where, what came before, what is aimed at, and what is there now.

    `revision` is 0 where there never was a value. `past` holds the values before it, the oldest first.
    """

    kpi_id: UUID
    code: str
    name: str
    unit: str
    direction: Direction
    cadence: Cadence
    grace_days: int
    kpi_source: KpiSource
    owner_id: UUID | None
    updater_id: UUID | None
    period: Period
    department_id: UUID | None
    department_code: str | None
    department_name: str | None
    thresholds: Thresholds | None
    past: Sequence[tuple[str, Decimal]]
    revision: int
    value: Decimal | None
    not_applicable: bool
    withdrawn: bool
    suppressed: bool
    hidden_below: int | None
    n: int | None
    note: str | None
    confidence: int | None
    reason: str | None
    source: Source | None
    status: Status | None
    status_reason: str | None
    recorded_by: UUID | None
    recorded_by_name: str | None
    recorded_at: datetime | None

    @property
    def place(self) -> Place:
        """Where the value belongs, and who may type it wherever that is."""
        return Place(self.department_id, frozenset(filter(None, (self.owner_id, self.updater_id))))

    @property
    def is_there(self) -> bool:
        """Whether something is said for the period: a value, why there is none, or that it is suppressed."""
        return self.source is not None and not self.withdrawn

    @property
    def last(self) -> tuple[str, Decimal] | None:
        """The value before, with its period."""
        return self.past[-1] if self.past else None


_PLAIN = (
    *("kpi_id", "code", "name", "unit", "grace_days", "owner_id", "updater_id", "department_id"),
    *("department_code", "department_name", "revision", "value", "not_applicable", "withdrawn"),
    *("suppressed", "hidden_below", "n", "note", "confidence", "reason", "status_reason", "recorded_by"),
    *("recorded_by_name", "recorded_at"),
)
_THRESHOLDS = ("target", "amber", "red", "low", "high", "red_low", "red_high")


async def list_due_values(
    session: AsyncSession, periods: Mapping[Cadence, Period], *, actor: Actor
) -> list[DueValue]:
    """What the actor owes for these periods, in the order of KPI and department."""
    require(actor, Permission.METRICS_READ)
    chosen = list(periods.values())
    parameters = {
        "person": actor.id,
        "cadences": [cadence.value for cadence in periods],
        "periods": [period.text for period in chosen],
        "first_days": [period.first_day for period in chosen],
        "deciding_days": [period.deciding_day for period in chosen],
        "most_before": SHOWN_BEFORE,
    }
    return [_read_due(row) for row in await session.execute(_DUE, parameters)]


def _read_due(row: Any) -> DueValue:
    limits = {name: getattr(row, name) for name in _THRESHOLDS}
    return DueValue(
        **{name: getattr(row, name) for name in _PLAIN},
        direction=Direction(row.direction),
        cadence=Cadence(row.cadence),
        kpi_source=KpiSource(row.kpi_source),
        period=parse_period(row.period),
        source=row.source and Source(row.source),
        status=row.status and Status(row.status),
        thresholds=Thresholds(**limits) if any(each is not None for each in limits.values()) else None,
        past=list(zip(row.past_periods or (), row.past_values or (), strict=True)),
    )


def is_automatic(due: DueValue) -> bool:
    """Does the value come by itself? What is typed over a feed does not."""
    if due.is_there and due.source in TYPED:
        return False
    return due.kpi_source is KpiSource.FED or (due.is_there and due.source in _AUTOMATIC)


async def read_revision(session: AsyncSession, kpi_id: UUID, key: Key) -> int:
    """The revision of the value that is there now; 0 where there is none."""
    table = Measurement.__table__  # type: ignore[attr-defined]
    found = await session.scalar(
        select(table.c.revision).where(
            table.c.kpi_id == kpi_id,
            table.c.department_id.is_not_distinct_from(key.department),
            table.c.period == key.period.text,
            table.c.known_to.is_(None),
        )
    )
    return found or 0


async def read_state_before(session: AsyncSession, state: State) -> State | None:
    """What a measurement said one revision earlier; None where it said nothing."""
    table = Measurement.__table__  # type: ignore[attr-defined]
    earlier = (
        select(table)
        .where(table.c.id == state.id, table.c.revision < state.revision)
        .order_by(table.c.revision.desc(), table.c.known_from.desc())
        .limit(1)
    )
    row = (await session.execute(earlier)).one_or_none()
    return None if row is None else read_state_row(row, Key(state.key.department, state.key.period))
