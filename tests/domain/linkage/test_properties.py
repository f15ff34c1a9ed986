"""What holds for every plan: alignment and cycles as networkx sees them, findings that only facts change."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.linkage.checking import Document, Found, assemble, find_all, name_finding, name_findings
from tests.domain.linkage.random_plans import TITLES, goal_graphs, plan_files
from tests.domain.linkage.relabelling import list_codes, relabel, relabel_found

modestly = settings(max_examples=40, deadline=None)
thoroughly = settings(max_examples=100, deadline=None)

# Rules that compare titles or names.
READERS = ("L111", "L305", "L505")


def contributions(document: Document, *, among: set[str] | None = None) -> "networkx.DiGraph[str]":
    """The graph of the `contributes` links, of all nodes or of some."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    nodes = {*list_codes(document, "goals"), *list_codes(document, "objectives")}
    graph.add_nodes_from(nodes)
    contributes = [row for row in document["links"] if row["type"] == "contributes"]
    graph.add_edges_from((row["source"], row["target"]) for row in contributes)
    return graph.subgraph(nodes if among is None else among).copy()


def live(document: Document, noun: str) -> set[str]:
    """The codes of what is live."""
    return {row["code"] for row in document[noun] if row["status"] == "active"}


def reach_of(document: Document) -> dict[str, set[str]]:
    """For each live node all that it reaches along links between live nodes, itself left out."""
    graph = contributions(document, among=live(document, "goals") | live(document, "objectives"))
    return {node: set(networkx.descendants(graph, node)) for node in graph}


def about(kind: str, codes: set[str]) -> Counter[Found]:
    """An error for each of these."""
    return Counter(("error", frozenset({(kind, code)})) for code in codes)


def tally(document: Document, *, but: tuple[str, ...] = ()) -> Counter[tuple[str, Found]]:
    """How often each finding is told; of all rules, or but some."""
    return Counter(
        (finding.rule, name_finding(finding)) for finding in find_all(document) if finding.rule not in but
    )


NAMES = [
    *(("title", noun) for noun in ("goals", "objectives", "initiatives")),
    *(("name", noun) for noun in ("themes", "departments", "owners", "kpis")),
]


def write(noun: str, **fields: Any) -> Callable[[Document, str], None]:
    """A repair: these values in the row of the object."""

    def mend(document: Document, code: str) -> None:
        [row] = [row for row in document[noun] if row["code"] == code]
        row |= fields

    return mend


def weigh_nothing(document: Document, code: str) -> None:
    """A repair: the links to the node carry no weights."""
    for row in document["links"]:
        if row["target"] == code:
            row["weight"] = None


def take_thresholds(document: Document, code: str) -> None:
    """A repair: the KPI has no baseline, its targets neither amber nor red."""
    [row] = [row for row in document["kpis"] if row["code"] == code]
    row["baseline"] = None
    for target in row["targets"]:
        target |= {"amber": None, "red": None}


# What mends a finding of a rule and touches nothing that another rule looks at.
MENDED: dict[str, Callable[[Document, str], None]] = {
    "L102": write("goals", theme="T1"),
    "L106": write("kpis", measures=["T1"]),
    "L109": write("links", rationale="So that trains leave on time."),
    "L112": weigh_nothing,
    "L115": write("links", affirmed_at="2026-11-21T00:00:00Z"),
    "L303": take_thresholds,
    "L602": write("goals", cross_functional=False),
}


@given(goal_graphs())
@thoroughly
def test_a_cycle_is_found_exactly_where_networkx_finds_one(document: Document) -> None:
    graph = contributions(document)
    sets = [frozenset(knot) for knot in networkx.strongly_connected_components(graph)]
    knots = [knot for knot in sets if len(knot) > 1 or graph.has_edge(*knot, *knot)]
    expected = Counter(("error", frozenset(("objective", code) for code in knot)) for knot in knots)
    assert Counter(name_findings(document, "L107")) == expected


