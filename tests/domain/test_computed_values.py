"""Computed figures as measurements and as figures of levels."""

from decimal import Decimal
from uuid import UUID

from app.domain.alignment_kpis.figures import AlignmentKpi, Figure, Scope, SecondFigure
from app.domain.computed_values import write_computed, write_level
from app.domain.periods import parse_period

OCTOBER = parse_period("2026-10")
HOME = UUID(int=3)
SECOND = SecondFigure(
    name="on_current_dates",
    label="On current dates",
    value=200 / 3,
    unit="percent",
    numerator=2,
    denominator=3,
)


def test_a_figure_becomes_a_value_with_its_evidence() -> None:
    figure = Figure(
        kpi=AlignmentKpi.ON_TIME,
        scope=Scope(HOME),
        value=700 / 9,
        explanation="7 of 9 due; 2 late: A, B.",
        numerator=7,
        denominator=9,
        n=9,
        low=45.26,
        high=93.68,
        seconds=(SECOND,),
    )
    value = write_computed(figure, department=HOME, period=OCTOBER)
    assert value is not None
    told = [value.value, value.numerator, value.denominator, value.n]
    assert told == [Decimal("77.7778"), 7, 9, 9]
    assert (value.interval_low, value.interval_high) == (Decimal("45.26"), Decimal("93.68"))
    assert value.explanation == figure.explanation
    assert value.seconds == [
        {
            "name": "on_current_dates",
            "label": "On current dates",
            "value": 66.6667,
            "unit": "percent",
            "numerator": 2,
            "denominator": 3,
            "n": None,
            "interval": None,
        }
    ]
    columns = write_level(figure)
    assert columns is not None
    assert columns["value"] == value.value


def test_an_interval_of_a_second_number_has_both_ends_or_is_none() -> None:
    both = SecondFigure(name="a", label="A", value=1.5, unit="score", low=1, high=2.25)
    open_ended = SecondFigure(name="b", label="B", value=1.5, unit="score", low=1)
    figure = Figure(
        kpi=AlignmentKpi.CULTURE, scope=Scope(), value=3, explanation="Rated.", seconds=(both, open_ended)
    )
    value = write_computed(figure, department=None, period=OCTOBER)
    assert value is not None
    assert value.seconds is not None
    assert [each["interval"] for each in value.seconds] == [[1, 2.25], None]


def test_without_a_number_there_is_something_to_say_only_with_something_behind_it() -> None:
    said = "More than half were not decided yet; 1 of 6 decided; longest: The depot (90 days)."
    open_ones = Figure(kpi=AlignmentKpi.DECISION_SPEED, scope=Scope(), value=None, explanation=said, n=6)
    value = write_computed(open_ones, department=None, period=OCTOBER)
    assert value is not None
    assert (value.value, value.not_applicable, value.n) == (None, True, 6)
    # The note is read by everybody who reads metrics: it names no decision.
    assert (value.note, value.explanation) == ("More than half were not decided yet.", said)
    assert write_level(open_ones) is not None
    nothing = Figure(kpi=AlignmentKpi.ON_TIME, scope=Scope(), value=None, explanation="Nothing was due.", n=0)
    assert write_computed(nothing, department=None, period=OCTOBER) is None
    assert write_level(nothing) is None
    told = write_computed(nothing, department=None, period=OCTOBER, is_awaited=True)
    assert told is not None
    assert (told.not_applicable, told.note) == (True, "Nothing was due.")
