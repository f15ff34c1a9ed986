"""What the watches of a server do: each look in one transaction. Loaded with the first of them.

When they look is in `app/api/watches.py`, what they find out in the actions.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from app.actions.alignment import renew_alignment
from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.actions.digests import post_digests
from app.actions.linkage import check_linkage
from app.actions.mails import forget_mails, keep_mails
from app.actions.reviews import open_due_review
from app.checking import check_apart
from app.database import Database
from app.domain.permissions import SYSTEM
from app.domain.reminders import ReminderRule
from app.measuring import measure_apart

Look = Callable[[], Awaitable[None]]


def check_with(database: Database) -> Look:
    """Checks the linkage of what is recorded."""

    async def check() -> None:
        async with database.unit_of_work() as session:
            await check_linkage(session, check_apart, actor=SYSTEM)

    return check


def measure_with(database: Database) -> Look:
    """Measures alignment anew where answers came."""

    async def measure() -> None:
        async with database.unit_of_work() as session:
            await renew_alignment(session, measure_apart, actor=SYSTEM)

    return measure


def compute_with(database: Database, tell: Callable[[], None]) -> Look:
    """Computes the alignment KPIs, and tells when that changed values: others depend on them."""
    told: datetime | None = None

    async def compute() -> None:
        nonlocal told
        async with database.unit_of_work() as session:
            done = await compute_alignment_kpis(session, actor=COMPUTING)
        if done.written and done.computed_at != told:
            tell()
        told = done.computed_at

    return compute


def write_with(database: Database, rule: ReminderRule, leaves: bool) -> Look:
    """Opens the review of a month that has ended, and writes the mails of the day once its hour has come.

    Where no mail leaves the house, they are kept.
    """

    async def write() -> None:
        # By itself: a mail of the day may tell of it.
        async with database.unit_of_work() as session:
            await open_due_review(session, actor=SYSTEM)
        async with database.unit_of_work() as session:
            if await post_digests(session, rule, now=datetime.now(UTC), actor=SYSTEM) is not None:
                await forget_mails(session)
            if not leaves:
                await keep_mails(session)

    return write
