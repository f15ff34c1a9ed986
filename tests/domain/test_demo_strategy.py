"""The strategy of the demo organization: nothing is wrong by accident, and five things are on purpose.

These are the faults that the linkage rules look for, found here by other means.
"""

from collections import Counter, defaultdict

import pytest

from app.demo.plan import read_demo
from app.domain.linkage.cycles import would_create_cycle
from app.domain.periods import Cadence, last_ended, period_of
from tests.domain.demo_plans import (
    DAYS,
    Demo,
    assessment,
    by_code,
    contributions,
    latest,
    live,
    supporters,
    target_covers,
)


@pytest.fixture(scope="module", params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest) -> Demo:
    return Demo(request.param, read_demo(request.param))


def test_objectives_have_an_owner_in_their_department_and_run_today(demo: Demo) -> None:
    home = {owner["email"]: owner["department"] for owner in demo.plan.owners}
    for row in live(demo.plan.objectives).values():
        assert home[row["owner"]] == row["department"]
    for row in (live(demo.plan.goals) | live(demo.plan.objectives)).values():
        assert row["starts_on"] <= demo.today.isoformat() <= row["ends_on"]
        assert row["why"]
    per_department = Counter(row["department"] for row in live(demo.plan.objectives).values())
    assert per_department.keys() == by_code(demo.plan.departments).keys()
    assert max(per_department.values()) <= 5


def test_links_are_explained_and_close_no_cycle(demo: Demo) -> None:
    edges: dict[str, list[str]] = defaultdict(list)
    for link in demo.plan.links:
        assert link["rationale"]
        if link["type"] != "conflicts_with":
            assert would_create_cycle(edges, source=link["source"], target=link["target"]) is None
            edges[link["source"]].append(link["target"])
        assert (link["type"] == "depends_on") == (link.get("need_by", "") > demo.today.isoformat())


def test_contributions_end_in_time_and_add_up(demo: Demo) -> None:
    nodes = by_code(demo.plan.goals + demo.plan.objectives)
    weights, efforts = defaultdict(list), Counter[str]()
    for link in contributions(demo.plan):
        assert nodes[link["source"]]["ends_on"] <= nodes[link["target"]]["ends_on"]
        weights[link["target"]].append(link.get("weight"))
        efforts[link["source"]] += link.get("effort", 0)
    for given in weights.values():
        assert set(given) == {None} or sum(weight or 0 for weight in given) == 100
    assert set(efforts.values()) <= {0, 100}


def test_every_live_objective_is_measured_by_a_kpi_with_a_current_target(demo: Demo) -> None:
    plan = demo.plan
    measured = {code for kpi in plan.kpis for code in kpi["measures"]}
    assert live(plan.objectives).keys() <= measured <= (live(plan.goals) | live(plan.objectives)).keys()
    for kpi in plan.kpis:
        current = period_of(demo.today, Cadence(kpi["cadence"])).text
        own = [row for row in plan.targets if row["kpi"] == kpi["code"] and row.get("department") is None]
        assert sum(target_covers(row, current) for row in own) == 1


def test_no_kpi_is_slower_than_those_of_the_node_it_serves(demo: Demo) -> None:
    cadences = defaultdict(list)
    for kpi in demo.plan.kpis:
        for code in kpi["measures"]:
            cadences[code].append(Cadence(kpi["cadence"]))
    for link in contributions(demo.plan):
        fastest = min(cadences[link["target"]], default=Cadence.YEARLY)
        assert max(cadences[link["source"]]) <= fastest


def test_cross_functional_goals_are_carried_by_departments_and_none_carries_all(demo: Demo) -> None:
    objectives, reached = live(demo.plan.objectives), supporters(demo.plan)
    aligned = set().union(*reached.values())
    for code, goal in live(demo.plan.goals).items():
        assert len(reached[code]) <= len(aligned) / 2
        if goal["cross_functional"]:
            assert len({objectives[source]["department"] for source in reached[code]}) >= 2


def test_story_1_two_leaders_believe_they_own_the_digital_transformation(demo: Demo) -> None:
    objectives = list(live(demo.plan.objectives).values())
    words = {row["code"]: set(row["title"].casefold().split()) for row in objectives}
    near = [
        (one, other)
        for position, one in enumerate(objectives)
        for other in objectives[position + 1 :]
        if len(words[one["code"]] ^ words[other["code"]]) <= 2
    ]
    assert [(one["code"], other["code"]) for one, other in near] == [("STORES-3", "ONLINE-1")]
    assert near[0][0]["department"] != near[0][1]["department"]
    assert near[0][0]["owner"] != near[0][1]["owner"]
    claims = [link for link in demo.plan.links if link["source"] in ("STORES-3", "ONLINE-1")]
    claims = [link for link in claims if link["target"] == "G2"]
    assert len(claims) == 2
    assert all("is responsible for the whole journey" in link["rationale"] for link in claims)
    shared = [kpi["code"] for kpi in demo.plan.kpis if {"STORES-3", "ONLINE-1"} <= set(kpi["measures"])]
    assert shared == ["OMNI"]


def test_story_2_output_improves_while_the_quality_that_guards_it_breaks(demo: Demo) -> None:
    plan, kpis = demo.plan, by_code(demo.plan.kpis)
    assert kpis["LINE-OUTPUT"]["guards"] == ["COMPLAINTS"]
    output, complaints = latest(plan, "LINE-OUTPUT"), latest(plan, "COMPLAINTS")
    assert output["value"] > 1.1 * latest(plan, "LINE-OUTPUT", months_before=12)["value"]
    assert assessment(plan, "LINE-OUTPUT", output).status == "green"
    assert assessment(plan, "COMPLAINTS", complaints).status == "red"
    year_ago = latest(plan, "COMPLAINTS", months_before=12)
    assert assessment(plan, "COMPLAINTS", year_ago).status == "green"
    conflicts = [link for link in plan.links if link["type"] == "conflicts_with"]
    assert [(link["source"], link["target"]) for link in conflicts] == [("SUPPLY-1", "QUALITY-1")]
    assert kpis["LINE-OUTPUT"]["measures"] + kpis["COMPLAINTS"]["measures"] == ["SUPPLY-1", "QUALITY-1"]


def test_story_3_one_department_works_on_nothing_strategic(demo: Demo) -> None:
    aligned = set().union(*supporters(demo.plan).values())
    objectives = live(demo.plan.objectives)
    assert {row["department"] for code, row in objectives.items() if code not in aligned} == {"SERVICES"}
    services = {code for code, row in objectives.items() if row["department"] == "SERVICES"}
    assert not services & aligned
    touching = [link for link in demo.plan.links if services & {link["source"], link["target"]}]
    assert [link["type"] for link in touching] == ["supports"]


def test_story_4_nobody_supports_one_goal(demo: Demo) -> None:
    assert [code for code, reached in supporters(demo.plan).items() if not reached] == ["G5"]
    assert "G5" not in {link["target"] for link in demo.plan.links}


def test_story_5_one_kpi_has_had_no_value_for_four_months(demo: Demo) -> None:
    kpis = by_code(demo.plan.kpis)
    ended = {code: last_ended(demo.today, Cadence(kpi["cadence"])) for code, kpi in kpis.items()}
    behind = {
        code: next(n for n in range(24) if ended[code].previous(n).text == latest(demo.plan, code)["period"])
        for code in kpis
    }
    assert {code: n for code, n in behind.items() if n > 1} == {"COLLECT-WAIT": 4}
    waiting = {code for code, n in behind.items() if n == 1}
    assert all(kpis[code]["grace_days"] >= 31 for code in waiting)
