"""What every table shares: keys, times, versions, constraint names, and the input types with their limits."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError
from sqlalchemy import DateTime, Enum, Index, Numeric, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from app.domain.codes import CODE_PATTERN, code_problem
from app.domain.periods import PERIOD_PATTERN, BadPeriod, parse_period

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Contracts are compiled when they are first used: a start takes a fifth less time, whatever the nouns.
SQLModel.model_config["defer_build"] = True

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 12, 31)
LARGEST_NUMBER = Decimal(10) ** 15
# The years of FIRST_DAY to LAST_DAY, for the document: what it calls valid must be accepted.
_YEARS = "^((19|20|21)[0-9]{2}|2200)"
DAY_SCHEMA = {"type": "string", "format": "date", "pattern": f"{_YEARS}-[0-9]{{2}}-[0-9]{{2}}$"}
INSTANT_SCHEMA = {"type": "string", "format": "date-time", "pattern": f"{_YEARS}-"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# RFC 3339: seconds and a zone are part of it, and a bare number is no time.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)


def new_id() -> UUID:
    """A UUIDv7: sorts by the time it was made."""
    return uuid_utils.compat.uuid7()


def read_number(value: object) -> Decimal:
    """A JSON number as an exact decimal: 7.3 stays 7.3. Texts, NaN and infinity are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("not_a_number", "A number is expected here.")
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        raise PydanticCustomError("not_a_number", "NaN and infinity are not numbers.")
    if abs(number) > LARGEST_NUMBER:
        raise PydanticCustomError("number_too_large", "Numbers go up to 10 to the power of 15.")
    return plain_number(number)


