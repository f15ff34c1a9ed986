"""The departments that surveys speak of, as a tree: by name for whoever makes surveys or reads results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.deps import SessionDep
from app.queries._find import load_named
from app.queries.surveys import read_department_tree

STEP = "\u2003"


@dataclass(frozen=True, slots=True)
class SurveyPlace:
    """A department: how it is called and how deep it lies among those that are spoken of."""

    id: UUID
    code: str
    name: str
    depth: int = 0


async def list_survey_places(session: SessionDep, only: Iterable[UUID] | None = None) -> list[SurveyPlace]:
    """All departments, or only some, each below the nearest one above it that is there."""
    parents = await read_department_tree(session)
    wanted = set(parents if only is None else only)
    names = await load_named(session, {"departments": wanted})
    below: dict[UUID | None, list[UUID]] = {}
    for department in sorted(wanted, key=lambda each: (names[each][1].lower(), names[each][0])):
        below.setdefault(_find_above(parents, department, wanted), []).append(department)
    places = []
    pending = [(each, 0) for each in reversed(below.get(None, []))]
    while pending:
        department, depth = pending.pop()
        places.append(SurveyPlace(department, *names[department], depth))
        pending += [(each, depth + 1) for each in reversed(below.get(department, []))]
    return places


def _find_above(parents: Mapping[UUID, UUID | None], department: UUID, wanted: set[UUID]) -> UUID | None:
    seen = {department}
    above = parents.get(department)
    while above is not None and above not in wanted and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above
