"""The places that the frame of a page offers to whoever looks at it."""

from app.domain.permissions import Actor, Permission, may

Place = tuple[str, str]
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
    return places


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

    >>> find_place("/objectives/SALES-1"), find_place("/kpis/NPS")
    ('/goals', '/kpis/NPS')
    """
    return _BELONGING.get(path.split("/")[1], path)
