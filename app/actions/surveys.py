"""Changing surveys: writing them, opening them to those who are asked, giving out links.

Answering is in `survey_answers`. People's answers are no change of a survey and leave no event.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._audit import record_event
from app.actions._write import (
    add_record,
    archive_record,
    change_record,
    delete_record,
    flush_changes,
    plain_input,
)
from app.domain.permissions import Actor, Permission, Place, require
from app.domain.survey_cells import Cell, assign_cells
from app.domain.survey_templates import TEMPLATES, Fills, Template, TemplateQuestion
from app.domain.surveys import MOST_OPTIONS, MOST_QUESTIONS, Asked, SurveyStatus, check_questions
from app.errors import Conflict, Fault, Invalid
from app.models.organization import Organization
from app.models.surveys import NewSurvey, Question, Survey, SurveyInput, SurveyInvitation
from app.queries._find import resolve_list
from app.queries.organization import find_organization
from app.queries.sign_ins import hash_token
from app.queries.surveys import list_audience, list_invited, list_rankable_goals, read_department_tree

WRITE = Permission.SURVEYS_WRITE
TOKEN_BYTES = 32
# What may still change while people answer: nothing that they were told or asked.
_WHILE_OPEN = frozenset({"title", "closes_on"})


async def create_survey(session: AsyncSession, data: NewSurvey, *, actor: Actor) -> Survey:
    """Adds a draft, with the questions of a template where none are given."""
    require(actor, WRITE, on=Place())
    organization = await find_organization(session, actor=actor)
    if data.template is not None:
        data = await _fill_from_template(session, organization, data)
    values = await _read_input(session, organization, data, actor, None)
    return await add_record(session, Survey, values, actor=actor)


async def update_survey(session: AsyncSession, survey: Survey, data: SurveyInput, *, actor: Actor) -> Survey:
    """Replaces what is written about a survey: all of a draft, title and last day of an open one."""
    require(actor, WRITE, on=Place())
    organization = await find_organization(session, actor=actor)
    values = await _read_input(session, organization, data, actor, survey)
    changed = {name for name, value in values.items() if getattr(survey, name) != value}
    fixed = changed - _WHILE_OPEN if survey.status is SurveyStatus.OPEN else changed
    if survey.status is not SurveyStatus.DRAFT and fixed:
        detail = f"The survey is {survey.status}: people were asked as it was then."
        raise Conflict(detail, code="not_a_draft", faults=tuple(_fix_faults(fixed)))
    await change_record(session, survey, values, actor=actor)
    return survey


def _fix_faults(fields: set[str]) -> Iterator[Fault]:
    for field in sorted(fields):
        yield Fault(f"/{field}", "not_a_draft", "This can change only while the survey is a draft.")


async def delete_survey(session: AsyncSession, survey: Survey, *, actor: Actor) -> bool:
    """Removes a draft (True); a closed survey is archived (False), an open one has to be closed first."""
    require(actor, WRITE, on=Place())
    if survey.status is SurveyStatus.OPEN:
        raise Conflict("People are answering. Close the survey first.", code="is_open")
    return await delete_record(session, survey, actor=actor)


async def archive_survey(session: AsyncSession, survey: Survey, *, actor: Actor) -> None:
    """Takes a survey out of the lists; its results stay."""
    require(actor, WRITE, on=Place())
    if survey.status is SurveyStatus.OPEN:
        raise Conflict("People are answering. Close the survey first.", code="is_open")
    await archive_record(session, survey, actor=actor)


async def open_survey(
    session: AsyncSession, survey: Survey, *, actor: Actor, at: datetime | None = None
) -> Survey:
    """Invites everybody it asks, now or (of a survey that is told afterwards) at a moment that has passed.

    From here on the questions are fixed.
    """
    require(actor, WRITE, on=Place())
    if survey.status is not SurveyStatus.DRAFT:
        raise Conflict(f"The survey is {survey.status} already.", code="not_a_draft")
    if not survey.questions:
        raise Conflict("A survey without questions cannot be opened.", code="no_questions")
    audience = await list_audience(session, survey)
    if len(audience) < survey.minimum_group:
        detail = f"{len(audience)} would be asked; below {survey.minimum_group} no result could be shown."
        raise Conflict(detail, code="audience_too_small")
    tree = await read_department_tree(session)
    cells = assign_cells([each.stands for each in audience], tree, survey.minimum_group)
    rows = [
        {
            "survey_id": survey.id,
            "owner_id": each.owner,
            "department_id": cell.department,
            "level": cell.level,
        }
        for each, cell in zip(audience, cells, strict=True)
    ]
    await session.execute(insert(SurveyInvitation), rows)
    values = {
        "status": SurveyStatus.OPEN,
        "opened_at": at or datetime.now(UTC),
        "invited": len(audience),
        "cells": _count_cells(cells),
    }
    await change_record(session, survey, values, actor=actor, action="opened")
    return survey


def _count_cells(cells: list[Cell]) -> list[dict[str, Any]]:
    """How many are asked in each cell, in no telling order."""
    counts = sorted((str(cell.department or ""), cell.level or "", n) for cell, n in Counter(cells).items())
    return [
        {"department": department or None, "level": level or None, "invited": n}
        for department, level, n in counts
    ]


class GivenLink(NamedTuple):
    """The token of somebody's link, told once."""

    email: str
    name: str
    token: str


