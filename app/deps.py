"""The one thing both doors share from FastAPI: the request's transaction."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database


def get_database(request: Request) -> Database:
    """The application's database."""
    database: Database = request.app.state.database
    return database


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The transaction of this request: read-only for GET and HEAD, so a GET that writes fails loudly.

    `fresh=true` asks for a check first, and what a check finds is kept.
    """
    read_only = request.method in ("GET", "HEAD") and request.query_params.get("fresh") is None
    async with get_database(request).unit_of_work(read_only=read_only) as session:
        yield session
    if not read_only:
        request.app.state.linkage_watch.note_write()


# scope="function": the commit happens before the answer leaves, so nobody hears of work that was lost.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
