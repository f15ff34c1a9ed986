"""The line that logs a decision: what it says in names and days, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ConfigDict, ValidationError

from app.actions.decisions import create_decision
from app.deps import SessionDep
from app.domain.capture import KIND, PERSON, SUBJECT, Captured, Choice, read_capture
from app.domain.linkage.wording import word_day
from app.domain.permissions import Actor, Permission, may
from app.domain.words import NodeStatus
from app.errors import CoxswainError, Forbidden
from app.models.decisions import DecisionInput
from app.models.goals import GoalFilter
from app.models.typed_lines import TypedLine, refuse_line
from app.queries.decision_types import list_types_in_force
from app.queries.departments import list_department_places
from app.queries.goals import list_goals
from app.queries.organization import today_of
from app.queries.owners import find_home, list_owner_choices, list_owner_homes
from app.web.forms import Contract, Form
from app.web.told_lines import ToldLine

EXAMPLE = "Close the Leeds depot? @amy.ford needed 30 Jun #G2 !pricing"
NOT_YOURS = "You log decisions that touch your own departments, and those that you take yourself."
MOST_GOALS = 1000
CITED: list[NodeStatus] = [each for each in NodeStatus if each is not NodeStatus.DRAFT]


class CaptureForm(Contract):
    """A line; `anyway`: what was not understood stays in the title."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    line: TypedLine = ""
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """What the marks of a line can stand for, and the words around them."""

    people: Sequence[tuple[str, str]]
    goals: Mapping[str, str]
    departments: Mapping[str, str]
    types: Mapping[str, str]
    # Departments that are touched where the line names none: of whoever logs it, and of people by address.
    home: str | None
    home_of: Mapping[str, str]

    def list_choices(self) -> dict[str, list[Choice]]:
        """Goals come before departments of the same code."""
        subjects = {**self.departments, **self.goals}
        return {
            PERSON: [Choice(*each) for each in self.people],
            SUBJECT: [Choice(*each) for each in subjects.items()],
            KIND: [Choice(*each) for each in self.types.items()],
        }


async def read_line(session: SessionDep, person: Actor, line: str) -> ToldLine:
    """What a line says; nothing for an empty one."""
    if not line or not may(person, Permission.DECISIONS_WRITE):
        return ToldLine(line)
    names = await _load_names(session, person)
    captured = read_capture(line, names.list_choices(), today=await today_of(session))
    return _tell(line, captured, names)


async def log_line(
    session: SessionDep, person: Actor, form: Form[CaptureForm], *, review: str | None = None
) -> tuple[ToldLine, str | None]:
    """Logs a decision by its line, perhaps in a review (its month): its code, or what stands in the way."""
    if form.data is None:
        return ToldLine(str(form.values.get("line") or ""), refusal=form.errors.get("line")), None
    line = form.data.line
    names = await _load_names(session, person)
    captured = read_capture(line, names.list_choices(), today=await today_of(session))
    told = _tell(line, captured, names)
    if not captured.title:
        return replace(told, refusal="Say what is to be decided."), None
    if captured.unknown and not form.data.anyway:
        return replace(told, refusal="A part of the line is not understood."), None
    try:
        async with session.begin_nested():
            data = _make_input(captured, names).model_copy(update={"review": review})
            decision = await create_decision(session, data, actor=person)
    except ValidationError as error:
        return replace(told, refusal=refuse_line(error).detail), None
    except Forbidden:
        return replace(told, refusal=NOT_YOURS), None
    except CoxswainError as error:
        return replace(told, refusal=error.detail), None
    return told, decision.code


async def _load_names(session: SessionDep, person: Actor) -> _Names:
    """Everything that a mark can mean, in six statements."""
    goals, _ = await list_goals(session, GoalFilter(status=CITED, limit=MOST_GOALS), actor=person)
    places = await list_department_places(session, actor=person)
    home = await find_home(session, person)
    return _Names(
        people=await list_owner_choices(session, actor=person),
        goals={each.code: each.title for each in goals},
        departments={each.code: each.name for each in places},
        types={each.code: each.name for each in await list_types_in_force(session, actor=person)},
        home=home.code if home else None,
        home_of=await list_owner_homes(session, actor=person),
    )


def _split(captured: Captured, names: _Names) -> tuple[list[str], list[str], bool]:
    """The goals and the departments of a line, and whether the departments are only supposed."""
    goals = [code for code in captured.subjects if code in names.goals]
    departments = [code for code in captured.subjects if code not in names.goals]
    if departments:
        return goals, departments, False
    supposed = [names.home_of.get(captured.person or ""), names.home]
    return goals, list(dict.fromkeys(code for code in supposed if code)), True


def _make_input(captured: Captured, names: _Names) -> DecisionInput:
    goals, departments, _ = _split(captured, names)
    return DecisionInput(
        title=captured.title,
        type=captured.kind,
        decider=captured.person,
        needed_by=captured.day,
        goals=goals,
        departments=departments,
    )


def _tell(line: str, captured: Captured, names: _Names) -> ToldLine:
    goals, departments, supposed = _split(captured, names)
    people = dict(names.people)
    touched = ", ".join(names.departments.get(code, code) for code in departments) or "no department yet"
    told = [
        ("Decides", people.get(captured.person or "", "nobody yet: add @name")),
        ("Needed by", word_day(captured.day) if captured.day else "no day: add by 30 Jun"),
        ("Type", names.types.get(captured.kind or "", "none: add !type")),
        ("Goal", ", ".join(f"{code} {names.goals[code]}" for code in goals) or "none: add #G1"),
        ("Touches", f"{touched} (supposed; add #{departments[0]})" if supposed and departments else touched),
    ]
    return ToldLine(line, captured.title, tuple(told), captured.unknown)
