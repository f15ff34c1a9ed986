"""A newcomer finds everything: settings, commands and rooms are named in the README."""

import re
from datetime import date

import orjson
import typer
from typer.main import get_command

from app.cli import make_cli
from app.commands.check_report import make_report
from app.commands.check_text import write_text
from app.commands.plan_source import PlanSource
from app.demo.plan import read_demo
from app.domain.linkage.assembly import assemble_plan
from app.domain.linkage.plan_file import read_plan_file
from app.settings import Settings
from tests.domain.demo_plans import Demo, write_demo_file
from tests.house.env_example import EXAMPLE, read_explanations, write_example
from tests.house.repository import ROOT

README = (ROOT / "README.md").read_text()


def list_commands(group: object, before: str = "") -> list[str]:
    """Every command that is shown, as one types it."""
    commands = []
    for name, command in getattr(group, "commands", {}).items():
        if not command.hidden:
            nested = list_commands(command, f"{before}{name} ")
            commands += nested or [f"{before}{name}"]
    return commands


def test_every_setting_is_named_and_explained() -> None:
    unsaid = [name for name in Settings.model_fields if f"`COXSWAIN_{name.upper()}`" not in README]
    assert unsaid == []
    assert Settings.model_fields.keys() == read_explanations().keys()


def test_the_example_of_settings_is_that_of_the_settings() -> None:
    assert EXAMPLE.read_text() == write_example(), "run: python -m tests.house.env_example"


def test_every_command_is_named() -> None:
    commands = list_commands(get_command(make_cli()))
    assert {"serve", "migrate"} <= set(commands)
    assert [name for name in commands if not re.search(rf"(`|coxswain ){name}\b", README)] == []


def test_every_command_explains_itself() -> None:
    group = get_command(make_cli())
    assert isinstance(group, typer.core.TyperGroup)
    assert [name for name, command in group.commands.items() if not command.help] == []


def test_every_room_is_on_the_map() -> None:
    rooms = [path for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()]
    assert [room.name for room in rooms if f"app/{room.name}" not in README] == []


def test_every_make_target_that_the_readme_tells_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"(?:^    |`)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test", "check"} <= told <= targets


def test_the_findings_that_are_shown_are_what_the_checker_tells() -> None:
    shown = re.search(r"coxswain check\n```\n.*?\n```\n(.*?)```\n", README, re.DOTALL)
    assert shown is not None
    today = date(2026, 11, 22)
    file = orjson.dumps(write_demo_file(Demo(today, read_demo(today))))
    told = write_text(make_report(assemble_plan(read_plan_file(file)), PlanSource("the database", file)))
    assert f"\n{shown[1]}" in told, told
    assert shown[1].count("\n") >= 10
