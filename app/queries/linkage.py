"""Reading the linkage checker: its last check, findings with their life, and what a score is made of."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.linkage.findings import Group, ObjectKind, Severity
from app.domain.linkage.rollup import roll_up
from app.domain.linkage.score import Score, compute_score
from app.domain.linkage.states import Change, FindingStatus
from app.domain.permissions import Actor, Permission, Place, may, require
from app.errors import NotFound
from app.models.departments import Department
from app.models.linkage import FindingFilter, LinkageCheck, LinkageFilter, LinkageFinding
from app.queries._find import read_cursor, read_uuid, resolve_reference, write_cursor
from app.queries._missed import has_missed_changes

# What a check depends on. Scores of engagement count through the measurements that they feed.
WATCHED = (
    "organization",
    "theme",
    "department",
    "owner",
    "goal",
    "objective",
    "initiative",
    "link",
    "kpi",
    "target",
    "measurement",
    "decision",
    "decision_type",
    "commitment",
    "ritual",
    "occurrence",
)


async def find_last_check(session: AsyncSession) -> LinkageCheck | None:
    """The newest check, or None before the first."""
    return await session.scalar(select(LinkageCheck).order_by(col(LinkageCheck.id).desc()).limit(1))


async def is_check_stale(session: AsyncSession, check: LinkageCheck | None) -> bool:
    """Has anything that counts changed since, or has a new day begun?"""
    if check is None:
        return True
    return await has_missed_changes(session, check.snapshot, check.today, WATCHED)


class StandingWaiver(NamedTuple):
    """The waiver in force."""

    id: UUID
    reason: str
    expires_on: date
    made_by: str


class FindingRow(NamedTuple):
    """A finding as it stands: its state today, and what became of it since the moment asked about."""

    finding: LinkageFinding
    status: FindingStatus
    change: Change | None
    waiver: StandingWaiver | None


# A bound reader is told of findings that name nothing outside its departments; findings that name a draft
# are for those who may write any.
_SHOWN = """
    (cast(:sees as uuid[]) is null or f.named_ids <@ cast(:sees as uuid[]))
    and (cast(:every_draft as bool) or not f.draft)
"""

_SEVERITIES = ", ".join(f"'{severity}'" for severity in Severity)

# A waiver of a finding that was not taken back and is not over, of a finding that has not become worse since:
# what `still_covers` says, in SQL.
_HOLDS = """
    w.fingerprint = f.fingerprint and w.archived_at is null
    and w.expires_on >= (select (now() at time zone time_zone)::date from organization)
    and array_position(array[SEVERITIES], f.severity) >= array_position(array[SEVERITIES], w.severity)
""".replace("SEVERITIES", _SEVERITIES)

# The newest appearance of each fault with its waiver in force, and how both stood at an earlier moment.
_STANDING = """
with recursive below (id) as (
    select cast(:department as uuid)
    union
    select d.id from departments d join below b on d.parent_id = b.id
),
day as (
    select (cast(:since as timestamptz) at time zone time_zone)::date as then
    from organization
),
-- What is asked for is asked of the newest appearance: an older one says nothing about today.
latest as (
    select f.*
    from linkage_findings f
    where SHOWN
      and (cast(:department as uuid) is null or f.department_ids && array(select id from below))
      and (cast(:rules as text[]) is null or f.rule = any(cast(:rules as text[])))
      and (cast(:severities as text[]) is null or f.severity = any(cast(:severities as text[])))
      and (cast(:about as text[]) is null or exists (
               select from jsonb_array_elements(f.objects) o where o ->> 'id' = any(cast(:about as text[]))))
      and (cast(:only as uuid) is null or f.id = cast(:only as uuid))
      and (f.closed_at is null
           or cast(:past as bool) and not exists (
               select from linkage_findings n
               where n.fingerprint = f.fingerprint and n.opened_at > f.opened_at))
),
standing as (
    select f.*, w.id as waiver_id, w.reason, w.expires_on, w.made_by,
           case when f.closed_at is not null then 'fixed' when w.id is not null then 'waived' else 'open' end
               as status,
           exists (select from linkage_findings e
                   where e.fingerprint = f.fingerprint and e.opened_at <= cast(:since as timestamptz)
                     and (e.closed_at is null or e.closed_at > cast(:since as timestamptz))) as was_there,
           exists (select from waivers v
                   where v.fingerprint = f.fingerprint and v.created_at <= cast(:since as timestamptz)
                     and (v.archived_at is null or v.archived_at > cast(:since as timestamptz))
                     and v.expires_on >= day.then) as was_waived
    from latest f cross join day
    left join waivers w on f.closed_at is null and HOLDS
),
judged as (
    select s.*,
           case when cast(:since as timestamptz) is null then null
                when s.status = 'fixed' then case when s.was_there then 'fixed' end
                when s.status = 'waived' then 'waived'
                when not s.was_there then 'new'
                when s.was_waived then 'waiver_expired'
                else 'still_open' end as change
    from standing s
)
""".replace("SHOWN", _SHOWN).replace("HOLDS", _HOLDS)
_LIST = text(
    _STANDING
    + """
