"""The tables whose rows others name, each loaded when it is first wanted: no start waits for all of them."""

from functools import cache
from importlib import import_module
from typing import Any

_TABLES = {
    "organization": "organization.Organization",
    "themes": "themes.Theme",
    "departments": "departments.Department",
    "owners": "owners.Owner",
    "goals": "goals.Goal",
    "objectives": "objectives.Objective",
    "initiatives": "initiatives.Initiative",
    "kpis": "kpis.Kpi",
    "clients": "clients.Client",
    "nodes": "nodes.Node",
    "decision_types": "decision_types.DecisionType",
    "decisions": "decisions.Decision",
    "decision_departments": "decisions.DecisionDepartment",
    "reviews": "reviews.Review",
    "rituals": "rituals.Ritual",
    "aims": "nodes.Node",
    "ends": "nodes.Node",
}


@cache
def load_table(table: str) -> type[Any]:
    """The model of a table that others name."""
    file, _, name = _TABLES[table].partition(".")
    model: type[Any] = getattr(import_module(f"app.models.{file}"), name)
    return model
