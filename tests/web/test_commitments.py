"""The pages of commitments: one line, one click, one sentence; and a record that nobody else sees."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions._write import archive_record
from app.domain.linkage.wording import word_day
from app.domain.permissions import SYSTEM, Role
from app.domain.reviews import ReviewStatus
from app.domain.words import CommitmentStatus
from app.models import Commitment, Owner
from tests.factories import (
    make_commitment,
    make_decision,
    make_department,
    make_goal,
    make_kpi,
    make_objective,
    make_owner,
    make_redating,
    make_review,
)
from tests.web.browsing import sign_in

TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
URL = "/commitments"


async def make_head(session: AsyncSession, **fields: Any) -> Owner:
    """A head of a department of their own."""
    return await make_owner(session, department=await make_department(session), role=Role.HEAD, **fields)


def read_main(answer: httpx2.Response) -> str:
    """The text of a page in one line."""
    return " ".join(JustHTML(answer.text, sanitize=False).to_text().split())


async def test_the_page_shows_mine_those_i_ask_after_and_those_of_my_department(
    app: FastAPI, session: AsyncSession
) -> None:
    head, other = await make_head(session), await make_head(session)
    below = await make_owner(session, department_id=head.department_id)
    goal, kpi = await make_goal(session), await make_kpi(session)
    await make_commitment(session, head, what="Mend", due_on=YESTERDAY, goal_id=goal.id, kpi_id=kpi.id)
    await make_commitment(session, other, what="Call", due_on=TODAY, partner_id=head.id)
    await make_commitment(session, below, what="Count", due_on=TOMORROW)
    await make_commitment(session, other, what="Paint")
    told: dict[str, Any] = {"settled_on": TODAY, "said": "I ask earlier."}
    await make_commitment(session, head, what="Sing", status=CommitmentStatus.MISSED, **told)
    await make_commitment(session, below, what="Dance", status=CommitmentStatus.MISSED, **told)
    page = await (await sign_in(app, session, head)).get(URL)
    words = read_main(page)
    order = ["Mine", "Mend", "1 day overdue", "I ask after", "Call", "due today", "Count", "1 day left"]
    places = [words.index(each) for each in [*order, "Answered in the last", "Sing", "I ask earlier."]]
    assert places == sorted(places)
    assert f'href="/goals/{goal.code}"' in page.text
    assert f'href="/kpis/{kpi.code}"' in page.text
    assert "Paint" not in words
    assert "Dance" not in words


async def test_filters_show_what_is_open_and_of_what_is_closed_ones_own(
    app: FastAPI, session: AsyncSession
) -> None:
    head, other = await make_head(session), await make_head(session)
    chair = await make_owner(session, role=Role.EXECUTIVE)
    await make_review(session, chair_id=chair.id)
    await make_commitment(session, other, what="Paint the hull")
    await make_commitment(session, other, what="Row", status=CommitmentStatus.KEPT, settled_on=TODAY)
    late = await make_commitment(session, head, what="Mend the crane", due_on=YESTERDAY)
    await archive_record(session, await make_commitment(session, other, what="Lost"), actor=SYSTEM)
    browser = await sign_in(app, session, head)
    expected = {
        "q=paint": ["Paint the hull"],
        f"q={late.code}": ["Mend the crane"],
        "state=overdue": ["Mend the crane"],
        f"owner={other.email}": ["Paint the hull"],
        "state=closed": [],
        "archived=true": ["Lost"],
    }
    everything = ("Paint the hull", "Row", "Mend the crane", "Lost")
    for query, shown in expected.items():
        text = (await browser.get(f"{URL}?{query}")).text
        assert [each for each in everything if f">{each}</a>" in text] == shown, query
    text = (await (await sign_in(app, session, chair)).get(f"{URL}?state=closed")).text
    assert ">Row</a>" in text


async def test_a_long_list_is_turned_over_with_its_filter(app: FastAPI, session: AsyncSession) -> None:
    head = await make_head(session)
    for _ in range(101):
        await make_commitment(session, head)
    browser = await sign_in(app, session, head)
    first = await browser.get(f"{URL}?state=open")
    assert f'href="{URL}?state=open&amp;page=2"' in first.text
    second = await browser.get(f"{URL}?state=open&page=2")
    assert second.text.count('class="name"') == 1


async def test_one_line_promises(app: FastAPI, session: AsyncSession) -> None:
    head = await make_head(session)
    goal = await make_goal(session, code="G2", title="One journey")
    browser = await sign_in(app, session, head)
    told = read_main(await browser.get(URL, params={"line": "Open a till by tomorrow #G2 @nobody"}))
    for part in ("Open a till", "G2 One journey", "nobody is called so", "nobody yet: add @name"):
        assert part in told
    made = await browser.post(URL, data={"line": "Open a till by tomorrow #G2"})
    assert made.status_code == 303
    shown = await browser.get(made.headers["location"])
    assert "is noted" in shown.text
    assert f'href="/goals/{goal.code}"' in shown.text


async def test_what_nobody_sees_in_a_pasted_line_is_left_out(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_head(session))
    for sign in ("\u200b", "\u00ad", "\x00", "\u202e", "\ufeff"):
        made = await browser.post(URL, data={"line": f"zero{sign}width by tomorrow"})
        assert made.status_code == 303
        assert "zerowidth" in (await browser.get(made.headers["location"])).text
        empty = await browser.post(URL, data={"line": f"{sign} {sign}"})
        assert (empty.status_code, "Say what will be done" in empty.text) == (422, True)
        long = await browser.post(URL, data={"line": f"@a{sign} " + "w" * 500})
        assert (long.status_code, "At most 500 characters" in long.text) == (422, True)
        assert (await browser.get(URL, params={"line": f"@a{sign}b till"})).status_code == 200


async def test_a_line_that_is_not_understood_keeps_what_was_typed(
    app: FastAPI, session: AsyncSession
) -> None:
    browser = await sign_in(app, session, await make_head(session))
    for line, said in (("Open a till", "say by when"), ("", "Say what will be done")):
        for headers in ({}, PARTIAL):
            answer = await browser.post(URL, data={"line": line}, headers=headers)
            assert answer.status_code == 422
            assert said in answer.text
            assert f'value="{line}"' in answer.text
            assert 'aria-invalid="true"' in answer.text


async def test_a_line_for_somebody_elsewhere_is_refused(app: FastAPI, session: AsyncSession) -> None:
    await make_head(session, email="far@coxswain.test")
    browser = await sign_in(app, session, await make_head(session))
    answer = await browser.post(URL, data={"line": "Open a till @far by tomorrow"})
    assert answer.status_code == 403
    assert "commitments:write" in answer.text


async def test_kept_is_one_click_at_home_and_in_the_list(app: FastAPI, session: AsyncSession) -> None:
    head = await make_head(session)
    browser = await sign_in(app, session, head)
    row = await make_commitment(session, head, what="Mend the crane", due_on=TODAY)
    action = f'action="{URL}/{row.code}/keep"'
    assert action in (await browser.get("/")).text
    part = await browser.post(f"{URL}/{row.code}/keep", headers=PARTIAL)
    assert (part.status_code, "Mend the crane" in read_main(part)) == (200, True)
    assert action not in part.text
    await session.refresh(row)
    assert (row.status, row.settled_on) == (CommitmentStatus.KEPT, TODAY)
    for back, to in (("list", f"{URL}?made="), ("home", "/")):
        each = await make_commitment(session, head, due_on=TODAY)
        answer = await browser.post(f"{URL}/{each.code}/keep", data={"back": back})
        assert (answer.status_code, answer.headers["location"].startswith(to)) == (303, True)


async def test_home_tells_whom_to_ask_after_what_is_overdue(app: FastAPI, session: AsyncSession) -> None:
    head, other = await make_head(session), await make_head(session, name="Ben South")
    await make_commitment(session, other, what="Late", due_on=YESTERDAY, partner_id=head.id)
    await make_commitment(session, other, what="Early", due_on=TOMORROW, partner_id=head.id)
    words = read_main(await (await sign_in(app, session, head)).get("/"))
    assert "Ask after Late Ben South 1 day overdue" in words
    assert "Early" not in words


async def test_what_a_closed_review_told_is_not_offered_for_correction(
    app: FastAPI, session: AsyncSession
) -> None:
    head = await make_head(session)
    row = await make_commitment(session, head, due_on=YESTERDAY)
    browser, answer = await sign_in(app, session, head), {"outcome": "missed", "said": "I ask earlier."}
    assert (await browser.post(f"{URL}/{row.code}/settle", data=answer)).status_code == 303
    assert "Correct what was said" in read_main(await browser.get(f"{URL}/{row.code}"))
    await make_review(session, code="2026-10", status=ReviewStatus.CLOSED, closed_at=datetime.now(UTC))
    words = read_main(await browser.get(f"{URL}/{row.code}"))
    assert "told in the review of October 2026 , which is closed" in words
    assert "Correct what was said" not in words


async def test_missed_is_told_with_a_sentence(app: FastAPI, session: AsyncSession) -> None:
    head = await make_head(session)
    row = await make_commitment(session, head, due_on=YESTERDAY)
    browser = await sign_in(app, session, head)
    for headers in ({}, PARTIAL):
        silent = await browser.post(f"{URL}/{row.code}/settle", data={"outcome": "missed"}, headers=headers)
        assert silent.status_code == 422
        assert "Say in a sentence what you will change." in silent.text
        assert 'value="missed" required checked' in " ".join(silent.text.split())
    unsaid = await browser.post(f"{URL}/{row.code}/settle", data={"said": "I ask earlier."})
    assert (unsaid.status_code, "Please fill this in." in unsaid.text) == (422, True)
    told = await browser.post(
        f"{URL}/{row.code}/settle", data={"outcome": "missed", "said": "I ask earlier."}
    )
    assert (told.status_code, told.headers["location"]) == (303, f"{URL}/{row.code}")
    words = read_main(await browser.get(f"{URL}/{row.code}"))
    for part in ("missed", "I ask earlier.", "Correct what was said"):
        assert part in words
    assert "Move it to another day" not in words


async def test_a_commitment_tells_its_story(app: FastAPI, session: AsyncSession) -> None:
    head, partner = await make_head(session), await make_head(session, name="Ben South")
    objective = await make_objective(session, title="Serve at the till")
    about: dict[str, Any] = {"goal_id": objective.id, "partner_id": partner.id, "finding": "L101-" + "a" * 24}
    row = await make_commitment(session, head, due_on=TOMORROW, **about)
    await make_redating(session, row, TOMORROW)
    browser = await sign_in(app, session, head)
    moved = await browser.post(
        f"{URL}/{row.code}/redate",
        data={"due_on": str(TODAY + timedelta(days=9)), "reason": "Parts are late."},
    )
    assert moved.status_code == 303
    page = await browser.get(f"{URL}/{row.code}")
    words = read_main(page)
    for part in ("9 days left", "Ben South", objective.code, "Promised for", "Parts are late.", "L101"):
        assert part in words
    assert "Drop it" not in words
    theirs = read_main(await (await sign_in(app, session, partner)).get(f"{URL}/{row.code}"))
    assert "Drop it" in theirs
    assert "Say what became of it" not in theirs


async def test_a_commitment_says_in_which_review_it_was_made(app: FastAPI, session: AsyncSession) -> None:
    head = await make_head(session)
    review = await make_review(session, code="2026-10")
    made = await make_commitment(session, head, review_id=review.id)
    other = await make_commitment(session, head)
    browser = await sign_in(app, session, head)
    link = '<a href="/reviews/2026-10">review of October 2026</a>'
    assert link in (await browser.get(f"{URL}/{made.code}")).text
    assert link not in (await browser.get(f"{URL}/{other.code}")).text


async def test_the_partner_drops_it(app: FastAPI, session: AsyncSession) -> None:
    head, partner = await make_head(session), await make_head(session)
    row = await make_commitment(session, head, due_on=TOMORROW, partner_id=partner.id)
    browser = await sign_in(app, session, partner)
    assert (await browser.post(f"{URL}/{row.code}/drop", data={"reason": ""})).status_code == 422
    dropped = await browser.post(f"{URL}/{row.code}/drop", data={"reason": "The store closes."})
    assert dropped.status_code == 303
    assert "The store closes." in read_main(await browser.get(f"{URL}/{row.code}"))
    again = await browser.post(f"{URL}/{row.code}/drop", data={"reason": "The store closes."})
    assert again.status_code == 409


async def test_all_fields_can_be_written(app: FastAPI, session: AsyncSession) -> None:
    head, partner = await make_head(session), await make_head(session)
    kpi = await make_kpi(session)
    browser = await sign_in(app, session, head)
    form = (await browser.get(f"{URL}/new?kpi={kpi.code}")).text
    assert f'value="{head.email}"' in form
    assert f'value="{kpi.code}"' in form
    body = {"what": "Mend", "owner": head.email, "due_on": str(TOMORROW), "kpi": kpi.code}
    made = await browser.post(f"{URL}/new", data=body)
    assert made.status_code == 303, made.text
    at = made.headers["location"]
    edit = await browser.get(f"{at}/edit")
    assert "moved with a reason" in edit.text
    changed = body | {"what": "Mend two", "partner": partner.email, "version": "1"}
    assert (await browser.post(f"{at}/edit", data=changed)).status_code == 303
    stale = await browser.post(f"{at}/edit", data=changed | {"what": "Mend three"})
    assert (stale.status_code, "Mend two" in stale.text) == (409, True)


async def test_open_ones_stand_on_the_page_of_what_they_are_about(
    app: FastAPI, session: AsyncSession
) -> None:
    head, other = await make_head(session), await make_head(session)
    goal, objective = await make_goal(session), await make_objective(session)
    kpi, decision = await make_kpi(session), await make_decision(session)
    browser = await sign_in(app, session, head)
    viewer = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    for field, row, at in (
        ("goal", goal, f"/goals/{goal.code}"),
        ("goal", objective, f"/objectives/{objective.code}"),
        ("kpi", kpi, f"/kpis/{kpi.code}"),
        ("decision", decision, f"/decisions/{decision.code}"),
    ):
        assert "Nobody has promised anything about it." in read_main(await browser.get(at))
        assert "Open commitments" not in read_main(await viewer.get(at))
        about: dict[str, Any] = {f"{field}_id": row.id}
        await make_commitment(session, other, what=f"Serve {row.code}", **about)
        await make_commitment(session, other, what="Sing", status=CommitmentStatus.KEPT, **about)
        page = await browser.get(at)
        assert f"Serve {row.code}" in page.text
        assert ">Sing<" not in page.text
        assert f"/commitments/new?{field}={row.code}" in page.text
        assert f"Serve {row.code}" in (await viewer.get(at)).text


@pytest.mark.parametrize("headers", [{}, PARTIAL])
async def test_what_cannot_be_promised_is_said_at_its_field(
    app: FastAPI, session: AsyncSession, headers: dict[str, str]
) -> None:
    head, far = await make_head(session), await make_head(session)
    browser = await sign_in(app, session, head)
    body = {"what": "Mend", "owner": far.email, "due_on": str(TOMORROW)}
    foreign = await browser.post(f"{URL}/new", data=body, headers=headers)
    assert (foreign.status_code, "people of your department" in foreign.text) == (422, True)
    unknown = await browser.post(
        f"{URL}/new", data=body | {"owner": head.email, "kpi": "NONE"}, headers=headers
    )
    assert (unknown.status_code, "There is no kpi NONE." in unknown.text) == (422, True)


async def settle_some(session: AsyncSession, owner: Owner) -> list[Commitment]:
    """Two quarters: two kept of three, then three of three, one of them late."""
    kept, missed = CommitmentStatus.KEPT, CommitmentStatus.MISSED
    first, second = datetime(2026, 2, 3, tzinfo=UTC).date(), datetime(2026, 5, 3, tzinfo=UTC).date()
    return [
        await make_commitment(session, owner, due_on=first, status=kept, settled_on=first),
        await make_commitment(session, owner, due_on=first, status=kept, settled_on=first),
        await make_commitment(session, owner, due_on=second, status=kept, settled_on=second),
        await make_commitment(session, owner, due_on=second, status=kept, settled_on=second),
        await make_commitment(session, owner, due_on=first, status=missed, settled_on=first, said="Sorry."),
        await make_commitment(session, owner, due_on=second, status=kept, settled_on=second + timedelta(2)),
    ]


async def test_the_record_is_for_its_person_and_the_chair(app: FastAPI, session: AsyncSession) -> None:
    head, chair = await make_head(session), await make_owner(session, role=Role.EXECUTIVE)
    admin = await make_owner(session, role=Role.ADMIN)
    await settle_some(session, head)
    at = f"{URL}/record?owner={head.email}"
    own = await (await sign_in(app, session, head)).get(f"{URL}/record")
    words = read_main(own)
    assert "Of 3 commitments due in quarter 2 of 2026: 3 kept." in words
    assert "Agreed and not done: less than in the quarter before." in words
    assert "quarter 1 of 2026 2 0 0 1 0 0 33% of 3" in words
    for other in (admin, chair):
        assert (await (await sign_in(app, session, other)).get(at)).status_code == 404
    await make_review(session, chair_id=chair.id)
    seen = await (await sign_in(app, session, chair)).get(at)
    assert (seen.status_code, f"Record of {head.name}" in read_main(seen)) == (200, True)
    assert (await (await sign_in(app, session, admin)).get(at)).status_code == 404


async def test_a_record_without_anything_due_says_so(app: FastAPI, session: AsyncSession) -> None:
    browser = await sign_in(app, session, await make_owner(session, role=Role.VIEWER))
    assert "Nothing was due yet." in (await browser.get(f"{URL}/record")).text


async def test_a_concern_is_told_and_answered_on_the_page(app: FastAPI, session: AsyncSession) -> None:
    head, partner = await make_head(session), await make_head(session)
    row = await make_commitment(session, head, due_on=TOMORROW, partner_id=partner.id)
    mine, theirs = await sign_in(app, session, head), await sign_in(app, session, partner)
    at = f"{URL}/{row.code}/concern"
    assert "I commit with a concern" in (await mine.get(f"{URL}/{row.code}")).text
    for headers in ({}, PARTIAL):
        empty = await mine.post(at, data={"concern": ""}, headers=headers)
        assert (empty.status_code, 'aria-invalid="true"' in empty.text) == (422, True)
    assert (await mine.post(at, data={"concern": "Two are on leave."})).status_code == 303
    assert "With a concern that waits for you" in (await theirs.get(URL)).text
    assert "Two are on leave." in (await theirs.get(f"{URL}/{row.code}")).text
    assert (await theirs.post(f"{at}/answer", data={"answer": "The depot lends one."})).status_code == 303
    assert "The depot lends one." in (await mine.get(f"{URL}/{row.code}")).text
    assert "With a concern that waits for you" not in (await theirs.get(URL)).text
    other = await sign_in(app, session, await make_owner(session, role=Role.EXECUTIVE))
    assert "on leave" not in (await other.get(f"{URL}/{row.code}")).text


async def test_only_kept_is_offered_before_the_due_day_and_the_rest_says_from_when(
    app: FastAPI, session: AsyncSession
) -> None:
    head = await make_head(session)
    browser = await sign_in(app, session, head)
    for due_on, offered in ((TOMORROW, ["kept"]), (TODAY, ["kept", "partly", "missed"])):
        row = await make_commitment(session, head, due_on=due_on)
        page = (await browser.get(f"{URL}/{row.code}")).text
        assert re.findall(r'name="outcome"\s+value="(\w+)"', page) == offered
        later = f"Partly or missed can be said from {word_day(due_on)} on."
        assert (later in page) == (due_on == TOMORROW)
