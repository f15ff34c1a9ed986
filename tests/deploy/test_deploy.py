"""The files of deploy/ say what is true, and the unit's own command line really serves."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from sqlalchemy import URL

from tests.faults.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("coxswain.service", "coxswain-embedded.service")


def read_unit(name: str) -> configparser.ConfigParser:
    """A unit file, whose keys keep their case."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(DEPLOY / name)
    return unit


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    program = tmp_path / "coxswain"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (DEPLOY / name).read_text().replace("/opt/coxswain/.venv/bin/coxswain", str(program))
    unit = tmp_path / name
    unit.write_text(text.replace("User=coxswain", "User=root").replace("Group=coxswain", "Group=root"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if name in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


async def test_the_command_line_of_the_server_unit_serves(fresh_url: URL, tmp_path: Path) -> None:
    command = shlex.split(read_unit("coxswain.service")["Service"]["ExecStart"])
    assert command[0].endswith("/coxswain")
    port = free_port()
    settings = {
        "COXSWAIN_DATABASE_URL": fresh_url.render_as_string(hide_password=False),
        "COXSWAIN_PORT": str(port),
        # The test server forgets on purpose; that `serve` refuses it otherwise has its own test.
        "COXSWAIN_ALLOW_FORGETFUL_DATABASE": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *command[1:]],
        env=os.environ | settings,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait_for_status(f"http://127.0.0.1:{port}/readyz", seconds=30) == 200
    finally:
        process.terminate()
        assert process.wait(20) == 0


def wait_for_status(address: str, *, seconds: float) -> int | None:
    """The first status that is answered."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return httpx2.get(address, timeout=2).status_code
        except httpx2.HTTPError:
            time.sleep(0.05)
    return None


async def test_serve_refuses_a_server_that_may_forget(fresh_url: URL) -> None:
    settings = {"COXSWAIN_DATABASE_URL": fresh_url.render_as_string(hide_password=False)}
    done = subprocess.run(
        [sys.executable, "-m", "app", "serve", "--port", str(free_port())],
        env=os.environ | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert "fsync" in done.stderr


def read_composition() -> dict[str, Any]:
    """compose.yaml as data."""
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return content


def test_the_composition_has_two_processes_a_database_and_a_proxy() -> None:
    services = read_composition()["services"]
    assert services["app"]["deploy"]["replicas"] == 2
    assert services["app"]["environment"]["COXSWAIN_DATABASE_URL"].startswith("postgresql://")
    assert services["app"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert {"database", "proxy"} <= services.keys()


def test_docker_accepts_the_composition() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("the docker compose client is not installed")
    done = subprocess.run(
        [docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"],
        env=os.environ | {"COXSWAIN_DOMAIN": "localhost", "COXSWAIN_DATABASE_PASSWORD": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_image_copies_what_exists_and_runs_unprivileged_without_the_embedded_database() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert all((ROOT / name).exists() for names in copied for name in names)
    assert "USER coxswain" in lines
    assert not re.search(r"embedded\]", "\n".join(lines))
