"""The OpenAPI document is exact: schemathesis, with every check, against a really started server.

`COXSWAIN_SCHEMATHESIS_EXAMPLES=200` makes the run long, `COXSWAIN_SCHEMATHESIS_SEED=…` draws other data.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from app.actions.keys import issue_client_key, issue_person_key
from app.database import Database
from app.domain.permissions import SCOPES, SYSTEM, Role
from tests.api.world import make_world
from tests.factories import make_client, make_owner

CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
# Read on import: the fixtures clear our variables from the environment.
EXAMPLES = int(os.environ.get("COXSWAIN_SCHEMATHESIS_EXAMPLES", "3"))
SEED = os.environ.get("COXSWAIN_SCHEMATHESIS_SEED", "20261122")
BY_HAND = "COXSWAIN_SCHEMATHESIS_EXAMPLES" in os.environ
ALL_PHASES = "examples,coverage,fuzzing,stateful"
START_SECONDS = 20


def find_free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
async def served(fresh_url: URL) -> AsyncIterator[str]:
    """The address of a server process over a database of its own."""
    port = find_free_port()
    environment = os.environ | {
        "COXSWAIN_DATABASE_URL": fresh_url.render_as_string(hide_password=False),
        "COXSWAIN_ALLOW_FORGETFUL_DATABASE": "yes",
        "COXSWAIN_RATE_LIMIT_PER_MINUTE": "0",
        "COXSWAIN_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            await wait_until_ready(address)
            yield address
        finally:
            process.terminate()


async def wait_until_ready(address: str) -> None:
    """Returns when the server answers."""
    async with httpx2.AsyncClient() as client, asyncio.timeout(START_SECONDS):
        while True:
            try:
                if (await client.get(f"{address}/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)


async def prepare(database: Database, holder: str) -> str:
    """An organization, and a key of its administrator, or of a machine with every scope."""
    async with database.unit_of_work() as session:
        await make_world(session)
        if holder == "admin":
            owner = await make_owner(session, role=Role.ADMIN)
            return await issue_person_key(session, owner, actor=SYSTEM)
        client = await make_client(session, scopes=SCOPES)
        return await issue_client_key(session, client, actor=SYSTEM)


# Clients are for people only: a machine would be refused whatever it asked of them.
LEFT_OUT = {"machine": ["--exclude-path-regex", "/clients"]}


async def run_schemathesis(
    address: str, key: str, folder: Path, *, phases: str, holder: str
) -> tuple[int, str]:
    """Exit code and output of a run with every check."""
    # DELETE archives what has history, and what is archived can still be read: that is no use after free. The
    # check is replaced by our own of the same strength, gone_or_archived in schemathesis_hooks.py.
    checks = ["--checks", "all", "--exclude-checks", "use_after_free"]
    options = [*checks, "--phases", phases, "--seed", SEED, "--max-examples", str(EXAMPLES), "--no-color"]
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"],
        *[f"{address}/api/v1/openapi.json", "-H", f"Authorization: Bearer {key}", *options],
        *LEFT_OUT.get(holder, []),
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@pytest.mark.slow
@pytest.mark.timeout(0 if BY_HAND else 600)
@pytest.mark.parametrize(("holder", "phases"), [("admin", ALL_PHASES), ("machine", "examples,fuzzing")])
async def test_every_answer_keeps_the_contract(
    served: str, fresh_database: Database, tmp_path: Path, holder: str, phases: str
) -> None:
    key = await prepare(fresh_database, holder)
    phases = ALL_PHASES if BY_HAND else phases
    code, output = await run_schemathesis(served, key, tmp_path, phases=phases, holder=holder)
    assert code == 0, output[-30_000:]
    assert "Fuzzing" in output
    assert "401 Unauthorized" not in output, "the key was lost on the way, so nothing was tested"
