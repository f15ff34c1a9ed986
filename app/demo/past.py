"""Two years of the demo: initiatives and decisions made from lists. What they say stands in `past.yaml`.

Pure, and the same for the same content and day. What is not over by that day is left out.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from app.demo.noise import noise
from app.domain.periods import Cadence, period_of

Row = dict[str, Any]


def remember_initiatives(past: Row, today: date) -> list[Row]:
    """Initiatives that are finished, with the steps that led there."""
    told = past["initiatives"]
    days = _list_days(past, told["each_month"], today)
    begin = period_of(today, Cadence.MONTHLY).next(past["months"][0]).first_day
    return [
        _run_initiative(past, number, begin=begin, due=due, way=way)
        for number, (due, way) in enumerate(days, start=1)
        if due + timedelta(days=_count_late(told, number, way)) < today
    ]


def remember_decisions(past: Row, today: date) -> list[Row]:
    """Decisions that were taken, and reviewed where that was due."""
    told = past["decisions"]
    days = _list_days(past, told["each_month"], today)
    made = [_take_decision(past, n, raised=day, way=way, today=today) for n, (day, way) in enumerate(days)]
    return [row for row in made if row["steps"][0]["decide"]["decided_on"] < today.isoformat()]


def _list_days(past: Row, each_month: int, today: date) -> Iterator[tuple[date, float]]:
    """Days all over the months, each with the share of the way from the first month to the last."""
    first, last = past["months"]
    for offset in range(first, last + 1):
        begin = period_of(today, Cadence.MONTHLY).next(offset).first_day
        for number in range(each_month):
            yield begin + timedelta(days=2 + number * 24 // each_month), (offset - first) / (last - first)


def _run_initiative(past: Row, number: int, *, begin: date, due: date, way: float) -> Row:
    told, key = past["initiatives"], f"initiative/{number}"
    work = told["works"][number % len(told["works"])]
    late = _count_late(told, number, way)
    steps: list[Row] = [{"finish": {"finished_on": _write_day(due, late)}}]
    if late > 0 and _is_chosen(f"{key}/moved", 60):
        reason = told["reasons"][number % len(told["reasons"])]
        steps.insert(0, {"redate": {"due_on": _write_day(due, late + 3), "reason": reason}})
    return {
        "code": f"I-{number:03}",
        "title": work["title"].format(place=_find_place(past, number, len(told["works"]))),
        "why": work["why"],
        "department": work["department"],
        "owner": work["owner"],
        "departments": work["with"] if _is_chosen(f"{key}/shared", _follow(told["shared"], way)) else [],
        "supports": work["supports"],
        "status": "active",
        "starts_on": max(begin.isoformat(), _write_day(due, -round(75 + 45 * noise(f"{key}/length")))),
        "due_on": due.isoformat(),
        "steps": steps,
    }


def _count_late(told: Row, number: int, way: float) -> int:
    """Days after the due date; at most 0 for what is on time."""
    key = f"initiative/{number}"
    if _is_chosen(f"{key}/on time", _follow(told["on_time"], way)):
        return -round(5 + 5 * noise(f"{key}/early"))
    return round(24 + 19 * noise(f"{key}/late"))


def _take_decision(past: Row, number: int, *, raised: date, way: float, today: date) -> Row:
    told, key = past["decisions"], f"decision/{number}"
    question = told["questions"][number % len(told["questions"])]
    days = round(_follow(told["days"], way) * (1 + 0.8 * noise(f"{key}/days")))
    decided = raised + timedelta(days=days)
    review = decided + timedelta(days=told["reviewed_after"])
    options = question["chosen"]
    choice = {
        "chosen": options[number % len(options)],
        "decided_on": decided.isoformat(),
        "review_on": review.isoformat(),
        "forecast": 5 * round(14 + 3 * noise(f"{key}/forecast")),
    }
    rating = min(5, max(1, round(_follow(told["rating"], way) + 1.3 * noise(f"{key}/rating"))))
    looked_back = {"rating": rating, "as_expected": rating >= 3, "reviewed_on": review.isoformat()}
    return {
        "title": question["title"].format(place=_find_place(past, number, len(told["questions"]))),
        **{name: question[name] for name in ("type", "decider", "departments", "goals")},
        "raised_on": raised.isoformat(),
        "steps": [{"decide": choice}, *([{"review": looked_back}] if review < today else [])],
    }


def _find_place(past: Row, number: int, kinds: int) -> str:
    """Another place each time that a kind of work or question comes back."""
    places = past["places"]
    return str(places[(number % kinds + number // kinds) % len(places)])


def _follow(path: Sequence[float], way: float) -> float:
    """The point of a path, its points at equal distances, at a share of the way."""
    position = way * (len(path) - 1)
    step = min(int(position), len(path) - 2)
    return path[step] + (path[step + 1] - path[step]) * (position - step)


def _is_chosen(key: str, percent: float) -> bool:
    return 50 * (1 + noise(key)) < percent


def _write_day(day: date, later: int) -> str:
    return (day + timedelta(days=later)).isoformat()
