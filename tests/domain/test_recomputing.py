"""Which KPIs and periods a changed record can touch."""

from datetime import date
from typing import Any

import pytest

from app.domain.alignment_kpis.figures import AlignmentKpi
from app.domain.alignment_kpis.rows import (
    AlignmentRows,
    AskedFor,
    DecisionRow,
    InitiativeRow,
    QuestionRow,
    RoundRow,
)
from app.domain.periods import Cadence
from app.domain.recomputing import (
    MOST_PERIODS,
    SURVEY_KPIS,
    Dirty,
    News,
    find_dirty,
    find_starts,
    list_awaited,
)

TODAY = date(2026, 11, 23)
FIRST = date(2026, 1, 5)
MONTHLY = dict.fromkeys(AlignmentKpi, Cadence.MONTHLY)
OF_DAYS = set(AlignmentKpi) - set(SURVEY_KPIS)


def tell(*news: News, **options: Any) -> dict[str, set[str]]:
    """The periods that are dirty, by KPI."""
    given: dict[str, Any] = {"first_day": FIRST, "today": TODAY, "last_today": TODAY}
    dirty = find_dirty(news, options.pop("cadences", MONTHLY), **given | options)
    told: dict[str, set[str]] = {}
    for kpi, period in dirty.pairs:
        told.setdefault(kpi.value, set()).add(period.text)
    return told


def change(kind: str, before: Any = None, after: Any = None, **options: Any) -> News:
    """A change of a record on a day in March."""
    given: dict[str, Any] = {"record": 1, "action": "updated", "code": "X-1", "on": date(2026, 3, 9)}
    return News(kind=kind, before=before, after=after, **given | options)


def months(*numbers: int) -> set[str]:
    """Months of 2026."""
    return {f"2026-{number:02}" for number in numbers}


def test_everything_is_computed_the_first_time_and_nothing_without_news() -> None:
    assert tell(last_today=None) == dict.fromkeys(AlignmentKpi, months(*range(1, 12)))
    assert tell() == {}


def test_a_new_day_touches_what_goes_on_and_no_survey() -> None:
    assert tell(last_today=date(2026, 11, 22)) == dict.fromkeys(OF_DAYS, months(11))
    assert tell(last_today=date(2026, 9, 30)) == dict.fromkeys(OF_DAYS, months(9, 10, 11))
    # A clock that was set back computes nothing that has not begun.
    assert tell(last_today=date(2026, 12, 1)) == {}


def test_a_slip_in_a_year_does_not_cost_a_thousand_periods() -> None:
    dirty = tell(first_day=date(1900, 1, 1), last_today=None)
    assert {len(periods) for periods in dirty.values()} == {MOST_PERIODS + 1}
    long_ago = {"need_by": "1912-04-15"}
    link = change("link", after=long_ago, on=date(1912, 4, 15))
    assert tell(link, first_day=date(1900, 1, 1)) == {}


def test_only_kpis_that_are_computed_are_dirty() -> None:
    cadences = {AlignmentKpi.ON_TIME: Cadence.QUARTERLY}
    it = change("initiative", after={"due_baseline": "2026-03-31", "due_on": "2026-05-01", "starts_on": None})
    assert tell(it, cadences=cadences) == {"ON-TIME": {"2026-Q1", "2026-Q2"}}


