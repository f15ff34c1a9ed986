"""The database: engine, transactions, and what its absence means. Knows no HTTP and no models."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import orjson
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from app.embedded import Server
from app.errors import Unavailable
from app.schema import current_revision

POOL_WAIT_SECONDS = 10
CONNECT_WAIT_SECONDS = 5
# SQLSTATE classes and codes that mean "not now" instead of "not so": connection exceptions (08), insufficient
# resources such as a full disk (53), operator intervention (57), and a read-only or recovering server.
AWAY_CLASSES = ("08", "53", "57")
AWAY_CODES = ("25006", "40001", "40P01", "55P03")
# How the server's list of connections tells the one that listens.
LISTENER = "coxswain hearing"
# Arguments that the engine keeps to itself.
_OF_SQLALCHEMY = ("prepared_statement_", "async_")
# What raw asyncpg raises; InternalClientError is how it sees a server that was killed in mid-sentence.
_DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_LOCK_WAIT = text("select set_config('lock_timeout', '5s', true)")
_LOCK = text("select pg_advisory_lock(hashtextextended(:name, 0))")
_UNLOCK = text("select pg_advisory_unlock_all()")
_HAS_DELETED = text(
    "select exists(select from pg_stat_user_tables where relname = any(:tables) and n_dead_tup > 0)"
)
AWAY_SENTENCE = "The database does not answer at the moment. The same request may succeed in a second."


def is_away(error: BaseException) -> bool:
    """Does this error mean that the database is away, so that trying again makes sense?"""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlstate", None)
        if code is not None:
            return str(code).startswith(AWAY_CLASSES) or str(code) in AWAY_CODES
        return error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)
    if isinstance(error, asyncpg.PostgresError):
        code = error.sqlstate or ""
        return code.startswith(AWAY_CLASSES) or code in AWAY_CODES
    return isinstance(error, OSError | PoolTimeout | asyncpg.InterfaceError | asyncpg.InternalClientError)


# Opens one transaction after the other.
OpenUnit = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@contextmanager
def watch_database() -> Iterator[None]:
    """Turns "the database is away" into one error of ours."""
    try:
        yield
    except (*_DRIVER_ERRORS, DBAPIError, OSError, PoolTimeout) as error:
        if is_away(error):
            raise Unavailable(AWAY_SENTENCE) from error
        raise


def to_json(value: object) -> str:
    """JSON for jsonb columns."""
    return orjson.dumps(value, default=str).decode()


def read_url(text: str) -> URL:
    """A database URL as people write it (`postgresql://…?sslmode=require`), for the one driver we use."""
    url = make_url(text).set(drivername="postgresql+asyncpg")
    if mode := url.query.get("sslmode"):
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url


def embedded_url(server: Server) -> URL:
    """The URL of the embedded server; its socket's folder may hold spaces and other signs."""
    query = {"host": str(server.socket_directory), "port": str(server.port)}
    return URL.create("postgresql+asyncpg", username=server.user, database=server.database, query=query)


async def reach_driver(session: AsyncSession) -> Any:
    """The driver's own connection, inside the session's transaction: only it can COPY."""
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


class Database:
    """One engine; every piece of work is one transaction."""

    def __init__(self, url: URL, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            # What people wrote has no business in a log, not even when a statement fails.
            hide_parameters=True,
            json_serializer=to_json,
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": CONNECT_WAIT_SECONDS,
                "server_settings": {"application_name": "coxswain", "jit": "off"},
            },
        )

    @asynccontextmanager
    async def unit_of_work(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed at the end, rolled back on any error."""
        with watch_database():
            async with self.engine.connect() as connection:
                if read_only:
                    await connection.execution_options(postgresql_readonly=True)
                async with (
                    AsyncSession(bind=connection, expire_on_commit=False) as session,
                    session.begin(),
                ):
                    yield session

    @asynccontextmanager
    async def hold_lock(self, name: str) -> AsyncIterator[OpenUnit]:
        """Several transactions, one after the other, while nobody else holds the lock of this name.

        The connection that runs them holds the lock: when the process dies, PostgreSQL ends what is running
        and only then lets the next one in.
        """
        with watch_database():
            async with self.engine.connect() as connection:
                async with connection.begin():
                    await connection.execute(_LOCK_WAIT)
                    await connection.execute(_LOCK, {"name": name})
                try:
                    yield lambda: _open_unit(connection)
                finally:
                    await _let_go(connection)

    @asynccontextmanager
    async def open_snapshot(self) -> AsyncIterator[tuple[AsyncSession, AsyncSession]]:
        """Two sessions that see the same moment of the database, to read side by side. Nothing is written."""
        isolate = text("set transaction isolation level repeatable read")
        async with self.unit_of_work(read_only=True) as one, self.unit_of_work(read_only=True) as other:
            await one.execute(isolate)
            name = (await one.execute(text("select pg_export_snapshot()"))).scalar_one()
            await other.execute(isolate)
            await other.execute(text(f"set transaction snapshot '{name}'"))
            yield one, other

    async def sweep(self, tables: Sequence[str]) -> None:
        """Clears what was deleted from tables out of their files, as far as nobody reads it any more."""
        with watch_database():
            async with self.engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                left = await connection.scalar(_HAS_DELETED, {"tables": list(tables)})
                if left:
                    await connection.exec_driver_sql(f"vacuum {', '.join(tables)}")

    async def schema_revision(self) -> str | None:
        """The revision of the schema, or None where there is none yet."""
        with watch_database():
            async with self.engine.connect() as connection:
                return await current_revision(connection)

    async def connect_apart(self) -> Any:
        """A connection of the driver beside the pool, for whoever listens: it is the caller's to close."""
        _, arguments = self.engine.dialect.create_connect_args(self.url)
        own = {name: value for name, value in arguments.items() if not name.startswith(_OF_SQLALCHEMY)}
        settings = {"application_name": LISTENER, "jit": "off"}
        return await asyncpg.connect(**own, timeout=CONNECT_WAIT_SECONDS, server_settings=settings)

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


@asynccontextmanager
async def _open_unit(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(bind=connection, expire_on_commit=False) as session, session.begin():
        yield session


async def _let_go(connection: AsyncConnection) -> None:
    """Frees the lock, or gives up the connection with it: the pool must not keep a lock."""
    try:
        async with connection.begin():
            await connection.execute(_UNLOCK)
    except BaseException:
        await connection.invalidate()
        raise
