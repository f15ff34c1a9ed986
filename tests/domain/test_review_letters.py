"""The mails about a review: one's own promises first, decisions as taken, and no figure of people."""

from dataclasses import replace
from datetime import date

from app.domain.letters import read_letter
from app.domain.review.facts import (
    DecisionFact,
    Decisions,
    Findings,
    Header,
    Named,
    Parked,
    Promise,
    Promises,
    Pulse,
    Reading,
    ReviewFacts,
    Tensions,
)
from app.domain.review.letters import (
    MOST_TOLD,
    Opening,
    compose_review_opened,
    compose_review_summary,
)
from app.domain.scoring import Status

DAY = date(2026, 11, 10)
AMY, BO, CY = (Named(name.lower(), f"{name.lower()}@x.example", name) for name in ("Amy", "Bo", "Cy"))
MOOD = Reading(value=41.5, target=None, status=Status.UNKNOWN, n=7)


def promise(number: int, owner: Named, partner: Named | None = None) -> Promise:
    """A promise that a review made."""
    return Promise(
        commitment=Named(f"c{number}", f"C-{number}", f"Do thing {number}"),
        owner=owner,
        partner=partner,
        due_on=date(2026, 11, 30),
        first_due_on=date(2026, 11, 30),
        outcome="open",
        said=None,
        about=(),
        made_in="2026-10",
    )


def decision(number: int, chosen: str | None) -> DecisionFact:
    """A decision of a review."""
    return DecisionFact(
        decision=Named(f"d{number}", f"D-{number}", f"Which {number}?"),
        type=Named("t", "T", "Sites"),
        decider=AMY,
        raised_on=DAY,
        open_days=0,
        limit_days=None,
        state="decided" if chosen else "open",
        chosen=chosen,
        decided_on=DAY,
        review_on=None,
        concerns=0,
        captured=True,
    )


FACTS = ReviewFacts(
    period="2026-10",
    revision=1,
    organization="Larkmoor",
    as_of=DAY,
    header=Header(
        chair=AMY,
        meets_on=DAY,
        previous=None,
        attendance=(),
        updates_received=0,
        updates_expected=0,
        missing=(),
        score=61.5,
        score_before=None,
        changes=(),
    ),
    tiles=(),
    promises=Promises(
        last=(promise(1, AMY),), made=(promise(2, BO), promise(3, AMY), promise(4, CY, partner=AMY))
    ),
    findings=Findings(shown=(), open=0, new=0, fixed=0),
    slots=(),
    tensions=Tensions(guards=(), dependencies=(), overlaps=()),
    decisions=Decisions(overdue=(), taken=(decision(1, "The\nsecond one."), decision(2, None)), open=1),
    pulse=Pulse(kpi=None, unit="%", period="2026-10", whole=MOOD, units=(), gaps=()),
    parked=(Parked(item=Named("p", "PL-1", "Prices?"), by=BO, state="open"),),
    checklist=(),
)


def test_a_summary_tells_first_what_its_reader_promised() -> None:
    letter = compose_review_summary(FACTS, reader="amy")
    assert letter.subject == "Review of October 2026: 3 promises, 2 decisions"
    assert letter.text == (
        "The review of October 2026 at Larkmoor is closed.\n\n"
        "You promised\n"
        "- C-3 Do thing 3, by 30 November 2026\n"
        "  /commitments/C-3\n\n"
        "You ask after\n"
        "- Cy: C-4 Do thing 4, by 30 November 2026\n"
        "  /commitments/C-4\n\n"
        "Others promised\n"
        "- Bo: C-2 Do thing 2, by 30 November 2026\n\n"
        "Decided\n"
        "- D-1 Which 1?: The second one.\n"
        "  /decisions/D-1\n"
        "- D-2 Which 2?\n"
        "  /decisions/D-2\n\n"
        "1 thing put aside for later.\n\n"
        "All of it, as it was:\n"
        "  /reviews/2026-10\n"
    )
    assert "41.5" not in letter.text
    assert "61.5" not in letter.text


def test_a_summary_of_nothing_is_short_and_says_which_revision_it_is() -> None:
    nothing = replace(
        FACTS,
        revision=2,
        promises=Promises(last=(), made=()),
        decisions=Decisions(overdue=(), taken=(), open=0),
        parked=(),
    )
    letter = compose_review_summary(nothing, reader="bo")
    assert letter.subject == "Review of October 2026 (revision 2): 0 promises, 0 decisions"
    assert letter.text == (
        "The review of October 2026 at Larkmoor is closed again (revision 2).\n\n"
        "All of it, as it was:\n  /reviews/2026-10\n"
    )


def test_a_long_list_of_promises_is_cut() -> None:
    made = tuple(promise(number, BO) for number in range(MOST_TOLD + 4))
    letter = compose_review_summary(replace(FACTS, promises=Promises(last=(), made=made)), reader="amy")
    assert letter.text.count("- Bo: ") == MOST_TOLD
    assert "- and 4 more\n" in letter.text


def test_an_opening_tells_when_it_meets_and_where_ones_turns_are() -> None:
    opening = Opening("2026-10", "Larkmoor", DAY, "Amy")
    letter = compose_review_opened(opening, slots=["OPS", "SALES"])
    assert letter.subject == "Review of October 2026, on 10 November 2026"
    assert letter.text == (
        "The review of October 2026 at Larkmoor is open and meets on 10 November 2026. Amy chairs it.\n\n"
        "Your turns, as they stand:\n"
        "  /reviews/2026-10#slot-OPS\n"
        "  /reviews/2026-10#slot-SALES\n\n"
        "Values that come in until then are part of it:\n"
        "  /updates?period=2026-10\n\n"
        "The whole review:\n"
        "  /reviews/2026-10\n"
    )
    assert [part.kind for part in read_letter(letter.text)[1]] == ["text", "address", "address"]


def test_an_opening_without_a_day_or_a_chair_says_neither() -> None:
    letter = compose_review_opened(Opening("2026-10", "Larkmoor", None, None), slots=["OPS"])
    assert letter.subject == "Review of October 2026"
    assert letter.text.startswith(
        "The review of October 2026 at Larkmoor is open.\n\nYour turn, as it stands:\n"
    )
