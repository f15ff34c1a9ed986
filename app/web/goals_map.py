"""`/goals/map`: the strategy on one sheet, from the vision to the objectives, with its findings on it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, ConfigDict

from app.deps import SessionDep
from app.domain.branches import list_held
from app.domain.linkage.findings import ObjectKind, Severity
from app.domain.map_layout import VISION
from app.domain.map_order import Arrangement, Branch, MapLink, MapPlan, arrange_map
from app.domain.permissions import Permission, require
from app.domain.words import NodeKind, NodeStatus
from app.errors import Invalid
from app.models.base import Reference
from app.queries.departments import DepartmentPlace, list_department_places
from app.queries.linkage import count_findings_by_object
from app.queries.organization import find_organization, find_vision, today_of
from app.queries.strategy_map import MapNode, MapRows, read_strategy_map
from app.web.charts import MapCard, MapMark, draw_strategy_map
from app.web.deps import PersonDep
from app.web.forms import Contract, blank_is_none
from app.web.render import page

router = APIRouter(include_in_schema=False)
# Wider maps scroll, unless they are asked to fit.
WIDEST = 1340
_NO_VISION = "No vision has been written down yet"
_PAGES = {NodeKind.GOAL: "/goals/", NodeKind.OBJECTIVE: "/objectives/"}


class MapQuery(Contract):
    """Whose objectives are on the map, and whether a wide one is made smaller."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    department: Annotated[Reference | None, BeforeValidator(blank_is_none)] = None
    size: Annotated[Literal["fit"] | None, BeforeValidator(blank_is_none)] = None


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A box of the map as a line of the list beside it."""

    card: MapCard
    below: list["MapEntry"]


@router.get("/goals/map")
async def show_goal_map(
    request: Request, session: SessionDep, person: PersonDep, asked: Annotated[MapQuery, Query()]
) -> Response:
    """The strategy map; the same address shows the same."""
    require(person, Permission.GOALS_READ)
    organization = await find_organization(session, actor=person)
    vision = await find_vision(session, organization)
    places = await list_department_places(session, actor=person)
    rows = choose_part(await read_strategy_map(session, actor=person), asked.department, places)
    counted = (ObjectKind.GOAL, ObjectKind.OBJECTIVE)
    counts = await count_findings_by_object(session, counted, actor=person)
    cards = _make_cards(rows, counts, vision.statement if vision else _NO_VISION)
    arrangement = arrange_map(write_plan(rows))
    figures = _sum_up(rows, arrangement, counts)
    picture, layout = draw_strategy_map(
        arrangement,
        cards,
        label=f"Strategy map of {organization.name}",
        about=f"{figures}. The same is told as a list below.",
        looks=f"strategy-map{' fit' if asked.size else ''}",
    )
    return page(
        request,
        "goals/map.html",
        asked=asked,
        organization=organization,
        day=f"{await today_of(session):%-d %B %Y}",
        figures=figures,
        picture=picture,
        wide=layout.width > WIDEST,
        entries=_list_entries(arrangement, cards),
        apart=[_list_branch(branch, cards) for branch in arrangement.apart],
        departments=[(place.code, place.name) for place in places],
    )


def choose_part(rows: MapRows, department: str | None, places: Sequence[DepartmentPlace]) -> MapRows:
    """The objectives of a department and of all below it, with all they lead to; goals and themes stay."""
    if department is None:
        return rows
    named = department.casefold()
    chosen = [place.id for place in places if named in (place.code.casefold(), str(place.id))]
    if not chosen:
        raise Invalid.at("?department", "unknown_reference", f"There is no department {department}.")
    inside: dict[UUID, list[UUID]] = defaultdict(list)
    for place in places:
        if place.parent_id:
            inside[place.parent_id].append(place.id)
    below = list_held(chosen, inside)
    leads: dict[UUID, list[UUID]] = defaultdict(list)
    for source, target, _ in rows.links:
        leads[source].append(target)
    shown = list_held([node.id for node in rows.objectives if node.above in below], leads)
    return rows._replace(objectives=[node for node in rows.objectives if node.id in shown])


def write_plan(rows: MapRows) -> MapPlan:
    """The same by keys, as it is laid out."""
    return MapPlan(
        themes=[str(node.id) for node in rows.themes],
        goals={str(node.id): str(node.above) if node.above else None for node in rows.goals},
        objectives=[str(node.id) for node in rows.objectives],
        links=[
            MapLink(str(source), str(target), float(weight or 0)) for source, target, weight in rows.links
        ],
    )


def _make_cards(rows: MapRows, counts: Mapping[UUID, Counter[Severity]], vision: str) -> dict[str, MapCard]:
    cards = {VISION: MapCard(VISION, "vision", "", vision, None)}
    for node in (*rows.themes, *rows.goals, *rows.objectives):
        page_of_kind = _PAGES.get(node.kind)
        href = page_of_kind + quote(node.code) if page_of_kind else None
        cards[str(node.id)] = MapCard(
            key=str(node.id),
            kind=node.kind,
            code=node.code,
            title=node.title,
            href=href,
            about=node.place,
            pending="" if node.status is NodeStatus.ACTIVE else node.status,
            mark=_make_mark(node, counts.get(node.id), href),
        )
    return cards


def _make_mark(node: MapNode, counts: Counter[Severity] | None, href: str | None) -> MapMark | None:
    if not counts or href is None:
        return None
    worst = next(severity for severity in Severity if counts[severity])
    told = ", ".join(f"{counts[each]} {each}" for each in Severity if counts[each])
    number = sum(counts.values())
    words = f"{_count(number, 'finding')} about {node.code}: {told}"
    return MapMark(worst, number, f"{href}#findings", words)


def _sum_up(rows: MapRows, arrangement: Arrangement, counts: Mapping[UUID, Counter[Severity]]) -> str:
    shown: Collection[UUID] = {node.id for node in (*rows.goals, *rows.objectives)}
    open_ones = sum(sum(each.values()) for key, each in counts.items() if key in shown)
    apart = sum(_count_branch(branch) for branch in arrangement.apart)
    told = [
        _count(len(rows.themes), "theme"),
        _count(len(rows.goals), "goal"),
        _count(len(rows.objectives), "objective"),
    ]
    told += (
        [f"{apart} of them lead to no goal" if apart != 1 else "1 of them leads to no goal"] if apart else []
    )
    return f"{', '.join(told)}; {_count(open_ones, 'open finding')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _count_branch(branch: Branch) -> int:
    return 1 + sum(map(_count_branch, branch.twigs))


def _list_entries(arrangement: Arrangement, cards: Mapping[str, MapCard]) -> list[MapEntry]:
    entries: list[MapEntry] = []
    for pillar in arrangement.pillars:
        goals = [
            MapEntry(cards[column.goal], _list_branches(column.branches, cards)) for column in pillar.columns
        ]
        entries += goals if pillar.theme is None else [MapEntry(cards[pillar.theme], goals)]
    return entries


def _list_branches(branches: Iterable[Branch], cards: Mapping[str, MapCard]) -> list[MapEntry]:
    return [_list_branch(branch, cards) for branch in branches]


def _list_branch(branch: Branch, cards: Mapping[str, MapCard]) -> MapEntry:
    return MapEntry(cards[branch.key], _list_branches(branch.twigs, cards))
