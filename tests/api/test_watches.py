"""When checks run by themselves: after writes, once for many, again after a failure, in a child that ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date

import psutil
import pytest
from sqlalchemy import func, select

from app.actions.alignment import renew_alignment
from app.actions.linkage import check_linkage
from app.apart import JobFailed
from app.api.watches import Watch
from app.checking import check_apart
from app.database import Database
from app.domain.permissions import SYSTEM
from app.measuring import measure_apart
from app.models import AlignmentMeasure, LinkageCheck
from tests.factories import make_objective

TODAY = date(2026, 11, 22)
EMPTY = '{"goals": []}'


@asynccontextmanager
async def watching(check: Callable[[], Awaitable[None]], **waits: float) -> AsyncIterator[Watch]:
    """A watch that runs."""
    watch = Watch(check, name="a look", **waits)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_many_writes_are_one_check() -> None:
    checks: list[int] = []

    async def check() -> None:
        checks.append(1)

    async with watching(check, coalesced=0.05) as watch:
        for _ in range(50):
            watch.note_write()
            await asyncio.sleep(0)
        await asyncio.sleep(0.3)
        assert len(checks) == 1
        watch.note_write()
        await asyncio.sleep(0.3)
    assert len(checks) == 2


async def test_a_new_day_is_noticed_without_any_write() -> None:
    checked = asyncio.Event()

    async def check() -> None:
        checked.set()

    async with watching(check, longest_wait=0.05), asyncio.timeout(5):
        await checked.wait()


async def test_a_check_that_fails_is_tried_again() -> None:
    outcomes = iter([JobFailed("out of memory")])
    done = asyncio.Event()

    async def check() -> None:
        for failure in outcomes:
            raise failure
        done.set()

    async with watching(check, longest_wait=0.05), asyncio.timeout(5):
        await done.wait()


async def test_a_child_checks_and_leaves_nothing_behind() -> None:
    result = await check_apart('{"goals": [{"code": "G1", "title": "Grow", "status": "active"}]}', TODAY)
    assert {finding.rule for finding in result.findings} >= {"L102", "L201", "L601"}
    assert find_children() == []


async def test_a_child_that_fails_says_why() -> None:
    with pytest.raises(JobFailed, match="JSON"):
        await check_apart("no plan at all", TODAY)


async def test_a_cancelled_check_takes_its_child_along() -> None:
    task = asyncio.create_task(check_apart(EMPTY, TODAY))
    async with asyncio.timeout(10):
        while not find_children():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert find_children() == []


def find_children() -> list[psutil.Process]:
    """Checks under way, started by this test's process."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "app.checking" in " ".join(command_of(child))]


def command_of(process: psutil.Process) -> list[str]:
    """The command line of a process; empty when it has just ended."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


async def test_two_processes_share_one_check(fresh_database: Database) -> None:
    """Whoever comes second finds the work done, because the first held the lock."""
    async with fresh_database.unit_of_work() as session:
        await make_objective(session)

    async def check() -> LinkageCheck:
        async with fresh_database.unit_of_work() as session:
            return await check_linkage(session, check_apart, actor=SYSTEM)

    one, other = await asyncio.gather(check(), check())
    assert one.id == other.id
    async with fresh_database.unit_of_work() as session:
        assert (await session.execute(select(func.count()).select_from(LinkageCheck))).scalar_one() == 1


async def test_two_processes_measure_alignment_once_and_only_after_changes(fresh_database: Database) -> None:
    async def look() -> AlignmentMeasure:
        async with fresh_database.unit_of_work() as session:
            return await renew_alignment(session, measure_apart, actor=SYSTEM)

    async with fresh_database.unit_of_work() as session:
        await make_objective(session)
    one, other = await asyncio.gather(look(), look())
    assert one.id == other.id
    assert (await look()).id == one.id
    async with fresh_database.unit_of_work() as session:
        await make_objective(session)
    assert (await look()).id != one.id