select id, status, change, waiver_id, reason, expires_on, made_by from judged
where (cast(:statuses as text[]) is null or status = any(cast(:statuses as text[])))
  and (cast(:changes as text[]) is null or change = any(cast(:changes as text[])))
  and (status <> 'fixed' or change is not null or cast(:statuses as text[]) is not null)
  and (cast(:after as uuid) is null or id > cast(:after as uuid))
order by id
limit cast(:limit as int) + 1
"""
)
_WORST = text(
    _STANDING
    + """
select id, status, change, waiver_id, reason, expires_on, made_by, count(*) over () as total from judged
where status = 'open'
order by array_position(array[SEVERITIES], severity), rule, id
limit :limit
""".replace("SEVERITIES", _SEVERITIES)
)
_COUNT = text(
    _STANDING
    + """
select rule, severity, status, change, count(*) from judged
where status <> 'fixed' or change is not null
group by rule, severity, status, change
order by rule, severity, status, change
"""
)
_FIND = text(
    """
select f.id from linkage_findings f
where f.closed_at is null and (f.id = cast(:id as uuid) or f.fingerprint = cast(:fingerprint as text)) and """
    + _SHOWN
)
# A finding about several things counts for each of them.
_COUNT_BY_OBJECT = text(
    """
select cast(o ->> 'id' as uuid), f.severity, count(*)
from linkage_findings f cross join lateral jsonb_array_elements(f.objects) o
where f.closed_at is null and o ->> 'kind' = any(cast(:kinds as text[])) and o ->> 'id' is not null
  and SHOWN and not exists (select from waivers w where HOLDS)
group by o ->> 'id', f.severity
""".replace("SHOWN", _SHOWN).replace("HOLDS", _HOLDS)
)
# What scores are made of, by the departments that open findings are about.
_WEIGHTS = text(
    """
