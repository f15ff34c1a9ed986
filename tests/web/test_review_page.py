"""The page of a review: what it lays out of its facts, what it weighs, and what its forms do."""

import gzip
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest
from fastapi import FastAPI
from justhtml import JustHTML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.actions.linkage import check_linkage
from app.checking import check_apart
from app.domain.permissions import SYSTEM, Role
from app.domain.review.canonical import write_canonical
from app.domain.review.facts import ReviewFacts
from app.domain.reviews import ReviewStatus
from app.domain.words import CommitmentStatus
from app.models import Commitment, Decision, Owner, ParkedItem, PeerNote, Review
from app.models.linkage import LinkageFinding
from app.queries.reviews_live import Stage
from app.web.forms import Form
from app.web.render import render
from app.web.review_answers import Shown
from app.web.review_capturing import PART_OF
from app.web.review_page import PARTS, ReviewPage, lay_out_review
from app.web.review_viewer import Viewer
from tests.factories import (
    make_commitment,
    make_decision,
    make_decision_type,
    make_department,
    make_objective,
    make_owner,
    make_parked_item,
    make_review,
    make_snapshot,
)
from tests.review_facts import make_facts, make_promise
from tests.web.browsing import sign_in

PERIOD = "2026-10"
ADDRESS = f"/reviews/{PERIOD}"
HTMX = {"hx-request": "true", "hx-request-type": "partial"}
GUEST = Viewer(ReviewStatus.CLOSED, opens=True)


def lay_out(facts: ReviewFacts, viewer: Viewer = GUEST) -> ReviewPage:
    return lay_out_review(facts, viewer)


def print_page(facts: ReviewFacts, viewer: Viewer = GUEST) -> str:
    shown = Shown(Review(code=PERIOD), Stage("7", None, 0, None) if viewer.is_live else None, facts, viewer)
    context = shown.lay_out() | {"note": Form(values={}), "note_said": ""}
    return render("reviews/show.html", path=ADDRESS, **context)


def make_chair(facts: ReviewFacts) -> Viewer:
    """Somebody who may do everything."""
    return Viewer(
        ReviewStatus.IN_SESSION,
        opens=True,
        runs=True,
        captures=frozenset(PART_OF),
        promises=frozenset(each.commitment.id for each in facts.promises.last),
        decisions=frozenset(each.decision.id for each in facts.decisions.overdue),
        department="STORES",
    )


def test_parts_stand_in_their_order_each_under_its_heading() -> None:
    page = print_page(make_facts(departments=4, findings=8))
    ids = re.findall(r'<section id="review-(\w+)"', page)
    assert ids == list(PARTS)
    for part in PARTS:
        assert f'aria-labelledby="review-{part}-heading"' in page
        assert f'id="review-{part}-heading"' in page


def test_the_page_is_whole_markup_for_whoever_looks() -> None:
    facts = make_facts(departments=6, findings=20)
    for viewer in (GUEST, make_chair(facts), Viewer(ReviewStatus.PREPARING)):
        parsed = JustHTML(print_page(facts, viewer), collect_errors=True, sanitize=False)
        assert [str(each) for each in parsed.errors] == []


def test_a_large_review_stays_light() -> None:
    facts = make_facts(departments=50, kpis=6, findings=200)
    page = print_page(facts).encode()
    assert len(page) < 115_000
    assert len(gzip.compress(page, 5)) < 11_500
    chair = print_page(facts, make_chair(facts)).encode()
    assert len(gzip.compress(chair, 5)) < 15_000


def test_commitments_without_an_answer_come_first_and_kept_ones_last() -> None:
    facts = make_facts(departments=5)
    outcomes = [line.outcome for line in lay_out(facts).promises.talked]
    assert outcomes == ["open", "missed", "partly"]
    assert lay_out(facts).promises.coming == ()
    assert [line.outcome for line in lay_out(facts).promises.kept] == ["kept", "kept"]
    assert lay_out(facts).promises.sentence == (
        "5 commitments: 1 missed, 1 partly kept, 2 kept and 1 without an answer."
    )


def test_an_answer_is_asked_only_of_those_who_may_give_it() -> None:
    facts = make_facts(departments=5)
    asked = [line.code for line in lay_out(facts, make_chair(facts)).promises.talked if line.form]
    assert asked == ["C-1"]
    assert not any(line.form for line in lay_out(facts).promises.talked)
    closed = replace(make_chair(facts), status=ReviewStatus.CLOSED)
    assert not any(line.form for line in lay_out(facts, closed).promises.talked)


