"""The demo organization as data: whole, the same every time, with values that would be accepted.

Loading it through the actions is tested where that is done.
"""

import json
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date
from itertools import pairwise

import pytest

from app.demo.plan import read_demo
from app.domain.codes import code_key, code_problem
from app.domain.periods import Cadence, last_ended, parse_period, ranges_overlap
from app.domain.scoring import Direction, Status, check_thresholds
from tests.domain.demo_plans import (
    BUILT_IN,
    DAYS,
    Demo,
    assessment,
    by_code,
    directions,
    latest,
    measurements,
    thresholds,
)

MINIMUM_GROUP = 5
FIELDS = {
    "organization": "name vision mission values fiscal_year_start minimum_group time_zone",
    "themes": "code name description rank",
    "departments": "code name parent head headcount location external_id active",
    "owners": "email name title department level manager external_id active role",
    "staff": "email name title department level manager active",
    "goals": "code title why theme owner status starts_on ends_on rank cross_functional assumptions",
    "objectives": "code title why department owner status starts_on ends_on effort",
    "links": "source target type weight effort rationale need_by",
    "kpis": "code name description unit direction cadence grace_days aggregation kind source feed metric"
    " owner updater department departments measures baseline active guards",
    "targets": "kpi from to department target amber red low high red_low red_high",
    "engagement": "source survey round items",
    "segments": "source segment department",
}
ITEMS = "period department value not_applicable numerator denominator n note confidence reason"


@pytest.fixture(scope="module", params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest) -> Demo:
    return Demo(request.param, read_demo(request.param))


def test_the_group_has_the_size_it_is_meant_to_have(demo: Demo) -> None:
    plan = demo.plan
    sizes = [len(plan.departments), len(plan.owners), len(plan.themes), len(plan.goals), len(plan.kpis)]
    assert sizes == [6, 14, 4, 5, 20]
    assert 24 <= len(plan.objectives) <= 26
    levels = Counter(owner["level"] for owner in plan.owners)
    assert set(levels) == {"executive", "senior", "middle", "frontline"}
    assert {"admin", "executive", "head", "contributor", "viewer"} == {owner["role"] for owner in plan.owners}
    roots = {row["code"] for row in plan.departments if row["parent"] is None}
    assert {row["parent"] for row in plan.departments} == roots | {None}
    assert {row["direction"] for row in plan.kpis} == set(Direction)
    assert {row["cadence"] for row in plan.kpis} == {"weekly", "monthly", "quarterly"}


def test_rows_have_only_the_fields_of_the_api(demo: Demo) -> None:
    for noun, names in FIELDS.items():
        rows = getattr(demo.plan, noun)
        for row in [rows] if noun == "organization" else rows:
            assert row.keys() <= set(names.split()), row
    assert all(item.keys() <= set(ITEMS.split()) for _, item in measurements(demo.plan))
    assert demo.plan.organization["vision"].keys() == {"statement", "why", "horizon", "core_terms"}
    assert all(value["name"] and value["behaviours"] for value in demo.plan.organization["values"])
    assert json.loads(json.dumps(asdict(demo.plan))) == asdict(demo.plan)


def test_codes_are_allowed_and_unique_in_their_namespace(demo: Demo) -> None:
    plan = demo.plan
    for rows in (plan.departments, plan.kpis, plan.themes + plan.goals + plan.objectives):
        codes = [row["code"] for row in rows]
        assert [code for code in codes if code_problem(code)] == []
        assert len({code_key(code) for code in codes}) == len(codes)
    assert not BUILT_IN.keys() & by_code(plan.kpis).keys()
    people = [*plan.owners, *plan.staff]
    assert all(owner["email"].endswith("@larkmoor.example") for owner in people)
    assert len({owner["email"] for owner in people}) == len(people)


def test_every_reference_resolves(demo: Demo) -> None:
    plan = demo.plan
    departments, themes = by_code(plan.departments).keys(), by_code(plan.themes).keys()
    owners = {owner["email"] for owner in plan.owners}
    nodes = by_code(plan.themes + plan.goals + plan.objectives).keys()
    kpis = by_code(plan.kpis).keys()
    known = {"department": departments, "parent": departments, "head": owners, "manager": owners} | {
        **dict.fromkeys(("owner", "updater"), owners),
        **dict.fromkeys(("source", "target"), by_code(plan.goals + plan.objectives).keys()),
        **{"theme": themes, "kpi": kpis | BUILT_IN.keys(), "measures": nodes, "guards": kpis},
        "departments": departments,
    }
    rows = [
        *plan.departments,
        *plan.owners,
        *plan.staff,
        *plan.goals,
        *plan.objectives,
        *plan.links,
        *plan.segments,
    ]
    rows += [*plan.targets, *plan.measurements, *(item for _, item in measurements(plan))]
    rows += [{**kpi, "source": None} for kpi in plan.kpis]
    for row in rows:
        for field in row.keys() & known.keys():
            if field in ("source", "target") and row.get("type") is None:
                continue  # a system, or a number
            named = row[field] if isinstance(row[field], list) else [row[field]]
            assert set(named) - {None} <= known[field], (field, row)


