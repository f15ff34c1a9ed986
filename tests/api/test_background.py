"""The loops beside the requests: what ends one unexpectedly is logged, and it begins anew."""

import asyncio
import logging

import pytest

from app.api.watches import Watch
from app.main import keep_running


async def test_a_loop_that_fails_is_told_and_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    begun: list[int] = []
    again = asyncio.Event()

    async def loop() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise ZeroDivisionError("out of the blue")
        again.set()
        await asyncio.sleep(60)

    with caplog.at_level(logging.ERROR, logger="coxswain"):
        task = asyncio.create_task(keep_running("the loop", loop, pause=0.01))
        async with asyncio.timeout(5):
            await again.wait()
    assert len(begun) == 3
    told = [record for record in caplog.records if "the loop ended unexpectedly" in record.getMessage()]
    assert [str(record.exc_info and record.exc_info[1]) for record in told] == ["out of the blue"] * 2
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_loop_rests_before_it_begins_anew() -> None:
    begun: list[int] = []

    async def loop() -> None:
        begun.append(1)
        raise ZeroDivisionError

    task = asyncio.create_task(keep_running("the loop", loop, pause=60))
    await asyncio.sleep(0.05)
    task.cancel()
    assert len(begun) == 1


async def test_a_check_that_fails_in_a_way_nobody_expected_does_not_end_the_watch() -> None:
    failures = iter([ZeroDivisionError("a defect"), KeyError("another")])
    done = asyncio.Event()

    async def check() -> None:
        for failure in failures:
            raise failure
        done.set()

    watch = Watch(check, name="a look", longest_wait=0.01)
    task = asyncio.create_task(keep_running("the watch", watch.run, pause=0.01))
    async with asyncio.timeout(5):
        await done.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
