"""The engagement scores that were received, with their history: one statement that answers JSON text."""

import base64
import binascii
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.errors import Invalid
from app.models.engagement import ScoreFilter
from app.queries._find import read_uuid, resolve_visible
from app.queries._hidden import tell_hidden

_CURSOR = re.compile("(?P<after>[0-9a-f-]{36}) (?P<after_revision>[0-9]{1,9})")

# A score that is withheld is withheld in all its revisions: an earlier value tells almost as much.
# Ids sort by the time of the first receipt, so pages stay what they were while scores arrive. An earlier
# revision feeds nothing any more; what a score feeds is decided as `is_fed_by` and `feed_mismatch` do it.
_LIST = """
with chosen as (
    select s.id, s.revision, s.received_at, s.name, s.scale_kind, s.scale_min, s.scale_max, s.value,
           s.suppressed, s.respondents, s.invited, s.window_days, s.observed_at, true as current
    from engagement_scores s
    where s.id >= :after and {filters}
    union all
    select s.id, r.revision, r.received_at, r.name, r.scale_kind, r.scale_min, r.scale_max, r.value,
           r.suppressed, r.respondents, r.invited, r.window_days, r.observed_at, false
    from engagement_scores s join engagement_score_revisions r on r.score_id = s.id
    where cast(:revisions as boolean) and s.id >= :after and {filters}
),
page as (
    select *, row_number() over (order by id, revision) as number
    from chosen
    where (id, revision) > (cast(:after as uuid), cast(:after_revision as int))
      and (cast(:updated_since as timestamptz) is null or received_at >= :updated_since)
    order by number
    limit cast(:limit as int) + 1
),
line as (
    select p.number, p.id, p.revision, (select row_to_json(x) from (select
        p.id,
        s.source,
        nullif(s.survey, '') as survey,
        nullif(s.round, '') as round,
        s.segment,
        (select row_to_json(d) from (
            select d.id, d.code, d.name from departments d where d.id = s.department_id) d) as department,
        p.name,
        s.metric,
        s.period,
        json_build_object('kind', p.scale_kind, 'min', trim_scale(p.scale_min),
                          'max', trim_scale(p.scale_max)) as scale,
        case when not s.withheld then trim_scale(p.value) end as value,
        p.suppressed or s.withheld as suppressed,
        p.respondents,
        p.invited,
        p.window_days,
        replace(to_char(p.observed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
            as observed_at,
        case when p.suppressed or s.withheld then 'suppressed' when s.department_id is null then 'unmapped'
             when p.revision > 1 then 'revised' else 'created' end as status,
        p.revision,
        replace(to_char(p.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
            as received_at,
        case when p.current and s.department_id is not null then coalesce((
            select json_agg(k.code order by k.id)
            from kpis k
            where k.source = 'fed' and k.active and k.archived_at is null and k.feed ->> 'metric' = s.metric
              and coalesce(k.feed ->> 'source', s.source) = s.source
              and coalesce(k.feed ->> 'survey', s.survey) = s.survey
              and k.feed #>> '{{scale,kind}}' = p.scale_kind
              and coalesce((k.feed #>> '{{scale,min}}')::numeric, p.scale_min) = p.scale_min
              and coalesce((k.feed #>> '{{scale,max}}')::numeric, p.scale_max) = p.scale_max
              and k.cadence = case when s.period like '%W%' then 'weekly'
                                   when s.period like '%Q%' then 'quarterly'
                                   when length(s.period) = 7 then 'monthly' else 'yearly' end
        ), '[]') else '[]' end as feeds
    ) x)::text as shown
    from page p join engagement_scores s on s.id = p.id
)
select coalesce(string_agg(shown, ',' order by number) filter (where number <= :limit), '') as items,
       max(number) > :limit as has_more,
       max(id::text || ' ' || revision) filter (where number = :limit) as last
from line
"""
_FILTERS = """
    (cast(:source as text) is null or s.source = :source)
    and (cast(:survey as text) is null or s.survey = :survey)
    and (cast(:round as text) is null or s.round = :round)
    and (cast(:metric as text) is null or s.metric = :metric)
    and (cast(:period as text) is null or s.period = :period)
    and (cast(:department as uuid) is null or s.department_id = :department)
    and (cast(:sees as uuid[]) is null or s.department_id = any(cast(:sees as uuid[])))
"""
_STATEMENT = text(_LIST.format(filters=_FILTERS.strip()))
# The newest of each series; a suppressed one has no value to be read.
_LATEST = text(
    """
select distinct on (s.source, s.survey, s.metric)
       s.metric, s.source, s.period, s.scale_kind, s.scale_min, s.scale_max,
       case when not s.withheld then s.value end, HIDDEN, s.respondents, s.invited
from (select x.*, x.suppressed or x.withheld as hidden from engagement_scores x) s
where s.department_id = :department
  and (cast(:sees as uuid[]) is null or s.department_id = any(cast(:sees as uuid[])))
order by s.source, s.survey, s.metric, s.period desc, s.observed_at desc nulls last, s.id desc
""".replace("HIDDEN", tell_hidden("s", suppressed="hidden", n="respondents"))
)
_EQUAL = ("source", "survey", "round", "metric", "period")


class LatestScore(NamedTuple):
    """The newest score of a department from one survey, in its own scale; a suppressed one has no value."""

    metric: str
    source: str
    period: str
    scale_kind: str
    scale_min: Decimal
    scale_max: Decimal
    value: Decimal | None
    hidden_below: int | None
    respondents: int | None
    invited: int | None


@dataclass(frozen=True, slots=True)
class ScorePage:
    """A page of scores as JSON text, without the brackets, and where the next page starts."""

    items: str
    next_cursor: str | None


async def list_scores(session: AsyncSession, filters: ScoreFilter, *, actor: Actor) -> ScorePage:
    """What was received, in the order of receipt. A bound key sees its own departments, and no inbox."""
    require(actor, Permission.METRICS_READ)
    named = [filters.department] if filters.department else []
    departments = await resolve_visible(session, "departments", named, "?department", actor=actor)
    parameters: dict[str, Any] = {name: getattr(filters, name) for name in _EQUAL}
    parameters |= {
        "department": departments and departments[0],
        "sees": None if actor.sees is None else list(actor.sees),
        "revisions": filters.revisions,
        "updated_since": filters.updated_since,
        "limit": filters.limit,
        **_read_place(filters.cursor),
    }
    row = (await session.execute(_STATEMENT, parameters)).one()
    cursor = base64.urlsafe_b64encode(row.last.encode()).decode().rstrip("=") if row.has_more else None
    return ScorePage(row.items, cursor)


async def list_latest_scores(session: AsyncSession, department: UUID, *, actor: Actor) -> list[LatestScore]:
    """What the surveys last said of a department; what is suppressed or of another one stays untold."""
    require(actor, Permission.METRICS_READ)
    parameters = {"department": department, "sees": None if actor.sees is None else list(actor.sees)}
    return [LatestScore(*row) for row in await session.execute(_LATEST, parameters)]


def _read_place(cursor: str | None) -> dict[str, Any]:
    """The score and revision after which the page starts."""
    if cursor is None:
        return {"after": UUID(int=0), "after_revision": 0}
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        place = ""
    parts = _CURSOR.fullmatch(place)
    after = parts and read_uuid(parts["after"])
    if parts is None or after is None:
        raise Invalid.at("?cursor", "bad_cursor", "This cursor is not one of ours.")
    return {"after": after, "after_revision": int(parts["after_revision"])}
