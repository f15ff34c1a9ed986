"""The places that the frame of a page offers to whoever looks at it."""

from dataclasses import dataclass

from app.domain.permissions import Actor, Permission, may

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """A place of the main navigation with several pages: each with what lets somebody read it."""

    name: str
    pages: tuple[tuple[str, str, Permission], ...]

    @property
    def href(self) -> str:
        """The page that stands for all."""
        return self.pages[0][0]


# What leaders really do, from which alignment is computed, the picture of it first.
_ALIGNMENT = Area(
    "Alignment",
    (
        ("/alignment", "Where it breaks", Permission.METRICS_READ),
        ("/initiatives", "Initiatives", Permission.GOALS_READ),
        ("/decisions", "Decisions", Permission.DECISIONS_READ),
        ("/surveys", "Surveys", Permission.SURVEYS_READ),
        ("/partnerships", "Partnerships", Permission.PARTNERSHIPS_READ),
    ),
)
# Where leaders come together, and what they promise there.
_REVIEWS = Area(
    "Reviews",
    (
        ("/reviews", "Monthly reviews", Permission.REVIEWS_READ),
        ("/commitments", "Commitments", Permission.COMMITMENTS_READ),
        ("/rituals", "Rituals", Permission.RITUALS_READ),
    ),
)
_AREAS = (_ALIGNMENT, _REVIEWS)
# Pages that belong to a place of the navigation without lying below it.
_BELONGING = {"objectives": "/goals", "links": "/goals"}
_EXPLAINED: list[Place] = [("/linkage/rules", "Linkage rules"), ("/api/docs", "API reference")]


def list_places(person: Actor | None) -> list[Place]:
    """The main navigation."""
    if person is None:
        return _EXPLAINED
    places: list[Place] = [("/", "Home")]
    if may(person, Permission.GOALS_READ):
        places += [
            ("/updates", "My updates"),
            ("/goals", "Goals"),
            ("/linkage", "Linkage"),
            ("/kpis", "KPIs"),
        ]
    return places + [(area.href, area.name) for area in _AREAS if may(person, area.pages[0][2])]


def list_tabs(area: Area | None, person: Actor | None) -> list[Place]:
    """The pages of an area that somebody may read."""
    if area is None or person is None:
        return []
    return [(href, text) for href, text, needed in area.pages if may(person, needed)]


def list_own_places(person: Actor | None) -> list[Place]:
    """The menu of a person: what is theirs, what they keep, and what explains."""
    if person is None:
        return []
    places: list[Place] = [
        ("/search", "Search"),
        ("/outbox", "Outbox"),
        ("/calendar", "My calendar"),
        ("/sign-ins", "My sign-ins"),
    ]
    if may(person, Permission.CLIENTS_READ):
        places.append(("/settings", "Settings"))
    if may(person, Permission.AUDIT_READ):
        places.append(("/events", "Events"))
    return places + _EXPLAINED


def find_place(path: str) -> str:
    """The path by which the navigation tells where a page belongs.

    >>> find_place("/objectives/SALES-1"), find_place("/kpis/NPS"), find_place("/surveys/P-1")
    ('/goals', '/kpis/NPS', '/alignment')
    """
    area, _ = find_tab(path)
    return area.href if area else _BELONGING.get(path.split("/")[1], path)


def find_tab(path: str) -> tuple[Area | None, str]:
    """The area to which a path belongs, and its page there; None: it belongs to none.

    >>> find_tab("/surveys/P-1")[1], find_tab("/goals")
    ('/surveys', (None, ''))
    """
    tab = "/" + path.split("/")[1]
    found = (area for area in _AREAS if tab in {href for href, _, _ in area.pages})
    area = next(found, None)
    return area, tab if area else ""
