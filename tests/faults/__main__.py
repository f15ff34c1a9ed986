"""`python -m tests.faults [--short] [--only F1 F3 …]`: one JSON line a run, exit 1 when a goal is missed."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

from tests.faults.runs import RUNS, SHORT_PATIENCE, Run
from tests.faults.setting import template_folder


def read_arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few rounds of each, for a first look")
    parser.add_argument("--only", nargs="+", metavar="RUN", help="F1, F3, …")
    return parser.parse_args()


def report(run: Run, template: Path, *, short: bool) -> bool:
    """Does one run and prints its line; whether every goal is reached."""
    started = time.monotonic()
    line: dict[str, object] = {"run": run.name, "title": run.title}
    try:
        outcome = run.carry_out(template, short=short)
        missed = run.find_missed(outcome, patience=SHORT_PATIENCE if short else 1.0)
        line |= {"ok": not missed, "goals": list(run.goals), "missed": missed, **outcome}
    except Exception as error:  # the other runs are wanted all the same
        line |= {"ok": False, "error": repr(error)}
    line |= {"seconds": round(time.monotonic() - started, 1), "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return bool(line["ok"])


def main() -> int:
    """Every run, or those that were named."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = read_arguments()
    wanted = [run for run in RUNS if arguments.only is None or run.name.split("-")[0] in arguments.only]
    print("Requests are not limited in these runs (COXSWAIN_RATE_LIMIT_PER_MINUTE=0).", file=sys.stderr)
    with template_folder() as template:
        done = [report(run, template, short=arguments.short) for run in wanted]
    return 0 if all(done) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
