"""The quick path and the explaining path read the same pushes the same way."""

import json
from decimal import Decimal
from typing import Any, get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.engagement import ScaleKind
from app.domain.intake.contract import COLUMNS, KindText, Row, Rules
from app.domain.intake.documents import decode_typed, read_document
from app.domain.intake.explain import read_thoroughly
from app.domain.intake.quick import read_quickly
from app.domain.person_level import person_level_keys

RULES = Rules(
    minimum_group=5,
    respondents_optional=False,
    departments={"sales": "id-1", "it": "id-2"},
    segments={"peakon": {"s1": "id-1", "s2": None, "s3": "id-9"}},
    out_of_reach=frozenset({("peakon", "s3")}),
)
TRUSTING = Rules(5, True, RULES.departments, RULES.segments, RULES.out_of_reach)
NUMBERS = {"scale_min", "scale_max", "value"}

GOOD = {
    "department": "SALES",
    "metric": "engagement",
    "period": "2026-05",
    "scale": {"kind": "mean", "min": 0, "max": 10},
    "value": 7.4,
    "respondents": 38,
    "invited": 51,
    "observed_at": "2026-06-02T06:00:00Z",
}
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 105),
    st.floats(-5, 105),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.text(max_size=5),
    st.sampled_from(
        ["2026-05", "2026-W54", "SALES", " it ", "s1", "s3", "mean", "x" * 201, "a\nb", "\u00a0"]
    ),
    st.sampled_from(["2026-06-02T06:00:00+02:00", "2026-06-02 06:00:00z", "0001-01-01T00:00:00Z"]),
    st.lists(st.integers(), max_size=1),
    st.dictionaries(st.sampled_from(["kind", "min", "max", "step"]), st.integers(0, 1), max_size=2),
)
scales = st.one_of(
    odd,
    st.fixed_dictionaries(
        {"kind": st.sampled_from([*ScaleKind, "stars"])},
        optional={
            "min": st.sampled_from([0, 0.0, -100, 1, None]),
            "max": st.sampled_from([10, 100, 5.5, 1e16]),
        },
    ),
)
fields = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys([*GOOD, "segment", "name", "window_days", "team"], odd) | {"scale": scales},
)
items = st.one_of(st.builds(lambda other: GOOD | other, fields), odd)
bodies = st.builds(
    lambda some, other: {"source": "peakon", "items": some} | other,
    st.lists(items, max_size=4),
    st.dictionaries(st.sampled_from(["source", "survey", "round", "items", "email"]), odd, max_size=1),
)


def plain(row: Row) -> list[Any]:
    """A row whose numbers compare as numbers, however they are written."""
    values = (*row.series.cells, row.place, row.segment, row.department, row.name, *row.tail.split("\t"))
    cells = zip(COLUMNS[1:], values, strict=True)
    return [row.position, *(Decimal(cell) if cell and name in NUMBERS else cell for name, cell in cells)]


@settings(max_examples=600)
@given(bodies, st.sampled_from([RULES, TRUSTING]))
@example({"source": "peakon", "items": [GOOD]}, RULES)
@example(
    {"source": "peakon", "items": [GOOD | {"segment": "s2"}, GOOD | {"respondents": 4, "metric": "b"}]}, RULES
)
def test_what_the_quick_path_accepts_the_explaining_path_accepts_alike(body: Any, rules: Rules) -> None:
    push = decode_typed(json.dumps(body).encode())
    rows = None if push is None or not push.groups[0].source else read_quickly(push.groups, rules)
    if rows is None:
        return
    document = json.loads(json.dumps(body))
    assert person_level_keys(document) == []
    read = read_document(document)
    reading = read_thoroughly(read.groups, rules, point=read.point)
    assert (read.findings, reading.findings) == ([], [])
    assert [plain(row) for row in rows] == [plain(row) for row in reading.rows]


good_items = st.fixed_dictionaries(
    {
        "metric": st.text(
            st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=9
        ).filter(str.strip),
        "period": st.sampled_from(["2026", "2026-Q4", "2026-W53", "2026-12"]),
        "scale": st.just({"kind": "index", "min": -1.5, "max": 1e15}),
        "value": st.floats(-1.5, 1e15),
        "respondents": st.integers(0, 10**9),
        "segment": st.sampled_from(["s1", "s2", "new one"]),
    },
    optional={
        "name": st.just("Größe 7"),
        "observed_at": st.just("2026-06-02T06:00:00.5Z"),
        "department": st.none(),
    },
)


@given(
    st.lists(
        good_items,
        max_size=5,
        unique_by=lambda item: (str(item["metric"]).strip(), item["period"], item["segment"]),
    )
)
def test_ordinary_pushes_take_the_quick_path(some: list[dict[str, Any]]) -> None:
    push = decode_typed(json.dumps({"source": "peakon", "survey": "s", "items": some}).encode())
    assert push is not None
    rows = read_quickly(push.groups, RULES)
    assert rows is not None
    thorough = read_thoroughly(push.plain_groups(), RULES, point=push.point)
    assert thorough.findings == []
    assert [plain(row) for row in rows] == [plain(row) for row in thorough.rows]


def test_the_contract_knows_every_kind_of_scale() -> None:
    assert get_args(KindText) == tuple(ScaleKind)


def test_a_push_whose_heading_breaks_a_rule_is_left_to_the_explaining_path() -> None:
    push = {"source": "peakon", "items": []}
    assert decode_typed(json.dumps(push).encode()) is not None
    assert decode_typed(json.dumps(push | {"source": "a\x07b"}).encode()) is None
