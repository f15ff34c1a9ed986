"""What pulls apart in a review: guards that are red, dependencies, claims and conflicts. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.domain.review.facts import Dependency, Guard, Named, Overlap, Tensions
from app.domain.review.findings import CLAIMS
from app.domain.review.names import Names, order_of, sort_named
from app.domain.review.readings import find_change, judge_value
from app.domain.review.rows import FindingRow, GuardRow, LinkRow, ReviewRows, ValueRow
from app.domain.scoring import Status, Trend, is_improvement
from app.domain.words import DependencyState

CONFLICT = "conflict"
OWNER = "owner"
LATE = "late"
_PAIR = 2


def tell_tensions(rows: ReviewRows, names: Names) -> Tensions:
    """Guards by KPI, dependencies the latest first, declared conflicts before claims."""
    today = rows.frame.today
    waiting = [_tell_dependency(row, names, today) for row in rows.links if _is_waiting(row, today)]
    overlaps = [*_list_conflicts(rows.links, names), *_list_claims(rows.findings, names)]
    return Tensions(
        guards=tuple(sorted(_list_guards(rows, names), key=_order_guard)),
        dependencies=tuple(sorted(waiting, key=_order_dependency)),
        overlaps=tuple(sorted(overlaps, key=_order_overlap)),
    )


def _list_guards(rows: ReviewRows, names: Names) -> Iterator[Guard]:
    """Pairs of which, at one place in one review, the KPI got better while its guard is red."""
    told: dict[str, dict[UUID | None, ValueRow]] = defaultdict(dict)
    for row in rows.values:
        told[row.kpi.id][row.place] = row
    for pair in rows.frame.guards:
        places = _list_breaches(pair, told)
        if places:
            kpi, guard = (told[each][places[0]].kpi for each in pair)
            where = names.places(places)
            yield Guard(kpi=kpi, guard=guard, departments=where, words=_say_breach(kpi, guard, where))


def _list_breaches(pair: GuardRow, told: Mapping[str, Mapping[UUID | None, ValueRow]]) -> list[UUID | None]:
    guarded, guards = told.get(pair.kpi, {}), told.get(pair.guard, {})
    return [
        place
        for place, row in guarded.items()
        if place in guards and _got_better(row) and judge_value(guards[place]) is Status.RED
    ]


def _got_better(row: ValueRow) -> bool:
    change = None if row.suppressed else find_change(row.value, row.before)
    if not change:
        return False
    return is_improvement(Trend.UP if change > 0 else Trend.DOWN, row.direction) is True


def _say_breach(kpi: Named, guard: Named, where: Sequence[Named]) -> str:
    at = f" in {' and '.join(each.name for each in where)}" if where else ""
    return f"{kpi.name} got better while {guard.name}, which guards it, is red{at}."


def _is_waiting(row: LinkRow, today: date) -> bool:
    """Late, declined or not answered; what is promised and not due yet is under way."""
    if row.state is None:
        return False
    return row.state is not DependencyState.ACCEPTED or _count_late(row, today) > 0


def _count_late(row: LinkRow, today: date) -> int:
    return 0 if row.need_by is None else max((today - row.need_by).days, 0)


def _tell_dependency(row: LinkRow, names: Names, today: date) -> Dependency:
    late = _count_late(row, today)
    accepted = row.state is DependencyState.ACCEPTED
    return Dependency(
        needs=row.source.thing,
        needed=row.target.thing,
        from_department=names.place(row.source.department),
        to_department=names.place(row.target.department),
        need_by=row.need_by,
        state=LATE if accepted else str(row.state),
        late_days=late,
    )


def _list_conflicts(links: Iterable[LinkRow], names: Names) -> Iterator[Overlap]:
    for row in links:
        if row.state is None:
            why = f": {row.rationale.rstrip('.')}" if row.rationale else ""
            first, second = row.source.thing, row.target.thing
            yield Overlap(
                kind=CONFLICT,
                first=first,
                second=second,
                people=names.people([row.source.owner, row.target.owner]),
                words=f"“{first.name}” and “{second.name}” are declared to be in conflict{why}.",
            )


def _list_claims(findings: Iterable[FindingRow], names: Names) -> Iterator[Overlap]:
    """What the checker found: the first two objects stand for all."""
    for row in findings:
        pair = sort_named(row.objects)[:_PAIR]
        if row.is_open and row.rule in CLAIMS and len(pair) == _PAIR:
            people = names.people(row.owners)
            yield Overlap(kind=OWNER, first=pair[0], second=pair[1], people=people, words=row.message)


def _order_guard(guard: Guard) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    return order_of(guard.kpi), order_of(guard.guard)


def _order_dependency(told: Dependency) -> tuple[int, date, tuple[str, str, str], tuple[str, str, str]]:
    return -told.late_days, told.need_by or date.max, order_of(told.needs), order_of(told.needed)


def _order_overlap(told: Overlap) -> tuple[str, tuple[str, str, str], tuple[str, str, str], str]:
    return told.kind, order_of(told.first), order_of(told.second), told.words
