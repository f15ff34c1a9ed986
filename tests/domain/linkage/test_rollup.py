"""Adding up a tree, against adding up every way up by itself."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from app.domain.linkage.rollup import roll_up

# Places point at smaller numbers only, so that there is no circle; negative: at the top.
trees = st.lists(st.integers(-2, 30), max_size=30).map(
    lambda parents: {place: above if 0 <= above < place else None for place, above in enumerate(parents)}
)
things = st.lists(
    st.tuples(st.frozensets(st.integers(0, 35), max_size=5), st.sampled_from("ab"), st.integers(1, 3))
)


def climb(place: int, above: dict[int, int | None]) -> set[int]:
    """A place and all above it."""
    way: set[int] = set()
    here: int | None = place
    while here is not None and here in above:
        way.add(here)
        here = above[here]
    return way


@given(trees, things)
def test_everything_counts_once_at_every_place_above(
    above: dict[int, int | None], counts: list[tuple[frozenset[int], str, int]]
) -> None:
    expected: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for places, what, number in counts:
        for place in set[int]().union(*(climb(each, above) for each in places)):
            expected[place][what] += number
    assert roll_up(counts, above) == expected


@given(trees, things)
def test_the_order_of_places_does_not_matter(
    above: dict[int, int | None], counts: list[tuple[frozenset[int], str, int]]
) -> None:
    turned = dict(reversed(list(above.items())))
    assert roll_up(counts, turned) == roll_up(reversed(counts), above)


def test_a_very_deep_tree_is_added_up_at_once() -> None:
    depth = 20_000
    above = {place: place - 1 if place else None for place in range(depth)}
    rolled = roll_up([((place, 0), "a", 1) for place in range(0, depth, 100)], above)
    assert (rolled[0]["a"], rolled[depth - 100]["a"]) == (200, 1)


def test_a_circle_of_parents_ends() -> None:
    rolled = roll_up([((1,), "a", 1), ((2, 3), "a", 1)], {1: 2, 2: 1, 3: None})
    assert rolled == {1: Counter(a=1), 2: Counter(a=1), 3: Counter(a=1)}
