"""How facts name people and departments, and in which order they stand. No facts are made here."""

from collections.abc import Iterable
from uuid import UUID

from app.domain.review.facts import Named
from app.domain.review.rows import PersonRow, PlaceRow

# Accounts are never deleted, so this stands for whoever is no account: a machine, or the command line.
NOBODY = Named("", "", "Coxswain")


class Names:
    """People and departments by their ids."""

    def __init__(self, people: Iterable[PersonRow], places: Iterable[PlaceRow]) -> None:
        self._people = {row.id: row for row in people}
        self._places = {row.id: row for row in places}

    def person(self, identity: UUID | None) -> Named | None:
        """Somebody, with the e-mail address as the code."""
        row = None if identity is None else self._people.get(identity)
        return None if row is None else Named(str(row.id), row.email, row.name)

    def somebody(self, identity: UUID | None) -> Named:
        """The same where a name has to stand."""
        return self.person(identity) or NOBODY

    def is_here(self, identity: UUID) -> bool:
        """Does this person work here still?"""
        row = self._people.get(identity)
        return row is not None and row.is_here

    def place(self, identity: UUID | None) -> Named | None:
        """A department; None for the whole organization."""
        row = None if identity is None else self._places.get(identity)
        return None if row is None else Named(str(row.id), row.code, row.name)

    def people(self, identities: Iterable[UUID | None]) -> tuple[Named, ...]:
        """Several people, each once, by name."""
        return sort_named(self.person(each) for each in identities)

    def places(self, identities: Iterable[UUID | None]) -> tuple[Named, ...]:
        """Several departments, each once, by name."""
        return sort_named(self.place(each) for each in identities)


def name_at(thing: Named, place: Named | None) -> Named:
    """A thing with the place that it is about, where there is one.

    >>> name_at(Named("1", "QUEUE", "Waiting time"), Named("2", "SHOPS", "Shops")).name
    'Waiting time (Shops)'
    """
    return thing if place is None else Named(thing.id, thing.code, f"{thing.name} ({place.name})")


def order_of(named: Named | None) -> tuple[str, str, str]:
    """Where a thing stands among others: by name whatever its case, then by code and id.

    >>> sorted([Named("2", "B", "beta"), Named("1", "A", "Alpha")], key=order_of)[0].code
    'A'
    """
    return ("", "", "") if named is None else (named.name.casefold(), named.code, named.id)


def sort_named(things: Iterable[Named | None]) -> tuple[Named, ...]:
    """Each thing once, by name; what is None is left out."""
    return tuple(sorted({each for each in things if each is not None}, key=order_of))
