"""What the tests of surveys share: an open survey, its links, and a sheet as a browser sends it."""

import re
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.surveys import open_survey
from app.domain.permissions import SYSTEM, Role
from app.models import Survey
from app.models.surveys import Question
from tests.factories import make_owner, make_survey
from tests.web.browsing import sign_in

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"code": "Q1", "kind": "agree", "text": "I know our goals."},
    {"code": "Q2", "kind": "nps", "text": "Would you recommend us?"},
    {
        "code": "Q3",
        "kind": "choose",
        "text": "What is our priority?",
        "options": [{"code": "A", "text": "Growth"}, {"code": "B", "text": "Calm"}],
        "intended": "B",
    },
    {
        "code": "Q4",
        "kind": "rank",
        "text": "Put them in order.",
        "options": [
            {"code": "G1", "text": "First"},
            {"code": "G2", "text": "Second"},
            {"code": "G3", "text": "Third"},
        ],
    },
    {"code": "Q5", "kind": "words", "text": "What should change?"},
)
# A whole sheet: fields are named after the places of the questions.
SHEET = {"a0": "4", "a1": "9", "a2": "B", "a3.0": "2", "a3.1": "1", "a3.2": "3", "a4": "Fewer meetings."}
ANSWERS = {"Q1": 4, "Q2": 9, "Q3": "B", "Q4": ["G2", "G1", "G3"], "Q5": "Fewer meetings."}


async def make_asked_survey(session: AsyncSession, *, people: int = 6, **fields: Any) -> Survey:
    """A draft with one question of each kind, and people whom it can ask."""
    for _ in range(people):
        await make_owner(session)
    questions = [Question.model_validate(each).model_dump(mode="json") for each in QUESTIONS]
    return await make_survey(session, **({"code": "S1", "title": "Pulse", "questions": questions} | fields))


async def make_open_survey(session: AsyncSession, **fields: Any) -> Survey:
    """The same, opened."""
    survey = await make_asked_survey(session, **fields)
    return await open_survey(session, survey, actor=SYSTEM)


async def open_as(app: FastAPI, session: AsyncSession, role: Role | None) -> httpx2.AsyncClient:
    """The browser of somebody with a role."""
    return await sign_in(app, session, await make_owner(session, role=role))


async def take_links(browser: httpx2.AsyncClient, code: str = "S1") -> list[str]:
    """The paths of the links that are given out now."""
    answer = await browser.post(f"/surveys/{code}/links")
    assert answer.status_code == 200, answer.text
    return sorted(set(re.findall(r"http://localhost(/surveys/answer/[\w-]+)", answer.text)))
