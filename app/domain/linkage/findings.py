"""What a rule finds, and how it is told: objects, sentences and a fingerprint. The rules are not here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

MOST_NAMED = 5


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Group(StrEnum):
    """The parts of the catalogue. Following through costs no points: its records are no part of the plan."""

    STRUCTURE = "structure"
    OWNERSHIP = "ownership"
    MEASURES = "measures"
    TIME = "time"
    COVERAGE = "coverage"
    FOLLOW_THROUGH = "follow_through"


class ObjectKind(StrEnum):
    """What a finding can be about."""

    GOAL = "goal"
    OBJECTIVE = "objective"
    LINK = "link"
    INITIATIVE = "initiative"
    KPI = "kpi"
    OWNER = "owner"
    DEPARTMENT = "department"
    ORGANIZATION = "organization"
    DECISION = "decision"
    COMMITMENT = "commitment"
    RITUAL = "ritual"


class Thing(NamedTuple):
    """One object of a plan by its position among those of its kind; goals and objectives count as nodes."""

    kind: ObjectKind
    position: int


class Way(tuple[Thing, ...]):
    """Things in the order in which one leads to the next."""

    __slots__ = ()


ORGANIZATION = Thing(ObjectKind.ORGANIZATION, 0)

Fact = Thing | Sequence[Thing] | str | int


class Found(NamedTuple):
    """One fault as a rule sees it: its objects, and what its sentence needs besides them.

    The first object is `{it}` in the sentence. A rule with two severities says which one holds.
    """

    objects: tuple[Thing, ...]
    facts: Mapping[str, Fact] = {}
    severity: Severity | None = None


class Named(NamedTuple):
    """An object as people know it. `key` outlives renames where the source knows one, else the code.

    `department`: the key of the one it belongs to; `beside`: of others that it touches, too.
    """

    kind: ObjectKind
    key: str
    code: str
    title: str
    department: str | None = None
    draft: bool = False
    beside: tuple[str, ...] = ()

    @property
    def departments(self) -> frozenset[str]:
        """The keys of all departments that it touches."""
        return frozenset(self.beside) | ({self.department} if self.department else frozenset())

    @property
    def label(self) -> str:
        """How a sentence calls it."""
        if self.kind is ObjectKind.ORGANIZATION:
            return "The organization"
        if self.kind in (ObjectKind.OWNER, ObjectKind.DEPARTMENT):
            return f"{self.title} ({self.code})"
        return self.code if self.kind is ObjectKind.LINK else f"“{self.title}” ({self.code})"


Namer = Callable[[Thing], Named]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, told: what it is about, in plain words, with what to do.

    `departments`: keys of the departments of its objects; it counts for these and for all above them.
    `named`: keys of those of everything that its words give away. `draft`: whether that holds a draft.
    """

    rule: str
    group: Group
    severity: Severity
    objects: tuple[Named, ...]
    message: str
    why: str
    fix: str
    fingerprint: str
    departments: frozenset[str] = field(default=frozenset())
    named: frozenset[str] = field(default=frozenset())
    draft: bool = False


class Skipped(NamedTuple):
    """A rule that was not asked, and why."""

    rule: str
    reason: str


def write_fingerprint(rule: str, objects: Sequence[Named]) -> str:
    """What stays the same about a finding across checks and renames: its rule and its objects' keys.

    >>> one = Named(ObjectKind.GOAL, "G1", "G1", "Grow")
    >>> write_fingerprint("L601", [one]) == write_fingerprint("L601", [one._replace(title="Shrink")])
    True
    """
    keys = sorted(f"{item.kind}:{item.key.casefold()}" for item in objects)
    digest = blake2b("\n".join([rule, *keys]).encode(), digest_size=12)
    return f"{rule}-{digest.hexdigest()}"


def list_things(found: Found) -> list[Thing]:
    """Everything that the words of a finding name: its objects first, then the things among its facts."""
    things = list(found.objects)
    for fact in found.facts.values():
        if isinstance(fact, Thing):
            things.append(fact)
        elif not isinstance(fact, str | int):
            things.extend(fact)
    return things


def fill_sentence(template: str, found: Found, *, name: Namer) -> str:
    """The template with every object and fact called by its name.

    Of a longer row of things the first five are named and the others counted. `{all}` are its objects by
    their codes, whatever the order of the plan.
    """
    words = {key: _word_fact(fact, name) for key, fact in found.facts.items()}
    words.setdefault("it", name(found.objects[0]).label)
    if "{all}" in template:
        objects = sorted(found.objects, key=lambda thing: (thing.kind, name(thing).code))
        words.setdefault("all", _word_fact(objects, name))
    return template.format_map(words)


def _word_fact(fact: Fact, name: Namer) -> str:
    if isinstance(fact, str | int):
        return str(fact)
    if isinstance(fact, Thing):
        return name(fact).label
    labels = [name(thing).label for thing in fact[:MOST_NAMED]]
    if isinstance(fact, Way):
        return " → ".join(labels if len(fact) <= MOST_NAMED else [*labels, "…", name(fact[-1]).label])
    if len(fact) > MOST_NAMED:
        labels.append(f"{len(fact) - MOST_NAMED} more")
    return ", ".join(labels[:-1]) + " and " + labels[-1] if len(labels) > 1 else "".join(labels)
