"""Forms: what a browser sends becomes the input of a contract, and what was typed is never lost."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import Request

from app.domain.numerals import read_typed_number
from app.errors import Fault, Invalid
from app.models.goals import GoalInput
from app.models.kpis import KpiInput
from app.models.objectives import ObjectiveInput
from app.models.organization import Organization, OrganizationInput
from app.models.owners import OwnerInput
from app.models.targets import TargetInput
from app.web.filling import fill_form
from app.web.forms import Form, T, read_form

OWNER = {"email": "ada@coxswain.test", "name": "Ada", "active": "on"}
OBJECTIVE = {"code": "S-1", "title": "Win", "department": "SALES"}
KPI = {"code": "K", "name": "K", "unit": "percent", "direction": "higher", "cadence": "monthly"}


async def send(contract: type[T], sent: Any) -> Form[T]:
    """The form as if a browser had sent these fields."""
    body = urlencode(sent, doseq=True).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    return await read_form(request, contract)


async def test_texts_are_stripped_blanks_are_absent_and_boxes_are_false_unless_ticked() -> None:
    form = await send(OwnerInput, OWNER | {"name": "  Ada ", "title": " ", "level": "", "manager": ""})
    assert form.data is not None
    assert (form.data.name, form.data.title, form.data.level, form.data.active) == ("Ada", None, None, True)
    unticked = await send(OwnerInput, {"email": "ada@coxswain.test", "name": "Ada"})
    assert unticked.data is not None
    assert unticked.data.active is False


async def test_numbers_days_and_words_of_a_list_are_read() -> None:
    form = await send(ObjectiveInput, OBJECTIVE | {"effort": "2,5", "starts_on": "2026-01-31"})
    assert form.data is not None
    assert (form.data.effort, form.data.starts_on) == (Decimal("2.5"), date(2026, 1, 31))
    goal = await send(GoalInput, {"code": "G1", "title": "Grow", "rank": "3", "status": "active"})
    assert goal.data is not None
    assert (goal.data.rank, goal.data.status) == (3, "active")
    target = await send(TargetInput, {"from": "2026", "to": "2026-q4", "target": "85"})
    assert target.data is None
    assert list(target.errors) == ["to"]


@pytest.mark.parametrize(
    ("contract", "sent", "errors"),
    [
        (OwnerInput, {}, {"email": "Please fill this in.", "name": "Please fill this in."}),
        (OwnerInput, OWNER | {"level": "boss"}, {"level": "Choose one of the list."}),
        (
            GoalInput,
            {"code": "G1", "title": "G", "rank": "third"},
            {"rank": "A whole number is expected here."},
        ),
        (
            GoalInput,
            {"code": "G1", "title": "G", "ends_on": "soon"},
            {"ends_on": "A date is written YYYY-MM-DD."},
        ),
        (
            ObjectiveInput,
            OBJECTIVE | {"effort": "1,234"},
            {"effort": "Is this 1234 or 1.234? Write it in one of these ways."},
        ),
        (
            ObjectiveInput,
            OBJECTIVE | {"effort": "much"},
            {"effort": "A number is expected here, like 12.5 or 12,5."},
        ),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field_and_kept(
    contract: Any, sent: dict[str, str], errors: dict[str, str]
) -> None:
    form = await send(contract, sent)
    assert (form.data, form.errors) == (None, errors)
    assert {name: form.values[name] for name in errors} == {name: sent.get(name) for name in errors}


async def test_lists_come_as_several_fields_or_as_lines() -> None:
    sent = KPI | {"departments": ["SALES", "OPS"], "guards": "A\r\n\r\n B \n", "active": "on"}
    form = await send(KpiInput, sent)
    assert form.data is not None, form.errors
    assert (form.data.departments, form.data.guards, form.data.measures) == (["SALES", "OPS"], ["A", "B"], [])


async def test_fields_inside_fields_and_rows_of_lists_are_read() -> None:
    sent = {
        "name": "Acme",
        "time_zone": "UTC",
        "vision.statement": "Far",
        "vision.core_terms": "sea\nwind",
        "values.0.name": "",
        "values.0.behaviours": "",
        "values.7.name": "Courage",
        "values.7.behaviours": "Says no\nAsks",
    }
    form = await send(OrganizationInput, sent)
    assert form.data is not None, form.errors
    assert form.data.vision is not None
    assert (form.data.vision.statement, form.data.vision.core_terms) == ("Far", ["sea", "wind"])
    assert [value.model_dump() for value in form.data.values] == [
        {"name": "Courage", "behaviours": ["Says no", "Asks"]}
    ]
    assert (form.values["values"], form.values["values.0.name"]) == (1, "Courage")


async def test_a_group_without_a_word_is_none_and_a_fault_in_it_finds_its_field() -> None:
    blank = await send(OrganizationInput, {"name": "Acme", "vision.statement": " ", "vision.why": ""})
    assert blank.data is not None
    assert blank.data.vision is None
    half = await send(
        OrganizationInput, {"name": "Acme", "vision.why": "Because", "values.3.behaviours": "x"}
    )
    assert half.errors == {
        "vision.statement": "Please fill this in.",
        "values.0.name": "Please fill this in.",
    }
    assert half.values["values.0.behaviours"] == ["x"]


async def test_what_an_action_refuses_lands_at_its_field_or_at_the_whole() -> None:
    form = await send(OrganizationInput, {"name": "Acme", "values.0.name": "Courage"})
    faults = (
        Fault("/values/0/name", "x", "one"),
        Fault("/vision/why", "x", "two"),
        Fault("/else", "x", "three"),
    )
    form.refuse(Invalid("all", faults=faults))
    assert form.errors == {"values.0.name": "one", "vision.why": "two", "": "three"}


async def test_what_is_there_fills_a_form_that_reads_back_as_the_same() -> None:
    row = Organization(
        name="Acme", values=[{"name": "Courage", "behaviours": ["Says no"]}], time_zone="UTC", version=4
    )
    vision = {"statement": "Far", "why": None, "horizon": "2030", "core_terms": ["sea"]}
    filled = fill_form(OrganizationInput, row, vision=vision)
    assert (filled.version, filled.values["version"], filled.values["vision.horizon"]) == (4, 4, "2030")
    sent = {name: "" if value is None else value for name, value in filled.values.items()}
    form = await send(OrganizationInput, sent)
    assert form.data is not None, form.errors
    assert form.data.model_dump()["vision"] == vision
    assert form.data.model_dump()["values"] == row.values
    assert not form.is_stale(4)
    assert form.is_stale(5)


async def test_two_people_see_what_each_of_them_wrote() -> None:
    mine = await send(OrganizationInput, {"name": "Mine", "version": "1", "minimum_group": "5"})
    theirs = fill_form(OrganizationInput, Organization(name="Theirs", values=[], version=2))
    mine.clash(theirs)
    assert mine.theirs == {"name": "Theirs"} | {
        name: theirs.values[name] for name in mine.theirs if name != "name"
    }
    assert (mine.values["name"], mine.version, mine.values["version"]) == ("Mine", 2, 2)
    assert mine.errors[""].startswith("Somebody changed this")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", "7"),
        ("-7,25", "-7.25"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("\u22123", "-3"),
        ("1 234", "1234"),
        ("12\u202f345,6", "12345.6"),
        ("1'234'567.8", "1234567.8"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234.5", "1234.5"),
        ("1.234", "1.234"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
    ],
)
def test_a_number_is_read_as_it_is_written_in_many_countries(text: str, number: str) -> None:
    assert str(read_typed_number(text)) == number


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1,2,3", "1.2.3", "1,234,5", "12 34", "1e5", "NaN", "٣", "5%", "--1", "1 2", "1,23 4"],
)
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="A number is expected here"):
        read_typed_number(text)


async def test_a_strict_form_refuses_what_it_does_not_know() -> None:
    form = await send(GoalInput, {"code": "G1", "title": "Grow", "version": "3", "owner_id": "x"})
    assert form.data is None
    assert form.errors == {"": "The form has a field that is not known here: owner_id."}
    assert form.version == 3


async def test_limits_are_told_in_words() -> None:
    form = await send(
        GoalInput,
        {"code": "G1", "title": "x" * 201, "rank": "0", "starts_on": "2026-02-30", "status": "active"},
    )
    assert form.errors == {
        "title": "At most 200 characters fit in here.",
        "rank": "The least that is taken here is 1.",
        "starts_on": "There is no such day.",
    }
