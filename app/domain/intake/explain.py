"""The explaining path: every broken rule of every item with its place, and the rows of the others.

Reads plain decoded documents, so nothing is lost to a decoder that stops at the first fault.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.codes import code_key
from app.domain.engagement import Scale, ScaleKind, check_score, is_suppressed, read_scale
from app.domain.intake.contract import (
    FIRST_YEAR,
    LARGEST_GROUP,
    LAST_YEAR,
    LONGEST_TEXT,
    LONGEST_WINDOW_DAYS,
    Finding,
    Group,
    Point,
    Reading,
    Row,
    Rules,
    ScaleInput,
    ScoreItem,
    Series,
)
from app.domain.intake.values import read_integer, read_time, tidy_text, write_cell
from app.domain.numerals import read_number
from app.domain.periods import BadPeriod, parse_period
from app.domain.texts import clean_text, quote_text

_KINDS = [kind.value for kind in ScaleKind]


def read_thoroughly(groups: list[Group], rules: Rules, *, point: Point) -> Reading:
    """Every item of a push, good or bad; of two items with one key the later is the bad one."""
    reading = Reading()
    first_with: dict[tuple[str, ...], int] = {}
    entries = [
        (position, group, document)
        for group in groups
        for position, document in zip(group.positions, group.items, strict=True)
    ]
    for position, group, document in sorted(entries, key=lambda entry: entry[0]):
        problems, row = _read_item(document, position, group, rules)
        if row and (earlier := first_with.setdefault((row.series.key, row.place), position)) != position:
            problems.add("", "duplicate_item", f"The same key as {point(earlier, '')}.")
        reading.findings += [Finding(position, *problem) for problem in problems.found]
        if row and not problems.found:
            reading.rows.append(row)
    return reading


class Problems:
    """Collects what is wrong, and reads single fields of a document on the way."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.found: list[tuple[str, str, str]] = []

    def add(self, field: str, code: str, sentence: str) -> None:
        """One more broken rule."""
        self.found.append((field, code, sentence if sentence.endswith(".") else f"{sentence}."))

    def check_names(self, known: tuple[str, ...]) -> None:
        """Names every field that the contract does not have."""
        for name in self.document:
            if name not in known:
                self.add(escape_step(name), "unknown_field", "A field of this name is not known here.")

    def has(self, field: str, *, required: bool) -> bool:
        """Whether a field is there; null counts as absent."""
        if self.document.get(field) is not None:
            return True
        if required:
            self.add(field, "required", "This field is required.")
        return False

    def text(self, field: str, *, required: bool = False) -> str:
        """A text of one line, or an empty one."""
        if not self.has(field, required=required):
            return ""
        value = self.document[field]
        if not isinstance(value, str):
            self.add(field, "string_type", "A text is expected here.")
            return ""
        tidy = tidy_text(value)
        if tidy is None:
            self.add(field, *_name_text_problem(value))
        return tidy or ""

    def integer(self, field: str, *, least: int, most: int) -> int | None:
        """A whole number within its limits, or None."""
        if not self.has(field, required=False):
            return None
        number = read_integer(self.document[field])
        if number is None:
            is_number = read_number(self.document[field]) is not None
            code = "not_an_integer" if is_number else "not_a_number"
            self.add(field, code, "A whole number is expected here.")
        elif number < least:
            self.add(field, "greater_than_equal", f"This is at least {least}.")
        elif number > most:
            self.add(field, "less_than_equal", f"This is at most {most}.")
        else:
            return number
        return None


def _read_item(document: Any, position: int, group: Group, rules: Rules) -> tuple[Problems, Row | None]:
    """What is wrong with one item, and its row when nothing is."""
    if not isinstance(document, Mapping):
        problems = Problems({})
        problems.add("", "not_an_object", "An item is an object.")
        return problems, None
    problems = Problems(document)
    problems.check_names(ScoreItem.__struct_fields__)
    row = _read_row(problems, position, group, rules)
    return problems, None if problems.found else row


