"""One job in a short-lived process of its own: bytes go in, bytes come out. What a job does is in its module.

Some jobs need numpy, scipy and seconds of a processor. A serving process has none of these to spare: the
child gives its memory back, has a lower priority and leaves the event loop alone. A job's module ends with
`serve_one(…)` under `if __name__ == "__main__"` and is named to `run_apart`.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence

from app.embedded import die_with_parent

LONGEST_SECONDS = 300
_NICENESS = 10
_LAST_WORDS = 2000


class JobFailed(RuntimeError):
    """The child ended without an answer; the message is what it said last."""


async def run_apart(module: str, data: bytes, *words: str) -> bytes:
    """Has a module do its job with `data` and a few words in a child process, which ends with this one."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Ctrl-C in a terminal is for the parent, which stops us.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            answer, said = await child.communicate(data)
    except BaseException:
        if child.returncode is None:
            child.kill()
            await child.wait()
        raise
    if child.returncode != 0:
        raise JobFailed(said.decode(errors="replace")[-_LAST_WORDS:])
    return answer


def serve_one(job: Callable[[bytes, Sequence[str]], bytes]) -> None:
    """The child's side: reads the data, does the job, writes the answer, and ends with its parent."""
    die_with_parent(signal.SIGKILL)
    os.nice(_NICENESS)
    sys.stdout.buffer.write(job(sys.stdin.buffer.read(), sys.argv[1:]))