async def issue_survey_links(session: AsyncSession, survey: Survey, *, actor: Actor) -> list[GivenLink]:
    """Tokens for all who have none yet and have not answered. Only their hashes are kept.

    Names and addresses come along, so it takes more than writing surveys: facilitators see no names.
    """
    require(actor, WRITE, on=Place())
    require(actor, Permission.DIRECTORY_READ)
    if survey.status is not SurveyStatus.OPEN:
        raise Conflict("Links are for an open survey.", code="not_open")
    given = []
    for row in await list_invited(session, survey):
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row.invitation.token_hash = hash_token(token)
        given.append(GivenLink(row.email, row.name, token))
    await flush_changes(session)
    if given:
        # Whoever holds the links could answer for others: that they were taken is no secret. How many there
        # were is: it would tell how many have answered.
        await record_event(session, actor, "links_issued", survey, after={"links": "given"})
    return given


async def _read_input(
    session: AsyncSession,
    organization: Organization,
    data: SurveyInput,
    actor: Actor,
    current: Survey | None,
) -> dict[str, Any]:
    asked = [read_asked(each) for each in data.questions]
    if problems := check_questions(asked):
        faults = tuple(Fault(f"/{each.field}", each.code, each.sentence) for each in problems)
        raise Invalid(faults[0].detail, code=faults[0].code, faults=faults)
    if data.opens_on and data.closes_on and data.closes_on < data.opens_on:
        raise Invalid.at("/closes_on", "ends_before_start", "The last day is before the first.")
    least = data.minimum_group or (current.minimum_group if current else organization.minimum_group)
    if current is None or least != current.minimum_group:
        _refuse_small_groups(least, organization.minimum_group)
    kept = [UUID(each) for each in current.departments] if current else []
    departments = await _read_departments(session, data.departments, actor, kept)
    values = plain_input(data, Survey)
    levels = sorted({each.value for each in data.levels})
    return values | {"minimum_group": least, "departments": departments, "levels": levels}


def read_asked(question: Question) -> Asked:
    """What of a question its rules look at."""
    options = tuple(each.code for each in question.options)
    return Asked(question.code, question.kind, options, question.intended, question.paired_with)


def _refuse_small_groups(least: int, smallest: int) -> None:
    if least < smallest:
        detail = f"The organization shows no group below {smallest}."
        raise Invalid.at("/minimum_group", "below_minimum", detail)


async def _read_departments(
    session: AsyncSession, texts: list[str], actor: Actor, kept: list[UUID]
) -> list[str]:
    found = await resolve_list(session, "departments", texts, actor=actor, kept=kept)
    for index, identity in enumerate(found):
        if identity is None:
            detail = f"{texts[index]} does not exist."
            raise Invalid.at(f"/departments/{index}", "unknown_reference", detail)
    return sorted({str(identity) for identity in found})


async def _fill_from_template(
    session: AsyncSession, organization: Organization, data: NewSurvey
) -> NewSurvey:
    template = next((each for each in TEMPLATES if each.name == data.template), None)
    if template is None:
        raise Invalid.at("/template", "unknown_template", f"There is no template {data.template}.")
    given = data.model_fields_set
    changes: dict[str, Any] = {"kind": template.kind, "purpose": template.purpose}
    changes = {name: value for name, value in changes.items() if name not in given}
    if not data.questions:
        changes["questions"] = await _fill_template(session, organization, template)
    return data.model_copy(update=changes)


async def _fill_template(
    session: AsyncSession, organization: Organization, template: Template
) -> list[Question]:
    """The questions of a template, with the organization's own goals and behaviours put in."""
    goals = [{"code": code, "text": title} for code, title in await list_rankable_goals(session)]
    questions: list[Question] = []
    for each in template.questions:
        if each.fills is Fills.BEHAVIOURS:
            questions += _ask_behaviours(each, organization)
        elif each.fills is Fills.GOALS:
            questions.append(_make_question(each, options=goals[:MOST_OPTIONS]))
        else:
            questions.append(_make_question(each))
    return questions[:MOST_QUESTIONS]


def _make_question(template: TemplateQuestion, **changes: Any) -> Question:
    values = template._asdict() | {"options": [each._asdict() for each in template.options]} | changes
    del values["fills"]
    return Question.model_validate(values)


def _ask_behaviours(template: TemplateQuestion, organization: Organization) -> Iterator[Question]:
    """One question for each behaviour of each value."""
    for place, value in enumerate(organization.values, start=1):
        behaviours: Any = value["behaviours"]
        for number, behaviour in enumerate(behaviours, start=1):
            text = template.text.format(behaviour=behaviour)
            code = f"{template.code}-{place}-{number}"
            yield _make_question(
                template, code=code, text=text[:200], about=value["name"], behaviour=behaviour
            )
