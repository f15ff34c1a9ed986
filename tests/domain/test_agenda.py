"""The agenda of a review: its order, its minutes, and where the room stands on it."""

from app.domain.review.agenda import MINUTES, find_standing, is_agenda_key, plan_agenda

TITLES = {key: key.title() for key in MINUTES}


def test_a_review_takes_three_quarters_of_an_hour_to_an_hour() -> None:
    for departments in ([], [("OPS", "Operations")], [(f"D{n}", f"Department {n}") for n in range(6)]):
        assert 45 <= sum(item.minutes for item in plan_agenda(TITLES, departments)) <= 60


def test_every_department_gets_a_minute_however_many_there_are() -> None:
    items = plan_agenda(TITLES, [(f"D{n}", f"Department {n}") for n in range(40)])
    assert {item.minutes for item in items if item.key.startswith("slot-")} == {1}
    assert len({item.key for item in items}) == len(MINUTES) - 1 + 40


def test_what_the_page_leaves_out_is_not_on_the_agenda() -> None:
    assert [item.key for item in plan_agenda({"parked": "Later", "tiles": "KPIs"}, [])] == ["tiles", "parked"]
    assert plan_agenda({}, []) == ()


def test_going_on_from_the_first_item_passes_every_item_once() -> None:
    items = plan_agenda(TITLES, [("OPS", "Operations"), ("HR", "People")])
    passed, standing = [], find_standing(items, None)
    assert (standing.item, standing.number, standing.before) == (None, None, None)
    while standing.after is not None:
        back = standing.item
        standing = find_standing(items, standing.after.key)
        assert standing.before == back
        assert standing.item is not None
        passed.append(standing.item)
        assert standing.number == len(passed)
    assert tuple(passed) == items


def test_an_item_that_has_gone_leads_to_the_top() -> None:
    items = plan_agenda(TITLES, [])
    standing = find_standing(items, "slot-OPS")
    assert standing.item is None
    assert standing.after == items[0]
    assert find_standing((), "tiles").after is None


def test_only_parts_and_slots_are_items() -> None:
    assert all(map(is_agenda_key, [*MINUTES, "slot-OPS", "slot-A.b_c-1"]))
    assert not any(
        map(is_agenda_key, ["", "slot-", "slot-a b", "slot-é", "slot-A\n", "review-header", "x" * 60])
    )
