"""The rituals of the demo with a past: which days their rules had, who came, how useful they found it.

Pure: no clock, no randomness, no database.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.demo.noise import noise
from app.domain.recurrence import expand_days, find_next_day, read_rule
from app.domain.rituals import BEST_VOTE

Row = dict[str, Any]

_TOLD = ("time", "back", "useful", "skipped", "moved", "outcomes", "heads", "verdicts")
_COMES = 0.55  # above this, of -1 to 1, somebody could not come
_VOTES = 0.3  # above this somebody did not vote


def hold_ritual(told: Row, people: Sequence[Row], today: date) -> Row:
    """A ritual input with its `occurrences` (`keep` and `votes`, `skip` or `move`) and `verdicts`."""
    rule = read_rule(told["rrule"])
    begun = today - timedelta(days=told["back"])
    first = find_next_day(rule, begun, after=begun)
    assert first is not None, "the demo's rules have days"  # noqa: S101  (data of our own, tested)
    days = expand_days(rule, first, first=first, last=today - timedelta(days=1))
    row = {name: told[name] for name in told if name not in _TOLD}
    row["starts_at"] = f"{first}T{told['time']}"
    guests = _list_guests(told, people)
    held = [_tell_day(told, guests, day, len(days) - index, len(days)) for index, day in enumerate(days)]
    return row | {"occurrences": held, "verdicts": told.get("verdicts", [])}


def _list_guests(told: Row, people: Sequence[Row]) -> list[str]:
    """Who is asked, by address, the people of its levels among them."""
    levels = told.get("levels", ())
    named = {*told.get("invited", ()), told["host"]}
    return [row["email"] for row in people if row["email"] in named or row.get("level") in levels]


def _tell_day(told: Row, guests: Sequence[str], day: date, back: int, of: int) -> Row:
    said: Row = {"day": day.isoformat()}
    if reason := told.get("skipped", {}).get(back):
        return said | {"skip": {"reason": reason}}
    if days := told.get("moved", {}).get(back):
        later = datetime.fromisoformat(f"{day}T{told['time']}") + timedelta(days=days)
        said["move"] = {"to": f"{later:%Y-%m-%dT%H:%M}"}
    came = [
        email for email in guests if noise(f"{told['code']} {day} {email}") < _COMES or email == told["host"]
    ]
    said["votes"] = dict(_cast_votes(told, came, day, 1 - back / (of + 1)))
    if "heads" in told:
        return said | {"keep": {"headcount": round(told["heads"] * (1 + noise(f"{told['code']} {day}") / 3))}}
    return said | {"keep": {"attended": came, "outcomes": told.get("outcomes", {}).get(back, [])}}


def _cast_votes(told: Row, came: Sequence[str], day: date, share: float) -> Iterator[tuple[str, int]]:
    """Votes around a mean that goes from the first to the last of `useful` as time passes."""
    before, now = told["useful"]
    for email in came:
        key = f"vote {told['code']} {day} {email}"
        if noise(f"{key} given") < _VOTES:
            score = before + (now - before) * share + noise(key) * 1.2
            yield email, min(BEST_VOTE, max(1, round(score)))
