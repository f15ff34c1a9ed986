"""How far an actor's eyes reach: what a bound client may point at, and whose drafts somebody sees."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlmodel import col

from app.domain.permissions import Actor, Permission, Place, may
from app.domain.words import NodeKind, NodeStatus
from app.models.departments import Department
from app.models.goals import Goal
from app.models.kpis import Kpi, KpiDepartment
from app.models.nodes import Node
from app.models.objectives import Objective
from app.models.owners import Owner
from app.queries._tables import load_table

# What `shows_kpis` says, of an event `e` about a value of the whole organization: it names its KPI.
SHOWS_MEASURED = """
    (cast(:sees as uuid[]) is null or e.kind <> 'measurement' or e.department_id is not null or exists (
        select from measurements m join kpis k on k.id = m.kpi_id
        where m.id = e.object_id
          and (k.department_id is null or k.department_id = any(cast(:sees as uuid[]))
               or exists (select from kpi_departments r
                          where r.kpi_id = k.id and r.department_id = any(cast(:sees as uuid[]))))))
"""

# What `shows_decisions` says, of an event `e` about a decision: which departments it touched then.
SHOWS_DECIDED = """
    (cast(:sees as uuid[]) is null or e.kind <> 'decision'
     or e.after -> 'departments' = cast('[]' as jsonb)
     or exists (
        select from jsonb_array_elements_text(
            coalesce(e.before -> 'departments', cast('[]' as jsonb)) || (e.after -> 'departments')) touched
        where cast(touched as uuid) = any(cast(:sees as uuid[]))))
"""


def reach_of(actor: Actor) -> dict[str, Any]:
    """What an actor sees, and whose drafts, as parameters of a statement.

    It says in values what `shows_objectives` says as a condition.
    """
    writes = actor.writes if Permission.GOALS_WRITE in actor.permissions else frozenset()
    assigned = may(actor, Permission.GOALS_WRITE, on=Place(people=frozenset({actor.id})))
    return {
        "sees": None if actor.sees is None else list(actor.sees),
        "every_draft": writes is None,
        "writes": list(writes or ()),
        "assignee": str(actor.id) if assigned else None,
    }


def shows_departments(actor: Actor) -> ColumnElement[bool]:
    """Every department; for a bound client its own and those below."""
    return true() if actor.sees is None else col(Department.id).in_(actor.sees)


def shows_owners(actor: Actor) -> ColumnElement[bool]:
    """Every owner; for a bound client those of its departments and those of none."""
    department = col(Owner.department_id)
    return true() if actor.sees is None else or_(department.is_(None), department.in_(actor.sees))


def shows_kpis(actor: Actor) -> ColumnElement[bool]:
    """Every KPI; for a bound client those of its departments and those of the whole organization."""
    if actor.sees is None:
        return true()
    reports = exists().where(
        col(KpiDepartment.kpi_id) == col(Kpi.id), col(KpiDepartment.department_id).in_(actor.sees)
    )
    home = col(Kpi.department_id)
    return or_(home.is_(None), home.in_(actor.sees), reports)


def shows_decisions(actor: Actor) -> ColumnElement[bool]:
    """Every decision; for a bound client those that touch its departments, and those that touch none."""
    if actor.sees is None:
        return true()
    decision, touch = load_table("decisions"), load_table("decision_departments")
    touched = exists().where(touch.decision_id == decision.id)
    return or_(~touched, touched.where(touch.department_id.in_(actor.sees)))


def shows_goals(actor: Actor) -> ColumnElement[bool]:
    """Every goal; drafts for those who may write them."""
    if may(actor, Permission.GOALS_WRITE, on=Place()):
        return true()
    return col(Goal.status) != NodeStatus.DRAFT


def shows_objectives(actor: Actor, table: type[Objective] = Objective) -> ColumnElement[bool]:
    """Objectives of the departments an actor sees, drafts only of those who may write them.

    The condition is on a row of the table or of an alias of it.
    """
    return _shows_placed(actor, table)


def shows_initiatives(actor: Actor, table: type[Any] | None = None) -> ColumnElement[bool]:
    """Initiatives by the department that leads them, drafts only of those who may write them."""
    return _shows_placed(actor, table or load_table("initiatives"))


def _shows_placed(actor: Actor, table: type[Any]) -> ColumnElement[bool]:
    # A draft is called the same in both vocabularies.
    shown = or_(col(table.status) != NodeStatus.DRAFT.value, _allows_writing(actor, table))
    return shown if actor.sees is None else and_(col(table.department_id).in_(actor.sees), shown)


def _allows_writing(actor: Actor, table: type[Any]) -> ColumnElement[bool]:
    """What `may` says about writing an objective or initiative, as a condition on its row."""
    if Permission.GOALS_WRITE not in actor.permissions:
        by_place: ColumnElement[bool] = false()
    elif actor.writes is None:
        by_place = true()
    else:
        by_place = col(table.department_id).in_(actor.writes)
    assigned = Place(people=frozenset({actor.id}))
    if not may(actor, Permission.GOALS_WRITE, on=assigned):
        return by_place
    return or_(by_place, col(table.owner_id) == actor.id)


def _shows_nodes(actor: Actor) -> ColumnElement[bool]:
    """What a KPI may measure."""
    return or_(col(Node.kind) == NodeKind.THEME, _shows_aims(actor))


def _shows_aims(actor: Actor) -> ColumnElement[bool]:
    """What an initiative may be for."""
    goals = select(col(Goal.id)).where(shows_goals(actor))
    objectives = select(col(Objective.id)).where(shows_objectives(actor))
    return or_(col(Node.id).in_(goals), col(Node.id).in_(objectives))


def _shows_ends(actor: Actor) -> ColumnElement[bool]:
    """What a link may name; that none ties a theme is told when one does."""
    initiatives = select(load_table("initiatives").id).where(shows_initiatives(actor))
    return or_(_shows_nodes(actor), col(Node.id).in_(initiatives))


_SHOWS: Mapping[str, Callable[[Actor], ColumnElement[bool]]] = {
    "departments": shows_departments,
    "owners": shows_owners,
    "kpis": shows_kpis,
    "goals": shows_goals,
    "objectives": shows_objectives,
    "initiatives": shows_initiatives,
    "nodes": _shows_nodes,
    "aims": _shows_aims,
    "decisions": shows_decisions,
    "ends": _shows_ends,
}


def shows(actor: Actor, table: str) -> ColumnElement[bool]:
    """Which rows of a table an actor may name. Any other is to be as unknown as what does not exist."""
    return _SHOWS[table](actor) if table in _SHOWS else true()
