"""The cast: who acts in the tests, each with a key of their own and an HTTP client that carries it."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import httpx2
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.keys import issue_client_key, issue_person_key
from app.database import Database
from app.domain.permissions import SCOPES, SYSTEM, Permission, Role
from app.models import Client, Department, Owner
from tests.factories import make_client, make_department, make_owner


class Cast:
    """Makes people and machines on demand and hands out clients that act as them."""

    def __init__(self, app: FastAPI, session: AsyncSession, *, commit: bool = False) -> None:
        self.app = app
        self.session = session
        self.database: Database | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Nothing to prepare."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes every client."""
        await self._stack.aclose()

    async def browse(self, key: str | None = None) -> httpx2.AsyncClient:
        """A client with a key, or with none."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        transport = httpx2.ASGITransport(self.app)
        client = httpx2.AsyncClient(transport=transport, base_url="http://coxswain.test", headers=headers)
        return await self._stack.enter_async_context(client)

    async def person(
        self, role: Role | None, *, department: Department | None = None, **fields: Any
    ) -> httpx2.AsyncClient:
        """Somebody with a role; `client.owner` is who."""

        async def make(session: AsyncSession) -> tuple[Owner, str]:
            owner = await make_owner(session, role=role, department=department, **fields)
            return owner, await issue_person_key(session, owner, actor=SYSTEM)

        owner, key = await self._do(make)
        client = await self.browse(key)
        client.owner = owner  # type: ignore[attr-defined]
        return client

    async def machine(self, *scopes: Permission, **fields: Any) -> httpx2.AsyncClient:
        """A machine with scopes (all of them when none is named); `client.machine` is which."""

        async def make(session: AsyncSession) -> tuple[Client, str]:
            client = await make_client(session, scopes=scopes or SCOPES, **fields)
            return client, await issue_client_key(session, client, actor=SYSTEM)

        machine, key = await self._do(make)
        client = await self.browse(key)
        client.machine = machine  # type: ignore[attr-defined]
        return client

    async def _do(self, make: Any) -> Any:
        if self.database is None:
            made = await make(self.session)
            await self.session.flush()
            return made
        async with self.database.unit_of_work() as session:
            return await make(session)

    async def admin(self) -> httpx2.AsyncClient:
        """The administrator."""
        return await self.person(Role.ADMIN)

    async def ceo(self) -> httpx2.AsyncClient:
        """Sees all, keeps the goals."""
        return await self.person(Role.EXECUTIVE)

    async def head(self, department: Department | None = None) -> httpx2.AsyncClient:
        """Heads a department (a new one when none is given); `client.department` is which."""
        if department is None:
            department = await self._do(lambda session: make_department(session))
        client = await self.person(Role.HEAD, department=department)
        client.department = department  # type: ignore[attr-defined]
        return client

    async def contributor(self) -> httpx2.AsyncClient:
        """Updates what is assigned."""
        return await self.person(Role.CONTRIBUTOR)

    async def viewer(self) -> httpx2.AsyncClient:
        """Reads."""
        return await self.person(Role.VIEWER)

    async def stranger(self) -> httpx2.AsyncClient:
        """Known, but without a role."""
        return await self.person(None)

    async def facilitator(self) -> httpx2.AsyncClient:
        """A coach from outside."""
        return await self.person(Role.FACILITATOR)
