"""Person-level data: recognised by its keys, wherever they stand and however they are written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.person_level import is_person_level, person_level_keys

INTAKE_KEYS = [
    *(
        "source",
        "survey",
        "round",
        "items",
        "segment",
        "department",
        "name",
        "metric",
        "period",
        "scale",
        "kind",
    ),
    *("min", "max", "value", "respondents", "invited", "observed_at", "window_days"),
    *("scale_kind", "scale_min", "scale_max"),
]
documents: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["email", "a/b", "m~n", "name", "participant/x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "key",
    [
        *(
            "email",
            "Email",
            "E-MAIL",
            "e_mail",
            " e mail ",
            "ｅｍａｉｌ",
            "e\u200bmail",
            "accountEmail",
            "account_email",
        ),
        *(
            "emailAddress",
            "userEmail",
            "emails",
            "employeeId",
            "employee_id",
            "EMPLOYEE-ID",
            "employee.number",
        ),
        *(
            "comment",
            "comments",
            "answerComment",
            "comment_text",
            "participant",
            "participants",
            "participantCount",
        ),
        *("Participant Name", "personId", "workerID", "userName", "respondent_id", "firstName", "last_name"),
        *(
            "fullName",
            "dateOfBirth",
            "surname",
            "answerId",
            "free_text",
            "verbatim",
            "managerId",
            "managerName",
        ),
    ],
)
def test_a_key_about_one_person_is_recognised_however_it_is_written(key: str) -> None:
    assert is_person_level(key)


@pytest.mark.parametrize(
    "key", [*INTAKE_KEYS, "", "names", "mail_room", "respondents_count", "employees", "persons"]
)
def test_what_the_intake_takes_and_what_is_about_groups_is_allowed(key: str) -> None:
    assert not is_person_level(key)


def test_keys_are_pointed_at_in_document_order_and_escaped() -> None:
    document = {
        "items": [
            {"value": 7, "a/b": {"m~n": [{"Account E-Mail": None}]}},
            {"comment": {"email": []}, "participant/x": 1},
        ],
        "employeeId": 3,
    }
    assert person_level_keys(document) == [
        "/items/0/a~1b/m~0n/0/Account E-Mail",
        "/items/1/comment",
        "/items/1/comment/email",
        "/items/1/participant~1x",
        "/employeeId",
    ]


def test_a_clean_document_has_none_and_values_are_never_read() -> None:
    body = {"source": "peakon", "items": [{"name": "email", "metric": "comment", "value": 7}] * 3}
    assert person_level_keys(body) == []


@pytest.mark.parametrize("document", [None, 7, "email", True, [], {}, ["email"], [[["comment"]]]])
def test_a_document_without_keys_has_none(document: object) -> None:
    assert person_level_keys(document) == []


def test_no_more_pointers_are_made_than_asked_for() -> None:
    wide = {f"participant{i}": i for i in range(1000)}
    assert len(person_level_keys(wide)) == 100
    assert person_level_keys(wide, limit=2) == ["/participant0", "/participant1"]
    assert len(person_level_keys([wide, wide], limit=1500)) == 1500


@pytest.mark.timeout(20)
def test_a_document_deeper_than_any_stack_is_read_to_its_end() -> None:
    document: Any = {"email": 1}
    for _ in range(100_000):
        document = [document]
    assert person_level_keys(document) == ["/0" * 100_000 + "/email"]


def test_a_key_that_cannot_be_sent_is_pointed_at_with_a_mark_in_its_place() -> None:
    assert person_level_keys({"e\ud800mail\x00": 1}) == ["/e\ufffdmail\ufffd"]


@given(documents)
def test_every_pointer_leads_to_a_person_level_key_and_none_is_missed(document: Any) -> None:
    pointers = person_level_keys(document, limit=10_000)
    for pointer in pointers:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        place = document
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        assert is_person_level(steps[-1])
    text = json.dumps(document)
    assert len(set(pointers)) == len(pointers) == text.count('"email":') + text.count('"participant/x":')
