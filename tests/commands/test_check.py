"""`coxswain check`: plans in, findings out; exit codes, and what it says to files that are no plans."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from sqlalchemy import URL
from typer.testing import CliRunner, Result

from app.commands.check import check
from app.commands.demo import load_demo
from app.database import Database
from app.demo.plan import read_demo
from app.domain.linkage.findings import ObjectKind, Severity
from app.domain.linkage.plan_file import IDENTITY
from tests.commands.running import run_coxswain
from tests.domain.demo_plans import Demo, write_demo_file

DAY = "2026-11-22"
LONE_OBJECTIVE: dict[str, Any] = {
    "today": DAY,
    "departments": [{"code": "OPS", "name": "Operations"}],
    "objectives": [
        {"code": "OPS-1", IDENTITY: "0193", "title": "Renew", "department": "OPS", "status": "active"},
    ],
}
door = typer.Typer()
door.command()(check)


def run_check(*arguments: str, plan: Mapping[str, Any] | bytes | None = None) -> Result:
    """The outcome of `coxswain check …`; a plan goes through standard input."""
    text = orjson.dumps(plan) if isinstance(plan, Mapping) else plan
    given = ["--file", "-"] if text is not None else []
    return CliRunner().invoke(door, [*given, *arguments], input=text)


def check_json(plan: Mapping[str, Any], *arguments: str) -> dict[str, Any]:
    """The answer as JSON."""
    done = run_check("--format", "json", *arguments, plan=plan)
    assert done.exit_code in (0, 1), done.output
    answer: dict[str, Any] = orjson.loads(done.stdout_bytes)
    return answer


def test_json_is_the_form_of_the_specification() -> None:
    answer = check_json(LONE_OBJECTIVE)
    assert list(answer) == ["score", "findings", "skipped", "today"]
    assert (answer["today"], answer["skipped"]) == (DAY, [])
    finding = next(finding for finding in answer["findings"] if finding["rule"] == "L101")
    assert finding == {
        "rule": "L101",
        "status": "open",
        "severity": "error",
        "objects": [{"kind": "objective", "code": "OPS-1", "title": "Renew", "id": "0193"}],
        "message": "“Renew” (OPS-1) contributes to nothing: no link leads from it to a goal or to another "
        "objective.",
        "why": "Work that serves no goal competes for the same people as work that does.",
        "fix": "Link “Renew” (OPS-1) to the goal or objective it contributes to and say how, or pause or "
        "abandon it.",
        "fingerprint": finding["fingerprint"],
    }
    groups = {row["group"]: row for row in answer["score"]["groups"]}
    assert list(groups) == ["structure", "ownership", "measures", "time", "coverage"]
    row = groups["structure"]
    assert row == {
        "group": "structure",
        "cap": 30,
        "findings": 1,
        "weight": 1.0,
        "checked": 1,
        "penalty": 30.0,
    }
    assert answer["score"]["value"] == 100 - sum(row["penalty"] for row in groups.values())


def test_an_object_without_an_id_of_its_own_is_told_without() -> None:
    row = LONE_OBJECTIVE["objectives"][0]
    plan = LONE_OBJECTIVE | {"objectives": [{key: row[key] for key in row if key != IDENTITY}]}
    (finding,) = (each for each in check_json(plan)["findings"] if each["rule"] == "L101")
    assert finding["objects"] == [{"kind": ObjectKind.OBJECTIVE, "code": "OPS-1", "title": "Renew"}]


def test_errors_end_it_with_1_and_warnings_with_0() -> None:
    assert run_check(plan=LONE_OBJECTIVE).exit_code == 1
    warned = {
        "today": DAY,
        "initiatives": [{"code": "I1", "title": "Move", "status": "active", "owner": "a@x.org"}],
        "owners": [{"code": "a@x.org", "name": "Ann"}],
    }
    answer = check_json(warned)
    assert [finding["severity"] for finding in answer["findings"]] == [Severity.WARNING]
    assert run_check(plan=warned).exit_code == 0
    assert run_check(plan={}).exit_code == 0


@pytest.mark.parametrize("arguments", [["--today", "tomorrow"], ["--format", "xml"], ["--fiel", "x"]])
def test_what_is_typed_wrongly_ends_it_with_2(arguments: list[str]) -> None:
    assert run_check(*arguments, plan={}).exit_code == 2


def test_the_day_is_that_of_the_option_else_of_the_file_else_of_the_clock() -> None:
    assert check_json({"today": DAY}, "--today", "2027-02-28")["today"] == "2027-02-28"
    assert check_json({"today": DAY})["today"] == DAY
    before = datetime.now(UTC).date().isoformat()
    assert before <= check_json({})["today"] <= datetime.now(UTC).date().isoformat()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "standard input is empty."),
        (b" \n", "standard input is empty."),
        (b'{"today":\n"\xff"}', "standard input is not UTF-8 text: see line 2."),
        (b'{\n\n"today" 1}', "This is no JSON: JSON is malformed: expected ':' in line 3."),
        (b"[]", "Expected `object`, got `array`."),
        (b'{"x":' * 100_000, "This is nested too deeply for a plan."),
    ],
)
def test_what_is_no_plan_says_why(content: bytes, told: str) -> None:
    done = run_check(plan=content)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("coxswain: standard input")
    assert line.endswith(told)


def test_every_fault_of_a_plan_is_a_line_with_its_pointer() -> None:
    goal = {"code": "G1", "title": "Grow", "status": "active"}
    done = run_check(plan={"goals": [goal, goal | {"code": "g1", "owner": "nobody@x.org"}]})
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        '/goals/1/code: "g1" stands at /goals/0/code, too.',
        '/goals/1/owner: The plan holds no "nobody@x.org" that fits here.',
        "coxswain: standard input: 2 places are wrong. Nothing was checked.",
    ]
    done = run_check(plan={"goals": [goal | {"status": "busy"}]})
    assert done.stderr.splitlines() == [
        "/goals/0/status: Invalid enum value 'busy'.",
        "coxswain: standard input: 1 place is wrong. Nothing was checked.",
    ]


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    folder = run_check("--file", str(tmp_path))
    assert (folder.exit_code, folder.stderr) == (1, f"coxswain: {tmp_path} is a folder, not a plan file.\n")
    missing = run_check("--file", str(tmp_path / "none.json"))
    assert missing.stderr == f"coxswain: There is no file {tmp_path / 'none.json'}.\n"
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(100_000_001)
    done = run_check("--file", str(large))
    assert done.stderr == f"coxswain: {large} is larger than 100 MB, the most that a plan file may be.\n"


def test_a_byte_order_mark_is_no_part_of_the_plan() -> None:
    assert run_check(plan=b'\xef\xbb\xbf{"today": "2026-11-22"}').exit_code == 0


def test_a_file_is_checked_without_settings_and_without_a_database(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(orjson.dumps(LONE_OBJECTIVE))
    wrong = {
        "COXSWAIN_DATABASE_URL": "nonsense",
        "COXSWAIN_PORT": "x",
        "COXSWAIN_DATA_DIR": str(tmp_path / "d"),
    }
    done = run_coxswain("check", "--file", str(plan), "--format", "json", settings=wrong)
    assert (done.returncode, done.stderr) == (1, "")
    assert orjson.loads(done.stdout) == check_json(LONE_OBJECTIVE)
    assert list(tmp_path.iterdir()) == [plan]


async def test_the_database_tells_the_stories_of_the_demo_as_a_plan_file_does(
    fresh_database: Database, fresh_url: URL
) -> None:
    today = date(2026, 11, 22)
    async with fresh_database.unit_of_work() as session:
        await load_demo(session, read_demo(today))
    done = run_coxswain("check", "--today", DAY, "--format", "json", url=fresh_url)
    assert (done.returncode, done.stderr) == (1, "")
    found, expected = orjson.loads(done.stdout), check_json(write_demo_file(Demo(today, read_demo(today))))
    assert [each["message"] for each in found["findings"]] == [
        each["message"] for each in expected["findings"]
    ]
    assert found["score"] == expected["score"]
    text = run_coxswain("check", "--today", DAY, url=fresh_url)
    assert (text.returncode, text.stderr) == (1, "")
    assert text.stdout.startswith(
        f"Alignment score {found['score']['value']:g} of 100: the database, {DAY}\n"
    )


async def test_an_empty_database_has_nothing_to_find(fresh_url: URL) -> None:
    done = run_coxswain("check", url=fresh_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\nNothing found.\n")
