"""The codes of what has no column for one: links and peer notes are called by what they tie."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.linkage.names import write_link_code
from app.models.departments import Department
from app.models.links import Link
from app.models.peer_notes import PeerNote

_NAME = text("""
select s.code, t.code, coalesce(o.department_id, i.department_id)
from nodes s
join nodes t on t.id = :target
left join objectives o on o.id = s.id
left join initiatives i on i.id = s.id
where s.id = :source
""")


async def name_link(session: AsyncSession, link: Link) -> tuple[str, UUID]:
    """The code of a link, and the department of its source."""
    row = (await session.execute(_NAME, params={"source": link.source_id, "target": link.target_id})).one()
    return write_link_code(row[0], row[1], link.type), row[2]


async def name_peer_note(session: AsyncSession, note: PeerNote) -> tuple[str, UUID]:
    """The code of a peer note, and its department."""
    code = select(col(Department.code)).where(col(Department.id) == note.department_id)
    return f"{(await session.execute(code)).scalar_one()}:{note.period}", note.department_id