select f.department_ids, f.part, f.severity, count(*)
from linkage_findings f
where f.closed_at is null and not exists (select from waivers w where HOLDS)
group by f.department_ids, f.part, f.severity
""".replace("HOLDS", _HOLDS)
)


_TOPMOST = text("""
select id from departments
where id = any(:sees) and (parent_id is null or parent_id <> all(:sees)) order by code limit 1
""")


class CountRow(NamedTuple):
    """How many findings of a rule stand alike."""

    rule: str
    severity: Severity
    status: FindingStatus
    change: Change | None
    total: int


async def list_findings(
    session: AsyncSession, filters: FindingFilter, *, actor: Actor, about: Collection[UUID] | None = None
) -> tuple[list[FindingRow], str | None]:
    """A page of findings in the order in which they were first told; of any objects, or `about` some."""
    past = filters.since is not None or bool(filters.status or filters.change)
    parameters = await _read_parameters(session, filters, actor=actor, past=past)
    parameters |= {
        "rules": filters.rule or None,
        "about": None if about is None else [str(identity) for identity in about],
        "severities": [severity.value for severity in filters.severity] or None,
        "statuses": [status.value for status in filters.status] or None,
        "changes": [change.value for change in filters.change] or None,
        "after": filters.cursor and read_cursor(filters.cursor),
        "limit": filters.limit,
    }
    rows = (await session.execute(_LIST, parameters)).all()
    page = rows[: filters.limit]
    found = await _load_findings(session, [row.id for row in page])
    shown = [_stand(found[row.id], row) for row in page]
    return shown, write_cursor(page[-1].id) if len(rows) > filters.limit else None


async def list_worst_findings(
    session: AsyncSession, department: UUID | None, *, most: int, actor: Actor
) -> tuple[list[FindingRow], int]:
    """The worst open findings, of a department and all below it or of everything, and how many there are."""
    parameters = await _read_parameters(session, LinkageFilter(), actor=actor, past=False)
    rows = (await session.execute(_WORST, parameters | {"department": department, "limit": most})).all()
    found = await _load_findings(session, [row.id for row in rows])
    return [_stand(found[row.id], row) for row in rows], rows[0].total if rows else 0


async def find_finding_row(session: AsyncSession, finding: UUID, *, actor: Actor) -> FindingRow:
    """One finding as it stands today."""
    parameters = await _read_parameters(session, LinkageFilter(), actor=actor, past=False)
    parameters |= {"only": finding, "statuses": None, "changes": None, "after": None, "limit": 1}
    row = (await session.execute(_LIST, parameters)).one_or_none()
    if row is None:
        raise NotFound(f"There is no finding {finding}.")
    return _stand(await session.get_one(LinkageFinding, finding), row)


async def count_findings(session: AsyncSession, filters: LinkageFilter, *, actor: Actor) -> list[CountRow]:
    """How many findings of each rule stand how."""
    parameters = await _read_parameters(session, filters, actor=actor, past=filters.since is not None)
    rows = await session.execute(_COUNT, parameters)
    return [
        CountRow(rule, Severity(severity), FindingStatus(status), change and Change(change), count)
        for rule, severity, status, change, count in rows
    ]


async def count_findings_by_object(
    session: AsyncSession, kinds: Collection[ObjectKind], *, actor: Actor
) -> dict[UUID, Counter[Severity]]:
    """How many open findings there are about each object of some kinds, those let be not counted."""
    require(actor, Permission.GOALS_READ)
    parameters = {**_read_sight(actor), "kinds": [kind.value for kind in kinds]}
    counts: dict[UUID, Counter[Severity]] = {}
    for identity, severity, number in await session.execute(_COUNT_BY_OBJECT, parameters):
        counts.setdefault(identity, Counter())[Severity(severity)] = number
    return counts


async def find_finding(
    session: AsyncSession, reference: str, *, actor: Actor, to: Permission = Permission.GOALS_READ
) -> LinkageFinding:
    """A finding of today by id or fingerprint."""
    require(actor, to)
    key = {"id": read_uuid(reference), "fingerprint": reference}
    identity = (await session.execute(_FIND, key | _read_sight(actor))).scalar_one_or_none()
    if identity is None:
        raise NotFound(f"There is no finding {reference}.")
    return await session.get_one(LinkageFinding, identity)


async def weigh_findings(session: AsyncSession) -> dict[UUID | None, Counter[tuple[Group, Severity]]]:
    """How many open findings count for each department with all below it, and (None) for the organization."""
    rows = (await session.execute(_WEIGHTS)).all()
    counts = [(places, (Group(part), Severity(severity)), total) for places, part, severity, total in rows]
    tree = await session.execute(select(col(Department.id), col(Department.parent_id)))
    whole: Counter[tuple[Group, Severity]] = Counter()
    for _, kind, total in counts:
        whole[kind] += total
    return {None: whole, **roll_up(counts, {row.id: row.parent_id for row in tree})}


async def find_score_place(session: AsyncSession, filters: LinkageFilter, *, actor: Actor) -> UUID | None:
    """The department whose score is asked for: the named one, or a bound actor's own; None: all."""
    if filters.department:
        return await resolve_reference(session, "departments", filters.department, "?department", actor=actor)
    if actor.sees is None:
        return None
    rows = await session.execute(_TOPMOST, {"sees": list(actor.sees)})
    found: UUID | None = rows.scalars().first()
    return found


async def read_scores(session: AsyncSession, check: LinkageCheck | None) -> dict[UUID | None, Score]:
    """The score of every department, and (None) of the organization; nothing before the first check."""
    if check is None:
        return {}
    weights = await weigh_findings(session)
    scores = {}
    for place, tally in check.tally.items():
        key = UUID(place) if place else None
        checked = {Group(part): n for part, n in tally.items()}
        scores[key] = compute_score(weights.get(key, {}), checked)
    return scores


async def _load_findings(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, LinkageFinding]:
    rows = await session.scalars(select(LinkageFinding).where(col(LinkageFinding.id).in_(ids)))
    return {row.id: row for row in rows}


def _stand(finding: LinkageFinding, row: Any) -> FindingRow:
    change = None if row.change is None else Change(row.change)
    waiver = StandingWaiver(row.waiver_id, row.reason, row.expires_on, row.made_by)
    return FindingRow(finding, FindingStatus(row.status), change, waiver if row.waiver_id else None)


async def _read_parameters(
    session: AsyncSession, filters: LinkageFilter, *, actor: Actor, past: bool
) -> dict[str, Any]:
    require(actor, Permission.GOALS_READ)
    department = filters.department and await resolve_reference(
        session, "departments", filters.department, "?department", actor=actor
    )
    asked = {"department": department, "since": filters.since, "past": past}
    nothing = dict.fromkeys(("rules", "severities", "about", "only"))
    return {**_read_sight(actor), **asked, **nothing}


def _read_sight(actor: Actor) -> dict[str, Any]:
    return {
        "sees": None if actor.sees is None else list(actor.sees),
        "every_draft": may(actor, Permission.GOALS_WRITE, on=Place()),
    }
