"""What is on in a review and since when, and one's own note, which nobody else reads."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.reviews import pause_review, start_review
from app.actions.reviews_notes import keep_review_note
from app.actions.reviews_stage import present_item, stop_presenting
from app.actions.sign_ins import act_as
from app.domain.permissions import Actor, ActorKind, Permission, Role
from app.domain.reviews import ReviewStatus
from app.errors import Conflict, Forbidden, Invalid
from app.models import Review
from app.models.reviews import ReviewNoteInput
from app.queries.reviews_live import find_own_note, read_stage
from tests.factories import make_department, make_owner, make_review

SECRET = "Zanzibar: he is not up to it"
MACHINE = Actor(uuid4(), ActorKind.CLIENT, "BI", frozenset({Permission.REVIEWS_READ}))


@dataclass
class Meeting:
    """A review in session, who runs it, and who takes part."""

    review: Review
    chair: Actor
    facilitator: Actor
    head: Actor


@pytest.fixture
async def meeting(session: AsyncSession) -> Meeting:
    """A review that was started."""
    department = await make_department(session)
    chair = await make_owner(session, role=Role.EXECUTIVE, name="Helena Marsh")
    facilitator = await make_owner(session, role=Role.FACILITATOR)
    head = await make_owner(session, role=Role.HEAD, department=department)
    review = await make_review(session, code="2026-10", status=ReviewStatus.IN_SESSION)
    return Meeting(review, act_as(chair), act_as(facilitator), act_as(head))


async def test_an_item_is_on_from_the_moment_it_was_chosen(session: AsyncSession, meeting: Meeting) -> None:
    before = await read_stage(session, meeting.review)
    assert (before.item, before.seconds, before.presenter) == (None, 0, None)
    await present_item(session, meeting.review, "commitments", actor=meeting.chair)
    on = await read_stage(session, meeting.review)
    assert (on.item, on.presenter) == ("commitments", "Helena Marsh")
    assert 0 <= on.seconds < 30
    assert on.edition != before.edition


async def test_choosing_what_is_on_already_does_not_begin_anew(
    session: AsyncSession, meeting: Meeting
) -> None:
    await present_item(session, meeting.review, "slot-OPS", actor=meeting.chair)
    on = await read_stage(session, meeting.review)
    await present_item(session, meeting.review, "slot-OPS", actor=meeting.facilitator)
    same = await read_stage(session, meeting.review)
    assert (same.edition, same.presenter) == (on.edition, on.presenter)
    await present_item(session, meeting.review, "decisions", actor=meeting.facilitator)
    other = await read_stage(session, meeting.review)
    assert (other.item, other.edition != on.edition) == ("decisions", True)


async def test_what_is_on_can_be_taken_off_and_goes_when_the_meeting_is_adjourned(
    session: AsyncSession, meeting: Meeting
) -> None:
    await present_item(session, meeting.review, "tiles", actor=meeting.chair)
    await stop_presenting(session, meeting.review, actor=meeting.facilitator)
    assert (await read_stage(session, meeting.review)).item is None
    await present_item(session, meeting.review, "tiles", actor=meeting.chair)
    await pause_review(session, meeting.review, actor=meeting.chair)
    assert (await read_stage(session, meeting.review)).item is None
    with pytest.raises(Conflict, match="is being prepared"):
        await present_item(session, meeting.review, "tiles", actor=meeting.chair)
    await start_review(session, meeting.review, actor=meeting.chair)
    await present_item(session, meeting.review, "tiles", actor=meeting.chair)


async def test_only_who_runs_reviews_presents(session: AsyncSession, meeting: Meeting) -> None:
    with pytest.raises(Forbidden):
        await present_item(session, meeting.review, "tiles", actor=meeting.head)
    with pytest.raises(Forbidden):
        await stop_presenting(session, meeting.review, actor=meeting.head)


async def test_only_what_is_on_the_agenda_is_presented(session: AsyncSession, meeting: Meeting) -> None:
    with pytest.raises(Invalid):
        await present_item(session, meeting.review, "coffee", actor=meeting.chair)


async def keep(session: AsyncSession, meeting: Meeting, body: str, seen: int, actor: Actor) -> int:
    """Keeps a note; its version."""
    note = await keep_review_note(session, meeting.review, ReviewNoteInput(body=body), seen=seen, actor=actor)
    return note.version


async def test_a_note_is_kept_changed_and_cleared(session: AsyncSession, meeting: Meeting) -> None:
    assert await find_own_note(session, meeting.review, actor=meeting.head) == ("", 0)
    assert await keep(session, meeting, SECRET, 0, meeting.head) == 1
    assert await find_own_note(session, meeting.review, actor=meeting.head) == (SECRET, 1)
    assert await keep(session, meeting, SECRET, 1, meeting.head) == 1
    assert await keep(session, meeting, "", 1, meeting.head) == 2
    assert await find_own_note(session, meeting.review, actor=meeting.head) == ("", 2)


@pytest.mark.parametrize("seen", [0, 2])
async def test_a_note_of_another_window_is_not_overwritten(
    session: AsyncSession, meeting: Meeting, seen: int
) -> None:
    await keep(session, meeting, SECRET, 0, meeting.head)
    with pytest.raises(Conflict):
        await keep(session, meeting, "Something else", seen, meeting.head)
    assert await find_own_note(session, meeting.review, actor=meeting.head) == (SECRET, 1)


async def test_nobody_else_reads_a_note_whoever_they_are(session: AsyncSession, meeting: Meeting) -> None:
    admin = act_as(await make_owner(session, role=Role.ADMIN))
    await keep(session, meeting, SECRET, 0, meeting.head)
    for other in (meeting.chair, meeting.facilitator, admin):
        assert await find_own_note(session, meeting.review, actor=other) == ("", 0)
    assert await keep(session, meeting, "Mine", 0, meeting.chair) == 1
    assert await find_own_note(session, meeting.review, actor=meeting.head) == (SECRET, 1)


async def test_a_note_stands_in_its_own_table_and_nowhere_else(
    session: AsyncSession, meeting: Meeting
) -> None:
    await keep(session, meeting, SECRET, 0, meeting.head)
    await keep(session, meeting, f"{SECRET}, or is he?", 1, meeting.head)
    tables = await session.scalars(
        text("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    )
    names = tables.all()
    assert "events" in names
    found = []
    for name in names:
        holds = text(f'select exists(select from "{name}" as it where cast(it as text) like :secret)')  # noqa: S608
        if await session.scalar(holds, {"secret": "%Zanzibar%"}):
            found.append(name)
    assert found == ["review_notes"]


async def test_machines_and_strangers_have_no_notes(session: AsyncSession, meeting: Meeting) -> None:
    nobody = act_as(await make_owner(session))
    for actor in (MACHINE, nobody):
        with pytest.raises(Forbidden):
            await keep(session, meeting, "x", 0, actor)


async def test_notes_and_the_stage_are_told_to_nobody_or_as_no_more_than_that_something_is_on(
    session: AsyncSession, meeting: Meeting
) -> None:
    acts: list[Callable[[], Awaitable[Any]]] = [
        lambda: keep(session, meeting, SECRET, 0, meeting.head),
        lambda: present_item(session, meeting.review, "tiles", actor=meeting.chair),
    ]
    before = await session.scalar(text("select count(*) from events"))
    for act in acts:
        await act()
    assert await session.scalar(text("select count(*) from events")) == before
