"""Reading what surrounds the values on *My updates*: actions, people, the peer note, links to affirm."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may
from app.domain.words import CommitmentStatus
from app.models.commitments import Commitment
from app.models.owners import Owner
from app.models.peer_notes import PeerNote
from app.queries.commitments import visible_commitments
from app.queries.peer_notes import visible_peer_notes

MOST_PEOPLE = 200
MOST_ACTIONS = 200
MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An open commitment, by its owner's name; `kpi_id` is None where it is about no KPI yet."""

    code: str
    what: str
    due_on: date
    owner: str
    kpi_id: UUID | None


@dataclass(frozen=True, slots=True)
class ContributingLink:
    """A link somebody answers for: from which objective to which goal or objective.

    `answered`: was it said lately that it still holds?
    """

    id: UUID
    source_code: str
    source: str
    target_code: str
    target: str
    rationale: str | None
    answered: bool


async def list_open_actions(
    session: AsyncSession, kpis: Collection[UUID], departments: Collection[UUID], *, actor: Actor
) -> list[OpenAction]:
    """Open commitments about these KPIs, and those of these departments that are about none."""
    if not may(actor, Permission.COMMITMENTS_READ):
        return []
    free = col(Commitment.kpi_id).is_(None) & or_(
        col(Commitment.department_id).in_(departments), col(Commitment.owner_id) == actor.id
    )
    chosen = (
        visible_commitments(actor)
        .where(
            col(Commitment.status) == CommitmentStatus.OPEN,
            col(Commitment.archived_at).is_(None),
            or_(col(Commitment.kpi_id).in_(kpis), free),
        )
        .join(Owner, col(Owner.id) == col(Commitment.owner_id))
        .order_by(col(Commitment.due_on), col(Commitment.id))
        .limit(MOST_ACTIONS)
    )
    rows = await session.execute(chosen.add_columns(col(Owner.name)))
    return [OpenAction(each.code, each.what, each.due_on, owner, each.kpi_id) for each, owner in rows]


async def list_people_at(
    session: AsyncSession, departments: Collection[UUID], *, actor: Actor
) -> list[tuple[str, str]]:
    """E-mail and name of the actor, then of everybody active in these departments."""
    if not may(actor, Permission.DIRECTORY_READ):
        return []
    people = (
        select(col(Owner.email), col(Owner.name), col(Owner.id) == actor.id)
        .where(
            col(Owner.active),
            col(Owner.archived_at).is_(None),
            or_(col(Owner.department_id).in_(departments), col(Owner.id) == actor.id),
        )
        .order_by((col(Owner.id) == actor.id).desc(), col(Owner.name), col(Owner.id))
        .limit(MOST_PEOPLE)
    )
    return [(row[0], row[1]) for row in await session.execute(people)]


async def find_note_of(
    session: AsyncSession, department: UUID, period: str, *, actor: Actor, lock: bool = False
) -> PeerNote | None:
    """The peer note of a department for a period, if there is one. `lock` as for `find_one`."""
    statement = visible_peer_notes(actor).where(
        col(PeerNote.department_id) == department,
        col(PeerNote.period) == period,
        col(PeerNote.archived_at).is_(None),
    )
    if lock:
        statement = statement.with_for_update(of=PeerNote, key_share=True)
    return await session.scalar(statement)


_LINKS = text("""
select l.id, s.code as source_code, s.title as source, n.code as target_code,
       coalesce(g.title, t.title) as target, l.rationale,
       coalesce(l.affirmed_at >= :since, false) as answered, count(*) over () as total
from links l
join objectives s on s.id = l.source_id and s.archived_at is null and s.status = 'active'
join nodes n on n.id = l.target_id
left join goals g on g.id = l.target_id
left join objectives t on t.id = l.target_id
left join departments d on d.id = s.department_id
where l.type = 'contributes' and l.archived_at is null
  and coalesce(g.archived_at, t.archived_at) is null and coalesce(g.status, t.status) = 'active'
  and coalesce(s.owner_id, d.head_id) = :person
  and case when cast(:only as uuid) is null then l.affirmed_at is null or l.affirmed_at < :since
           else l.id = :only end
  and (cast(:after as uuid) is null or (s.code collate "C", n.code collate "C") > (
           select b.code collate "C", e.code collate "C"
           from links a join nodes b on b.id = a.source_id join nodes e on e.id = a.target_id
           where a.id = :after))
order by s.code collate "C", n.code collate "C"
limit :most
""")


async def list_asked_links(
    session: AsyncSession,
    since: datetime,
    *,
    actor: Actor,
    after: UUID | None = None,
    only: UUID | None = None,
) -> tuple[list[ContributingLink], int]:
    """Live links of live objectives that the actor owns, or heads where nobody owns them: some, and how many.

    Those that were not affirmed since a moment, after one of them; or that `only`, affirmed or not.
    """
    if not may(actor, Permission.GOALS_WRITE, on=Place(people=frozenset({actor.id}))):
        return [], 0
    asked = {"person": actor.id, "since": since, "after": after, "only": only, "most": MOST_LINKS}
    rows = (await session.execute(_LINKS, asked)).all()
    return [ContributingLink(*row[:-1]) for row in rows], rows[0].total if rows else 0