RUNNING = {"starts_on": "2026-02-01", "due_baseline": "2026-04-30", "due_on": "2026-06-30"}
OVER = {**RUNNING, "finished_on": "2026-05-05"}
ROUND = {"raised_on": "2026-09-01", "opened_on": "2026-10-02"}
CASES: list[tuple[News, dict[str, set[str]]]] = [
    # An initiative: on time by its dates, together while it runs.
    (
        change("initiative", RUNNING, OVER),
        {"ON-TIME": months(4, 6), "COLLABORATION": months(*range(2, 12))},
    ),
    (change("initiative", None, OVER), {"ON-TIME": months(4, 6), "COLLABORATION": months(2, 3, 4, 5)}),
    (
        change("initiative", None, {**OVER, "starts_on": None}),
        {"ON-TIME": months(4, 6), "COLLABORATION": months(3, 4, 5)},
    ),
    (change("initiative", None, {}), {"COLLABORATION": months(*range(3, 12))}),
    (
        change("initiative", {**OVER, "owner_id": "1"}, {**OVER, "owner_id": "2"}),
        {"ON-TIME": months(*range(1, 12)), "COLLABORATION": months(*range(1, 12))},
    ),
    (
        change("decision", None, ROUND),
        {"DECISION-SPEED": months(9, 10, 11), "DECISION-QUALITY": months(9, 10, 11)},
    ),
    (
        change("decision_type", {"limit_days": 7}, {"limit_days": 9}),
        {"DECISION-SPEED": months(*range(1, 12))},
    ),
    (change("decision_type", {"name": "A"}, {"name": "B"}), {}),
    (change("link", None, {"need_by": "2026-05-05", "delivered_on": None}), {"COLLABORATION": months(3, 5)}),
    (change("partnership", None, {"a_id": "1"}), {"COLLABORATION": months(*range(3, 12))}),
    (change("partnership", {"a_id": "1"}, {"a_id": "2"}), {"COLLABORATION": months(*range(1, 12))}),
    (
        change("talk", {"planned_on": "2026-05-31"}, {"planned_on": "2026-06-01"}),
        {"COLLABORATION": months(5, 6)},
    ),
    (change("survey", None, {"closed_at": None}), {}),
    (
        change("survey", {"closed_at": None}, {"closed_at": "2026-10-01T00:30:00+00:00"}),
        dict.fromkeys((kpi.value for kpi in SURVEY_KPIS), months(9, 10)),
    ),
    (
        change("objective", {"department_id": "1"}, {"department_id": "2"}),
        {"COLLABORATION": months(*range(1, 12))},
    ),
    (change("objective", {"title": "A"}, {"title": "B"}), {}),
    (
        change("department", {"parent_id": None}, {"parent_id": "1"}),
        dict.fromkeys((kpi.value for kpi in OF_DAYS), months(*range(1, 12))),
    ),
    (change("department", None, {"parent_id": "1"}), {}),
    (
        change("owner", {"level": "middle"}, {"level": "senior"}),
        dict.fromkeys((kpi.value for kpi in OF_DAYS), months(*range(1, 12))),
    ),
    (
        change("owner", {"department_id": "1"}, {"department_id": "2"}),
        {"COLLABORATION": months(*range(1, 12))},
    ),
    (change("owner", {"name": "A"}, {"name": "B"}), {}),
    (change("kpi", {}, {}, code="CULTURE"), {"CULTURE": months(*range(1, 12))}),
    (change("kpi", {}, {}, code="NPS"), {}),
    (change("measurement", code="ON-TIME/2026-08/SALES", action="withdrawn"), {"ON-TIME": months(8)}),
    (change("measurement", code="ON-TIME/2026-08/SALES", action="revised"), {}),
    (change("measurement", code="NPS/2026-08", action="withdrawn"), {}),
    (change("measurement", code="ON-TIME/someday", action="withdrawn"), {}),
    (change("theme", {"code": "A"}, {"code": "B"}), {}),
]


@pytest.mark.parametrize(("news", "expected"), CASES)
def test_a_change_touches_what_depends_on_it(news: News, expected: dict[str, set[str]]) -> None:
    assert tell(news) == expected


def test_a_record_that_was_made_and_finished_since_counts_as_finished() -> None:
    made = change("initiative", None, RUNNING, action="created")
    finished = change("initiative", RUNNING, OVER, action="finished")
    assert tell(made, finished)["COLLABORATION"] == months(2, 3, 4, 5)


def test_a_revision_names_three_records_and_counts_the_rest() -> None:
    dirty = find_dirty(
        [change("talk", None, {"planned_on": "2026-05-05"}, record=n, code=f"P-1.{n}") for n in range(5)],
        MONTHLY,
        first_day=FIRST,
        today=TODAY,
        last_today=date(2026, 11, 22),
    )
    reasons = {period.text: dirty.say_why(kpi, period) for kpi, period in dirty.pairs}
    expected = "Computed again: talk P-1.0 updated, talk P-1.1 updated, talk P-1.2 updated, and 2 more."
    assert reasons == {"2026-05": expected, "2026-11": None}
    dirty.add(*next(iter(dirty.pairs))[:1], [], "nothing")
    assert Dirty().say_why(*next(iter(dirty.pairs))) is None


def test_a_kpi_starts_with_the_first_record_that_counts_for_it() -> None:
    days = [date(2026, month, 5) for month in range(1, 9)]
    initiative = InitiativeRow(
        code="I", title="I", department=1, begun_on=days[0], due_baseline=days[1], due_on=days[1]
    )
    alone = DecisionRow(code="D-1", title="D", departments=(1,), rounds=(RoundRow(opened_on=days[0]),))
    rounds = (RoundRow(opened_on=days[2]), RoundRow(opened_on=days[3], reviewed_on=days[4]))
    across = DecisionRow(code="D-2", title="D", departments=(1, 2), rounds=rounds)
    message = QuestionRow(survey="S", question="Q", closed_on=days[5], asks_for=AskedFor.MESSAGE, about="G1")
    rows = AlignmentRows(
        parent_of={}, initiatives=[initiative], decisions=[alone, across], questions=[message]
    )
    assert find_starts(rows) == {
        AlignmentKpi.ON_TIME: days[1],
        AlignmentKpi.COLLABORATION: days[0],
        AlignmentKpi.DECISION_SPEED: days[2],
        AlignmentKpi.DECISION_QUALITY: days[4],
        AlignmentKpi.COMMUNICATION: days[5],
        AlignmentKpi.COMMUNICATION_CONSISTENCY: days[5],
    }
    assert list_awaited(None, Cadence.MONTHLY, today=TODAY) == []
    assert list_awaited(TODAY, Cadence.MONTHLY, today=TODAY) == []
