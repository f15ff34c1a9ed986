"""Reading initiatives as people look at them: a line each, with names, in one statement."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Actor, Permission, require
from app.domain.words import InitiativeStatus
from app.queries._reach import reach_of
from app.queries.goals_rows import VISIBLE_PLAN


class InitiativeSearch(NamedTuple):
    """Which initiatives are shown; None asks for nothing. `departments` lead or take part.

    `over_since`: of what is over only what ended on that day or later.
    """

    departments: Collection[UUID] | None = None
    owner: str | None = None
    statuses: Collection[InitiativeStatus] | None = None
    aims: Collection[UUID] | None = None
    over_since: date | None = None
    limit: int = 200
    offset: int = 0


class InitiativeTableRow(NamedTuple):
    """An initiative with the names of all it belongs to. `dates`: every due date so far, in order."""

    id: UUID
    code: str
    title: str
    status: InitiativeStatus
    starts_on: date | None
    due_on: date | None
    due_baseline: date | None
    finished_on: date | None
    cancelled_on: date | None
    progress: Decimal
    action_learning: bool
    decided: bool
    department_code: str
    department: str
    owner: str | None
    owner_email: str | None
    partners: list[str]
    aims: list[str]
    aim_ids: list[UUID]
    dates: list[date]


# What runs comes first by its date, then drafts, then what is over, the last one first.
_ROWS = text(
    """VISIBLE,
aim as (
    select id, code from goal union all select id, code from objective
)
select i.id, i.code, i.title, i.status, i.starts_on, i.due_on, i.due_baseline, i.finished_on, i.cancelled_on,
       i.progress, i.action_learning, i.cancelled_by_id is not null, d.code, d.name, o.name, o.email,
       array(select p.code from initiative_departments x join departments p on p.id = x.department_id
             where x.initiative_id = i.id order by p.code),
       array(select a.code from initiative_supports s join aim a on a.id = s.node_id
             where s.initiative_id = i.id order by a.code),
       array(select a.id from initiative_supports s join aim a on a.id = s.node_id
             where s.initiative_id = i.id order by a.code),
       array(select x.due_on from initiative_dates x where x.initiative_id = i.id order by x.id)
from initiative i
join departments d on d.id = i.department_id
left join owners o on o.id = i.owner_id
where (cast(:departments as uuid[]) is null or i.department_id = any(cast(:departments as uuid[]))
       or exists (select from initiative_departments x
                  where x.initiative_id = i.id and x.department_id = any(cast(:departments as uuid[]))))
  and (cast(:owner as text) is null or lower(o.email) = lower(:owner))
  and (cast(:statuses as text[]) is null or i.status = any(cast(:statuses as text[])))
  and (cast(:aims as uuid[]) is null or exists (
           select from initiative_supports s
           where s.initiative_id = i.id and s.node_id = any(cast(:aims as uuid[]))))
  and (cast(:over_since as date) is null or i.status not in ('finished', 'cancelled')
       or coalesce(i.finished_on, i.cancelled_on) >= cast(:over_since as date))
order by case i.status when 'active' then 0 when 'paused' then 0 when 'draft' then 1 else 2 end,
         case when i.status in ('finished', 'cancelled') then null else i.due_on end nulls last,
         coalesce(i.finished_on, i.cancelled_on) desc nulls last, i.code
limit :limit offset :offset
""".replace("VISIBLE", VISIBLE_PLAN)
)


async def list_initiative_table(
    session: AsyncSession, wanted: InitiativeSearch, *, actor: Actor
) -> list[InitiativeTableRow]:
    """Initiatives that are not archived: what runs by its due date, then drafts, then what is over."""
    require(actor, Permission.GOALS_READ)
    parameters = reach_of(actor) | {
        "departments": None if wanted.departments is None else list(wanted.departments),
        "owner": wanted.owner,
        "statuses": None if wanted.statuses is None else [each.value for each in wanted.statuses],
        "aims": None if wanted.aims is None else list(wanted.aims),
        "over_since": wanted.over_since,
        "limit": wanted.limit,
        "offset": wanted.offset,
    }
    rows = await session.execute(_ROWS, parameters)
    return [InitiativeTableRow(*row)._replace(status=InitiativeStatus(row.status)) for row in rows]
