"""What a push of engagement scores looks like, and what reading it yields. How it is read does not live here.

The structs are the one contract: the quick path decodes into them, the OpenAPI document is made from them,
and the explaining path knows the same fields and limits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from app.domain.periods import PERIOD_PATTERN

MAX_ITEMS = 10_000
LARGEST_GROUP = 1_000_000_000
LONGEST_WINDOW_DAYS = 3660
LONGEST_TEXT = 200
LONGEST_TIME = 40
FIRST_YEAR = 1900
LAST_YEAR = 2200

_LINE_SCHEMA = {"pattern": r"^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s][^\x00-\x1f\x7f]*$"}
_NUMBER_SCHEMA = {"minimum": -1e15, "maximum": 1e15}
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT, extra_json_schema=_LINE_SCHEMA)]
Number = Annotated[float, Meta(extra_json_schema=_NUMBER_SCHEMA)]
Count = Annotated[int, Meta(ge=0, le=LARGEST_GROUP)]
Days = Annotated[int, Meta(ge=1, le=LONGEST_WINDOW_DAYS)]
# The members of ScaleKind; plain texts, because an enumeration hashes ten times slower.
KindText = Literal["mean", "favourability", "enps", "index"]
PeriodText = Annotated[str, Meta(max_length=8, extra_json_schema={"pattern": PERIOD_PATTERN})]
TimeText = Annotated[str, Meta(max_length=LONGEST_TIME, extra_json_schema={"format": "date-time"})]


class ScaleInput(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The scale of a value: `min` and `max` for mean and index; favourability is 0–100, enps -100…100."""

    kind: KindText
    min: Number | None = None
    max: Number | None = None


class ScoreItem(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One score of a department (our code or id) or of a segment (the source's own id)."""

    metric: Text
    period: PeriodText
    scale: ScaleInput
    value: Number
    segment: Text | None = None
    department: Text | None = None
    name: Text | None = None
    respondents: Count | None = None
    invited: Count | None = None
    window_days: Days | None = None
    observed_at: TimeText | None = None


class ScoreBatch(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Scores of one source, survey and round. `source` may be left out by a client that is bound to one."""

    items: Annotated[list[ScoreItem], Meta(max_length=MAX_ITEMS)]
    source: Text | None = None
    survey: Text | None = None
    round: Text | None = None


class Finding(NamedTuple):
    """One broken rule of a push. `position` counts the items from 0; None is the push itself."""

    position: int | None
    field: str
    code: str
    sentence: str


class Group(NamedTuple):
    """Items that share a source, a survey and a round, and where each of them stood in the push."""

    source: str
    survey: str
    round: str
    items: Sequence[Any]
    positions: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules of one push depend on, all ids as text.

    `departments`: folded text that names a department → its id, or None where there is none within reach.
    `segments`: source → known segment → the department it is mapped to, or None. `out_of_reach`: segments
    of a source that are mapped where whoever pushes may not write.
    """

    minimum_group: int
    respondents_optional: bool
    departments: Mapping[str, str | None]
    segments: Mapping[str, Mapping[str, str | None]]
    out_of_reach: frozenset[tuple[str, str]] = frozenset()


# A score ready to be stored: texts in this order, an empty text for "none".
CELLS = (
    "position",
    "source",
    "survey",
    "round",
    "metric",
    "place",
    "period",
    "segment",
    "department_id",
    "name",
    "scale_kind",
    "scale_min",
    "scale_max",
    "value",
    "suppressed",
    "respondents",
    "invited",
    "window_days",
    "observed_at",
)
Cells = tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What a push came to: the scores that may be stored, and what is wrong with the others."""

    rows: list[Cells] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
