"""Hearing early that the process is to stop. What then happens is the caller's matter.

A server waits until every answer is out, and only then tells the application: an answer that goes on would
hold it up. The signal itself comes in time.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def call_at_signals(end: Callable[[], None]) -> Iterator[None]:
    """While the block runs: when the process is asked to stop, `end`, then whoever handled that before."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Only the main thread may handle signals.
        return
    loop = asyncio.get_running_loop()
    before = {each: known for each in _STOPPING if callable(known := signal.getsignal(each))}

    def note(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end)
        before[signal.Signals(number)](number, frame)

    for each in before:
        signal.signal(each, note)
    try:
        yield
    finally:
        for each, known in before.items():
            if signal.getsignal(each) is note:
                signal.signal(each, known)