def plain_number(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()


def write_number(number: Decimal | None) -> int | float | None:
    """A decimal as a JSON number without binary noise."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _read_day(value: object) -> object:
    if isinstance(value, str) and not _DAY.match(value):
        raise PydanticCustomError("not_a_date", "A date is written YYYY-MM-DD.")
    if not isinstance(value, str | date):
        raise PydanticCustomError("not_a_date", "A date is written YYYY-MM-DD.")
    return value


def _check_day(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise PydanticCustomError("date_out_of_range", "Dates lie between 1900-01-01 and 2200-12-31.")
    return value


def _read_instant(value: object) -> object:
    written = isinstance(value, str) and _INSTANT.match(value)
    if not written and not isinstance(value, datetime):
        raise PydanticCustomError("not_a_time", "A time is written like 2026-06-02T06:00:00Z.")
    return value


def _check_instant(value: datetime) -> datetime:
    if not FIRST_DAY.year <= value.year <= LAST_DAY.year:
        raise PydanticCustomError("date_out_of_range", "Times lie between the years 1900 and 2200.")
    return value.astimezone(UTC)


def _check_code(value: str) -> str:
    if problem := code_problem(value):
        raise PydanticCustomError("bad_code", "{problem}", {"problem": problem})
    return value


def _check_period(value: str) -> str:
    try:
        return parse_period(value).text
    except BadPeriod as error:
        raise PydanticCustomError("bad_period", "{problem}", {"problem": str(error)}) from error


def _strip(value: str) -> str:
    return value.strip()


# No control characters (PostgreSQL cannot keep NUL, nobody can read the others). Patterns and lengths hold
# for the text as it is sent, so that they mean the same in the document; spaces around it go afterwards.
REFERENCE_PATTERN = r"^[^\x00-\x1f\x7f]*$"
# In a line neither what cannot be seen and makes two titles look the same (soft hyphens, zero-width spaces),
# nor what turns the direction of what follows. Joiners (200C, 200D) are part of scripts and of emoji.
UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
LINE_PATTERN = rf"^[^{UNSEEN}]*[^{UNSEEN}\s\u200c\u200d][^{UNSEEN}]*$"
PROSE_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

EMAIL_PATTERN = r"^[A-Za-z0-9.!#$%&'*+=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
# What a pattern asks for, in words: nobody should have to read one.
_IN_WORDS = {
    CODE_PATTERN: "A code has 1 to 40 letters, digits, dots, hyphens or underscores.",
    PERIOD_PATTERN: "A period is written like 2026-W41, 2026-10, 2026-Q4 or 2026.",
    EMAIL_PATTERN: "An e-mail address is written like ada@example.org.",
    REFERENCE_PATTERN: "An id or code has no control characters.",
    LINE_PATTERN: (
        "One line of text is needed, not empty and without signs that nobody sees: control characters, "
        "zero-width spaces, marks of the direction."
    ),
    PROSE_PATTERN: "Text has no control characters besides tabs and line breaks.",
}

Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN), AfterValidator(_check_code)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=LINE_PATTERN), AfterValidator(_strip)
]
Prose = Annotated[str, StringConstraints(max_length=10_000, pattern=PROSE_PATTERN), AfterValidator(_strip)]
Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=EMAIL_PATTERN),
]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=320, pattern=REFERENCE_PATTERN)]
PeriodText = Annotated[str, StringConstraints(pattern=PERIOD_PATTERN), AfterValidator(_check_period)]
Day = Annotated[date, BeforeValidator(_read_day), AfterValidator(_check_day), WithJsonSchema(DAY_SCHEMA)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_read_instant),
    AfterValidator(_check_instant),
    WithJsonSchema(INSTANT_SCHEMA),
]
# In a body, "true" is no truth value and "5" is no number.
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[
    Decimal,
    BeforeValidator(read_number),
    PlainSerializer(write_number, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": -1e15, "maximum": 1e15}),
]


def say_fault(item: Mapping[str, Any]) -> str:
    """What a contract found wrong, as a sentence."""
    told, context = str(item["msg"]), item.get("ctx", {})
    if item["type"] == "string_pattern_mismatch":
        return _IN_WORDS.get(str(context["pattern"]), told)
    # Pydantic counts the characters of a text that was read before as items of a "Value".
    if item["type"] in ("string_too_short", "string_too_long") or context.get("field_type") == "Value":
        if context.get("min_length") == 1:
            return "Something has to stand here."
        if "max_length" in context:
            return f"At most {context['max_length']:,} characters fit in here."
    return told


def enum_type(enum: type[StrEnum]) -> Any:
    """An enumeration as text with a check constraint: readable in psql, changed by a plain migration."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        name=enum.__name__.lower(),
    )


def code_index(table: str, column: str = "code") -> Index:
    """Codes are unique whatever their case, archived ones included."""
    return Index(f"uq_{table}_{column}", text(f"lower({column})"), unique=True)


def numeric_field(**options: Any) -> Any:
    """An optional exact number."""
    return Field(default=None, sa_type=Numeric, **options)


def time_field(**options: Any) -> Any:
    """An optional point in time, kept with its zone."""
    return Field(default=None, sa_type=DateTime(timezone=True), **options)


class Record(SQLModel):
    """A row with a key, times and a version that counts its changes."""

    # The word for this noun in events, `/changes` and findings; and the column that is its code.
    noun: ClassVar[str] = ""
    code_field: ClassVar[str] = "code"
    # Input fields that point at other records: field name -> table name.
    references: ClassVar[dict[str, str]] = {}

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(
        default=None, sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("now()")}
    )
    updated_at: datetime = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": text("now()"), "onupdate": text("now()")},
    )
    version: int = Field(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  (SQLAlchemy passes the class)
        return {"version_id_col": cls.__table__.c.version, "eager_defaults": True}  # type: ignore[attr-defined]


class PageFilter(SQLModel):
    """What every list understands."""

    model_config = SQLModelConfig(extra="forbid")

    limit: Annotated[int, Ge(1), Le(1000)] = 100
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,200}$")] | None = None
    updated_since: Instant | None = None


class ListFilter(PageFilter):
    """What the list of a noun that is archived instead of deleted understands."""

    archived: bool | None = None
