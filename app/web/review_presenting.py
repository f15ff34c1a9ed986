"""What is on in a review, as the bar above its page shows it: the item, its time, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.review.agenda import SLOT, AgendaItem, find_standing, plan_agenda
from app.queries.reviews_live import Stage


@dataclass(frozen=True, slots=True)
class PresentingView:
    """The bar. `target`: where the item stands on the page; `presents`: may whoever looks choose it?"""

    href: str
    items: tuple[AgendaItem, ...]
    item: AgendaItem | None
    target: str
    number: int
    clock: str
    seconds: int
    presenter: str
    before: AgendaItem | None
    after: AgendaItem | None
    presents: bool

    @property
    def places(self) -> tuple[AgendaItem, ...]:
        """Where one goes at once. Of the departments the first: the others follow it."""
        slots = [item for item in self.items if item.key.startswith(SLOT)]
        return tuple(item for item in self.items if item not in slots[1:])

    @property
    def minutes(self) -> int:
        """What the whole agenda takes."""
        return sum(item.minutes for item in self.items)


def lay_out_presenting(
    href: str,
    stage: Stage,
    *,
    titles: Mapping[str, str],
    departments: Sequence[tuple[str, str]],
    presents: bool,
) -> PresentingView:
    """The bar as it stands now."""
    items = plan_agenda(titles, departments)
    standing = find_standing(items, stage.item)
    return PresentingView(
        href=href,
        items=items,
        item=standing.item,
        target=find_anchor(standing.item.key) if standing.item else "",
        number=standing.number or 0,
        clock=write_clock(stage.seconds),
        seconds=stage.seconds,
        presenter=stage.presenter or "",
        before=standing.before,
        after=standing.after,
        presents=presents,
    )


def find_anchor(key: str) -> str:
    """Where an item stands on the page: `#review-tiles`, `#slot-OPS`."""
    return f"#{key}" if key.startswith(SLOT) else f"#review-{key}"


def write_clock(seconds: int) -> str:
    """Minutes and seconds.

    >>> write_clock(605)
    '10:05'
    """
    return f"{seconds // 60}:{seconds % 60:02}"
