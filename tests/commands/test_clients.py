"""`coxswain clients`: machines are added with a key that is shown once, and revoked, by the operator."""

import pytest
from sqlalchemy import URL, select

from app.database import Database
from app.models import Client
from tests.cast import Cast
from tests.commands.running import run_coxswain
from tests.factories import make_department

GOALS = "/api/v1/goals"


async def test_a_client_works_from_its_adding_to_its_revoking(
    fresh_cast: Cast, fresh_database: Database, fresh_url: URL
) -> None:
    async with fresh_database.unit_of_work() as session:
        department = await make_department(session, code="SALES")
    added = run_coxswain(
        *("clients", "add", "HR feed", "--scope", "goals:read", "--scope", "engagement:write"),
        *("--department", "SALES", "--source", "peakon", "--trust-source-suppression"),
        *("--expires", "2199-12-31"),
        url=fresh_url,
    )
    assert (added.returncode, added.stderr) == (0, "")
    *_, key = added.stdout.splitlines()
    robot = await fresh_cast.browse(key)
    assert (await robot.get(GOALS)).status_code == 200
    async with fresh_database.unit_of_work(read_only=True) as session:
        (client,) = (await session.scalars(select(Client))).all()
    assert client.scopes == ["engagement:write", "goals:read"]
    assert (client.department_id, client.source) == (department.id, "peakon")
    assert client.suppresses_small_groups
    assert client.expires_at is not None
    assert client.expires_at.isoformat() == "2199-12-31T23:59:59+00:00"
    again = run_coxswain("clients", "add", "hr FEED", "--scope", "goals:read", url=fresh_url)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "coxswain: This name is taken (archived things keep theirs).\n"
    revoked = run_coxswain("clients", "revoke", "HR feed", url=fresh_url)
    assert (revoked.returncode, revoked.stdout) == (0, "HR feed is revoked.\n")
    assert (await robot.get(GOALS)).status_code == 401


async def test_an_expired_client_is_refused(fresh_cast: Cast, fresh_url: URL) -> None:
    done = run_coxswain(
        "clients", "add", "Old", "--scope", "goals:read", "--expires", "2020-01-01", url=fresh_url
    )
    robot = await fresh_cast.browse(done.stdout.splitlines()[-1])
    assert (await robot.get(GOALS)).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("add", "X", "--scope", "everything"), "coxswain: --scope: "),
        (("add", "X", "--scope", "clients:write"), "coxswain: --scope: clients:write is for people only"),
        (("add", " ", "--scope", "goals:read"), "coxswain: NAME: "),
        (("add", "X", "--scope", "goals:read", "--expires", "2026-02-30"), "coxswain: --expires: "),
        (
            ("add", "X", "--scope", "goals:read", "--department", "NO"),
            "coxswain: There is no department NO.\n",
        ),
        (("revoke", "X"), "coxswain: There is no client X.\n"),
    ],
)
async def test_what_is_refused_is_told_in_one_line(
    fresh_url: URL, arguments: tuple[str, ...], complaint: str
) -> None:
    done = run_coxswain("clients", *arguments, url=fresh_url)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(complaint)


def test_a_client_needs_a_scope() -> None:
    assert run_coxswain("clients", "add", "X").returncode == 2
