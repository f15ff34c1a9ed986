"""`coxswain people`: who is let in, and with which key, as the operator does it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import URL, select
from sqlmodel import col

from app.database import Database
from app.domain.permissions import SYSTEM, Role
from app.models import AccessKey, Event, Owner
from tests.cast import Cast
from tests.commands.running import run_coxswain
from tests.factories import make_department, make_owner
from tests.web.browsing import PASSWORD

ADA = "ada@coxswain.test"


async def find_person(database: Database, email: str) -> Owner:
    """The owner of an email as stored."""
    async with database.unit_of_work(read_only=True) as session:
        return (await session.scalars(select(Owner).where(col(Owner.email) == email))).one()


async def test_a_new_person_gets_a_role_and_a_token_that_works(
    fresh_cast: Cast, fresh_database: Database, fresh_url: URL
) -> None:
    async with fresh_database.unit_of_work() as session:
        department = await make_department(session, code="SALES")
    options = ("--name", "Ada L.", "--role", "head", "--department", "sales")
    added = run_coxswain("people", "add", ADA, *options, url=fresh_url)
    assert (added.returncode, added.stderr) == (0, "")
    ada = await find_person(fresh_database, ADA)
    assert (ada.name, ada.role, ada.department_id) == ("Ada L.", Role.HEAD, department.id)
    given = run_coxswain("people", "token", ADA, "--expires", "2199-12-31", url=fresh_url)
    assert (given.returncode, given.stderr) == (0, "")
    *_, key = given.stdout.splitlines()
    client = await fresh_cast.browse(key)
    assert (await client.get("/api/v1/departments/SALES")).status_code == 200
    async with fresh_database.unit_of_work(read_only=True) as session:
        (stored,) = (await session.scalars(select(AccessKey))).all()
        events = (await session.scalars(select(Event).where(col(Event.object_id) == ada.id))).all()
    assert stored.expires_at == datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert {event.actor_name for event in events} == {SYSTEM.name}


async def test_a_person_who_is_there_is_extended(fresh_database: Database, fresh_url: URL) -> None:
    async with fresh_database.unit_of_work() as session:
        department = await make_department(session)
        await make_owner(session, email=ADA, name="Ada", department=department, active=False)
    done = run_coxswain("people", "add", ADA.upper(), "--role", "executive", url=fresh_url)
    assert (done.returncode, done.stderr) == (0, "")
    ada = await find_person(fresh_database, ADA)
    assert (ada.name, ada.role, ada.department_id, ada.active) == (
        "Ada",
        Role.EXECUTIVE,
        department.id,
        True,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("add", ADA, "--role", "viewer"), 1, f"coxswain: {ADA} is new and needs a name.\n"),
        (("add", ADA, "--name", "Ada"), 1, f"coxswain: {ADA} is new and needs a role.\n"),
        (
            ("add", ADA, "--name", "Ada", "--role", "viewer", "--department", "NOWHERE"),
            1,
            "coxswain: There is no department NOWHERE.\n",
        ),
        (("token", ADA), 1, f"coxswain: There is no owner {ADA}.\n"),
    ],
)
async def test_what_cannot_be_done_is_told_in_one_line_and_leaves_nothing(
    fresh_database: Database, fresh_url: URL, arguments: tuple[str, ...], code: int, complaint: str
) -> None:
    done = run_coxswain("people", *arguments, url=fresh_url)
    assert (done.returncode, done.stderr, done.stdout) == (code, complaint, "")
    async with fresh_database.unit_of_work(read_only=True) as session:
        assert (await session.scalars(select(Owner))).all() == []


async def test_a_token_is_refused_to_who_could_not_use_it(fresh_database: Database, fresh_url: URL) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_owner(session, email="left@coxswain.test", role=Role.VIEWER, active=False)
        await make_owner(session, email="none@coxswain.test")
    for email, reason in (("left", "is not active"), ("none", "has no role")):
        done = run_coxswain("people", "token", f"{email}@coxswain.test", url=fresh_url)
        assert done.returncode == 1
        assert reason in done.stderr
    async with fresh_database.unit_of_work(read_only=True) as session:
        assert (await session.scalars(select(AccessKey))).all() == []


def test_wrong_usage_is_told_before_any_database_is_asked() -> None:
    assert run_coxswain("people", "add").returncode == 2
    assert run_coxswain("people", "add", ADA, "--role", "king").returncode == 2
    assert run_coxswain("people", "add", ADA, "--password", "x").returncode == 2
    no_email = run_coxswain("people", "add", "not an email", "--name", "X", "--role", "viewer")
    assert no_email.returncode == 1
    assert no_email.stderr.startswith("coxswain: EMAIL: ")
    assert no_email.stderr.count("\n") == 1
    no_date = run_coxswain("people", "token", ADA, "--expires", "soon")
    assert (no_date.returncode, no_date.stderr.count("\n")) == (1, 1)
    assert no_date.stderr.startswith("coxswain: --expires: ")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("people", "add", "no mail"), "EMAIL: An e-mail address is written like ada@example.org."),
        (("people", "token", ADA, "--expires", "tomorrow"), "--expires: A day is written like 2026-12-31"),
        (("people", "token", ADA, "--expires", "2020-01-01"), "That time is over"),
        (("clients", "add", "BI", "--scope", "roles:read"), "--scope: A scope is one of: metrics:read,"),
    ],
)
async def test_what_is_typed_wrongly_is_told_in_words(
    fresh_database: Database, fresh_url: URL, typed: tuple[str, ...], told: str
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_owner(session, email=ADA, role=Role.VIEWER)
    refused = run_coxswain(*typed, url=fresh_url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"coxswain: {told}")


async def test_an_invitation_is_a_link_that_opens_the_door_once(
    fresh_cast: Cast, fresh_database: Database, fresh_url: URL
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_owner(session, email=ADA, name="Ada", role=Role.VIEWER)
    made = run_coxswain("people", "invite", ADA.upper(), url=fresh_url)
    assert (made.returncode, made.stderr) == (0, "")
    told, path = made.stdout.splitlines()
    assert "within 7 days" in told
    browser = await fresh_cast.browse()
    assert "Welcome, Ada" in (await browser.get(path)).text
    done = await browser.post(path, data={"password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert (await browser.get(path)).status_code == 404


async def test_a_second_invitation_ends_the_first(
    fresh_cast: Cast, fresh_database: Database, fresh_url: URL
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_owner(session, email=ADA, role=Role.VIEWER)
    first, second = (
        run_coxswain("people", "invite", ADA, url=fresh_url).stdout.splitlines()[-1] for _ in range(2)
    )
    browser = await fresh_cast.browse()
    assert [(await browser.get(path)).status_code for path in (first, second)] == [404, 200]


async def test_nobody_is_invited_who_could_do_nothing_here(fresh_database: Database, fresh_url: URL) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_owner(session, email=ADA, name="Ada")
    for email, complaint in ((ADA, "Ada has no role"), ("bob@coxswain.test", "There is no owner bob@")):
        refused = run_coxswain("people", "invite", email, url=fresh_url)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith(f"coxswain: {complaint}")


async def test_a_password_from_standard_input_lets_in(
    fresh_cast: Cast, fresh_database: Database, fresh_url: URL
) -> None:
    options = ("--name", "Ada", "--role", "viewer", "--password-stdin")
    added = run_coxswain("people", "add", ADA, *options, url=fresh_url, text=f" {PASSWORD} \nrest\n")
    assert (added.returncode, added.stderr) == (0, "")
    assert PASSWORD not in added.stdout
    browser = await fresh_cast.browse()
    # Spaces are part of it, the end of the line is not.
    for password, status in ((PASSWORD, 422), (f" {PASSWORD} ", 303)):
        answer = await browser.post("/sign-in", data={"email": ADA, "password": password})
        assert answer.status_code == status


async def test_a_weak_password_is_refused_and_nobody_is_made(
    fresh_database: Database, fresh_url: URL
) -> None:
    options = ("--name", "Ada", "--role", "viewer", "--password-stdin")
    refused = run_coxswain("people", "add", ADA, *options, url=fresh_url, text="short\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "at least 12 characters" in refused.stderr
    async with fresh_database.unit_of_work(read_only=True) as session:
        assert (await session.scalars(select(Owner))).all() == []
