"""Results and KPIs of one survey, beside each other: nothing of fewer than the smallest group follows."""

from collections.abc import Sequence
from random import Random
from uuid import UUID

from app.domain.survey_cells import Invitee, assign_cells
from app.domain.survey_groups import (
    ORGANIZATION,
    Exposure,
    Node,
    climb_groups,
    expose_groups,
    plant_departments,
)
from tests.domain.test_disclosure import find_smallest_derived

K = 5


def draw_survey(random: Random) -> tuple[dict[UUID, UUID | None], list[Invitee]]:
    """A tree of departments, and those who answered in the cells of their invitations."""
    departments = [UUID(int=number + 1) for number in range(random.randint(2, 6))]
    parents = {
        department: random.choice([None, *departments[:number]])
        for number, department in enumerate(departments)
    }
    asked = [Invitee(random.choice(departments), None) for _ in range(random.randint(10, 28))]
    cells = assign_cells(asked, parents, K)
    return parents, [Invitee(cell.department, cell.level) for cell in cells if random.random() < 0.9]


def list_shown(
    parents: dict[UUID, UUID | None], places: Sequence[UUID | None], answers: Sequence[int]
) -> list[list[int]]:
    """Each shown department as zeros and ones over the people who answered the question."""
    tree = plant_departments(parents)
    nodes: list[Node] = [place or ORGANIZATION for place in places]
    direct: dict[Node, list[int]] = {}
    for node, answer in zip(nodes, answers, strict=True):
        direct.setdefault(node, []).append(answer)
    exposed = expose_groups(tree, direct, K)
    shown = [node for node in tree if exposed[node] is Exposure.SHOWN]
    return [[int(node in climb_groups(tree, place)) for place in nodes] for node in shown]


def test_two_readers_of_the_same_cells_tell_no_more_than_one() -> None:
    leaked_from_two = 0
    for seed in range(740, 820):
        random = Random(seed)
        parents, stands = draw_survey(random)
        cells = assign_cells(stands, parents, K)
        answered = [number for number in range(len(stands)) if random.random() < 0.9]
        answers = [random.randint(1, 5) for _ in answered]
        kept = list_shown(parents, [cells[number].department for number in answered], answers)
        invited = list_shown(parents, [stands[number].department for number in answered], answers)
        assert not 0 < find_smallest_derived(kept) < K
        leaked_from_two += 0 < find_smallest_derived([*kept, *invited]) < K
    # Why closing makes its tables of the cells it keeps: of the cells of the invitations it would leak.
    assert leaked_from_two > 0