def test_a_commitment_says_when_it_was_due_at_first() -> None:
    moved = make_promise(1, due_on=date(2026, 12, 1), first_due_on=date(2027, 1, 4), overdue=0)
    facts = make_facts(departments=1)
    facts = replace(facts, promises=replace(facts.promises, last=(moved,)))
    (line,) = lay_out(facts).promises.coming
    assert (line.when, line.word) == ("1 Dec (first 4 Jan 2027)", "open")


def test_a_finding_leads_to_where_it_is_acted_on_while_that_can_be() -> None:
    facts = make_facts(departments=1, findings=4)
    (group,) = lay_out(facts, make_chair(facts)).findings.groups
    (line,) = group.lines
    assert line.href == f"{ADDRESS}/findings/{line.key}"
    assert lay_out(facts).findings.groups[0].lines[0].href is None


def test_no_finding_is_new_where_the_last_review_had_checked_nothing() -> None:
    known = make_facts()
    unknown = replace(known, header=replace(known.header, score_before=None))
    told, untold = lay_out(known).findings, lay_out(unknown).findings
    assert any(line.is_new for group in told.groups for line in group.lines)
    assert "12 new, 9 fixed" in told.sentence
    assert not any(line.is_new for group in untold.groups for line in group.lines)
    assert (
        untold.sentence
        == f"{untold.count} findings to talk about: no review before this one could show them."
    )


def test_calm_departments_are_one_line() -> None:
    page = lay_out(make_facts(departments=3))
    assert [slot.department.text for slot in page.calm] == ["Finance"]
    assert page.calm[0].calm == "all 6 green"
    assert [slot.department.text for slot in page.slots] == ["Stores", "Logistics"]


def test_a_red_kpi_without_an_action_says_so() -> None:
    slots = lay_out(make_facts(departments=2)).slots
    lacking = [line.status for slot in slots for line in slot.lines if line.lacks_action]
    assert lacking
    assert set(lacking) == {"red"}


def test_what_changed_is_counted_worst_first() -> None:
    groups = lay_out(make_facts(departments=10)).head.changes
    assert [group.title for group in groups] == [
        "2 got worse",
        "2 new findings",
        "2 dates moved",
        "2 changed hands",
        "2 findings fixed",
    ]
    assert groups[0].lines[0].endswith("green → red")
    assert re.search(r": \d+ [A-Z][a-z]+( \d{4})? → \d+ [A-Z][a-z]+( \d{4})?$", groups[2].lines[0])


def test_a_facilitator_is_led_nowhere() -> None:
    facts = make_facts(departments=5, findings=8)
    page = print_page(facts, Viewer(ReviewStatus.IN_SESSION, runs=True, captures=frozenset(PART_OF)))
    for place in ("/kpis/", "/owners/", "/commitments/C", "/departments/", "/decisions/D"):
        assert place not in page


async def open_review_page(
    app: FastAPI, session: AsyncSession, role: Role = Role.EXECUTIVE, **fields: object
) -> tuple[httpx2.AsyncClient, Owner, Review]:
    owner = await make_owner(session, role=role, **fields)  # type: ignore[arg-type]
    attendance = {str(owner.id): "expected"}
    review = await make_review(session, code=PERIOD, attendance=attendance, chair_id=owner.id)
    return await sign_in(app, session, owner), owner, review


async def test_the_page_shows_the_review_and_says_its_state(app: FastAPI, session: AsyncSession) -> None:
    browser, _, _ = await open_review_page(app, session, name="Ada Chair")
    answer = await browser.get(ADDRESS)
    assert answer.status_code == 200
    assert "October 2026" in answer.text
    assert "Preparing" in answer.text
    assert "chaired by <a" in answer.text
    assert 'aria-label="Updates received"' in answer.text
    assert "Start the review" in answer.text
    missing = await browser.get("/reviews/2026-09")
    assert missing.status_code == 404


async def test_starting_and_adjourning_lead_back_to_the_page(app: FastAPI, session: AsyncSession) -> None:
    browser, _, review = await open_review_page(app, session)
    started = await browser.post(f"{ADDRESS}/start")
    assert (started.status_code, started.headers["location"]) == (303, f"{ADDRESS}#review-attendance")
    assert "In session" in (await browser.get(ADDRESS)).text
    await browser.post(f"{ADDRESS}/pause")
    await session.refresh(review)
    assert review.status is ReviewStatus.PREPARING
    again = await browser.post(f"{ADDRESS}/pause")
    assert again.status_code == 409


