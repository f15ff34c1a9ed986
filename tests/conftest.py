"""One PostgreSQL for the whole run, a migrated template, one database per worker, one transaction per test.

`COXSWAIN_TEST_POSTGRES=16` runs everything on the older binaries of the wheel.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy import URL, NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from app.database import Database, OpenUnit, to_json
from app.embedded import running
from app.main import create_app
from app.schema import upgrade
from app.settings import Settings
from tests.cast import Cast

SOCKET = "COXSWAIN_TEST_SOCKET"
TEMPLATE = "template_coxswain"
_stack = ExitStack()


def url_of(name: str) -> URL:
    """The URL of a database on the test server."""
    query = {"host": os.environ[SOCKET]}
    return URL.create("postgresql+asyncpg", username="app", database=name, query=query)


async def run_sql(sql: str) -> None:
    """One statement outside any transaction, on the maintenance database."""
    connection = await asyncpg.connect(host=os.environ[SOCKET], user="app", database="app")
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the server; workers inherit its address."""
    if SOCKET in os.environ or hasattr(config, "workerinput"):
        return
    memory = Path("/dev/shm")  # noqa: S108  (a throw-away database belongs into memory)
    folder = Path(tempfile.mkdtemp(prefix="coxswain-test-", dir=memory if memory.is_dir() else None))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    version = int(os.environ.get("COXSWAIN_TEST_POSTGRES", "18"))
    server = _stack.enter_context(running(folder / "data", version=version, durable=False))
    os.environ[SOCKET] = str(server.socket_directory)
    _stack.callback(os.environ.pop, SOCKET)
    asyncio.run(run_sql(f"create database {TEMPLATE}"))
    upgrade(url_of(TEMPLATE))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops what it started."""
    if not hasattr(config, "workerinput"):
        _stack.close()


async def copy_template(name: str) -> URL:
    """A new, migrated database."""
    await run_sql(f"create database {name} template {TEMPLATE} strategy file_copy")
    return url_of(name)


@pytest.fixture(scope="session")
async def worker_url(worker_id: str) -> URL:
    """The database of this worker."""
    return await copy_template(f"test_{worker_id}")


@pytest.fixture
async def connection(worker_url: URL) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that is rolled back after the test. `now()` stands still in it."""
    engine = create_async_engine(worker_url, poolclass=NullPool, json_serializer=to_json)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()
    await engine.dispose()


def open_savepoint_session(connection: AsyncConnection) -> AsyncSession:
    """A session whose transactions are savepoints of the connection's."""
    return AsyncSession(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


class PinnedDatabase(Database):
    """The application's database, pinned to the transaction of the test: its commits are savepoints."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection.engine.url)
        self.connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def unit_of_work(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """One unit of work at a time, because there is one connection."""
        async with self._turn, self.connection.begin_nested():
            if read_only:
                await self.connection.exec_driver_sql("set transaction read only")
            async with open_savepoint_session(self.connection) as session, session.begin():
                yield session

    @asynccontextmanager
    async def hold_lock(self, name: str) -> AsyncIterator[OpenUnit]:
        """Nobody else is here: one connection, one unit of work at a time."""
        yield self.unit_of_work

    @asynccontextmanager
    async def open_snapshot(self) -> AsyncIterator[tuple[AsyncSession, AsyncSession]]:
        """One session for both: nobody else sees what this test has written."""
        async with self.unit_of_work(read_only=True) as session:
            yield session, session

    async def schema_revision(self) -> str | None:
        """What the template was migrated to."""
        found = await self.connection.exec_driver_sql("select version_num from alembic_version")
        return str(found.scalar_one())


@pytest.fixture
async def database(connection: AsyncConnection) -> Database:
    """The database inside the test's transaction."""
    return PinnedDatabase(connection)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session for set-up and for looking at the outcome."""
    assert isinstance(database, PinnedDatabase)
    async with open_savepoint_session(database.connection) as session:
        yield session


@pytest.fixture
def settings() -> Settings:
    """Settings of a test: nothing from the environment, no limit on requests."""
    return Settings(_env_file=None, rate_limit_per_minute=0)


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    """The application over the test's transaction."""
    return create_app(settings, database=database)


@pytest.fixture
async def cast(app: FastAPI, session: AsyncSession) -> AsyncIterator[Cast]:
    """Who acts: `client = await cast.head()`."""
    async with Cast(app, session) as cast:
        yield cast


@pytest.fixture
async def fresh_url(worker_id: str) -> AsyncIterator[URL]:
    """A database of its own, for tests with several connections or with times that move."""
    name = f"fresh_{worker_id}_{os.urandom(4).hex()}"
    yield await copy_template(name)
    await run_sql(f"drop database {name} with (force)")


@pytest.fixture
async def fresh_database(fresh_url: URL) -> AsyncIterator[Database]:
    """The application's real database class on a database of its own."""
    database = Database(fresh_url, pool_size=20)
    yield database
    await database.close()


@pytest.fixture
async def fresh_cast(fresh_database: Database, settings: Settings) -> AsyncIterator[Cast]:
    """Actors whose requests are real transactions on several connections."""
    app = create_app(settings, database=fresh_database)
    async with fresh_database.unit_of_work() as session:
        cast = Cast(app, session, commit=True)
    cast.database = fresh_database
    async with cast:
        yield cast


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this worker, also without xdist."""
    workerinput = getattr(request.config, "workerinput", {})
    return str(workerinput.get("workerid", "main"))


@pytest.fixture(autouse=True)
def _leave_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("COXSWAIN_") and not name.startswith("COXSWAIN_TEST"):
            monkeypatch.delenv(name)
