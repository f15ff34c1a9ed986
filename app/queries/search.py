"""Finding things by what they are called, over everything an actor may see: one statement."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.domain.permissions import Actor, Permission, may
from app.domain.search import list_near_patterns
from app.models.departments import Department
from app.models.goals import Goal
from app.models.initiatives import Initiative
from app.models.kpis import Kpi
from app.models.objectives import Objective
from app.models.owners import Owner
from app.models.themes import Theme
from app.queries._reach import shows

MOST_OF_A_KIND = 25
_NODE_READ, _PEOPLE_READ = Permission.GOALS_READ, Permission.DIRECTORY_READ
_NEVER = 9


class SearchHit(NamedTuple):
    """One thing that was found. `about` is where it belongs; `near`: only with a letter or two changed."""

    kind: str
    id: UUID
    code: str
    name: str
    about: str | None
    near: bool
    more: bool


async def search_everything(session: AsyncSession, words: list[str], *, actor: Actor) -> list[SearchHit]:
    """What has all the words in its code, name or place; only without any such thing, what is nearly so.

    The best first within each kind: the code itself, its beginning, the name's beginning, anything else.
    """
    parts = _list_parts(actor)
    if not words or not parts:
        return []
    things = union_all(*parts).cte("things")
    text = func.lower(things.c.code + " " + things.c.name + " " + func.coalesce(things.c.about, ""))
    exact = _pick(things, and_(*(text.contains(word, autoescape=True) for word in words)), words[0], False)
    exact_rows = exact.cte("exact_rows")
    near = and_(
        ~exists().select_from(exact_rows),
        *(or_(*(text.like(pattern) for pattern in list_near_patterns(word))) for word in words),
    )
    found = union_all(select(exact_rows), _pick(things, near, words[0], True)).cte("found")
    number = func.row_number().over(partition_by=found.c.kind, order_by=(found.c.rank, found.c.code))
    total = func.count().over(partition_by=found.c.kind)
    ranked = select(found, number.label("number"), total.label("total")).cte("ranked")
    columns = (ranked.c.kind, ranked.c.id, ranked.c.code, ranked.c.name, ranked.c.about, ranked.c.near)
    shown = select(*columns, (ranked.c.total > MOST_OF_A_KIND).label("more"))
    shown = shown.where(ranked.c.number <= MOST_OF_A_KIND).order_by(ranked.c.kind, ranked.c.number)
    return [SearchHit(*row) for row in await session.execute(shown)]


def _pick(things: CTE, condition: ColumnElement[bool], first: str, near: bool) -> Select[Any]:
    code, name = func.lower(things.c.code), func.lower(things.c.name)
    rank = case(
        (code == first, 0),
        (code.startswith(first, autoescape=True), 1),
        (name.startswith(first, autoescape=True), 2),
        (name.contains(" " + first, autoescape=True), 3),
        else_=_NEVER,
    )
    return select(things, rank.label("rank"), literal(near).label("near")).where(condition)


def _list_parts(actor: Actor) -> list[Select[Any]]:
    """Every table an actor may read, in one shape; what is archived is not looked for."""
    parts: list[Select[Any]] = []
    place = select(col(Department.name)).where(shows(actor, "departments"))
    if may(actor, _NODE_READ):
        theme = select(col(Theme.name)).where(col(Theme.id) == col(Goal.theme_id)).scalar_subquery()
        of_objective = place.where(col(Department.id) == col(Objective.department_id)).scalar_subquery()
        of_initiative = place.where(col(Department.id) == col(Initiative.department_id)).scalar_subquery()
        told = (Initiative.code, Initiative.title, of_initiative)
        of_kpi = place.where(col(Department.id) == col(Kpi.department_id)).scalar_subquery()
        parts += [
            _shape("goal", actor, "goals", Goal, (Goal.code, Goal.title, theme)),
            _shape(
                "objective", actor, "objectives", Objective, (Objective.code, Objective.title, of_objective)
            ),
            _shape("initiative", actor, "initiatives", Initiative, told),
            _shape("kpi", actor, "kpis", Kpi, (Kpi.code, Kpi.name, of_kpi)),
            _shape("theme", actor, "themes", Theme, (Theme.code, Theme.name, null())),
        ]
    if may(actor, _PEOPLE_READ):
        of_owner = place.where(col(Department.id) == col(Owner.department_id)).scalar_subquery()
        about = func.concat_ws(", ", Owner.title, of_owner)
        parts += [
            _shape(
                "department", actor, "departments", Department, (Department.code, Department.name, null())
            ),
            _shape("owner", actor, "owners", Owner, (Owner.email, Owner.name, about)),
        ]
    return parts


def _shape(kind: str, actor: Actor, table: str, model: Any, told: tuple[Any, Any, Any]) -> Select[Any]:
    code, name, about = told
    columns = (literal(kind).label("kind"), model.id, code.label("code"), name.label("name"))
    open_ones = model.archived_at.is_(None) if hasattr(model, "archived_at") else true()
    return select(*columns, func.nullif(about, "").label("about")).where(shows(actor, table), open_ones)
