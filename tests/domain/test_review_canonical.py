"""Facts as bytes: the same everywhere and for ever, and read back as they were."""

import os
import subprocess
import sys
from dataclasses import fields, replace
from math import nan
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.review.assemble import assemble_facts
from app.domain.review.canonical import UnknownSchema, hash_canonical, read_canonical, write_canonical
from app.domain.review.facts import SCHEMA, Tile
from app.domain.review.rows import ReviewRows
from tests.domain.review_rows import make_rows

FACTS = assemble_facts(make_rows())
BODY = write_canonical(FACTS)
# Written once, by the version that made the first schema. It is never written again.
OLDEST = Path(__file__).with_name("data") / "review_schema_1.json"
_SAY_HASH = """
from app.domain.review.assemble import assemble_facts
from app.domain.review.canonical import hash_canonical, write_canonical
from tests.domain.review_rows import make_rows
print(hash_canonical(write_canonical(assemble_facts(make_rows()))))
"""


def shuffle_rows(rows: ReviewRows, chance: Random) -> ReviewRows:
    """The same rows, each list and mapping of them in another order."""
    frame = rows.frame
    attendance = dict(chance.sample(list(frame.attendance.items()), len(frame.attendance)))
    shuffled = replace(frame, attendance=attendance, **_shuffle_lists(frame, chance))
    return replace(rows, **_shuffle_lists(rows, chance) | {"frame": shuffled})


def _shuffle_lists(rows: Any, chance: Random) -> dict[str, Any]:
    told = {each.name: getattr(rows, each.name) for each in fields(rows)}
    return {
        name: tuple(chance.sample(value, len(value)))
        for name, value in told.items()
        if isinstance(value, tuple) and name != "counts"
    }


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(chance: Random) -> None:
    shuffled = shuffle_rows(make_rows(), chance)
    assert hash_canonical(write_canonical(assemble_facts(shuffled))) == hash_canonical(BODY)


@pytest.mark.parametrize(
    ("seed", "locale", "zone"), [("0", "C", "UTC"), ("4242", "tr_TR.UTF-8", "Pacific/Kiritimati")]
)
def test_another_process_in_another_place_writes_the_same(seed: str, locale: str, zone: str) -> None:
    setting = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}
    said = subprocess.run([sys.executable, "-c", _SAY_HASH], env=setting, capture_output=True, check=True)
    assert said.stdout.decode().strip() == hash_canonical(BODY)


def test_what_was_written_is_read_as_it_was() -> None:
    assert read_canonical(BODY) == FACTS
    assert write_canonical(read_canonical(BODY)) == BODY


def test_the_bytes_are_canonical() -> None:
    assert BODY.startswith(b'{"as_of":"2026-11-10","checklist":[{"done":false,')
    assert orjson.dumps(orjson.loads(BODY), option=orjson.OPT_SORT_KEYS) == BODY
    assert list(orjson.loads(BODY)) == sorted(orjson.loads(BODY))
    assert b'"score":74.25' in BODY
    # 90.0 is written as ECMAScript writes it.
    assert b'"target":90,' in BODY


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(st.characters(codec="utf-8")))
def test_any_number_and_any_words_come_back(number: float, words: str) -> None:
    told = replace(FACTS, organization=words, header=replace(FACTS.header, score=number))
    back = read_canonical(write_canonical(told))
    assert (back.organization, back.header.score) == (words, number)


def test_what_is_no_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="nan"):
        write_canonical(replace(FACTS, header=replace(FACTS.header, score=nan)))


def test_a_snapshot_of_the_first_schema_is_read_for_ever() -> None:
    body = OLDEST.read_bytes()
    facts = read_canonical(body)
    assert (facts.schema, facts.period, facts.header.score) == (1, "2026-10", 74.25)
    assert [type(tile) for tile in facts.tiles] == [Tile] * 4
    assert facts.slots[1].kpis[0].actions[0].commitment.code == "C-9"
    assert hash_canonical(body) == "c85ca8aa47fcb5403219f589933e268884a721817340e1ff0570b7b66d71f4c6"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{}", "no snapshot"),
        (b"not JSON", "no snapshot"),
        (b"[]", "no snapshot"),
        (b'{"schema": 1}', "no snapshot"),
        (b'{"schema": "1"}', "reads up to 1"),
        (f'{{"schema": {SCHEMA + 1}}}'.encode(), "Use a newer version"),
    ],
)
def test_what_this_version_cannot_read_is_said(body: bytes, says: str) -> None:
    with pytest.raises(UnknownSchema, match=says):
        read_canonical(body)
