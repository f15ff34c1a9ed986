"""The runs by name: what each does in full and in short, what it must reach, and the break it must find."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.bulk import import_through_kill, push_through_kills
from tests.faults.malformed import flood
from tests.faults.processes import AppProcess
from tests.faults.pushing import hang_postgres, kill_app, kill_postgres, push_through_faults
from tests.faults.racing import edit_together, push_at_once, repeat_one_key
from tests.faults.setting import serving

Outcome = dict[str, Any]
# What must hold, and whether it does. The float widens limits of time: 1.0 in full.
Goals = dict[str, Callable[[Outcome, float], bool]]

MAX_GROWTH_MIB = 16
# In short, limits of time are this much wider: the machine is busy with other tests.
SHORT_PATIENCE = 20.0


@dataclass(frozen=True)
class Run:
    """One fault run."""

    name: str
    title: str
    full: Callable[[AppProcess], Awaitable[Outcome]]
    short: Callable[[AppProcess], Awaitable[Outcome]]
    goals: Goals
    # The way of `broken.py` that this run must find, and the goal that it must miss then.
    breaks: str
    misses: str
    limit_seconds: float

    def carry_out(self, template: Path, *, short: bool = False, broken: str | None = None) -> Outcome:
        """Does the run on an application of its own, bounded in time."""
        work = self.short if short else self.full
        with serving(template, broken=broken) as app:
            return asyncio.run(self._do(work, app))

    async def _do(self, work: Callable[[AppProcess], Awaitable[Outcome]], app: AppProcess) -> Outcome:
        async with asyncio.timeout(self.limit_seconds):
            return await work(app)

    def find_missed(self, outcome: Outcome, *, patience: float = 1.0) -> list[str]:
        """The goals that an outcome does not reach."""
        return [goal for goal, holds in self.goals.items() if not holds(outcome, patience)]


PUSHED: Goals = {
    "0 lost": lambda outcome, _: outcome["lost"] == 0,
    "0 applied twice": lambda outcome, _: outcome["applied_twice"] == 0,
    "0 gave up": lambda outcome, _: outcome["gave_up"] == 0,
    "nothing but 200 and 503": lambda outcome, _: not outcome["unexpected"],
    "every 503 says when to try again": lambda outcome, _: outcome["answers_503_without_retry_after"] == 0,
    "each fault struck": lambda outcome, _: outcome["recovered"] == outcome["rounds"],
}

RUNS = [
    Run(
        name="F1",
        title="kill -9 of the application among pushes",
        full=lambda app: push_through_faults(app, kill_app, rounds=50, pushes=200),
        short=lambda app: push_through_faults(app, kill_app, rounds=2, pushes=100),
        goals=PUSHED
        | {"works ≤ 1 s after the restart begins": lambda o, patience: o["recovery_max_s"] <= patience},
        breaks="answer_before_commit",
        misses="0 lost",
        limit_seconds=600,
    ),
    Run(
        name="F3",
        title="kill -9 of PostgreSQL among pushes",
        full=lambda app: push_through_faults(app, kill_postgres, rounds=8, pushes=200),
        short=lambda app: push_through_faults(app, kill_postgres, rounds=1, pushes=100),
        goals=PUSHED
        | {
            "works ≤ 1 s after PostgreSQL accepts": lambda o, patience: o["recovery_max_s"] <= patience,
            "connections stay": lambda o, _: o["connection_errors"] == 0,
        },
        breaks="know_no_absence",
        misses="nothing but 200 and 503",
        limit_seconds=240,
    ),
    Run(
        name="F4",
        title="PostgreSQL hangs for three seconds among pushes",
        full=lambda app: push_through_faults(app, hang_postgres, rounds=3, pushes=200),
        short=lambda app: push_through_faults(app, hang_postgres, rounds=1, pushes=100),
        goals=PUSHED
        | {
            "works ≤ 1 s after": lambda o, patience: o["recovery_max_s"] <= patience,
            "p99 ≤ 1 s after": lambda o, patience: o["after_p99_s"] <= patience,
        },
        breaks="know_no_absence",
        misses="nothing but 200 and 503",
        limit_seconds=120,
    ),
    Run(
        name="F8",
        title="fifty editors of one goal",
        full=lambda app: edit_together(app, editors=50, edits=20),
        short=lambda app: edit_together(app, editors=20, edits=5),
        goals={
            "0 lost updates": lambda o, _: o["lost_updates"] == 0,
            "nobody overwrites what they have not seen": lambda o, _: o["overwritten_unseen"] == 0,
            "only 200 and 412": lambda o, _: set(o["statuses"]) <= {200, 412},
            "somebody wins": lambda o, _: o["statuses"].get(200, 0) > 0,
            "the last winner's words stand": lambda o, _: o["last_winner_stands"],
            "428 without If-Match": lambda o, _: o["without_if_match"] == 428,
        },
        breaks="check_no_version",
        misses="nobody overwrites what they have not seen",
        limit_seconds=120,
    ),
    Run(
        name="F9",
        title="a thousand pushes in one instant",
        full=lambda app: push_at_once(app, connections=1000),
        short=lambda app: push_at_once(app, connections=1000),
        goals={
            "only 200, 429 and 503": lambda o, _: set(o["statuses"]) <= {"200", "429", "503"},
            "somebody is served": lambda o, _: o["statuses"].get("200", 0) > 0,
            "p99 ≤ 1 s": lambda o, patience: o["p99_s"] <= patience,
        },
        breaks="shed_no_load",
        misses="p99 ≤ 1 s",
        limit_seconds=120,
    ),
    Run(
        name="F10",
        title="requests that no honest client would send",
        full=lambda app: flood(app, requests=100_000),
        short=lambda app: flood(app, requests=2_000),
        goals={
            "0 × 5xx": lambda o, _: o["server_errors"] == 0,
            "0 unanswered": lambda o, _: o["no_answer"] == 0,
            "0 stack traces": lambda o, _: o["stack_traces"] == 0,
            f"memory grows ≤ {MAX_GROWTH_MIB} MiB": lambda o, _: o["growth_mib"] <= MAX_GROWTH_MIB,
        },
        breaks="echo_what_was_sent",
        misses="0 × 5xx",
        limit_seconds=400,
    ),
    Run(
        name="F11",
        title="one Idempotency-Key from fifty clients at once",
        full=lambda app: repeat_one_key(app, clients=50),
        short=lambda app: repeat_one_key(app, clients=50),
        goals={
            "applied once": lambda o, _: o["applied"] == 1,
            "one body": lambda o, _: o["different_bodies"] == 1,
            "done, or still in flight": lambda o, _: set(o["statuses"]) <= {"201 done", "409 in_flight"},
        },
        breaks="keep_no_answers",
        misses="done, or still in flight",
        limit_seconds=60,
    ),
    Run(
        name="F12-push",
        title="a push of 10,000 with a bad row, or killed half way",
        full=lambda app: push_through_kills(app, rows=10_000, kills=5),
        short=lambda app: push_through_kills(app, rows=3_000, kills=1),
        goals={
            "a bad row is refused": lambda o, _: o["bad_row"]["status"] == 422,
            "its row and field are named": lambda o, _: o["bad_row"]["names_only_the_place"],
            "nothing of a bad push is stored": lambda o, _: o["bad_row"]["stored"] == 0,
            "a killed push leaves all or nothing": lambda o, _: all(k["all_or_nothing"] for k in o["killed"]),
            "repeated, it is there": lambda o, _: all(k["stored"] == o["rows"] for k in o["killed"]),
            "again, it changes nothing": lambda o, _: all(k["replay_changes"] == 0 for k in o["killed"]),
        },
        breaks="commit_in_parts",
        misses="a killed push leaves all or nothing",
        limit_seconds=200,
    ),
    Run(
        name="F12-import",
        title="an import of 100,000 lines with a bad one, or killed half way",
        full=lambda app: import_through_kill(app, lines=100_000),
        short=lambda app: import_through_kill(app, lines=5_000),
        goals={
            "files end with 1, 0, 0": lambda o, _: o["exit_codes"] == [1, 0, 0],
            "a bad line and its column are named": lambda o, _: o["names_line_and_column"],
            "nothing of a bad file is stored": lambda o, _: o["stored_by_the_bad_file"] == 0,
            "a killed import leaves all or nothing": lambda o, _: o["all_or_nothing"],
            "the good file is there": lambda o, _: o["stored"] == o["lines"],
            "the good file again changes nothing": lambda o, _: o["replay_changes"] == 0,
        },
        breaks="commit_in_parts",
        misses="a killed import leaves all or nothing",
        limit_seconds=300,
    ),
]
