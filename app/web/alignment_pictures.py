"""What the page of alignment draws: facts become pictures in two widths, and rows of figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.domain.alignment.facts import (
    Conflict,
    Consensus,
    Corner,
    Distance,
    KpiSignal,
    Pair,
    PairMap,
    Quadrant,
    SayDo,
    Stand,
    Verdict,
)
from app.domain.alignment.wording import begin_sentence, join_words, word_distance, word_level, word_points
from app.domain.linkage.wording import word_period
from app.domain.periods import parse_period
from app.web.charts import (
    Corners,
    Interval,
    MapCell,
    PairedLine,
    QuadrantDot,
    Slope,
    draw_intervals,
    draw_pair_map,
    draw_paired_lines,
    draw_quadrant,
    draw_slopes,
    sparkline,
)

WIDE, NARROW = 720, 340
VERDICTS = {
    Verdict.BREAKS: "breaks here",
    Verdict.SLIGHT: "slight difference",
    Verdict.NONE_SHOWN: "no difference shown",
    Verdict.ALIKE: "nearly all alike",
    Verdict.FEW: "too few to say",
}
CORNERS = {
    Corner.TOGETHER: "together",
    Corner.ELSEWHERE: "elsewhere",
    Corner.SCATTERED: "scattered",
    Corner.SPLIT: "split",
    Corner.UNKNOWN: "too few to say",
}
_VERDICT_TONES = {Verdict.BREAKS: "red", Verdict.SLIGHT: "amber"}
_CORNER_TONES = {Corner.ELSEWHERE: "red", Corner.SPLIT: "red", Corner.SCATTERED: "amber"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture drawn twice: for wide and for narrow columns."""

    wide: Markup
    narrow: Markup


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of the table beside a picture: what it is about, cells, and what is said of it."""

    name: str
    cells: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A section of the page: sentence, picture (None: nothing to draw), figures, and what is hidden."""

    sentence: str
    picture: Picture | None
    rows: tuple[FigureRow, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A conflict with its lines, and who should talk."""

    sentence: str
    owners: str
    picture: Picture | None
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal with the way to its KPI."""

    name: str
    place: str
    href: str
    sentence: str
    line: Markup


def show_ladder(consensus: Consensus) -> Fact:
    """The rungs from the top."""
    ladder = consensus.ladder
    names = [f"{begin_sentence(word_level(step.upper))} → {word_level(step.lower)}" for step in ladder.steps]
    intervals = [
        Interval(
            name,
            step.distance.low,
            step.distance.gap,
            step.distance.high,
            VERDICTS[step.distance.verdict],
            _VERDICT_TONES.get(step.distance.verdict, "plain"),
        )
        for name, step in zip(names, ladder.steps, strict=True)
    ]
    rows = tuple(
        FigureRow(
            name, (f"{step.upper_n} and {step.lower_n}", *_write_distance(step.distance)), step.sentence
        )
        for name, step in zip(names, ladder.steps, strict=True)
    )
    hidden = join_words([word_level(level) for level in ladder.hidden])
    hint = f"Not shown, because fewer than {consensus.minimum} answered: {hidden}." if hidden else ""
    picture = _draw_twice(
        lambda width: draw_intervals(
            intervals,
            axis="alignment gap: 0 = the same order on both sides",
            label="Alignment gap between neighbouring levels",
            about=ladder.sentence,
            width=width,
        )
    )
    drawable = any(each.value is not None for each in intervals)
    return Fact(ladder.sentence, picture if drawable else None, rows, hint)


def show_quadrant(quadrant: Quadrant, *, minimum: int, agreed: float, negligible: float) -> Fact:
    """Dots for departments of which both numbers may be shown."""
    dots = [dot for stand in quadrant.stands if (dot := _make_dot(stand)) is not None]
    corners = Corners(
        "together",
        "elsewhere",
        "scattered",
        "split",
        negligible,
        agreed,
        "distance to the executives",
        "agreement inside the department",
    )
    picture = _draw_twice(
        lambda width: draw_quadrant(
            dots,
            corners,
            label="Departments by agreement inside and distance to the executives",
            about=quadrant.sentence,
            width=width,
        )
    )
    rows = tuple(
        FigureRow(
            stand.name,
            (
                str(stand.n),
                _write_agreement(stand),
                *_write_distance(stand.distance),
                CORNERS[stand.corner],
            ),
            stand.sentence,
        )
        for stand in quadrant.stands
    )
    hidden = (
        f"{quadrant.hidden} people stand in no department of which {minimum} answered, or lead one without"
        " being executives; they are in none of these figures."
        if quadrant.hidden
        else ""
    )
    return Fact(quadrant.sentence, picture if dots else None, rows, hidden)


def show_pairs(pairs: PairMap) -> Fact:
    """The map, and in the table the pairs that stand out before all others."""
    names = [group.name for group in pairs.groups]
    cells = [_make_cell(pair, names) for pair in pairs.pairs]
    picture = _draw_twice(
        lambda width: draw_pair_map(
            names, cells, label="Alignment gap of each two groups", about=pairs.sentence, width=width
        )
    )
    ordered = sorted(pairs.pairs, key=lambda pair: (not pair.stands_out, -(pair.distance.gap or -9)))
    rows = tuple(
        FigureRow(
            f"{names[pair.first]} and {names[pair.second]}",
            (*_write_distance(pair.distance), "stands out" if pair.stands_out else "no difference shown"),
            _say_wants(pair, names),
        )
        for pair in ordered
    )
    hint = f"The {len(names)} largest groups; {pairs.left_out} more are left out." if pairs.left_out else ""
    drawable = any(pair.distance.gap is not None for pair in pairs.pairs)
    return Fact(pairs.sentence, picture if drawable else None, rows, hint)


def show_say_do(say_do: SayDo) -> Fact:
    """Goals by what people say, against what is done."""
    half = len(say_do.goals) / 2
    slopes = [
        Slope(
            goal.title,
            goal.said,
            goal.done,
            f"{goal.share:.0f} %",
            "red" if goal.done - goal.said >= 2 and goal.said <= half else "plain",
        )
        for goal in say_do.goals
    ]
    picture = _draw_twice(
        lambda width: draw_slopes(
            slopes,
            heads=("people put it", "effort that leads there"),
            label="Priorities of people against effort",
            about=say_do.sentence,
            width=width,
        )
    )
    rows = tuple(
        FigureRow(
            goal.title,
            (
                str(goal.said),
                f"{goal.mean:.1f}",
                f"{goal.share:.1f} %",
                str(goal.done),
                "nobody" if goal.carried_by is None else f"{goal.carried_by:.1f} departments",
            ),
            "",
        )
        for goal in say_do.goals
    )
    parts = []
    if say_do.likeness is not None:
        parts.append(f"The two orders agree by {word_points(say_do.likeness)} (1.00: the same order).")
    if say_do.nowhere:
        parts.append(f"{say_do.nowhere:.0f} % of planned effort reaches no goal.")
    return Fact(say_do.sentence, picture if slopes else None, rows, " ".join(parts))


def show_conflict(conflict: Conflict) -> ConflictView:
    """Two lines and their names, where there are lines."""
    owners = f"To talk about it: {join_words(conflict.owners)}." if conflict.owners else ""
    if not conflict.lines:
        return ConflictView(conflict.sentence, owners, None, conflict.first, conflict.second)
    lines = [PairedLine(line.name, line.values) for line in conflict.lines]
    first, last = (word_period(parse_period(conflict.periods[at])) for at in (0, -1))
    picture = _draw_twice(
        lambda width: draw_paired_lines(
            lines,
            first_period=first,
            last_period=last,
            label=f"{conflict.first} and {conflict.second}",
            about=conflict.sentence,
            width=width,
        )
    )
    return ConflictView(conflict.sentence, owners, picture, conflict.first, conflict.second)


def show_signal(signal: KpiSignal) -> SignalView:
    """A line of its last values."""
    return SignalView(
        signal.name,
        join_words([signal.place or "whole organization", *_word_elsewhere(signal.elsewhere)]),
        f"/kpis/{signal.kpi}",
        signal.sentence,
        sparkline(signal.values, label=f"{signal.name}: its last values", width=150, height=34),
    )


def _word_elsewhere(number: int) -> list[str]:
    return [f"{number} more {'place' if number == 1 else 'places'}"] if number else []


def say_survey(consensus: Consensus, closed_on: date) -> str:
    """Which answers all of this is made of."""
    share = f"{consensus.answered} of {consensus.invited}" if consensus.invited else str(consensus.answered)
    return (
        f"From the survey “{consensus.title}”, closed on {closed_on:%-d %B %Y}: {share} answered."
        f" Groups of fewer than {consensus.minimum}, or from which so few could be derived, are not shown."
    )


def _draw_twice(draw: Callable[[int], Markup]) -> Picture:
    return Picture(draw(WIDE), draw(NARROW))


def _write_distance(distance: Distance) -> tuple[str, str]:
    if distance.gap is None:
        return "–", VERDICTS[distance.verdict]
    return word_points(distance.gap), word_distance(distance).partition(", ")[2]


def _write_agreement(stand: Stand) -> str:
    if stand.agreement is None:
        return "–"
    if stand.agreement_low is None or stand.agreement_high is None:
        return word_points(stand.agreement)
    ends = f"{word_points(stand.agreement_low)} to {word_points(stand.agreement_high)}"
    return f"{word_points(stand.agreement)} ({ends})"


def _make_dot(stand: Stand) -> QuadrantDot | None:
    distance = stand.distance
    if stand.agreement is None or distance.gap is None or distance.low is None or distance.high is None:
        return None
    tone = _CORNER_TONES.get(stand.corner, "plain")
    return QuadrantDot(stand.name, distance.gap, distance.low, distance.high, stand.agreement, tone)


def _make_cell(pair: Pair, names: Sequence[str]) -> MapCell:
    gap = pair.distance.gap
    both = f"{names[pair.first]} and {names[pair.second]}"
    told = word_distance(pair.distance) or VERDICTS[pair.distance.verdict]
    text = "–" if gap is None else word_points(gap)
    return MapCell(pair.first, pair.second, gap, text, f"{both}: {told}", pair.stands_out)


def _say_wants(pair: Pair, names: Sequence[str]) -> str:
    if pair.first_wants is None or pair.second_wants is None:
        return ""
    return (
        f"“{pair.first_wants}” stands higher for {names[pair.first]},"
        f" “{pair.second_wants}” for {names[pair.second]}."
    )
