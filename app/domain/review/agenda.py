"""The agenda of a review: what is talked about in which order, and how many minutes each item is given.

The order is that of the page, exceptions first. What an item shows does not live here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Three quarters of an hour to an hour in all.
MINUTES: Mapping[str, int] = {
    "header": 4,
    "tiles": 5,
    "commitments": 10,
    "findings": 6,
    "slots": 15,
    "tensions": 5,
    "decisions": 6,
    "pulse": 3,
    "parked": 2,
    "close": 2,
}
SLOTS = "slots"
# A department by its code.
SLOT = "slot-"
_SLOT_KEY = re.compile(r"slot-[A-Za-z0-9._-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something that the room looks at: its key, what it is called, and its minutes."""

    key: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where on the agenda the room is. `number` counts from 1; None: the item is not on it (any more)."""

    item: AgendaItem | None
    number: int | None
    before: AgendaItem | None
    after: AgendaItem | None


def is_agenda_key(key: str) -> bool:
    """May this be the key of an item: a part of the page, or the slot of a department?

    >>> is_agenda_key("findings"), is_agenda_key("slot-OPS"), is_agenda_key("coffee")
    (True, True, False)
    """
    return key in MINUTES or _SLOT_KEY.match(key) is not None


def plan_agenda(titles: Mapping[str, str], departments: Sequence[tuple[str, str]]) -> tuple[AgendaItem, ...]:
    """The items in their order. `titles`: of the parts that the page has, `departments`: code and name.

    Departments that have something to discuss take their turns one by one and share the minutes of all of
    them, a minute each at least. Without any, departments are one item.

    >>> [f"{item.title} {item.minutes}" for item in plan_agenda({"slots": "All", "close": "End"}, [])]
    ['All 15', 'End 2']
    >>> [item.key for item in plan_agenda({"slots": "All"}, [("OPS", "Operations"), ("HR", "People")])]
    ['slot-OPS', 'slot-HR']
    """
    items: list[AgendaItem] = []
    for key, minutes in MINUTES.items():
        if key == SLOTS and departments:
            each = max(1, round(minutes / len(departments)))
            items += [AgendaItem(f"{SLOT}{code}", name, each) for code, name in departments]
        elif key in titles:
            items.append(AgendaItem(key, titles[key], minutes))
    return tuple(items)


def find_standing(items: Sequence[AgendaItem], key: str | None) -> Standing:
    """Where the room is when this item is on, with what comes before and after it.

    Before the first item, and where an item has gone, the way leads to the top.

    >>> items = plan_agenda({"header": "Head", "tiles": "Tiles"}, [])
    >>> standing = find_standing(items, "header")
    >>> standing.number, standing.before, standing.after.key
    (1, None, 'tiles')
    >>> find_standing(items, None).after.key
    'header'
    """
    at = next((at for at, item in enumerate(items) if item.key == key), None)
    if at is None:
        return Standing(None, None, None, items[0] if items else None)
    return Standing(
        items[at],
        at + 1,
        items[at - 1] if at else None,
        items[at + 1] if at + 1 < len(items) else None,
    )
