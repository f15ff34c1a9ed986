"""A browser of the tests: keeps cookies, follows nothing by itself, sends what a form would send."""

from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.sign_ins import act_as, keep_password, start_sign_in
from app.domain.passwords import hash_password
from app.models import Owner

PASSWORD = "the tide turns at noon"
HASH = hash_password(PASSWORD)


def open_browser(app: FastAPI, **options: Any) -> httpx2.AsyncClient:
    """A browser without a cookie, on this machine."""
    transport = httpx2.ASGITransport(app, client=("127.0.0.1", 50_000))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost", **options)


async def give_password(session: AsyncSession, owner: Owner) -> None:
    """Lets a person sign in with the password of the tests."""
    await keep_password(session, owner, HASH, actor=act_as(owner))


async def sign_in(app: FastAPI, session: AsyncSession, owner: Owner) -> httpx2.AsyncClient:
    """A browser in which a person is signed in."""
    token = await start_sign_in(session, owner, browser="tests", actor=act_as(owner))
    return open_browser(app, cookies={"coxswain": token})
