"""Recognising person-level data by its key names, before anything else is done with a document.

The list errs on the side of refusing: an intake refuses every field it does not know anyway, so a key
that is listed here in error costs only another wording of the same refusal. What is allowed must not
match: `name` (the segment's), `respondents`, `department`, `segment`.
"""

import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.domain.texts import clean_text

# Everything with one of these in it: accountEmail, answerComment, commentText.
_PARTS = ("email", "comment", "verbatim", "freetext")
# participant_id as much as participantCount: the contract refuses every participant….
_BEGINNINGS = ("participant",)
_PERSONS = ("employee", "person", "worker", "user", "respondent", "staff", "manager", "account")
_PERSON_DETAILS = ("id", "ids", "number", "no", "code", "key", "name", "names", "guid", "uuid", "phone")
_KEYS = frozenset(
    [person + detail for person in _PERSONS for detail in _PERSON_DETAILS]
    + ["firstname", "lastname", "middlename", "fullname", "givenname", "familyname", "surname", "forename"]
    + ["maidenname", "nickname", "initials", "login", "samaccountname", "userprincipalname", "upn"]
    + [
        "dateofbirth",
        "birthdate",
        "birthday",
        "dob",
        "phone",
        "phonenumber",
        "telephone",
        "mobile",
        "mobilenumber",
    ]
    + ["nationalid", "nationalinsurancenumber", "socialsecuritynumber", "ssn", "passportnumber", "taxid"]
    + ["homeaddress", "streetaddress", "postaladdress", "ipaddress", "payrollnumber", "badgenumber"]
    # A row per answer is a row per person, whatever it calls them.
    + ["answerid", "answertext", "answerscore", "responseid", "responsetext", "openanswer", "opentext"]
)


def is_person_level(key: str) -> bool:
    """Whether a key names data about one person; case, accents of width and separators make no difference.

    Compared is the key in compatibility form (NFKC), casefolded, with everything but letters and digits
    removed.

    >>> is_person_level("E-Mail"), is_person_level("employee_id"), is_person_level("name")
    (True, True, False)
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", key).casefold()))
    return plain in _KEYS or plain.startswith(_BEGINNINGS) or any(part in plain for part in _PARTS)


def person_level_keys(document: Any, *, limit: int = 100) -> list[str]:
    """JSON pointers (RFC 6901) to the person-level keys of a decoded JSON document, at most `limit`.

    In document order, a key before what is below it. Only keys are read, never values, so a pointer shows
    no answer of anybody. Any depth: nothing here recurses. A clean document costs one look at each
    container and one comparison per distinct key.

    >>> person_level_keys({"items": [{"value": 7, "accountEmail": "a@x.org"}]})
    ['/items/0/accountEmail']
    """
    refused = {key for key in _collect_keys(document) if is_person_level(key)}
    return list(islice(_find_pointers(document, refused), limit)) if refused else []


def _collect_keys(document: Any) -> set[str]:
    keys: set[str] = set()
    waiting = [document]
    while waiting:
        container = waiting.pop()
        if isinstance(container, dict):
            keys.update(container)
            container = container.values()
        elif not isinstance(container, list):
            continue
        waiting.extend(child for child in container if isinstance(child, dict | list))
    return keys


def _find_pointers(document: Any, refused: set[str]) -> Iterator[str]:
    """A walk in document order; `path` holds the steps that lead to the container on top of `waiting`."""
    path: list[str | int] = []
    waiting = [_list_entries(document)]
    while waiting:
        for step, child in waiting[-1]:
            if step in refused:
                yield _write_pointer([*path, step])
            if isinstance(child, dict | list):
                path.append(step)
                waiting.append(_list_entries(child))
                break
        else:
            waiting.pop()
            del path[-1:]


def _list_entries(container: Any) -> Iterator[tuple[str | int, Any]]:
    return iter(container.items() if isinstance(container, dict) else enumerate(container))


def _write_pointer(path: list[str | int]) -> str:
    steps = (clean_text(str(step)).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)
