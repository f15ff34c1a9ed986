"""Checking the plan and keeping what was found, and the waivers of people.

A check leaves no event: it changes nothing but what the product itself knows about the plan.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions._write import add_record, archive_record, take_lock
from app.checking import CheckResult
from app.domain.linkage.findings import Finding
from app.domain.linkage.states import refuse_to_waive, still_covers, waiver_problem
from app.domain.permissions import Actor, Permission, require
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models.base import new_id
from app.models.linkage import LinkageCheck, LinkageFinding, Waiver, WaiverInput
from app.queries.goals_tree import read_checked_plan
from app.queries.linkage import find_finding, find_last_check, is_check_stale
from app.queries.organization import today_of

Checker = Callable[[str, date], Awaitable[CheckResult]]


async def check_linkage(
    session: AsyncSession, check: Checker, *, actor: Actor, always: bool = False
) -> LinkageCheck:
    """Checks the plan as it is now, unless nothing has changed since the last check.

    One check at a time, whatever the number of processes: whoever waited finds the work done.
    """
    require(actor, Permission.GOALS_READ)
    await take_lock(session, "linkage")
    last = await find_last_check(session)
    if last is not None and not always and not await is_check_stale(session, last):
        return last
    # Not the start of this transaction, which may have waited here for checks that began later.
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    plan = await read_checked_plan(session)
    result = await check(plan.text, plan.today)
    await _keep_findings(session, result.findings, last, now=now)
    kept = LinkageCheck(
        checked_at=now,
        today=plan.today,
        snapshot=plan.snapshot,
        tally={
            place: {part.value: n for part, n in counts.items()} for place, counts in result.checked.items()
        },
        skipped=[item._asdict() for item in result.skipped],
    )
    session.add(kept)
    await session.flush()
    return kept


async def _keep_findings(
    session: AsyncSession, findings: Iterable[Finding], last: LinkageCheck | None, *, now: datetime
) -> None:
    """Opens what is new, closes what is gone, and follows names that changed."""
    standing = await session.scalars(select(LinkageFinding).where(col(LinkageFinding.closed_at).is_(None)))
    known = {row.fingerprint: row for row in standing}
    told = {finding.fingerprint: finding for finding in findings}
    gone = [known[fingerprint].id for fingerprint in known.keys() - told.keys()]
    if gone:
        closing = {"closed_at": now, "last_seen": last and last.checked_at}
        await session.execute(
            update(LinkageFinding).where(col(LinkageFinding.id).in_(gone)).values(closing),
            execution_options={"synchronize_session": False},
        )
    for fingerprint in known.keys() & told.keys():
        _follow(known[fingerprint], _to_columns(told[fingerprint]))
    # In the order in which they are told: their ids sort like that.
    fresh = [finding for fingerprint, finding in told.items() if fingerprint not in known]
    await _open(session, fresh, now=now)
    await session.flush()
    await session.execute(_MOVE_WAIVERS)


def _follow(row: LinkageFinding, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


# A waiver is where its finding is: whoever sees the one sees the other.
_MOVE_WAIVERS = text("""
update waivers w set department_ids = f.department_ids, named_ids = f.named_ids, draft = f.draft
from linkage_findings f
where f.fingerprint = w.fingerprint and f.closed_at is null
  and (w.department_ids, w.named_ids, w.draft) is distinct from (f.department_ids, f.named_ids, f.draft)
""")
_SEEN_BEFORE = text("""
select fingerprint, min(first_seen) from linkage_findings
where fingerprint = any(:fingerprints) group by fingerprint
""")


async def _open(session: AsyncSession, findings: list[Finding], *, now: datetime) -> None:
    if not findings:
        return
    keys = {"fingerprints": [finding.fingerprint for finding in findings]}
    before = {row[0]: row[1] for row in await session.execute(_SEEN_BEFORE, keys)}
    session.add_all(
        LinkageFinding(
            id=new_id(),
            fingerprint=finding.fingerprint,
            first_seen=before.get(finding.fingerprint, now),
            opened_at=now,
            **_to_columns(finding),
        )
        for finding in findings
    )


def _to_columns(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "part": finding.group,
        "severity": finding.severity,
        "objects": [
            {
                "kind": item.kind.value,
                "id": None if item.key == item.code else item.key,
                "code": item.code,
                "title": item.title,
                "department": item.department,
            }
            for item in finding.objects
        ],
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "department_ids": _read_ids(finding.departments),
        "named_ids": _read_ids(finding.named),
        "draft": finding.draft,
    }


def _read_ids(keys: Iterable[str]) -> list[UUID]:
    return sorted(UUID(key) for key in keys)


async def create_waiver(session: AsyncSession, data: WaiverInput, *, actor: Actor) -> Waiver:
    """Lets a finding be until a day. Heads waive what is no error in their own departments."""
    require(actor, Permission.WAIVERS_WRITE)
    await take_lock(session, "waivers")
    try:
        finding = await find_finding(session, data.finding, actor=actor)
    except NotFound as error:
        raise Invalid.at("/finding", "unknown_reference", error.detail) from error
    places = [item["department"] for item in finding.objects]
    if refusal := refuse_to_waive(actor, finding.severity, departments=places):
        raise Forbidden(refusal)
    today = await today_of(session)
    if problem := waiver_problem(data.expires_on, today=today):
        raise Invalid.at("/expires_on", "bad_expiry", f"{problem[0].upper()}{problem[1:]}.")
    await _clear_way(session, finding, today, actor=actor)
    values = {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity,
        "reason": data.reason,
        "expires_on": data.expires_on,
        "made_by": actor.name,
        "made_by_id": actor.id,
        "department_ids": finding.department_ids,
        "named_ids": finding.named_ids,
        "draft": finding.draft,
    }
    return await add_record(session, Waiver, values, actor=actor)


async def _clear_way(session: AsyncSession, finding: LinkageFinding, today: date, *, actor: Actor) -> None:
    """Puts away a waiver that holds no more; one in force stands in the way."""
    standing = await session.scalar(
        select(Waiver).where(
            col(Waiver.fingerprint) == finding.fingerprint, col(Waiver.archived_at).is_(None)
        )
    )
    if standing is None:
        return
    if standing.expires_on >= today and still_covers(standing.severity, found=finding.severity):
        raise Conflict(
            f"This finding is waived until {standing.expires_on} already; take that waiver back first.",
            code="already_waived",
        )
    await archive_record(session, standing, actor=actor)


async def withdraw_waiver(session: AsyncSession, waiver: Waiver, *, actor: Actor) -> None:
    """Takes a waiver back; its finding is open again. Heads take back their own only."""
    require(actor, Permission.WAIVERS_WRITE)
    if actor.writes is not None and waiver.made_by_id != actor.id:
        raise Forbidden(f"{waiver.made_by} made this waiver; an executive can take it back, too.")
    await archive_record(session, waiver, actor=actor)
