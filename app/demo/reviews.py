"""A year of the demo's reviews: what was said, promised and answered. Its words are in `reviews.yaml`.

Pure, and the same for the same content and day. What would lie after that day has not happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.domain.periods import parse_period
from app.domain.reviews import default_meeting_day

Row = dict[str, Any]

_ABOUT = ("kpi", "goal")


class Names(NamedTuple):
    """E-mails of people by their first names, and codes of decisions by their titles."""

    emails: Mapping[str, str]
    decisions: Mapping[str, str]


def hold_reviews(
    told: Sequence[Row], people: Sequence[Row], decisions: Mapping[str, str], today: date
) -> list[Row]:
    """The reviews, the oldest first; `people` are the inputs of owners, `decisions` codes by title.

    A promise has the `steps` that it went through, each with the day on which that was.
    """
    emails = {str(person["email"]).partition(".")[0]: str(person["email"]) for person in people}
    names = Names(emails, decisions)
    meetings = [_meet(each, today) for each in told]
    reviews = []
    for each, day, after in zip(told, meetings, [*meetings[1:], today], strict=True):
        promised = [_promise(row, names, made=day, after=after, today=today) for row in each["promised"]]
        reviews.append(_review(each, emails, day) | {"promised": promised})
    return reviews


def _meet(told: Row, today: date) -> date:
    """The day of the meeting. That of the month that has ended is still to come."""
    usual = default_meeting_day(parse_period(told["of"]))
    if not told.get("expected") or usual > today:
        return usual
    return today + timedelta(days=1 + -today.weekday() % 7)


def _review(told: Row, emails: Mapping[str, str], day: date) -> Row:
    is_held = not told.get("expected")
    away = {emails[name]: state for name, state in told.get("away", {}).items()}
    notes = told.get("notes", {})
    return {
        "period": told["of"],
        "chair": emails[told.get("chair", "helena")],
        "meets_on": day.isoformat(),
        "opened_on": (parse_period(told["of"]).last_day + timedelta(days=1)).isoformat(),
        "is_held": is_held,
        "despite": told.get("despite", "What is open here comes first in the next meeting."),
        "away": away,
        "notes": [{"department": name, "period": told["of"], **note} for name, note in notes.items()],
        "parked": [{**row, "by": emails[row["by"]]} for row in told.get("parked", ())],
    }


def _promise(told: Row, names: Names, *, made: date, after: date, today: date) -> Row:
    due = date.fromisoformat(told["due"]) if "due" in told else made + timedelta(days=told["within"])
    about = {name: told[name] for name in _ABOUT if name in told}
    if "decision" in told:
        about["decision"] = names.decisions[told["decision"]]
    steps = _list_steps(told, due=due, after=after)
    return {
        "commitment": {
            "what": told["what"],
            "owner": names.emails[told["who"]],
            "partner": names.emails[told["asks"]],
            "made_on": made.isoformat(),
            "due_on": due.isoformat(),
            **about,
        },
        "steps": [{verb: said} for verb, said in steps if said["on"] <= today.isoformat()],
    }


def _list_steps(told: Row, *, due: date, after: date) -> Iterator[tuple[str, Row]]:
    """What is kept is said on the due date; what is not, on the eve of the meeting after it."""
    for name, verb in (("moved", "redate"), ("dropped", "drop")):
        if name in told:
            yield verb, told[name]
    if outcome := told.get("became"):
        on = due if outcome == "kept" else max(due, after - timedelta(days=1))
        yield "settle", {"outcome": outcome, "said": told.get("said"), "on": on.isoformat()}
