"""What the bench renders is the page: it must not fall behind."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.reviews import open_review
from app.domain.permissions import SYSTEM, Role
from app.models.reviews import ReviewInput
from tests.bench.reviews import LIVE, time_rendering
from tests.factories import make_owner


async def test_the_bench_renders_the_page_from_ready_facts(session: AsyncSession) -> None:
    await make_owner(session, role=Role.EXECUTIVE)
    await open_review(session, ReviewInput(period=LIVE.text), actor=SYSTEM)
    assert await time_rendering(session) > 0
