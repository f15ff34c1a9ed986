"""Decisions across departments: how long they take, with those still open, and how they turn out."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from app.domain.alignment_kpis.figures import ORGANIZATION, AlignmentKpi, Figure, Scope, SecondFigure
from app.domain.alignment_kpis.rows import AlignmentRows, DecisionRow, RoundEnd, RoundRow
from app.domain.alignment_kpis.shares import second_share
from app.domain.alignment_kpis.window import ScopeTree, Stand, Window, spread_rows
from app.domain.alignment_kpis.wording import count_things, join_parts, write_days
from app.domain.means import estimate_mean
from app.domain.proportions import brier
from app.domain.survival import median_time, survival_curve

FEWEST_DEPARTMENTS = 2
# With fewer the median is told, and that it says little.
FEWEST_DECISIONS = 8
FEWEST_DECIDED = 4
# A decision that holds this long is said to hold; all those of a year are looked at.
HOLDS_AFTER_DAYS = 90
HELD_WITHIN_DAYS = 365
LOWEST_RATING, HIGHEST_RATING = 1.0, 5.0


class _Wait(NamedTuple):
    """One round as it stood at the end of a window; `decided`: within it."""

    decision: DecisionRow
    opened_on: date
    days: int
    decided: bool
    withdrawn: bool


def figure_decision_speed(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """DECISION-SPEED: the median of days from raised (or re-opened) to decided, by Kaplan–Meier.

    Of every round of a decision that touches two departments or more and waited on any day of the period.
    What is still open at the end of the period, or today, counts as still open then, and so does a decision
    that was withdrawn, until that day. Long waits meet several periods: the figure leans to the slow side
    rather than forget them. It changes after the period only when records of that time do. Log-log interval.
    None when more than half still waited. Second number: the share within the time limit of the type, of
    what was decided in the period or is past its limit.
    """
    waits = [wait for row in _list_across(rows) for wait in _list_waits(row, window)]
    for scope, found in spread_rows(waits, tree, lambda wait: _stand_of_decision(wait.decision)).items():
        yield _explain_speed(scope, found)


def figure_decision_quality(rows: AlignmentRows, tree: ScopeTree, window: Window) -> Iterator[Figure]:
    """DECISION-QUALITY: the mean rating (1–5) of outcomes reviewed in the period, with Student's interval.

    Of decisions that touch two departments or more. Second numbers: the share that turned out as expected;
    the share not re-opened within 90 days, by Kaplan–Meier over what was decided in the year up to the end
    of the period; Brier's score of the forecasts of what was reviewed (0 best, 0.25 as good as guessing).
    """
    scopes = spread_rows(_list_across(rows), tree, _stand_of_decision)
    for scope, found in scopes.items():
        figure = _explain_quality(scope, found, window)
        if figure is not None:
            yield figure


def _list_across(rows: AlignmentRows) -> list[DecisionRow]:
    return [row for row in rows.decisions if len(set(row.departments)) >= FEWEST_DEPARTMENTS]


def _stand_of_decision(row: DecisionRow) -> Stand:
    return row.departments, row.level


def _list_waits(row: DecisionRow, window: Window) -> Iterator[_Wait]:
    for one in row.rounds:
        if not window.meets(one.opened_on, one.ended_on):
            continue
        ended = one.ended_on is not None and one.ended_on <= window.until
        last = one.ended_on if ended and one.ended_on is not None else window.until
        days = (last - one.opened_on).days
        decided = ended and one.end is RoundEnd.DECIDED
        yield _Wait(row, one.opened_on, days, decided, ended and one.end is RoundEnd.WITHDRAWN)


def _explain_speed(scope: Scope, found: Sequence[_Wait]) -> Figure:
    median = median_time([wait.days for wait in found], [wait.decided for wait in found])
    return Figure(
        kpi=AlignmentKpi.DECISION_SPEED,
        scope=scope,
        value=median.value,
        explanation=_say_speed(found, median.value),
        n=len(found),
        low=median.low,
        high=median.high,
        seconds=_count_within_limit(found),
    )


def _say_speed(found: Sequence[_Wait], median: float | None) -> str:
    if not found:
        return "No decision across departments waited."
    decided, withdrawn = sum(wait.decided for wait in found), sum(wait.withdrawn for wait in found)
    waiting = [wait for wait in found if not wait.decided and not wait.withdrawn]
    longest = max(waiting, key=lambda wait: wait.days, default=None)
    is_thin = len(found) < FEWEST_DECISIONS or decided < FEWEST_DECIDED
    return join_parts(
        [
            f"Median {write_days(median)}" if median is not None else "More than half were not decided yet",
            f"{decided} of {count_things(len(found), 'decision')} across departments decided",
            f"{len(waiting)} still open" if waiting else "",
            f"longest: {longest.decision.title} ({write_days(longest.days)})" if longest else "",
            f"{withdrawn} withdrawn" if withdrawn else "",
            "so few say little" if is_thin else "",
        ]
    )


def _count_within_limit(found: Sequence[_Wait]) -> tuple[SecondFigure, ...]:
    """Open within its limit is neither kept nor broken yet."""
    limited = [(wait, wait.decision.limit_days) for wait in found if wait.decision.limit_days is not None]
    kept = sum(wait.decided and wait.days <= limit for wait, limit in limited)
    broken = sum(not wait.withdrawn and wait.days > limit for wait, limit in limited)
    return second_share("within_limit", "Within the time limit", kept, kept + broken)


def _explain_quality(scope: Scope, found: Sequence[DecisionRow], window: Window) -> Figure | None:
    """None when nothing can be said, except for the organization."""
    rounds = [one for row in found for one in row.rounds]
    reviewed = [one for one in rounds if window.holds(one.reviewed_on)]
    ratings = [one.rating for one in reviewed if one.rating is not None]
    seconds = _judge_outcomes(reviewed) + _count_held(found, window)
    if not ratings and not seconds and scope != ORGANIZATION:
        return None
    mean = estimate_mean(ratings)
    said = f"{count_things(len(ratings), 'outcome')} reviewed" if ratings else "No outcome was reviewed"
    good = sum(rating >= 4 for rating in ratings)
    return Figure(
        kpi=AlignmentKpi.DECISION_QUALITY,
        scope=scope,
        value=mean.value,
        explanation=join_parts([said, f"{good} rated 4 or 5" if ratings else ""]),
        n=len(ratings),
        low=None if mean.low is None else max(mean.low, LOWEST_RATING),
        high=None if mean.high is None else min(mean.high, HIGHEST_RATING),
        seconds=seconds,
    )


def _judge_outcomes(reviewed: Sequence[RoundRow]) -> tuple[SecondFigure, ...]:
    judged = [one for one in reviewed if one.as_expected is not None]
    expected = second_share(
        "as_expected", "Turned out as expected", sum(bool(one.as_expected) for one in judged), len(judged)
    )
    forecast = [one for one in judged if one.forecast is not None]
    score = brier(
        [one.forecast / 100 for one in forecast if one.forecast is not None],
        [one.as_expected for one in forecast],
    )
    if score is None:
        return expected
    second = SecondFigure(
        name="brier", label="Score of forecasts (Brier)", value=score, unit="score", n=len(forecast)
    )
    return (*expected, second)


def _count_held(found: Sequence[DecisionRow], window: Window) -> tuple[SecondFigure, ...]:
    earliest = window.until - timedelta(days=HELD_WITHIN_DAYS)
    days, reopened = [], []
    for row in found:
        for one, following in pairwise([*row.rounds, None]):
            if one is None or one.end is not RoundEnd.DECIDED or one.ended_on is None:
                continue
            if not earliest < one.ended_on <= window.until:
                continue
            again = following is not None and following.opened_on <= window.until
            last = following.opened_on if following is not None and again else window.until
            days.append((last - one.ended_on).days)
            reopened.append(again)
    if not days:
        return ()
    early = [share for time, share in survival_curve(days, reopened) if time <= HOLDS_AFTER_DAYS]
    value = 100 * (early[-1] if early else 1.0)
    label = f"Not re-opened within {HOLDS_AFTER_DAYS} days"
    return (SecondFigure(name="not_reopened", label=label, value=value, unit="percent", n=len(days)),)
