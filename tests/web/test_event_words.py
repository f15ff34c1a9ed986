"""Events in words: sentences of every kind of change, and the fields that differ."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.queries.events import EventRow
from app.web.event_words import FieldChange, say_period, tell_event

ADA, BEA = "01a205c4-8b06-777a-a6a3-44e34b7c61b2", "01a205c4-8b06-777a-a6a3-44e34b7c61b3"
GOAL = {"code": "G1", "title": "Grow", "status": "draft", "owner_id": ADA, "ends_on": None, "id": BEA}

ASKED = {"kpi_id": ADA, "period": "2026-10", "value": 74}


def make_event(
    kind: str,
    action: str,
    code: str = "G1",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    actor_kind: str = "person",
    actor: str | None = None,
) -> EventRow:
    """An event by Ada, or by what acts without a person."""
    at = datetime(2026, 6, 3, 22, 30, tzinfo=UTC)
    name = actor or ("command line" if actor_kind == "system" else "Ada")
    return EventRow(7, at, actor_kind, name, kind, UUID(BEA), code, action, 1, before, after)


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (make_event("goal", "created", after=GOAL), "Ada created goal G1 “Grow”."),
        (make_event("goal", "archived", before=GOAL, after=GOAL), "Ada archived goal G1 “Grow”."),
        (make_event("goal", "deleted", before=GOAL, after={}), "Ada deleted goal G1 “Grow”."),
        (
            make_event("link", "affirmed", "O1>G1:depends_on", after={}),
            "Ada affirmed the link O1 → G1 (depends on).",
        ),
        (
            make_event("target", "created", "2026-Q4", after={"kpi_id": ADA}),
            "Ada created the target of OTIF On time from quarter 4 of 2026.",
        ),
        (
            make_event("measurement", "created", "OTIF/2026-10/OPS", after={"value": 7.3}),
            "Ada recorded OTIF for October 2026 in OPS: 7.3.",
        ),
        (
            make_event("measurement", "revised", "OTIF/2026-W04", after={"not_applicable": True}),
            "Ada corrected OTIF for week 4 of 2026: not applicable.",
        ),
        (
            make_event("measurement", "removed", "OTIF/2026", before={"value": 1}),
            "OTIF for 2026 is no longer computed: its parts are gone.",
        ),
        (
            make_event("engagement_push", "received", "hr", after={"summary": {"created": 4, "revised": 0}}),
            "Ada sent engagement scores of hr: 4 created.",
        ),
        (
            make_event("waiver", "created", "L109-x", after={"rule": "L109", "expires_on": "2026-12-31"}),
            "Ada waived a finding of L109 until 31 December 2026.",
        ),
        (make_event("owner", "signed_in", "a@x", after={}), "Ada signed in."),
        (make_event("owner", "key_issued", "a@x", after={"prefix": "q"}), "Ada issued a key to a@x."),
        (
            make_event("department", "created", "OPS", after={"name": "Operations"}, actor_kind="system"),
            "The command line created department OPS “Operations”.",
        ),
        (
            make_event("department", "created", "OPS", after={}, actor_kind="system", actor="Coxswain"),
            "Coxswain created department OPS.",
        ),
        (
            make_event("peer_note", "frozen_again", "N1", after={"name": "Note"}),
            "Ada frozen again peer note N1 “Note”.",
        ),
    ],
)
def test_an_event_is_told_in_one_sentence(event: EventRow, sentence: str) -> None:
    assert tell_event(event, {ADA: "OTIF On time"}).sentence == sentence


@pytest.mark.parametrize(
    ("action", "said"),
    [("created", "asked for"), ("asked_again", "asked anew for"), ("withdrawn", "withdrew")],
)
def test_a_change_request_is_told_by_its_value(action: str, said: str) -> None:
    event = make_event("change_request", action, "CR-1", before=ASKED, after=ASKED)
    told = tell_event(event, {ADA: "OTIF On time"}).sentence
    assert told == f"Ada {said} a change of OTIF On time for October 2026 to 74."


def test_only_what_differs_is_told_with_names_for_ids() -> None:
    after = GOAL | {"owner_id": BEA, "ends_on": "2026-12-31", "changed_at": "2026-06-03T00:00:00+00:00"}
    line = tell_event(
        make_event("goal", "updated", before=GOAL | {"changed_at": "x"}, after=after),
        {ADA: "Ada", BEA: "Bea"},
    )
    assert line.sentence == "Ada changed the owner and end of goal G1 “Grow”."
    assert set(line.changes) == {
        FieldChange("owner", "Ada", "Bea"),
        FieldChange("end", None, "31 December 2026"),
    }
    assert line.href == f"/goals/{BEA}"


def test_an_id_without_a_name_is_not_shown() -> None:
    line = tell_event(make_event("goal", "updated", before=GOAL, after=GOAL | {"owner_id": BEA}))
    hidden = "something that is not shown"
    assert line.changes == (FieldChange("owner", hidden, hidden),)
    assert BEA not in line.sentence


def test_lists_flags_and_texts_read_like_prose() -> None:
    before = {"values": [], "cross_functional": False, "why": "2026-99-99"}
    after = {
        "values": [{"name": "Truth", "behaviours": ["Says it.", "Asks."]}],
        "cross_functional": True,
        "why": "2026-99-98",
    }
    told = {
        change.field: (change.before, change.after)
        for change in tell_event(make_event("goal", "updated", before=before, after=after)).changes
    }
    assert told == {
        "values": (None, "Truth, behaviours Says it.; Asks."),
        "cross-functional": ("no", "yes"),
        "why": ("2026-99-99", "2026-99-98"),
    }


def test_a_time_is_that_of_the_organization() -> None:
    line = tell_event(make_event("goal", "created", after=GOAL), zone=ZoneInfo("Europe/Berlin"))
    assert (line.who, line.when) == ("Ada", "4 June 2026, 00:30")


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026", "2026"),
        ("2026-10", "October 2026"),
        ("2026-Q1", "quarter 1 of 2026"),
        ("2026-W03", "week 3 of 2026"),
    ],
)
def test_a_period_is_said_as_people_say_it(period: str, said: str) -> None:
    assert say_period(period) == said
