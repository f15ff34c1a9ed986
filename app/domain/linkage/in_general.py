"""The sentences of a rule as its page tells them: “the objective” where a finding has a name."""

from collections.abc import Mapping
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # A rule needs the whole plan with its arrays; to tell of one needs none of it.
    from app.domain.linkage.rule import Rule

# What the first object of a finding is.
_KINDS = {
    "the objective": ("L101", "L103", "L206", "L301"),
    "the goal": ("L102", "L114", "L601", "L602"),
    "the initiative": ("L105",),
    "the KPI": ("L106", "L302", "L303", "L401", "L801"),
    "the organization, department or objective": ("L110",),
    "the goal or objective": ("L112",),
    "the goal, objective, initiative or KPI": ("L201", "L202"),
    "the owner": ("L207",),
    "the decision": ("L804", "L806", "L807"),
    "the commitment": ("L803",),
    "the ritual": ("L808",),
    "the goal, objective or initiative": ("L403",),
    "the department": ("L407", "L603"),
    "KPI A": ("L305", "L408"),
    "A": ("L113",),
}
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}

# What else the sentences name, whatever the rule.
_WORDS = {
    "source": "the objective",
    "target": "the goal above it",
    "department": "department X",
    "owner": "Ann",
    "period": "this month",
}
_OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    "L107": {"way": "A → B → C → A"},
    "L108": {
        "source": "objective A",
        "upper": "department X",
        "target": "objective B",
        "lower": "department Y",
    },
    "L110": {"count": "eight", "what": "goals, objectives or KPIs", "most": "five"},
    "L112": {"total": "120"},
    "L113": {"other": "B"},
    "L114": {"count": "eight", "aligned": "twelve"},
    "L115": {"target": "the goal"},
    "L206": {"seat": "department Y"},
    "L207": {"count": "nine", "most": "seven"},
    "L303": {"fault": "the target lies beyond the red threshold"},
    "L305": {"all": "KPI A and KPI B", "differences": "unit, direction or aggregation"},
    "L401": {"whose": "department X", "missing": "October", "last": "the last one is of September"},
    "L402": {"late": "30 September", "early": "30 June"},
    "L403": {"day": "30 June", "ago": "2 months"},
    "L408": {"other": "KPI B", "slow": "every quarter", "fast": "every month"},
    "L501": {
        "up": "KPI A",
        "one": "department X",
        "down": "KPI B",
        "two": "department Y",
        "metric": "stock_value",
    },
    "L505": {"all": "objective A and objective B"},
    "L603": {"count": "5"},
    "L605": {"source": "A", "target": "B", "when": "by 30 June"},
    "L803": {"day": "30 June", "ago": "9 days"},
    "L804": {"days": "66 days", "limit": "21 days"},
    "L806": {"day": "30 June", "ago": "9 days"},
    "L807": {"times": "twice"},
    "L808": {"day": "30 June", "how": "was skipped", "times": ", as the one before"},
    "L606": {"source": "A", "target": "B", "day": "30 June", "ago": "9 days", "how": "promised"},
}


def tell_in_general(rule: "Rule", template: str) -> str:
    """A message or fix of a rule without names, for who wants to understand the rule.

    Every name in braces becomes words; one that has none here is called as it is named.

    >>> from app.domain.linkage.catalogue import RULE_OF
    >>> tell_in_general(RULE_OF["L102"], "{it} belongs to no theme.")
    'The goal belongs to no theme.'
    """
    words = {name: word_for(rule, name) or name.replace("_", " ") for name in list_names(template)}
    sentence = template.format_map(words)
    return sentence[:1].upper() + sentence[1:]


def word_for(rule: "Rule", name: str) -> str | None:
    """What a rule's page calls something that stands in braces; None when nobody has said."""
    own = _OWN_WORDS.get(rule.code, {}).get(name)
    return own or (_KIND_OF.get(rule.code) if name == "it" else _WORDS.get(name))


def list_names(template: str) -> list[str]:
    """The names in braces, in their order."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]
