"""The tree of `/goals` as its template prints it: rows with KPIs, marks and findings. No route is here."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

from app.domain.branches import Branch, grow_branches, list_aligned, list_held, list_loose_roots
from app.domain.linkage.findings import Severity
from app.domain.linkage.wording import word_count, word_day
from app.domain.scoring import Status
from app.domain.words import NodeKind, NodeStatus
from app.queries.goals_rows import GoalTreeRows, KpiRow, NodeRow
from app.web.kpi_lines import KpiLine, judge_kpi, write_kpi_line

Flag = tuple[Severity, str]
Counts = Mapping[UUID, Counter[Severity]]
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(slots=True)
class TreeRow:
    """A goal or objective at one place of the tree.

    `anchor`: its id in the page, at the place where its own branch is; elsewhere `place` leads there.
    `faint`: it is only shown because of what is below it.
    """

    kind: NodeKind
    href: str
    code: str
    title: str
    owner: str | None
    department: str | None
    state: str | None
    ends: str | None
    loose: bool
    trouble: bool
    anchor: str | None
    place: str | None
    also: list[str]
    kpis: list[KpiLine]
    flags: list[Flag]
    summary: str
    trouble_below: str | None
    pulse: list[tuple[Status, int]]
    hidden: int
    faint: bool
    below: list["TreeRow"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TreeGroup:
    """The goals of a theme; a theme without a code stands for what belongs to none."""

    id: str
    code: str | None
    title: str
    kpis: list[KpiLine]
    note: str | None
    rows: list[TreeRow]


@dataclass(frozen=True, slots=True)
class TreeFilter:
    """What is looked for. Departments with all below them."""

    departments: frozenset[UUID] | None = None
    owner: str | None = None
    status: NodeStatus | None = None
    kpi: Status | None = None
    findings: bool = False

    @property
    def is_set(self) -> bool:
        """Is anything looked for at all?"""
        return self != TreeFilter()


@dataclass(frozen=True, slots=True)
class TreeSummary:
    """The whole in numbers."""

    goals: int
    objectives: int
    aligned: int
    kpis: list[tuple[Status, int]]
    flags: list[Flag]
    shown: int
    all: int


def _is_trouble(kpis: Iterable[KpiLine], flags: Iterable[Flag]) -> bool:
    return Severity.ERROR in dict(flags) or any(line.status is Status.RED for line in kpis)


def list_flags(counts: Mapping[Severity, int]) -> list[Flag]:
    """Severities with their numbers in words, the worst first."""
    return [(each, word_count(counts[each], _NOUNS[each])) for each in Severity if counts.get(each)]


class Tree:
    """The plan as a graph of rows; `draw` makes the groups of the page."""

    def __init__(self, rows: GoalTreeRows, counts: Counts, wanted: TreeFilter) -> None:
        self.rows, self.wanted = rows, wanted
        self.nodes = {row.id: row for row in rows.nodes}
        self.below: dict[UUID, list[UUID]] = defaultdict(list)
        self.above: dict[UUID, list[UUID]] = defaultdict(list)
        for edge in rows.edges:
            self.below[edge.target_id].append(edge.source_id)
            self.above[edge.source_id].append(edge.target_id)
        order = {row.id: index for index, row in enumerate(rows.nodes)}
        for sources in self.below.values():
            sources.sort(key=order.__getitem__)
        self.kpis: dict[UUID, list[KpiRow]] = defaultdict(list)
        for kpi in rows.kpis:
            self.kpis[kpi.node_id].append(kpi)
        self.status_of = {kpi.id: judge_kpi(kpi, rows.today)[0] for kpi in rows.kpis}
        self.counts = self._add_up(counts)
        goals = [row.id for row in rows.nodes if row.kind is NodeKind.GOAL]
        live = {row.id for row in rows.nodes if row.status == NodeStatus.ACTIVE}
        self.goals, self.live = goals, live
        self.aligned = list_aligned(goals, self.below, live=live)
        self.held = list_held(goals, self.below)
        self.matches = {row.id for row in rows.nodes if self._matches(row)}
        self.kept = list_held(self.matches, self.above) if wanted.is_set else set(self.nodes)

    def draw(self) -> list[TreeGroup]:
        """A group for each theme, for goals without one, and for what reaches no goal."""
        drawn: set[UUID] = set()
        groups = list(self._draw_themes(drawn))
        objectives = [row.id for row in self.rows.nodes if row.kind is NodeKind.OBJECTIVE]
        loose = list_loose_roots(objectives, self.above, drawn=self.held)
        rows = self._draw_rows(grow_branches(loose, self.below, drawn=drawn))
        if rows:
            title = "Objectives that reach no goal"
            note = "Work that serves nothing the organization has agreed on, as far as anybody has said."
            groups.append(TreeGroup("loose", None, title, [], note, rows))
        return groups

    def sum_up(self) -> TreeSummary:
        """The numbers of the whole plan, whatever is looked for."""
        objectives = [row.id for row in self.rows.nodes if row.kind is NodeKind.OBJECTIVE]
        alive = [each for each in objectives if each in self.live]
        all_nodes = [*self.goals, *objectives]
        return TreeSummary(
            goals=sum(goal in self.live for goal in self.goals),
            objectives=len(alive),
            aligned=sum(each in self.aligned for each in alive),
            kpis=self._count_statuses(self.nodes),
            flags=list_flags(self._count_findings(all_nodes)),
            shown=len(self.matches - {row.id for row in self.rows.nodes if row.kind is NodeKind.THEME}),
            all=len(all_nodes),
        )

    def _draw_themes(self, drawn: set[UUID]) -> Iterator[TreeGroup]:
        of_theme: dict[UUID | None, list[UUID]] = defaultdict(list)
        for goal in self.goals:
            theme = self.nodes[goal].theme_id
            of_theme[theme if theme in self.nodes else None].append(goal)
        for row in self.rows.nodes:
            if row.kind is not NodeKind.THEME:
                continue
            rows = self._draw_rows(grow_branches(of_theme[row.id], self.below, drawn=drawn))
            if rows or not self.wanted.is_set:
                note = None if rows else "No goal serves this theme."
                kpis = [write_kpi_line(kpi, self.rows.today) for kpi in self.kpis[row.id]]
                yield TreeGroup(f"theme-{row.code}", row.code, row.title, kpis, note, rows)
        if rows := self._draw_rows(grow_branches(of_theme[None], self.below, drawn=drawn)):
            yield TreeGroup("no-theme", None, "Goals without a theme", [], None, rows)

    def _draw_rows(self, branches: Iterable[Branch[UUID]]) -> list[TreeRow]:
        return [self._draw_row(branch) for branch in branches if branch.node in self.kept]

    def _draw_row(self, branch: Branch[UUID]) -> TreeRow:
        node = self.nodes[branch.node]
        again, faint = branch.again, self.wanted.is_set and node.id not in self.matches
        lines = [write_kpi_line(kpi, self.rows.today) for kpi in self.kpis[node.id]]
        flags = list_flags(self.counts[node.id])
        row = TreeRow(
            kind=node.kind,
            href=address_of(node.kind, node.code),
            code=node.code,
            title=node.title,
            owner=node.owner,
            department=node.department,
            state=None if node.status == NodeStatus.ACTIVE else node.status,
            ends=self._say_end(node),
            loose=node.id in self.live and node.id not in self.aligned,
            anchor=None if again else f"at-{node.code}",
            place=f"#at-{node.code}" if again else None,
            also=self._list_others(node) if node.kind is NodeKind.OBJECTIVE else [],
            trouble=not faint and _is_trouble(lines, flags),
            kpis=[] if faint else lines,
            flags=[] if faint else flags,
            summary="",
            trouble_below=None,
            pulse=[],
            hidden=branch.hidden,
            faint=faint,
            below=self._draw_rows(branch.below),
        )
        if node.kind is NodeKind.GOAL:
            self._sum_up_goal(row, node.id)
        return row

    def _sum_up_goal(self, row: TreeRow, goal: UUID) -> None:
        branch = list_held([goal], self.below)
        objectives = [each for each in branch if each != goal and each in self.live]
        departments = {self.nodes[each].department_id for each in objectives}
        row.pulse = self._count_statuses(branch)
        if objectives:
            parts = [word_count(len(objectives), "objective"), word_count(len(departments), "department")]
            row.summary = " of ".join(parts)
        else:
            row.summary = "Nothing contributes to it"
        flags = list_flags(self._count_findings(branch - {goal}))
        if flags and flags[0][0] is Severity.ERROR:
            row.trouble_below = f"{flags[0][1]} below"

    def _list_others(self, node: NodeRow) -> list[str]:
        above = [self.nodes[each].code for each in self.above[node.id] if each in self.nodes]
        return sorted(set(above)) if len(set(above)) > 1 else []

    def _say_end(self, node: NodeRow) -> str | None:
        if node.ends_on is None or node.status != NodeStatus.ACTIVE or node.ends_on >= self.rows.today:
            return None
        return f"ended {word_day(node.ends_on)}"

    def _matches(self, row: NodeRow) -> bool:
        wanted = self.wanted
        tests: list[Callable[[], bool]] = [
            lambda: wanted.departments is None or row.department_id in wanted.departments,
            lambda: wanted.owner is None or (row.owner_email or "").casefold() == wanted.owner.casefold(),
            lambda: wanted.status is None or row.status == wanted.status,
            lambda: wanted.kpi is None or wanted.kpi in {self.status_of[kpi.id] for kpi in self.kpis[row.id]},
            lambda: not wanted.findings or bool(self.counts[row.id]),
        ]
        return row.kind is not NodeKind.THEME and all(test() for test in tests)

    def _add_up(self, counts: Counts) -> dict[UUID, Counter[Severity]]:
        """What is said of a node, of the links that start at it and of the KPIs that measure it."""
        sums: dict[UUID, Counter[Severity]] = defaultdict(Counter)
        for identity in self.nodes:
            sums[identity].update(counts.get(identity, {}))
        for edge in self.rows.edges:
            sums[edge.source_id].update(counts.get(edge.id, {}))
        for kpi in self.rows.kpis:
            sums[kpi.node_id].update(counts.get(kpi.id, {}))
        return sums

    def _count_findings(self, nodes: Iterable[UUID]) -> Counter[Severity]:
        return sum((self.counts[node] for node in nodes), Counter())

    def _count_statuses(self, nodes: Collection[UUID]) -> list[tuple[Status, int]]:
        known = {kpi.id for node in nodes for kpi in self.kpis.get(node, ())}
        counts = Counter(self.status_of[kpi] for kpi in known)
        return [(status, counts[status]) for status in Status if counts[status]]


def address_of(kind: NodeKind, code: str) -> str:
    """The page of a goal or objective."""
    return f"/{kind.value}s/{quote(code)}"


def list_owners_of(rows: Sequence[NodeRow]) -> list[tuple[str, str]]:
    """Everybody who owns something of these, for a filter."""
    known = {row.owner_email: row.owner for row in rows if row.owner_email and row.owner}
    return sorted(known.items(), key=lambda pair: pair[1].casefold())
