"""Who stands under whom on a strategy map, and in which order: few lines have to cross others.

No pixels here: where boxes and lines go is in `map_layout`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MOST_SWEEPS = 12


@dataclass(frozen=True, slots=True)
class MapLink:
    """A contribution from an objective to a goal or an objective; `weight` in percent, 0 when not said."""

    source: str
    target: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class MapPlan:
    """What is on the map, by keys that differ: themes, goals (with the theme of each), objectives, links.

    Each in the order of its rank. Links whose ends are not on the map are left out; links may close circles.
    """

    themes: Sequence[str] = ()
    goals: Mapping[str, str | None] = field(default_factory=dict)
    objectives: Sequence[str] = ()
    links: Sequence[MapLink] = ()


@dataclass(slots=True)
class Branch:
    """An objective, and the objectives that stand under it because they contribute to it first of all."""

    key: str
    link: MapLink | None = None
    twigs: list["Branch"] = field(default_factory=list)


@dataclass(slots=True)
class Column:
    """A goal with the objectives that contribute to it first of all."""

    goal: str
    branches: list[Branch]


@dataclass(slots=True)
class Pillar:
    """A theme (None: goals without one) with its goals."""

    theme: str | None
    columns: list[Column]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The map from left to right; `apart`: what leads to no goal; `others`: links beside the first ones."""

    pillars: list[Pillar]
    apart: list[Branch]
    others: list[MapLink]


def arrange_map(plan: MapPlan) -> Arrangement:
    """Puts each objective under its first target and orders themes and goals by barycentres.

    The first target of an objective is the goal it contributes to with the largest weight, else the
    objective; of equal weights the one of higher rank. Goals that share objectives come close to each other:
    each moves to the mean place of what it shares, inside its theme, and themes likewise (Sugiyama's
    barycentre method, at most 12 sweeps); an order is taken only if it shortens the links between columns.
    Everything is deterministic; O((goals + links) · sweeps).

    >>> plan = MapPlan(["T"], {"G": "T"}, ["A", "B", "C"], [MapLink("A", "G"), MapLink("B", "A")])
    >>> found = arrange_map(plan)
    >>> [branch.key for branch in found.pillars[0].columns[0].branches]
    ['A']
    >>> [branch.key for branch in found.apart]
    ['C']
    """
    links = _list_links(plan)
    forest, apart = _grow_forest(plan, links)
    used = {id(branch.link) for branch in _walk([*apart, *_flatten(forest.values())]) if branch.link}
    others = [link for link in links if id(link) not in used]
    goals = _order_goals(plan, forest, others)
    busy = {link.source for link in others}
    for branches in forest.values():
        # What also leads elsewhere stands on top: its way there is the shortest.
        branches.sort(key=lambda branch: branch.key not in busy)
    return Arrangement(_raise_pillars(plan, goals, forest), apart, others)


def _list_links(plan: MapPlan) -> list[MapLink]:
    sources = set(plan.objectives)
    known = sources | set(plan.goals)
    once: dict[tuple[str, str], MapLink] = {}
    for link in plan.links:
        if link.source in sources and link.target in known and link.source != link.target:
            once.setdefault((link.source, link.target), link)
    return list(once.values())


def _grow_forest(plan: MapPlan, links: Sequence[MapLink]) -> tuple[dict[str, list[Branch]], list[Branch]]:
    """The branches under each goal, and those that lead to none; level by level, so circles end."""
    rank = {key: place for place, key in enumerate([*plan.goals, *plan.objectives])}
    outgoing: dict[str, list[MapLink]] = {}
    incoming: dict[str, list[str]] = {}
    for link in links:
        outgoing.setdefault(link.source, []).append(link)
        incoming.setdefault(link.target, []).append(link.source)
    placed: dict[str, Branch] = {}

    def attach(level: Iterable[str], roots: Mapping[str, list[Branch]]) -> None:
        level = list(level)
        while level:
            waiting = {source for key in level for source in incoming.get(key, ()) if source not in placed}
            level = sorted(waiting, key=rank.__getitem__)
            first = {key: _choose_first(outgoing[key], placed, roots, rank) for key in level}
            for key, link in first.items():
                branch = placed[key] = Branch(key, link)
                over = roots[link.target] if link.target in roots else placed[link.target].twigs
                over.append(branch)

    forest: dict[str, list[Branch]] = {goal: [] for goal in plan.goals}
    attach(plan.goals, forest)
    apart: list[Branch] = []
    # First what leads nowhere at all, then what only leads in circles.
    for key in sorted(plan.objectives, key=lambda key: (key in outgoing, rank[key])):
        if key not in placed:
            placed[key] = Branch(key)
            apart.append(placed[key])
            attach([key], {})
    return forest, apart


