"""To which review a promise or a decision belongs, and which review tells how it ended. Pure.

The one rule, for whatever is promised, raised, settled or decided: live reviews and frozen ones go by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


class Said(NamedTuple):
    """When something was said, where the organization is: a day, and the instant if it is known.

    Without an instant (it was told later of a day that was over) the whole day is compared.
    """

    on: date
    at: datetime | None = None

    def is_by(self, line: "Said") -> bool:
        """Was it said up to an instant? What is known by its day alone was, on that day.

        >>> noon = Said(date(2026, 11, 10), datetime(2026, 11, 10, 12))
        >>> Said(date(2026, 11, 10)).is_by(noon), Said(noon.on, datetime(2026, 11, 10, 13)).is_by(noon)
        (True, False)
        """
        return self.on <= line.on if self.at is None or line.at is None else self.at <= line.at

    def is_since(self, line: "Said") -> bool:
        """Was it said from an instant on? What is known by its day alone was, on that day.

        >>> noon = Said(date(2026, 11, 10), datetime(2026, 11, 10, 12))
        >>> Said(date(2026, 11, 10)).is_since(noon), Said(noon.on, datetime(2026, 11, 10, 11)).is_since(noon)
        (True, False)
        """
        return self.on >= line.on if self.at is None or line.at is None else self.at >= line.at


class ReviewDays(NamedTuple):
    """A review: when it was opened, and when each of its revisions closed, the first one first."""

    code: str
    opened: Said
    closings: tuple[Said, ...] = ()


class Span(NamedTuple):
    """From when until when a review takes what names none. Without an end: it takes still."""

    code: str
    opened: Said
    ended: Said | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All reviews as time saw them: what each takes, and when one was frozen, both in their order."""

    reviews: tuple[ReviewDays, ...] = ()
    spans: tuple[Span, ...] = ()
    closings: tuple[tuple[Said, str], ...] = ()

    def find_home(self, named: str | None, said: Said) -> str | None:
        """The month of the one review that something belongs to, which tells it as made there.

        What was captured in a review is of that one. What names none is of the earliest month whose review
        was open when it was said. A review takes it from its opening until it closes for the first time, or
        until that of a later month does: one that is opened again takes nothing but what names it. None: no
        review was open then; the next one tells it as said before.
        """
        if named is not None:
            return named
        return next((each.code for each in self.spans if _takes(each, said)), None)

    def find_teller(self, ended: Said) -> str | None:
        """The month of the review that was the first to be frozen after something ended, and told it.

        None: none was frozen since; those that are open show it, and the first of them to close tells it.
        """
        return next((code for closing, code in self.closings if ended.is_by(closing)), None)

    def was_open_at_home(self, home: str | None, ended: Said) -> bool:
        """Did something end before the review that it belongs to had closed, which then tells both?"""
        first = next((each.closings[:1] for each in self.reviews if each.code == home), None)
        return first is not None and all(ended.is_by(closing) for closing in first)

    def is_before(self, code: str, said: Said) -> bool:
        """Was something said before a review opened?"""
        return any(each.code == code and not said.is_since(each.opened) for each in self.reviews)


def draw_timeline(reviews: Iterable[ReviewDays]) -> Timeline:
    """The timeline of reviews, in whatever order they come.

    >>> day = lambda n: Said(date(2026, 11, n))
    >>> october = ReviewDays("2026-10", day(1), (day(10), day(12)))
    >>> line = draw_timeline([ReviewDays("2026-11", day(5)), october])
    >>> [line.find_home(None, day(n)) for n in (6, 11)], line.find_home("2026-11", day(6))
    (['2026-10', '2026-11'], '2026-11')
    >>> [line.find_teller(day(n)) for n in (11, 13)]
    ['2026-10', None]
    """
    in_order = tuple(sorted(reviews, key=lambda each: each.code))
    spans = tuple(Span(each.code, each.opened, _find_end(each, in_order)) for each in in_order)
    closings = [(closing, each.code) for each in in_order for closing in each.closings]
    return Timeline(in_order, spans, tuple(sorted(closings, key=_order_closing)))


def _takes(span: Span, said: Said) -> bool:
    return said.is_since(span.opened) and (span.ended is None or said.is_by(span.ended))


def _find_end(review: ReviewDays, reviews: tuple[ReviewDays, ...]) -> Said | None:
    """The first closing of this review or of one of a later month, after this one was opened."""
    ends = [each.closings[0] for each in reviews if each.code >= review.code and each.closings]
    return min((end for end in ends if end.is_since(review.opened)), key=_order_said, default=None)


def _order_closing(closing: tuple[Said, str]) -> tuple[date, float, str]:
    return *_order_said(closing[0]), closing[1]


def _order_said(said: Said) -> tuple[date, float]:
    return said.on, said.at.timestamp() if said.at else 0.0
