"""A served application and the browsers that look at it."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from sqlalchemy import select
from sqlmodel import col

from app.actions.reviews_closing import reopen_review
from app.actions.sign_ins import act_as, start_sign_in
from app.database import Database
from app.domain.permissions import SYSTEM, Permission
from app.domain.reviews import ReviewStatus
from app.models import Kpi, Mail, Owner, Review, Target
from app.models.mails import MailKind
from app.models.reviews import ReviewReopening
from tests.factories import make_client

AXE = (Path(__file__).with_name("axe-4.14.1.min.js")).read_text()
SIZES = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}
# On two processors that other tests share; only what never comes is waited for so long.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS / 2)
# A refusal is an answer like any other; the browser notes it all the same.
CHIEF = "helena.marsh@larkmoor.example"
MAIL = UUID("01a20498-0000-7000-8000-00000000000a")
_REFUSED = ("status of 404", "status of 409", "status of 422")


def make_walked_mail(owner: Owner) -> Mail:
    """A mail of the day with a part of every kind."""
    text = (
        "Good morning Helena,\n\nValues to enter\n- Load for October 2026: due today\n"
        "  /updates?period=2026-10\n\nStop it here:\n  /outbox\n"
    )
    envelope = {"id": MAIL, "owner_id": owner.id, "kind": MailKind.DIGEST, "dedupe_key": "walked"}
    return Mail.model_validate({**envelope, "subject": "1 due today", "body": text})


@dataclass
class Site:
    """Where the application is, and everything that pages complained about."""

    url: str
    chromium: Browser
    database: Database
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(
        self,
        path: str = "/",
        *,
        as_: str | None = None,
        size: str = "desktop",
        scheme: Any = "light",
        javascript: bool = True,
    ) -> Page:
        """A page in a browser of its own, where somebody (an e-mail address) is signed in."""
        width, height = SIZES[size]
        context = await self.chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if as_ is not None:
            token = await self._sign_in(as_)
            await context.add_cookies([{"name": "coxswain", "value": token, "url": self.url}])
        page = await context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        await page.goto(f"{self.url}{path}")
        return page

    async def prepare_walk(self) -> str:
        """Adds what the walks look at and the demo lacks: a client, a mail, a month that was opened again.

        The id of a target.
        """
        async with self.database.unit_of_work() as session:
            closed = await session.scalars(select(Review).where(col(Review.status) == ReviewStatus.CLOSED))
            newest = max(closed, key=lambda each: each.code)
            await reopen_review(session, newest, ReviewReopening(reason="A figure was wrong."), actor=SYSTEM)
            await make_client(session, name="BI", scopes=[Permission.METRICS_READ])
            chief = await session.scalars(select(Owner).where(col(Owner.email) == CHIEF))
            session.add(make_walked_mail(chief.one()))
            statement = select(col(Target.id)).join(Kpi, col(Kpi.id) == col(Target.kpi_id))
            found = await session.scalars(statement.where(col(Kpi.code) == "ENGAGEMENT").limit(1))
            return str(found.one())

    async def close(self) -> None:
        """Closes every browser."""
        for context in self.contexts:
            await context.close()

    async def take_pictures(self, folder: Path) -> None:
        """What every page shows, as PNG."""
        for at, page in enumerate(page for context in self.contexts for page in context.pages):
            await page.screenshot(path=folder / f"page-{at}.png", full_page=True)
            sys.stdout.write(f"{page.url} looked like {folder / f'page-{at}.png'}\n")

    async def _sign_in(self, email: str) -> str:
        async with self.database.unit_of_work() as session:
            owner = (await session.scalars(select(Owner).where(col(Owner.email) == email))).one()
            return await start_sign_in(session, owner, browser="journey", actor=act_as(owner))

    def _note_console(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url"))
        expected = any(text in message.text for text in _REFUSED) and "/static/" not in url
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"{url}: {message.text}")


async def find_barriers(page: Page) -> list[str]:
    """What axe-core finds on a page: its rule and the element, one line each."""
    # Not as a script of the page: its content security policy lets in our own only.
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:160]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