async def test_home_leads_to_the_review_that_is_in_session(app: FastAPI, session: AsyncSession) -> None:
    browser, _, _ = await open_review_page(app, session)
    assert "in session" not in (await browser.get("/")).text
    await browser.post(f"{ADDRESS}/start")
    assert f'<a href="{ADDRESS}">October 2026 review: in session</a>' in (await browser.get("/")).text


async def test_pressing_a_name_notes_who_came_and_who_left(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, review = await open_review_page(app, session)
    key = str(owner.id)
    assert re.search(f'name="present"\\s+value="{key}"', (await browser.get(ADDRESS)).text)
    # A second press of the same button, before it was drawn again, says what the first one said.
    for form, state in (
        ({"present": key}, "present"),
        ({"present": key}, "present"),
        ({"absent": key}, "absent"),
        ({"present": key, "excused": "true"}, "excused"),
        ({}, "excused"),
    ):
        answer = await browser.post(f"{ADDRESS}/attendance", data=form, headers=HTMX)
        assert answer.status_code == 200
        assert f'class="guest {state}"' in answer.text
        await session.refresh(review)
        assert review.attendance == {key: state}


async def test_a_review_is_arranged_and_a_wrong_chair_is_told(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, _ = await open_review_page(app, session)
    sent = {"meets_on": "2026-11-17", "chair": owner.email}
    answer = await browser.post(f"{ADDRESS}/arrange", data=sent, headers=HTMX)
    assert "Tuesday, 17 November 2026" in answer.text
    wrong = await browser.post(f"{ADDRESS}/arrange", data={"chair": "nobody@x.test"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text


async def test_who_chairs_is_chosen_among_leaders_by_a_leader(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, _ = await open_review_page(app, session)
    head = await make_owner(session, role=Role.HEAD)
    page = (await browser.get(ADDRESS)).text
    assert re.search(f'<option value="{owner.email}"\\s+selected', page)
    assert f'<option value="{head.email}"' not in page
    facilitator = await sign_in(app, session, await make_owner(session, role=Role.FACILITATOR))
    page = (await facilitator.get(ADDRESS)).text
    assert 'name="meets_on"' in page
    assert 'name="chair"' not in page
    day = await facilitator.post(f"{ADDRESS}/arrange", data={"meets_on": "2026-11-17"}, headers=HTMX)
    assert day.status_code == 200


async def owe(session: AsyncSession, owner: Owner) -> Commitment:
    """A commitment that was due before today."""
    today = datetime.now(UTC).date()
    made_on, due_on = today - timedelta(days=60), today - timedelta(days=20)
    return await make_commitment(session, owner, made_on=made_on, due_on=due_on)


async def test_missed_needs_a_sentence_and_is_then_said(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, _ = await open_review_page(app, session, role=Role.HEAD)
    promise = await owe(session, owner)
    action = f"{ADDRESS}/commitments/{promise.code}/settle"
    silent = await browser.post(action, data={"outcome": "missed"}, headers=HTMX)
    assert silent.status_code == 422
    assert f'aria-describedby="said-{promise.code}-wrong"' in silent.text
    said = {"outcome": "missed", "said": "I plan a week for it."}
    told = await browser.post(action, data=said, headers=HTMX)
    assert told.status_code == 200
    assert "I plan a week for it." in told.text
    assert 'id="review-agenda"' in told.text
    await session.refresh(promise)
    assert promise.status is CommitmentStatus.MISSED


async def test_without_a_script_a_refused_answer_is_the_whole_page(
    app: FastAPI, session: AsyncSession
) -> None:
    browser, owner, _ = await open_review_page(app, session, role=Role.HEAD)
    promise = await owe(session, owner)
    action = f"{ADDRESS}/commitments/{promise.code}/settle"
    answer = await browser.post(action, data={"outcome": "partly"})
    assert answer.status_code == 422
    assert "<h1" in answer.text
    kept = await browser.post(action, data={"outcome": "kept"})
    assert (kept.status_code, kept.headers["location"]) == (303, f"{ADDRESS}#review-commitments")


@pytest.mark.parametrize(
    ("kind", "line", "model", "said"),
    [
        ("commitment", "Open a third till @ada 30 Jun", Commitment, "Ada Chair, by 30 June"),
        ("decision", "Close the Leeds depot? @ada 30 Jun", Decision, "decides Ada Chair"),
        ("parking", "Two price lists?", ParkedItem, "parked"),
    ],
)
async def test_a_line_is_captured_and_what_was_understood_is_said(
    app: FastAPI, session: AsyncSession, kind: str, line: str, model: type, said: str
) -> None:
    home = await make_department(session)
    browser, _, _ = await open_review_page(
        app, session, name="Ada Chair", email="ada@coxswain.test", department=home
    )
    answer = await browser.post(f"{ADDRESS}/capture", data={"kind": kind, "line": line}, headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert "Noted." in answer.text
    assert said in answer.text
    assert len((await session.scalars(select(model))).all()) == 1
    bare = await browser.post(f"{ADDRESS}/capture", data={"kind": kind, "line": line})
    assert bare.status_code == 303


@pytest.mark.parametrize(
    ("kind", "line", "wrong"),
    [
        ("commitment", "Open a till @nobody 30 Jun", "nobody is called so"),
        ("commitment", "Open a till", "by when"),
        ("commitment", "", "Say what will be done"),
        ("decision", "Close it? @nobody", "nobody is called so"),
        ("decision", "", "Say what is to be decided."),
        ("parking", "", "Say what is put aside."),
        ("parking", "x" * 300, "At most 200"),
    ],
)
async def test_a_line_that_is_not_understood_stays_with_the_place_that_is_wrong(
    app: FastAPI, session: AsyncSession, kind: str, line: str, wrong: str
) -> None:
    browser, _, _ = await open_review_page(app, session)
    sent = {"kind": kind, "line": line}
    for headers in (HTMX, {}):
        answer = await browser.post(f"{ADDRESS}/capture", data=sent, headers=headers)
        assert answer.status_code == 422
        assert wrong in answer.text
        assert f'value="{line}"' in answer.text
        assert re.search(f'value="{kind}"\\s+checked', answer.text)


async def test_a_closed_review_shows_what_was_frozen(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, review = await open_review_page(app, session)
    promise = await owe(session, owner)
    await make_snapshot(session, review, write_canonical(make_facts(departments=4, findings=8)))
    review.status = ReviewStatus.CLOSED
    await session.flush()
    page = (await browser.get(ADDRESS)).text
    assert "Larkmoor Stores" in page
    assert "Bring queue 1 under four minutes" in page
    assert promise.what not in page
    assert "review-capture" not in page
    # One's own note is nobody's fact, and nothing of the review; opening it again makes another revision.
    said = re.findall(r'method="post"\s+action="([^"]+)"', page.partition("<main")[2])
    assert set(said) == {f"{ADDRESS}/my-note", f"{ADDRESS}/reopen"}


async def test_nothing_is_captured_in_a_closed_review(app: FastAPI, session: AsyncSession) -> None:
    browser, _, review = await open_review_page(app, session)
    item = await make_parked_item(session, review)
    review.status = ReviewStatus.CLOSED
    await session.flush()
    sent = {"kind": "parking", "line": "Later?"}
    answer = await browser.post(f"{ADDRESS}/capture", data=sent, headers=HTMX)
    assert answer.status_code == 409
    assert item.what == "Two price lists?"


async def test_what_was_parked_is_taken_up(app: FastAPI, session: AsyncSession) -> None:
    browser, _, review = await open_review_page(app, session)
    item = await make_parked_item(session, review)
    answer = await browser.post(f"{ADDRESS}/parked/{item.code}", data={"state": "taken_up"}, headers=HTMX)
    assert answer.status_code == 200
    assert "taken up" in answer.text


async def test_a_head_tells_peers_and_takes_it_back(app: FastAPI, session: AsyncSession) -> None:
    home = await make_department(session, code="OPS")
    browser, owner, _ = await open_review_page(app, session, role=Role.HEAD, department=home)
    home.head_id = owner.id
    await session.flush()
    said = {"challenge": "Two lorries are out.", "ask": "Lend us one."}
    answer = await browser.post(f"{ADDRESS}/note", data=said, headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert "Two lorries are out." in answer.text
    await browser.post(f"{ADDRESS}/note", data={"challenge": "One lorry is out."})
    note = (await session.scalars(select(PeerNote))).one()
    assert (note.challenge, note.ask) == ("One lorry is out.", None)
    await browser.post(f"{ADDRESS}/note", data={})
    await session.refresh(note)
    assert note.archived_at is not None


async def late_decision(session: AsyncSession, owner: Owner) -> Decision:
    """One that is open for longer than its type lets it be."""
    day = datetime.now(UTC).date() - timedelta(days=60)
    kind = await make_decision_type(session)
    return await make_decision(session, raised_on=day, type_id=kind.id, decider_id=owner.id)


async def test_a_decision_is_taken_in_its_row(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, _ = await open_review_page(app, session)
    decision = await late_decision(session, owner)
    shown = await browser.get(f"{ADDRESS}/decisions/{decision.code}")
    assert f'id="decision-{decision.code}"' in shown.text
    action = f"{ADDRESS}/decisions/{decision.code}/decide"
    refused = await browser.post(action, data={"chosen": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert f'id="decision-{decision.code}"' in refused.text
    bare = await browser.post(action, data={"chosen": "", "rationale": "Cheaper."})
    assert (bare.status_code, "Cheaper." in bare.text) == (422, True)
    sent = {"chosen": "Close it.", "concern": "Leeds loses a hub."}
    answer = await browser.post(action, data=sent, headers=HTMX)
    assert answer.status_code == 200, answer.text
    await session.refresh(decision)
    assert decision.chosen == "Close it."
    again = await browser.post(action, data=sent, headers=HTMX)
    assert again.status_code == 409


async def test_whoever_wrote_down_a_decision_of_another_is_named(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, _ = await open_review_page(app, session)
    chief = await make_owner(session, name="Helena", role=Role.EXECUTIVE)
    for decider, said in ((owner, False), (chief, True)):
        decision = await late_decision(session, decider)
        await browser.post(
            f"{ADDRESS}/decisions/{decision.code}/decide", data={"chosen": "Yes."}, headers=HTMX
        )
        page = (await browser.get(ADDRESS)).text
        line = page.partition(f'id="decision-{decision.code}"')[2].partition("</li>")[0]
        assert f"<b>{decider.name}</b> · Decisions of kind" in line
        assert (f"written down by {owner.name}" in line) is said


async def test_a_part_is_the_same_alone_as_on_the_page(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, review = await open_review_page(app, session)
    await owe(session, owner)
    await make_parked_item(session, review)
    page = (await browser.get(ADDRESS)).text
    for part in PARTS:
        alone = (await browser.get(f"{ADDRESS}/parts/{part}")).text
        section = alone.partition("<hx-partial")[0].strip()
        assert section in page
    assert (await browser.get(f"{ADDRESS}/parts/secrets")).status_code == 404


async def find_orphan(session: AsyncSession) -> str:
    """The fingerprint of a finding about an objective that leads to no goal."""
    await make_objective(session, code="ORPHAN")
    await check_linkage(session, check_apart, actor=SYSTEM)
    rows = await session.scalars(select(LinkageFinding).where(col(LinkageFinding.rule) == "L101"))
    return rows.one().fingerprint


async def test_a_finding_opens_with_what_can_be_done(app: FastAPI, session: AsyncSession) -> None:
    browser, _, _ = await open_review_page(app, session)
    key = await find_orphan(session)
    shown = (await browser.get(f"{ADDRESS}/findings/{key}")).text
    for words in ("Link it to a goal", "Park it", "Promise something about it", "Waive it until a day"):
        assert words in shown


async def test_a_finding_is_parked_promised_about_and_waived(app: FastAPI, session: AsyncSession) -> None:
    browser, owner, _ = await open_review_page(app, session)
    action = f"{ADDRESS}/findings/{await find_orphan(session)}"
    parked = await browser.post(f"{action}/park", headers=HTMX)
    assert 'hx-target="#review-parked"' in parked.text
    soon = str(datetime.now(UTC).date() + timedelta(days=30))
    promise = {"what": "Link it to a goal", "owner": owner.email, "due_on": soon}
    wrong = await browser.post(f"{action}/promise", data=promise | {"owner": "nobody"}, headers=HTMX)
    assert (wrong.status_code, "Link it to a goal" in wrong.text) == (422, True)
    made = await browser.post(f"{action}/promise", data=promise, headers=HTMX)
    assert made.status_code == 200, made.text
    commitment = (await session.scalars(select(Commitment))).one()
    assert commitment.finding is not None
    bare = await browser.post(f"{action}/waive", data={"reason": "Known."})
    assert (bare.status_code, "Known." in bare.text) == (422, True)
    waived = await browser.post(
        f"{action}/waive", data={"reason": "Known.", "expires_on": soon}, headers=HTMX
    )
    assert waived.status_code == 200
    assert action not in waived.text
