"""The catalogue: every rule of the checker, from which the API, the pages and the documentation are made."""

from types import ModuleType

from app.domain.linkage.rule import Rule
from app.domain.linkage.rules import (
    commitments,
    coverage,
    decisions,
    dependencies,
    links,
    measures,
    nodes,
    ownership,
    rituals,
    stale_values,
    times,
)

_PARTS: tuple[ModuleType, ...] = (
    nodes,
    links,
    ownership,
    measures,
    stale_values,
    times,
    coverage,
    dependencies,
    decisions,
    commitments,
    rituals,
)

RULES = tuple(
    sorted(
        (rule for part in _PARTS for rule in vars(part).values() if isinstance(rule, Rule)),
        key=lambda rule: rule.code,
    )
)
RULE_OF = {rule.code: rule for rule in RULES}
