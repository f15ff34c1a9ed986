"""Records to compute from: valid by default, on days of October 2026, in a small tree of departments."""

from datetime import date
from random import Random
from typing import Any

from app.domain.alignment_kpis.compute import compute_figures
from app.domain.alignment_kpis.figures import ORGANIZATION, AlignmentKpi, Figure
from app.domain.alignment_kpis.rows import (
    AlignmentRows,
    AnswerCount,
    AskedFor,
    DecisionRow,
    DependencyRow,
    InitiativeRow,
    QuestionRow,
    RoundEnd,
    RoundRow,
    TalkRow,
    TieRow,
)
from app.domain.periods import parse_period

OCTOBER = parse_period("2026-10")
LATER = date(2026, 11, 23)
MIDDLE = date(2026, 10, 15)
PARENTS: dict[Any, Any] = {"OPS": None, "EAST": "OPS", "WEST": "OPS", "HR": None, "IT": None}
LEVELS = ("executive", "senior", "middle", "frontline")


def on(day: int, month: int = 10) -> date:
    return date(2026, month, day)


def make_rows(**overrides: Any) -> AlignmentRows:
    return AlignmentRows(**({"parent_of": PARENTS} | overrides))


def make_initiative(title: str = "Payroll move", due: date = MIDDLE, **overrides: Any) -> InitiativeRow:
    fields: dict[str, Any] = {
        "code": title.upper(),
        "title": title,
        "department": "HR",
        "begun_on": on(1, 3),
        "due_baseline": due,
        "due_on": due,
    }
    return InitiativeRow(**(fields | overrides))


def make_decision(*rounds: RoundRow, **overrides: Any) -> DecisionRow:
    fields: dict[str, Any] = {"code": "D-1", "title": "New tills", "departments": ("EAST", "HR")}
    return DecisionRow(**(fields | {"rounds": rounds} | overrides))


def decided(opened: date, ended: date, **overrides: Any) -> RoundRow:
    return RoundRow(opened_on=opened, end=RoundEnd.DECIDED, ended_on=ended, **overrides)


def opened(day: date) -> RoundRow:
    return RoundRow(opened_on=day)


def make_question(question: str = "Q1", **overrides: Any) -> QuestionRow:
    fields: dict[str, Any] = {
        "survey": "PULSE",
        "question": question,
        "closed_on": on(20),
        "asks_for": AskedFor.MESSAGE,
        "about": "What comes first",
        "intended": "G1",
    }
    return QuestionRow(**(fields | overrides))


def make_answers(
    department: str | None, level: str | None = None, question: str = "Q1", **counts: int
) -> list[AnswerCount]:
    """Counts by option; a rating is written with an underscore before it: `_4=3`."""
    return [
        AnswerCount("PULSE", question, department, level, int(value[1:]) if value[0] == "_" else value, count)
        for value, count in counts.items()
    ]


def find_figures(rows: AlignmentRows, kpi: AlignmentKpi, today: date = LATER) -> dict[Any, Figure]:
    """By department or level; the organization under None."""
    found = compute_figures(rows, OCTOBER, today, kpis=[kpi])
    return {
        figure.scope.level if figure.scope.department is None else figure.scope.department: figure
        for figure in found
    }


def find_figure(rows: AlignmentRows, kpi: AlignmentKpi, today: date = LATER) -> Figure:
    """That of the organization."""
    (figure,) = (
        figure for figure in compute_figures(rows, OCTOBER, today, kpis=[kpi]) if figure.scope == ORGANIZATION
    )
    return figure


def read_seconds(figure: Figure) -> dict[str, float]:
    return {second.name: second.value for second in figure.seconds}


def make_year(random: Random) -> AlignmentRows:
    """Records of any kind on any day around October."""
    return make_rows(
        initiatives=[_draw_initiative(random, number) for number in range(random.randint(0, 12))],
        decisions=[_draw_decision(random, number) for number in range(random.randint(0, 25))],
        questions=[make_question(), make_question("Q2", asks_for=AskedFor.BEHAVIOUR, intended=None)],
        answers=[answer for place in (None, *PARENTS) for answer in _draw_answers(random, place)],
        dependencies=[
            DependencyRow(name="x", department="EAST", other_department="IT", need_by=_draw_day(random))
        ],
        talks=[TalkRow(department="HR", other_department="IT", planned_on=_draw_day(random), held=True)],
        ties=[TieRow(a="ann", b="bob", from_day=_draw_day(random))],
        department_of={"ann": "HR", "bob": "IT"},
    )


def _draw_day(random: Random) -> date:
    return date(2026, random.randint(6, 12), random.randint(1, 28))


def _draw_departments(random: Random, most: int) -> tuple[str, ...]:
    return tuple(random.sample(list(PARENTS), random.randint(1, most)))


def _draw_initiative(random: Random, number: int) -> InitiativeRow:
    return make_initiative(
        f"Initiative {number}",
        _draw_day(random),
        department=random.choice(list(PARENTS)),
        departments=_draw_departments(random, 2),
        begun_on=_draw_day(random),
        due_on=_draw_day(random),
        finished_on=random.choice((None, _draw_day(random))),
        level=random.choice((None, *LEVELS)),
    )


def _draw_decision(random: Random, number: int) -> DecisionRow:
    days = sorted(_draw_day(random) for _ in range(random.randint(1, 4)))
    pairs = zip(days[::2], days[1::2], strict=False)
    rounds = [decided(a, b, reviewed_on=b, rating=random.randint(1, 5)) for a, b in pairs]
    return make_decision(
        *rounds,
        *([opened(days[-1])] if len(days) % 2 else []),
        code=f"D-{number}",
        departments=_draw_departments(random, 3),
        limit_days=random.choice((None, 10, 30)),
        level=random.choice((None, *LEVELS)),
    )


def _draw_answers(random: Random, place: str | None) -> list[AnswerCount]:
    level = random.choice((None, *LEVELS))
    ratings = {"_1": 1, "_3": 2, "_5": random.randint(0, 5)}
    return make_answers(place, level, G1=3, G2=2) + make_answers(place, level, "Q2", **ratings)
