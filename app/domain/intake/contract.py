"""What a push of engagement scores looks like, and what reading it yields. How it is read does not live here.

The structs are the one contract: the quick path decodes into them, the OpenAPI document is made from them,
and the explaining path knows the same fields and limits.
"""

from collections.abc import Callable, Mapping, Sequence
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


class ScaleInput(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The scale of a value: `min` and `max` for mean and index; favourability is 0–100, enps -100…100."""

    kind: KindText
    min: Number | None = None
    max: Number | None = None


class ScoreItem(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
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


class ScoreBatch(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
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


# Names a field of an item (or, without a position, of the push) in the words of the format it came in.
Point = Callable[[int | None, str], str]


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


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What many scores of a push have in common; one object for each, so that it is compared by identity.

    `cells`: source, survey, round, metric, period, and kind, min and max of the scale, as texts. `key` is
    what of them, together with the place, may not come twice: all but the scale.
    """

    cells: tuple[str, ...]
    key: str

    @classmethod
    def of(cls, cells: tuple[str, ...]) -> "Series":
        """The series of these cells."""
        return cls(cells, "\t".join(cells[:5]))

    @property
    def source(self) -> str:
        """Whose scores they are."""
        return self.cells[0]

    @property
    def metric(self) -> str:
        """What was measured."""
        return self.cells[3]

    @property
    def period(self) -> str:
        """When."""
        return self.cells[4]


class Row(NamedTuple):
    """A score ready to be stored; an empty text stands for "none".

    `place` is `d:` with the id of the department the item named, or `s:` with its segment. `tail` holds
    value, suppressed (t or f), respondents, invited, window_days and observed_at, parted by tabs: no text
    of a score has any.
    """

    position: int
    series: Series
    place: str
    segment: str
    department: str
    name: str
    suppressed: bool
    tail: str


# The columns of a stored row, in the order of `Series.cells` and `Row`.
COLUMNS = (
    *("position", "source", "survey", "round", "metric", "period", "scale_kind", "scale_min", "scale_max"),
    *("place", "segment", "department_id", "name"),
    *("value", "suppressed", "respondents", "invited", "window_days", "observed_at"),
)


@dataclass(slots=True)
class Reading:
    """What a push came to: the scores that may be stored, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
