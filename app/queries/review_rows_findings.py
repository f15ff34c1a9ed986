"""Findings of the checker for a review: those to talk about, how many there are, and the score. As of a day.

Findings that name a draft are told to nobody here: they are for those who may write it.
"""

from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.findings import Group, Severity
from app.domain.linkage.score import compute_score
from app.domain.review.facts import Named
from app.domain.review.findings import CLAIMS
from app.domain.review.rows import FindingCounts, FindingRow
from app.queries.review_moment import ReviewMoment

# More are no agenda; the numbers tell of the rest.
MOST_OPEN = 60
MOST_FIXED = 40
_SEVERITIES = ", ".join(f"'{severity}'" for severity in Severity)
# A waiver that was in force at the moment, of a finding that has not become worse since.
_HOLDS = """
    w.fingerprint = f.fingerprint and w.created_at <= :at and (w.archived_at is null or w.archived_at > :at)
    and w.expires_on >= cast(:today as date)
    and array_position(array[SEVERITIES], f.severity) >= array_position(array[SEVERITIES], w.severity)
"""
# Each fault once, with its newest appearance. One that was let be before the last review closed is no topic.
_STANDING = """
with standing as (
    select f.*, w.expires_on, f.closed_at is null or f.closed_at > :at as is_open,
           exists (select from linkage_findings e
                   where e.fingerprint = f.fingerprint and e.opened_at <= :since
                     and (e.closed_at is null or e.closed_at > :since)) as was_there
    from linkage_findings f
    left join lateral (
        select w.expires_on, w.created_at from waivers w where HOLDS order by w.created_at limit 1
    ) w on true
    where f.opened_at <= :at and (f.closed_at is null or f.closed_at > :since) and not f.draft
      and (w.created_at is null or w.created_at > :since)
      and not exists (select from linkage_findings n
                      where n.fingerprint = f.fingerprint and n.opened_at > f.opened_at
                        and n.opened_at <= :at)
)
"""
_TOLD = """
, told as (
    select s.*, row_number() over (
               partition by s.is_open
               order by array_position(array[SEVERITIES], s.severity), s.was_there, s.rule collate "C",
                        s.fingerprint collate "C") as place
    from standing s
    where s.is_open and (not s.was_there or s.severity = 'error' or s.rule = any(cast(:claims as text[])))
       or not s.is_open and s.was_there
)
select t.fingerprint, t.rule, t.severity, t.message, t.why, t.fix, t.objects, t.department_ids, t.is_open,
       t.was_there, t.expires_on,
       array(select distinct coalesce(g.owner_id, b.owner_id, i.owner_id, k.owner_id, d.head_id, p.id)
             from jsonb_array_elements(t.objects) o
             left join goals g on g.id = cast(o ->> 'id' as uuid)
             left join objectives b on b.id = cast(o ->> 'id' as uuid)
             left join initiatives i on i.id = cast(o ->> 'id' as uuid)
             left join kpis k on k.id = cast(o ->> 'id' as uuid)
             left join departments d on d.id = cast(o ->> 'id' as uuid)
             left join owners p on p.id = cast(o ->> 'id' as uuid)) as owners
from told t
where t.place <= case when t.is_open then cast(:most_open as int) else cast(:most_fixed as int) end
"""
_SUMMARY = """
select count(*) filter (where is_open and expires_on is null) as open,
       count(*) filter (where is_open and expires_on is null and not was_there) as new,
       count(*) filter (where not is_open and was_there) as fixed,
       (select c.tally -> '' from linkage_checks c where c.checked_at <= :at order by c.id desc limit 1)
           as tally,
       (select json_agg(json_build_array(x.part, x.severity, x.total))
        from (select f.part, f.severity, count(*) as total from linkage_findings f
              where f.opened_at <= :at and (f.closed_at is null or f.closed_at > :at)
                and not exists (select from waivers w where HOLDS)
              group by f.part, f.severity) x) as weights
from standing
"""


def _compose(statement: str) -> Any:
    written = (_STANDING + statement).replace("HOLDS", _HOLDS.strip())
    return text(written.replace("SEVERITIES", _SEVERITIES))


_LIST = _compose(_TOLD)
_COUNT = _compose(_SUMMARY)


class FindingSummary(NamedTuple):
    """How many findings there are, and the alignment score; None without a plan or before the first check."""

    counts: FindingCounts
    score: float | None


async def list_review_findings(session: AsyncSession, moment: ReviewMoment) -> list[FindingRow]:
    """The worst that are new or errors, those that name two who claim the same, and the fixed ones."""
    parameters = _read_moment(moment) | {
        "claims": list(CLAIMS),
        "most_open": MOST_OPEN,
        "most_fixed": MOST_FIXED,
    }
    return [_read_finding(row) for row in await session.execute(_LIST, parameters)]


async def summarize_review_findings(session: AsyncSession, moment: ReviewMoment) -> FindingSummary:
    """The numbers beside the list, and the score that all findings make, let be or of drafts as elsewhere."""
    row = (await session.execute(_COUNT, _read_moment(moment))).one()
    counts = FindingCounts(row.open, row.new, row.fixed)
    if row.tally is None:
        return FindingSummary(counts, None)
    weights = {(Group(part), Severity(severity)): total for part, severity, total in row.weights or ()}
    score = compute_score(weights, {Group(part): n for part, n in row.tally.items()})
    return FindingSummary(counts, score.value if score.has_plan else None)


def _read_moment(moment: ReviewMoment) -> dict[str, Any]:
    return {"at": moment.at, "since": moment.since, "today": moment.today}


def _read_finding(row: Any) -> FindingRow:
    return FindingRow(
        key=row.fingerprint,
        rule=row.rule,
        severity=Severity(row.severity),
        message=row.message,
        why=row.why,
        fix=row.fix,
        objects=tuple(Named(each["id"] or "", each["code"], each["title"]) for each in _read_objects(row)),
        departments=tuple(row.department_ids),
        owners=tuple(each for each in row.owners if each is not None),
        is_open=row.is_open,
        is_new=row.is_open and not row.was_there,
        waived_until=row.expires_on,
    )


def _read_objects(row: Any) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = row.objects
    return objects
