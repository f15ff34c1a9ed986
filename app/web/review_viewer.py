"""What a review says to whoever looks at it: names that lead somewhere, days, moves, who may do what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from app.domain.review.facts import Named, Reading
from app.domain.review.readings import is_green_short_of_target
from app.domain.review.revised import name_place
from app.domain.reviews import ReviewStatus
from app.domain.scoring import Direction, Trend, trend
from app.web.figures import write_aim, write_figure, write_hidden
from app.web.forms import Form
from app.web.kpi_figures import Move, say_move

PERSON, KPI, DEPARTMENT, DECISION = "owners", "kpis", "departments", "decisions"
COMMITMENT = "commitments"


class Name(NamedTuple):
    """A thing by its name, and its page where the person who looks can open it."""

    text: str
    href: str | None


class RevisedMark(NamedTuple):
    """A value that is shown is known otherwise since: the row that tells it, and what now is."""

    href: str
    now: str


class Refused(NamedTuple):
    """A form of the page that was refused: which (`settle C-3`), and what it says now."""

    which: str
    form: Form[Any]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `opens`: pages of goals, KPIs and people; `runs`: the review; `captures`: kinds of lines.

    `promises` and `decisions` are the ids of those that they may answer for; `department`: the code of
    the one whose challenge and ask are theirs to write; `chairs`: whom they may name as the chair.
    `revised`: what is known otherwise since a review closed, by the key of its place.
    """

    status: ReviewStatus
    opens: bool = False
    runs: bool = False
    captures: frozenset[str] = frozenset()
    promises: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    department: str | None = None
    chairs: tuple[tuple[str, str], ...] = ()
    refused: Refused | None = None
    revised: Mapping[str, RevisedMark] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Can anything still be said?"""
        return self.status is not ReviewStatus.CLOSED

    def name(self, it: Named, kind: str) -> Name:
        """A thing with the way to its page."""
        return Name(it.name, f"/{kind}/{quote(it.code, safe='@')}" if self.opens else None)

    def find_revised(self, kpi: Named, department: Named | None, period: str) -> RevisedMark | None:
        """The mark of a value that was revised since."""
        return self.revised.get(name_place(kpi, department, period))

    def find_refused(self, which: str) -> Form[Any] | None:
        """The form of that name, if it is the one that was refused."""
        return self.refused.form if self.refused is not None and self.refused.which == which else None


def say_date(day: date, *, near: date) -> str:
    """A day of about now, with its year only where that is another one.

    >>> near = date(2026, 11, 2)
    >>> say_date(date(2026, 6, 30), near=near), say_date(date(2027, 1, 4), near=near)
    ('30 Jun', '4 Jan 2027')
    """
    return f"{day:%-d %b}" if day.year == near.year else f"{day:%-d %b %Y}"


def say_value(reading: Reading, unit: str, minimum: int | None) -> str:
    """The value of a reading, or why there is none to see. `minimum`: of how many people it takes one."""
    if reading.suppressed:
        return write_hidden(minimum, withheld=reading.withheld)
    return write_figure(_exact(reading.value), unit)


def say_aim(reading: Reading, unit: str, direction: Direction) -> str:
    """What the value is to reach, and what counts as green where it is green without reaching that."""
    aim = write_aim(direction, unit, target=_exact(reading.target), low=None, high=None)
    if not is_green_short_of_target(reading, direction):
        return aim
    way = "up to" if direction is Direction.LOWER else "from"
    return f"{aim}, green {way} {write_figure(_exact(reading.green_from), unit)}"


def say_change(change: float | None, direction: Direction) -> Move | None:
    """Where a value went since the period before."""
    if change is None:
        return None
    way: Trend | None = trend(Decimal(0), _exact(change))
    return say_move(way, direction, before=Decimal(0), now=_exact(change))


def write_number(value: float | None, unit: str = "") -> str:
    """A number of the facts as people read it."""
    return write_figure(_exact(value), unit) if unit else write_figure(_exact(value))


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
