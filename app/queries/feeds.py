"""Which KPIs scores feed, and which score stands for a department and period."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.engagement import Feed, Scale, ScaleKind, read_scale
from app.domain.scoring import KpiSource
from app.models.base import write_number
from app.models.kpis import Kpi


class FedPlace(NamedTuple):
    """Where scores of a metric changed."""

    metric: str
    department: UUID
    period: str


class Winner(NamedTuple):
    """The score that stands for a department and period; `found` is false where there is none."""

    department: UUID
    period: str
    found: bool
    value: Decimal | None
    suppressed: bool | None
    respondents: int | None


# Of the scores a feed means. Ids sort by the time they were received first.
_MEANT = """
    s.metric = :metric and (cast(:source as text) is null or s.source = :source)
    and (cast(:survey as text) is null or s.survey = :survey)
"""
_WANTED = "unnest(cast(:departments as uuid[]), cast(:periods as text[])) as w (department_id, period)"

_FIRST_SCALE = text(
    """
select s.scale_kind, s.scale_min, s.scale_max
from """
    + _WANTED
    + " join engagement_scores s on s.department_id = w.department_id and s.period = w.period and "
    + _MEANT
    + " order by s.id limit 1"
)

# A score without a value that may be shown counts only where no other has one; of the others the latest.
_WINNERS = text(
    """
select distinct on (w.department_id, w.period)
    w.department_id, w.period, s.id is not null as found,
    case when s.withheld then null else s.value end, s.suppressed or s.withheld, s.respondents
from """
    + _WANTED
    + " left join engagement_scores s on s.department_id = w.department_id and s.period = w.period and "
    + _MEANT
    + """
    and s.scale_kind = :kind and s.scale_min = :low and s.scale_max = :high
order by w.department_id, w.period, s.suppressed or s.withheld, coalesce(s.observed_at, s.received_at) desc,
    s.received_at desc, s.id desc
"""
)

_FED = text("""
select m.department_id, m.period
from measurements m
join unnest(cast(:departments as uuid[]), cast(:periods as text[])) as w (department_id, period)
    on m.department_id = w.department_id and m.period = w.period
where m.kpi_id = :kpi and m.known_to is null and m.source = 'fed' and not m.withdrawn
""")

_HISTORY = text("""
select s.department_id, s.period from engagement_scores s
where s.metric = :metric and s.department_id is not null
union
select m.department_id, m.period from measurements m
where m.kpi_id = :kpi and m.known_to is null and m.source = 'fed' and not m.withdrawn
  and m.department_id is not null
order by 1, 2
""")


def read_feed(kpi: Kpi) -> Feed:
    """The feed of a fed KPI."""
    declared: dict[str, Any] = dict(kpi.feed or {})
    scale = None
    if ends := declared.get("scale"):
        scale, _ = read_scale(ScaleKind(ends["kind"]), ends.get("min"), ends.get("max"))
    return Feed(
        kpi.code,
        declared.get("metric", ""),
        kpi.cadence,
        declared.get("source"),
        declared.get("survey"),
        scale,
    )


def write_scale(scale: Scale) -> dict[str, object]:
    """A scale as a feed keeps it."""
    return {
        "kind": scale.kind.value,
        "min": write_number(scale.minimum),
        "max": write_number(scale.maximum),
    }


async def list_fed_kpis(session: AsyncSession, metrics: Collection[str]) -> Sequence[Kpi]:
    """The live KPIs that take scores of these metrics, in the order in which they are locked."""
    kpis = await session.scalars(
        select(Kpi)
        .where(
            col(Kpi.source) == KpiSource.FED,
            col(Kpi.archived_at).is_(None),
            col(Kpi.active),
            col(Kpi.feed).is_not(None),
        )
        .order_by(col(Kpi.id))
    )
    return [kpi for kpi in kpis if kpi.feed and kpi.feed.get("metric") in metrics]


async def find_first_scale(session: AsyncSession, feed: Feed, places: Collection[FedPlace]) -> Scale | None:
    """The scale of the score that was received first of those a feed means in these places."""
    row = (await session.execute(_FIRST_SCALE, _parameters(feed, places))).one_or_none()
    return None if row is None else Scale(ScaleKind(row[0]), row[1], row[2])


async def find_winners(
    session: AsyncSession, feed: Feed, scale: Scale, places: Collection[FedPlace]
) -> list[Winner]:
    """For each place the score whose value the KPI has there."""
    ends = {"kind": scale.kind.value, "low": scale.minimum, "high": scale.maximum}
    rows = await session.execute(_WINNERS, _parameters(feed, places) | ends)
    return [Winner(*row) for row in rows]


async def find_fed_places(
    session: AsyncSession, kpi: Kpi, places: Collection[tuple[UUID, str]]
) -> set[tuple[UUID, str]]:
    """Those of the places where the KPI has a value that came from a score."""
    values = {
        "kpi": kpi.id,
        "departments": [department for department, _ in places],
        "periods": [period for _, period in places],
    }
    return {(row[0], row[1]) for row in await session.execute(_FED, values)}


async def list_history_places(session: AsyncSession, kpi: Kpi) -> list[FedPlace]:
    """Every place where a score could feed the KPI, or did."""
    metric = read_feed(kpi).metric
    rows = await session.execute(_HISTORY, {"metric": metric, "kpi": kpi.id})
    return [FedPlace(metric, department, period) for department, period in rows]


def _parameters(feed: Feed, places: Collection[FedPlace]) -> dict[str, Any]:
    return {
        "metric": feed.metric,
        "source": feed.source,
        "survey": feed.survey,
        "departments": [place.department for place in places],
        "periods": [place.period for place in places],
    }
