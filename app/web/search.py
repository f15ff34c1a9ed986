"""`/search`: one field over everything the person may see, and results under their kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from app.checking import load_rules
from app.deps import SessionDep
from app.domain.search import split_search
from app.queries.search import MOST_OF_A_KIND, SearchHit, search_everything
from app.web.deps import PersonDep
from app.web.render import page

router = APIRouter(include_in_schema=False)
LONGEST_SHOWN = 200
_KINDS = {
    "goal": ("Goals", "/goals/"),
    "objective": ("Objectives", "/objectives/"),
    "initiative": ("Initiatives", "/initiatives/"),
    "kpi": ("KPIs", "/kpis/"),
    "department": ("Departments", "/departments/"),
    "owner": ("People", "/owners/"),
    "theme": ("Themes", "/goals/map#at-"),
    "rule": ("Rules of the checker", "/linkage/rules/"),
}


@dataclass(frozen=True, slots=True)
class FoundThing:
    """One result: where it leads, and what it is."""

    href: str
    code: str
    name: str
    about: str | None


@dataclass(frozen=True, slots=True)
class FoundKind:
    """The results of one kind."""

    id: str
    heading: str
    things: list[FoundThing]
    more: bool


@router.get("/search")
async def show_search(
    request: Request,
    session: SessionDep,
    person: PersonDep,
    typed: Annotated[str, Query(alias="q")] = "",
) -> Response:
    """What fits the words; any text is a search."""
    words = split_search(typed)
    hits = await search_everything(session, words, actor=person)
    kinds = [*_group_hits(hits), *_find_rules(words)]
    shown = "".join(letter for letter in typed if letter.isprintable())[:LONGEST_SHOWN].strip()
    return page(
        request,
        "search/show.html",
        typed=shown,
        kinds=sorted(kinds, key=lambda kind: list(_KINDS).index(kind.id)),
        total=sum(len(kind.things) for kind in kinds),
        near=any(hit.near for hit in hits),
        most=MOST_OF_A_KIND,
    )


def _group_hits(hits: Sequence[SearchHit]) -> list[FoundKind]:
    groups = []
    for kind, group in groupby(hits, key=lambda hit: hit.kind):
        heading, place = _KINDS[kind]
        rows = list(group)
        things = [
            FoundThing(place + quote(row.code, safe="@"), row.code, row.name, row.about) for row in rows
        ]
        groups.append(FoundKind(kind, heading, things, rows[0].more))
    return groups


def _find_rules(words: Sequence[str]) -> list[FoundKind]:
    """The rules are the same for everybody."""
    heading, place = _KINDS["rule"]
    named = [(rule.code, rule.slug.replace("-", " ").capitalize(), rule.why) for rule in load_rules()]
    things = [
        FoundThing(place + code, code, name, why)
        for code, name, why in named
        if words and all(word in f"{code} {name}".lower() for word in words)
    ]
    return [FoundKind("rule", heading, things, False)] if things else []
