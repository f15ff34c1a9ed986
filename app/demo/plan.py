"""Reads the demo organization and expands it to API inputs for a given day.

Pure: no clock, no randomness, no database. What the content says stands in the YAML files beside.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import yaml

from app.demo.crowd import hire_staff, hold_survey
from app.demo.noise import noise
from app.demo.past import remember_decisions, remember_initiatives
from app.demo.reviews import hold_reviews
from app.demo.rituals import hold_ritual
from app.domain.periods import Cadence, Period, period_of

Row = dict[str, Any]

FILES = (
    *("organization.yaml", "strategy.yaml", "kpis.yaml", "values.yaml"),
    *("partnerships.yaml", "decisions.yaml", "initiatives.yaml", "surveys.yaml", "past.yaml"),
    *("commitments.yaml", "rituals.yaml", "reviews.yaml"),
)

_CADENCES = {"weeks": Cadence.WEEKLY, "months": Cadence.MONTHLY, "quarters": Cadence.QUARTERLY}
_STAFFING = ("staff", "first_names", "last_names", "titles")
_ANSWERS_VARY = 0.08  # share by which counts differ from one period to the next


@dataclass(frozen=True)
class DemoPlan:
    """The inputs that build the demo organization, each row in the shape the API takes it.

    References are codes (of owners: e-mails), dates and periods ISO texts. Departments name their
    head and owners their department: create the departments without heads, then the owners (managers
    come first), then set the heads. KPIs name each other in `guards`: create them all, then set those.
    `targets` are target inputs with the code of their `kpi`, of built-in KPIs, too. `measurements`
    are bulk inputs `{"kpi", "items"}`, to be sent in order: corrections come as later batches.
    `engagement` holds one push a month, oldest first; `segments` is what an administrator has
    decided about the source's segments; the one that is missing there stays in the inbox.
    `partnerships` carry their `talks`: planned on a day, held on one or skipped with a note. `decisions`
    carry the `steps` that they took: `{"decide": …}`, each with the body of that step; so do `initiatives`,
    which come after the decisions they cite, and `commitments`. `dependencies` are links with their
    `answers`. `staff` have no role. `surveys` carry when they opened and closed, and the `sheets` of
    those who answered; `rituals` their `occurrences` and `verdicts`.
    """

    organization: Row
    themes: list[Row]
    departments: list[Row]
    owners: list[Row]
    goals: list[Row]
    objectives: list[Row]
    links: list[Row]
    kpis: list[Row]
    targets: list[Row]
    measurements: list[Row]
    engagement: list[Row]
    segments: list[Row]
    partnerships: list[Row]
    decision_types: list[Row]
    decisions: list[Row]
    initiatives: list[Row]
    dependencies: list[Row]
    commitments: list[Row]
    staff: list[Row]
    surveys: list[Row]
    rituals: list[Row]
    reviews: list[Row]


def read_demo(today: date) -> DemoPlan:
    """The demo organization as of a day; the same day gives the same plan."""
    content: Row = {}
    for name in FILES:
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        content |= _resolve_dates(yaml.safe_load(text), today)
    series, feed, past = (content.pop(name) for name in ("series", "engagement", "past"))
    content["initiatives"] = remember_initiatives(past, today) + content["initiatives"]
    content["decisions"] += remember_decisions(past, today)
    content["decisions"].sort(key=lambda row: str(row["raised_on"]))
    codes = {row["title"]: f"D-{number}" for number, row in enumerate(content["decisions"], start=1)}
    _cite_decisions(content["initiatives"], codes)
    heads = {row["code"]: row["head"] for row in content["departments"]}
    staff = hire_staff({name: content.pop(name) for name in _STAFFING}, heads)
    people = [*content["owners"], *staff]
    told = sorted(content.pop("surveys"), key=lambda each: each["opened"])
    surveys = [hold_survey(each, people, content["organization"]) for each in told]
    content["rituals"] = [hold_ritual(each, people, today) for each in content["rituals"]]
    reviews = hold_reviews(content.pop("reviews"), content["owners"], codes, today)
    return DemoPlan(
        **content,
        staff=staff,
        surveys=surveys,
        reviews=reviews,
        measurements=_measurement_batches(series, today),
        engagement=_engagement_batches(feed, today),
        segments=[
            {"source": feed["source"], "segment": row["segment"], "department": row["department"]}
            for row in feed["segments"]
            if row["department"] is not None
        ],
    )


def _cite_decisions(initiatives: list[Row], codes: Row) -> None:
    """Steps name a decision by its title; its code says which in order it was logged."""
    for row in initiatives:
        for said in (said for step in row.get("steps", ()) for said in step.values()):
            if "decision" in said:
                said["decision"] = codes[said["decision"]]


def _resolve_dates(node: Any, today: date) -> Any:
    """Replace every relative date and period, such as `{month: -23}`, by its text."""
    if isinstance(node, list):
        return [_resolve_dates(item, today) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        ((unit, offset),) = node.items()
        if unit in _RELATIVE:
            return _RELATIVE[unit](today, offset)
    return {key: _resolve_dates(value, today) for key, value in node.items()}


def _period(today: date, cadence: Cadence, offset: int) -> Period:
    return period_of(today, cadence).next(offset)


_RELATIVE: dict[str, Callable[[date, int], str]] = {
    "day": lambda today, n: (today + timedelta(days=n)).isoformat(),
    "quarter_start": lambda today, n: _period(today, Cadence.QUARTERLY, n).first_day.isoformat(),
    "quarter_end": lambda today, n: _period(today, Cadence.QUARTERLY, n).last_day.isoformat(),
    "year_start": lambda today, n: _period(today, Cadence.YEARLY, n).first_day.isoformat(),
    "year_end": lambda today, n: _period(today, Cadence.YEARLY, n).last_day.isoformat(),
    "week": lambda today, n: _period(today, Cadence.WEEKLY, n).text,
    "month": lambda today, n: _period(today, Cadence.MONTHLY, n).text,
    "quarter": lambda today, n: _period(today, Cadence.QUARTERLY, n).text,
}


def _measurement_batches(all_series: list[Row], today: date) -> list[Row]:
    """One batch per KPI with all its departments, then one per correction."""
    typed: dict[str, list[Row]] = {}
    corrections: list[Row] = []
    for series in all_series:
        kpi = series["kpi"]
        typed.setdefault(kpi, []).extend(_measurement_items(series, today))
        for offset, content in series.get("corrections", {}).items():
            item = _measurement_item(series, offset, today=today, content=content)
            corrections.append({"kpi": kpi, "items": [item]})
    return [{"kpi": kpi, "items": items} for kpi, items in typed.items()] + corrections


def _measurement_items(series: Row, today: date) -> Iterator[Row]:
    points = series.get("points", {})
    for offset in _offsets(series):
        content = points.get(offset) or {"value": _value_at(series, offset)}
        yield _measurement_item(series, offset, today=today, content=content)


def _measurement_item(series: Row, offset: int, *, today: date, content: Row) -> Row:
    period = _period(today, _cadence_of(series), offset)
    item = {"period": period.text, "department": series.get("department"), **content}
    if "value" in content:
        item |= _evidence(series, offset, content=content)
    return item


def _evidence(series: Row, offset: int, *, content: Row) -> Row:
    """What stands behind a value: counts, number of answers, confidence."""
    evidence: Row = {}
    if "denominator" in series and "denominator" not in content:
        evidence |= _counts(series, offset, value=content["value"])
    if "n" in series:
        evidence["n"] = _vary(series["n"], _key(series, offset))
    if "confidence" in series:
        evidence["confidence"] = series["confidence"]
    return evidence


def _counts(series: Row, offset: int, *, value: float) -> Row:
    """A percentage as counts: whole numbers, and the value they make."""
    denominator = _vary(series["denominator"], _key(series, offset))
    numerator = round(value * denominator / 100)
    value = round(100 * numerator / denominator, series["decimals"])
    return {"value": value, "numerator": numerator, "denominator": denominator}


def _engagement_batches(feed: Row, today: date) -> list[Row]:
    batches = []
    for offset in _offsets(feed):
        period = _period(today, Cadence.MONTHLY, offset)
        items = [
            _engagement_item(feed, segment, offset=offset, period=period)
            for segment in feed["segments"]
            if offset in _offsets({"months": feed["months"], **segment})
        ]
        batches.append(
            {"source": feed["source"], "survey": feed["survey"], "round": period.text, "items": items}
        )
    return batches


def _engagement_item(feed: Row, segment: Row, *, offset: int, period: Period) -> Row:
    series = {"months": feed["months"], "decimals": 2, "kpi": segment["segment"], **segment}
    expected = round(segment["invited"] * segment["rate"] / 100)
    respondents = segment.get("respondents", {}).get(offset, _vary(expected, _key(series, offset)))
    return {
        "segment": segment["segment"],
        "name": segment["name"],
        "metric": feed["metric"],
        "period": period.text,
        "scale": dict(feed["scale"]),
        "value": _value_at(series, offset),
        "respondents": respondents,
        "invited": segment["invited"],
        "observed_at": f"{period.last_day.isoformat()}T18:00:00Z",
    }


def _cadence_of(series: Row) -> Cadence:
    return next(cadence for unit, cadence in _CADENCES.items() if unit in series)


def _offsets(series: Row) -> range:
    first, last = next(series[unit] for unit in _CADENCES if unit in series)
    return range(first, last + 1)


def _value_at(series: Row, offset: int) -> float:
    """The point of the path at this offset, plus the noise, rounded."""
    offsets, path = _offsets(series), series["path"]
    position = (offset - offsets[0]) / (len(offsets) - 1) * (len(path) - 1)
    step = min(int(position), len(path) - 2)
    on_path = path[step] + (path[step + 1] - path[step]) * (position - step)
    value: float = on_path + series["noise"] * noise(_key(series, offset))
    decimals: int = series["decimals"]
    return round(value, decimals) if decimals else round(value)


def _vary(count: int, key: str) -> int:
    return round(count * (1 + _ANSWERS_VARY * noise(f"count/{key}")))


def _key(series: Row, offset: int) -> str:
    return f"{series['kpi']}/{series.get('department')}/{offset}"
