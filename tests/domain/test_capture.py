"""One line, as it is typed in a meeting."""

from datetime import date

import pytest

from app.domain.capture import Captured, Choice, Unknown, list_marked, read_capture

TODAY = date(2026, 11, 23)
AMY, BEN, ANN = "amy.ford@x.org", "ben.ford@x.org", "annabel.lee@x.org"
CHOICES = {
    "@": [Choice(AMY, "Amy Ford"), Choice(BEN, "Ben Ford"), Choice(ANN, "Annabel van der Lee")],
    "#": [Choice("G2", "Offer one journey"), Choice("STORES", "Stores"), Choice("G20", "Grow")],
    "!": [Choice("PRICING", "Prices and terms"), Choice("SITES", "Opening and closing of sites")],
}
JUNE = date(2027, 6, 30)


def read(line: str) -> Captured:
    """What a line says."""
    return read_capture(line, CHOICES, today=TODAY)


def test_a_line_says_everything() -> None:
    assert read("Close the Leeds depot? @amy.ford needed 30 Jun #G2 !pricing") == Captured(
        title="Close the Leeds depot?", person=AMY, kind="PRICING", day=JUNE, subjects=("G2",)
    )


def test_the_order_is_free_and_subjects_are_many() -> None:
    assert read("!sites #g2 #STORES, #G2 by end of June @Amy, close it") == Captured(
        title="close it", person=AMY, kind="SITES", day=JUNE, subjects=("G2", "STORES")
    )


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("@amy.ford@x.org", AMY),
        ("@AMY.FORD", AMY),
        ("@ben", BEN),
        ("@Ben.", BEN),
        ("@Ben Ford", BEN),
        ("@ben ford, soon", BEN),
        ("@annabel van der Lee", ANN),
        ("@lee", ANN),
    ],
)
def test_people_are_found_by_address_and_name(marked: str, expected: str) -> None:
    captured = read(f"Do it {marked}")
    assert captured.person == expected
    assert captured.unknown == ()
    assert captured.title == ("Do it soon" if "soon" in marked else "Do it")


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("Do it @carl", Unknown("@carl", "nobody is called so")),
        ("Do it @ford", Unknown("@ford", f"fits {AMY}, {BEN}")),
        ("Do it @ann @ben", Unknown("@ben", "a second person; only one can be named")),
        ("Do it !sites !pricing", Unknown("!pricing", "a second kind; only one can be named")),
        ("Do it !terms !x", Unknown("!x", "there is no such type")),
        ("Do it #G99", Unknown("#G99", "there is no such code")),
        ("Do it by 31 Jun", Unknown("by 31 Jun", "there is no such day")),
        ("Do it by 30 Jun until 1 Jul", Unknown("until 1 Jul", "a second day; only one can be named")),
    ],
)
def test_what_is_not_understood_stays_and_is_named(line: str, unknown: Unknown) -> None:
    captured = read(line)
    assert captured.unknown == (unknown,)
    assert captured.title == f"Do it {unknown.words}"


def test_of_many_that_fit_only_some_are_told() -> None:
    choices = {"@": [Choice(f"p{number}@x.org", "Pat Doe") for number in range(5)]}
    (unknown,) = read_capture("Do it @pat", choices, today=TODAY).unknown
    assert unknown.reason == "fits p0@x.org, p1@x.org, p2@x.org and 2 more"


def test_the_same_said_twice_is_said_once() -> None:
    captured = read("Do it @amy @amy.ford by 30 Jun due 30 June")
    assert (captured.person, captured.day, captured.title, captured.unknown) == (AMY, JUNE, "Do it", ())


@pytest.mark.parametrize(
    ("line", "title", "day"),
    [
        ("Launch on 5 May in Leeds?", "Launch on 5 May in Leeds?", None),
        ("Launch in Leeds 30 Jun", "Launch in Leeds", JUNE),
        ("Launch in Leeds 30 Jun #G2", "Launch in Leeds", JUNE),
        ("Buy the sun", "Buy the sun", None),
        ("Buy the paper by Friday", "Buy the paper", date(2026, 11, 27)),
        ("Buy the paper #G2 friday", "Buy the paper", date(2026, 11, 27)),
        ("Stand by Leeds until it is due", "Stand by Leeds until it is due", None),
    ],
)
def test_a_day_counts_where_it_can_be_nothing_else(line: str, title: str, day: date | None) -> None:
    captured = read(line)
    assert (captured.title, captured.day) == (title, day)


def test_a_bare_mark_is_a_word() -> None:
    assert read("Use C# & # or @ ! now") == Captured(title="Use C# & # or @ ! now")
    assert read("   ") == Captured(title="")


def test_marks_that_stand_for_nothing_here_are_unknown() -> None:
    captured = read_capture("Do it !sites", {}, today=TODAY)
    assert captured.unknown == (Unknown("!sites", "there is no such type"),)


def test_the_words_behind_marks_are_listed_before_a_line_is_read() -> None:
    assert list_marked("Close it? @Amy, by 30 Jun #G2 # !x.") == {"@": ["amy"], "#": ["g2"], "!": ["x"]}
