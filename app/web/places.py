"""The places that the frame of a page offers to whoever looks at it."""

from app.domain.permissions import Actor, Permission, may

Place = tuple[str, str]
# Pages that belong to a place of the navigation without lying below it.
_BELONGING = {"objectives": "/goals", "links": "/goals", "reviews": "/reviews"}
# What leaders really do, from which alignment is computed; each with what lets somebody read it.
_AREA = (
    ("/alignment", "Where it breaks", Permission.METRICS_READ),
    ("/initiatives", "Initiatives", Permission.GOALS_READ),
    ("/decisions", "Decisions", Permission.DECISIONS_READ),
    ("/surveys", "Surveys", Permission.SURVEYS_READ),
    ("/partnerships", "Partnerships", Permission.PARTNERSHIPS_READ),
)
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
    places += [(href, "Alignment") for href, _ in list_area(person)[:1]]
    return places + ([("/reviews", "Reviews")] if may(person, Permission.REVIEWS_READ) else [])


def list_area(person: Actor | None) -> list[Place]:
    """The pages of alignment that somebody may read, the picture of it first."""
    return [(href, text) for href, text, needed in _AREA if person is not None and may(person, needed)]


def list_own_places(person: Actor | None) -> list[Place]:
    """The menu of a person: what is theirs, what they keep, and what explains."""
    if person is None:
        return []
    places: list[Place] = [("/search", "Search"), ("/sign-ins", "My sign-ins")]
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
    return "/alignment" if find_tab(path) else _BELONGING.get(path.split("/")[1], path)


def find_tab(path: str) -> str:
    """The page of alignment to which a path belongs; empty: none.

    >>> find_tab("/surveys/P-1"), find_tab("/goals")
    ('/surveys', '')
    """
    tab = "/" + path.split("/")[1]
    return tab if tab in {href for href, _, _ in _AREA} else ""
