"""Each fault run in short, and against the build that is broken where that run must find it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.runs import RUNS, SHORT_PATIENCE, Run
from tests.faults.setting import template_folder

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]
TRIES = 4
each_run = pytest.mark.parametrize("run", RUNS, ids=[run.name for run in RUNS])


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data folder to copy: starting on it takes a fraction of making one."""
    with template_folder() as folder:
        yield folder


@each_run
def test_the_application_stands_the_fault(template: Path, run: Run) -> None:
    outcome = run.carry_out(template, short=True)
    assert run.find_missed(outcome, patience=SHORT_PATIENCE) == [], outcome


@each_run
def test_the_run_finds_what_is_broken_on_purpose(template: Path, run: Run) -> None:
    # A kill at a random instant does not always fall between the two halves of what is broken.
    for _ in range(TRIES):
        outcome = run.carry_out(template, short=True, broken=run.breaks)
        if run.misses in run.find_missed(outcome):
            return
    pytest.fail(f"not found in {TRIES} tries: {outcome}")