def test_whoever_is_referred_to_comes_first(demo: Demo) -> None:
    for rows, key, up in ((demo.plan.owners, "email", "manager"), (demo.plan.departments, "code", "parent")):
        known = {None}
        for row in rows:
            assert row[up] in known
            known.add(row[key])


def test_the_same_day_gives_the_same_plan(demo: Demo) -> None:
    assert read_demo(demo.today) == demo.plan
    assert read_demo(date(2024, 7, 15)) != demo.plan


def test_relative_dates_count_from_the_period_of_today() -> None:
    plan = read_demo(date(2028, 2, 29))
    goal, objective = plan.goals[0], by_code(plan.objectives)["STORES-3"]
    assert (goal["starts_on"], goal["ends_on"]) == ("2027-01-01", "2029-12-31")
    assert (objective["starts_on"], objective["ends_on"]) == ("2027-01-01", "2029-03-31")
    assert next(link["need_by"] for link in plan.links if "need_by" in link) == "2028-04-24"
    assert plan.organization["vision"]["horizon"] == "2032-12-31"
    assert [latest(plan, kpi)["period"] for kpi in ("OTIF", "OMNI", "AUDIT-GRADE")] == [
        *("2028-W08", "2028-01", "2027-Q4"),
    ]
    assert latest(read_demo(date(2027, 1, 1)), "OTIF")["period"] == "2026-W52"


def test_values_cover_twenty_four_months_and_end_before_today(demo: Demo) -> None:
    for kpi, item in measurements(demo.plan):
        assert parse_period(item["period"]).last_day < demo.today, (kpi, item)
    months = [last_ended(demo.today, Cadence.MONTHLY).previous(n).text for n in range(23, -1, -1)]
    assert [item["period"] for kpi, item in measurements(demo.plan) if kpi == "OMNI"] == months
    assert [batch["round"] for batch in demo.plan.engagement] == months
    cadences = {kpi["code"]: kpi["cadence"] for kpi in demo.plan.kpis} | dict.fromkeys(BUILT_IN, "monthly")
    for kpi, item in measurements(demo.plan):
        assert parse_period(item["period"]).cadence == cadences[kpi]


def test_every_typed_red_value_has_a_note(demo: Demo) -> None:
    reds = [item for kpi, item in measurements(demo.plan) if assessment(demo.plan, kpi, item).status == "red"]
    assert len(reds) >= 10
    assert [item for item in reds if not item.get("note")] == []


def test_every_value_is_judged_by_a_target(demo: Demo) -> None:
    for kpi, item in measurements(demo.plan):
        if "value" in item:
            assert assessment(demo.plan, kpi, item).status is not Status.UNKNOWN, (kpi, item)
        else:
            assert item["not_applicable"] is True
            assert item["note"]


def test_targets_are_in_order_and_do_not_overlap(demo: Demo) -> None:
    spans = defaultdict(list)
    for target in demo.plan.targets:
        assert check_thresholds(thresholds(target), directions(demo.plan)[target["kpi"]]) == []
        assert by_code(demo.plan.kpis).get(target["kpi"], {}).get("baseline") != target.get("target", "none")
        end = None if target["to"] is None else parse_period(target["to"])
        spans[target["kpi"], target.get("department")].append((parse_period(target["from"]), end))
    for own in spans.values():
        for one, other in pairwise(own):
            assert not ranges_overlap(*one, other_from=other[0], other_to=other[1])


def test_counts_make_the_value_they_stand_behind(demo: Demo) -> None:
    counted = [item for _, item in measurements(demo.plan) if "denominator" in item]
    assert len(counted) > 200
    for item in counted:
        assert abs(100 * item["numerator"] / item["denominator"] - item["value"]) < 0.0051


def test_a_correction_comes_after_the_value_it_corrects(demo: Demo) -> None:
    seen: dict[tuple[str, str, str], float] = {}
    corrected = 0
    for batch in demo.plan.measurements:
        keys = [(batch["kpi"], item["period"], item["department"]) for item in batch["items"]]
        assert len(set(keys)) == len(keys)
        for key, item in zip(keys, batch["items"], strict=True):
            assert ("reason" in item) == (key in seen)
            if key in seen:
                assert item["value"] != seen[key]
                corrected += 1
            seen[key] = item.get("value")
    assert corrected == 3


def test_the_engagement_feed_has_a_small_group_and_a_segment_that_waits(demo: Demo) -> None:
    items = [item for batch in demo.plan.engagement for item in batch["items"]]
    for item in items:
        assert 0 <= item["value"] <= 10
        assert item["respondents"] <= item["invited"]
        assert date.fromisoformat(item["observed_at"][:10]) < demo.today
    mapped = {row["segment"]: row["department"] for row in demo.plan.segments}
    assert {item["segment"] for item in items} - mapped.keys() == {"ph-2090"}
    small = Counter(item["segment"] for item in items if item["respondents"] < MINIMUM_GROUP)
    assert [mapped[segment] for segment in small] == ["SERVICES"]
    assert small["ph-1005"] == 4