def _read_row(problems: Problems, position: int, group: Group, rules: Rules) -> Row:
    metric = problems.text("metric", required=True)
    period = _read_period(problems)
    scale = _read_scale(problems)
    ends = () if scale is None else (scale.kind.value, *map(write_cell, scale[1:]))
    series = Series.of((group.source, group.survey, group.round, metric, period, *ends))
    place, segment, department = _find_place(problems, group, rules)
    name = problems.text("name")
    respondents = problems.integer("respondents", least=0, most=LARGEST_GROUP)
    invited = problems.integer("invited", least=0, most=LARGEST_GROUP)
    window_days = problems.integer("window_days", least=1, most=LONGEST_WINDOW_DAYS)
    _check_value(problems, scale, (respondents, invited), optional=rules.respondents_optional)
    observed_at = _read_time(problems)
    suppressed = is_suppressed(respondents, rules.minimum_group)
    value = None if suppressed else problems.document.get("value")
    numbers = [write_cell(each) for each in (respondents, invited, window_days)]
    tail = "\t".join((write_cell(value), "t" if suppressed else "f", *numbers, observed_at))
    return Row(position, series, place, segment, department, name, suppressed, tail)


def _read_period(problems: Problems) -> str:
    text = problems.text("period", required=True)
    if not text:
        return ""
    try:
        return parse_period(problems.document["period"]).text
    except BadPeriod as error:
        problems.add("period", "bad_period", str(error))
        return ""


def _read_scale(problems: Problems) -> Scale | None:
    if not problems.has("scale", required=True):
        return None
    declared = problems.document["scale"]
    if not isinstance(declared, Mapping):
        problems.add("scale", "not_an_object", "A scale is an object: kind, min and max.")
        return None
    inner = Problems(declared)
    inner.check_names(ScaleInput.__struct_fields__)
    kind = inner.text("kind", required=True)
    problems.found += [(f"scale/{field}", code, sentence) for field, code, sentence in inner.found]
    if kind not in _KINDS:
        if kind:
            sentence = f"{quote_text(kind)} is not a kind of scale; there are {', '.join(_KINDS)}"
            problems.add("scale/kind", "bad_scale", sentence)
        return None
    scale, found = read_scale(ScaleKind(kind), declared.get("min"), declared.get("max"))
    for problem in found:
        problems.add(*problem)
    return scale


def _find_place(problems: Problems, group: Group, rules: Rules) -> tuple[str, str, str]:
    """Place, segment and department of an item. Named by our department, the segment is only a note."""
    segment = problems.text("segment")
    code = problems.text("department")
    if code:
        department = rules.departments.get(code_key(code))
        if department is None:
            sentence = f"There is no department {quote_text(code)} within reach of this key"
            problems.add("department", "unknown_department", sentence)
            return "", segment, ""
        return f"d:{department}", segment, department
    if not segment:
        if not problems.found or problems.found[-1][0] not in ("segment", "department"):
            problems.add("department", "required", "An item names its department or its segment.")
        return "", "", ""
    if (group.source, segment) in rules.out_of_reach:
        sentence = f"The segment {quote_text(segment)} is mapped to a department out of reach of this key"
        problems.add("segment", "unknown_department", sentence)
    return f"s:{segment}", segment, rules.segments.get(group.source, {}).get(segment) or ""


def _check_value(
    problems: Problems, scale: Scale | None, group: tuple[int | None, int | None], *, optional: bool
) -> None:
    has_value = problems.has("value", required=True)
    respondents, invited = group
    # A count that is there but wrong has been named already.
    named = problems.document.get("respondents") is not None
    found = check_score(
        problems.document.get("value"),
        scale,
        respondents=respondents,
        invited=invited,
        respondents_optional=optional or named,
    )
    for problem in found:
        if problem.field != "value" or has_value:
            problems.add(*problem)


def _read_time(problems: Problems) -> str:
    text = problems.text("observed_at")
    if not text:
        return ""
    moment = read_time(problems.document["observed_at"])
    if moment is None:
        sentence = f"A time is written like 2026-06-02T06:00:00Z, in the years {FIRST_YEAR} to {LAST_YEAR}."
        problems.add("observed_at", "not_a_time", sentence)
        return ""
    return moment.isoformat()


def escape_step(name: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901).

    >>> escape_step("a/b~c")
    'a~1b~0c'
    """
    return clean_text(name).replace("~", "~0").replace("/", "~1")


def _name_text_problem(text: str) -> tuple[str, str]:
    if not text.strip():
        return "string_too_short", "This must not be empty; leave it out, or send null."
    if len(text.strip()) > LONGEST_TEXT:
        return "string_too_long", f"At most {LONGEST_TEXT} characters."
    return "bad_format", "One line of text, without control characters."