def _choose_first(
    links: Iterable[MapLink],
    placed: Mapping[str, Branch],
    roots: Mapping[str, object],
    rank: Mapping[str, int],
) -> MapLink:
    reachable = [link for link in links if link.target in placed or link.target in roots]
    return min(reachable, key=lambda link: (link.target not in roots, -link.weight, rank[link.target]))


def _order_goals(
    plan: MapPlan, forest: Mapping[str, Sequence[Branch]], others: Iterable[MapLink]
) -> list[str]:
    home = {branch.key: goal for goal, branches in forest.items() for branch in _walk(branches)}
    home |= {goal: goal for goal in plan.goals}
    ends = [(home.get(link.source), home.get(link.target)) for link in others]
    ties = [(one, other) for one, other in ends if one and other and one != other]
    theme_rank = {theme: place for place, theme in enumerate(plan.themes)}
    last = len(theme_rank)
    rank = {goal: place for place, goal in enumerate(plan.goals)}
    theme_of = {goal: theme_rank.get(theme or "", last) for goal, theme in plan.goals.items()}
    best = sorted(plan.goals, key=lambda goal: (theme_of[goal], rank[goal]))
    order = best
    for _ in range(MOST_SWEEPS):
        order = _sweep(order, ties, theme_of, homeless=last)
        if _measure(order, ties) < _measure(best, ties):
            best = order
    return best


def _sweep(
    order: Sequence[str], ties: Sequence[tuple[str, str]], theme_of: Mapping[str, int], *, homeless: int
) -> list[str]:
    """One step of the barycentre method; goals without a theme stay at the end."""
    place = {goal: number for number, goal in enumerate(order)}
    near: dict[str, list[float]] = {goal: [] for goal in order}
    for one, other in ties:
        # What they share stands between both.
        between = (place[one] + place[other]) / 2
        near[one].append(between)
        near[other].append(between)
    centre = {goal: sum(found) / len(found) if found else place[goal] for goal, found in near.items()}
    members: dict[int, list[float]] = {}
    for goal in order:
        members.setdefault(theme_of[goal], []).append(centre[goal])
    middle = {theme: (theme == homeless, sum(found) / len(found)) for theme, found in members.items()}
    return sorted(order, key=lambda goal: (middle[theme_of[goal]], theme_of[goal], centre[goal], place[goal]))


def _measure(order: Sequence[str], ties: Iterable[tuple[str, str]]) -> int:
    place = {goal: number for number, goal in enumerate(order)}
    return sum(abs(place[one] - place[other]) for one, other in ties)


def _raise_pillars(plan: MapPlan, goals: Sequence[str], forest: Mapping[str, list[Branch]]) -> list[Pillar]:
    """Themes in the order of their goals; a theme without goals comes after the themes that have some."""
    known = set(plan.themes)
    pillars: dict[str | None, Pillar] = {}
    for goal in goals:
        theme = plan.goals[goal] if plan.goals[goal] in known else None
        pillar = pillars.setdefault(theme, Pillar(theme, []))
        pillar.columns.append(Column(goal, forest[goal]))
    homeless = pillars.pop(None, None)
    empty = [Pillar(theme, []) for theme in plan.themes if theme not in pillars]
    return [*pillars.values(), *empty, *([homeless] if homeless else [])]


def _walk(branches: Iterable[Branch]) -> Iterable[Branch]:
    waiting = list(branches)
    while waiting:
        branch = waiting.pop()
        yield branch
        waiting += branch.twigs


def _flatten(lists: Iterable[list[Branch]]) -> list[Branch]:
    return [branch for branches in lists for branch in branches]
