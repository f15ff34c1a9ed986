"""The words of the mail of the day: what is in it, in which order, and when there is none."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.digests import (
    MOST_LINES,
    Desk,
    Letter,
    Owed,
    OwedKind,
    Reader,
    Told,
    ToldKind,
    Waiting,
    compose_digest,
    say_due,
)
from app.domain.letters import Part, complete_addresses, read_letter
from app.domain.reminders import ReminderRule, lead_hears_on

TODAY = date(2026, 11, 5)
YESTERDAY = date(2026, 11, 4)
READER = Reader("Amy Lee", "Larkmoor")
RULE = ReminderRule()


def owe(
    what: str, days: int, kind: OwedKind = OwedKind.VALUE, address: str = "/updates?period=2026-10"
) -> Owed:
    """Something that is due so many days after today."""
    return Owed(kind, what, TODAY + timedelta(days=days), address)


def compose(*owed: Owed, waiting: tuple[Waiting, ...] = (), links: int = 0) -> Letter | None:
    """The mail of today."""
    return compose_digest(Desk(owed, waiting, links), READER, RULE, since=YESTERDAY, today=TODAY)


def test_a_mail_tells_everything_by_kind_and_urgency_with_one_address_for_one_place() -> None:
    letter = compose(
        owe("C-1 Call ten customers", 3, OwedKind.COMMITMENT, "/commitments/C-1"),
        owe("Revenue for October 2026", 0),
        owe("Churn for October 2026", -2),
        owe("Backlog for week 44 of 2026", 1, address="/updates?period=2026-W44"),
        owe("D-2 Which site?", -9, OwedKind.DECISION, "/decisions/D-2"),
        owe("D-1 Close it?", 2, OwedKind.OUTCOME, "/decisions/D-1"),
    )
    assert letter is not None
    assert letter.subject == "Waiting for you: 2 overdue, 1 due today, 3 due soon"
    assert letter.text == (
        "Hello Amy,\n\n"
        "this waits for you at Larkmoor.\n\n"
        "Values to enter\n"
        "- Churn for October 2026 – 2 days overdue\n"
        "- Revenue for October 2026 – due today\n"
        "  /updates?period=2026-10\n"
        "- Backlog for week 44 of 2026 – due tomorrow\n"
        "  /updates?period=2026-W44\n\n"
        "What you promised\n"
        "- C-1 Call ten customers – due in 3 days, on 8 November 2026\n"
        "  /commitments/C-1\n\n"
        "Decisions to take\n"
        "- D-2 Which site? – 9 days overdue\n"
        "  /decisions/D-2\n\n"
        "Decisions whose outcome is to be reviewed\n"
        "- D-1 Close it? – due in 2 days, on 7 November 2026\n"
        "  /decisions/D-1\n\n"
        "You get one such mail on days when something falls due. Stop or start it here:\n"
        "  /outbox\n"
    )


def test_there_is_no_mail_without_anything_owed() -> None:
    assert compose() is None
    assert compose(links=3) is None


def test_there_is_no_mail_on_a_day_on_which_nothing_falls_due() -> None:
    assert compose(owe("Revenue", 4), owe("Churn", 2), owe("Backlog", -1)) is None


def test_what_is_far_away_is_left_out_of_a_mail_about_something_else() -> None:
    letter = compose(owe("Revenue", 0), owe("Churn", 4))
    assert letter is not None
    assert letter.subject == "Waiting for you: 1 due today"
    assert "Churn" not in letter.text


def test_a_lead_hears_after_a_week_what_others_have_not_entered() -> None:
    late = owe("Revenue, Sales, for October 2026", -7)
    early = owe("Churn, Sales, for October 2026", -6)
    waiting = tuple(
        Waiting("Bo Ek", "/owners/bo@x.example", owed, lead_hears_on(owed.due_on, RULE))
        for owed in (late, early)
    )
    letter = compose(waiting=waiting)
    assert letter is not None
    assert letter.subject == "Waiting for you: 1 late with others"
    assert (
        "Values that people of yours have not entered\n"
        "- Bo Ek: Revenue, Sales, for October 2026, due on 29 October 2026\n"
        "  /owners/bo@x.example\n" in letter.text
    )
    assert "Churn" not in letter.text


def test_who_asks_after_a_promise_hears_when_nobody_says_what_became_of_it() -> None:
    silent = owe("C-1 Call ten customers", -8, OwedKind.COMMITMENT, "/commitments/C-1")
    late = owe("Churn", -9)
    letter = compose(
        waiting=(
            Waiting("Bo Ek", "/commitments/C-1", silent, TODAY),
            Waiting("Cy Orr", "/owners/cy@x.example", late, YESTERDAY),
        )
    )
    assert letter is not None
    assert letter.subject == "Waiting for you: 2 late with others"
    assert (
        "Values that people of yours have not entered\n"
        "- Cy Orr: Churn, due on 27 October 2026\n"
        "  /owners/cy@x.example\n\n"
        "Promises that you ask after, still without an answer\n"
        "- Bo Ek: C-1 Call ten customers, due on 28 October 2026\n"
        "  /commitments/C-1\n" in letter.text
    )


def test_a_review_meets_and_is_not_due() -> None:
    here = (OwedKind.REVIEW, "/reviews/2026-10")
    told = [compose(owe("Review of October 2026", days, *here)) for days in (0, 3, -2)]
    assert [each.text.split("- ")[1].split("\n")[0] for each in told if each] == [
        "Review of October 2026 – meets today",
        "Review of October 2026 – meets in 3 days, on 8 November 2026",
        "Review of October 2026 – it was to meet on 3 November 2026 and is not closed",
    ]


def test_links_to_affirm_are_counted_and_never_the_reason_of_a_mail() -> None:
    one, many = compose(owe("Revenue", 0), links=1), compose(owe("Revenue", 0), links=1200)
    assert one is not None
    assert many is not None
    assert "\n\nOne link asks whether it still holds.\n  /updates#updates-links\n" in one.text
    assert "\n\n1,200 links ask whether they still hold.\n" in many.text


def test_a_long_list_is_cut_and_says_how_much_is_left() -> None:
    letter = compose(*(owe(f"KPI {number:02}", 0) for number in range(MOST_LINES + 2)))
    assert letter is not None
    assert letter.text.count("- KPI") == MOST_LINES
    assert "- and 2 more\n" in letter.text
    full = compose(*(owe(f"KPI {number:02}", 0) for number in range(MOST_LINES + 1)))
    assert full is not None
    assert full.text.count("- KPI") == MOST_LINES + 1


def test_days_are_said_from_today() -> None:
    said = [say_due(TODAY + timedelta(days=days), TODAY) for days in (-1, 0, 1, 2)]
    assert said == ["1 day overdue", "due today", "due tomorrow", "due in 2 days, on 7 November 2026"]


@given(st.lists(st.tuples(st.text(min_size=1, max_size=30), st.integers(-20, 20)), max_size=30))
def test_a_mail_counts_in_its_subject_what_it_tells(things: list[tuple[str, int]]) -> None:
    owed = [owe(" ".join(what.split()) or "x", days) for what, days in things]
    letter = compose(*owed)
    near = [each for each in owed if each.due_on <= TODAY + timedelta(days=3)]
    if letter is None:
        assert not any((each.due_on - TODAY).days in (3, 0, -2) for each in owed)
        return
    assert sum(int(part.split()[0]) for part in letter.subject.partition(": ")[2].split(", ")) == len(near)


def test_what_a_person_wrote_never_becomes_an_address() -> None:
    letter = compose(owe("/settings", 0))
    assert letter is not None
    sent = complete_addresses(letter.text, "https://coxswain.example/")
    assert "- /settings – due today\n" in sent
    assert "\n  https://coxswain.example/updates?period=2026-10\n" in sent


def test_a_letter_is_read_again_part_by_part() -> None:
    letter = compose(owe("Revenue", 0))
    assert letter is not None
    blocks = read_letter(letter.text)
    assert blocks[0] == [Part("text", ("Hello Amy,",))]
    assert blocks[2] == [
        Part("heading", ("Values to enter",)),
        Part("items", ("Revenue – due today",)),
        Part("address", ("/updates?period=2026-10",)),
    ]


def test_what_others_said_is_told_when_its_day_is_over() -> None:
    answered = Told(ToldKind.ANSWERED, "Churn: Ada declined it: No.", YESTERDAY, "/updates?period=2026-09")
    asked = Told(ToldKind.ASKED, "Revenue, asked by Bo", YESTERDAY, "/reviews/2026-09#review-asked")

    def tell(*told: Told, since: date = YESTERDAY) -> Letter | None:
        return compose_digest(Desk(told=told), READER, RULE, since=since, today=TODAY)

    letter = tell(answered, asked)
    assert letter is not None
    assert letter.subject == "Waiting for you: 1 to correct, 1 answered"
    assert (
        "Closed values that you are asked to correct\n"
        "- Revenue, asked by Bo\n"
        "  /reviews/2026-09#review-asked\n\n"
        "What became of the changes that you asked for\n"
        "- Churn: Ada declined it: No.\n"
        "  /updates?period=2026-09\n" in letter.text
    )
    # Today's is told tomorrow, and once.
    assert tell(replace(answered, on=TODAY), replace(asked, on=TODAY)) is None
    assert tell(answered, asked, since=TODAY) is None


def test_what_is_asked_is_told_in_every_mail_until_it_is_answered() -> None:
    old = YESTERDAY - timedelta(days=5)
    asked = Told(ToldKind.ASKED, "Revenue, asked by Bo", old, "/reviews/2026-09#review-asked")
    answered = Told(ToldKind.ANSWERED, "Churn: Ada accepted it", old, "/updates?period=2026-09")
    desk = Desk([owe("Revenue", 0)], told=[asked, answered])
    letter = compose_digest(desk, READER, RULE, since=YESTERDAY, today=TODAY)
    assert letter is not None
    assert letter.subject == "Waiting for you: 1 due today, 1 to correct"
    assert "Churn" not in letter.text
    today = compose_digest(
        replace(desk, told=[replace(asked, on=TODAY)]), READER, RULE, since=old, today=TODAY
    )
    assert today is not None
    assert today.subject == "Waiting for you: 1 due today"
    assert compose_digest(replace(desk, owed=()), READER, RULE, since=YESTERDAY, today=TODAY) is None
