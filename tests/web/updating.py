"""A desk to test with: a head who owes values, and ways to read and send the rows of the page."""

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.periods import Cadence, last_ended
from app.domain.permissions import Role
from app.models import Department, Kpi, Owner
from tests.factories import make_department, make_kpi, make_owner, make_target
from tests.web.browsing import sign_in

LAST = last_ended(datetime.now(UTC).date(), Cadence.MONTHLY)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
_ROW = re.compile(r'<tbody id="(update-[^"]+)".*?</tbody>', re.DOTALL)
_FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>([^<]*)", re.DOTALL)


@dataclass
class HeadDesk:
    """A head of a department, signed in, and the KPIs they owe."""

    head: Owner
    department: Department
    browser: httpx2.AsyncClient
    kpis: list[Kpi] = field(default_factory=list)

    async def open(self, path: str = "/updates") -> str:
        """The page."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, kpi: Kpi, *, plain: bool = False, **typed: Any) -> httpx2.Response:
        """Sends the row of a KPI as the page shows it, with what is typed over it."""
        row = find_row(await self.open(), kpi)
        body = read_fields(row) | {name: str(value) for name, value in typed.items()}
        headers = {} if plain else PARTIAL
        return await self.browser.post(f"/updates/kpis/{kpi.code}", data=body, headers=headers)


async def make_desk(app: FastAPI, session: AsyncSession, *, kpis: int = 1, **fields: Any) -> HeadDesk:
    """A department with its head and KPIs that it reports: at least 85 is green, below 70 red."""
    department = await make_department(session, code="OPS", name="Operations")
    head = await make_owner(session, role=Role.HEAD, department=department, name="Hanna Head")
    department.head_id = head.id
    desk = HeadDesk(head, department, await sign_in(app, session, head))
    for number in range(kpis):
        kpi = await make_kpi(
            session, code=f"KPI-{number}", name=f"Measure {number}", departments=[department], **fields
        )
        await make_target(session, kpi, "2020", target=90, amber=85, red=70)
        desk.kpis.append(kpi)
    await session.flush()
    return desk


def list_rows(page: str) -> list[str]:
    """The markup of every row."""
    return [match[0] for match in _ROW.finditer(page)]


def find_row(page: str, kpi: Kpi) -> str:
    """The markup of the row of a KPI."""
    (row,) = [row for row in list_rows(page) if html.escape(kpi.name) in re.sub(r"aria-label=\S+", "", row)]
    return row


def read_attributes(markup: str, name: str) -> dict[str, str]:
    """The attributes of the field of a name."""
    for _, attributes, _ in _FIELD.findall(markup):
        found = {key: html.unescape(value) for key, value in re.findall(r'([a-z-]+)="([^"]*)"', attributes)}
        bare = dict.fromkeys(re.findall(r"\s(required|autofocus|checked)(?=[\s>]|$)", attributes), "")
        if found.get("name") == name:
            return found | bare
    raise AssertionError(f"there is no field {name}")


def read_fields(row: str) -> dict[str, str]:
    """What a browser would send of a row."""
    found = {}
    for tag, attributes, text in _FIELD.findall(row):
        name = re.search(r'name="([^"]+)"', attributes)
        value = re.search(r'value="([^"]*)"', attributes)
        if name is None or ('type="checkbox"' in attributes and "checked" not in attributes):
            continue
        if tag == "select":
            continue
        found[name[1]] = html.unescape(text if tag == "textarea" else value[1] if value else "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', row, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def read_text(markup: str) -> str:
    """The words of some markup, without tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()
