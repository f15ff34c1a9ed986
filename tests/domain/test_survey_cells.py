"""Cells: nobody's department and level together stand beside an answer unless enough others share them."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.domain.survey_cells import Cell, Invitee, assign_cells

GROUP, IT, HR, DESK = (UUID(int=number) for number in range(1, 5))
TREE = {GROUP: None, IT: GROUP, HR: GROUP, DESK: IT}
LEVELS = ("executive", "senior", "middle", "frontline", None)


def put(*people: tuple[int, Invitee]) -> dict[Cell, int]:
    """How many are in each cell."""
    everybody = [person for n, person in people for _ in range(n)]
    return dict(Counter(assign_cells(everybody, TREE, 5)))


def test_a_department_of_enough_keeps_its_people_and_their_level() -> None:
    told = put((6, Invitee(IT, "frontline")), (5, Invitee(HR, "middle")))
    assert told == {Cell(IT, "frontline"): 6, Cell(HR, "middle"): 5}


def test_people_of_a_small_department_stand_in_the_one_above() -> None:
    told = put((4, Invitee(DESK, "frontline")), (3, Invitee(IT, "frontline")), (9, Invitee(HR, "frontline")))
    assert told == {Cell(IT, "frontline"): 7, Cell(HR, "frontline"): 9}


def test_a_remainder_that_is_too_small_takes_a_department_along() -> None:
    told = put((1, Invitee(GROUP, None)), (6, Invitee(IT, None)), (9, Invitee(HR, None)))
    assert told == {Cell(GROUP, None): 7, Cell(HR, None): 9}


def test_whoever_leads_speaks_for_no_department() -> None:
    leader = Invitee(IT, "senior", is_leader=True)
    told = put((5, leader), (5, Invitee(IT, "frontline")))
    assert told == {Cell(None, "senior"): 5, Cell(IT, "frontline"): 5}


def test_too_few_of_a_level_take_the_smallest_level_along() -> None:
    told = put((8, Invitee(IT, "frontline")), (5, Invitee(IT, "middle")), (2, Invitee(IT, "senior")))
    assert told == {Cell(IT, "frontline"): 8, Cell(IT, None): 7}
    assert put((6, Invitee(IT, "middle")), (1, Invitee(IT, None))) == {Cell(IT, None): 7}


def test_of_fewer_than_enough_people_nothing_is_said() -> None:
    assert put((4, Invitee(IT, "middle"))) == {Cell(None, None): 4}
    assert assign_cells([], TREE, 5) == []


def test_an_unknown_department_is_as_good_as_none() -> None:
    assert put((5, Invitee(UUID(int=99), "middle"))) == {Cell(None, "middle"): 5}


@given(
    people=st.lists(
        st.builds(
            Invitee,
            st.sampled_from([GROUP, IT, HR, DESK, None]),
            st.sampled_from(LEVELS),
            st.booleans(),
        ),
        max_size=60,
    ),
    minimum=st.integers(3, 8),
)
def test_every_cell_has_enough_people_and_says_only_what_is_true(people: list[Invitee], minimum: int) -> None:
    cells = assign_cells(people, TREE, minimum)
    counts = Counter(cells)
    assert all(n >= min(minimum, len(people)) for n in counts.values())
    for person, cell in zip(people, cells, strict=True):
        assert cell.level in (person.level, None)
        above, place = [], None if person.is_leader else person.department
        while place is not None:
            above.append(place)
            place = TREE[place]
        assert cell.department in (*above, None)