@given(goal_graphs())
@thoroughly
def test_what_is_aligned_is_what_reaches_a_live_goal_the_slow_way(document: Document) -> None:
    reach, goals, objectives = reach_of(document), live(document, "goals"), live(document, "objectives")
    aligned = {code for code in objectives if reach[code] & goals}
    plan = assemble(document)
    assert {node.code for node, yes in zip(plan.nodes, plan.graph.aligned, strict=True) if yes} == aligned
    for goal in plan.graph.live_goals:
        reaching = {plan.nodes[node].code for node in plan.graph.list_reaching(int(goal))}
        assert reaching == {code for code in aligned if plan.nodes[goal].code in reach[code]}
    everything = contributions(document)
    orphans = {code for code in objectives if not everything.out_degree(code)}
    assert Counter(name_findings(document, "L101")) == about("objective", orphans)
    tied = {code for code in objectives if reach[code] or everything.has_edge(code, code)}
    assert Counter(name_findings(document, "L103")) == about("objective", tied - aligned)
    reached = {goal for code in aligned for goal in reach[code]}
    assert Counter(name_findings(document, "L601")) == about("goal", goals - reached)


@given(plan_files(), st.randoms(use_true_random=False))
@modestly
def test_other_codes_permute_the_findings_and_nothing_else(document: Document, chance: Any) -> None:
    new: dict[str, str] = {}
    for noun in ("themes", "departments", "owners", "goals", "objectives", "initiatives", "kpis"):
        codes = list_codes(document, noun)
        new |= dict(zip(codes, chance.sample(codes, len(codes)), strict=True))
    expected = Counter((rule, relabel_found(found, new)) for rule, found in tally(document).elements())
    assert tally(relabel(document, new)) == expected


@given(plan_files(), st.randoms(use_true_random=False))
@modestly
def test_the_order_of_the_file_changes_nothing(document: Document, chance: Any) -> None:
    shuffled = deepcopy(document)
    for rows in [shuffled[noun] for noun in shuffled if noun != "today"]:
        chance.shuffle(rows)
    for row in [*shuffled["kpis"], *shuffled["initiatives"]]:
        chance.shuffle(row.get("measures", row.get("supports")))
        chance.shuffle(row.get("targets", []))
        row["last_period"] = dict(reversed(row.get("last_period", {}).items()))
    told = [(each.rule, each.severity, each.objects, each.fingerprint) for each in find_all(document)]
    again = [(each.rule, each.severity, each.objects, each.fingerprint) for each in find_all(shuffled)]
    assert again == told


@given(plan_files())
@modestly
def test_findings_are_the_same_each_time_sorted_and_told_apart(document: Document) -> None:
    findings = find_all(document)
    assert find_all(deepcopy(document)) == findings
    keys = [(each.rule, [(item.code.casefold(), item.code) for item in each.objects]) for each in findings]
    assert keys == sorted(keys)
    assert len({each.fingerprint for each in findings}) == len(findings)
    assert all(each.objects and each.message and each.why and each.fix for each in findings)


@given(plan_files(), st.randoms(use_true_random=False))
@modestly
def test_new_titles_change_no_fingerprint(document: Document, chance: Any) -> None:
    told = Counter(each.fingerprint for each in find_all(document))
    louder, other = deepcopy(document), deepcopy(document)
    for field, noun in NAMES:
        for row in louder[noun]:
            row[field] = f" {row[field].upper()}!"
        for row in other[noun]:
            row[field] = f"{chance.choice(TITLES)} {chance.random()}"
    assert Counter(each.fingerprint for each in find_all(louder)) == told
    readers = Counter(each.fingerprint for each in find_all(document) if each.rule in READERS)
    others = Counter(each.fingerprint for each in find_all(other) if each.rule not in READERS)
    assert others == told - readers


@given(plan_files(), st.randoms(use_true_random=False))
@thoroughly
def test_a_fault_that_is_mended_disappears_and_no_other_finding_changes(
    document: Document, chance: Any
) -> None:
    found = [finding for finding in find_all(document) if finding.rule in MENDED]
    if found:
        broken = chance.choice(found)
        [item] = broken.objects
        mended = deepcopy(document)
        MENDED[broken.rule](mended, item.code)
        left = tally(document) - Counter([(broken.rule, name_finding(broken))])
        assert tally(mended) == left
